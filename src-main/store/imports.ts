// Imports as the workspace remembers them, and the bulk writes of an importer.
import type { ImportRow as StoredImport } from '../../shared/api.ts';
import type { Channel } from '../../shared/contacts/contact.ts';
import type { AttributeChanges } from '../../shared/contacts/event.ts';
import type { ImportCounts, ImportKind, ImportPlan, MatchKey } from '../../shared/contacts/import-plan.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf, fromColumn, type StoredAttribute } from './attributes.ts';
import { consentStatesFor } from './consents.ts';
import { row, rows, run, sql, transaction } from './database.ts';
import type { StoredUndo } from './import-undo.ts';
import { tagsFor } from './tags.ts';

type State = StoredImport['state'];
type Columns = { id: number; kind: ImportKind; fileName: string; fileHash: string; startedAt: number; finishedAt: number | null; state: State; counts: string; rejectsFile: string | null; undo: string | null };

const COLUMNS = 'id, kind, file_name AS fileName, file_hash AS fileHash, started_at AS startedAt, finished_at AS finishedAt, state, counts, rejects_file AS rejectsFile, undo';

function fromColumns(columns: Columns): StoredImport {
  const counts = JSON.parse(columns.counts) as ImportCounts;
  const undo = columns.undo === null ? null : (JSON.parse(columns.undo) as StoredUndo).done;
  const canUndo = columns.state !== 'running' && undo?.state !== 'done' && counts.added + counts.updated > 0;
  return { ...columns, counts, canUndo, undo };
}

/** Counts before the first row. */
export function noCounts(): ImportCounts {
  return { rows: 0, added: 0, updated: 0, unchanged: 0, skipped: 0, rejected: 0, suppressed: 0 };
}

/** Notes that an import begins; answers its id. */
export function beginImport(workspace: Workspace, fileName: string, plan: ImportPlan): number {
  return run(
    workspace.db,
    `INSERT INTO imports (kind, file_name, file_hash, plan, state, counts, started_at, events_after, tags_after)
     VALUES (?, ?, '', ?, 'running', ?, ?, (SELECT coalesce(max(id), 0) FROM events), (SELECT coalesce(max(id), 0) FROM tags))`,
    plan.kind,
    fileName,
    JSON.stringify(plan),
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
  run(workspace.db, 'UPDATE imports SET state = ?, counts = ?, rejects_file = ?, finished_at = ?, events_until = (SELECT max(id) FROM events) WHERE id = ?', state, JSON.stringify(counts), rejectsFile, workspace.clock.now(), id);
}

/** An import that was running when its program ended did not finish. Call when a workspace is opened, before any import starts. */
export function markInterruptedImports(workspace: Workspace): number {
  return run(workspace.db, `UPDATE imports SET state = 'interrupted', events_until = (SELECT max(id) FROM events) WHERE state = 'running'`).changes;
}

/** One import; `undefined` when there is none with this id. */
export function getImport(workspace: Workspace, id: number): StoredImport | undefined {
  const found = row<Columns>(workspace.db, `SELECT ${COLUMNS} FROM imports WHERE id = ?`, id);
  return found === undefined ? undefined : fromColumns(found);
}

/** All imports, the newest first. */
export function listImports(workspace: Workspace): StoredImport[] {
  return rows<Columns>(workspace.db, `SELECT ${COLUMNS} FROM imports ORDER BY id DESC`).map(fromColumns);
}

/** When this very file was last imported to its end; `null`: never. */
export function importedBefore(workspace: Workspace, hash: string): { at: number } | null {
  return row<{ at: number }>(workspace.db, `SELECT finished_at AS at FROM imports WHERE file_hash = ? AND state = 'done' AND undo IS NULL ORDER BY id DESC LIMIT 1`, hash) ?? null;
}

/** The imports of this very file that were broken off. */
export function brokenOffImports(workspace: Workspace, hash: string): Set<number> {
  return new Set(rows<{ id: number }>(workspace.db, `SELECT id FROM imports WHERE file_hash = ? AND state IN ('interrupted', 'cancelled', 'failed') AND undo IS NULL`, hash).map(({ id }) => id));
}

/**
 * A slice of an import: all of it or nothing. It does not wait for the disk: the next transaction of anybody else does, and so
 * does the one that ends the import, before it is called done. Where the power fails in between, the last slices are as if
 * they had not been, and the same file imported again finishes them.
 */
export function sliceTransaction(workspace: Pick<Workspace, 'db'>, act: () => void): void {
  const { db } = workspace;
  sql(db, 'PRAGMA synchronous = NORMAL').run();
  try {
    transaction(db, act);
  } finally {
    sql(db, 'PRAGMA synchronous = FULL').run();
  }
}

// ---- what the importer reads and writes, some hundred rows at a time ----

/** A contact as an import needs it: values by the import's own order of attributes, as their columns hold them. */
export type FoundContact = { id: number; email: string | null; phone: string | null; externalId: string | null; importId: number | null; values: (string | number | null)[] };

/** The contacts with these values of a key; phones and external ids may have several. `columns` null: an attribute that is not there yet. One query. */
export function contactsByKey(workspace: Workspace, key: MatchKey, values: readonly string[], columns: readonly (string | null)[]): FoundContact[] {
  return contactsJoined(workspace, `CROSS JOIN contacts c ON c.${key} = j.value`, values, columns);
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

/** Tags and consents of contacts, as far as an import asks for them. */
export function standingOf(workspace: Workspace, ids: readonly number[], withTags: boolean, channels: readonly Channel[]) {
  return {
    tags: withTags && ids.length > 0 ? tagsFor(workspace, ids) : new Map<number, string[]>(),
    consents: new Map(channels.map((channel) => [channel, ids.length > 0 ? consentStatesFor(workspace, ids, channel) : new Map<number, 'given' | 'withdrawn'>()])),
  };
}

/** The columns that hold these attributes, in their order. */
export function storedAttributes(workspace: Workspace, keys: readonly string[]): StoredAttribute[] {
  const all = attributesOf(workspace);
  return keys.map((key) => all.get(key)).filter((attribute) => attribute !== undefined);
}

export type RowChange = {
  /** `null`: a contact to add. */
  contactId: number | null;
  /** What holds afterwards, for all attributes of the import. */
  values: readonly (string | number | null)[];
  /** Which of them are new. */
  changes: readonly { slot: number; before: string | number | null; value: string | number }[];
  tags: readonly string[];
  consents: readonly { channel: Channel; given: boolean; source: string }[];
};

type ImportWriter = {
  /** Writes what a row changes, with its events; answers the contact's id. */
  write(change: RowChange): number;
  /** Writes what is still held back. Call it before the transaction ends. */
  flush(): void;
};

/**
 * Makes the writer of an import's rows, which works in the caller's transactions. Contacts are written one by one, by the same
 * two statements whichever cells are filled; tags, consents and events are gathered and written many at a time.
 */
export function importWriter(workspace: Workspace, importId: number, fileName: string, attributes: readonly StoredAttribute[]): ImportWriter {
  const { db } = workspace;
  const columns = attributes.map(({ column }) => column);
  const insert = `INSERT INTO contacts (${columns.map((column) => `${column}, `).join('')}added_at, import_id) VALUES (${'?, '.repeat(columns.length)}?, ?)`;
  const update = `UPDATE contacts SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`;
  const tags = gathered(db, 'contact_tags', ['contact_id', 'tag_id', 'added_at']);
  const consents = gathered(db, 'consents', ['contact_id', 'channel', 'state', 'source', 'file', 'import_id', 'actor', 'at']);
  const events = gathered(db, 'events', ['contact_id', 'type', 'at', 'recorded_at', 'source', 'import_id', 'data']);
  const record = (contactId: number, type: string, at: number, data: string): void => events.add(contactId, type, at, at, 'import', importId, data);
  const tagNamed = tagsByName(workspace);

  const writeValues = ({ contactId, values, changes }: RowChange, at: number): number => {
    if (contactId === null) {
      const added = run(db, insert, ...values, at, importId).id;
      record(added, 'contact_added', at, '{}');
      return added;
    }
    if (changes.length === 0) return contactId;
    run(db, update, ...values, contactId);
    const recorded: AttributeChanges = Object.fromEntries(
      changes.map(({ slot, before, value }) => {
        const attribute = attributes[slot]!;
        return [attribute.key, [fromColumn(attribute, before), fromColumn(attribute, value)]];
      }),
    );
    record(contactId, 'attributes_changed', at, JSON.stringify({ changes: recorded }));
    return contactId;
  };

  return {
    write(change) {
      const at = workspace.clock.now();
      const contactId = writeValues(change, at);
      for (const name of change.tags) {
        const tag = tagNamed(name);
        tags.add(contactId, tag.id, at);
        record(contactId, 'tag_added', at, tag.data);
      }
      for (const { channel, given, source } of change.consents) {
        consents.add(contactId, channel, given ? 'given' : 'withdrawn', source, fileName, importId, 'import', at);
        record(contactId, given ? 'consent_given' : 'consent_withdrawn', at, JSON.stringify({ channel, source }));
      }
      return contactId;
    },
    flush() {
      for (const each of [tags, consents, events]) each.flush();
    },
  };
}

/** Finds tags by name, and makes those that are missing. Ids are remembered: of a tag that is there no transaction takes it away. */
function tagsByName(workspace: Workspace): (name: string) => { id: number; data: string } {
  const known = new Map<string, { id: number; data: string }>();
  return (name) => {
    let tag = known.get(name);
    if (tag === undefined) {
      run(workspace.db, 'INSERT INTO tags (name) VALUES (?) ON CONFLICT (name) DO NOTHING', name);
      tag = { id: row<{ id: number }>(workspace.db, 'SELECT id FROM tags WHERE name = ?', name)!.id, data: JSON.stringify({ tag: name }) };
      known.set(name, tag);
    }
    return tag;
  };
}

const AT_ONCE = 50;

/** Gathers rows of a table and inserts them in the order in which they came, `AT_ONCE` with one statement. */
function gathered(db: Workspace['db'], table: string, columns: readonly string[]) {
  const one = `(${columns.map(() => '?').join(', ')})`;
  const statement = (rowCount: number): string => `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: rowCount }, () => one).join(', ')}`;
  const [single, many] = [statement(1), statement(AT_ONCE)];
  const full = columns.length * AT_ONCE;
  let values: (string | number)[] = [];
  return {
    add(...cells: (string | number)[]): void {
      values.push(...cells);
      if (values.length < full) return;
      sql(db, many).run(values);
      values = [];
    },
    flush(): void {
      for (let at = 0; at < values.length; at += columns.length) sql(db, single).run(values.slice(at, at + columns.length));
      values = [];
    },
  };
}
