// The thread that moves a workspace's log into its file, whenever it is told to. It never waits for anybody, and nobody for it.
import { parentPort, workerData } from 'node:worker_threads';
import SQLite from 'better-sqlite3';
import type { Moved } from './checkpoints.ts';
import { configure } from './database.ts';

const port = parentPort;
if (port === null) throw new Error('The thread for checkpoints was started as a program');

const db = new SQLite(workerData as string, { fileMustExist: true });
configure(db);

port.on('message', () => {
  const [{ log }] = db.pragma('wal_checkpoint(PASSIVE)') as [Moved];
  port.postMessage({ log } satisfies Moved);
});
