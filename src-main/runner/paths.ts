// Keeps a divided passage together: when a path has ended the passage is looked at, when somebody leaves the flow on one path they
// leave it on all, and when the passage goes on the paths that are left end (FEATURES A3.17, D18).
import { REASON_GOAL } from '../../shared/engine/advance.ts';
import type { Enrollment } from '../../shared/engine/enrollment.ts';
import { wakeVisits } from '../store/enrollments.ts';
import { withOpenPaths, type OpenPath } from '../store/paths.ts';
import type { Workspace } from '../workspace.ts';
import { endPassages, endPaths } from './people.ts';
import type { Published } from './published.ts';

/** The reason with which a path ends because the passage has gone on without it. */
const REASON_JOINED = 'joined';

/** Who has been looked at in a turn: where they stand now, all saved, how many steps they have left behind, whether that ends the other paths, and the version that they follow. */
export type Moved = { enrollment: Enrollment; passed: number; endsOthers: boolean; flow: Published };

/** Settles what the end of a turn means for passages and their paths, in the transaction at hand. */
export function settlePaths(workspace: Workspace, moved: readonly Moved[]): void {
  const woken = new Set<number>();
  for (const { enrollment, passed, endsOthers, flow } of moved) {
    const { id, parentId, state, exitReason } = enrollment;
    if (parentId === null) continue;
    if (endsOthers) {
      endPaths(workspace, flow, parentId, REASON_GOAL, id);
      woken.add(parentId);
    }
    if (state === 'exited' || (state === 'finished' && exitReason === REASON_GOAL)) endPassages(workspace, flow, [parentId], state, exitReason!);
    // What the path has done may have brought the passage to a goal beyond the join.
    else if (state === 'finished' || (passed > 0 && flow.compiled.goals.length > 0)) woken.add(parentId);
  }
  if (woken.size > 0) wakeVisits(workspace, [...woken]);
  const passages = new Map(moved.filter(({ enrollment, passed }) => enrollment.parentId === null && passed > 0).map(({ enrollment, flow }) => [enrollment.id, flow]));
  if (passages.size === 0) return;
  for (const passage of withOpenPaths(workspace, [...passages.keys()])) {
    const flow = passages.get(passage.parent)!;
    if (!waitsForPaths(flow, passage)) endPaths(workspace, flow, passage.parent, passage.parentReason ?? REASON_JOINED);
  }
}

/** A passage waits for its paths where it was divided, and at a join. */
function waitsForPaths({ compiled }: Published, { fork, parentStep, parentVisit }: OpenPath): boolean {
  return parentStep !== null && (parentVisit === fork || compiled.steps.get(parentStep)?.type.joins === true);
}
