// The append-only record of everything that happens to contacts.
import { actsOf, recordedAs, type ContactEvent } from '../../shared/contacts/event.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

export type NewEvent = {
  contactId: number;
  type: string;
  /** When it happened; it is recorded now. */
  at: number;
  source: string;
  /** Given by whoever reports it from outside; the program's own events have none. */
  eventId?: string;
  flowId?: number | null;
  enrollmentId?: number | null;
  outboxId?: number | null;
  importId?: number | null;
  bulkEditId?: number | null;
  madeBy?: 'human' | 'machine' | 'unsure' | null;
  data?: Record<string, unknown>;
};

/** Appends an event, in the transaction of the change that it records. Answers false when its event id is known already. */
export function recordEvent(workspace: Workspace, event: NewEvent): boolean {
  return (
    run(
      workspace.db,
      `INSERT INTO events (event_id, contact_id, type, at, recorded_at, source, flow_id, enrollment_id, outbox_id, import_id, bulk_edit_id, made_by, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) WHERE event_id IS NOT NULL DO NOTHING`,
      event.eventId ?? null,
      event.contactId,
      event.type,
      event.at,
      workspace.clock.now(),
      event.source,
      event.flowId ?? null,
      event.enrollmentId ?? null,
      event.outboxId ?? null,
      event.importId ?? null,
      event.bulkEditId ?? null,
      event.madeBy ?? null,
      JSON.stringify(event.data ?? {}),
    ).changes > 0
  );
}

type EventRow = { id: number; contactId: number; type: string; at: number; source: string; flowId: number | null; importId: number | null; bulkEditId: number | null; data: string };

/**
 * Events behind a cursor up to another, in the order in which they were recorded; what a contact came with as events of their own
 * (`actsOf`). At least those of these types: of most that flows do, nobody asks.
 */
export function eventsBetween(workspace: Workspace, after: number, until: number, types: ReadonlySet<string> | 'any'): ContactEvent[] {
  return rows<EventRow>(
    workspace.db,
    `SELECT id, contact_id AS contactId, type, at, source, flow_id AS flowId, import_id AS importId, bulk_edit_id AS bulkEditId, data
     FROM events WHERE id > ? AND id <= ? ${types === 'any' ? '' : 'AND +type IN (SELECT value FROM json_each(?))'} ORDER BY id`,
    after,
    until,
    ...(types === 'any' ? [] : [JSON.stringify(recordedAs(types))]),
  ).flatMap((event) => actsOf({ ...event, data: JSON.parse(event.data) as Record<string, unknown> }));
}

/** The id of the newest event; 0 when there is none. */
export function lastEventId(workspace: Pick<Workspace, 'db'>): number {
  return row<{ id: number | null }>(workspace.db, 'SELECT max(id) AS id FROM events')?.id ?? 0;
}
