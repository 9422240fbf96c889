// How flows put messages into the ledger, and take back those that are not on their way yet. What happens in between is the
// outbox's (store/outbox.ts).
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, run } from './database.ts';

/** What a step asks to be sent. */
export type NewMessage = { flowId: number; version: number; channel: string; message: string };

/** Who is to get it, and at which visit to which step that was asked. */
export type Receiver = {
  enrollmentId: number;
  stepId: string;
  visit: number;
  contactId: number;
  /** When the flow wanted it to leave; before now where its step was reached late. */
  meantAt: Instant;
  /** When its enrollment came into the flow. */
  enrolledAt: Instant;
};

/** What names the occurrence of a message: nothing can be planned, or sent, twice under one key (FAULTS 2.0). */
export function ledgerKey(message: Pick<NewMessage, 'flowId'> & Pick<Receiver, 'enrollmentId' | 'stepId' | 'visit'>): string {
  return `${message.flowId}:${message.enrollmentId}:${message.stepId}:${message.visit}`;
}

/** Plans a message for each of these, due since it was meant to leave, in the transaction of the step that asks for it. Asked again for the same visit, it changes nothing. */
export function planMessages(workspace: Workspace, { flowId, version, channel, message }: NewMessage, receivers: readonly Receiver[]): void {
  run(
    workspace.db,
    `INSERT INTO outbox (key, enrollment_id, step_id, contact_id, due_at, meant_at, enrolled_at, flow_id, version, channel, message, state, priority, planned_at)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 4, value ->> 5, ?, ?, ?, ?, 'planned', (SELECT priority FROM flows WHERE id = ?), ? FROM jsonb_each(?) WHERE true ON CONFLICT (key) DO NOTHING`,
    flowId,
    version,
    channel,
    message,
    flowId,
    workspace.clock.now(),
    JSON.stringify(receivers.map(({ enrollmentId, stepId, visit, contactId, meantAt, enrolledAt }) => [ledgerKey({ flowId, enrollmentId, stepId, visit }), enrollmentId, stepId, contactId, meantAt, enrolledAt])),
  );
}

/** Gives what is planned for a flow the priority that the flow has now. */
export function prioritizePlanned(workspace: Workspace, flowId: number): void {
  run(workspace.db, `UPDATE outbox SET priority = (SELECT priority FROM flows WHERE id = ?) WHERE flow_id = ? AND state = 'planned'`, flowId, flowId);
}

/** Why a message ended as it did: a code; `null` when it says nothing, or there is no such message. */
export function settlementReason(workspace: Workspace, key: string): string | null {
  return row<{ reason: string | null }>(workspace.db, 'SELECT reason FROM outbox WHERE key = ?', key)?.reason ?? null;
}

const LOOK = `UPDATE outbox SET meant_at = meant_at - (due_at - ?), due_at = ? WHERE state = 'planned' AND due_at > ?
  AND reason IN ('waiting-for-slot', 'quiet-hours') AND flow_id IN (SELECT id FROM flows WHERE state = 'live')`;

/**
 * Has what is planned for a contact, and waits for a slot or for quiet hours to end, looked at now: whoever opts out is not kept as
 * one who will be written to (FEATURES D14). What may still leave goes on waiting, and is no later for it.
 */
export function lookAtPlannedOf(workspace: Workspace, contactId: number): void {
  const now = workspace.clock.now();
  run(workspace.db, `${LOOK} AND contact_id = ? AND settled_at IS NULL`, now, now, now, contactId);
}

/** The same for everybody: by other quiet hours, or another cap, it may leave now. */
export function lookAtPlanned(workspace: Workspace): void {
  const now = workspace.clock.now();
  run(workspace.db, LOOK, now, now, now);
}

/** What is planned, or held for a person to look at, and no person has asked for: with the version that says so it becomes this message. */
const REPLACE = `UPDATE outbox SET message = ?, version = ? WHERE state IN ('planned', 'held') AND reason IS NOT 'resend' AND message <> ?`;

/** Has a step's other message go out to those who follow the live version and wait at it, as a version that was just published says. */
export function replacePlanned(workspace: Workspace, flowId: number, stepId: string, message: string, version: number): void {
  run(workspace.db, `${REPLACE} AND flow_id = ? AND step_id = ? AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.id = enrollment_id AND e.kept_version IS NOT NULL)`, message, version, message, flowId, stepId);
}

/** The same for one visit. */
export function replacePlannedOf(workspace: Workspace, key: string, message: string, version: number): void {
  run(workspace.db, `${REPLACE} AND key = ?`, message, version, message, key);
}

/** Cancels the message of one visit, if it is planned, or held for a person to decide, and not on its way. */
export function cancelPlannedOf(workspace: Workspace, key: string, reason: string): void {
  run(workspace.db, `UPDATE outbox SET state = 'cancelled', reason = ?, settled_at = ? WHERE key = ? AND state IN ('planned', 'held')`, reason, workspace.clock.now(), key);
}

/** Cancels what is planned for a flow, or held for a person to decide, or at one of its steps for those who follow the live version. What is on its way already ends by itself. */
export function cancelPlanned(workspace: Workspace, flowId: number, stepId: string | null, reason: string): void {
  const cancel = `UPDATE outbox SET state = 'cancelled', reason = ?, settled_at = ? WHERE flow_id = ?`;
  const now = workspace.clock.now();
  if (stepId === null) run(workspace.db, `${cancel} AND state IN ('planned', 'held')`, reason, now, flowId);
  else run(workspace.db, `${cancel} AND step_id = ? AND state IN ('planned', 'held') AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.id = enrollment_id AND e.kept_version IS NOT NULL)`, reason, now, flowId, stepId);
}
