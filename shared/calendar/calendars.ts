// Calendars: named lists of days, of the workspace's own or a country's public holidays. Triggers start on them, waits leave
// them out.
import { z } from 'zod';
import { keySchema } from '../fields.ts';
import { addDays, isDate, weekdayOf } from '../time.ts';
import { HOLIDAY_COUNTRIES, holidaysIn } from './holidays.ts';

const daySchema = z.strictObject({ date: z.string().refine(isDate), name: z.string().max(200).default('') });

/** A list of days that the workspace keeps: trade fairs, company holidays, moving feasts. */
export const calendarSchema = z.strictObject({ key: keySchema, name: z.string().min(1).max(200), days: z.array(daySchema).max(5000) });
export type Calendar = z.infer<typeof calendarSchema>;

/** What days are in which calendar. */
export type Calendars = {
  /** False also for a calendar that is not known. */
  has(calendar: string, date: string): boolean;
};

/** The calendars of a workspace together with the countries'. */
export function calendarsFrom(own: readonly Pick<Calendar, 'key' | 'days'>[]): Calendars {
  const days = new Map(own.map((calendar) => [calendar.key, new Set(calendar.days.map(({ date }) => date))]));
  return { has: (calendar, date) => (holidaysIn(calendar, Number(date.slice(0, 4))) ?? days.get(calendar))?.has(date) === true };
}

/** Only the countries' holidays. */
export const HOLIDAYS: Calendars = calendarsFrom([]);

/** Whether a key is that of a country's holidays, and no list of the workspace. */
export function isHolidayCalendar(key: string): boolean {
  return HOLIDAY_COUNTRIES.some((country) => country.key === key);
}

/** What a business day is: one of these weekdays (Monday is 1; none: Monday to Friday), and not in a calendar of days off. */
export type BusinessDays = { weekdays: readonly number[]; daysOff: string | null };

const MONDAY_TO_FRIDAY: readonly number[] = [1, 2, 3, 4, 5];
/** Beyond so many days without a business day, none will come: a calendar with every day in it. */
const MOST_DAYS_OFF = 400;

export function isBusinessDay(date: string, { weekdays, daysOff }: BusinessDays, calendars: Calendars): boolean {
  const working = weekdays.length === 0 ? MONDAY_TO_FRIDAY : weekdays;
  return working.includes(weekdayOf(date)) && (daysOff === null || !calendars.has(daysOff, date));
}

/** The business day that is so many business days after a date; 0: the date itself, or the first business day after it. Throws an Error where none comes for a year. */
export function addBusinessDays(date: string, count: number, rule: BusinessDays, calendars: Calendars): string {
  let day = date;
  let left = count;
  let since = 0;
  if (count === 0 && isBusinessDay(day, rule, calendars)) return day;
  for (;;) {
    day = addDays(day, 1);
    if (isBusinessDay(day, rule, calendars)) {
      since = 0;
      left -= 1;
      if (left <= 0) return day;
    } else if (++since > MOST_DAYS_OFF) throw new Error(`No business day within ${MOST_DAYS_OFF} days of ${date}`);
  }
}
