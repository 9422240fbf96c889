// What fell due in a flow while it was paused: who waits to go on, and which messages wait to leave.
import type { OverdueFlow } from '../../shared/flow/resuming.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { rows, run } from './database.ts';

/** At one step: people whose wait is over, and messages that would have left. */
export type OverdueStep = { step: string; people: number; messages: number };

/** By step, those who are due by now and the messages that are planned for before now. Nobody is counted in both. */
export function overdueSteps(workspace: Workspace, flowId: number): OverdueStep[] {
  const now = workspace.clock.now();
  return rows(
    workspace.db,
    `SELECT step, sum(people) AS people, sum(messages) AS messages FROM (
       SELECT step_id AS step, count(*) AS people, 0 AS messages FROM enrollments WHERE flow_id = ? AND state = 'active' AND due_at <= ? GROUP BY step_id
       UNION ALL SELECT step_id, 0, count(*) FROM outbox WHERE flow_id = ? AND state = 'planned' AND due_at <= ? GROUP BY step_id)
     GROUP BY step ORDER BY step`,
    flowId,
    now,
    flowId,
    now,
  );
}

/** The enrollments that are counted as overdue: whose wait is over, or whose message would have left; at most `limit`, by id. */
export function overdueEnrollments(workspace: Workspace, flowId: number, limit: number): number[] {
  const now = workspace.clock.now();
  return rows<{ id: number }>(
    workspace.db,
    `SELECT id FROM enrollments WHERE flow_id = ? AND state = 'active' AND due_at <= ?
     UNION SELECT e.id FROM outbox o JOIN enrollments e ON e.id = o.enrollment_id WHERE o.flow_id = ? AND o.state = 'planned' AND o.due_at <= ? AND e.state IN ('active', 'held', 'failed')
     ORDER BY id LIMIT ?`,
    flowId,
    now,
    flowId,
    now,
    limit,
  ).map(({ id }) => id);
}

/**
 * Moves a flow on by the time since `since`: everybody stands at their step for so much longer, planned messages leave so much
 * later. Whoever has come to their step since then is moved on by the time that they have stood there.
 */
export function shiftBy(workspace: Workspace, flowId: number, since: Instant): void {
  const now = workspace.clock.now();
  // Due at once, so that the step itself reckons again until when (FEATURES D1).
  run(
    workspace.db,
    `UPDATE enrollments SET step_shift = step_shift + max(0, ? - max(?, step_entered_at)), due_at = CASE WHEN due_at IS NULL THEN NULL ELSE ? END
     WHERE flow_id = ? AND state IN ('active', 'held', 'failed') AND started = 1`,
    now,
    since,
    now,
    flowId,
  );
  // A clock that was set back before the pause makes nobody early.
  const ms = Math.max(0, now - since);
  run(workspace.db, `UPDATE outbox SET due_at = due_at + ?, meant_at = meant_at + ? WHERE flow_id = ? AND state = 'planned'`, ms, ms, flowId);
}

/** By flow that runs, what is due by now; `late` is what was due before `before`. Flows with nothing are left out. */
export function overdueByFlow(workspace: Workspace, before: Instant): OverdueFlow[] {
  const now = workspace.clock.now();
  return rows(
    workspace.db,
    `SELECT f.id AS flow, f.name, sum(people) AS people, sum(messages) AS messages, sum(late) AS late FROM (
       SELECT flow_id, count(*) AS people, 0 AS messages, coalesce(sum(due_at < ?), 0) AS late FROM enrollments WHERE state = 'active' AND due_at <= ? GROUP BY flow_id
       UNION ALL SELECT flow_id, 0, count(*), coalesce(sum(meant_at < ?), 0) FROM outbox WHERE state = 'planned' AND due_at <= ? GROUP BY flow_id) o
     JOIN flows f ON f.id = o.flow_id WHERE f.state = 'live' GROUP BY f.id ORDER BY f.name COLLATE NOCASE, f.id`,
    before,
    now,
    before,
    now,
  );
}

/** Spreads what is due by now evenly over the coming `ms`, in the order in which it was due; none of it counts as late. */
export function spreadOverdue(workspace: Workspace, ms: number): void {
  const now = workspace.clock.now();
  const live = `flow_id IN (SELECT id FROM flows WHERE state = 'live')`;
  const places = (table: string, state: string) =>
    `SELECT id, row_number() OVER (ORDER BY due_at, id) - 1 AS place, count(*) OVER () AS n FROM ${table} WHERE state = '${state}' AND due_at <= ? AND ${live}`;
  run(workspace.db, `UPDATE enrollments SET due_at = ? + CAST(? * place / n AS INTEGER) FROM (${places('enrollments', 'active')}) p WHERE enrollments.id = p.id`, now, ms, now);
  run(workspace.db, `UPDATE outbox SET due_at = ? + CAST(? * place / n AS INTEGER), meant_at = ? + CAST(? * place / n AS INTEGER) FROM (${places('outbox', 'planned')}) p WHERE outbox.id = p.id`, now, ms, now, ms, now);
}
