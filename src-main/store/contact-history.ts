// What a contact's page shows beside the attributes: everything that happened, which values they had, and the flows they are or were in.
import type { ContactInFlow, TimelineEntry } from '../../shared/api.ts';
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import type { ValueChange } from '../../shared/contacts/history.ts';
import { typesOf, type EventGroup } from '../../shared/contacts/event-groups.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { placeText, titleOf } from '../../shared/flow/reading.ts';
import type { Workspace } from '../workspace.ts';
import type { StoredContact } from './contacts.ts';
import { row, rows } from './database.ts';
import { stepsOnPaths } from './paths.ts';

type Entry = Omit<TimelineEntry, 'data'> & { data: string };

export type Asked = { group: EventGroup; from: number | null; until: number | null; before: number | null; limit: number };

/** Events of a contact, the latest first. */
export function timelineOf(workspace: Pick<Workspace, 'db'>, contactId: number, { group, from, until, before, limit }: Asked): TimelineEntry[] {
  const types = typesOf(group);
  const found = rows<Entry>(
    workspace.db,
    `SELECT e.id, e.type, e.at, e.recorded_at AS recordedAt, e.source, f.name AS flow, i.file_name AS importFile, e.bulk_edit_id AS bulkEdit, e.data
     FROM events e LEFT JOIN flows f ON f.id = e.flow_id LEFT JOIN imports i ON i.id = e.import_id WHERE e.contact_id = ?
       AND e.type ${'only' in types ? 'IN' : 'NOT IN'} (SELECT value FROM json_each(?))
       ${from === null ? '' : 'AND e.at >= ?'} ${until === null ? '' : 'AND e.at < ?'}
       ${before === null ? '' : 'AND (e.at, e.id) < (SELECT b.at, b.id FROM events b WHERE b.id = ?)'}
     ORDER BY e.at DESC, e.id DESC LIMIT ?`,
    contactId,
    JSON.stringify('only' in types ? types.only : types.without),
    ...[from, until, before].filter((each) => each !== null),
    limit,
  );
  return found.map((entry) => ({ ...entry, data: JSON.parse(entry.data) as Record<string, unknown> }));
}

/** Under which properties events carry changes of attributes, key -> [old, new]: one act's changes, or an import's. */
const CHANGES_IN = ['changes', 'attributes'] as const;

/**
 * The values an attribute of a contact had, the latest first, each with what brought it. What the contact came with stands at
 * the instant when it was added, unless its own event says so.
 */
export function valuesOver(workspace: Pick<Workspace, 'db'>, contact: StoredContact, key: string, limit: number): ValueChange[] {
  const path = `"${key}"`;
  const found = rows<Omit<ValueChange, 'old' | 'now'> & { changed: string }>(
    workspace.db,
    `SELECT e.id AS event, e.at, e.source, f.name AS flow, i.file_name AS importFile, e.bulk_edit_id AS bulkEdit, coalesce(${CHANGES_IN.map(() => 'json_extract(e.data, ?)').join(', ')}) AS changed
     FROM events e LEFT JOIN flows f ON f.id = e.flow_id LEFT JOIN imports i ON i.id = e.import_id
     WHERE e.contact_id = ? AND changed IS NOT NULL ORDER BY e.at DESC, e.id DESC LIMIT ?`,
    ...CHANGES_IN.map((property) => `$.${property}.${path}`),
    contact.id,
    limit,
  );
  const changes = found.map(({ changed, ...rest }): ValueChange => {
    const [old, now] = JSON.parse(changed) as [AttributeValue, AttributeValue];
    return { ...rest, old, now };
  });
  const first = changes.length === 0 ? (contact.values[key] ?? null) : changes.at(-1)!.old;
  if (first === null || changes.length === limit) return changes;
  return [...changes, { ...originOf(workspace, contact), old: null, now: first }];
}

function originOf(workspace: Pick<Workspace, 'db'>, { id, addedAt, importId }: StoredContact): Omit<ValueChange, 'old' | 'now'> {
  const added = row<{ event: number; at: number; source: string; flow: string | null; importFile: string | null; bulkEdit: number | null }>(
    workspace.db,
    `SELECT e.id AS event, e.at, e.source, f.name AS flow, i.file_name AS importFile, e.bulk_edit_id AS bulkEdit
     FROM events e LEFT JOIN flows f ON f.id = e.flow_id LEFT JOIN imports i ON i.id = e.import_id WHERE e.contact_id = ? ORDER BY e.type <> 'contact_added', e.id LIMIT 1`,
    id,
  );
  return added ?? { event: 0, at: addedAt, source: importId === null ? 'user' : 'import', flow: null, importFile: null, bulkEdit: null };
}

type Passage = Omit<ContactInFlow, 'stepName'> & { version: string | null };

/** How many passages through flows a contact has begun. */
export function countPassages(workspace: Pick<Workspace, 'db'>, contactId: number): number {
  return row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM enrollments WHERE contact_id = ? AND parent_id IS NULL', contactId)!.n;
}

/** The flows that a contact is in, and then those that they have left, each the latest first; `limit` at the most, -1: all. */
export function flowsOfContact(workspace: Pick<Workspace, 'db'>, contactId: number, limit: number): ContactInFlow[] {
  const found = rows<Passage>(
    workspace.db,
    `SELECT n.id AS enrollment, n.flow_id AS flow, f.name AS flowName, n.state, n.step_id AS stepId, n.entered_at AS enteredAt, n.due_at AS dueAt,
            n.exit_reason AS exitReason, iif(n.left_at IS NULL, n.kept_version, NULL) AS keptVersion, CASE WHEN n.step_id IS NULL THEN NULL ELSE v.flow END AS version
     FROM enrollments n JOIN flows f ON f.id = n.flow_id LEFT JOIN flow_versions v ON v.flow_id = f.id AND v.number = coalesce(n.kept_version, f.live_version)
     WHERE n.contact_id = ? AND n.parent_id IS NULL ORDER BY n.left_at IS NOT NULL, n.entered_at DESC, n.id DESC LIMIT ?`,
    contactId,
    limit,
  );
  const onPaths = stepsOnPaths(workspace, found.map(({ enrollment }) => enrollment));
  return found.map(({ version, ...passage }) => {
    const steps = version === null ? [] : (JSON.parse(version) as Flow).steps;
    const nameAt = (stepId: string) => steps.filter(({ id }) => id === stepId).map(titleOf)[0];
    const name = passage.stepId === null ? undefined : nameAt(passage.stepId);
    return { ...passage, stepName: name === undefined ? null : placeText(name, (onPaths.get(passage.enrollment) ?? []).flatMap((each) => nameAt(each) ?? [])) };
  });
}
