// The whole way of some contacts through a backtest, as one list of moments each.
import type { BacktestMoment, BacktestSample } from '../../shared/simulation/backtest.ts';
import type { Instant } from '../../shared/time.ts';
import { visitsOf } from '../store/past.ts';
import { eventsWithin, messagesOfPassage, peopleOfTest, tellingPassages } from '../store/replay.ts';
import type { Workspace } from '../workspace.ts';

const MOST_MOMENTS = 100;
/** Of one instant: first what happened, then what the flow did. */
const ORDER: readonly BacktestMoment['kind'][] = ['event', 'entered', 'step', 'message', 'left'];

/** Tells of `most` people; answers also how many came in at all. */
export function sampled(workspace: Workspace, flowId: number, from: Instant, most: number): { samples: BacktestSample[]; contacts: number } {
  const samples = tellingPassages(workspace, flowId, from, most).map(({ id, contact, email, trigger, enteredAt, leftAt, reason }): BacktestSample => {
    const end = leftAt ?? workspace.clock.now();
    const moments: BacktestMoment[] = [
      ...eventsWithin(workspace, contact, enteredAt, end, MOST_MOMENTS + 1).map(({ at, type, message }): BacktestMoment => ({ at, kind: 'event', name: type, detail: message })),
      { at: enteredAt, kind: 'entered', name: trigger, detail: null },
      ...visitsOf(workspace, id).map(({ step, leftAt: at, outlet }): BacktestMoment => ({ at, kind: 'step', name: step, detail: outlet })),
      ...messagesOfPassage(workspace, id).map(({ message, state, reason: why, at }): BacktestMoment => ({ at, kind: 'message', name: message, detail: why ?? state })),
    ];
    if (leftAt !== null) moments.push({ at: leftAt, kind: 'left', name: reason ?? 'end', detail: null });
    moments.sort((a, b) => a.at - b.at || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
    return { contact, email, timeline: moments.slice(0, MOST_MOMENTS), cutOff: moments.length > MOST_MOMENTS };
  });
  return { samples, contacts: peopleOfTest(workspace, flowId, from) };
}
