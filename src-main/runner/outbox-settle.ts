// Settles messages: the ledger, the event on the contact's timeline, the suppression of a dead address and the word to the
// enrollment, in one transaction. Nothing settled is settled twice.
import type { Message } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';
import { recordEventFor } from '../store/events-of-many.ts';
import { recordEvent } from '../store/events.ts';
import { planAgain, recipientOf, sendAtOnce, settle, settleUntried, tellEnrollment, tellEnrollments, visitOf, type Candidate, type LedgerRow } from '../store/outbox.ts';
import { addSuppression } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';
import type { Aftermath } from './outbox-policy.ts';

export type Settled = LedgerRow & { address: string | null; subject: string | null };

/** Ends a message, or plans it again. Answers false when somebody else has settled it before. Inside the caller's transaction. */
export function applyAftermath(workspace: Workspace, message: Settled, after: Aftermath, now: Instant): boolean {
  if (after.to === 'planned') {
    workspace.guard?.returned(message.key, message.handovers + 1);
    return planAgain(workspace, message.id, now + (after.inMs ?? 0), after.inMs ?? 0, after.consumed, after.reason, after.response || null);
  }
  const reason = 'reason' in after ? after.reason : null;
  // Of somebody who was erased meanwhile nothing is written down, not even what the server says about the address.
  const recipient = recipientOf(workspace, message)?.contactId;
  const isThere = recipient !== undefined;
  if (!settle(workspace, message.id, after.to, 1, reason, (isThere && after.response) || null, now)) return false;
  if (after.to === 'held') return true;
  if (after.to === 'sent') recordSent(workspace, message, now);
  if (after.to === 'failed') {
    recordFor(workspace, recipient, message, 'message_failed', now, { reason, response: after.response });
    if (after.deadAddress) {
      recordFor(workspace, recipient, message, 'message_bounced', now, { reason, kind: 'hard' });
      if (message.address !== null && isThere)
        addSuppression(workspace, { channel: 'email', address: message.address, reason: 'bounced', source: 'smtp' });
    }
  }
  tellEnrollment(workspace, message, after.to, now);
  return true;
}

/** Claims and ends, in one, messages that a channel on this host takes at once, in the transaction that has found them planned. */
export function takeAtOnce(workspace: Workspace, taken: readonly { message: LedgerRow; purpose: Message['purpose'] }[], host: string, now: Instant): void {
  // What is written is the same for those who stand at one step, mostly.
  const alike = Map.groupBy(taken, ({ message: { flowId, stepId, message, key }, purpose }) => `${flowId}\n${stepId}\n${message}\n${purpose}\n${visitOf(key)}`);
  for (const group of alike.values()) {
    const [{ message, purpose }] = group as [(typeof taken)[number]];
    const messages = group.map((each) => each.message);
    if (sendAtOnce(workspace, messages.map(({ id }) => id), purpose, host, now) !== messages.length) throw new Error('A message that was planned a moment ago is not planned any more');
    recordEventFor(workspace, messages.map(({ id, contactId, enrollmentId }) => ({ contactId, enrollmentId, outboxId: id })), { type: 'message_sent', at: now, source: 'flow', flowId: message.flowId, data: { message: message.message, subject: '' } });
    tellEnrollments(workspace, messages.map(({ enrollmentId }) => enrollmentId), message.stepId, visitOf(message.key), 'sent', now);
  }
}

/** Ends a message before it was sent: cancelled for a reason, which the timeline shows (FEATURES D14), or held for a person. */
export function stopMessage(
  workspace: Workspace,
  message: Settled,
  state: 'cancelled' | 'held',
  reason: string,
  detail: string | null,
  now: Instant,
): boolean {
  if (!settle(workspace, message.id, state, 0, reason, detail, now)) return false;
  if (state === 'cancelled') {
    recordMessageEvent(workspace, message, 'message_cancelled', now, { reason });
    tellEnrollment(workspace, message, 'cancelled', tellAt(reason, message.meantAt, now));
  }
  workspace.stopped?.(message, state, reason, now);
  return true;
}

/** A message that is due, and that a gate stops. */
export type Stopped = { message: Candidate; state: 'cancelled' | 'held'; reason: string };

/** The same for those that were found planned in this very transaction, and are stopped at a gate. */
export function stopAtGate(workspace: Workspace, stopped: readonly Stopped[], now: Instant): void {
  const alike = Map.groupBy(stopped, ({ message: { flowId, stepId, message, key, meantAt }, state, reason }) => `${state}\n${reason}\n${flowId}\n${stepId}\n${message}\n${visitOf(key)}\n${tellAt(reason, meantAt, now)}`);
  for (const group of alike.values()) {
    const { message: first, state, reason } = group[0]!;
    const messages = group.map(({ message }) => message);
    if (settleUntried(workspace, messages.map(({ id }) => id), state, reason, now) !== messages.length) throw new Error('A message that was planned a moment ago is not planned any more');
    if (state === 'cancelled') {
      const known = messages.filter(({ contactExists }) => contactExists === 1);
      recordEventFor(workspace, known.map(({ id, contactId, enrollmentId }) => ({ contactId, enrollmentId, outboxId: id })), { type: 'message_cancelled', at: now, source: 'flow', flowId: first.flowId, data: { message: first.message, subject: '', reason } });
      tellEnrollments(workspace, messages.map(({ enrollmentId }) => enrollmentId), first.stepId, visitOf(first.key), 'cancelled', tellAt(reason, first.meantAt, now));
    }
    for (const message of messages) workspace.stopped?.(message, state, reason, now);
  }
}

/** When whoever waited for a message that was cancelled is looked at: what would follow at once is as late as this was. */
const tellAt = (reason: string, meantAt: Instant, now: Instant): Instant => (reason === 'late' ? Math.min(meantAt, now) : now);

/** Records what happened to a message on its contact's timeline. `data.message` is the message's key. */
export function recordMessageEvent(
  workspace: Workspace,
  message: Settled,
  type: string,
  at: Instant,
  more: Record<string, unknown>,
  source = 'flow',
): void {
  recordFor(workspace, recipientOf(workspace, message)?.contactId, message, type, at, more, source);
}

/** Records that a message was sent: it was when it was handed over, whenever that became known. */
export function recordSent(workspace: Workspace, message: Settled, now: Instant, source = 'flow'): void {
  const recipient = recipientOf(workspace, message);
  recordFor(workspace, recipient?.contactId, message, 'message_sent', Math.min(recipient?.handedAt ?? now, now), {}, source);
}

/** The same for a recipient who is known; `undefined`: one of whom nothing may be written down any more. */
function recordFor(
  workspace: Workspace,
  contactId: number | undefined,
  message: Settled,
  type: string,
  at: Instant,
  more: Record<string, unknown>,
  source = 'flow',
): void {
  if (contactId === undefined) return;
  recordEvent(workspace, {
    contactId,
    type,
    at,
    source,
    flowId: message.flowId,
    enrollmentId: message.enrollmentId,
    outboxId: message.id,
    data: { message: message.message, subject: message.subject ?? '', ...more },
  });
}
