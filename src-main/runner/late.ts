// Events that somebody had waited for and that came after the time-out: they move nobody, and are counted at the step (FEATURES D9).
import type { ContactEvent } from '../../shared/contacts/event.ts';
import type { CompiledStep } from '../../shared/engine/compiled.ts';
import type { FactRequest } from '../../shared/steps/step.ts';
import { DAY } from '../../shared/time.ts';
import { newTally } from '../store/counts.ts';
import { entryEvents, firstEvents } from '../store/event-match.ts';
import { timedOut } from '../store/visits.ts';
import type { Workspace } from '../workspace.ts';
import type { Followed } from './following.ts';
import type { Published } from './published.ts';
import { isOwnChange } from './waking.ts';

/** What comes so long after the time-out is not late, but has nothing to do with it. */
const LATE_FOR = 30 * DAY;

type Waiting = { step: CompiledStep; asked: Extract<FactRequest, { firstEvent: unknown }>; timeOut: string };

const waits = new WeakMap<Published, Waiting[]>();

/** The steps of a flow that wait for events, with the way of their time-out, which is the last one. */
function waitsOf(flow: Published): Waiting[] {
  let found = waits.get(flow);
  if (found === undefined) {
    found = [...flow.compiled.steps.values()].flatMap((step) => {
      const timeOut = [...step.next.keys()].at(-1);
      return timeOut === undefined ? [] : Object.values(step.facts).flatMap((asked) => ('firstEvent' in asked ? [{ step, asked, timeOut }] : []));
    });
    waits.set(flow, found);
  }
  return found;
}

function newestWith({ live, kept }: Followed, stepId: string): Published | undefined {
  return [live, ...kept].find(({ compiled }) => compiled.steps.has(stepId));
}

/** Counts which of these new events were late, in the transaction at hand; each wait of a passage counts one at the most. */
export function countLate(workspace: Workspace, flows: ReadonlyMap<number, Followed>, events: readonly ContactEvent[]): void {
  const tally = newTally();
  for (const flow of [...flows.values()].flatMap(({ live, kept }) => [live, ...kept])) {
    const { flowId } = flow;
    for (const { step, asked, timeOut } of waitsOf(flow)) {
      // A step that several versions have counts once, as the newest of them has it.
      if (newestWith(flows.get(flowId)!, step.id) !== flow) continue;
      const { wakesOn } = step;
      const meant = events.filter((event) => wakesOn !== 'any' && wakesOn.has(event.type) && !isOwnChange(event, flowId));
      if (meant.length === 0) continue;
      const contacts = [...new Set(meant.map(({ contactId }) => contactId))];
      const past = timedOut(workspace, { flowId, stepId: step.id, outlet: timeOut, contacts, since: workspace.clock.now() - LATE_FOR });
      if (past.length === 0) continue;
      const ofEnrollment = asked.since === 'enrollment';
      const entries = entryEvents(workspace, past.map(({ enrollmentId }) => enrollmentId));
      const waiting = past.map(({ enrollmentId, contactId, enteredAt, stepEnteredAt }) => ({ enrollmentId, contactId, flowId, since: ofEnrollment ? enteredAt : stepEnteredAt, afterEvent: entries.get(enrollmentId) ?? 0 }));
      const first = firstEvents(workspace, asked.firstEvent, waiting, ofEnrollment, flow.compiled.key);
      // The first of all that answers the question: had it been there before, nobody would have gone the way of the time-out.
      const late = past.filter(({ enrollmentId, contactId }) => meant.some((event) => event.contactId === contactId && event.at === first.get(enrollmentId)?.at));
      if (late.length > 0) tally.late(flowId, step.id, late.length);
    }
  }
  tally.save(workspace);
}
