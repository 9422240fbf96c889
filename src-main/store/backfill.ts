// Who has gone by a place of a flow at which there are new steps now, and could still go through those (FEATURES D3).
import { START } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { rows } from './database.ts';
import { isInside } from './inside.ts';

/** A way that leads to a new step: from an old one by an outlet, or from the start. */
export type WayIn = { from: string; outlet: string; to: string };

/** The contacts that have gone by there since an instant, have never been at the new step in this flow, and still exist. */
export function wentBy(workspace: Pick<Workspace, 'db'>, flowId: number, { from, outlet, to }: WayIn, since: Instant): number[] {
  const neverThere = `NOT EXISTS (SELECT 1 FROM enrollments o WHERE o.contact_id = e.contact_id AND o.flow_id = e.flow_id AND (o.step_id = ? OR EXISTS (SELECT 1 FROM visits w WHERE w.enrollment_id = o.id AND w.step_id = ?)))`;
  const own = `e.trigger_id NOT LIKE 'backfill:%' AND EXISTS (SELECT 1 FROM contacts c WHERE c.id = e.contact_id)`;
  if (from === START) {
    return rows<{ id: number }>(workspace.db, `SELECT DISTINCT e.contact_id AS id FROM enrollments e WHERE e.flow_id = ? AND e.entered_at >= ? AND ${own} AND ${neverThere} ORDER BY 1`, flowId, since, to, to).map(({ id }) => id);
  }
  // Whoever has left did so after they went by; the partial indexes find both kinds.
  const part = (where: string) => `SELECT e.contact_id AS id FROM enrollments e CROSS JOIN visits v ON v.enrollment_id = e.id WHERE e.flow_id = ? AND ${where} AND v.step_id = ? AND v.outlet = ? AND v.left_at >= ? AND ${own} AND ${neverThere}`;
  const sql = `${part('e.left_at IS NOT NULL AND e.left_at >= ?')} UNION ${part(isInside('e'))} ORDER BY 1`;
  return rows<{ id: number }>(workspace.db, sql, flowId, since, from, outlet, since, to, to, flowId, from, outlet, since, to, to).map(({ id }) => id);
}
