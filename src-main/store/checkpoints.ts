// The log of an open workspace. What is written stands in the log first; from there it is moved into the file by a thread of its
// own, so that the connection which writes, and everybody who waits for it, does not stand still for that (DESIGN 4).
import { Worker } from 'node:worker_threads';
import { stopwatch } from '../clock.ts';
import { holdTurns } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
import { afterTransactions, checkpointAfter, LOG_PAGES, row } from './database.ts';

/** Beside this file, from source and when built: the host's build has `checkpoint-worker` as an entry of its own. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './checkpoint-worker.ts' : './checkpoint-worker.js', import.meta.url);

/** So many new pages are worth moving: few, because the disk is busy with them while others write. */
const WORTH_MOVING = 4000;
/** A log of so many pages begins anew. That needs a moment in which no long work writes, and all of it has been moved: each takes some tenths of a second. */
const MOST_PAGES = 40_000;
/** Where the thread does not keep up, the connection moves the log by itself after all. */
const PAGES_IN_NEED = 100_000;

/** So long `emptyLog` waits for others, and looks again so often; milliseconds. */
const PATIENCE = 5000;
const LOOK_EVERY = 5;

/** How many pages the log has. */
export type Moved = { log: number };

export type Checkpoints = {
  /** Moves what is left, and ends the thread. */
  close(): Promise<void>;
};

/** Moves the log of a workspace beside its work, until it is closed. The thread begins when there is enough to move. */
export function checkpointsBeside({ db }: Pick<Workspace, 'db'>): Checkpoints {
  if (db.memory) return { close: () => Promise.resolve() };
  let worker: Worker | null = null;
  let isLost = false;
  let heard: (moved: Moved) => void = () => undefined;
  let moving: Promise<void> | null = null;
  /** The pages that the log had when it was last moved. */
  let seen = 0;

  const start = (): Worker => {
    const started = new Worker(WORKER, { workerData: db.name, env: {}, resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 } });
    // Without it the work goes on: then the connection moves the log.
    const lose = (): void => {
      isLost = true;
      heard({ log: 0 });
      if (db.open) checkpointAfter(db, LOG_PAGES);
    };
    started.unref();
    started.on('message', (moved: Moved) => heard(moved));
    started.once('error', lose);
    started.once('exit', lose);
    checkpointAfter(db, PAGES_IN_NEED);
    return started;
  };

  const move = (): Promise<Moved> =>
    new Promise((resolve) => {
      heard = resolve;
      if (isLost) heard({ log: 0 });
      else (worker ??= start()).postMessage(null);
    });

  const moveAll = async (): Promise<void> => {
    let { log } = await move();
    // What has come meanwhile is little, and moved in a moment; whoever writes next begins the log anew.
    if (log > MOST_PAGES) ({ log } = await holdTurns(move));
    seen = log;
    moving = null;
  };

  afterTransactions(db, () => {
    if (moving !== null || isLost) return;
    const { log } = row<Moved>(db, 'PRAGMA wal_checkpoint(NOOP)')!;
    if (log < seen) seen = 0;
    if (log - seen >= WORTH_MOVING) moving = moveAll();
  });

  return {
    async close() {
      afterTransactions(db, null);
      await moving;
      if (worker !== null) await move();
      worker?.removeAllListeners();
      await worker?.terminate();
      if (db.open) checkpointAfter(db, LOG_PAGES);
    },
  };
}

/**
 * Moves everything into the file and leaves an empty log. Where a thread moves it just then, or reads what was before, this waits
 * for it, some seconds at the most. Answers whether the log is empty.
 */
export function emptyLog({ db }: Pick<Workspace, 'db'>): boolean {
  const waited = stopwatch();
  for (;;) {
    if (row<{ busy: number }>(db, 'PRAGMA wal_checkpoint(TRUNCATE)')!.busy === 0) return true;
    if (waited() > PATIENCE) return false;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY);
  }
}
