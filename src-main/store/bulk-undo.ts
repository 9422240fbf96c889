// What taking back a bulk edit reads and writes. The events of an edit say what it did and what was there before; they are
// written in its very transactions, so there is nothing that an undo could not know.
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import type { Workspace } from '../workspace.ts';
import { putMember, putTag, type StoredBulkUndo } from './bulk-edits.ts';
import { updateContact } from './contacts.ts';
import { row, rows, run } from './database.ts';
import { recordEvent } from './events.ts';
import { UNDO } from './import-undo.ts';
import { segmentName } from './segment-membership.ts';

type Span = { after: number; until: number; tagsAfter: number };

/** Between which events those of an edit lie, and after which tag those that it made. */
export function spanOfBulkEdit(workspace: Workspace, id: number): Span {
  return row<Span>(workspace.db, 'SELECT events_after AS "after", coalesce(events_until, (SELECT max(id) FROM events), 0) AS until, tags_after AS tagsAfter FROM bulk_edits WHERE id = ?', id)!;
}

/** The contacts of an edit among the events of a part of its span. */
export function contactsOfBulkEdit(workspace: Workspace, id: number, after: number, until: number): number[] {
  return rows<{ id: number }>(workspace.db, 'SELECT DISTINCT contact_id AS id FROM events WHERE id > ? AND id <= ? AND bulk_edit_id = ?', after, until, id).map((each) => each.id);
}

/** How far taking an edit back has come; `null`: it stands. */
export function bulkUndoOf(workspace: Workspace, id: number): StoredBulkUndo | null {
  const text = row<{ undo: string | null }>(workspace.db, 'SELECT undo FROM bulk_edits WHERE id = ?', id)?.undo;
  return text == null ? null : (JSON.parse(text) as StoredBulkUndo);
}

/** Keeps how far it has come, in the transaction of the contacts that it counts. */
export function setBulkUndo(workspace: Workspace, id: number, undo: StoredBulkUndo): void {
  run(workspace.db, 'UPDATE bulk_edits SET undo = ? WHERE id = ?', JSON.stringify(undo), id);
}

/** The edits that were taken back, wholly or in part: what they did to a contact does not count as its life. */
export function undoneBulkEdits(workspace: Workspace): Set<number> {
  return new Set(rows<{ id: number }>(workspace.db, 'SELECT id FROM bulk_edits WHERE undo IS NOT NULL').map(({ id }) => id));
}

/** The fixed segments that some contacts are in, by contact. One query. */
export function fixedSegmentsFor(workspace: Workspace, ids: readonly number[]): Map<number, Set<string>> {
  const found = rows<{ id: number; segment: string }>(
    workspace.db,
    'SELECT m.contact_id AS id, m.segment AS segment FROM json_each(?) j CROSS JOIN segment_members m ON m.contact_id = j.value CROSS JOIN segments s ON s.key = m.segment AND s.rule IS NULL',
    JSON.stringify(ids),
  );
  const sets = new Map<number, Set<string>>();
  for (const { id, segment } of found) sets.set(id, (sets.get(id) ?? new Set()).add(segment));
  return sets;
}

/** Gives a contact its earlier values back, with an event of the undo. */
export function giveValuesBack(workspace: Workspace, contactId: number, bulkEditId: number, values: Record<string, AttributeValue>): void {
  updateContact(workspace, contactId, values, { source: UNDO, bulkEditId });
}

/** Takes off a tag that the edit had put on, or puts on one that it had taken off, as one that is there since then; with an event. */
export function giveTagBack(workspace: Workspace, contactId: number, bulkEditId: number, tag: string, on: boolean, since?: number): void {
  const at = workspace.clock.now();
  if (on) putTag(workspace, contactId, tag, since ?? at);
  else run(workspace.db, 'DELETE FROM contact_tags WHERE contact_id = ? AND tag_id = (SELECT id FROM tags WHERE name = ?)', contactId, tag);
  recordEvent(workspace, { contactId, type: on ? 'tag_added' : 'tag_removed', at, source: UNDO, bulkEditId, data: { tag } });
}

/** The same for a fixed segment, whatever it is that is taken back. */
export function giveMembershipBack(workspace: Workspace, contactId: number, cause: { bulkEditId: number } | { importId: number }, segment: string, into: boolean, since?: number): void {
  const at = workspace.clock.now();
  if (into) putMember(workspace, contactId, segment, since ?? at);
  else run(workspace.db, 'DELETE FROM segment_members WHERE segment = ? AND contact_id = ?', segment, contactId);
  recordEvent(workspace, { contactId, type: into ? 'segment_entered' : 'segment_left', at, source: UNDO, ...cause, data: { segment, name: segmentName(workspace, segment) } });
}
