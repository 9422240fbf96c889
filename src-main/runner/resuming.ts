// How a paused flow goes on. What fell due meanwhile is never simply let loose: a person says what becomes of it (FEATURES D5).
import type { ResumeChoice } from '../../shared/flow/resuming.ts';
import { transaction } from '../store/database.ts';
import { flowRecord, flowVersion, resumeFlow } from '../store/flows.ts';
import { overdueEnrollments, shiftBy } from '../store/overdue.ts';
import { recordAudit } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';
import { beginHearing } from './listening.ts';
import { stillWaiting } from './looking-again.ts';
import { followSegments } from './memberships.ts';
import { asPaused } from './overdue.ts';
import { letOut } from './people.ts';
import { published } from './published.ts';

/** Reason with which those leave whose wait had ended during the pause. */
const REASON_PAUSED = 'overdue-on-resume';

/** So many leave within one transaction, so that nobody waits long for it. */
const AT_ONCE = 500;

/**
 * Lets a paused flow go on, some people at a time: call it until it answers true; until then, and after a crash, it is paused.
 * What happened during the pause lets nobody in.
 */
export function resumeSome(workspace: Workspace, flowId: number, choice: ResumeChoice): boolean {
  return transaction(workspace.db, () => {
    const { liveVersion, pausedAt, drain } = flowRecord(workspace, flowId)!;
    const version = flowVersion(workspace, flowId, liveVersion!)!;
    if (choice === 'exit') {
      const overdue = overdueEnrollments(workspace, asPaused(workspace, flowId), AT_ONCE);
      const waiting = stillWaiting(workspace, published(workspace, flowId, version.number), overdue);
      letOut(workspace, { flowId, version: version.number }, overdue.filter((id) => !waiting.has(id)), REASON_PAUSED);
      if (overdue.length === AT_ONCE) return false;
    }
    if (choice === 'shift' && pausedAt !== null) shiftBy(workspace, flowId, pausedAt);
    resumeFlow(workspace, flowId, choice === 'send' || choice === 'skip' ? choice : null);
    if (drain === null) beginHearing(workspace, flowId, version.number, version.flow, null);
    followSegments(workspace);
    recordAudit(workspace, 'user', 'flow-resumed', { flow: flowId, overdue: choice });
    return true;
  });
}
