// People whose step has failed, in all flows.
import { withoutStep } from '../../shared/flow/reading.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows } from './database.ts';

export type FailureRow = { enrollment: number; flow: number; flowName: string; step: string; contact: number; email: string | null; error: string; failedAt: Instant | null; attempts: number };
export type FailingStep = { flow: number; flowName: string; step: string; people: number };

/**
 * The failed of one flow or of all that are not archived, who failed last first; and how many people there are in all and at each step.
 * `total` counts rows: who is stuck on several paths, or in several flows, has several.
 */
export function failures(workspace: Pick<Workspace, 'db'>, flow: number | null, offset: number, limit: number): { total: number; people: number; rows: FailureRow[]; steps: FailingStep[] } {
  const from = `flows f CROSS JOIN enrollments e INDEXED BY enrollments_stuck ON e.flow_id = f.id AND e.state = 'failed' AND e.state IN ('held', 'failed') WHERE f.state <> 'archived' ${flow === null ? '' : 'AND f.id = ?'}`;
  const values = flow === null ? [] : [flow];
  const { total, people } = row<{ total: number; people: number }>(workspace.db, `SELECT count(*) AS total, count(DISTINCT e.contact_id) AS people FROM ${from}`, ...values)!;
  const found = rows<FailureRow>(
    workspace.db,
    `SELECT e.id AS enrollment, f.id AS flow, f.name AS flowName, e.step_id AS step, e.contact_id AS contact, (SELECT c.email FROM contacts c WHERE c.id = e.contact_id) AS email,
            coalesce(e.failure, '') AS error, e.failed_at AS failedAt, e.attempts
     FROM ${from} ORDER BY e.failed_at DESC, e.id DESC LIMIT ? OFFSET ?`,
    ...values,
    limit,
    offset,
  );
  const steps = rows<FailingStep>(workspace.db, `SELECT f.id AS flow, f.name AS flowName, e.step_id AS step, count(DISTINCT e.contact_id) AS people FROM ${from} GROUP BY f.id, e.step_id ORDER BY people DESC, f.id, e.step_id`, ...values);
  return { total, people, rows: found.map((each) => ({ ...each, error: withoutStep(each.error, each.step) })), steps };
}
