// The bytes of people who were erased leave the file and its log. While somebody reads what was before, the log cannot be emptied:
// then it is done again later.
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { Workspace } from '../workspace.ts';
import { emptyLog } from './checkpoints.ts';
import { row, transaction } from './database.ts';

/**
 * Takes the bytes of these texts out of the file and its log: what was deleted securely is gone with the log; what an earlier
 * change had left in some corner of a page goes when the file is built anew, which is done only where it is needed, since it
 * takes a second for some hundred megabytes. In memory there is nothing to do. Answers whether they are gone: after some seconds
 * of waiting for others, they may not be.
 */
export function purge(workspace: Workspace, traces: readonly string[]): boolean {
  if (workspace.db.memory || traces.length === 0) return true;
  return takeOut(workspace, traces, () => emptyLog(workspace));
}

/** The same, without waiting for anybody. Texts that nobody knows any more (`null`) are gone when the file was built anew. */
export function purgeAtOnce(workspace: Workspace, traces: readonly string[] | null): boolean {
  const { db } = workspace;
  const patience = db.pragma('busy_timeout', { simple: true }) as number;
  db.pragma('busy_timeout = 0');
  try {
    return takeOut(workspace, traces, () => row<{ busy: number }>(db, 'PRAGMA wal_checkpoint(TRUNCATE)')!.busy === 0);
  } finally {
    db.pragma(`busy_timeout = ${patience}`);
  }
}

function takeOut({ db, file }: Workspace, traces: readonly string[] | null, emptied: () => boolean): boolean {
  if (!emptied()) return false;
  if (traces !== null && !holdsAny(file, traces)) return true;
  // It cannot be made within a transaction, where it would be looked at whether this file is still this process's to write.
  transaction(db, () => undefined);
  db.exec('VACUUM');
  return emptied();
}

/**
 * Files of workspaces in which was looked, open until nobody has the workspace open any more: closing one earlier takes from this
 * process the locks that SQLite holds on the file, and another program would believe it alone (POSIX; FAULTS 1.2).
 */
const handles = new Map<string, number>();

/** Closes what `purge` has opened. Call it when no connection to the file is open any more. */
export function letGoOf(file: string): void {
  const handle = handles.get(file);
  if (handle !== undefined) closeSync(handle);
  handles.delete(file);
}

function handleOf(file: string): number {
  const known = handles.get(file);
  if (known !== undefined) return known;
  const handle = openSync(file, 'r');
  handles.set(file, handle);
  return handle;
}

const CHUNK = 4 * 1024 * 1024;

function holdsAny(file: string, traces: readonly string[]): boolean {
  const wanted = traces.map((trace) => Buffer.from(trace));
  const overlap = Math.max(...wanted.map(({ length }) => length)) - 1;
  const isIn = (handle: number): boolean => {
    const bytes = Buffer.alloc(CHUNK + overlap);
    for (let at = 0, kept = 0; ; ) {
      const read = readSync(handle, bytes, kept, CHUNK, at);
      if (read === 0) return false;
      at += read;
      const seen = bytes.subarray(0, kept + read);
      if (wanted.some((each) => seen.includes(each))) return true;
      kept = Math.min(overlap, seen.length);
      bytes.copyWithin(0, seen.length - kept, seen.length);
    }
  };
  if (isIn(handleOf(file))) return true;
  // The log is no file on which SQLite holds locks.
  const log = `${file}-wal`;
  if (!existsSync(log)) return false;
  const handle = openSync(log, 'r');
  try {
    return isIn(handle);
  } finally {
    closeSync(handle);
  }
}
