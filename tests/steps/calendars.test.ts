// Holidays, business days, schedules: which days they are (FEATURES A1.11, A1.12, A2.11).
import { describe, expect, test } from 'vitest';
import { addBusinessDays, calendarsFrom, HOLIDAYS, isBusinessDay } from '../../shared/calendar/calendars.ts';
import { daysText, readDays } from '../../shared/calendar/days-text.ts';
import { HOLIDAY_COUNTRIES, holidaysIn } from '../../shared/calendar/holidays.ts';
import type { Names } from '../../shared/steps/step.ts';
import { inEnglish } from '../../shared/text.ts';
import { addDays } from '../../shared/time.ts';
import { triggerType } from '../../shared/triggers/index.ts';

const holidays = (country: string, year: number) => [...holidaysIn(`holidays_${country}`, year)!].sort().map((date) => date.slice(5)).join(' ');

describe('public holidays', () => {
  // As published by the countries' authorities.
  test.each([
    ['dk', 2023, '01-01 04-06 04-07 04-09 04-10 05-05 05-18 05-28 05-29 12-25 12-26'],
    ['dk', 2026, '01-01 04-02 04-03 04-05 04-06 05-14 05-24 05-25 12-25 12-26'],
    ['se', 2026, '01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-06 06-20 10-31 12-25 12-26'],
    ['no', 2027, '01-01 03-25 03-26 03-28 03-29 05-01 05-06 05-16 05-17 12-25 12-26'],
    ['fi', 2026, '01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-20 10-31 12-06 12-25 12-26'],
    ['pl', 2024, '01-01 01-06 03-31 04-01 05-01 05-03 05-19 05-30 08-15 11-01 11-11 12-25 12-26'],
    ['pl', 2025, '01-01 01-06 04-20 04-21 05-01 05-03 06-08 06-19 08-15 11-01 11-11 12-24 12-25 12-26'],
    ['nl', 2025, '01-01 04-20 04-21 04-26 05-05 05-29 06-08 06-09 12-25 12-26'],
    ['nl', 2026, '01-01 04-05 04-06 04-27 05-14 05-24 05-25 12-25 12-26'],
    ['de', 2026, '01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26'],
    ['gb', 2026, '01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28'],
    ['gb', 2027, '01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28'],
    ['gb', 2028, '01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26'],
  ])('%s %i', (country, year, dates) => expect(holidays(country, year)).toBe(dates));

  test('Easter over two centuries: the earliest, the latest, and some between', () => {
    const easter = (year: number) => addDays([...holidaysIn('holidays_de', year)!].find((date) => holidaysIn('holidays_de', year)!.has(addDays(date, 3)) && date.slice(5) < '05')!, 2).slice(5);
    expect([1943, 2000, 2008, 2019, 2038, 2049, 2100].map(easter)).toEqual(['04-25', '04-23', '03-23', '04-21', '04-25', '04-18', '03-28']);
  });

  test('every country has its days in any year; what is no country has none', () => {
    for (const { key } of HOLIDAY_COUNTRIES) for (const year of [1990, 2026, 2050]) expect(holidaysIn(key, year)!.size).toBeGreaterThan(7);
    expect(holidaysIn('trade_fair', 2026)).toBeNull();
    expect(holidaysIn('toString', 2026)).toBeNull();
  });
});

describe('business days', () => {
  const danish = { weekdays: [], daysOff: 'holidays_dk' };
  test.each([
    // Friday 2026-05-22 is before Whitsun: Whit Monday is off.
    ['2026-05-22', 1, danish, '2026-05-26'],
    ['2026-05-22', 1, { weekdays: [], daysOff: null }, '2026-05-25'],
    ['2026-05-23', 0, danish, '2026-05-26'],
    ['2026-05-26', 0, danish, '2026-05-26'],
    ['2026-12-23', 3, danish, '2026-12-29'],
    ['2026-05-22', 1, { weekdays: [6], daysOff: null }, '2026-05-23'],
  ])('%s and %i: %j is %s', (from, count, rule, expected) => expect(addBusinessDays(from, count, rule, HOLIDAYS)).toBe(expected));

  test('own lists count, unknown ones do not; a calendar without any business day stops with an error', () => {
    const own = calendarsFrom([{ key: 'closed', days: [{ date: '2026-05-26', name: '' }] }]);
    expect(isBusinessDay('2026-05-26', { weekdays: [], daysOff: 'closed' }, own)).toBe(false);
    expect(isBusinessDay('2026-05-26', { weekdays: [], daysOff: 'gone' }, own)).toBe(true);
    const always = { has: () => true };
    expect(() => addBusinessDays('2026-05-26', 1, danish, always)).toThrow('No business day');
  });
});

describe('schedules', () => {
  const days = (config: Record<string, unknown>, from: string, count: number) => {
    const source = triggerType('schedule')!.source(triggerType('schedule')!.config.parse(config));
    if (source.on !== 'clock') throw new Error('not on the clock');
    return Array.from({ length: count }, (_, n) => addDays(from, n)).filter((date) => source.isDay(date, HOLIDAYS)).map((date) => date.slice(5)).join(' ');
  };
  test.each<[Record<string, unknown>, string, number, string]>([
    [{ every: 'daily' }, '2026-03-01', 3, '03-01 03-02 03-03'],
    [{ every: 'weekly', weekdays: [1, 5] }, '2026-03-01', 14, '03-02 03-06 03-09 03-13'],
    [{ every: 'weekly' }, '2026-03-01', 2, '03-01 03-02'],
    [{ every: 'monthDay', day: 15 }, '2026-01-01', 90, '01-15 02-15 03-15'],
    [{ every: 'monthDay', day: 31 }, '2026-01-01', 151, '01-31 02-28 03-31 04-30 05-31'],
    [{ every: 'monthDay', day: 31, shortMonth: 'skip' }, '2026-01-01', 151, '01-31 03-31 05-31'],
    [{ every: 'monthDay', day: 29 }, '2028-02-01', 59, '02-29 03-29'],
    [{ every: 'monthWeekday', nth: '1', weekday: '1' }, '2026-01-01', 90, '01-05 02-02 03-02'],
    [{ every: 'monthWeekday', nth: '2', weekday: '2' }, '2026-01-01', 90, '01-13 02-10 03-10'],
    [{ every: 'monthWeekday', nth: 'last', weekday: '5' }, '2026-01-01', 90, '01-30 02-27 03-27'],
    [{ every: 'monthWeekday', nth: '4', weekday: '7' }, '2026-03-01', 62, '03-22 04-26'],
    // Counted from the first day, before which there is none.
    [{ every: 'daily', from: '2026-03-02' }, '2026-03-01', 3, '03-02 03-03'],
    [{ every: 'daily', interval: 3, from: '2026-02-26' }, '2026-02-20', 16, '02-26 03-01 03-04 03-07'],
    [{ every: 'weekly', interval: 2, weekdays: [1, 5], from: '2026-03-04' }, '2026-03-01', 31, '03-06 03-16 03-20 03-30'],
    [{ every: 'weekly', interval: 2, from: '2026-03-05' }, '2026-03-01', 40, '03-05 03-19 04-02'],
    [{ every: 'weekly', interval: 3, weekdays: [7], from: '2026-12-28' }, '2026-12-20', 50, '01-03 01-24'],
    [{ every: 'monthDay', interval: 2, day: 31, from: '2025-12-05' }, '2025-12-01', 250, '12-31 02-28 04-30 06-30'],
    [{ every: 'monthDay', interval: 2, day: 31, shortMonth: 'skip', from: '2025-12-05' }, '2025-12-01', 280, '12-31 08-31'],
    [{ every: 'monthDay', interval: 3, day: 1, from: '2026-01-15' }, '2026-01-01', 200, '04-01 07-01'],
    [{ every: 'monthWeekday', interval: 6, nth: 'last', weekday: '5', from: '2026-01-01' }, '2026-01-01', 400, '01-30 07-31 01-29'],
  ])('%j from %s for %i days: %s', (config, from, count, expected) => expect(days(config, from, count)).toBe(expected));
});

test('a schedule that cannot be counted is told, and the others are said in words', () => {
  const type = triggerType('schedule')!;
  const names = { attribute: () => undefined, message: () => undefined, segment: () => undefined } as unknown as Names;
  const codes = (config: Record<string, unknown>) => type.problems!(type.config.parse(config), names).map(({ code, place }) => [code, place?.field]);
  expect(codes({ interval: 2 })).toEqual([['schedule-from-missing', 'from']]);
  expect(codes({ interval: 2, from: '2026-02-30' })).toEqual([['no-such-date', 'from']]);
  expect(codes({})).toEqual([]);
  expect(codes({ interval: 2, from: '2026-02-28' })).toEqual([]);
  const words = (config: Record<string, unknown>) => inEnglish(type.summary(type.config.parse({ who: null, ...config }), names));
  expect(words({ every: 'weekly', interval: 2, weekdays: [2], from: '2026-03-03' })).toBe('Every 2 weeks on Tuesday from Mar 3, 2026, at 09:00, for: those whom you choose');
  expect(words({ every: 'weekly', interval: 2, from: '2026-03-05' })).toContain('Every 2 weeks on Thursday');
  expect(words({ every: 'daily' })).toBe('Every day, at 09:00, for: those whom you choose');
  expect(words({ every: 'monthDay', interval: 3, day: 5, from: '2026-03-03' })).toContain('Every 3 months on day 5 from Mar 3, 2026');
});

test('days as somebody types them; a line that is no day is named', () => {
  const { days, problems } = readDays('2026-09-01 Odense fair\n\n24.12.2026\n1/2/2027 Sale\nsoon\n2026-02-30');
  expect(days).toEqual([{ date: '2026-09-01', name: 'Odense fair' }, { date: '2026-12-24', name: '' }, { date: '2027-02-01', name: 'Sale' }]);
  expect(problems.map(({ place }) => place?.line)).toEqual([5, 6]);
  expect(readDays(daysText(days)).days).toEqual(days);
});
