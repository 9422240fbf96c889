// Where the rows of an import come from: of a large file from a thread that reads it ahead, so that the thread which writes and
// answers calls does nothing else; of a small one from right here, because starting a thread takes longer than reading it.
import { Worker } from 'node:worker_threads';
import { ProblemError, type Problem } from '../../shared/problem.ts';
import { turn } from '../turns.ts';
import { BATCHES_KEPT, createBatches, type Batch, type Batches } from './batches.ts';
import type { PreparedImport } from './prepare.ts';
import { createRowReader, type ImportRow } from './row-reader.ts';
import { surveyFile } from './survey.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';
import { holdYoungSpace } from './young-space.ts';

/** Smaller files are read without a thread. */
const WORTH_A_THREAD = 1024 * 1024;
/** So many batches are asked for before they are needed; they, the one at hand and the one being made are kept over there. */
const AHEAD = 4;
if (AHEAD + 2 > BATCHES_KEPT) throw new Error('More batches are read ahead than are kept');

/** What the thread may take: it keeps some batches, and who is in the file more than once. */
const MOST_MEGABYTES = 192;

/** So many rows at once, where all of them are judged. */
const MOST_AT_ONCE = 1000;

/** Beside this file, from source and when built: the host's build has `import-worker` as an entry of its own. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './import-worker.ts' : './import-worker.js', import.meta.url);

/** How far the first pass over the file is. */
export type Checked = { rows: number; bytesRead: number };

export type RowSource = {
  /** The first pass: reads the whole file and answers its hash; `null` when `goOn` said so. Throws a ProblemError where it cannot be read. */
  survey(goOn: (checked: Checked) => boolean): Promise<{ hash: string } | null>;
  /** The second: the next rows, so many or somewhat fewer or more; `null` behind the last. */
  next(size: number, allJudged: boolean): Promise<Batch | null>;
  /** The rows of newcomers of the last batch, by their places. */
  rowsOf(batch: number, places: readonly number[]): Promise<ImportRow[]>;
  close(): Promise<void>;
};

export type SourceStart = { prepared: PreparedImport; folder: string };
export type SourceRequest = { id: number } & ({ ask: 'survey' } | { ask: 'next'; size: number; allJudged: boolean } | { ask: 'rows'; batch: number; places: readonly number[] });
export type SourceMessage = { checked: Checked } | { id: number; hash: string } | { id: number; batch: Batch | null } | { id: number; rows: string } | { id: number; problems: readonly Problem[] } | { id: number; bug: string };

/** Opens the rows of a file. Close it when done. */
export function openRows(prepared: PreparedImport): RowSource {
  return isLarge(prepared) ? rowsFromThread(prepared) : rowsRightHere(prepared);
}

/** Whether a file is worth a thread. */
function isLarge({ bytes }: Pick<PreparedImport, 'bytes'>): boolean {
  return bytes >= WORTH_A_THREAD;
}

function rowsRightHere(prepared: PreparedImport): RowSource {
  const reader = createRowReader(prepared.plan, prepared.attributes, prepared.reading);
  let batches: Batches | null = null;
  return {
    async survey(goOn) {
      const survey = await surveyFile(prepared, reader, (rows, bytesRead) => goOn({ rows, bytesRead }));
      if (survey === null) return null;
      batches = createBatches(prepared, reader, survey, '');
      return { hash: survey.hash };
    },
    // Staging a few rows takes longer than judging them.
    async next(size) {
      await turn();
      return await batches!.next(Math.min(size, MOST_AT_ONCE), true);
    },
    rowsOf: (batch, places) => Promise.resolve(batches!.rowsOf(batch, places)),
    async close() {
      await batches?.close();
    },
  };
}

type Waiting = { resolve: (message: SourceMessage) => void; reject: (error: Error) => void };

function rowsFromThread(prepared: PreparedImport): RowSource {
  const folder = temporaryFolder();
  const space = holdYoungSpace();
  const worker = new Worker(WORKER, { workerData: { prepared, folder } satisfies SourceStart, env: {}, resourceLimits: { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: MOST_MEGABYTES } });
  const waiting = new Map<number, Waiting>();
  let ids = 0;
  let lost: Error | null = null;
  let hear: (checked: Checked) => void = () => undefined;

  const lose = (error: Error): void => {
    lost ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.once('online', () => space.begun());
  worker.on('message', (message: SourceMessage) => {
    if ('checked' in message) return hear(message.checked);
    const mine = waiting.get(message.id);
    waiting.delete(message.id);
    if ('problems' in message) mine?.reject(new ProblemError(...message.problems));
    else if ('bug' in message) mine?.reject(new Error('Reading the file of an import failed', { cause: message.bug }));
    else mine?.resolve(message);
  });
  worker.once('error', (error) => lose(new Error('The thread that reads the file of an import has failed', { cause: error })));
  worker.once('exit', () => lose(new Error('The thread that reads the file of an import ended')));

  const ask = <Answer extends SourceMessage>(request: Without<SourceRequest>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (lost !== null) return reject(lost);
      const id = ++ids;
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      worker.postMessage({ id, ...request } satisfies SourceRequest);
    });
  const ahead: Promise<{ batch: Batch | null }>[] = [];

  return {
    survey(goOn) {
      return new Promise((resolve, reject) => {
        hear = (checked) => {
          if (!goOn(checked)) resolve(null);
        };
        ask<{ id: number; hash: string }>({ ask: 'survey' }).then(({ hash }) => resolve({ hash }), reject);
      });
    },
    async next(size, allJudged) {
      while (ahead.length < AHEAD) {
        const asked = ask<{ id: number; batch: Batch | null }>({ ask: 'next', size: allJudged ? Math.min(size, MOST_AT_ONCE) : size, allJudged });
        // Whoever waits for it hears of a failure; until then nobody does.
        asked.catch(() => undefined);
        ahead.push(asked);
      }
      return (await ahead.shift()!).batch;
    },
    rowsOf: async (batch, places) => JSON.parse((await ask<{ id: number; rows: string }>({ ask: 'rows', batch, places })).rows) as ImportRow[],
    async close() {
      lost ??= new Error('The rows of the import are closed');
      waiting.clear();
      space.release();
      await worker.terminate();
      removeFolder(folder);
    },
  };
}

/** A request before it has its number. */
type Without<Request> = Request extends { id: number } ? Omit<Request, 'id'> : never;
