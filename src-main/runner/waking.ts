// Events have people looked at who wait: for an event, for a rule to hold, for a date that has changed; and, in flows with a goal
// or an exit rule, wherever they wait (FEATURES D18). The step simply runs again, and says for how long it still waits.
import { isWokenBy, wakingTypes } from '../../shared/engine/compiled.ts';
import { isFlowsDoing, type ContactEvent } from '../../shared/contacts/event.ts';
import { waitingVisits, wakeVisits } from '../store/enrollments.ts';
import type { Workspace } from '../workspace.ts';
import type { Followed } from './following.ts';
import type { Published } from './published.ts';

/** Makes everybody due who is woken by one of these events, in the transaction at hand. `flows` are those in which that can happen. */
export function wakeWaiting(workspace: Workspace, flows: ReadonlyMap<number, Followed>, events: readonly ContactEvent[]): void {
  const byContact = new Map<number, ContactEvent[]>();
  for (const event of events.filter(wakesSomewhere(flows))) {
    const list = byContact.get(event.contactId);
    if (list === undefined) byContact.set(event.contactId, [event]);
    else list.push(event);
  }
  if (byContact.size === 0) return;
  const woken = waitingVisits(workspace, [...byContact.keys()]).filter(({ flowId, contactId, stepId, keptVersion }) => {
    const of = flows.get(flowId);
    const flow = keptVersion === null ? of?.live : of?.kept.find(({ version }) => version === keptVersion);
    return flow !== undefined && byContact.get(contactId)!.some((event) => concerns(event, flow) && isWokenBy(flow.compiled, stepId, event.type));
  });
  if (woken.length > 0) wakeVisits(workspace, woken.map(({ id }) => id));
}

/** Whether an event can wake anybody in one of these flows: most are what flows have done, and concern nobody who waits. */
function wakesSomewhere(flows: ReadonlyMap<number, Followed>): (event: ContactEvent) => boolean {
  const wakeable = [...flows.values()].flatMap(({ live, kept }) => [live, ...kept]).map((flow) => ({ flow, types: wakingTypes(flow.compiled) }));
  return (event) => wakeable.some(({ flow, types }) => (types === 'any' || types.has(event.type)) && concerns(event, flow));
}

/** Whoever has done something in a flow has just been looked at; but where contacts are in it several times, by paths or by key, it may be what another one waits for. */
function concerns(event: ContactEvent, { flowId, compiled }: Published): boolean {
  return compiled.paths.size > 0 || compiled.key !== null || !isOwnChange(event, flowId);
}

/** What a flow has done itself starts it for nobody, unless it may, and wakes nobody in it, who have just been looked at (FEATURES D25). */
export function isOwnChange(event: ContactEvent, ofFlow: number): boolean {
  return event.flowId === ofFlow && isFlowsDoing(event);
}
