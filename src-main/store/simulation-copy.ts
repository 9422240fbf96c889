// A workspace as a copy: what simulations run on, in memory, or among the temporary files where it is large. Nothing leads from
// the copy back to the file.
import { constants, copyFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SQLite, { type Database } from 'better-sqlite3';
import type { EnrollmentState } from '../../shared/engine/enrollment.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { isInside } from './inside.ts';

/** A workspace to copy. `file`: read by a connection of one's own, which can only read and waits for nobody (WAL); `folder`: for temporary files, removed by whoever gave it. */
export type CopySource = { file: string; folder: string } | { image: Uint8Array };

/** What copies are opened from: the bytes of a workspace, or, of one that is large, a file that nobody writes to. */
export type Image = Buffer | { file: string; folder: string; copies: number };

/** What is larger is not copied into memory: SQLite keeps at most 1 GB there, and a copy needs several times its size while it is made. */
const MOST_IN_MEMORY = 256 * 1024 * 1024;

/** The bytes of an open workspace that is in no file. */
export function imageOf(db: Database): Buffer {
  return db.serialize();
}

/** Reads a workspace as it is at this moment. `toFile`: into a temporary file, however small it is. */
export async function readImage(source: CopySource, toFile = false): Promise<Image> {
  if ('image' in source) return Buffer.from(source.image);
  const db = new SQLite(source.file, { readonly: true, fileMustExist: true });
  try {
    if (!toFile && sizeOf(source.file) <= MOST_IN_MEMORY) return db.serialize();
    const file = join(source.folder, 'snapshot.kanal');
    // All pages at once: whoever writes meanwhile writes into the log, and the snapshot is of one moment.
    await db.backup(file, { progress: () => 0x7fffffff });
    return { file, folder: source.folder, copies: 0 };
  } finally {
    db.close();
  }
}

function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce((sum, each) => sum + (existsSync(each) ? statSync(each).size : 0), 0);
}

/** Opens a copy of an image; the image stays as it is. The mails that went out are left out of it: they are most of the bytes. */
export function openImage(image: Image): Database {
  const db = Buffer.isBuffer(image) ? openBytes(image) : openFile(image);
  db.pragma('journal_mode = MEMORY');
  db.pragma('synchronous = OFF');
  db.pragma('foreign_keys = ON');
  db.pragma('temp_store = MEMORY');
  // What is in a file is read again and again, by contacts in no order of the file's.
  db.pragma(`cache_size = ${Buffer.isBuffer(image) ? -65_536 : -524_288}`);
  run(db, 'DELETE FROM outbox_contents');
  return db;
}

/**
 * Drops the indexes by which counts are read, and what a publish does to those at a step: a simulation that is under way reads
 * neither before its end, and every turn and every message would pay for them.
 */
export function dropCountIndexes({ db }: WithDatabase): void {
  for (const index of ['enrollments_step', 'outbox_step']) db.exec(`DROP INDEX IF EXISTS ${index}`);
}

function openBytes(image: Buffer): Database {
  // A file in WAL mode says so in its header (bytes 18 and 19), and memory has no WAL.
  const bytes = Buffer.from(image);
  bytes[18] = 1;
  bytes[19] = 1;
  return new SQLite(bytes);
}

/** Nobody else reads the file, and whether it outlives a power cut is all the same. */
function openFile(image: Exclude<Image, Buffer>): Database {
  const file = join(image.folder, `copy-${++image.copies}.kanal`);
  copyFileSync(image.file, file, constants.COPYFILE_FICLONE);
  const db = new SQLite(file, { fileMustExist: true });
  db.pragma('locking_mode = EXCLUSIVE');
  return db;
}

/** Whether a copy has become larger than memory may be. */
export function isOutOfRoom(error: unknown): boolean {
  return error instanceof SQLite.SqliteError && error.code === 'SQLITE_FULL';
}

type WithDatabase = Pick<Workspace, 'db'>;

/** How many have come to each step of a flow since an instant, by slots of `slotMs`. */
export function arrivals(workspace: WithDatabase, flowId: number, since: number, slotMs: number): { step: string; slot: number; n: number }[] {
  return rows(
    workspace.db,
    `WITH came(step, at) AS (
       SELECT step_id, entered_at FROM visits WHERE flow_id = ? AND entered_at >= ?
       UNION ALL
       SELECT step_id, step_entered_at FROM enrollments WHERE flow_id = ? AND ${isInside()} AND step_entered_at >= ?
     ) SELECT step, at / ? AS slot, count(*) AS n FROM came GROUP BY step, slot ORDER BY step, slot`,
    flowId,
    since,
    flowId,
    since,
    slotMs,
  );
}

/** How many have come into a flow since an instant, by slots of `slotMs`. */
export function entries(workspace: WithDatabase, flowId: number, since: number, slotMs: number): { slot: number; n: number }[] {
  return rows(workspace.db, `SELECT entered_at / ? AS slot, count(*) AS n FROM enrollments WHERE flow_id = ? AND entered_at >= ? AND parent_id IS NULL GROUP BY slot ORDER BY slot`, slotMs, flowId, since);
}

/** With which reason passages through a flow have ended; those that came to its end have none. */
export function endings(workspace: WithDatabase, flowId: number): { reason: string | null; n: number }[] {
  return rows(workspace.db, `SELECT exit_reason AS reason, count(*) AS n FROM enrollments WHERE flow_id = ? AND state IN ('finished', 'exited') AND parent_id IS NULL GROUP BY exit_reason ORDER BY n DESC, exit_reason`, flowId);
}

/** Where a contact's latest passage through a flow stands, or how it has ended; `undefined` when there was none. */
export function latestPassage(workspace: WithDatabase, flowId: number, contactId: number): { id: number; visit: number; state: EnrollmentState; reason: string | null; stepId: string | null; leftAt: number | null; failure: string | null } | undefined {
  return row(workspace.db, 'SELECT id, visit, state, exit_reason AS reason, step_id AS stepId, left_at AS leftAt, failure FROM enrollments WHERE flow_id = ? AND contact_id = ? AND parent_id IS NULL ORDER BY id DESC LIMIT 1', flowId, contactId);
}

/** Which messages have (perhaps) reached those who are in a flow, in this passage and on its paths. */
export function messagesHad(workspace: WithDatabase, flowId: number): { passage: number; message: string }[] {
  return rows(
    workspace.db,
    `SELECT DISTINCT p.id AS passage, o.message FROM outbox o JOIN enrollments e ON e.id = o.enrollment_id JOIN enrollments p ON p.id = coalesce(e.parent_id, e.id) AND ${isInside('p')}
     WHERE o.flow_id = ? AND o.state IN ('sent', 'handed', 'unknown')`,
    flowId,
  );
}

/** The addresses of some contacts, by id. */
export function addressesOf(workspace: WithDatabase, contactIds: readonly number[]): Map<number, string | null> {
  const found = rows<{ id: number; email: string | null }>(workspace.db, 'SELECT c.id, c.email FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value', JSON.stringify(contactIds));
  return new Map(found.map(({ id, email }) => [id, email]));
}

/** The average order in minor units; 0 where there was none. */
export function averageOrder(workspace: WithDatabase): number {
  return Math.round(row<{ average: number | null }>(workspace.db, 'SELECT avg(amount) AS average FROM orders')?.average ?? 0);
}

/** What makes the workspace what it is, beside its people: the rest is left out of a bare copy. */
const SETUP = ['settings', 'calendars', 'attributes', 'tags', 'topics', 'segments', 'messages', 'flows', 'flow_versions', 'accounts'];

/** The bytes of the same workspace without anybody in it and without a past, in which only one flow can run. */
export function bareImage(image: Image, flowId: number): Buffer {
  const db = openImage(image);
  try {
    db.pragma('foreign_keys = OFF');
    const tables = rows<{ name: string }>(db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).map(({ name }) => name);
    for (const table of tables) if (!SETUP.includes(table)) run(db, `DELETE FROM ${table}`);
    run(db, `UPDATE flows SET state = 'paused' WHERE state = 'live' AND id <> ?`, flowId);
    db.exec('VACUUM');
    return db.serialize();
  } finally {
    db.close();
  }
}

/** The next contact has this number, by which chance is drawn; it must be above all there are. */
export function numberNextContact({ db }: WithDatabase, id: number): void {
  numberNext(db, 'contacts', id);
}

/** The next passage has this number, by which chance is drawn; it must be above all there are. */
export function numberNextPassage({ db }: WithDatabase, id: number): void {
  numberNext(db, 'enrollments', id);
}

function numberNext(db: WithDatabase['db'], table: 'contacts' | 'enrollments', id: number): void {
  run(db, 'DELETE FROM sqlite_sequence WHERE name = ?', table);
  run(db, 'INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', table, id - 1);
}
