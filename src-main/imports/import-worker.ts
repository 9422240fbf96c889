// The thread that reads the file of an import: first the whole of it once, then batch by batch as it is asked for them.
import { parentPort, workerData } from 'node:worker_threads';
import { ProblemError } from '../../shared/problem.ts';
import { createBatches, type Batches } from './batches.ts';
import { createRowReader } from './row-reader.ts';
import type { SourceMessage, SourceRequest, SourceStart } from './row-source.ts';
import { surveyFile } from './survey.ts';

const port = parentPort;
if (port === null) throw new Error('The thread of an import was started as a program');

/** So often it says how far the first pass is. */
const TELL_EVERY_MS = 50;

const { prepared, folder } = workerData as SourceStart;
const reader = createRowReader(prepared.plan, prepared.attributes, prepared.reading);
let batches: Batches | null = null;

async function survey(): Promise<string> {
  let told = performance.now();
  const found = await surveyFile(prepared, reader, (rows, bytesRead) => {
    if (performance.now() - told >= TELL_EVERY_MS) {
      told = performance.now();
      send({ checked: { rows, bytesRead } });
    }
    return true;
  });
  if (found === null) throw new Error('The survey was broken off');
  batches = createBatches(prepared, reader, found, folder);
  return found.hash;
}

async function answer(request: SourceRequest): Promise<SourceMessage> {
  const { id } = request;
  try {
    if (request.ask === 'survey') return { id, hash: await survey() };
    if (batches === null) throw new Error('Rows were asked for before the survey');
    if (request.ask === 'rows') return { id, rows: JSON.stringify(batches.rowsOf(request.batch, request.places)) };
    return { id, batch: await batches.next(request.size, request.allJudged) };
  } catch (error) {
    if (error instanceof ProblemError) return { id, problems: error.problems };
    return { id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function send(message: SourceMessage): void {
  port!.postMessage(message);
}

let turn: Promise<unknown> = Promise.resolve();
port.on('message', (request: SourceRequest) => {
  // Rows that have been read can be given at once; everything else comes in its order.
  if (request.ask === 'rows') void answer(request).then(send);
  else turn = turn.then(() => answer(request)).then(send);
});
