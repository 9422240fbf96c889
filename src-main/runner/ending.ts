// Lets contacts out of flows that a step of another flow ends for them (FEATURES A4.13), in the order in which steps have asked for it
// and for others to be started (D25).
import { FLOW_END_ASKED, type ContactEvent } from '../../shared/contacts/event.ts';
import { insideOf } from '../store/enrollments.ts';
import { leaveLineOf, leaveOtherLines } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';
import { letOut } from './people.ts';

/** The reason with which they leave; reports and timelines know it by this name. */
const REASON_ENDED = 'ended-by-flow';

const asksForEnd = ({ type, source }: ContactEvent) => type === FLOW_END_ASKED && source === 'flow';

/**
 * What is to happen because of some events, in rounds: of each contact first the entries before their first end, then that end, and
 * so on, so that a flow which was started before all others were ended is ended, too. The last round has no ends: in it are the
 * entries of all whom nothing is ended for. `entries` and `events` are in the order of the events.
 */
export function inRounds<Entry extends { event: ContactEvent }>(entries: readonly Entry[], events: readonly ContactEvent[]): { entries: Entry[]; ends: ContactEvent[] }[] {
  const rounds: { entries: Entry[]; ends: ContactEvent[] }[] = [];
  const round = (number: number) => (rounds[number] ??= { entries: [], ends: [] });
  const endsOf = Map.groupBy(events.filter(asksForEnd), ({ contactId }) => contactId);
  for (const ends of endsOf.values()) ends.forEach((end, number) => round(number).ends.push(end));
  const last = rounds.length;
  round(last);
  for (const entry of entries) {
    const next = endsOf.get(entry.event.contactId)?.findIndex(({ id }) => id > entry.event.id) ?? -1;
    round(next === -1 ? last : next).entries.push(entry);
  }
  return rounds;
}

/** Acts on the events by which steps have asked for it, in the transaction at hand. A place in the line is given up with it: nobody comes in again because they were let out. */
export function endAsked(workspace: Workspace, events: readonly ContactEvent[]): void {
  for (const { contactId, flowId, data } of events) {
    if (data.flow === null) leaveOtherLines(workspace, flowId!, contactId);
    else leaveLineOf(workspace, data.flow as number, contactId, null);
    for (const inside of insideOf(workspace, contactId)) {
      if (data.flow === null ? inside.flowId !== flowId : inside.flowId === data.flow) letOut(workspace, inside, [inside.id], REASON_ENDED, 'flow');
    }
  }
}
