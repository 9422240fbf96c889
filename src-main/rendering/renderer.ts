// Renders messages in a thread that can be killed: a template that loops, or eats memory, costs its own mail and nothing else
// (FAULTS 0.4, F31).
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import type { Workspace } from '../workspace.ts';
import type { Rendered, RenderJob, WorkerAnswer, WorkerRequest } from './job.ts';

/** How often it is looked whether the thread has moved on, and how often it may be found at the same reader: ten seconds, since a busy computer is slow with innocent mails too. */
const LOOK_MS = 250;
const MOST_LOOKS = 40;
/** A thread that starts on a busy computer has not begun yet, which is no reader's fault. */
const MOST_LOOKS_AT_START = 120;
const NOT_BEGUN = -1;
/** A message that hangs for so many readers of a job hangs for all: the others are not tried. */
const MOST_STRIKES = 3;

export type Renderer = {
  /** Renders a message for its readers, in their order. Always answers for each of them. */
  render(job: RenderJob): Promise<Rendered[]>;
  close(): Promise<void>;
};

/** Beside this file, from source and when built: the host's build has `render-worker` as an entry of its own. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './render-worker.ts' : './render-worker.js', import.meta.url);

/** Starts no thread before there is something to render; one job at a time, the others wait in order. */
export function createRenderer(clock: Pick<Clock, 'after'>): Renderer {
  let worker: Worker | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let jobs = 0;
  let isClosed = false;

  function start(): Worker {
    const started = new Worker(WORKER, {
      resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
      env: {},
    });
    started.once('exit', () => {
      if (worker === started) worker = null;
    });
    return started;
  }

  /** One pass of the thread over the readers from an index on. A reader at which it hangs or dies is answered for, and skipped next time. */
  function pass(job: RenderJob, from: number, strikes = 0): Promise<Rendered[]> {
    const thread = (worker ??= start());
    const id = ++jobs;
    const progress = new SharedArrayBuffer(4);
    const at = new Int32Array(progress);
    Atomics.store(at, 0, NOT_BEGUN);
    return new Promise((resolve, reject) => {
      let cancelLook: () => void = () => undefined;
      let looks = 0;
      let last = NOT_BEGUN;
      const done = (act: () => void) => {
        cancelLook();
        thread.off('message', onMessage);
        thread.off('error', onError);
        thread.off('exit', onExit);
        thread.unref();
        act();
      };
      const lost = (why: 'too-slow' | 'template', detail: string) => {
        const culprit = Atomics.load(at, 0);
        worker = null;
        if (culprit === NOT_BEGUN) return done(() => reject(new Error(`The rendering thread does not start: ${detail}`)));
        // What was rendered before the culprit is gone with the thread, and is rendered again without it.
        done(() => resolve(withoutCulprit(job, from, culprit, { failure: why, detail }, strikes + 1)));
      };
      const onMessage = (answer: WorkerAnswer) => {
        if (answer.id === id) done(() => resolve(answer.rendered));
      };
      const onError = (error: Error & { code?: string }) => {
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') lost('template', 'The message needs too much memory.');
        else done(() => reject(error));
      };
      const onExit = () =>
        isClosed ? done(() => reject(new Error('The renderer was closed'))) : lost('template', 'The rendering thread ended.');
      const look = () => {
        cancelLook = clock.after(LOOK_MS, () => {
          const now = Atomics.load(at, 0);
          looks = now === last ? looks + 1 : 0;
          last = now;
          if (looks < (now === NOT_BEGUN ? MOST_LOOKS_AT_START : MOST_LOOKS)) return look();
          // An answer that has come in meanwhile is heard first: only this thread may have been busy.
          setImmediate(() =>
            setImmediate(() => {
              if (!thread.listeners('message').includes(onMessage)) return;
              thread.off('exit', onExit);
              void thread.terminate();
              lost('too-slow', 'The message takes too long to render.');
            }),
          );
        });
      };
      thread.on('message', onMessage);
      thread.on('error', onError);
      thread.on('exit', onExit);
      thread.ref();
      const request: WorkerRequest = { id, job, from, progress };
      thread.postMessage(request);
      look();
    });
  }

  async function withoutCulprit(job: RenderJob, from: number, culprit: number, failure: Rendered, strikes: number): Promise<Rendered[]> {
    const before = culprit > from ? await pass({ ...job, readers: job.readers.slice(0, culprit) }, from, strikes) : [];
    const rest = job.readers.length - culprit - 1;
    if (rest === 0) return [...before, failure];
    return [
      ...before,
      failure,
      ...(strikes >= MOST_STRIKES ? Array.from({ length: rest }, () => failure) : await pass(job, culprit + 1, strikes)),
    ];
  }

  return {
    render(job) {
      if (job.readers.length === 0) return Promise.resolve([]);
      const mine = turn.then(() => {
        if (isClosed) throw new Error('The renderer was closed');
        return pass(job, 0);
      });
      turn = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      isClosed = true;
      await worker?.terminate();
      worker = null;
    },
  };
}

const renderers = new WeakMap<Workspace, Renderer>();

/** The one renderer of a workspace: previews, test mails and the outbox share its thread. */
export function rendererOf(workspace: Workspace): Renderer {
  let renderer = renderers.get(workspace);
  if (renderer === undefined) renderers.set(workspace, (renderer = createRenderer(workspace.clock)));
  return renderer;
}

/** Ends the thread of a workspace that is being closed. */
export async function closeRenderer(workspace: Workspace): Promise<void> {
  const renderer = renderers.get(workspace);
  renderers.delete(workspace);
  await renderer?.close();
}
