// A contact's past, as far as the record of events tells it: what flows decided about them, and, on a copy, what they were like.
import type { Workspace } from '../workspace.ts';
import { actsOf } from '../../shared/contacts/event.ts';
import { attributesOf } from './attributes.ts';
import { row, rows, run } from './database.ts';
import { applyChange, STATE_TYPES } from './rewind.ts';

type WithDatabase = Pick<Workspace, 'db'>;

export type Passage = { enrollment: number; trigger: string; enteredAt: number; leftAt: number | null; state: string; stepId: string | null; dueAt: number | null; exitReason: string | null; keptVersion: number | null };

/** A contact's passages through a flow, the latest first. */
export function passagesOf(workspace: WithDatabase, flowId: number, contactId: number): Passage[] {
  return rows(
    workspace.db,
    `SELECT id AS enrollment, trigger_id AS trigger, entered_at AS enteredAt, left_at AS leftAt, state, step_id AS stepId, due_at AS dueAt, exit_reason AS exitReason, kept_version AS keptVersion
     FROM enrollments WHERE contact_id = ? AND flow_id = ? AND parent_id IS NULL ORDER BY id DESC`,
    contactId,
    flowId,
  );
}

export type PastVisit = { step: string; version: number; enteredAt: number; leftAt: number; outlet: string | null };

/** The steps that a passage has left behind, in order; those of its parallel paths among them. */
export function visitsOf(workspace: WithDatabase, enrollment: number): PastVisit[] {
  return rows(
    workspace.db,
    `SELECT v.step_id AS step, v.version, v.entered_at AS enteredAt, v.left_at AS leftAt, v.outlet FROM enrollments e CROSS JOIN visits v ON v.enrollment_id = e.id
     WHERE e.id = ? OR e.parent_id = ? ORDER BY v.entered_at, e.parent_id IS NOT NULL, v.enrollment_id, v.visit`,
    enrollment,
    enrollment,
  );
}

export type PastMessage = { enrollment: number; step: string; version: number; state: string; reason: string | null; dueAt: number; settledAt: number | null };

/** The latest row of the ledger about a message of a flow to a contact; `enrollment` is the passage, whichever of its paths has sent it. */
export function latestMessage(workspace: WithDatabase, flowId: number, contactId: number, message: string): PastMessage | undefined {
  return row(
    workspace.db,
    'SELECT coalesce((SELECT e.parent_id FROM enrollments e WHERE e.id = enrollment_id), enrollment_id) AS enrollment, step_id AS step, version, state, reason, due_at AS dueAt, settled_at AS settledAt FROM outbox WHERE flow_id = ? AND contact_id = ? AND message = ? ORDER BY id DESC LIMIT 1',
    flowId,
    contactId,
    message,
  );
}

export type PastConsent = { state: string; source: string; at: number };

/** What held at an instant for a channel, or for one topic of it, by the same reckoning as at the moment of sending (store/consents.ts). */
export function consentAt(workspace: WithDatabase, contactId: number, channel: string, topic: string, at: number): PastConsent | null {
  const last = (of: string) => row<PastConsent & { id: number }>(workspace.db, 'SELECT id, state, source, at FROM consents WHERE contact_id = ? AND channel = ? AND topic = ? AND at <= ? ORDER BY id DESC LIMIT 1', contactId, channel, of, at);
  const [whole, own] = [last(''), topic === '' ? undefined : last(topic)];
  const isTakenBack = whole?.state === 'withdrawn' && whole.id > (own?.id ?? 0);
  const holds = own === undefined || own.state === 'none' || isTakenBack ? whole : own;
  return holds === undefined ? null : { state: holds.state, source: holds.source, at: holds.at };
}

export type Publication = { number: number; publishedAt: number };

/** When the versions of a flow were published, in their order. */
export function publicationsOf(workspace: WithDatabase, flowId: number): Publication[] {
  return rows(workspace.db, 'SELECT number, published_at AS publishedAt FROM flow_versions WHERE flow_id = ? ORDER BY number', flowId);
}

export type PastEvent = { id: number; contactId: number; type: string; at: number; recordedAt: number; source: string; flowId: number | null; importId: number | null; bulkEditId: number | null; data: Record<string, unknown> };

/** Everything that happened to a contact from an instant on, or (`recorded`) that was written down since, in order; what they came with as events of their own. */
export function eventsSince(workspace: WithDatabase, contactId: number, since: number, recorded = false): PastEvent[] {
  return rows<Omit<PastEvent, 'data'> & { data: string }>(
    workspace.db,
    `SELECT id, contact_id AS contactId, type, at, recorded_at AS recordedAt, source, flow_id AS flowId, import_id AS importId, bulk_edit_id AS bulkEditId, data FROM events WHERE contact_id = ? AND ${recorded ? 'recorded_at' : 'at'} >= ? ORDER BY id`,
    contactId,
    since,
  ).flatMap((event) => actsOf({ ...event, data: JSON.parse(event.data) as Record<string, unknown> }));
}

/**
 * Makes a contact what they were at an instant. Only for a copy of a workspace: it forgets what happened to them later. Who is in
 * segments by a rule, and passages through flows, stay as they are now; the caller must not ask about those.
 */
export function takeBack(workspace: Workspace, contactId: number, at: number): void {
  const attributes = attributesOf(workspace);
  const known = new Set<string>(STATE_TYPES);
  for (const { id, type, data } of eventsSince(workspace, contactId, at + 1).reverse()) {
    if (known.has(type)) applyChange(workspace, { id, contactId, type, data: JSON.stringify(data) }, attributes, true, at);
  }
  run(workspace.db, 'DELETE FROM consents WHERE contact_id = ? AND at > ?', contactId, at);
  run(workspace.db, 'DELETE FROM orders WHERE contact_id = ? AND at > ?', contactId, at);
  run(workspace.db, 'DELETE FROM events WHERE contact_id = ? AND at > ?', contactId, at);
}
