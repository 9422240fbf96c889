// What fell due in a flow while it could not go on, in people. Edits and events have people looked at by making them due at once;
// whoever was only woken by that is no later than before, and is not counted.
import type { Overdue, OverdueStep } from '../../shared/flow/resuming.ts';
import { lateLimit, sendingChoices } from '../../shared/messages/sending-rules.ts';
import type { Instant } from '../../shared/time.ts';
import { transaction } from '../store/database.ts';
import { flowRecord, versionsFollowed } from '../store/flows.ts';
import { dueByNow, messagesMeantBefore, overdueSteps, publishedSince, type DueOne, type Paused } from '../store/overdue.ts';
import { readSettings } from '../store/settings.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
import { stillWaiting } from './looking-again.ts';
import { publishedOrError } from './published.ts';
import { removedSteps } from './removed-steps.ts';

/** So many are looked at in one transaction, so that nobody waits long for it. */
const AT_ONCE = 500;

/** A flow as it was paused; one that was not is taken as if it had been just now. */
export function asPaused(workspace: Workspace, flowId: number): Paused {
  const { pausedAt } = flowRecord(workspace, flowId)!;
  return { flow: flowId, since: pausedAt ?? workspace.clock.now(), removed: Object.keys(removedSteps(workspace, flowId, null)) };
}

type OverdueInFlow = Omit<Overdue, 'pausedAt' | 'steps'> & { steps: Omit<OverdueStep, 'title'>[] };

/** What fell due in a flow since it was paused, by step and in all, and what of it the rules of its steps would not let leave any more. */
export async function overdueIn(workspace: Workspace, flowId: number): Promise<OverdueInFlow> {
  if (flowRecord(workspace, flowId)!.state === 'paused') await lookAtDue(workspace, flowId);
  const { people, messages, steps } = overdueSteps(workspace, asPaused(workspace, flowId));
  // A step that several versions have as the newest of them has it.
  const configs = new Map(versionsFollowed(workspace, flowRecord(workspace, flowId)!).reverse().flatMap(({ flow }) => flow.steps.map(({ id, config }) => [id, config])));
  const rules = readSettings(workspace);
  return {
    people,
    messages,
    steps: steps.map((each) => {
      const limit = each.messages === 0 ? null : lateLimit(rules, sendingChoices(configs.get(each.step) ?? {}));
      const late = limit === null ? 0 : messagesMeantBefore(workspace, flowId, each.step, workspace.clock.now() - limit.ms);
      return { ...each, late, lateAction: late === 0 ? null : limit!.action };
    }),
  };
}

/** After an absence, before it is said what fell due: looks at those whom publishing has woken since. */
export async function lookAtPublished(workspace: Workspace, since: Instant): Promise<void> {
  for (const flowId of publishedSince(workspace, since)) await lookAtDue(workspace, flowId);
}

/** Looks at everybody in a flow who stands as due, and puts those who would only wait on where their wait ends; in several transactions. */
async function lookAtDue(workspace: Workspace, flowId: number): Promise<void> {
  let last: DueOne | null | undefined = null;
  while (last !== undefined) {
    const after: DueOne | null = last;
    last = transaction(workspace.db, () => lookAtSome(workspace, flowId, after));
    await turn();
  }
}

/** Answers the last one that was looked at; `undefined`: there are no more. */
function lookAtSome(workspace: Workspace, flowId: number, after: DueOne | null): DueOne | undefined {
  const version = flowRecord(workspace, flowId)?.liveVersion ?? null;
  const flow = version === null ? null : publishedOrError(workspace, flowId, version);
  if (flow === null || flow instanceof Error) return undefined;
  const due = dueByNow(workspace, flowId, after, AT_ONCE);
  stillWaiting(workspace, flow, due.map(({ id }) => id));
  return due.length < AT_ONCE ? undefined : due.at(-1);
}
