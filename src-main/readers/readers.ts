// The reader threads of a workspace: lists, counts and exports are read beside the one connection that writes. Each kind of read
// has a thread of its own, begun when it is first needed: a page of a list never waits for a count, nor a count for an export.
import { existsSync } from 'node:fs';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { problem, ProblemError } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { contactsOutOfTurn, highestContact } from '../store/contacts.ts';
import { holdForAnswer } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
import { perform, type ReaderStart, type ReadingMessage, type ReadingName, type Readings } from './readings.ts';

type Of = Pick<Workspace, 'file' | 'db' | 'clock'>;

/** Beside this file, from source and when built: the host's build has `reader-worker` as an entry of its own. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './reader-worker.ts' : './reader-worker.js', import.meta.url);

/** Among so many contacts, each read is a matter of milliseconds. */
const FEW = 2000;

export type Readers = {
  /**
   * Reads. Throws a ProblemError when the question is refused, or when it was given up: a read of a `screen` is, when the same
   * screen asks something else (another `question`) before it is answered.
   */
  read<Name extends ReadingName>(name: Name, asked: Readings[Name]['asked'], from?: { screen: string; question: string }): Promise<Readings[Name]['answer']>;
  /** Ends the threads; what is being read is given up, and nothing is read any more. */
  close(): Promise<void>;
};

type Waiting = {
  name: ReadingName;
  asked: unknown;
  from?: { screen: string; question: string };
  resolve: (answer: unknown) => void;
  reject: (reason: Error) => void;
};

const LANES: Readonly<Record<ReadingName, 'lists' | 'sums' | 'files' | 'guard'>> = { contacts: 'lists', count: 'sums', some: 'sums', stepPeople: 'sums', ids: 'sums', tags: 'sums', export: 'files', duplicates: 'files', guardNews: 'guard' };
/** Of this lane hardly anything is read twice, and it works beside large imports: it makes do with little memory. */
const LEAN: Pick<ReaderStart, 'cacheKilobytes'> & Pick<WorkerOptions, 'resourceLimits'> = { cacheKilobytes: 2048, resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 } };

function givenUp(): ProblemError {
  return new ProblemError(problem('read-given-up', say('This was asked anew before it was answered.')));
}

function closed(): ProblemError {
  return new ProblemError(problem('read-given-up', say('The workspace was closed before this was done.')));
}

/** So long a read that is under way has to put away what it has begun, such as half a file, when the workspace is closed. */
const PATIENCE_MS = 2000;

/** One thread and those who wait for it, in their order. `passing`: it ends as soon as nobody waits. */
function createLane(workspace: Of, passing: boolean, { cacheKilobytes, resourceLimits }: Partial<typeof LEAN>) {
  const unwanted = new SharedArrayBuffer(4);
  const unwantedId = new Int32Array(unwanted);
  let worker: Worker | null = null;
  let waiting: Waiting[] = [];
  let running: { id: number; waiting: Waiting } | null = null;
  let ids = 0;
  let isClosed = false;
  /** Hears that the thread is done with its read, or gone. */
  let settled: () => void = () => undefined;

  function start(): Worker {
    const begun: ReaderStart = { file: workspace.file, unwanted, ...(cacheKilobytes !== undefined && { cacheKilobytes }) };
    const started = new Worker(WORKER, { workerData: begun, env: {}, ...(resourceLimits !== undefined && { resourceLimits }) });
    started.on('message', (message: ReadingMessage) => {
      const mine = running;
      if (mine === null || mine.id !== message.id) return;
      running = null;
      settle(mine.waiting, message);
      settled();
      next();
    });
    const lost = (error: Error) => {
      if (worker !== started) return;
      worker = null;
      const mine = running;
      running = null;
      mine?.waiting.reject(error);
      settled();
      next();
    };
    started.once('error', (error) => lost(new Error('A reading thread has failed', { cause: error })));
    started.once('exit', () => lost(new Error('A reading thread ended without an answer')));
    return started;
  }

  function settle({ name, resolve, reject }: Waiting, message: ReadingMessage): void {
    if ('answer' in message) resolve(message.answer);
    else if ('problems' in message) reject(new ProblemError(...message.problems));
    else if ('givenUp' in message) reject(givenUp());
    else reject(new Error(`Reading "${name}" in its thread failed`, { cause: message.bug }));
  }

  function next(): void {
    if (running !== null || isClosed) return;
    const first = waiting.shift();
    if (first === undefined) {
      if (passing) void end();
      else worker?.unref();
      return;
    }
    const thread = (worker ??= start());
    thread.ref();
    running = { id: ++ids, waiting: first };
    thread.postMessage({ id: running.id, name: first.name, asked: first.asked, now: workspace.clock.now(), outOfTurn: contactsOutOfTurn(workspace) });
  }

  async function end(): Promise<void> {
    const thread = worker;
    worker = null;
    await thread?.terminate();
  }

  /** What this screen had asked otherwise is not wanted any more. */
  function giveUpOthers(from: { screen: string; question: string }): void {
    const isOther = (each: Waiting) => each.from?.screen === from.screen && each.from.question !== from.question;
    const others = waiting.filter(isOther);
    waiting = waiting.filter((each) => !isOther(each));
    for (const { reject } of others) reject(givenUp());
    if (running !== null && isOther(running.waiting)) Atomics.store(unwantedId, 0, running.id);
  }

  return {
    add(one: Waiting) {
      if (one.from !== undefined) giveUpOthers(one.from);
      waiting.push(one);
      next();
    },
    async close() {
      isClosed = true;
      for (const { reject } of waiting) reject(closed());
      waiting = [];
      const mine = running;
      if (mine !== null) {
        mine.waiting.reject(closed());
        Atomics.store(unwantedId, 0, mine.id);
        await new Promise<void>((resolve) => {
          const stop = workspace.clock.after(PATIENCE_MS, resolve);
          settled = () => {
            stop();
            resolve();
          };
        });
      }
      await end();
    },
  };
}

function createReaders(workspace: Of): Readers {
  const lanes = new Map<string, ReturnType<typeof createLane>>();
  let isClosed = false;
  return {
    async read(name, asked, from) {
      if (isClosed) throw closed();
      // Nobody else can see what is in memory; of a file that is not there any more, the open connection still knows; and among
      // few contacts everything is found before a thread would have begun.
      if (highestContact(workspace) < FEW || !existsSync(workspace.file)) return perform(workspace, name, asked);
      const kind = LANES[name];
      let lane = lanes.get(kind);
      if (lane === undefined) lanes.set(kind, (lane = createLane(workspace, kind === 'files', kind === 'guard' ? LEAN : {})));
      const answer = new Promise<Readings[typeof name]['answer']>((resolve, reject) => lane.add({ name, asked, ...(from !== undefined && { from }), resolve: resolve as (answer: unknown) => void, reject }));
      // A page of a list is on somebody's screen; a count may come a slice later.
      if (kind === 'lists') holdForAnswer(answer);
      return answer;
    },
    async close() {
      isClosed = true;
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
    },
  };
}

const opened = new WeakMap<Of, Readers>();

/** The readers of a workspace; threads begin when something is read. */
export function readersOf(workspace: Of): Readers {
  let readers = opened.get(workspace);
  if (readers === undefined) opened.set(workspace, (readers = createReaders(workspace)));
  return readers;
}

/** Ends the reader threads of a workspace that is being closed. */
export async function closeReaders(workspace: Of): Promise<void> {
  await readersOf(workspace).close();
}
