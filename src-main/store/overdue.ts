// What fell due in a flow while it was paused: who waits to go on, and which messages wait to leave.
import type { AwayReport, OverdueFlow } from '../../shared/flow/resuming.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { isInside } from './inside.ts';

/** At one step, or in all: people whose wait is over, each counted once however many paths they go, and messages that would have left. */
type Overdue = { people: number; messages: number };

/** Of which flow; `since`: when it was paused; `removed`: steps taken away from it, of whose people publishing has said what becomes; those kept on an earlier version are at home there. */
export type Paused = { flow: number; since: Instant; removed: readonly string[] };

/**
 * The enrollments that fell due in a flow by an instant. Who was put at a step by hand or by publishing since the pause has only come there,
 * and waits for nothing that could be overdue. Takes the values of `overdueValues`.
 */
const OVERDUE = `enrollments WHERE flow_id = ? AND state = 'active' AND due_at <= ? AND (started = 1 OR step_entered_at <= ?) AND (kept_version IS NOT NULL OR step_id NOT IN (SELECT value FROM json_each(?)))`;
const overdueValues = ({ flow, since, removed }: Paused, now: Instant) => [flow, now, since, JSON.stringify(removed)];
/** By when they are due: few are, of all that a flow has ever sent. */
const MESSAGES = `outbox WHERE +flow_id = ? AND state = 'planned' AND due_at <= ?`;

/** By step, those who are due by now and the messages that are planned for before now; and how many that is in all. */
export function overdueSteps(workspace: Workspace, paused: Paused): Overdue & { steps: (Overdue & { step: string })[] } {
  const now = workspace.clock.now();
  const steps = rows<Overdue & { step: string }>(
    workspace.db,
    `SELECT step, count(DISTINCT contact) AS people, count(message) AS messages FROM (
       SELECT step_id AS step, contact_id AS contact, NULL AS message FROM ${OVERDUE} UNION ALL SELECT step_id, NULL, id FROM ${MESSAGES})
     GROUP BY step ORDER BY step`,
    ...overdueValues(paused, now),
    paused.flow,
    now,
  );
  const { people } = row<{ people: number }>(workspace.db, `SELECT count(DISTINCT +contact_id) AS people FROM ${OVERDUE}`, ...overdueValues(paused, now))!;
  return { people, messages: steps.reduce((sum, { messages }) => sum + messages, 0), steps };
}

/** How many messages of a step are due by now and were meant to leave before an instant. */
export function messagesMeantBefore(workspace: Workspace, flowId: number, step: string, before: Instant): number {
  return row<{ n: number }>(workspace.db, `SELECT count(*) AS n FROM outbox WHERE flow_id = ? AND state = 'planned' AND due_at <= ? AND step_id = ? AND meant_at < ?`, flowId, workspace.clock.now(), step, before)!.n;
}

/** The enrollments that are counted as overdue: whose wait is over, or whose message would have left, where they still stand there; at most `limit`, by id. */
export function overdueEnrollments(workspace: Workspace, paused: Paused, limit: number): number[] {
  const now = workspace.clock.now();
  return rows<{ id: number }>(
    workspace.db,
    `SELECT id FROM ${OVERDUE}
     UNION SELECT e.id FROM outbox o JOIN enrollments e ON e.id = o.enrollment_id WHERE +o.flow_id = ? AND o.state = 'planned' AND o.due_at <= ? AND ${isInside('e')}
       AND o.key = e.flow_id || ':' || e.id || ':' || e.step_id || ':' || e.visit
     ORDER BY id LIMIT ?`,
    ...overdueValues(paused, now),
    paused.flow,
    now,
    limit,
  ).map(({ id }) => id);
}

/** The next in a flow, in the order due instant, then id, who stand as due at a step that they have begun; `after` is the last one before, `null`: from the first on. */
export function dueByNow(workspace: Workspace, flowId: number, after: DueOne | null, limit: number): DueOne[] {
  return rows(
    workspace.db,
    `SELECT id, due_at AS dueAt FROM enrollments WHERE flow_id = ? AND state = 'active' AND due_at <= ? AND (due_at, id) > (?, ?) AND started = 1 ORDER BY due_at, id LIMIT ?`,
    flowId,
    workspace.clock.now(),
    after?.dueAt ?? Number.MIN_SAFE_INTEGER,
    after?.id ?? 0,
    limit,
  );
}

export type DueOne = { id: number; dueAt: Instant };

/** Flows that run of which a version was published since an instant. */
export function publishedSince(workspace: Workspace, since: Instant): number[] {
  return rows<{ id: number }>(workspace.db, `SELECT f.id FROM flows f JOIN flow_versions v ON v.flow_id = f.id AND v.number = f.live_version WHERE f.state = 'live' AND v.published_at >= ?`, since).map(({ id }) => id);
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
     WHERE flow_id = ? AND ${isInside()} AND started = 1`,
    now,
    since,
    now,
    flowId,
  );
  // A clock that was set back before the pause makes nobody early.
  const ms = Math.max(0, now - since);
  run(workspace.db, `UPDATE outbox SET due_at = due_at + ?, meant_at = meant_at + ? WHERE flow_id = ? AND state = 'planned'`, ms, ms, flowId);
}

/** What is due by now in flows that run, in all and by flow; `late` is what was due before `before`. Flows with nothing are left out. Who is due in several places is one person. */
export function overdueByFlow(workspace: Workspace, before: Instant): Pick<AwayReport, 'people' | 'messages' | 'late' | 'flows'> {
  const now = workspace.clock.now();
  const due = `SELECT e.flow_id AS flow, e.contact_id AS contact, CASE WHEN e.due_at < ? THEN e.contact_id END AS lateContact, NULL AS message, NULL AS lateMessage
       FROM flows f CROSS JOIN enrollments e ON e.flow_id = f.id AND e.state = 'active' AND e.due_at <= ? WHERE f.state = 'live'
     UNION ALL SELECT f.id, NULL, NULL, o.id, CASE WHEN o.meant_at < ? THEN o.id END FROM outbox o JOIN flows f ON f.id = o.flow_id AND f.state = 'live' WHERE o.state = 'planned' AND o.due_at <= ?`;
  const sums = `count(DISTINCT contact) AS people, count(message) AS messages, count(DISTINCT lateContact) + count(lateMessage) AS late`;
  const values = [before, now, before, now];
  const flows = rows<OverdueFlow>(workspace.db, `SELECT flow, f.name, ${sums} FROM (${due}) d JOIN flows f ON f.id = d.flow GROUP BY flow ORDER BY f.name COLLATE NOCASE, flow`, ...values);
  return { ...row<Pick<AwayReport, 'people' | 'messages' | 'late'>>(workspace.db, `SELECT ${sums} FROM (${due})`, ...values)!, flows };
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
