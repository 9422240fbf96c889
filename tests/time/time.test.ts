// Calendar arithmetic in every kind of zone: the clock that skips, the clock that shows an hour twice, days without midnight.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DURATION_UNITS, type Duration } from '../../shared/fields.ts';
import * as time from '../../shared/time.ts';

const CPH = 'Europe/Copenhagen';
const at = (text: string, zone: string) => time.atLocal(text.slice(0, 10), text.slice(11), zone);
const shown = (instant: number, zone: string) => `${time.localDate(instant, zone)} ${time.localTime(instant, zone)}`;
const amountOf = (text: string): Duration => ({ amount: Number(text.split(' ')[0]), unit: text.split(' ')[1] as Duration['unit'] });

describe('a clock time on a date', () => {
  it.each([
    // Zone, local time asked for, what it is in UTC (and so on the clock)
    [CPH, '2026-03-29 01:59', '2026-03-29T00:59:00Z'],
    [CPH, '2026-03-29 02:30', '2026-03-29T01:30:00Z'], // the gap: 03:30
    [CPH, '2026-03-29 03:00', '2026-03-29T01:00:00Z'],
    [CPH, '2026-10-25 02:30', '2026-10-25T00:30:00Z'], // twice: the first
    [CPH, '2026-10-25 03:00', '2026-10-25T02:00:00Z'],
    ['America/New_York', '2026-03-08 02:30', '2026-03-08T07:30:00Z'],
    ['America/New_York', '2026-11-01 01:30', '2026-11-01T05:30:00Z'],
    ['Australia/Lord_Howe', '2026-10-04 02:15', '2026-10-03T15:45:00Z'], // a gap of half an hour: 02:45
    ['Australia/Lord_Howe', '2026-04-05 01:45', '2026-04-04T14:45:00Z'], // twice, half an hour apart
    ['America/Santiago', '2026-09-06 00:00', '2026-09-06T04:00:00Z'], // the day begins at 01:00
    ['Africa/Cairo', '2026-04-24 00:00', '2026-04-23T22:00:00Z'], // the same
    ['Pacific/Kiritimati', '2026-01-01 00:00', '2025-12-31T10:00:00Z'], // UTC+14
    ['Pacific/Pago_Pago', '2026-01-01 00:00', '2026-01-01T11:00:00Z'], // UTC-11
    ['Asia/Kathmandu', '2026-06-01 12:00', '2026-06-01T06:15:00Z'], // a quarter of an hour
    ['Asia/Kolkata', '2026-06-01 12:00', '2026-06-01T06:30:00Z'],
    ['Europe/Kiev', '2026-06-01 12:00', '2026-06-01T09:00:00Z'], // an old name
  ])('%s %s is %s', (zone, local, utc) => {
    expect(time.instantText(at(local, zone))).toBe(utc);
  });
});

describe('a duration later', () => {
  it.each([
    // Zone, from, how long, then
    [CPH, '2026-03-28 10:00', '1 days', '2026-03-29 10:00'], // 23 hours
    [CPH, '2026-03-28 10:00', '24 hours', '2026-03-29 11:00'],
    [CPH, '2026-03-28 02:30', '1 days', '2026-03-29 03:30'], // into the gap
    [CPH, '2026-03-28 02:30', '2 days', '2026-03-30 02:30'], // beyond it
    [CPH, '2026-10-24 10:00', '1 days', '2026-10-25 10:00'], // 25 hours
    [CPH, '2026-10-24 10:00', '24 hours', '2026-10-25 09:00'],
    [CPH, '2026-10-24 02:30', '1 days', '2026-10-25 02:30'], // the first 02:30
    [CPH, '2026-03-22 10:00', '1 weeks', '2026-03-29 10:00'],
    [CPH, '2026-01-31 10:00', '1 months', '2026-02-28 10:00'],
    [CPH, '2028-01-31 10:00', '1 months', '2028-02-29 10:00'],
    [CPH, '2028-02-29 10:00', '1 years', '2029-02-28 10:00'],
    [CPH, '2028-02-29 10:00', '4 years', '2032-02-29 10:00'],
    [CPH, '2026-03-29 01:59', '1 minutes', '2026-03-29 03:00'],
    [CPH, '2026-01-01 10:00', '0 days', '2026-01-01 10:00'],
    ['Australia/Lord_Howe', '2026-10-03 02:15', '1 days', '2026-10-04 02:45'],
    ['Australia/Lord_Howe', '2026-10-03 10:00', '1 days', '2026-10-04 10:00'],
    ['America/Santiago', '2026-09-05 00:00', '1 days', '2026-09-06 01:00'],
    ['Africa/Cairo', '2026-04-23 00:30', '1 days', '2026-04-24 01:30'],
    ['Pacific/Kiritimati', '2026-02-28 23:59', '1 days', '2026-03-01 23:59'],
    ['Pacific/Apia', '2011-12-29 12:00', '1 days', '2011-12-31 12:00'], // a day that never was
  ])('%s %s + %s is %s', (zone, from, duration, then) => {
    expect(shown(time.addDuration(at(from, zone), amountOf(duration), zone), zone)).toBe(then);
  });

  it('of 24.8 days and a second, the longest timer that a runtime has, is exact', () => {
    expect(time.addDuration(0, { amount: 35_792, unit: 'minutes' }, CPH)).toBe(35_792 * 60_000);
    expect(35_792 * 60_000).toBeGreaterThan(2 ** 31);
  });
});

describe('the next time that the clock shows', () => {
  it.each([
    // Zone, from, time, weekdays, then
    [CPH, '2026-03-02 08:59', '09:00', [], '2026-03-02 09:00'],
    [CPH, '2026-03-02 09:00', '09:00', [], '2026-03-02 09:00'], // now is not past
    [CPH, '2026-03-02 09:01', '09:00', [], '2026-03-03 09:00'],
    [CPH, '2026-03-02 09:00', '09:00', [1], '2026-03-02 09:00'], // Monday 9:00 on Monday 9:00
    [CPH, '2026-03-02 09:01', '09:00', [1], '2026-03-09 09:00'],
    [CPH, '2026-03-06 18:00', '09:00', [1, 2, 3, 4, 5], '2026-03-09 09:00'], // Friday evening
    [CPH, '2026-03-28 13:00', '09:00', [7], '2026-03-29 09:00'], // over the change of the clock
    [CPH, '2026-03-28 13:00', '02:30', [], '2026-03-29 03:30'], // a time that the day does not have
    [CPH, '2026-10-24 13:00', '02:30', [], '2026-10-25 02:30'],
    ['Pacific/Auckland', '2026-09-20 12:00', '09:00', [1], '2026-09-21 09:00'],
    ['America/Los_Angeles', '2026-03-04 20:00', '19:00', [5], '2026-03-06 19:00'],
    ['Pacific/Kiritimati', '2026-02-28 10:00', '09:00', [7], '2026-03-01 09:00'],
    ['America/Santiago', '2026-09-05 12:00', '00:00', [7], '2026-09-06 01:00'],
    ['Africa/Cairo', '2026-04-23 12:00', '00:30', [], '2026-04-24 01:30'],
    ['Pacific/Apia', '2011-12-29 13:00', '12:00', [], '2011-12-31 12:00'],
  ] as const)('%s after %s: %s on %j is %s', (zone, from, clock, weekdays, then) => {
    expect(shown(time.nextLocalTime(at(from, zone), clock, weekdays, zone), zone)).toBe(then);
  });

  it('in the hour that comes twice is not shown a second time', () => {
    const second = Date.UTC(2026, 9, 25, 1, 15); // the second 02:15
    expect(shown(time.nextLocalTime(second, '02:30', [], CPH), CPH)).toBe('2026-10-26 02:30');
  });
});

describe('anniversaries', () => {
  it.each([
    ['1992-02-29', 2026, 'feb28', '2026-02-28'],
    ['1992-02-29', 2026, 'mar1', '2026-03-01'],
    ['1992-02-29', 2028, 'feb28', '2028-02-29'],
    ['1992-02-29', 2100, 'mar1', '2100-03-01'], // no leap year
    ['1990-06-15', 2026, 'feb28', '2026-06-15'],
  ] as const)('%s in %i (%s): %s', (date, year, leapDay, then) => expect(time.anniversary(date, year, leapDay)).toBe(then));
});

describe('days between dates', () => {
  it.each([
    ['2026-03-28', '2026-03-30', 2],
    ['2026-03-30', '2026-03-28', -2],
    ['2028-02-01', '2028-03-01', 29],
    ['2026-01-01', '2026-01-01', 0],
  ])('%s to %s: %i', (from, to, days) => {
    expect(time.daysBetween(from, to)).toBe(days);
    expect(time.addDays(from, days)).toBe(to);
  });
});

describe('reading', () => {
  it.each([
    ['2026-02-29', false],
    ['2028-02-29', true],
    ['2026-13-01', false],
    ['2026-1-1', false],
    ['26-01-01', false],
  ])('%s is a date: %s', (text, isDate) => expect(time.isDate(text)).toBe(isDate));

  it.each([
    ['Europe/Copenhagen', true],
    ['UTC', true],
    ['+02:00', false],
    ['Mars/Olympus', false],
    ['', false],
  ])('%s is a zone: %s', (name, isZone) => expect(time.isTimeZone(name)).toBe(isZone));

  it.each([
    ['2026-11-22T14:05+01:00', '2026-11-22T13:05:00Z'],
    ['2026-11-22T14:05:00Z', '2026-11-22T14:05:00Z'],
    ['2026-07-01', '2026-06-30T22:00:00Z'],
    ['2026-07-01 09:30', '2026-07-01T07:30:00Z'],
  ])('%s is the instant %s', (text, utc) => expect(time.instantText(time.parseInstant(text, CPH)!)).toBe(utc));
  it.each(['soon', '2026-02-30', '2026-07-01 25:00', '22/11/2026'])('%s is no instant', (text) =>
    expect(time.parseInstant(text, CPH)).toBeNull(),
  );
});

describe('whenever and wherever', () => {
  const zone = fc.constantFrom(
    CPH,
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Santiago',
    'Africa/Cairo',
    'Pacific/Kiritimati',
    'Pacific/Apia',
    'Asia/Kathmandu',
    'Africa/Casablanca',
    'UTC',
  );
  const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) });
  const clock = fc
    .tuple(fc.nat(23), fc.nat(59))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  const weekdays = fc.subarray([1, 2, 3, 4, 5, 6, 7]);

  it('a wait ends no earlier than it begins, and a longer one no earlier than a shorter', () => {
    fc.assert(
      fc.property(zone, instant, fc.constantFrom(...DURATION_UNITS), fc.nat(400), fc.nat(400), (where, from, unit, one, other) => {
        const [short, long] = [Math.min(one, other), Math.max(one, other)].map((amount) => time.addDuration(from, { amount, unit }, where));
        expect(short).toBeGreaterThanOrEqual(from);
        expect(long).toBeGreaterThanOrEqual(short!);
      }),
      { numRuns: 2000 },
    );
  });

  it('the next clock time is never early, within eight days and a jump, on its weekday, and there is none before it', () => {
    fc.assert(
      fc.property(zone, instant, clock, weekdays, (where, from, text, days) => {
        const next = time.nextLocalTime(from, text, days, where);
        expect(next).toBeGreaterThanOrEqual(from);
        expect(next - from).toBeLessThan(9 * time.DAY);
        const date = time.localDate(next, where);
        if (time.atLocal(date, text, where) === next && days.length > 0) expect(days).toContain(time.weekdayOf(date));
        for (let day = time.addDays(time.localDate(from, where), -1); day < date; day = time.addDays(day, 1)) {
          if (days.length > 0 && !days.includes(time.weekdayOf(day))) continue;
          const earlier = time.atLocal(day, text, where);
          expect(earlier < from || earlier >= next).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('days later shows the same clock, where the day has that time', () => {
    fc.assert(
      fc.property(zone, instant, fc.nat(1000), (where, from, amount) => {
        const then = time.addDuration(from, { amount, unit: 'days' }, where);
        const [date, text] = [time.addDays(time.localDate(from, where), amount), time.localTime(from, where)];
        expect(Math.floor(then / time.MINUTE)).toBe(Math.floor(time.atLocal(date, text, where) / time.MINUTE));
      }),
      { numRuns: 1000 },
    );
  });
});
