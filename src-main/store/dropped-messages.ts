// Messages that a person gave up, and how they become what they were before.
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, run } from './database.ts';
import { visitOf, type LedgerRow } from './outbox.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** When a message was settled, or held; `null` for one that is on its way. */
export function settledAt(workspace: WithDatabase, id: number): Instant | null {
  return row<{ at: Instant | null }>(workspace.db, 'SELECT settled_at AS at FROM outbox WHERE id = ?', id)?.at ?? null;
}

/** What a message was before a person gave it up, by the latest such entry of the audit; `undefined`: nobody did. */
export function beforeDropped(workspace: WithDatabase, id: number): { from: 'unknown' | 'held'; reason: string | null; settledAt: Instant | null } | undefined {
  return row(
    workspace.db,
    `SELECT details ->> 'from' AS "from", details ->> 'reason' AS reason, details ->> 'settledAt' AS settledAt FROM audit WHERE action = 'outbox.cancel' AND details ->> 'outbox' = ? ORDER BY id DESC LIMIT 1`,
    id,
  );
}

/** cancelled -> unknown or held, as it was before. */
export function openAgain(workspace: WithDatabase, id: number, state: 'unknown' | 'held', reason: string | null, at: Instant | null): void {
  run(workspace.db, `UPDATE outbox SET state = ?, reason = ?, settled_at = ? WHERE id = ? AND state = 'cancelled'`, state, reason, at, id);
}

/**
 * Takes back the word to the enrollment that the message was given up: `result` is what it had heard before. Answers whether it still
 * stands where it asked for the message, and has not acted on that word.
 */
export function waitAgain(workspace: WithDatabase, message: LedgerRow, result: 'unknown' | null): boolean {
  return (
    run(
      workspace.db,
      `UPDATE enrollments SET message_result = ?, due_at = CASE WHEN ? IS NULL THEN NULL ELSE due_at END WHERE id = ? AND step_id = ? AND visit = ? AND message_result = 'cancelled' AND (state = 'active' OR state = 'held' OR state = 'failed')`,
      result,
      result,
      message.enrollmentId,
      message.stepId,
      visitOf(message.key),
    ).changes === 1
  );
}
