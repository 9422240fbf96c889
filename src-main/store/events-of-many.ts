// One and the same event for many contacts, appended in one statement: a third of the work of one statement for each. (jsonb_each,
// here and where other lists of lists go into a statement: json_each would write each inner list out, to be read anew for each value.)
import type { Workspace } from '../workspace.ts';
import { run } from './database.ts';
import type { NewEvent } from './events.ts';

/** To whom it happened, in which passage and by which message. */
export type EventSubject = Pick<NewEvent, 'contactId' | 'enrollmentId' | 'outboxId'>;

/** Appends an event for each of these, in their order, in the transaction of the changes that it records (see `recordEvent`). */
export function recordEventFor(workspace: Workspace, subjects: readonly EventSubject[], event: Omit<NewEvent, 'eventId' | keyof EventSubject>): void {
  if (subjects.length === 0) return;
  run(
    workspace.db,
    `INSERT INTO events (contact_id, enrollment_id, outbox_id, type, at, recorded_at, source, flow_id, import_id, bulk_edit_id, made_by, data)
     SELECT value ->> 0, value ->> 1, value ->> 2, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM jsonb_each(?)`,
    event.type,
    event.at,
    workspace.clock.now(),
    event.source,
    event.flowId ?? null,
    event.importId ?? null,
    event.bulkEditId ?? null,
    event.madeBy ?? null,
    JSON.stringify(event.data ?? {}),
    JSON.stringify(subjects.map(({ contactId, enrollmentId, outboxId }) => [contactId, enrollmentId, outboxId])),
  );
}
