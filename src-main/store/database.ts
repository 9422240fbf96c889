// Opens workspace files, and refuses those that it must not touch. All other files of this folder get the connection from here.
import { existsSync, statSync, openSync, readSync, closeSync } from 'node:fs';
import { basename } from 'node:path';
import SQLite, { type Database } from 'better-sqlite3';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { isHeld } from './lock.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations/index.ts';

export type { Database } from 'better-sqlite3';

/** "Kanl" as a 32-bit number, in the file's header: what tells a workspace from any other SQLite file. */
export const APPLICATION_ID = 0x4b616e6c;

type Cache = Map<string, SQLite.Statement>;
const caches = new WeakMap<Database, Cache>();

/**
 * What is compared with a bare parameter, SQLite looks at while it plans a join, an order or a subquery, and so plans anew for
 * each value: 5 to 60 microseconds, where the query itself takes one. A plus, which does nothing to the value, hides it.
 * So does LIMIT; there the busiest queries write the plus themselves, as others have better plans for a limit that is known.
 */
const BARE = /(?<![<>!=])(=|\bIS) \?/g;

/** A statement, prepared once per connection. */
export function sql(db: Database, text: string): SQLite.Statement {
  let cache = caches.get(db);
  if (cache === undefined) caches.set(db, (cache = new Map()));
  let statement = cache.get(text);
  if (statement === undefined) cache.set(text, (statement = db.prepare(text.replaceAll(BARE, '$1 +?'))));
  return statement;
}

/** All rows of a query, typed by the caller who wrote its columns. One that also writes ("RETURNING") is by itself a transaction like any other. */
export function rows<Row>(db: Database, text: string, ...values: unknown[]): Row[] {
  const statement = sql(db, text);
  return (writes(statement) ? fenced(db, () => statement.all(...values)) : statement.all(...values)) as Row[];
}

/** The first row of a query, or `undefined`. One that also writes is a transaction, as with `rows`. */
export function row<Row>(db: Database, text: string, ...values: unknown[]): Row | undefined {
  const statement = sql(db, text);
  return (writes(statement) ? fenced(db, () => statement.get(...values)) : statement.get(...values)) as Row | undefined;
}

/** Runs a statement that changes rows; answers how many, and the id of the last one inserted. By itself it is a transaction like any other. */
export function run(db: Database, text: string, ...values: unknown[]): { changes: number; id: number } {
  const { changes, lastInsertRowid } = fenced(db, () => sql(db, text).run(...values));
  return { changes, id: Number(lastInsertRowid) };
}

/** Whether a query changes rows. A checkpoint, which SQLite calls a write, moves pages of the log and cannot be made in a transaction. */
const writes = ({ readonly, source }: SQLite.Statement) => !readonly && !source.startsWith('PRAGMA');

/** One statement that writes: outside of a transaction in one of its own, so that what is looked at before every transaction is looked at here, too. */
function fenced<Value>(db: Database, write: () => Value): Value {
  return looks.has(db) && !open.has(db) ? transaction(db, write) : write();
}

/** How many rows this connection has changed since it was opened: the same number means that nothing has changed. */
export function changesSoFar(db: Database): number {
  return row<{ n: number }>(db, 'SELECT total_changes() AS n')!.n;
}

const looks = new WeakMap<Database, () => void>();
/** Connections with a transaction of `transaction` under way: quicker to ask than the connection. */
const open = new WeakSet<Database>();

/** What is looked at first in every transaction of a connection: when it throws, nothing is written. */
export function beforeTransactions(db: Database, look: () => void): void {
  looks.set(db, look);
}

const ends = new WeakMap<Database, () => void>();

/** What is done after every transaction of a connection that has been committed; `null`: nothing any more. */
export function afterTransactions(db: Database, act: (() => void) | null): void {
  if (act === null) ends.delete(db);
  else ends.set(db, act);
}

type Acting = SQLite.Transaction<(act: () => unknown) => unknown>;
const actings = new WeakMap<Database, Acting>();

/** What makes a transaction of any act; it is itself made once, as that takes longer than a short transaction. */
function acting(db: Database): Acting {
  let known = actings.get(db);
  if (known === undefined) actings.set(db, (known = db.transaction((act) => act())));
  return known;
}

/** Everything in `act` happens, or nothing of it (BEGIN IMMEDIATE: FAULTS F6). Inside another transaction it joins that one. */
export function transaction<Value>(db: Database, act: () => Value): Value {
  if (db.inTransaction) return act();
  const value = acting(db).immediate(() => {
    open.add(db);
    try {
      looks.get(db)?.();
      return act();
    } finally {
      open.delete(db);
    }
  }) as Value;
  ends.get(db)?.();
  return value;
}

/**
 * A slice of a long work: all of it or nothing. It does not wait for the disk: the next transaction of anybody else does, and so
 * does the one that ends the work, before it is called done. Where the power fails in between, the last slices are as if
 * they had not been, and the work done again finishes them.
 */
export function sliceTransaction({ db }: { db: Database }, act: () => void): void {
  sql(db, 'PRAGMA synchronous = NORMAL').run();
  try {
    transaction(db, act);
  } finally {
    sql(db, 'PRAGMA synchronous = FULL').run();
  }
}

/** Inside a transaction: when `act` throws, what it has written is undone, and the transaction goes on. */
export function savepoint<Value>(db: Database, act: () => Value): Value {
  return acting(db)(act) as Value;
}

const TROUBLE = ['BUSY', 'LOCKED', 'NOMEM', 'READONLY', 'IOERR', 'CORRUPT', 'FULL', 'CANTOPEN', 'PROTOCOL', 'NOTADB'];

/** Whether an error is the file's or the disk's trouble, and not that of the row or the query at hand (FAULTS F4, F5). */
export function isDatabaseTrouble(error: unknown): error is InstanceType<typeof SQLite.SqliteError> {
  return error instanceof SQLite.SqliteError && TROUBLE.some((name) => error.code.startsWith(`SQLITE_${name}`));
}

/** So many pages of the log are moved into the file by the next transaction. */
export const LOG_PAGES = 10_000;

/** Settings of a connection that writes. */
export function configure(db: Database): void {
  db.pragma('journal_mode = WAL');
  // better-sqlite3 reopens WAL files at NORMAL, where a committed "sent" can roll back: a second mail (FAULTS 0.2).
  db.pragma('synchronous = FULL');
  db.pragma('fullfsync = ON');
  db.pragma('foreign_keys = ON');
  db.pragma('busy_timeout = 5000');
  checkpointAfter(db, LOG_PAGES);
  // The system keeps the file in its memory, too: more here makes nothing quicker, and an import that much larger.
  db.pragma('cache_size = -16384');
  db.pragma('temp_store = MEMORY');
}

/** From now on a transaction moves the log into the file once it has so many pages. */
export function checkpointAfter(db: Database, pages: number): void {
  db.pragma(`wal_autocheckpoint = ${pages}`);
}

/** Makes a new workspace file; refuses to overwrite anything. */
export function createDatabase(file: string): Database {
  if (file !== ':memory:' && existsSync(file)) refuse('file-exists', say('{file} already exists. Choose another name; nothing was changed.', { file }), { file });
  const db = new SQLite(file);
  configure(db);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  migrate(db);
  return db;
}

/**
 * Opens a workspace. A file that is missing, empty, no workspace, or of a newer program is refused with its own sentence and
 * is not touched. `backup` is called before an older schema is brought up to date.
 */
export function openDatabase(file: string, backup: (db: Database) => void): Database {
  inspectFile(file);
  const db = new SQLite(file, { fileMustExist: true });
  try {
    configure(db);
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version < SCHEMA_VERSION) backup(db);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    if (isDamage(error)) refuseDamaged(file);
    throw error;
  }
}

/** Whether SQLite says that the file itself is broken. */
export function isDamage(error: unknown): boolean {
  return error instanceof SQLite.SqliteError && (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB');
}

/** Stops with the sentence about a broken file. */
export function refuseDamaged(file: string): never {
  refuse('file-damaged', say('{name} is damaged and cannot be read. Restore it from a backup; the damaged file was left as it is.', { name: basename(file) }), { file });
}

/** Refuses what is not a workspace that this program can open. Reads the header with a read-only connection first, so that a refused file stays as it is, byte for byte (FAULTS F10). */
export function inspectFile(file: string): void {
  const name = basename(file);
  if (!existsSync(file)) refuse('file-missing', say('There is no file {file}. Check the path, or make a new workspace.', { file }), { file });
  const found = statSync(file);
  if (found.isDirectory()) refuse('not-a-workspace', say('{file} is a folder. A workspace is a file that ends in .kanal.', { file }), { file });
  if (found.size === 0) refuse('file-empty', say('{name} is empty: 0 bytes. Something has cut it off; restore it from a backup. It was not touched.', { name }), { file });
  if (headerOf(file) !== SQLITE_HEADER) refuse('not-a-workspace', say('{name} is not a Kanal workspace. Open a file that ends in .kanal.', { name }), { file });
  const db = new SQLite(file, { readonly: true });
  let applicationId: number, version: number;
  try {
    applicationId = db.pragma('application_id', { simple: true }) as number;
    version = db.pragma('user_version', { simple: true }) as number;
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    if (isDamage(error)) refuseDamaged(file);
    throw error;
  } finally {
    db.close();
  }
  if (applicationId !== APPLICATION_ID) refuse('not-a-workspace', say('{name} is not a Kanal workspace. Open a file that ends in .kanal.', { name }), { file });
  if (version > SCHEMA_VERSION) {
    refuse('newer-schema', say('{name} was made by a newer version of Kanal (format {found}; this program knows up to {known}). Update Kanal to open it. The file was not touched.', { name, found: version, known: SCHEMA_VERSION }), { file });
  }
}

/** Refuses a place for a file of another kind at which a workspace or another database stands, or that is called like one: writing there would lose it. */
export function refuseOverWorkspace(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (isOfWorkspace(file) || (found?.isFile() === true && (isHeld(found) || headerOf(file) === SQLITE_HEADER))) {
    refuse('over-workspace', say('{file} is where a workspace is kept. Choose another name, such as contacts.csv; nothing was written.', { file }), { file });
  }
}

/** Whether a file is called like a workspace, or like what stands beside one. */
export function isOfWorkspace(file: string): boolean {
  return /\.kanal(-wal|-shm|-lock)?$/i.test(file);
}

const SQLITE_HEADER = 'SQLite format 3\0';

function headerOf(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(16);
    readSync(handle, bytes, 0, 16, 0);
    return bytes.toString('latin1');
  } finally {
    closeSync(handle);
  }
}

/** Brings the schema up to date, one transaction for each step. */
function migrate(db: Database): void {
  const from = db.pragma('user_version', { simple: true }) as number;
  MIGRATIONS.slice(from).forEach((step, index) => {
    db.transaction(() => {
      step(db);
      db.pragma(`user_version = ${from + index + 1}`);
    }).immediate();
  });
}
