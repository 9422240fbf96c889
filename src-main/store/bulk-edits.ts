// Bulk edits as the workspace remembers them, and what they read and write of some hundred contacts at a time.
import type { BulkChange, BulkCounts, BulkEditRow, BulkOrigin, BulkState, BulkUndo, BulkWhomKept, ContactChanges, Standing } from '../../shared/contacts/bulk-edit.ts';
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf, fromColumn, toColumn, type StoredAttribute } from './attributes.ts';
import type { CompanyRecord } from './companies.ts';
import { row, rows, run } from './database.ts';
import { recordEvent } from './events.ts';

/** By whom the events of a bulk edit are. */
export const BULK = 'bulk';

type Columns = { id: number; origin: BulkOrigin; changes: string; whom: string; startFlows: number; state: BulkState; counts: string; startedAt: number; finishedAt: number | null; undo: string | null };
/** How far taking an edit back has come: the last contact that is done, and what was done so far. */
export type StoredBulkUndo = { cursor: number; done: BulkUndo };

const COLUMNS = 'id, origin, changes, whom, start_flows AS startFlows, state, counts, started_at AS startedAt, finished_at AS finishedAt, undo';

function fromColumns(columns: Columns): BulkEditRow {
  const counts = JSON.parse(columns.counts) as BulkCounts;
  const undo = columns.undo === null ? null : (JSON.parse(columns.undo) as StoredBulkUndo).done;
  return {
    ...columns,
    changes: JSON.parse(columns.changes) as BulkChange[],
    whom: JSON.parse(columns.whom) as BulkWhomKept,
    startFlows: columns.startFlows !== 0,
    counts,
    canUndo: columns.state !== 'running' && undo?.state !== 'done' && counts.changed > 0,
    undo,
  };
}

export type NewBulkEdit = { origin: BulkOrigin; changes: readonly BulkChange[]; whom: BulkWhomKept; startFlows: boolean };

/** Notes that a bulk edit begins; answers its id. */
export function beginBulkEdit(workspace: Workspace, { origin, changes, whom, startFlows }: NewBulkEdit): number {
  return run(
    workspace.db,
    `INSERT INTO bulk_edits (origin, changes, whom, start_flows, state, counts, started_at, events_after, tags_after)
     VALUES (?, ?, ?, ?, 'running', '{"contacts":0,"changed":0,"unchanged":0}', ?, (SELECT coalesce(max(id), 0) FROM events), (SELECT coalesce(max(id), 0) FROM tags))`,
    origin,
    JSON.stringify(changes),
    JSON.stringify(whom),
    startFlows ? 1 : 0,
    workspace.clock.now(),
  ).id;
}

/** Keeps how far an edit is, in the transaction of the contacts that it counts. */
export function setBulkCounts(workspace: Workspace, id: number, counts: BulkCounts): void {
  run(workspace.db, 'UPDATE bulk_edits SET counts = ? WHERE id = ?', JSON.stringify(counts), id);
}

/** Notes how an edit ended. */
export function endBulkEdit(workspace: Workspace, id: number, state: Exclude<BulkState, 'running'>, counts: BulkCounts): void {
  run(workspace.db, 'UPDATE bulk_edits SET state = ?, counts = ?, finished_at = ?, events_until = (SELECT coalesce(max(id), 0) FROM events) WHERE id = ?', state, JSON.stringify(counts), workspace.clock.now(), id);
}

/** An edit that was running when its program ended did not finish. Call when a workspace is opened, before any edit starts. */
export function markInterruptedBulkEdits(workspace: Workspace): void {
  run(workspace.db, `UPDATE bulk_edits SET state = 'interrupted', events_until = (SELECT coalesce(max(id), 0) FROM events) WHERE state = 'running'`);
}

/** One bulk edit; `undefined` when there is none with this id. */
export function getBulkEdit(workspace: Workspace, id: number): BulkEditRow | undefined {
  const found = row<Columns>(workspace.db, `SELECT ${COLUMNS} FROM bulk_edits WHERE id = ?`, id);
  return found === undefined ? undefined : fromColumns(found);
}

/** The latest bulk edits, the newest first. */
export function listBulkEdits(workspace: Workspace, limit: number): BulkEditRow[] {
  return rows<Columns>(workspace.db, `SELECT ${COLUMNS} FROM bulk_edits ORDER BY id DESC LIMIT ?`, limit).map(fromColumns);
}

/** Whether flows may start because of a bulk edit; they may not, unless it was said so (FEATURES D27). */
export function bulkEditMayStartFlows(workspace: Workspace, id: number): boolean {
  return row<{ may: number }>(workspace.db, 'SELECT start_flows AS may FROM bulk_edits WHERE id = ?', id)?.may === 1;
}

/** The highest id of a contact; 0 when there is none. */
export function lastContactId(workspace: Pick<Workspace, 'db'>): number {
  return row<{ id: number | null }>(workspace.db, 'SELECT max(id) AS id FROM contacts')?.id ?? 0;
}

/** The details of companies that an edit changed beside its contacts: as they were, and as it left them. */
export type CompanyChanges = { before: CompanyRecord[]; after: CompanyRecord[] };

/** Keeps what an edit has done to the details of companies. */
export function keepCompanyChanges(workspace: Workspace, id: number, changes: CompanyChanges): void {
  run(workspace.db, 'UPDATE bulk_edits SET companies = ? WHERE id = ?', JSON.stringify(changes), id);
}

/** What an edit has done to the details of companies. */
export function companyChangesOf(workspace: Workspace, id: number): CompanyChanges {
  const text = row<{ companies: string | null }>(workspace.db, 'SELECT companies FROM bulk_edits WHERE id = ?', id)?.companies;
  return text == null ? { before: [], after: [] } : (JSON.parse(text) as CompanyChanges);
}

// ---- what an edit reads and writes ----

/** A contact before an edit, with since when it has the tags and is in the segments that the edit is about. */
export type Standings = Standing & { id: number; name: string; tagsSince: Map<string, number>; segmentsSince: Map<string, number> };
export type Asked = { attributes: readonly StoredAttribute[]; tags: readonly string[]; segments: readonly string[] };

/** What changes ask about, in the words of the store. The attributes exist: the changes were checked. */
export function askedOf(workspace: Pick<Workspace, 'db'>, changes: readonly BulkChange[]): Asked {
  const all = attributesOf(workspace);
  const once = (list: string[]): string[] => [...new Set(list)];
  return {
    attributes: once(changes.flatMap((change) => ('attribute' in change ? [change.attribute] : []))).map((key) => all.get(key)!),
    tags: once(changes.flatMap((change) => ('tag' in change ? [change.tag.trim()] : []))),
    segments: once(changes.flatMap((change) => ('segment' in change ? [change.segment] : []))),
  };
}

/** How some contacts stand; those that are gone are absent. One query for the values and one for each tag and segment. */
export function standingsOf(workspace: Pick<Workspace, 'db'>, ids: readonly number[], { attributes, tags, segments }: Asked): Standings[] {
  const { db } = workspace;
  const list = JSON.stringify(ids);
  const columns = attributes.map(({ column }, index) => `, c.${column} AS v${index}`).join('');
  const found = rows<Record<string, string | number | null>>(db, `SELECT c.id AS id, coalesce(c.email, c.phone, c.external_id, c.id) AS name${columns} FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value`, list);
  const tagged = new Map(tags.map((tag) => [tag, sinceBy(rows(db, 'SELECT x.contact_id AS id, x.added_at AS at FROM json_each(?) j CROSS JOIN contact_tags x ON x.contact_id = j.value AND x.tag_id = (SELECT id FROM tags WHERE name = ?)', list, tag))]));
  const members = new Map(segments.map((key) => [key, sinceBy(rows(db, 'SELECT m.contact_id AS id, m.added_at AS at FROM json_each(?) j CROSS JOIN segment_members m ON m.segment = ? AND m.contact_id = j.value', list, key))]));
  return found.map((each) => {
    const id = Number(each['id']);
    const values = Object.fromEntries(attributes.map((attribute, index): [string, AttributeValue] => [attribute.key, fromColumn(attribute, each[`v${index}`] ?? null)]));
    const tagsSince = ofContact(tagged, id);
    const segmentsSince = ofContact(members, id);
    return { id, name: String(each['name']), values, tagsSince, segmentsSince, tags: new Set(tagsSince.keys()), segments: new Set(segmentsSince.keys()) };
  });
}

function sinceBy(found: { id: number; at: number }[]): Map<number, number> {
  return new Map(found.map(({ id, at }) => [id, at]));
}

function ofContact(all: ReadonlyMap<string, ReadonlyMap<number, number>>, id: number): Map<string, number> {
  return new Map([...all].flatMap(([name, since]): [string, number][] => (since.has(id) ? [[name, since.get(id)!]] : [])));
}

/**
 * Makes the function that writes what an edit does to a contact, with its events, in the caller's transaction. What is taken
 * away remembers since when it was there, so that taking the edit back restores that too.
 */
export function bulkWriter(workspace: Workspace, bulkEditId: number, { attributes, segments }: Asked): (contact: Standings, changes: ContactChanges) => void {
  const { db } = workspace;
  const byKey = new Map(attributes.map((attribute) => [attribute.key, attribute]));
  const segmentNames = new Map(rows<{ key: string; name: string }>(db, 'SELECT key, name FROM segments WHERE key IN (SELECT value FROM json_each(?))', JSON.stringify(segments)).map(({ key, name }) => [key, name]));
  return (contact, { values, addTags, removeTags, enter, leave }) => {
    const at = workspace.clock.now();
    const record = (type: string, data: Record<string, unknown>): void => void recordEvent(workspace, { contactId: contact.id, type, at, source: BULK, bulkEditId, data });
    const changed = Object.entries(values);
    if (changed.length > 0) {
      const pairs = changed.map(([key, [, now]]) => [byKey.get(key)!, now] as const);
      run(db, `UPDATE contacts SET ${pairs.map(([{ column }]) => `${column} = ?`).join(', ')} WHERE id = ?`, ...pairs.map(([attribute, now]) => toColumn(attribute, now)), contact.id);
      record('attributes_changed', { changes: values });
    }
    for (const tag of addTags) {
      putTag(workspace, contact.id, tag, at);
      record('tag_added', { tag });
    }
    for (const tag of removeTags) {
      run(db, 'DELETE FROM contact_tags WHERE contact_id = ? AND tag_id = (SELECT id FROM tags WHERE name = ?)', contact.id, tag);
      record('tag_removed', { tag, since: contact.tagsSince.get(tag) });
    }
    for (const segment of enter) {
      putMember(workspace, contact.id, segment, at);
      record('segment_entered', { segment, name: segmentNames.get(segment) });
    }
    for (const segment of leave) {
      run(db, 'DELETE FROM segment_members WHERE segment = ? AND contact_id = ?', segment, contact.id);
      record('segment_left', { segment, name: segmentNames.get(segment), since: contact.segmentsSince.get(segment) });
    }
  };
}

/** Puts a tag on a contact, as one that is there since `at`. Records nothing. */
export function putTag(workspace: Pick<Workspace, 'db'>, contactId: number, tag: string, at: number): void {
  const { db } = workspace;
  run(db, 'INSERT INTO tags (name) VALUES (?) ON CONFLICT (name) DO NOTHING', tag);
  run(db, 'INSERT INTO contact_tags (contact_id, tag_id, added_at) VALUES (?, (SELECT id FROM tags WHERE name = ?), ?) ON CONFLICT DO NOTHING', contactId, tag, at);
}

/** Puts a contact into a fixed segment, as one that is in it since `at`. Records nothing. */
export function putMember(workspace: Pick<Workspace, 'db'>, contactId: number, segment: string, at: number): void {
  run(workspace.db, 'INSERT INTO segment_members (segment, contact_id, added_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', segment, contactId, at);
}
