// The only zone arithmetic of the program. Instants are milliseconds since 1970 UTC; calendar work happens in an IANA zone.
// Where the clock skips an hour, a local time in the gap moves forward by the gap; where it repeats one, the first is taken
// (RFC 5545, FEATURES D12; Temporal's "compatible" disambiguation).
import { Temporal } from 'temporal-polyfill';
import type { Duration } from './fields.ts';

/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

function zoned(instant: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
}

const knownZones = new Map<string, boolean>();

/** Whether this is a time zone that the program can reckon in ("Europe/Copenhagen"; offsets such as "+02:00" are not zones). */
export function isTimeZone(name: string): boolean {
  let known = knownZones.get(name);
  if (known === undefined) {
    known = /^[A-Za-z]/.test(name) && accepted(name);
    knownZones.set(name, known);
  }
  return known;
}

function accepted(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

// Calendar arithmetic costs some 20 microseconds, and whole batches of contacts ask the same: come in the same instant, in the
// same zone, with the same wait.
const remembered = new Map<string, Instant>();
const MOST_REMEMBERED = 5000;

function remember(key: string, compute: () => Instant): Instant {
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const instant = compute();
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(key, instant);
  return instant;
}

/** The instant a duration later. Minutes and hours are exact; days, weeks, months and years keep the local clock time. */
export function addDuration(from: Instant, duration: Duration, zone: string): Instant {
  const { amount, unit } = duration;
  if (unit === 'minutes') return from + amount * MINUTE;
  if (unit === 'hours') return from + amount * HOUR;
  return remember(`+${from} ${amount} ${unit} ${zone}`, () => zoned(from, zone).add({ [unit]: amount }).epochMilliseconds);
}

/** The instant a duration earlier, by the same reckoning. */
export function subtractDuration(from: Instant, duration: Duration, zone: string): Instant {
  const { amount, unit } = duration;
  if (unit === 'minutes') return from - amount * MINUTE;
  if (unit === 'hours') return from - amount * HOUR;
  return zoned(from, zone).subtract({ [unit]: amount }).epochMilliseconds;
}

/** The instant at which a zone's clock shows this date ("YYYY-MM-DD") and time ("HH:MM"). */
export function atLocal(date: string, time: string, zone: string): Instant {
  return Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(zone).epochMilliseconds;
}

/** The date ("YYYY-MM-DD") that a zone's calendar shows at an instant. */
export function localDate(instant: Instant, zone: string): string {
  return zoned(instant, zone).toPlainDate().toString();
}

/** The clock time ("HH:MM") that a zone shows at an instant. */
export function localTime(instant: Instant, zone: string): string {
  return zoned(instant, zone).toPlainTime().toString({ smallestUnit: 'minute' });
}

/** Moves a date ("YYYY-MM-DD") by whole days. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Whole days from one date to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days;
}

/** Whether this is a date of the calendar, written "YYYY-MM-DD". */
export function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (parts === null) return false;
  // Reckoned by hand: an import asks this of every cell, and Temporal takes twenty times as long.
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 ? (leap ? 29 : 28) : (MONTH_LENGTHS[month] ?? 0));
}

const MONTH_LENGTHS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Monday is 1, Sunday is 7. */
export function weekdayOf(date: string): number {
  return Temporal.PlainDate.from(date).dayOfWeek;
}

/**
 * The first instant at or after `from` at which the zone's clock shows `time` on one of the weekdays (none given: any day).
 * A time that a day does not have counts as the moment to which it moves.
 */
export function nextLocalTime(from: Instant, time: string, weekdays: readonly number[], zone: string): Instant {
  return remember(`>${from} ${time} ${weekdays.join()} ${zone}`, () => findLocalTime(from, time, weekdays, zone));
}

/** Only times after this can lie in a gap that ends on the next day: in Nuuk the clock goes from 23:00 to midnight. */
const EVENING = '21:00';

function findLocalTime(from: Instant, time: string, weekdays: readonly number[], zone: string): Instant {
  let date = localDate(from, zone);
  // The time of yesterday evening may have been moved into today.
  if (time > EVENING) date = addDays(date, -1);
  for (let days = 0; days <= 9; days++) {
    if (weekdays.length === 0 || weekdays.includes(weekdayOf(date))) {
      const instant = atLocal(date, time, zone);
      if (instant >= from) return instant;
    }
    date = addDays(date, 1);
  }
  throw new Error(`No ${time} on weekdays ${weekdays.join()} within nine days of ${from} in ${zone}`);
}

/** Times at which nothing may happen: a span of clock time, from `from` until just before `to`, that may cross midnight; whole weekdays. */
export type ClosedTimes = { hours: { from: string; to: string } | null; weekdays: readonly number[] };

/**
 * The first instant at or after `from` at which the zone's clock and calendar show nothing that is closed. What the clock shows
 * decides: a closed hour that it shows twice is closed twice, one that it skips is over at the skip. A span of no length closes
 * nothing. Throws an Error when everything is closed.
 */
export function firstOpen(from: Instant, closed: ClosedTimes, zone: string): Instant {
  const { hours, weekdays } = closed;
  if (hours === null && weekdays.length === 0) return from;
  return remember(`o${from} ${hours?.from}-${hours?.to} ${weekdays.join()} ${zone}`, () => findOpen(from, closed, zone));
}

function findOpen(from: Instant, closed: ClosedTimes, zone: string): Instant {
  let at = from;
  // From one end of something closed to the next, a few on each day, a week at the most.
  for (let looks = 0; looks < 60; looks++) {
    const local = zoned(at, zone);
    const left = closedFor(closed, local);
    if (left === 0) return at;
    at = Math.min(at + left, local.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity);
  }
  throw new Error(`Nothing is open in ${zone} after ${from}: ${JSON.stringify(closed)}`);
}

/** For how many ms of the clock it stays closed; 0 when it is open. */
function closedFor({ hours, weekdays }: ClosedTimes, local: Temporal.ZonedDateTime): number {
  const clock = local.hour * HOUR + local.minute * MINUTE + local.second * 1000 + local.millisecond;
  if (weekdays.includes(local.dayOfWeek)) return DAY - clock;
  if (hours === null) return 0;
  const [start, end] = [clockTime(hours.from), clockTime(hours.to)];
  const isInside = start <= end ? clock >= start && clock < end : clock >= start || clock < end;
  return isInside ? (end - clock + DAY) % DAY : 0;
}

/** "09:30" in ms since midnight. */
function clockTime(time: string): number {
  return Number(time.slice(0, 2)) * HOUR + Number(time.slice(3, 5)) * MINUTE;
}

/** Where 29 February is kept in years that do not have it (FEATURES D13): on 28 February, which is the default everywhere, or on 1 March. */
export const LEAP_DAYS = ['feb28', 'mar1'] as const;
export type LeapDay = (typeof LEAP_DAYS)[number];

/** The day of a yearly date in a given year; 29 February moves as told in years that do not have it (FEATURES D13). */
export function anniversary(date: string, year: number, leapDay: LeapDay): string {
  const monthDay = date.slice(5);
  if (monthDay === '02-29' && !Temporal.PlainDate.from(`${year}-01-01`).inLeapYear)
    return `${year}-${leapDay === 'feb28' ? '02-28' : '03-01'}`;
  return `${year}-${monthDay}`;
}

/** An instant as text in UTC, for files and logs: "2026-11-22T13:05:00Z". */
export function instantText(instant: Instant): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toString();
}

/** Reads an ISO 8601 instant ("2026-11-22T14:05+01:00") or a local date or date and time in the zone. `null` when it is neither. */
export function parseInstant(text: string, zone: string): Instant | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    // not an instant with an offset
  }
  const local = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d)?)?$/.exec(text.trim());
  if (local === null || !isDate(local[1]!)) return null;
  const time = local[2] ?? '00:00';
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? atLocal(local[1]!, time, zone) : null;
}
