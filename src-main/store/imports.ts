// Imports as the workspace remembers them, and what an importer reads.
import type { ImportRow as StoredImport } from '../../shared/api.ts';
import { subjectParts, type ConsentSubject } from '../../shared/contacts/contact.ts';
import { importPlanSchema, type ImportCounts, type ImportKind, type ImportPlan, type MatchKey } from '../../shared/contacts/import-plan.ts';
import { DAY } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf, type StoredAttribute } from './attributes.ts';
import { consentStatesFor } from './consents.ts';
import { row, rows, run, sliceTransaction, sql } from './database.ts';
import type { StoredUndo } from './import-undo.ts';
import { tagsFor } from './tags.ts';

type State = StoredImport['state'];
type Columns = { id: number; kind: ImportKind; fileName: string; fileHash: string; startedAt: number; finishedAt: number | null; state: State; counts: string; rejectsFile: string | null; undo: string | null; recipe: string | null; watched: number; more: number };

const COLUMNS = `id, kind, file_name AS fileName, file_hash AS fileHash, started_at AS startedAt, finished_at AS finishedAt, state, counts, rejects_file AS rejectsFile, undo, recipe, watched, (json_extract(plan, '$.segment') IS NOT NULL OR coalesce(json_array_length(made, '$.attributes'), 0) > 0) AS more`;

/** So long after its end an import can be taken back (UX 3.2). */
const UNDO_FOR = 90 * DAY;

/** `more`: it may have done something beside what its rows say: put people into a segment, or made attributes. */
function fromColumns({ more, ...columns }: Columns, now: number): StoredImport {
  const counts = JSON.parse(columns.counts) as ImportCounts;
  const undo = columns.undo === null ? null : (JSON.parse(columns.undo) as StoredUndo).done;
  const undoUntil = columns.finishedAt === null ? null : columns.finishedAt + UNDO_FOR;
  const canUndo = (undoUntil === null || now <= undoUntil) && columns.state !== 'running' && undo?.state !== 'done' && (counts.added + counts.updated > 0 || more !== 0);
  return { ...columns, watched: columns.watched !== 0, counts, canUndo, undoUntil, undo };
}

/** Counts before the first row. */
export function noCounts(): ImportCounts {
  return { rows: 0, added: 0, updated: 0, unchanged: 0, skipped: 0, rejected: 0, suppressed: 0 };
}

/** Notes that an import begins; answers its id. `path`: where its file can be found again, should the import be broken off. Cells typed anew are not kept: they are of this file alone, and tell of people whom nobody would find here when they are erased. */
export function beginImport(workspace: Workspace, fileName: string, plan: ImportPlan, path: string | null = null): number {
  return run(
    workspace.db,
    `INSERT INTO imports (kind, file_name, file_hash, path, plan, state, counts, started_at, events_after, tags_after)
     VALUES (?, ?, '', ?, ?, 'running', ?, ?, (SELECT coalesce(max(id), 0) FROM events), (SELECT coalesce(max(id), 0) FROM tags))`,
    plan.kind,
    fileName,
    path,
    JSON.stringify({ ...plan, mends: {} }),
    JSON.stringify(noCounts()),
    workspace.clock.now(),
  ).id;
}

/** Keeps the file's SHA-256, by which the same file is known again. */
export function setImportHash(workspace: Workspace, id: number, hash: string): void {
  run(workspace.db, 'UPDATE imports SET file_hash = ? WHERE id = ?', hash, id);
}

/** Keeps how far an import is, in the transaction of the rows that it counts. */
export function setImportCounts(workspace: Workspace, id: number, counts: ImportCounts): void {
  run(workspace.db, 'UPDATE imports SET counts = ? WHERE id = ?', JSON.stringify(counts), id);
}

/** Notes how an import ended. */
export function endImport(workspace: Workspace, id: number, state: Exclude<State, 'running'>, counts: ImportCounts, rejectsFile: string | null): void {
  run(workspace.db, 'UPDATE imports SET state = ?, counts = ?, rejects_file = ?, finished_at = ?, path = NULL, events_until = (SELECT max(id) FROM events) WHERE id = ?', state, JSON.stringify(counts), rejectsFile, workspace.clock.now(), id);
}

/** An import that was running when its program ended did not finish. Call when a workspace is opened, before any import starts. */
export function markInterruptedImports(workspace: Workspace): number {
  return run(workspace.db, `UPDATE imports SET state = 'interrupted', events_until = (SELECT max(id) FROM events) WHERE state = 'running'`).changes;
}

/** Whether rows of a file are coming in. */
export function isImportRunning({ db }: Pick<Workspace, 'db'>): boolean {
  return row(db, `SELECT 1 FROM imports WHERE state = 'running' LIMIT 1`) !== undefined;
}

/** One import; `undefined` when there is none with this id. */
export function getImport(workspace: Workspace, id: number): StoredImport | undefined {
  const found = row<Columns>(workspace.db, `SELECT ${COLUMNS} FROM imports WHERE id = ?`, id);
  return found === undefined ? undefined : fromColumns(found, workspace.clock.now());
}

/** The plan of an import. */
export function planOfImport(workspace: Workspace, id: number): ImportPlan {
  return importPlanSchema.parse(JSON.parse(row<{ plan: string }>(workspace.db, 'SELECT plan FROM imports WHERE id = ?', id)!.plan));
}

/**
 * The imports that the end of the program has broken off, and those whose taking back it has: not those that the same file has
 * finished since or is just finishing, nor those that somebody leaves as they are. The newest first, each with where its file lay.
 */
export function brokenOff(workspace: Workspace): { import: StoredImport; path: string | null }[] {
  const found = rows<Columns & { path: string | null }>(
    workspace.db,
    `SELECT ${COLUMNS}, path FROM imports i
     WHERE NOT left_so AND (json_extract(undo, '$.done.state') = 'running' OR undo IS NULL AND state = 'interrupted' AND NOT EXISTS (
       SELECT 1 FROM imports later WHERE later.id > i.id AND later.state IN ('done', 'running') AND later.undo IS NULL
         AND CASE WHEN '' IN (i.file_hash, later.file_hash) THEN later.file_name = i.file_name ELSE later.file_hash = i.file_hash END))
     ORDER BY id DESC`,
  );
  return found.map(({ path, ...columns }) => ({ import: fromColumns(columns, workspace.clock.now()), path }));
}

/** Notes that somebody leaves a broken-off import as it is. */
export function leaveSo(workspace: Workspace, id: number): void {
  run(workspace.db, 'UPDATE imports SET left_so = 1 WHERE id = ?', id);
}

/** All imports, the newest first. */
export function listImports(workspace: Workspace): StoredImport[] {
  return rows<Columns>(workspace.db, `SELECT ${COLUMNS} FROM imports ORDER BY id DESC`).map((found) => fromColumns(found, workspace.clock.now()));
}

/** When this very file was last imported to its end; `null`: never. */
export function importedBefore(workspace: Workspace, hash: string): { at: number } | null {
  return row<{ at: number }>(workspace.db, `SELECT finished_at AS at FROM imports WHERE file_hash = ? AND state = 'done' AND undo IS NULL ORDER BY id DESC LIMIT 1`, hash) ?? null;
}

/** Whether any import was done: if not, no file has been imported before. */
export function anyImported(workspace: Workspace): boolean {
  return row(workspace.db, `SELECT 1 FROM imports WHERE state = 'done' LIMIT 1`) !== undefined;
}

/** The imports of this very file that were broken off. */
export function brokenOffImports(workspace: Workspace, hash: string): Set<number> {
  return new Set(rows<{ id: number }>(workspace.db, `SELECT id FROM imports WHERE file_hash = ? AND state IN ('interrupted', 'cancelled', 'failed') AND undo IS NULL`, hash).map(({ id }) => id));
}

/**
 * A slice that adds rows about contacts and tags which it has itself added or found, and removes none: looking up once more for
 * each row that they are there would take a fifth of all its writing.
 */
export function addingSlice(workspace: Pick<Workspace, 'db'>, act: () => void): void {
  const { db } = workspace;
  sql(db, 'PRAGMA foreign_keys = OFF').run();
  try {
    sliceTransaction(workspace, act);
  } finally {
    sql(db, 'PRAGMA foreign_keys = ON').run();
  }
}

// ---- what the importer reads, some hundred rows at a time ----

/** A contact as an import needs it: values by the import's own order of attributes, as their columns hold them. */
export type FoundContact = { id: number; email: string | null; phone: string | null; externalId: string | null; importId: number | null; values: (string | number | null)[] };

/** The contacts with these values of a key; phones and external ids may have several. `columns` null: an attribute that is not there yet. One query. */
export function contactsByKey(workspace: Workspace, key: MatchKey, values: readonly string[], columns: readonly (string | null)[]): FoundContact[] {
  return contactsJoined(workspace, `CROSS JOIN contacts c ON c.${key} = j.value`, values, columns);
}

/** The contacts into which those were merged that had these values of a key, each with that value. One query, and none where nobody was ever merged. */
export function contactsByFormer(workspace: Workspace, key: MatchKey, values: readonly string[], columns: readonly (string | null)[]): (FoundContact & { formerly: string })[] {
  if (row(workspace.db, 'SELECT 1 FROM former_addresses LIMIT 1') === undefined) return [];
  const held = new Map(
    rows<{ value: string; id: number }>(workspace.db, 'SELECT f.value AS value, f.contact_id AS id FROM json_each(?) j CROSS JOIN former_addresses f ON f.kind = ? AND f.value = j.value', JSON.stringify(values), key).map(({ value, id }) => [value, id]),
  );
  const found = new Map(contactsJoined(workspace, 'CROSS JOIN contacts c ON c.id = j.value', [...new Set(held.values())].map(String), columns).map((contact) => [contact.id, contact]));
  return [...held].flatMap(([formerly, id]) => (found.has(id) ? [{ ...found.get(id)!, formerly }] : []));
}

/** The contacts without an address that one of these identifies: by external id or phone. One query. */
export function contactsWithoutEmail(workspace: Workspace, by: 'external_id' | 'phone', values: readonly string[], columns: readonly (string | null)[]): FoundContact[] {
  return contactsJoined(workspace, `CROSS JOIN contacts c ON c.${by} = j.value AND c.email IS NULL`, values, columns);
}

function contactsJoined(workspace: Workspace, join: string, values: readonly string[], columns: readonly (string | null)[]): FoundContact[] {
  if (values.length === 0) return [];
  const selected = columns.map((column, index) => (column === null ? '' : `, c.${column} AS v${index}`)).join('');
  return rows<Omit<FoundContact, 'values'> & Record<string, string | number | null>>(
    workspace.db,
    `SELECT c.id AS id, c.email AS email, c.phone AS phone, c.external_id AS externalId, c.import_id AS importId${selected} FROM json_each(?) j ${join}`,
    JSON.stringify(values),
  ).map((each) => ({ id: each.id, email: each.email, phone: each.phone, externalId: each.externalId, importId: each.importId, values: columns.map((_, index) => each[`v${index}`] ?? null) }));
}

function statesOf(workspace: Workspace, ids: readonly number[], subject: ConsentSubject) {
  const { channel, topic } = subjectParts(subject);
  return consentStatesFor(workspace, ids, channel, topic);
}

/** Tags and consents of contacts, as far as an import asks for them. */
export function standingOf(workspace: Workspace, ids: readonly number[], withTags: boolean, channels: readonly ConsentSubject[]) {
  return {
    tags: withTags && ids.length > 0 ? tagsFor(workspace, ids) : new Map<number, string[]>(),
    consents: new Map(channels.map((subject) => [subject, ids.length > 0 ? statesOf(workspace, ids, subject) : new Map<number, 'given' | 'withdrawn'>()])),
  };
}

/** The columns that hold these attributes, in their order. */
export function storedAttributes(workspace: Workspace, keys: readonly string[]): StoredAttribute[] {
  const all = attributesOf(workspace);
  return keys.map((key) => all.get(key)).filter((attribute) => attribute !== undefined);
}
