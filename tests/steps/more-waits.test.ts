// Business days, time windows and random waits: when they let go (FEATURES A2.8, A2.11, A2.12, D1, D12, D17).
import { describe, expect, test } from 'vitest';
import { calendarsFrom } from '../../shared/calendar/calendars.ts';
import { stepType } from '../../shared/steps/index.ts';
import { DAY, HOUR, instantText, parseInstant } from '../../shared/time.ts';

const ZONE = 'Europe/Copenhagen';
const own = calendarsFrom([{ key: 'closed', days: [{ date: '2026-05-27', name: '' }] }]);

/** When somebody who comes at a local time goes on: "YYYY-MM-DDTHH:MM" of the zone's clock, by repeated runs as the runner does them. */
function until(type: string, config: Record<string, unknown>, came: string, chance = 0, zone = ZONE): string {
  const step = stepType(type)!;
  const enteredAt = parseInstant(came, zone)!;
  const run = (now: number) => step.run({ config: step.config.parse(config), now, enteredAt, entering: now === enteredAt, zone, workspaceZone: ZONE, calendars: own, facts: {}, messageResult: null, chance, contactChance: 0 });
  const first = run(enteredAt);
  if (first.kind === 'leave') return 'at once';
  if (first.kind !== 'wait' || first.until === null) throw new Error(first.kind);
  expect(run(first.until - 1)).toEqual(first);
  expect(run(first.until)).toMatchObject({ kind: 'leave' });
  return instantText(first.until + (zone === ZONE ? offset(first.until) : 0)).slice(0, 16);
}
/** Copenhagen: an hour ahead of UTC, two in summer (29 March to 25 October 2026). */
const offset = (at: number) => (at >= Date.UTC(2026, 2, 29, 1) && at < Date.UTC(2026, 9, 25, 1) ? 2 : 1) * HOUR;

describe('business days', () => {
  test.each<[Record<string, unknown>, string, string]>([
    [{ days: 1 }, '2026-05-22T10:30', '2026-05-25T10:30'],
    [{ days: 1, daysOff: 'holidays_dk' }, '2026-05-22T10:30', '2026-05-26T10:30'],
    [{ days: 2, daysOff: 'closed' }, '2026-05-25T10:30', '2026-05-28T10:30'],
    [{ days: 1 }, '2026-05-23T10:30', '2026-05-25T10:30'],
    [{ days: 0 }, '2026-05-22T10:30', 'at once'],
    [{ days: 0 }, '2026-05-23T10:30', '2026-05-25T10:30'],
    [{ days: 1, weekdays: [6] }, '2026-05-22T10:30', '2026-05-23T10:30'],
    // Over the change to summer time the clock time stays.
    [{ days: 1 }, '2026-03-27T10:30', '2026-03-30T10:30'],
  ])('%j from %s: %s', (config, came, expected) => expect(until('waitBusinessDays', config, came)).toBe(expected));

  test('F21: ends at the same clock time to the millisecond, and not before', () => {
    const type = stepType('waitBusinessDays')!;
    const enteredAt = Date.parse('2026-05-22T10:00:30.250Z');
    const outcome = type.run({ config: type.config.parse({ days: 1 }), now: enteredAt, enteredAt, entering: true, zone: ZONE, workspaceZone: ZONE, calendars: own, facts: {}, messageResult: null, chance: 0, contactChance: 0 });
    expect(outcome).toEqual({ kind: 'wait', until: enteredAt + 3 * DAY });
  });
});

describe('a time window', () => {
  const working = { weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' };
  test.each<[Record<string, unknown>, string, string]>([
    [working, '2026-05-20T12:00', 'at once'],
    [working, '2026-05-20T09:00', 'at once'],
    [working, '2026-05-20T17:00', '2026-05-21T09:00'],
    [working, '2026-05-20T03:00', '2026-05-20T09:00'],
    [working, '2026-05-22T18:00', '2026-05-25T09:00'],
    [{ from: '22:00', to: '02:00' }, '2026-05-20T12:00', '2026-05-20T22:00'],
    [{ from: '22:00', to: '02:00' }, '2026-05-20T01:30', 'at once'],
    [{ from: '22:00', to: '02:00', weekdays: [5] }, '2026-05-20T12:00', '2026-05-22T00:00'],
    [{ from: '00:00', to: '00:00', weekdays: [6, 7] }, '2026-05-20T12:00', '2026-05-23T00:00'],
    [{ from: '00:00', to: '00:00' }, '2026-05-20T12:00', 'at once'],
  ])('%j from %s: %s', (config, came, expected) => expect(until('waitForWindow', config, came)).toBe(expected));
});

describe('a random wait', () => {
  const span = { least: { amount: 1, unit: 'hours' }, most: { amount: 5, unit: 'hours' } };
  test.each([
    [0, '2026-05-20T13:00'],
    [0.5, '2026-05-20T15:00'],
    [0.9999999, '2026-05-20T16:59'],
  ])('by chance %f: %s', (chance, expected) => expect(until('waitRandom', span, '2026-05-20T12:00', chance)).toBe(expected));
  test('calendar days keep the clock time at both ends', () => {
    expect(until('waitRandom', { least: { amount: 2, unit: 'days' }, most: { amount: 3, unit: 'days' } }, '2026-03-28T12:00', 0)).toBe('2026-03-30T12:00');
  });
  test('the longest must be longer', () => {
    const type = stepType('waitRandom')!;
    const codes = (config: Record<string, unknown>) => type.problems!(type.config.parse(config), {} as never).map(({ code }) => code);
    expect([codes(span), codes({ least: span.most, most: span.least })]).toEqual([[], ['wait-span']]);
  });
});
