// One process per workspace: a lock of the operating system, which ends with the process that holds it, however that ends.
import { realpathSync, statSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import SQLite from 'better-sqlite3';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { instantText, type Instant } from '../../shared/time.ts';

/**
 * Takes the workspace for this process, or refuses and names who has it (FAULTS F8). Answers a way to let it go.
 *
 * The lock is an open write transaction on a small SQLite file beside the workspace: SQLite's own locks work on every
 * system, die with the process, and are right within one process too. It is a file of its own, because reader threads open
 * the workspace. Others may still read it, and so learn who holds it. It is never deleted: a lock file that can vanish
 * between two openers lets both in.
 */
export function lockWorkspace(file: string, now: Instant): () => void {
  const real = realpathSync(file);
  const path = `${real}-lock`;
  const name = basename(file);
  let lock: SQLite.Database;
  try {
    lock = new SQLite(path, { timeout: 200 });
  } catch (error) {
    if (error instanceof SQLite.SqliteError)
      refuse(
        'no-permission',
        say('Kanal may not write to the folder of {name}. Move the workspace to a folder of your own, then open it there.', { name }),
        { file },
      );
    throw error;
  }
  try {
    lock.exec(
      'CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL, since INTEGER NOT NULL) STRICT',
    );
    lock.prepare('INSERT OR REPLACE INTO holder VALUES (1, ?, ?)').run(process.pid, now);
    lock.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (!(error instanceof SQLite.SqliteError)) throw error;
    const holder = error.code.startsWith('SQLITE_BUSY') ? holderOf(lock) : null;
    lock.close();
    if (error.code.startsWith('SQLITE_READONLY') || error.code === 'SQLITE_CANTOPEN') {
      refuse(
        'no-permission',
        say('Kanal may not write to the folder of {name}. Move the workspace to a folder of your own, then open it there.', { name }),
        { file },
      );
    }
    if (!error.code.startsWith('SQLITE_BUSY')) throw error;
    if (holder === null)
      refuse('locked', say('{name} is open in another Kanal. Close it there, then open it here. Nothing was changed.', { name }), { file });
    refuse(
      'locked',
      say('{name} is open in another Kanal (process {pid}, since {since}). Close it there, then open it here. Nothing was changed.', {
        name,
        pid: String(holder.pid),
        since: instantText(holder.since),
      }),
      { file },
    );
  }
  held.add(real);
  return () => {
    if (!lock.open) return;
    held.delete(real);
    lock.exec('ROLLBACK');
    lock.close();
  };
}

/** The workspaces of this process, and the files beside them. */
const held = new Set<string>();
const BESIDE = ['', '-wal', '-shm', '-lock'];

/**
 * Whether SQLite holds locks on this file for this process: of a workspace that is open, under whatever name. Nobody else may open
 * it, not even to look: closing it again would take these locks away, and another program would believe itself alone (POSIX).
 */
export function isHeld(found: Pick<Stats, 'dev' | 'ino'>): boolean {
  return [...held].some((file) =>
    BESIDE.some((end) => {
      const own = statSync(`${file}${end}`, { throwIfNoEntry: false });
      return own !== undefined && own.dev === found.dev && own.ino === found.ino;
    }),
  );
}

function holderOf(lock: SQLite.Database): { pid: number; since: Instant } | null {
  try {
    return (lock.prepare('SELECT pid, since FROM holder').get() as { pid: number; since: Instant } | undefined) ?? null;
  } catch {
    return null; // The other process is writing its name at this moment.
  }
}
