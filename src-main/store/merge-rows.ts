// Moves everything that belongs to one contact to another, and back. Which tables that is, the schema itself says: every column
// named contact_id or that refers to contacts. So a table that is added later is merged without anybody thinking of it.
import type { Workspace } from '../workspace.ts';
import { noteOutOfTurn } from './contacts.ts';
import { rows, run, sql } from './database.ts';

type WithDatabase = Pick<Workspace, 'db'>;
export type Cell = string | number | null;
/** A row, or a part of one, by column. */
export type Cells = Record<string, Cell>;
/** A row that was changed: by its key, what stood there, and what was put there. */
export type Change = { table: string; key: Cells; before: Cells; after: Cells };
/** What was moved of one table: the keys of its rows. `removed`: rows that the other contact had just so, such as a tag. */
export type Moved = { table: string; column: string; keys: Cell[][]; removed: Cells[] };

type Table = { name: string; contact: string[]; key: string[]; columns: string[] };

/** Pairs of contacts, of which one may come to stand where the other stood (store/merges.ts). */
const OWN_WAY = new Set(['not_duplicates']);

/** The tables in which contacts are spoken of. */
function contactTables({ db }: WithDatabase): Table[] {
  return rows<{ name: string }>(db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name`).flatMap(({ name }) => {
    if (OWN_WAY.has(name) || name === 'contacts') return [];
    const columns = rows<{ name: string; pk: number }>(db, 'SELECT name, pk FROM pragma_table_info(?)', name);
    const referring = rows<{ column: string }>(db, `SELECT "from" AS column FROM pragma_foreign_key_list(?) WHERE "table" = 'contacts'`, name).map(({ column }) => column);
    const contact = columns.map((each) => each.name).filter((each) => each === 'contact_id' || referring.includes(each));
    if (contact.length === 0) return [];
    return [{ name, contact, key: columns.filter(({ pk }) => pk > 0).map((each) => each.name), columns: columns.map((each) => each.name) }];
  });
}

/** Gives all rows of a contact to another; those that the other one has already go. */
export function moveRows(workspace: WithDatabase, from: number, to: number): Moved[] {
  const { db } = workspace;
  return contactTables(workspace).flatMap(({ name, contact, key }) =>
    contact.flatMap((column): Moved[] => {
      const own = key.filter((each) => each !== column);
      const before = rows<Cells>(db, `SELECT ${own.length === 0 ? '1' : own.join(', ')} FROM ${name} WHERE ${column} = ?`, from).map((row) => own.map((each) => row[each]!));
      if (before.length === 0) return [];
      run(db, `UPDATE OR IGNORE ${name} SET ${column} = ? WHERE ${column} = ?`, to, from);
      const removed = rows<Cells>(db, `SELECT * FROM ${name} WHERE ${column} = ?`, from);
      if (removed.length > 0) run(db, `DELETE FROM ${name} WHERE ${column} = ?`, from);
      const gone = new Set(removed.map((row) => JSON.stringify(own.map((each) => row[each]))));
      return [{ table: name, column, keys: before.filter((keys) => !gone.has(JSON.stringify(keys))), removed }];
    }),
  );
}

/** Gives rows back that were moved. Answers those that are not there any more, or that cannot go back: somebody has changed them since. */
export function moveBack(workspace: WithDatabase, moved: Moved, from: number, to: number): Cells[] {
  const { db } = workspace;
  const table = contactTables(workspace).find(({ name, contact }) => name === moved.table && contact.includes(moved.column));
  if (table === undefined) return [];
  const own = table.key.filter((each) => each !== moved.column);
  const statement = sql(db, `UPDATE OR IGNORE ${table.name} SET ${moved.column} = ? WHERE ${[moved.column, ...own].map((each) => `${each} = ?`).join(' AND ')}`);
  const missing = moved.keys.filter((key) => statement.run(to, from, ...key).changes === 0);
  return missing.map((key) => Object.fromEntries(own.map((column, index) => [column, key[index]!])));
}

/** What has come since through these passages of a contact goes with them: what they planned, and what they did. */
export function moveWithEnrollments(workspace: WithDatabase, enrollments: readonly number[], from: number, to: number): void {
  for (const { name, columns } of contactTables(workspace)) {
    if (!columns.includes('contact_id') || !columns.includes('enrollment_id')) continue;
    run(workspace.db, `UPDATE OR IGNORE ${name} SET contact_id = ? WHERE contact_id = ? AND enrollment_id IN (SELECT value FROM json_each(?))`, to, from, JSON.stringify(enrollments));
  }
}

/** Puts a row in as it was, with those of its columns that there still are. Answers false where that is not possible any more. */
export function insertRow(workspace: WithDatabase, table: string, row: Cells): boolean {
  const { db } = workspace;
  if (table === 'contacts') noteOutOfTurn(workspace);
  const known = new Set(rows<{ name: string }>(db, 'SELECT name FROM pragma_table_info(?)', table).map(({ name }) => name));
  const columns = Object.keys(row).filter((column) => known.has(column));
  try {
    return run(db, `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, ...columns.map((column) => row[column])).changes > 0;
  } catch (error) {
    // What it speaks of (a tag, a segment) is gone by now.
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return false;
    throw error;
  }
}

/** All rows about one passage through a flow and its parallel paths, by table and key, but for events: to see afterwards what has changed. */
export function rowsOfEnrollment({ db }: WithDatabase, enrollment: number, contactId: number): Map<string, { table: string; key: Cells; row: Cells }> {
  const found = new Map<string, { table: string; key: Cells; row: Cells }>();
  for (const { name } of rows<{ name: string }>(db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'events' ORDER BY name`)) {
    const columns = rows<{ name: string; pk: number }>(db, 'SELECT name, pk FROM pragma_table_info(?)', name);
    const has = (column: string) => columns.some((each) => each.name === column);
    // Whoever waits to come in again is let in when they are out.
    const where: Record<string, number> | null = name === 'enrollments' ? { id: enrollment } : name === 'waiting_entries' ? { contact_id: contactId } : !has('enrollment_id') ? null : { enrollment_id: enrollment, ...(has('contact_id') && { contact_id: contactId }) };
    if (where === null) continue;
    const keys = columns.filter(({ pk }) => pk > 0).map((each) => each.name);
    const tests = Object.keys(where).map((column) => (column === 'contact_id' ? 'contact_id = ?' : `${column} IN (SELECT id FROM enrollments WHERE id = ? OR parent_id = ?)`));
    for (const row of rows<Cells>(db, `SELECT * FROM ${name} WHERE ${tests.join(' AND ')}`, ...Object.entries(where).flatMap(([column, id]) => (column === 'contact_id' ? [id] : [id, id])))) {
      const key = Object.fromEntries(keys.map((column) => [column, row[column]!]));
      found.set(`${name} ${JSON.stringify(key)}`, { table: name, key, row });
    }
  }
  return found;
}

/** Undoes a change, if the row is as the change left it; whose contact it is does not count. Answers whether it was undone. */
export function changeBack({ db }: WithDatabase, { table, key, before, after }: Change): boolean {
  const where = Object.keys(key).map((column) => `${column} = ?`).join(' AND ');
  const [now] = rows<Cells>(db, `SELECT * FROM ${table} WHERE ${where}`, ...Object.values(key));
  if (now === undefined || Object.entries(after).some(([column, value]) => now[column] !== value)) return false;
  const columns = Object.keys(before);
  return run(db, `UPDATE OR IGNORE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE ${where}`, ...Object.values(before), ...Object.values(key)).changes > 0;
}

/** Removes one row by its key. */
export function removeRow({ db }: WithDatabase, table: string, key: Cells): void {
  run(db, `DELETE FROM ${table} WHERE ${Object.keys(key).map((column) => `${column} = ?`).join(' AND ')}`, ...Object.values(key));
}
