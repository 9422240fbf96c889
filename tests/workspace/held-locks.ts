// Which lasting locks this process holds on the files of an open workspace: they tell other programs that it is open, and the system
// drops them as soon as any handle on the file is closed (FAULTS 1.2; POSIX). Linux only.
import { readFileSync, statSync } from 'node:fs';
import { expect } from 'vitest';

/** The byte of the wal-index that every connection holds as long as it is open; its others come and go with each reading (SQLite, WAL-index format). */
const WHILE_OPEN = '128 128';
/** The bytes that a connection in WAL mode holds on the database as long as it is open, and the one of whoever may write (SQLite, file locking). */
const SHARED = '1073741826 1073742335';
const RESERVED = '1073741825 1073741825';

/** What an open workspace holds, by the end of the file's name: bytes from and to. */
const HELD: Record<string, string[]> = { '': [SHARED], '-lock': [RESERVED, SHARED], '-wal': [], '-shm': [WHILE_OPEN] };

export const WORKSPACE_FILES: readonly string[] = Object.keys(HELD);

const locksOn = (path: string): string[] => {
  const inode = String(statSync(path).ino);
  const mine = readFileSync('/proc/locks', 'utf8').split('\n').filter((line) => line.includes(` ${process.pid} `) && line.split(' ').some((word) => word.endsWith(`:${inode}`)));
  const bytes = mine.map((line) => line.trim().split(/\s+/).slice(-2).join(' '));
  return bytes.filter((range) => !path.endsWith('-shm') || range === WHILE_OPEN).toSorted();
};

/**
 * Sees that this process holds the lasting locks of an open workspace on all of its files. The system lists the locks of all
 * programs page by page, so one look may miss what stands between two pages: looks again.
 */
export const expectLocked = (file: string): Promise<void> =>
  expect.poll(() => Object.fromEntries(WORKSPACE_FILES.map((end) => [end, locksOn(`${file}${end}`)])), { timeout: 20_000 }).toEqual(HELD);
