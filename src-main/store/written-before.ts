// Whether a step has written to somebody before in the same passage, and what they have done since (FEATURES D4).
import { MOVED } from '../../shared/engine/advance.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows } from './database.ts';
import { visitOf, type LedgerRow } from './outbox.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/**
 * Those of these messages whose step has asked for another one before in the same passage, which has left, may have left, or
 * still may. Where a person has put somebody at the step, that is another occasion.
 */
export function stepHasWritten(workspace: WithDatabase, messages: readonly Pick<LedgerRow, 'id' | 'key'>[]): Set<number> {
  const found = rows<{ id: number }>(
    workspace.db,
    `SELECT o.id FROM jsonb_each(?) j CROSS JOIN outbox o ON o.id = j.value ->> 0 CROSS JOIN enrollments e ON e.id = o.enrollment_id
     WHERE EXISTS (SELECT 1 FROM outbox b INDEXED BY outbox_contact CROSS JOIN enrollments p ON p.id = b.enrollment_id
       WHERE b.contact_id = o.contact_id AND b.id < o.id AND b.flow_id = o.flow_id AND b.step_id = o.step_id AND b.state NOT IN ('failed', 'cancelled') AND coalesce(p.parent_id, p.id) = coalesce(e.parent_id, e.id))
     AND NOT EXISTS (SELECT 1 FROM visits v WHERE v.enrollment_id = o.enrollment_id AND v.visit = j.value ->> 1 AND v.outlet = '${MOVED}')`,
    JSON.stringify(messages.map(({ id, key }) => [id, visitOf(key) - 1])),
  );
  return new Set(found.map(({ id }) => id));
}

/** The visits of a passage since its step last asked for a message before this one, in their order by enrollment: that one first. `version`: the one followed then. */
export type SinceLast = { version: number; visits: { enrollmentId: number; visit: number; step: string; outlet: string | null }[] };

/** What has happened since the step last asked for such a message as `stepHasWritten` means, or for one that was not sent on account of those; `undefined` when it has not. */
export function sinceLastWritten(workspace: WithDatabase, message: Pick<LedgerRow, 'id'>): SinceLast | undefined {
  const last = row<{ version: number; key: string; enrollmentId: number; passage: number; plannedAt: number }>(
    workspace.db,
    `SELECT b.version, b.key, b.enrollment_id AS enrollmentId, coalesce(e.parent_id, e.id) AS passage, b.planned_at AS plannedAt
     FROM outbox o CROSS JOIN enrollments e ON e.id = o.enrollment_id CROSS JOIN outbox b INDEXED BY outbox_contact CROSS JOIN enrollments p ON p.id = b.enrollment_id
     WHERE o.id = ? AND b.contact_id = o.contact_id AND b.id < o.id AND b.flow_id = o.flow_id AND b.step_id = o.step_id AND (b.state NOT IN ('failed', 'cancelled') OR b.reason = 'sent-by-step') AND coalesce(p.parent_id, p.id) = coalesce(e.parent_id, e.id)
     ORDER BY b.id DESC LIMIT 1`,
    message.id,
  );
  if (last === undefined) return undefined;
  const { version, key, enrollmentId, passage, plannedAt } = last;
  const visits = rows<SinceLast['visits'][number]>(
    workspace.db,
    `SELECT enrollment_id AS enrollmentId, visit, step_id AS step, outlet FROM visits WHERE enrollment_id = ? AND visit >= ?
     UNION ALL SELECT v.enrollment_id, v.visit, v.step_id, v.outlet FROM enrollments n CROSS JOIN visits v ON v.enrollment_id = n.id
       WHERE (n.id = ? OR (n.parent_id = ? AND n.parent_id IS NOT NULL)) AND n.id <> ? AND v.entered_at >= ?
     ORDER BY 1, 2`,
    enrollmentId,
    visitOf(key),
    passage,
    passage,
    enrollmentId,
    plannedAt,
  );
  return { version, visits };
}
