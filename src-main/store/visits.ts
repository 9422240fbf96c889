// The append-only log of stays at steps. Every count and every report about steps can be made again from it.
import type { Visit } from '../../shared/engine/enrollment.ts';
import type { Workspace } from '../workspace.ts';
import { rows, run } from './database.ts';

/** A visit with the flow and the version that was live when it ended (FAULTS I4). */
type LoggedVisit = Visit & { flowId: number; version: number };

export function recordVisit(workspace: Workspace, visit: LoggedVisit): void {
  run(
    workspace.db,
    'INSERT INTO visits (enrollment_id, visit, flow_id, version, step_id, entered_at, left_at, outlet) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    visit.enrollmentId,
    visit.visit,
    visit.flowId,
    visit.version,
    visit.stepId,
    visit.enteredAt,
    visit.leftAt,
    visit.outlet,
  );
}

/** Those of some enrollments that have been at a step, and left it. */
export function haveVisited(workspace: Pick<Workspace, 'db'>, stepId: string, enrollmentIds: readonly number[]): Set<number> {
  const found = rows<{ id: number }>(
    workspace.db,
    'SELECT DISTINCT v.enrollment_id AS id FROM json_each(?) j CROSS JOIN visits v ON v.enrollment_id = j.value WHERE v.step_id = ?',
    JSON.stringify(enrollmentIds),
    stepId,
  );
  return new Set(found.map(({ id }) => id));
}
