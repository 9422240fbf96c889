// The ledger of messages: one row for each message that a flow asked for, from planned to settled (FAULTS 2.0). Every change
// of state names the state that it leaves, so that none can happen twice.
import type { OutboxRow } from '../../shared/api.ts';
import type { Message } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run, sql } from './database.ts';

type WithDatabase = Pick<Workspace, 'db'>;

export type OutboxState = 'planned' | 'claimed' | 'handed' | 'sent' | 'failed' | 'unknown' | 'held' | 'cancelled';

/** What a settled message leaves behind for its enrollment. */
export type LedgerRow = {
  id: number;
  key: string;
  flowId: number;
  version: number;
  enrollmentId: number;
  stepId: string;
  contactId: number;
  channel: string;
  message: string;
  attempts: number;
  /** Why it is planned again, or how it was settled: a code. "resend": a person asked for it. */
  reason: string | null;
  /** Given at the first claim, and kept. */
  messageId: string | null;
  /** What it is late against: when it was meant to leave, moved on by every wait of Kanal's own. */
  meantAt: Instant;
  /** When it first had to wait for the frequency cap; `null` when it had not. */
  cappedAt: Instant | null;
  /** How many times its body was about to leave. */
  handovers: number;
};

/** A message that is due, with what the claiming transaction looks at. `null` where the flow, enrollment or contact is gone. */
export type Candidate = LedgerRow & {
  flowState: string | null;
  liveVersion: number | null;
  /** What was meant to leave before then is sent, or skipped, as a person chose when the flow went on; `null`: nothing was chosen. */
  resumedAt: Instant | null;
  resumedAs: 'send' | 'skip' | null;
  enrollmentState: string | null;
  /** The version that its enrollment was kept on; `null`: it follows the one that is live. */
  keptVersion: number | null;
  standsAt: string | null;
  visit: number | null;
  contactExists: number;
  address: string | null;
  /** The contact's own zone as stored. */
  zone: string | null;
  /** Of a message that has left by the guard file, before this file was restored: the keyed hash of where it went. */
  sentBefore: string | null;
};

const LEDGER_COLUMNS = `o.id, o.key, o.flow_id AS flowId, o.version, o.enrollment_id AS enrollmentId, o.step_id AS stepId, o.contact_id AS contactId, o.channel, o.message, o.attempts, o.reason, o.message_id AS messageId, o.meant_at AS meantAt, o.capped_at AS cappedAt, o.handovers`;

const CANDIDATE = `SELECT ${LEDGER_COLUMNS}, f.state AS flowState, f.live_version AS liveVersion, f.resumed_at AS resumedAt, f.resumed_as AS resumedAs,
  e.state AS enrollmentState, e.kept_version AS keptVersion, e.step_id AS standsAt, e.visit AS visit, c.id IS NOT NULL AS contactExists, c.email AS address, c.time_zone AS zone, g.address AS sentBefore
  FROM outbox o LEFT JOIN flows f ON f.id = o.flow_id LEFT JOIN enrollments e ON e.id = o.enrollment_id LEFT JOIN contacts c ON c.id = o.contact_id LEFT JOIN guard_handed g ON g.key = o.key`;

/**
 * Planned messages that are due, in the order in which they compete for the frequency cap: due instant, then the flow of
 * higher priority, then who came into their flow first, then id (FEATURES D15, D25, FAULTS F35). Those of paused flows stay where they are (F46).
 */
export function dueMessages(workspace: WithDatabase, now: Instant, limit: number): Candidate[] {
  return rows(
    workspace.db,
    `${CANDIDATE} WHERE o.state = 'planned' AND o.due_at <= ? AND f.state IS NOT 'paused' ORDER BY o.due_at, o.priority, o.enrolled_at, o.id LIMIT +?`,
    now,
    limit,
  );
}

/** One message as the gates look at it, whatever its state; `undefined` when there is none. */
export function candidate(workspace: WithDatabase, id: number): (Candidate & { state: OutboxState }) | undefined {
  return row(workspace.db, `${CANDIDATE.replace('SELECT ', 'SELECT o.state AS state, ')} WHERE o.id = ?`, id);
}

/** When a planned message is due next; `null` when none is planned in a flow that runs. */
export function nextMessageDue(workspace: WithDatabase): Instant | null {
  return (
    row<{ dueAt: number }>(
      workspace.db,
      `SELECT o.due_at AS dueAt FROM outbox o LEFT JOIN flows f ON f.id = o.flow_id WHERE o.state = 'planned' AND f.state IS NOT 'paused' ORDER BY o.due_at, o.priority, o.enrolled_at, o.id LIMIT 1`,
    )?.dueAt ?? null
  );
}

/** planned -> claimed. */
export function claim(
  workspace: WithDatabase,
  id: number,
  address: string,
  messageId: string,
  purpose: Message['purpose'],
  now: Instant,
): boolean {
  return (
    run(
      workspace.db,
      `UPDATE outbox SET state = 'claimed', claimed_at = ?, address = ?, message_id = ?, purpose = ? WHERE id = ? AND state = 'planned'`,
      now,
      address,
      messageId,
      purpose,
      id,
    ).changes === 1
  );
}

/** planned -> sent, of messages of one purpose that are taken in the transaction of their claim, each at the address that its contact has. Answers how many were planned. */
export function sendAtOnce(workspace: WithDatabase, ids: readonly number[], purpose: Message['purpose'], host: string, now: Instant): number {
  return run(
    workspace.db,
    `UPDATE outbox SET state = 'sent', claimed_at = ?, settled_at = ?, address = (SELECT email FROM contacts WHERE id = contact_id), message_id = coalesce(message_id, key || '@' || ?),
       purpose = ?, attempts = attempts + 1, reason = NULL, response = NULL WHERE id IN (SELECT value FROM json_each(?)) AND +state = 'planned'`,
    now,
    now,
    host,
    purpose,
    JSON.stringify(ids),
  ).changes;
}

/** claimed -> handed, with the bytes that are about to leave. Answers false when the row is not claimed. */
export function markHanded(
  workspace: WithDatabase,
  id: number,
  subject: string,
  contentHash: string,
  compressed: Uint8Array,
  now: Instant,
): boolean {
  const moved =
    run(
      workspace.db,
      `UPDATE outbox SET state = 'handed', handed_at = ?, handovers = handovers + 1, subject = ?, content_hash = ? WHERE id = ? AND state = 'claimed'`,
      now,
      subject,
      contentHash,
      id,
    ).changes === 1;
  if (moved)
    run(
      workspace.db,
      'INSERT INTO outbox_contents (outbox_id, eml) VALUES (?, ?) ON CONFLICT (outbox_id) DO UPDATE SET eml = excluded.eml',
      id,
      compressed,
    );
  return moved;
}

/** claimed -> planned, as if it had never been claimed. */
export function release(workspace: WithDatabase, id: number): boolean {
  return run(workspace.db, `UPDATE outbox SET state = 'planned', claimed_at = NULL WHERE id = ? AND state = 'claimed'`, id).changes === 1;
}

/**
 * Planned later, by a rule for sending: a wait of Kanal's own, which does not make it late. From `planned`, or from `claimed`
 * where the rule begins to hold in between.
 */
export function putOff(
  workspace: WithDatabase,
  message: Pick<LedgerRow, 'id'>,
  until: Instant,
  reason: 'waiting-for-slot' | 'quiet-hours',
  now: Instant,
): boolean {
  return (
    run(
      workspace.db,
      `UPDATE outbox SET state = 'planned', due_at = ?, meant_at = meant_at + ?, capped_at = coalesce(capped_at, ?), reason = ?, claimed_at = NULL
       WHERE id = ? AND state IN ('planned', 'claimed')`,
      until,
      until - now,
      reason === 'waiting-for-slot' ? now : null,
      reason,
      message.id,
    ).changes === 1
  );
}

/**
 * Back to planned, due later. `ownWait`: for how many ms of that Kanal waits of its own accord, which does not make it late. `consumed`: the server has answered about this message, which counts as an attempt. That a person
 * asked for it again ("resend") is kept: such a message is not bound to where its enrollment stands.
 */
export function planAgain(
  workspace: WithDatabase,
  id: number,
  dueAt: Instant,
  ownWait: number,
  consumed: boolean,
  reason: string | null,
  response: string | null,
): boolean {
  return (
    run(
      workspace.db,
      `UPDATE outbox SET state = 'planned', due_at = ?, meant_at = meant_at + ?, attempts = attempts + ?, reason = CASE WHEN reason = 'resend' THEN reason ELSE ? END, response = ?, claimed_at = NULL, handed_at = NULL WHERE id = ? AND state IN ('claimed', 'handed')`,
      dueAt,
      ownWait,
      consumed ? 1 : 0,
      reason,
      response,
      id,
    ).changes === 1
  );
}

const SETTLE = `UPDATE outbox SET state = ?, settled_at = ?, attempts = attempts + ?, reason = ?, response = ? WHERE (+state = 'planned' OR +state = 'claimed' OR +state = 'handed') AND id`;
const SETTLE_ONE = `${SETTLE} = ?`;
/** What is held for a person may still be cancelled: nobody has to decide about what is not to leave any more. */
const CANCEL_ONE = `UPDATE outbox SET state = ?, settled_at = ?, attempts = attempts + ?, reason = ?, response = ? WHERE state IN ('planned', 'claimed', 'handed', 'held') AND id = ?`;
const SETTLE_MANY = `${SETTLE} IN (SELECT value FROM json_each(?))`;

/** To a state that only a person changes (FAULTS I7), from one that is not. */
export function settle(
  workspace: WithDatabase,
  id: number,
  state: 'sent' | 'failed' | 'unknown' | 'held' | 'cancelled',
  attempts: 0 | 1,
  reason: string | null,
  response: string | null,
  now: Instant,
): boolean {
  return run(workspace.db, state === 'cancelled' ? CANCEL_ONE : SETTLE_ONE, state, now, attempts, reason, response, id).changes === 1;
}

/** The same for messages that nothing has tried to send; answers how many were settled. */
export function settleUntried(workspace: WithDatabase, ids: readonly number[], state: 'held' | 'cancelled', reason: string, now: Instant): number {
  return run(workspace.db, SETTLE_MANY, state, now, 0, reason, null, JSON.stringify(ids)).changes;
}

/** A person's word on a message that the machine must not touch: from `unknown`, `held` or `failed`. To `planned` it is due now, with all its attempts. */
export function decideState(
  workspace: WithDatabase,
  id: number,
  state: 'sent' | 'planned' | 'cancelled',
  reason: string,
  now: Instant,
): boolean {
  const change =
    state === 'planned'
      ? `UPDATE outbox SET state = ?, reason = ?, due_at = ?, capped_at = NULL, settled_at = NULL, claimed_at = NULL, handed_at = NULL, attempts = 0`
      : `UPDATE outbox SET state = ?, reason = ?, settled_at = ?`;
  return run(workspace.db, `${change} WHERE id = ? AND state IN ('unknown', 'held', 'failed')`, state, reason, now, id).changes === 1;
}

const TELL = `UPDATE enrollments SET message_result = ?, due_at = ? WHERE step_id = ? AND visit = ? AND (state = 'active' OR state = 'held' OR state = 'failed') AND id`;
const TELL_ONE = `${TELL} = ?`;
const TELL_MANY = `${TELL} IN (SELECT value FROM json_each(?))`;

type Result = 'sent' | 'failed' | 'unknown' | 'cancelled';

/** Tells the enrollment that asked for the message how it ended, and has it looked at: due at `dueAt`, now or before. One that has moved on is left alone. */
export function tellEnrollment(workspace: WithDatabase, message: LedgerRow, result: Result, dueAt: Instant): void {
  run(workspace.db, TELL_ONE, result, dueAt, message.stepId, visitOf(message.key), message.enrollmentId);
}

/** The same for enrollments that have all asked at this visit of theirs to this step. */
export function tellEnrollments(workspace: WithDatabase, ids: readonly number[], stepId: string, visit: number, result: Result, dueAt: Instant): void {
  run(workspace.db, TELL_MANY, result, dueAt, stepId, visit, JSON.stringify(ids));
}

/** The visit for which a message was planned: the last part of the ledger key flow:enrollment:step:visit. */
export function visitOf(key: string): number {
  return Number(key.slice(key.lastIndexOf(':') + 1));
}

/** Whose a message is now (contacts may be merged while it is on its way), and when it was handed over, if it was. `undefined`: they were erased, and events cannot be recorded of them. */
export function recipientOf(workspace: WithDatabase, message: Pick<LedgerRow, 'id'>): { contactId: number; handedAt: Instant | null } | undefined {
  return row(workspace.db, 'SELECT c.id AS contactId, o.handed_at AS handedAt FROM outbox o JOIN contacts c ON c.id = o.contact_id WHERE o.id = ?', message.id);
}

/**
 * SQL for when a message was sent, by the one reckoning of caps, freshness, timelines and reports: when it was handed over, not when
 * its end became known, which a crash or a slow server may put off.
 */
export const SENT_AT = 'coalesce(handed_at, settled_at)';

/** The message of one visit, while it is planned, or held for a person to decide, and not on its way. */
export function unsentAt(workspace: WithDatabase, key: string): LedgerRow | undefined {
  return row(workspace.db, `SELECT ${LEDGER_COLUMNS} FROM outbox o WHERE o.key = ? AND o.state IN ('planned', 'held')`, key);
}

/** What was left open by a process that has ended: claimed or handed. */
export function openMessages(workspace: WithDatabase): (LedgerRow & { state: 'claimed' | 'handed'; subject: string | null })[] {
  return rows(
    workspace.db,
    `SELECT ${LEDGER_COLUMNS}, o.state, o.subject FROM outbox o WHERE (o.state = 'claimed' OR o.state = 'handed') ORDER BY o.id`,
  );
}

/** `step`: those of them that the same step of the same enrollment has sent. */
export type RecentlySent = { contact: number; step: number };

/** How many messages of any flow have (perhaps) reached the contacts of these since an instant, by the id of the message; where none has, there is nothing. */
export function sentSince(workspace: WithDatabase, messages: readonly LedgerRow[], since: Instant): Map<number, RecentlySent> {
  const found = rows<RecentlySent & { id: number }>(
    workspace.db,
    `SELECT j.value ->> 0 AS id, count(*) AS contact, sum(enrollment_id = j.value ->> 2 AND step_id = j.value ->> 3) AS step FROM jsonb_each(?) j
     CROSS JOIN outbox INDEXED BY outbox_contact ON contact_id = j.value ->> 1 AND settled_at > ? AND ${SENT_AT} > ? AND state IN ('sent', 'unknown') GROUP BY 1`,
    JSON.stringify(messages.map(({ id, contactId, enrollmentId, stepId }) => [id, contactId, enrollmentId, stepId])),
    since,
    since,
  );
  return new Map(found.map(({ id, contact, step }) => [id, { contact, step }]));
}

/**
 * When marketing has (perhaps) left for a contact since an instant, or is on its way: the latest first, at most `limit`. By when
 * it was handed over, not by when that became known; failures do not count (FEATURES D15).
 */
export function marketingSince(workspace: WithDatabase, contactId: number, since: Instant, limit: number): Instant[] {
  return rows<{ at: number }>(
    workspace.db,
    `SELECT at FROM (
       SELECT ${SENT_AT} AS at FROM outbox
       WHERE contact_id = ? AND settled_at > ? AND state IN ('sent', 'unknown') AND purpose = 'marketing'
       UNION ALL
       SELECT coalesce(handed_at, claimed_at) AS at FROM outbox
       WHERE contact_id = ? AND settled_at IS NULL AND state IN ('claimed', 'handed') AND purpose = 'marketing')
     WHERE at > ? ORDER BY at DESC LIMIT +?`,
    contactId,
    since,
    contactId,
    since,
    limit,
  ).map(({ at }) => at);
}

/** How many messages are in a state that a person should look at. */
export function countByState(workspace: WithDatabase, state: 'unknown' | 'held'): number {
  return row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM outbox WHERE state = ?', state)!.n;
}

/** The bytes of a message as they were handed over, compressed; `undefined` when none were. */
export function contentOf(workspace: WithDatabase, id: number): Buffer | undefined {
  return row<{ eml: Buffer }>(workspace.db, 'SELECT eml FROM outbox_contents WHERE outbox_id = ?', id)?.eml;
}

/** Rows of the ledger, newest first. */
export function listMessages(
  workspace: WithDatabase,
  wanted: { flow: number | null; contact: number | null; state: string | null; limit: number },
): OutboxRow[] {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const only = (column: string, value: unknown) => {
    if (value === null) return;
    conditions.push(`${column} = ?`);
    values.push(value);
  };
  only('o.flow_id', wanted.flow);
  only('o.contact_id', wanted.contact);
  only('o.state', wanted.state);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return sql(
    workspace.db,
    `SELECT o.id, o.contact_id AS contactId, coalesce(o.address, c.email, '') AS address, o.flow_id AS flow, o.step_id AS stepId, o.message, o.subject, o.state,
       o.reason, o.response, o.due_at AS dueAt, o.settled_at AS settledAt
     FROM outbox o LEFT JOIN contacts c ON c.id = o.contact_id ${where} ORDER BY o.id DESC LIMIT ?`,
  ).all(...values, wanted.limit) as OutboxRow[];
}
