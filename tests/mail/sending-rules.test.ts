// The reckoning behind the moment of sending: quiet hours by the clock that the contact sees, slots of the frequency cap, and
// what counts as late (FEATURES A2.8, A2.9, A2.15, A3.14, D12, D15, D16).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_SENDING,
  sendingChoices,
  slotFrom,
  timingOf,
  type Moment,
  type SendingSettings,
} from '../../shared/messages/sending-rules.ts';
import { atLocal, DAY, firstOpen, HOUR, localDate, localTime, MINUTE, parseInstant, weekdayOf } from '../../shared/time.ts';

const NIGHT = { hours: { from: '22:00', to: '06:00' }, weekdays: [] };
const at = (text: string, zone = 'Europe/Copenhagen') => parseInstant(text, zone)!;

describe('the first instant that is not quiet', () => {
  const CASES: [string, string, { hours: { from: string; to: string } | null; weekdays: number[] }, string, string][] = [
    ['by day it is now', '2026-03-03 12:00', NIGHT, 'Europe/Copenhagen', '2026-03-03 12:00'],
    ['the last minute before', '2026-03-03 21:59', NIGHT, 'Europe/Copenhagen', '2026-03-03 21:59'],
    ['before midnight', '2026-03-03 22:00', NIGHT, 'Europe/Copenhagen', '2026-03-04 06:00'],
    ['after midnight', '2026-03-04 05:59', NIGHT, 'Europe/Copenhagen', '2026-03-04 06:00'],
    ['the end itself is open', '2026-03-04 06:00', NIGHT, 'Europe/Copenhagen', '2026-03-04 06:00'],
    ['within one day', '2026-03-03 12:30', { hours: { from: '12:00', to: '13:00' }, weekdays: [] }, 'Asia/Kathmandu', '2026-03-03 13:00'],
    ['a closed day', '2026-03-01 10:00', { hours: null, weekdays: [7] }, 'Europe/Copenhagen', '2026-03-02 00:00'],
    [
      'a closed weekend and the night behind it',
      '2026-02-28 10:00',
      { ...NIGHT, weekdays: [6, 7] },
      'Europe/Copenhagen',
      '2026-03-02 06:00',
    ],
    [
      'a span of no length',
      '2026-03-03 12:00',
      { hours: { from: '12:00', to: '12:00' }, weekdays: [] },
      'Europe/Copenhagen',
      '2026-03-03 12:00',
    ],
    ['across the hour that spring skips', '2026-03-28 23:00', NIGHT, 'Europe/Copenhagen', '2026-03-29 06:00'],
    ['across the hour that autumn repeats', '2026-10-24 23:00', NIGHT, 'Europe/Copenhagen', '2026-10-25 06:00'],
    ['a day that begins at 01:00 (Cairo)', '2026-04-23 12:00', { hours: null, weekdays: [4] }, 'Africa/Cairo', '2026-04-24 01:00'],
    ['half an hour of summer time (Lord Howe)', '2026-10-03 23:00', NIGHT, 'Australia/Lord_Howe', '2026-10-04 06:00'],
    ['where the day begins first (UTC+14)', '2026-03-03 23:00', NIGHT, 'Pacific/Kiritimati', '2026-03-04 06:00'],
  ];
  test.each(CASES)('%s', (_name, from, closed, zone, open) => {
    expect(localTime(firstOpen(at(from, zone), closed, zone), zone)).toBe(open.slice(11));
    expect(firstOpen(at(from, zone), closed, zone)).toBe(at(open, zone));
  });

  test('a night is seven hours long in spring and nine in autumn', () => {
    const spring = at('2026-03-28 22:00');
    const autumn = at('2026-10-24 22:00');
    expect(firstOpen(spring, NIGHT, 'Europe/Copenhagen') - spring).toBe(7 * HOUR);
    expect(firstOpen(autumn, NIGHT, 'Europe/Copenhagen') - autumn).toBe(9 * HOUR);
  });

  test('what ends within a skipped hour ends at the skip; what lies within a repeated one is quiet twice', () => {
    const closed = { hours: { from: '22:00', to: '02:30' }, weekdays: [] };
    expect(firstOpen(at('2026-03-28 23:00'), closed, 'Europe/Copenhagen')).toBe(at('2026-03-29T01:00Z'));
    const first = at('2026-10-25T00:30Z');
    expect(firstOpen(at('2026-10-24 23:00'), closed, 'Europe/Copenhagen')).toBe(first);
    expect(firstOpen(at('2026-10-25T01:10Z'), closed, 'Europe/Copenhagen')).toBe(first + HOUR);
  });

  test('everything closed is a bug, not an endless search', () => {
    expect(() => firstOpen(at('2026-03-03 12:00'), { hours: null, weekdays: [1, 2, 3, 4, 5, 6, 7] }, 'Europe/Copenhagen')).toThrow(
      'Nothing is open',
    );
  });

  test('is open, not before it is asked for, and everything between is quiet (I5)', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
    const zone = fc.constantFrom(
      'Europe/Copenhagen',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'America/Santiago',
      'Pacific/Kiritimati',
      'Asia/Kathmandu',
      'UTC',
    );
    const isQuiet = (instant: number, hours: { from: string; to: string }, weekdays: readonly number[], where: string) => {
      const clock = localTime(instant, where);
      const inside = hours.from <= hours.to ? clock >= hours.from && clock < hours.to : clock >= hours.from || clock < hours.to;
      return inside || weekdays.includes(weekdayOf(localDate(instant, where)));
    };
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2026, 0, 1) / MINUTE, max: Date.UTC(2026, 11, 31) / MINUTE }),
        fc.record({ from: time, to: time }),
        fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 6 }),
        zone,
        (minute, hours, weekdays, where) => {
          const from = minute * MINUTE;
          const open = firstOpen(from, { hours, weekdays }, where);
          expect(open).toBeGreaterThanOrEqual(from);
          expect(isQuiet(open, hours, weekdays, where)).toBe(false);
          if (open > from) expect(isQuiet(open - 1, hours, weekdays, where)).toBe(true);
          for (let between = from; between < open; between += Math.max(MINUTE, Math.floor((open - from) / 20)))
            expect(isQuiet(between, hours, weekdays, where)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('the slots of a cap', () => {
  const now = at('2026-03-10 12:00');
  test.each([
    ['0 messages: no cap, not "always over"', { messages: 0, days: 7 }, [now], now],
    ['room is left', { messages: 2, days: 7 }, [now - HOUR], now],
    ['none is left: when the oldest that counts is out of the window', { messages: 2, days: 7 }, [now - HOUR, now - DAY], now + 6 * DAY],
    ['more than the cap have left before it was lowered', { messages: 1, days: 7 }, [now - HOUR, now - DAY], now - HOUR + 7 * DAY],
  ])('%s', (_name, cap, lately, slot) => {
    expect(slotFrom(now, cap, lately)).toBe(slot);
  });
});

describe('cap, then quiet hours, then lateness', () => {
  const noon = atLocal('2026-03-10', '12:00', 'Europe/Copenhagen');
  const night = atLocal('2026-03-10', '23:00', 'Europe/Copenhagen');
  const morning = atLocal('2026-03-11', '06:00', 'Europe/Copenhagen');
  const RULES: SendingSettings = { ...DEFAULT_SENDING, frequencyCap: { messages: 1, days: 2 }, quietHours: { from: '22:00', to: '06:00' } };
  const moment = (of: Partial<Moment>): Moment => ({
    now: noon,
    zone: 'Europe/Copenhagen',
    meantAt: of.now ?? noon,
    cappedAt: null,
    lately: [],
    ...of,
  });
  const stop = (reason: string, state = 'cancelled') => ({ at: null, state, reason });
  const full = { lately: [noon - DAY] };
  const CASES: [string, Record<string, unknown>, boolean, Partial<Moment>, unknown][] = [
    ['nothing in the way', {}, true, {}, { at: 'now' }],
    ['the cap is met: skipped', {}, true, full, stop('frequency-cap')],
    ['the cap is met, exempt', { cap: 'exempt' }, true, full, { at: 'now' }],
    ['the cap is met, transactional', {}, false, full, { at: 'now' }],
    ['waits for a slot', { cap: 'hold' }, true, full, { at: noon + DAY, reason: 'waiting-for-slot' }],
    [
      'a slot at the very end of the wait is taken',
      { cap: 'hold', capWait: { amount: 24, unit: 'hours' } },
      true,
      full,
      { at: noon + DAY, reason: 'waiting-for-slot' },
    ],
    ['no slot comes free in time', { cap: 'hold', capWait: { amount: 23, unit: 'hours' } }, true, full, stop('frequency-cap')],
    ['it has waited before', { cap: 'hold' }, true, { ...full, cappedAt: noon - 3 * DAY }, stop('frequency-cap')],
    ['quiet', {}, true, { now: night }, { at: morning, reason: 'quiet-hours' }],
    ['quiet, transactional', {}, false, { now: night }, { at: 'now' }],
    ['the cap comes before quiet hours', {}, true, { now: night, lately: [noon] }, stop('frequency-cap')],
    ['24 hours are not late', {}, true, { meantAt: noon - DAY }, { at: 'now' }],
    ['more is', {}, true, { meantAt: noon - DAY - 1 }, stop('late', 'held')],
    ['transactional can be late, too', {}, false, { meantAt: noon - 2 * DAY }, stop('late', 'held')],
    ['late, skipped by the step', { late: 'skip' }, true, { meantAt: noon - 2 * DAY }, stop('late')],
    ['late by the step’s own hours', { late: 'hold', lateHours: 2 }, true, { meantAt: noon - 3 * HOUR }, stop('late', 'held')],
    ['never too late', { late: 'send' }, true, { meantAt: noon - 300 * DAY }, { at: 'now' }],
    ['quiet hours come before lateness', {}, true, { now: night, meantAt: noon - 9 * DAY }, { at: morning, reason: 'quiet-hours' }],
  ];
  test.each(CASES)('%s', (_name, chosen, isMarketing, of, expected) => {
    expect(timingOf(RULES, sendingChoices(chosen), isMarketing, moment(of))).toEqual(expected);
  });
  test('0 hours: nothing is too late; "skip" is for everybody who has not chosen', () => {
    const old = moment({ meantAt: noon - 300 * DAY });
    expect(timingOf({ ...RULES, lateness: { hours: 0, action: 'hold' } }, sendingChoices({}), true, old)).toEqual({ at: 'now' });
    expect(timingOf({ ...RULES, lateness: { hours: 1, action: 'skip' } }, sendingChoices({}), true, old)).toEqual(stop('late'));
  });
});
