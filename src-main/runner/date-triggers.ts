// Takes people in on dates of theirs: birthdays, renewals, so many days before or after. A trigger remembers until when it
// has looked, and each look covers the clock times that have passed since, in every zone that contacts live in.
import { addDays, anniversary, atLocal, DAY, instantText, isTimeZone, localDate, nextLocalTime, type Instant } from '../../shared/time.ts';
import type { TriggerSource } from '../../shared/triggers/trigger.ts';
import { contactsOnDays, contactZones, countOnDays, type DateSearch } from '../store/contact-dates.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import type { Candidate } from './entering.ts';
import type { Look } from './watched-triggers.ts';

/** What was missed by more than this, while the machine was off, is left out by every look at the clock (FAULTS F14, F22). */
export const TOLERANCE = DAY;

export type DateTrigger = { flowId: number; triggerId: string; source: Extract<TriggerSource, { on: 'date' }> };

export type Zone = Pick<DateSearch, 'zone' | 'storedZones'>;

/** The zones that matter, each with the ways in which contacts have it. No zone, or one that is none, is the workspace's. */
export function zonesOf(workspace: Workspace): Zone[] {
  const home = readSettings(workspace).timeZone;
  const stored = contactZones(workspace);
  return [
    { zone: home, storedZones: [null, ...stored.filter((zone) => zone === home || !isTimeZone(zone))] },
    ...stored.filter((zone) => zone !== home && isTimeZone(zone)).map((zone) => ({ zone, storedZones: [zone] })),
  ];
}

/** When a date trigger must look next: the first of its clock times, in any zone, after what it has looked at. */
export function nextDateLook(source: DateTrigger['source'], checked: Instant, zones: readonly Zone[]): Instant {
  return Math.min(...zones.map(({ zone }) => nextLocalTime(checked + 1, source.at, [], zone)));
}

/** Looks at the time between the last look and now, and answers who comes in. Changes nothing. */
export function lookAtDates(workspace: Workspace, trigger: DateTrigger, zones: readonly Zone[], checked: Instant, now: Instant): Look {
  const from = Math.max(checked, now - TOLERANCE);
  const candidates: Candidate[] = [];
  let missed = 0;
  for (const zone of zones) {
    if (checked < from) missed += countMissed(workspace, trigger, zone, checked, from);
    const entryDays = daysPassed(trigger, zone.zone, from, now);
    if (entryDays.length > 0) candidates.push(...whoseDay(workspace, trigger, zone, entryDays));
  }
  return { candidates, missed, checked, from, until: now };
}

/** The local days whose clock time of entry lies after `from`, up to `until`. */
function daysPassed({ source }: DateTrigger, zone: string, from: Instant, until: Instant): string[] {
  const days: string[] = [];
  const last = localDate(until, zone);
  // The evening of the day before may have been moved over midnight.
  for (let day = addDays(localDate(from, zone), -1); day <= last; day = addDays(day, 1)) {
    const at = atLocal(day, source.at, zone);
    if (at > from && at <= until) days.push(day);
  }
  return days;
}

/** Who comes in of those who live in a zone, when the clock time of entry comes on these days. */
export function whoseDay(workspace: Workspace, trigger: DateTrigger, zone: Zone, entryDays: readonly string[]): Candidate[] {
  const occurrences = occurrencesOn(trigger, entryDays);
  return contactsOnDays(workspace, { ...zone, ...wanted(trigger, occurrences) }).map(({ id, day, value }) => ({
    contactId: id,
    triggerId: trigger.triggerId,
    entryKey: `${trigger.triggerId}:${occurrenceOf(trigger.source, occurrences.get(day)!, value)}`,
  }));
}

/**
 * What happens once to a contact (FEATURES D13): of an anniversary its year, so that a birthday that is corrected is not kept twice in a
 * year; of any other date that date, which is the same one wherever its contact moves.
 */
export function occurrenceOf({ yearly }: Pick<DateTrigger['source'], 'yearly'>, day: string, value: string | number): string {
  if (yearly) return day.slice(0, 4);
  return typeof value === 'number' ? instantText(value) : value;
}

/** Which values of the attribute lead to an entry on one of these days, each with the day of its occurrence (FEATURES D13). */
export function occurrencesOn({ source }: Pick<DateTrigger, 'source'>, entryDays: readonly string[]): Map<string, string> {
  const occurrences = new Map<string, string>();
  for (const entryDay of entryDays) {
    const day = addDays(entryDay, -source.offsetDays);
    if (!source.yearly) occurrences.set(day, day);
    else {
      occurrences.set(day.slice(5), day);
      if (anniversary('2000-02-29', Number(day.slice(0, 4)), source.leapDay) === day) occurrences.set('02-29', day);
    }
  }
  return occurrences;
}

function wanted({ source }: DateTrigger, occurrences: ReadonlyMap<string, string>): Pick<DateSearch, 'attribute' | 'yearly' | 'days'> {
  return { attribute: source.attribute, yearly: source.yearly, days: [...occurrences.keys()] };
}

function countMissed(workspace: Workspace, trigger: DateTrigger, zone: Zone, from: Instant, until: Instant): number {
  // A year has every day of the year in it: beyond that only dates with a year can be told apart, and those stay countable.
  const days = daysPassed(trigger, zone.zone, Math.max(from, until - 3660 * DAY), until);
  return days.length === 0 ? 0 : countOnDays(workspace, { ...zone, ...wanted(trigger, occurrencesOn(trigger, days)) });
}
