// Flows that close at a date: whoever is inside then leaves, where the flow says so (FEATURES A1.23). The date is the flow's, as it
// was published last: it holds for those as well who were kept on an earlier version, whatever that one said.
import { openingsOf } from '../../shared/flow/entry.ts';
import type { Instant } from '../../shared/time.ts';
import { transaction } from '../store/database.ts';
import { recordAudit, remember, remembered } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { letSomeOut } from './people.ts';
import type { Published } from './published.ts';

/** The reason with which people leave a flow that has closed; reports and timelines know it by this name. */
const REASON_CLOSED = 'flow-closed';

const key = (flowId: number) => `closed:${flowId}`;

/** When a flow lets everybody out that has not done so yet; `null`: it does not. */
function closesAt(workspace: Workspace, { flowId, flow }: Published, zone: string): Instant | null {
  const { closes } = openingsOf(flow.entry, zone);
  if (closes === null || flow.entry.atClose !== 'exit') return null;
  return remembered<Instant>(workspace, key(flowId)) === closes ? null : closes;
}

/** Few flows have an end at all. */
function lettingOut(live: ReadonlyMap<number, Published>): Published[] {
  return [...live.values()].filter(({ flow }) => flow.entry.closes !== undefined && flow.entry.atClose === 'exit');
}

/** Lets out some of those who are inside a flow that has closed; answers false when there is nothing to do. */
export function closeFlows(workspace: Workspace, live: ReadonlyMap<number, Published>): boolean {
  const closing = lettingOut(live);
  if (closing.length === 0) return false;
  const zone = readSettings(workspace).timeZone;
  const now = workspace.clock.now();
  for (const flow of closing) {
    const closes = closesAt(workspace, flow, zone);
    if (closes === null || closes > now) continue;
    transaction(workspace.db, () => {
      if (!letSomeOut(workspace, flow, REASON_CLOSED, 'flow')) return;
      remember(workspace, key(flow.flowId), closes);
      recordAudit(workspace, 'runner', 'flow-closed', { flow: flow.flowId });
    });
    return true;
  }
  return false;
}

/** When the next flow closes that lets people out; `null`: none does. */
export function nextClosing(workspace: Workspace, live: ReadonlyMap<number, Published>): Instant | null {
  const closing = lettingOut(live);
  if (closing.length === 0) return null;
  const zone = readSettings(workspace).timeZone;
  const all = closing.flatMap((flow) => closesAt(workspace, flow, zone) ?? []);
  return all.length === 0 ? null : Math.min(...all);
}
