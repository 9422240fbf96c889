// Public holidays, reckoned by each country's own rules, so that no network and no list to keep up is needed. They are those of the
// whole country; regional ones belong into a calendar of the workspace's own.
import { say, type Text } from '../text.ts';
import { addDays, weekdayOf } from '../time.ts';

/** The countries whose holidays are known. The keys are those of calendars, so a workspace's own cannot begin like this. */
export const HOLIDAY_COUNTRIES: readonly { key: string; label: Text }[] = [
  { key: 'holidays_dk', label: say('Public holidays: Denmark') },
  { key: 'holidays_se', label: say('Public holidays: Sweden') },
  { key: 'holidays_no', label: say('Public holidays: Norway') },
  { key: 'holidays_fi', label: say('Public holidays: Finland') },
  { key: 'holidays_pl', label: say('Public holidays: Poland') },
  { key: 'holidays_nl', label: say('Public holidays: the Netherlands') },
  { key: 'holidays_de', label: say('Public holidays: Germany') },
  { key: 'holidays_gb', label: say('Public holidays: England and Wales') },
];

/** A rule by which a year has a holiday: a date "MM-DD", days from Easter Sunday, or its own reckoning; `null`: not in that year. */
type HolidayRule = string | number | ((year: number) => string | null);

const NEW_YEAR = '01-01';
const EPIPHANY = '01-06';
const MAY_DAY = '05-01';
const CHRISTMAS = ['12-25', '12-26'] as const;
const [MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER, EASTER_MONDAY, ASCENSION, WHIT_SUNDAY, WHIT_MONDAY, CORPUS_CHRISTI] = [-3, -2, 0, 1, 39, 49, 50, 60];
const MIDSUMMER = (year: number) => firstWeekday(6, `${year}-06-20`);
const ALL_SAINTS = (year: number) => firstWeekday(6, `${year}-10-31`);

const RULES: Readonly<Record<string, readonly HolidayRule[]>> = {
  // General Prayer Day, the fourth Friday after Easter, was one until 2023.
  holidays_dk: [NEW_YEAR, MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER, EASTER_MONDAY, (year) => (year <= 2023 ? addDays(easterSunday(year), 26) : null), ASCENSION, WHIT_SUNDAY, WHIT_MONDAY, ...CHRISTMAS],
  holidays_se: [NEW_YEAR, EPIPHANY, GOOD_FRIDAY, EASTER, EASTER_MONDAY, MAY_DAY, ASCENSION, WHIT_SUNDAY, '06-06', MIDSUMMER, ALL_SAINTS, ...CHRISTMAS],
  holidays_no: [NEW_YEAR, MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER, EASTER_MONDAY, MAY_DAY, '05-17', ASCENSION, WHIT_SUNDAY, WHIT_MONDAY, ...CHRISTMAS],
  holidays_fi: [NEW_YEAR, EPIPHANY, GOOD_FRIDAY, EASTER, EASTER_MONDAY, MAY_DAY, ASCENSION, WHIT_SUNDAY, MIDSUMMER, ALL_SAINTS, '12-06', ...CHRISTMAS],
  // Christmas Eve is one since 2025.
  holidays_pl: [NEW_YEAR, EPIPHANY, EASTER, EASTER_MONDAY, MAY_DAY, '05-03', WHIT_SUNDAY, CORPUS_CHRISTI, '08-15', '11-01', '11-11', (year) => (year >= 2025 ? `${year}-12-24` : null), ...CHRISTMAS],
  // King's Day moves off a Sunday; Liberation Day is a day off every fifth year.
  holidays_nl: [NEW_YEAR, EASTER, EASTER_MONDAY, (year) => (weekdayOf(`${year}-04-27`) === 7 ? `${year}-04-26` : `${year}-04-27`), (year) => (year % 5 === 0 ? `${year}-05-05` : null), ASCENSION, WHIT_SUNDAY, WHIT_MONDAY, ...CHRISTMAS],
  holidays_de: [NEW_YEAR, GOOD_FRIDAY, EASTER_MONDAY, MAY_DAY, ASCENSION, WHIT_MONDAY, '10-03', ...CHRISTMAS],
  // What falls on a weekend is made up for on the next working days.
  holidays_gb: [
    (year) => madeUp(`${year}-01-01`),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    (year) => firstWeekday(1, `${year}-05-01`),
    (year) => firstWeekday(1, `${year}-05-25`),
    (year) => firstWeekday(1, `${year}-08-25`),
    (year) => `${year}-12-${{ 6: 27, 7: 27 }[weekdayOf(`${year}-12-25`)] ?? 25}`,
    (year) => `${year}-12-${{ 6: 28, 7: 28 }[weekdayOf(`${year}-12-26`)] ?? 26}`,
  ],
};

const reckoned = new Map<string, ReadonlySet<string>>();

/** The public holidays ("YYYY-MM-DD") of a country's calendar in a year; `null` where the key is none of `HOLIDAY_COUNTRIES`. */
export function holidaysIn(key: string, year: number): ReadonlySet<string> | null {
  const rules = Object.hasOwn(RULES, key) ? RULES[key]! : null;
  if (rules === null) return null;
  const name = `${key} ${year}`;
  let known = reckoned.get(name);
  if (known === undefined) {
    known = new Set(rules.flatMap((rule) => dayBy(rule, year) ?? []));
    if (reckoned.size > 500) reckoned.clear();
    reckoned.set(name, known);
  }
  return known;
}

function dayBy(rule: HolidayRule, year: number): string | null {
  if (typeof rule === 'string') return `${year}-${rule}`;
  return typeof rule === 'number' ? addDays(easterSunday(year), rule) : rule(year);
}

/** Western Easter Sunday (the anonymous Gregorian algorithm, Meeus/Jones/Butcher). */
function easterSunday(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  const day = ((h + l - 7 * m + 114) % 31) + 1;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The first such weekday (Monday is 1) on a date or after it. */
function firstWeekday(weekday: number, from: string): string {
  return addDays(from, (weekday - weekdayOf(from) + 7) % 7);
}

/** The day itself, or the Monday after where it falls on a weekend. */
function madeUp(date: string): string {
  return weekdayOf(date) >= 6 ? firstWeekday(1, date) : date;
}
