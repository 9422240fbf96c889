// People whose step has failed, in all flows.
import { withoutStep } from '../../shared/flow/reading.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows } from './database.ts';

export type FailureRow = { enrollment: number; flow: number; flowName: string; step: string; contact: number; email: string | null; error: string; failedAt: Instant | null; attempts: number };
export type FailingStep = { flow: number; flowName: string; step: string; people: number };

/** How many people of each flow are stuck, and how many wait for a person's decision about a message; flows without either are left out. */
export function stuckByFlow(workspace: Pick<Workspace, 'db'>): Map<number, { failed: number; held: number }> {
  const found = rows<{ flow: number; state: 'failed' | 'held'; n: number }>(
    workspace.db,
    `SELECT flow_id AS flow, state, count(DISTINCT coalesce(parent_id, id)) AS n FROM enrollments INDEXED BY enrollments_stuck WHERE state IN ('held', 'failed') GROUP BY flow_id, state`,
  );
  const byFlow = new Map<number, { failed: number; held: number }>();
  for (const { flow, state, n } of found) byFlow.set(flow, { failed: 0, held: 0, ...byFlow.get(flow), [state]: n });
  return byFlow;
}

/**
 * The failed of one flow or of all that are not archived, who failed last first, also only those at one step; and how many people there are in all and at each step.
 * `total` counts rows: who is stuck on several paths, or in several flows, has several.
 */
export function failures(workspace: Pick<Workspace, 'db'>, flow: number | null, step: string | null, offset: number, limit: number): { total: number; people: number; rows: FailureRow[]; steps: FailingStep[] } {
  const from = `flows f CROSS JOIN enrollments e INDEXED BY enrollments_stuck ON e.flow_id = f.id AND e.state = 'failed' AND e.state IN ('held', 'failed') WHERE f.state <> 'archived' ${flow === null ? '' : 'AND f.id = ?'} ${step === null ? '' : 'AND e.step_id = ?'}`;
  const values = [...(flow === null ? [] : [flow]), ...(step === null ? [] : [step])];
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
