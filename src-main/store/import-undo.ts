// What taking back an import reads and writes. The events of an import say what it did and what was there before; they are
// written in the very transactions of its rows, so there is nothing that an undo could not know (FEATURES A6.12).
import type { AttributeValue, Channel, ConsentState } from '../../shared/contacts/contact.ts';
import { actsOf } from '../../shared/contacts/event.ts';
import type { ImportUndo } from '../../shared/contacts/import-plan.ts';
import type { Workspace } from '../workspace.ts';
import { deleteContactRow, getContacts, updateContact } from './contacts.ts';
import { row, rows, run } from './database.ts';
import { recordEvent } from './events.ts';
import { countOrdersAnew, eventsMovedIn } from './merges.ts';
import { removeTagFor } from './tags.ts';

/** By whom the events of an undo are: no flow starts because of them. */
export const UNDO = 'undo';

/** How far an undo has come: the last contact that is done, and what was done so far. */
export type StoredUndo = { cursor: number; done: ImportUndo };
type Span = { after: number; until: number; tagsAfter: number };

/** Between which events those of an import lie, and after which tag those that it made. */
export function spanOfImport(workspace: Workspace, id: number): Span {
  return row<Span>(workspace.db, 'SELECT events_after AS "after", coalesce(events_until, (SELECT max(id) FROM events), 0) AS until, tags_after AS tagsAfter FROM imports WHERE id = ?', id)!;
}

/** The contacts of an import among the events of a part of its span. */
export function contactsOfImport(workspace: Workspace, id: number, after: number, until: number): number[] {
  return rows<{ id: number }>(workspace.db, 'SELECT DISTINCT contact_id AS id FROM events WHERE id > ? AND id <= ? AND import_id = ?', after, until, id).map((each) => each.id);
}

/** How far taking an import back has come; `null`: it stands. */
export function undoOf(workspace: Workspace, id: number): StoredUndo | null {
  const text = row<{ undo: string | null }>(workspace.db, 'SELECT undo FROM imports WHERE id = ?', id)?.undo;
  return text === null || text === undefined ? null : (JSON.parse(text) as StoredUndo);
}

/** Keeps how far it has come, in the transaction of the contacts that it counts. */
export function setUndo(workspace: Workspace, id: number, undo: StoredUndo): void {
  run(workspace.db, 'UPDATE imports SET undo = ? WHERE id = ?', JSON.stringify(undo), id);
}

/** The imports that were taken back, wholly or in part: what they did to a contact does not count as its life. */
export function undoneImports(workspace: Workspace): Set<number> {
  return new Set(rows<{ id: number }>(workspace.db, 'SELECT id FROM imports WHERE undo IS NOT NULL').map(({ id }) => id));
}

export type HistoryEvent = { id: number; contactId: number; type: string; source: string; importId: number | null; bulkEditId: number | null; enrollmentId?: number | null; data: Record<string, unknown>; /** It happened to a contact that was merged into this one since. */ movedIn?: true };
export type HistoryConsent = { contactId: number; channel: Channel; topic: string; state: ConsentState; source: string; wording: string | null; file: string | null; importId: number | null; actor: string };

/** All that an undo must know about some contacts: what they are, and what has happened to them. */
export type History = {
  id: number;
  importId: number | null;
  values: Record<string, AttributeValue>;
  events: HistoryEvent[];
  consents: HistoryConsent[];
  tags: Set<string>;
  /** The flows that they have been in; `inside`: they are in one now. */
  flows: { name: string; inside: boolean }[];
  /** One was sent to them, or may have been. */
  hasMessages: boolean;
};

/** The histories of contacts that are still there, without these passages through flows. Some queries, however many contacts. */
export function historiesOf(workspace: Workspace, ids: readonly number[], without: readonly number[] = []): History[] {
  const { db } = workspace;
  const list = JSON.stringify(ids);
  const contacts = getContacts(workspace, ids);
  const histories = new Map([...contacts.values()].map(({ id, importId, values }): [number, History] => [id, { id, importId, values, events: [], consents: [], tags: new Set(), flows: [], hasMessages: false }]));
  const events = rows<Omit<HistoryEvent, 'data'> & { data: string }>(
    db,
    'SELECT e.id AS id, e.contact_id AS contactId, e.type AS type, e.source AS source, e.import_id AS importId, e.bulk_edit_id AS bulkEditId, e.enrollment_id AS enrollmentId, e.data AS data FROM json_each(?) j CROSS JOIN events e ON e.contact_id = j.value ORDER BY e.id',
    list,
  );
  const movedIn = eventsMovedIn(workspace, ids);
  for (const event of events) histories.get(event.contactId)?.events.push(...actsOf({ ...event, data: JSON.parse(event.data) as Record<string, unknown>, ...(movedIn.has(event.id) && { movedIn: true as const }) }));
  const consents = rows<HistoryConsent>(
    db,
    `SELECT k.contact_id AS contactId, k.channel AS channel, k.topic AS topic, k.state AS state, k.source AS source, k.wording AS wording, k.file AS file, k.import_id AS importId, k.actor AS actor
     FROM json_each(?) j CROSS JOIN consents k ON k.contact_id = j.value ORDER BY k.id`,
    list,
  );
  for (const consent of consents) histories.get(consent.contactId)?.consents.push(consent);
  const tags = rows<{ id: number; name: string }>(db, 'SELECT x.contact_id AS id, t.name AS name FROM json_each(?) j CROSS JOIN contact_tags x ON x.contact_id = j.value CROSS JOIN tags t ON t.id = x.tag_id', list);
  for (const { id, name } of tags) histories.get(id)?.tags.add(name);
  const flows = rows<{ id: number; name: string; inside: number }>(
    db,
    `SELECT e.contact_id AS id, f.name AS name, max(e.state IN ('active', 'held', 'failed')) AS inside
     FROM json_each(?) j CROSS JOIN enrollments e ON e.contact_id = j.value CROSS JOIN flows f ON f.id = e.flow_id
     WHERE e.parent_id IS NULL AND e.id NOT IN (SELECT value FROM json_each(?)) GROUP BY e.contact_id, f.id`,
    list,
    JSON.stringify(without),
  );
  for (const { id, name, inside } of flows) histories.get(id)?.flows.push({ name, inside: inside === 1 });
  for (const { id } of rows<{ id: number }>(db, 'SELECT j.value AS id FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM outbox o WHERE o.contact_id = j.value AND o.state NOT IN (\'planned\', \'cancelled\'))', list)) {
    const history = histories.get(id);
    if (history !== undefined) history.hasMessages = true;
  }
  return ids.flatMap((id) => histories.get(id) ?? []);
}

/** Removes a contact that an import had added, with everything about it. */
export function removeImported(workspace: Workspace, contactId: number): void {
  deleteContactRow(workspace, contactId);
}

/** Whether another contact has this address by now. */
export function isTakenByOther(workspace: Workspace, contactId: number, email: AttributeValue): boolean {
  return typeof email === 'string' && row(workspace.db, 'SELECT 1 FROM contacts WHERE email = ? AND id <> ?', email, contactId) !== undefined;
}

/** Gives a contact its earlier values back, with an event of the undo. */
export function giveBackValues(workspace: Workspace, contactId: number, importId: number, values: Record<string, AttributeValue>): void {
  updateContact(workspace, contactId, values, { source: UNDO, importId });
}

/** Takes off a tag that the import had put on. */
export function takeOffTag(workspace: Workspace, contactId: number, importId: number, tag: string): void {
  removeTagFor(workspace, [{ contactId }], tag, { source: UNDO, importId });
}

/** Appends to the ledger what held before an import; `before` undefined: nothing was recorded. With an event of the undo. */
export function giveBackConsent(workspace: Workspace, contactId: number, importId: number, channel: Channel, topic: string, before: HistoryConsent | undefined): void {
  const at = workspace.clock.now();
  const state = before?.state ?? 'none';
  const source = before?.source ?? UNDO;
  run(
    workspace.db,
    'INSERT INTO consents (contact_id, channel, topic, state, source, wording, file, import_id, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, ?)',
    contactId,
    channel,
    topic,
    state,
    source,
    before?.wording ?? null,
    before?.file ?? null,
    UNDO,
    at,
  );
  recordEvent(workspace, { contactId, type: state === 'given' ? 'consent_given' : 'consent_withdrawn', at, source: UNDO, importId, data: { channel, ...(topic !== '' && { topic }), source, state } });
}

/** Removes the names of tags that the import made and nobody has any more. While another import runs they stay: it remembers the tags that it has met. */
export function removeEmptyTags(workspace: Workspace, after: number, names: readonly string[]): void {
  run(
    workspace.db,
    `DELETE FROM tags WHERE id > ? AND name IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM contact_tags x WHERE x.tag_id = tags.id)
       AND NOT EXISTS (SELECT 1 FROM imports WHERE state = 'running')`,
    after,
    JSON.stringify(names),
  );
}

/** Removes the events and orders of an import among a part of its span, but for these events, and counts the orders of their contacts anew; answers how many events that were. */
export function removeActivities(workspace: Workspace, importId: number, after: number, until: number, but: readonly number[]): number {
  const { db } = workspace;
  const contacts = contactsOfImport(workspace, importId, after, until);
  const kept = JSON.stringify(but);
  run(db, 'DELETE FROM orders WHERE event_id IN (SELECT id FROM events WHERE id > ? AND id <= ? AND import_id = ?) AND event_id NOT IN (SELECT value FROM json_each(?))', after, until, importId, kept);
  const { changes } = run(db, 'DELETE FROM events WHERE id > ? AND id <= ? AND import_id = ? AND id NOT IN (SELECT value FROM json_each(?))', after, until, importId, kept);
  countOrdersAnew(workspace, contacts);
  return changes;
}
