// Checkpoints beside a large import: what it has written is moved from the log into the workspace file by a thread of its own, so
// that the connection which writes, and everybody who waits for it, does not stand still for that (DESIGN 4).
import { Worker } from 'node:worker_threads';
import type { Workspace } from '../workspace.ts';
import { checkpointAfter, LOG_PAGES } from './database.ts';

/** Beside this file, from source and when built: the host's build has `checkpoint-worker` as an entry of its own. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './checkpoint-worker.ts' : './checkpoint-worker.js', import.meta.url);

/** After so many rows there is enough in the log to begin. */
const ROWS_BETWEEN = 20_000;
/** A log of so many pages begins anew. That needs a moment in which nobody writes and all of it has been moved. */
const MOST_PAGES = 12_000;
/** Where the thread does not keep up, or has died, the connection moves the log by itself after all. */
const PAGES_IN_NEED = 100_000;

export type Moved = { log: number };

export type Checkpoints = {
  /** Call it after every slice, and wait for it: mostly it takes no time. */
  afterSlice(rows: number): Promise<void>;
  /** Moves what is left. */
  close(): Promise<void>;
};

/** Begins to move the log beside an import; `null` where there is no file. */
export function checkpointsBeside({ db }: Pick<Workspace, 'db'>): Checkpoints | null {
  if (db.memory) return null;
  const worker = new Worker(WORKER, { workerData: db.name, env: {}, resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 } });
  worker.unref();
  let rowsSince = 0;
  let running: Promise<void> | null = null;
  let isLong = false;
  let isLost = false;
  let heard: (moved: Moved) => void = () => undefined;
  worker.on('message', (moved: Moved) => heard(moved));
  // Without it the import goes on: then the connection moves the log, as at other times.
  worker.once('error', () => lose());
  worker.once('exit', () => lose());
  const lose = (): void => {
    isLost = true;
    heard({ log: 0 });
    if (db.open) checkpointAfter(db, LOG_PAGES);
  };
  const move = (): Promise<void> =>
    new Promise((resolve) => {
      heard = ({ log }) => {
        isLong = log > MOST_PAGES;
        running = null;
        resolve();
      };
      if (isLost) heard({ log: 0 });
      else worker.postMessage(null);
    });
  checkpointAfter(db, PAGES_IN_NEED);

  return {
    async afterSlice(rows) {
      rowsSince += rows;
      if (isLost || running !== null || rowsSince < ROWS_BETWEEN) return;
      rowsSince = 0;
      const begun = (running = move());
      if (isLong) await begun;
    },
    async close() {
      await running;
      await move();
      worker.removeAllListeners();
      await worker.terminate();
      if (db.open) checkpointAfter(db, LOG_PAGES);
    },
  };
}
