// The paths of passages that have been divided: each is an enrollment of its own beside that of the passage, its parent. People
// are counted and listed by passages, steps by enrollments (FEATURES A3.17, D30).
import { joinOf, type Paths } from '../../shared/engine/enrollment.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { isInside } from './inside.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** Divides a passage at its step, in this visit: each path begins there, is due at once, and follows the version that the passage follows. */
export function divide(workspace: Workspace, parentId: number, stepId: string, visit: number, paths: readonly string[], lastEvent: number): void {
  const now = workspace.clock.now();
  run(
    workspace.db,
    `INSERT INTO enrollments (flow_id, contact_id, entry_key, parallel_key, trigger_id, state, step_id, step_entered_at, step_after_event, due_at, entered_at, parent_id, fork, path, kept_version)
     SELECT e.flow_id, e.contact_id, '', e.parallel_key, e.trigger_id, 'active', ?, ?, ?, ?, e.entered_at, e.id, ?, j.value, e.kept_version FROM enrollments e CROSS JOIN json_each(?) j WHERE e.id = ? ORDER BY j.key`,
    stepId,
    now,
    lastEvent,
    now,
    visit,
    JSON.stringify(paths),
    parentId,
  );
}

/** How these passages stand with their latest division; those that were never divided are left out. */
export function pathsOf(workspace: WithDatabase, parentIds: readonly number[]): Map<number, Paths> {
  const found = rows<{ parent: number; fork: number; inside: number; reason: string | null }>(
    workspace.db,
    `SELECT e.parent_id AS parent, e.fork, ${isInside('e')} AS inside, e.exit_reason AS reason FROM json_each(?) j CROSS JOIN enrollments e ON e.parent_id = j.value
     WHERE e.parent_id IS NOT NULL ORDER BY e.left_at, e.id`,
    JSON.stringify(parentIds),
  );
  const paths = new Map<number, Paths>();
  for (const { parent, fork, inside, reason } of found) {
    let known = paths.get(parent);
    if (known !== undefined && known.fork > fork) continue;
    if (known === undefined || known.fork < fork) paths.set(parent, (known = { open: 0, done: 0, cameTo: null, fork }));
    if (inside !== 0) known.open++;
    else known.done++;
    known.cameTo ??= joinOf(reason);
  }
  return paths;
}

export type OpenPath = { parent: number; fork: number; parentState: string; parentStep: string | null; parentVisit: number; parentReason: string | null };

/** Those of these passages of which paths are still being gone, with where they stand themselves. */
export function withOpenPaths(workspace: WithDatabase, parentIds: readonly number[]): OpenPath[] {
  return rows(
    workspace.db,
    `SELECT p.id AS parent, max(e.fork) AS fork, p.state AS parentState, p.step_id AS parentStep, p.visit AS parentVisit, p.exit_reason AS parentReason
     FROM json_each(?) j CROSS JOIN enrollments e ON e.parent_id = j.value CROSS JOIN enrollments p ON p.id = e.parent_id
     WHERE e.parent_id IS NOT NULL AND ${isInside('e')} GROUP BY p.id ORDER BY p.id`,
    JSON.stringify(parentIds),
  );
}

/** At which steps these passages are, on each of the paths that are still being gone. */
export function stepsOnPaths(workspace: WithDatabase, parentIds: readonly number[]): Map<number, string[]> {
  const steps = new Map<number, string[]>();
  const found = rows<{ parent: number; step: string }>(
    workspace.db,
    `SELECT e.parent_id AS parent, e.step_id AS step FROM json_each(?) j CROSS JOIN enrollments e ON e.parent_id = j.value WHERE e.parent_id IS NOT NULL AND ${isInside('e')} ORDER BY e.id`,
    JSON.stringify(parentIds),
  );
  for (const { parent, step } of found) steps.set(parent, [...(steps.get(parent) ?? []), step]);
  return steps;
}

/** The passages of those who are inside a flow. */
export function passagesInside(workspace: WithDatabase, flowId: number): Set<number> {
  return new Set(rows<{ id: number }>(workspace.db, `SELECT id FROM enrollments WHERE flow_id = ? AND ${isInside()} AND parent_id IS NULL`, flowId).map(({ id }) => id));
}

/** The passage that an enrollment is, or is a path of. */
export function passageOf(workspace: WithDatabase, enrollment: number): number {
  return row<{ passage: number }>(workspace.db, 'SELECT coalesce(parent_id, id) AS passage FROM enrollments WHERE id = ?', enrollment)?.passage ?? enrollment;
}

/** The passages of a flow that stand where they were divided, and only wait for their paths. */
export function dividedPassages(workspace: WithDatabase, flowId: number): Set<number> {
  const found = rows<{ id: number }>(
    workspace.db,
    `SELECT DISTINCT p.id FROM enrollments p CROSS JOIN enrollments e ON e.parent_id = p.id AND e.parent_id IS NOT NULL AND e.fork = p.visit AND ${isInside('e')} WHERE p.flow_id = ? AND ${isInside('p')}`,
    flowId,
  );
  return new Set(found.map(({ id }) => id));
}
