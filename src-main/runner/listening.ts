// What published flows listen to, and since when. A flow hears what was recorded while it was live: nothing from before it
// was published, nothing from while it was paused (FEATURES D8), and each event is judged by the version of its moment.
import type { Flow } from '../../shared/flow/flow.ts';
import { triggerType } from '../../shared/triggers/index.ts';
import type { TriggerSource } from '../../shared/triggers/trigger.ts';
import { lastEventId } from '../store/events.ts';
import { datesChecked, endHearing, eventsRead, forgetDates, hearingsOf, setDatesChecked, setHearings, type Hearing } from '../store/hearings.ts';
import { forgetOfContacts } from '../store/trigger-memory.ts';
import type { Workspace } from '../workspace.ts';

/** From now on a flow hears events, by this version, and its date triggers look at the calendar. */
export function beginHearing(workspace: Workspace, flowId: number, version: number, flow: Flow, before: Flow | null): void {
  endHearing(workspace, flowId);
  const read = eventsRead(workspace);
  const unread = hearingsOf(workspace, flowId).filter(({ after, until }) => until !== null && until > Math.max(after, read));
  setHearings(workspace, flowId, [...unread, { version, after: lastEventId(workspace), until: null } satisfies Hearing]);
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

/** For good: an archived flow. */
export function stopHearing(workspace: Workspace, flowId: number): void {
  setHearings(workspace, flowId, []);
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
