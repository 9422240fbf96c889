// What a contact's page shows beside the attributes: everything that happened, and the flows it is or was in.
import type { ContactInFlow, TimelineEntry } from '../../shared/api.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import type { Workspace } from '../workspace.ts';
import { rows } from './database.ts';

type Entry = Omit<TimelineEntry, 'data'> & { data: string };

/** Events of a contact, the latest first; `before` is the id of the last entry of the page above, `null` for the first page. */
export function timelineOf(workspace: Pick<Workspace, 'db'>, contactId: number, before: number | null, limit: number): TimelineEntry[] {
  const columns = `SELECT e.id, e.type, e.at, e.recorded_at AS recordedAt, e.source, f.name AS flow, e.data
    FROM events e LEFT JOIN flows f ON f.id = e.flow_id WHERE e.contact_id = ?`;
  const order = 'ORDER BY e.at DESC, e.id DESC LIMIT ?';
  const found =
    before === null
      ? rows<Entry>(workspace.db, `${columns} ${order}`, contactId, limit)
      : rows<Entry>(workspace.db, `${columns} AND (e.at, e.id) < (SELECT b.at, b.id FROM events b WHERE b.id = ?) ${order}`, contactId, before, limit);
  return found.map((entry) => ({ ...entry, data: JSON.parse(entry.data) as Record<string, unknown> }));
}

type Passage = Omit<ContactInFlow, 'stepName'> & { version: string | null };

/** The flows that a contact is or was in, the latest first. `nameOf` says what a step is called. */
export function flowsOfContact(workspace: Pick<Workspace, 'db'>, contactId: number, nameOf: (step: Flow['steps'][number]) => string | null): ContactInFlow[] {
  const found = rows<Passage>(
    workspace.db,
    `SELECT n.id AS enrollment, n.flow_id AS flow, f.name AS flowName, n.state, n.step_id AS stepId, n.entered_at AS enteredAt, n.due_at AS dueAt,
            n.exit_reason AS exitReason, CASE WHEN n.step_id IS NULL THEN NULL ELSE v.flow END AS version
     FROM enrollments n JOIN flows f ON f.id = n.flow_id LEFT JOIN flow_versions v ON v.flow_id = f.id AND v.number = f.live_version
     WHERE n.contact_id = ? ORDER BY n.entered_at DESC, n.id DESC LIMIT 200`,
    contactId,
  );
  return found.map(({ version, ...passage }) => {
    const step = version === null ? undefined : (JSON.parse(version) as Flow).steps.find(({ id }) => id === passage.stepId);
    return { ...passage, stepName: step === undefined ? null : nameOf(step) };
  });
}
