// The append-only log of stays at steps. Every count and every report about steps can be made again from it.
import type { Enrollment, Visit } from '../../shared/engine/enrollment.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { rows, run } from './database.ts';

/**
 * Appends stays that have ended, with the flow and the version that was live then (FAULTS I4): those that are alike but for whose
 * they are, as most are of people who go on together, in one statement.
 */
export function recordVisits(workspace: Workspace, flowId: number, version: number, visits: readonly Visit[]): void {
  for (const alike of Map.groupBy(visits, ({ visit, stepId, enteredAt, leftAt, outlet }) => `${visit} ${enteredAt} ${leftAt} ${outlet === null} ${outlet} ${stepId}`).values()) {
    const { visit, stepId, enteredAt, leftAt, outlet } = alike[0]!;
    run(
      workspace.db,
      'INSERT INTO visits (enrollment_id, visit, flow_id, version, step_id, entered_at, left_at, outlet) SELECT value, ?, ?, ?, ?, ?, ?, ? FROM json_each(?)',
      visit,
      flowId,
      version,
      stepId,
      enteredAt,
      leftAt,
      outlet,
      JSON.stringify(alike.map(({ enrollmentId }) => enrollmentId)),
    );
  }
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

/** By contact, the outlet by which they have last left a step of the flow that these enrollments are in, in whichever passage. */
export function lastWays(workspace: Pick<Workspace, 'db'>, stepId: string, enrollments: readonly Pick<Enrollment, 'contactId' | 'flowId'>[]): Map<number, string> {
  const [first] = enrollments;
  if (first === undefined) return new Map();
  const found = rows<{ contactId: number; outlet: string }>(
    workspace.db,
    `SELECT e.contact_id AS contactId, v.outlet FROM json_each(?) j CROSS JOIN enrollments e ON e.contact_id = j.value AND e.flow_id = ? CROSS JOIN visits v ON v.enrollment_id = e.id
     WHERE v.step_id = ? AND v.outlet IS NOT NULL ORDER BY v.left_at, e.id, v.visit`,
    JSON.stringify([...new Set(enrollments.map(({ contactId }) => contactId))]),
    first.flowId,
    stepId,
  );
  return new Map(found.map(({ contactId, outlet }) => [contactId, outlet]));
}

/** By enrollment, when it, or the passage that it is a path of, has last left one of these steps. */
export function lastLeft(workspace: Pick<Workspace, 'db'>, stepIds: readonly string[], enrollments: readonly Pick<Enrollment, 'id' | 'parentId'>[]): Map<number, Instant> {
  const found = rows<{ id: number; at: number }>(
    workspace.db,
    `SELECT j.value ->> 0 AS id, max(v.left_at) AS at FROM jsonb_each(?) j CROSS JOIN visits v ON v.enrollment_id = j.value ->> 1
     WHERE v.step_id IN (SELECT value FROM json_each(?)) GROUP BY 1`,
    JSON.stringify(enrollments.flatMap(({ id, parentId }) => [[id, id], ...(parentId === null ? [] : [[id, parentId]])])),
    JSON.stringify(stepIds),
  );
  return new Map(found.map(({ id, at }) => [id, at]));
}

export type TimedOut = { enrollmentId: number; contactId: number; enteredAt: Instant; stepEnteredAt: Instant };

/** Those of some contacts who left a step by an outlet since an instant, and do not stand there again; of each passage the last such stay. */
export function timedOut(workspace: Pick<Workspace, 'db'>, { flowId, stepId, outlet, contacts, since }: { flowId: number; stepId: string; outlet: string; contacts: readonly number[]; since: Instant }): TimedOut[] {
  return rows(
    workspace.db,
    `SELECT e.id AS enrollmentId, e.contact_id AS contactId, e.entered_at AS enteredAt, max(v.entered_at) AS stepEnteredAt
     FROM json_each(?) j CROSS JOIN enrollments e ON e.contact_id = j.value AND e.flow_id = ? CROSS JOIN visits v ON v.enrollment_id = e.id
     WHERE v.step_id = ? AND v.outlet = ? AND v.left_at >= ? AND e.step_id IS NOT ? GROUP BY e.id`,
    JSON.stringify(contacts),
    flowId,
    stepId,
    outlet,
    since,
    stepId,
  );
}
