// What published flows listen to, and since when. A flow hears what was recorded while it was live: nothing from before it
// was published, nothing from while it was paused (FEATURES D8), and each event is judged by the version of its moment.
import type { Flow } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';
import { triggerType } from '../../shared/triggers/index.ts';
import type { TriggerSource } from '../../shared/triggers/trigger.ts';
import { lastEventId } from '../store/events.ts';
import { forget, remember, remembered } from '../store/runner-state.ts';
import { forgetOfContacts } from '../store/trigger-memory.ts';
import type { Workspace } from '../workspace.ts';

/** A stretch of the record of events that a flow hears: those with an id above `after`, up to `until`; by this version. */
export type Hearing = { version: number; after: number; until: number | null };

const EVENTS_READ = 'events-read';
const hearingKey = (flowId: number) => `hearing:${flowId}`;
const datesKey = (flowId: number, triggerId: string) => `dates:${flowId}:${triggerId}`;

/** How far the events have been read. */
export function eventsRead(workspace: Workspace): number {
  return remembered<number>(workspace, EVENTS_READ) ?? 0;
}

export function setEventsRead(workspace: Workspace, id: number): void {
  remember(workspace, EVENTS_READ, id);
}

export function hearingsOf(workspace: Workspace, flowId: number): Hearing[] {
  return remembered<Hearing[]>(workspace, hearingKey(flowId)) ?? [];
}

/** Until when a date trigger has looked; `null` when it has not begun. */
export function datesChecked(workspace: Workspace, flowId: number, triggerId: string): Instant | null {
  return remembered<Instant>(workspace, datesKey(flowId, triggerId));
}

export function setDatesChecked(workspace: Workspace, flowId: number, triggerId: string, until: Instant): void {
  remember(workspace, datesKey(flowId, triggerId), until);
}

/** From now on a flow hears events, by this version, and its date triggers look at the calendar. */
export function beginHearing(workspace: Workspace, flowId: number, version: number, flow: Flow, before: Flow | null): void {
  endHearing(workspace, flowId);
  const read = eventsRead(workspace);
  const unread = hearingsOf(workspace, flowId).filter(({ after, until }) => until !== null && until > Math.max(after, read));
  remember(workspace, hearingKey(flowId), [...unread, { version, after: lastEventId(workspace), until: null } satisfies Hearing]);
  const now = workspace.clock.now();
  for (const trigger of flow.triggers) {
    const source = triggerSource(trigger);
    const same = before?.triggers.find(({ id }) => id === trigger.id);
    const isUnchanged = same !== undefined && same.type === trigger.type && JSON.stringify(same.config) === JSON.stringify(trigger.config);
    // What was remembered stays over a pause, and where the trigger asks the same as before.
    if (before !== null && !isUnchanged) forgetOfContacts(workspace, flowId, trigger.id);
    if (source !== null && looksAtClock(source) && (!isUnchanged || datesChecked(workspace, flowId, trigger.id) === null)) setDatesChecked(workspace, flowId, trigger.id, now);
  }
}

/** From now on a flow hears nothing. What was recorded before still counts, read or not. */
export function endHearing(workspace: Workspace, flowId: number): void {
  const hearings = hearingsOf(workspace, flowId);
  if (hearings.every(({ until }) => until !== null)) return;
  const last = lastEventId(workspace);
  remember(workspace, hearingKey(flowId), hearings.map((hearing) => (hearing.until === null ? { ...hearing, until: last } : hearing)));
}

/** The calendar is not looked at for a while: what falls into that time is left out. */
export function forgetDates(workspace: Workspace, flowId: number): void {
  forget(workspace, `dates:${flowId}:`);
}

/** For good: an archived flow. */
export function stopHearing(workspace: Workspace, flowId: number): void {
  remember(workspace, hearingKey(flowId), []);
  forgetDates(workspace, flowId);
  forgetOfContacts(workspace, flowId, null);
}

/** Whether a trigger looks at the clock from time to time, rather than at events. */
export function looksAtClock({ on }: TriggerSource): boolean {
  return on === 'date' || on === 'clock' || on === 'quiet';
}

/** What a trigger listens to; `null` where this program does not know its type. */
export function triggerSource(trigger: Flow['triggers'][number]): TriggerSource | null {
  const type = triggerType(trigger.type);
  return type === undefined ? null : type.source(type.config.parse(trigger.config));
}
