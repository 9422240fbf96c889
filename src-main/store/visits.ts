// The append-only log of stays at steps. Every count and every report about steps can be made again from it.
import type { Visit } from '../../shared/engine/enrollment.ts';
import type { Workspace } from '../workspace.ts';
import { rows, run } from './database.ts';

/** A visit with the flow and the version that was live when it ended (FAULTS I4). */
export type LoggedVisit = Visit & { flowId: number; version: number };

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

/** The way an enrollment has come, in order. */
export function visitsOf(workspace: Workspace, enrollment: number): LoggedVisit[] {
  return rows(
    workspace.db,
    `SELECT enrollment_id AS enrollmentId, visit, flow_id AS flowId, version, step_id AS stepId, entered_at AS enteredAt, left_at AS leftAt, outlet
     FROM visits WHERE enrollment_id = ? ORDER BY visit`,
    enrollment,
  );
}
