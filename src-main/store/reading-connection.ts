// The read-only connection of a reader thread: WAL never lets it wait for whoever writes, nor anybody for it.
import SQLite from 'better-sqlite3';
import type { Database } from './database.ts';

/** Opens a workspace for reading only. The caller closes it. The system keeps the file in its memory, too: a larger cache makes little quicker. */
export function openForReading(file: string, cacheKilobytes = 16_384): Database {
  const db = new SQLite(file, { readonly: true, fileMustExist: true });
  db.pragma('busy_timeout = 5000');
  db.pragma(`cache_size = -${cacheKilobytes}`);
  db.pragma('temp_store = MEMORY');
  return db;
}

/** A number that changes whenever another connection has written something. */
export function writtenByOthers(db: Database): number {
  return db.pragma('data_version', { simple: true }) as number;
}

/** Everything that `act` reads is of one moment, however long it takes. */
export async function atOneMoment<Value>(db: Database, act: () => Promise<Value>): Promise<Value> {
  if (db.inTransaction) return act();
  db.exec('BEGIN');
  try {
    return await act();
  } finally {
    if (db.inTransaction) db.exec('COMMIT');
  }
}
