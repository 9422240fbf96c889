// Triggers that look at the clock rather than at events: dates of contacts, schedules, calendars, long silence. Each says when it
// looks next, and who comes in when it does.
import { localDate, nextLocalTime, subtractDuration, addDays, atLocal, type Instant } from '../../shared/time.ts';
import type { TriggerSource } from '../../shared/triggers/trigger.ts';
import { contactsInZones } from '../store/contact-dates.ts';
import { contactsSilentSince } from '../store/event-match.ts';
import { setDatesChecked } from '../store/hearings.ts';
import { contactsMatching } from '../store/rules.ts';
import { recordAudit } from '../store/runner-state.ts';
import type { Calendars } from '../../shared/calendar/calendars.ts';
import type { Workspace } from '../workspace.ts';
import { lookAtDates, nextDateLook, TOLERANCE, type DateTrigger, type Zone } from './date-triggers.ts';
import type { Candidate } from './entering.ts';

type Watched<On extends TriggerSource['on']> = { flowId: number; triggerId: string; source: Extract<TriggerSource, { on: On }> };
export type WatchedTrigger = DateTrigger | Watched<'clock'> | Watched<'quiet'>;

/** `zones`: those that matter, the workspace's own first. */
export type Scene = { zones: readonly Zone[]; calendars: Calendars };

/** Where a calendar has no day for so long, it is looked at again after that. */
const FURTHEST_DAYS = 800;

/** What a look at the time from `checked` to `until` has found; `missed` people had their day too long ago. */
export type Look = { candidates: Candidate[]; missed: number; checked: Instant; from: Instant; until: Instant };

/** When a trigger must look next, after what it has looked at. */
export function nextLook(trigger: WatchedTrigger, checked: Instant, scene: Scene): Instant {
  switch (trigger.source.on) {
    case 'date':
      return nextDateLook(trigger.source, checked, scene.zones);
    case 'clock': {
      const { source } = trigger;
      const day = daysAfter(source, checked, scene.calendars);
      return Math.min(...zonesOfClock(source, scene).map(({ zone }) => nextTime(source.at, checked, zone, day)));
    }
    case 'quiet':
      return nextLocalTime(checked + 1, trigger.source.at, [], scene.zones[0]!.zone);
  }
}

/** Looks at the time between the last look and now, and answers who comes in. Changes nothing. */
export function look(workspace: Workspace, trigger: WatchedTrigger, scene: Scene, checked: Instant, now: Instant): Look {
  const { flowId, triggerId, source } = trigger;
  switch (source.on) {
    case 'date':
      return lookAtDates(workspace, { flowId, triggerId, source }, scene.zones, checked, now);
    case 'clock':
      return { candidates: onTheClock(workspace, triggerId, source, scene, Math.max(checked, now - TOLERANCE), now), missed: 0, checked, from: checked, until: now };
    case 'quiet': {
      const { zone } = scene.zones[0]!;
      const ago = (from: Instant) => subtractDuration(from, { amount: source.days, unit: 'days' }, zone);
      const silent = contactsSilentSince(workspace, source.questions, ago(checked), ago(now));
      // One spell is one occurrence: it is named by when it began.
      const candidates = silent.map(({ id, since }) => ({ contactId: id, triggerId, entryKey: `${triggerId}:${since}` }));
      return { candidates, missed: 0, checked, from: checked, until: now };
    }
  }
}

/** Writes down how far has been looked, and who was left out. A look only ever goes forward, so a clock set back brings nobody in again. */
export function noteLook(workspace: Workspace, { flowId, triggerId }: WatchedTrigger, { missed, checked, from, until }: Look): void {
  if (missed > 0) recordAudit(workspace, 'runner', 'dates-missed', { flow: flowId, trigger: triggerId, from: checked, until: from, contacts: missed });
  setDatesChecked(workspace, flowId, triggerId, until);
}

type ClockSource = Watched<'clock'>['source'];

/** In the workspace's time everybody has one clock. */
function zonesOfClock({ whose }: ClockSource, { zones }: Scene): readonly Zone[] {
  return whose === 'contact' ? zones : zones.slice(0, 1);
}

/** The days of a trigger in their order, found as they are asked for: they are the same in all zones, and it may be months from one to the next. */
function daysAfter({ isDay }: ClockSource, checked: Instant, calendars: Calendars): (nth: number) => string {
  const found: string[] = [];
  // No zone is two days behind another, and the evening of the day before may have been moved over midnight.
  let day = addDays(localDate(checked, 'UTC'), -2);
  const last = addDays(day, FURTHEST_DAYS);
  return (nth) => {
    while (found.length <= nth) {
      if (isDay(day, calendars) || day >= last) found.push(day);
      day = addDays(day, 1);
    }
    return found[nth]!;
  };
}

function nextTime(at: string, checked: Instant, zone: string, day: (nth: number) => string): Instant {
  for (let nth = 0; ; nth++) {
    const instant = atLocal(day(nth), at, zone);
    if (instant > checked) return instant;
  }
}

/** Whoever is meant, in each zone in which a time has come: of several the last one, so that one catch-up is all there is (FEATURES D6). */
function onTheClock(workspace: Workspace, triggerId: string, source: ClockSource, scene: Scene, from: Instant, until: Instant): Candidate[] {
  let meant: number[] | null = null;
  const whoIsMeant = () => (meant ??= whoIsCalled(workspace, source));
  return zonesOfClock(source, scene).flatMap(({ zone, storedZones }) => {
    const day = lastDay(source, from, until, zone, scene.calendars);
    if (day === null) return [];
    const here = source.whose === 'contact' && scene.zones.length > 1 ? contactsInZones(workspace, storedZones) : null;
    return calledOn(triggerId, day, whoIsMeant().filter((id) => here === null || here.has(id)));
  });
}

/** Whom a trigger takes in when its time has come, whichever zone they live in. */
export function whoIsCalled(workspace: Workspace, { who }: ClockSource): number[] {
  return contactsMatching(workspace, who, { limit: Number.MAX_SAFE_INTEGER }).toReversed();
}

export function calledOn(triggerId: string, day: string, contacts: readonly number[]): Candidate[] {
  return contacts.map((contactId) => ({ contactId, triggerId, entryKey: `${triggerId}:${day}` }));
}

function lastDay({ isDay, at }: ClockSource, from: Instant, until: Instant, zone: string, calendars: Calendars): string | null {
  const first = addDays(localDate(from, zone), -1);
  for (let day = localDate(until, zone); day >= first; day = addDays(day, -1)) {
    const instant = atLocal(day, at, zone);
    if (instant > from && instant <= until && isDay(day, calendars)) return day;
  }
  return null;
}
