// Flows that take nobody in any more: those inside finish, and when the last one has left the flow is paused or archived (FEATURES A1.23).
import type { Drain } from '../../shared/api.ts';
import { transaction } from '../store/database.ts';
import { drainingFlows, flowRecord, flowVersion, setDrain, setFlowState } from '../store/flows.ts';
import { endHearing, forgetDates } from '../store/hearings.ts';
import { recordAudit } from '../store/runner-state.ts';
import { dropWaitingEntries } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';
import { beginHearing } from './listening.ts';
import { followSegments } from './memberships.ts';
import { archiveSome } from './publishing.ts';

/**
 * From now on nobody comes into a published flow, by no trigger and by nobody's hand; `end` is what becomes of it when the last
 * one has left. `null`: it takes people in as before. What happened in between lets nobody in.
 */
export function drain(workspace: Workspace, flowId: number, end: Drain | null): void {
  transaction(workspace.db, () => {
    const { state, liveVersion, drain: before } = flowRecord(workspace, flowId)!;
    if (before === end) return;
    setDrain(workspace, flowId, end);
    if (end === null) {
      const version = flowVersion(workspace, flowId, liveVersion!)!;
      if (state === 'live') beginHearing(workspace, flowId, version.number, version.flow, null);
    } else {
      endHearing(workspace, flowId);
      forgetDates(workspace, flowId);
      dropWaitingEntries(workspace, flowId);
    }
    followSegments(workspace);
    recordAudit(workspace, 'user', end === null ? 'flow-drain-ended' : 'flow-draining', { flow: flowId, ...(end !== null && { end }) });
  });
}

/** Ends the flows that have run empty; answers false when there is none. */
export function endDrained(workspace: Workspace): boolean {
  const empty = drainingFlows(workspace).find((each) => each.empty);
  if (empty === undefined) return false;
  const { id, drain: end } = empty;
  transaction(workspace.db, () => {
    recordAudit(workspace, 'runner', 'flow-drained', { flow: id, end });
    setDrain(workspace, id, null);
    if (end === 'archive') archiveSome(workspace, id, 'runner');
    else setFlowState(workspace, id, 'paused');
  });
  workspace.changed('flows');
  return true;
}
