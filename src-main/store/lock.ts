// One process per workspace: a lock of the operating system, which ends with the process that holds it, however that ends.
import { realpathSync } from 'node:fs';
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
  const path = `${realpathSync(file)}-lock`;
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
  return () => {
    if (!lock.open) return;
    lock.exec('ROLLBACK');
    lock.close();
  };
}

function holderOf(lock: SQLite.Database): { pid: number; since: Instant } | null {
  try {
    return (lock.prepare('SELECT pid, since FROM holder').get() as { pid: number; since: Instant } | undefined) ?? null;
  } catch {
    return null; // The other process is writing its name at this moment.
  }
}
