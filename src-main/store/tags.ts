// Tags on contacts. Each change is an event; a tag that is there already, or is not there to be removed, changes nothing.
import type { Workspace } from '../workspace.ts';
import { row, rows, run, transaction } from './database.ts';
import { recordEventFor } from './events-of-many.ts';

/** Whom a change is about; with the enrollment in which a flow made it. */
export type Subject = { contactId: number; enrollmentId?: number | null };

/** Who or what caused a change: user, import, flow, channel, cli, api. A flow does not trigger on its own change (FEATURES D25). */
export type Cause = { source: string; flowId?: number | null; importId?: number | null; bulkEditId?: number | null; at?: number };

/** All tags with the number of contacts that have them, by name. */
export function listTags(workspace: Pick<Workspace, 'db'>): { name: string; contacts: number }[] {
  return rows(
    workspace.db,
    'SELECT t.name AS name, (SELECT count(*) FROM contact_tags x WHERE x.tag_id = t.id) AS contacts FROM tags t ORDER BY t.name COLLATE NOCASE, t.name',
  );
}

/** The tags of many contacts, by contact, each list sorted by name. Contacts without tags are absent. */
export function tagsFor(workspace: Pick<Workspace, 'db'>, contactIds: readonly number[]): Map<number, string[]> {
  const found = rows<{ contactId: number; name: string }>(
    workspace.db,
    `SELECT x.contact_id AS contactId, t.name AS name
     FROM json_each(?) j CROSS JOIN contact_tags x ON x.contact_id = j.value CROSS JOIN tags t ON t.id = x.tag_id ORDER BY t.name COLLATE NOCASE, t.name`,
    JSON.stringify(contactIds),
  );
  const tags = new Map<number, string[]>();
  for (const { contactId, name } of found) {
    const list = tags.get(contactId);
    if (list === undefined) tags.set(contactId, [name]);
    else list.push(name);
  }
  return tags;
}

/** Adds a tag to many contacts, with a `tag_added` event for each that did not have it; answers how many that were. */
export function addTagFor(workspace: Workspace, subjects: readonly Subject[], tag: string, cause: Cause): number {
  return transaction(workspace.db, () => {
    const name = tagName(tag);
    run(workspace.db, 'INSERT INTO tags (name) VALUES (?) ON CONFLICT (name) DO NOTHING', name);
    const tagId = row<{ id: number }>(workspace.db, 'SELECT id FROM tags WHERE name = ?', name)!.id;
    const now = workspace.clock.now();
    return changeEach(workspace, subjects, 'tag_added', name, cause, ({ contactId }) =>
      run(workspace.db, 'INSERT INTO contact_tags (contact_id, tag_id, added_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', contactId, tagId, cause.at ?? now).changes > 0,
    );
  });
}

/** Removes a tag from many contacts, with a `tag_removed` event for each that had it; answers how many that were. */
export function removeTagFor(workspace: Workspace, subjects: readonly Subject[], tag: string, cause: Cause): number {
  return transaction(workspace.db, () => {
    const name = tagName(tag);
    const tagId = row<{ id: number }>(workspace.db, 'SELECT id FROM tags WHERE name = ?', name)?.id;
    if (tagId === undefined) return 0;
    return changeEach(workspace, subjects, 'tag_removed', name, cause, ({ contactId }) => run(workspace.db, 'DELETE FROM contact_tags WHERE contact_id = ? AND tag_id = ?', contactId, tagId).changes > 0);
  });
}

/** Tags are compared as they are written; only the blanks around them do not count, nor how their letters are put together (é in one or in two, as macOS writes it). */
export function tagName(tag: string): string {
  return tag.trim().normalize('NFC');
}

function changeEach(workspace: Workspace, subjects: readonly Subject[], type: string, tag: string, cause: Cause, change: (subject: Subject) => boolean): number {
  const changed = subjects.filter(change);
  recordEventFor(workspace, changed, { type, at: cause.at ?? workspace.clock.now(), source: cause.source, flowId: cause.flowId, importId: cause.importId, bulkEditId: cause.bulkEditId, data: { tag } });
  return changed.length;
}
