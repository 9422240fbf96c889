// Starts at set times: every day, on weekdays, on a day of the month, on the n-th weekday of the month, or on every n-th of these
// days, weeks or months; for whoever meets a rule then.
import { z } from 'zod';
import { whoseTimeField } from '../common-fields.ts';
import { choiceField, dateField, numberField, timeOfDayField, weekdaysField } from '../fields.ts';
import { ruleField } from '../contacts/rule-fields.ts';
import { conditionsOf } from '../contacts/rule.ts';
import { ruleText } from '../contacts/rule-words.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { addDays, daysBetween, isDate, weekdayOf } from '../time.ts';
import { weekdaysText, weekdayText } from '../time-words.ts';
import { defineTrigger } from './trigger.ts';

const config = z.strictObject({
  every: choiceField({
    label: say('How often'),
    start: 'weekly',
    options: [
      { value: 'daily', label: say('every day') },
      { value: 'weekly', label: say('every week, on these days') },
      { value: 'monthDay', label: say('every month, on a day of the month') },
      { value: 'monthWeekday', label: say('every month, on a certain weekday of the month') },
    ],
  }),
  interval: numberField({
    label: say('Only every so many days, weeks or months'),
    help: say('1: each of them. 2: every other one, counted from the first day; weeks from their Monday, months from the first.'),
    start: 1,
    min: 1,
    max: 99,
  }),
  weekdays: weekdaysField({ label: say('On'), help: say('None chosen: any day; with more than a week between, the weekday of the first day.'), when: { field: 'every', is: ['weekly'] } }),
  day: numberField({ label: say('Day of the month'), start: 1, min: 1, max: 31, when: { field: 'every', is: ['monthDay'] } }),
  shortMonth: choiceField({
    label: say('Where a month does not have that day'),
    start: 'last',
    options: [
      { value: 'last', label: say('on its last day') },
      { value: 'skip', label: say('not in that month') },
    ],
    when: { field: 'every', is: ['monthDay'] },
  }),
  nth: choiceField({
    label: say('Which one'),
    start: '1',
    options: [
      { value: '1', label: say('the first') },
      { value: '2', label: say('the second') },
      { value: '3', label: say('the third') },
      { value: '4', label: say('the fourth') },
      { value: 'last', label: say('the last') },
    ],
    when: { field: 'every', is: ['monthWeekday'] },
  }),
  weekday: choiceField({
    label: say('Weekday'),
    start: '1',
    options: (['1', '2', '3', '4', '5', '6', '7'] as const).map((value) => ({ value, label: weekdayText(Number(value)) })),
    when: { field: 'every', is: ['monthWeekday'] },
  }),
  at: timeOfDayField({ label: say('At'), start: '09:00' }),
  from: dateField({ label: say('First day'), help: say('Nothing starts before it, and from it is counted. Empty: from publishing on.') }),
  whose: whoseTimeField(),
  who: ruleField({ label: say('For whom'), help: say('Asked each time. Whether somebody comes in again is said in the settings of the flow.'), required: true }),
});
type Config = z.infer<typeof config>;

export const schedule = defineTrigger({
  type: 'schedule',
  icon: 'repeat',
  label: say('On a schedule'),
  help: say('Starts again and again at a set time, for everybody who meets a rule at that moment. When the computer was off, only the last time of the past day is made up for.'),
  config,
  summary(values, names) {
    const who = values.who === null || conditionsOf(values.who).length === 0 ? say('those whom you choose') : ruleText(values.who, names);
    return say('{when}, at {at}, for: {who}', { when: whenText(values), at: values.at, who });
  },
  problems: problemsOf,
  source: (values) => ({ on: 'clock', isDay: (date) => isScheduled(values, date), at: values.at, whose: values.whose, who: values.who }),
});

function problemsOf({ interval, from }: Config): Problem[] {
  if (from !== null && !isDate(from)) return [problem('no-such-date', say('There is no day {date} in the calendar.', { date: from }), { field: 'from' })];
  if (from === null && interval > 1) return [problem('schedule-from-missing', say('Say which is the first day: from it is counted on which days it starts.'), { field: 'from' })];
  return [];
}

function isScheduled(values: Config, date: string): boolean {
  const { from, interval } = values;
  if (from !== null && date < from) return false;
  return isOneOfThem(values, date) && (from === null || interval === 1 || unitsSince(from, date, values.every) % interval === 0);
}

/** As if it were every day, every week, every month. */
function isOneOfThem({ every, interval, weekdays, day, shortMonth, nth, weekday, from }: Config, date: string): boolean {
  const dayOfMonth = Number(date.slice(8));
  switch (every) {
    case 'daily':
      return true;
    case 'weekly': {
      const chosen = weekdaysOf({ interval, weekdays, from });
      return chosen.length === 0 || chosen.includes(weekdayOf(date));
    }
    case 'monthDay':
      return dayOfMonth === day || (shortMonth === 'last' && dayOfMonth < day && addDays(date, 1).endsWith('-01'));
    case 'monthWeekday':
      if (weekdayOf(date) !== Number(weekday)) return false;
      return nth === 'last' ? addDays(date, 7).slice(0, 7) !== date.slice(0, 7) : Math.ceil(dayOfMonth / 7) === Number(nth);
  }
}

/** Which days, weeks (from Monday) or months lie between the one of the first day and that of `date`: 0 is the first. */
function unitsSince(from: string, date: string, every: Config['every']): number {
  switch (every) {
    case 'daily':
      return daysBetween(from, date);
    case 'weekly':
      return Math.floor((daysBetween(from, date) + weekdayOf(from) - 1) / 7);
    case 'monthDay':
    case 'monthWeekday':
      return (Number(date.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(date.slice(5, 7)) - Number(from.slice(5, 7));
  }
}

/** None: any day. Every other week on any day is hardly what is meant by choosing none. */
function weekdaysOf({ interval, weekdays, from }: Pick<Config, 'interval' | 'weekdays' | 'from'>): readonly number[] {
  return weekdays.length === 0 && interval > 1 && from !== null && isDate(from) ? [weekdayOf(from)] : weekdays;
}

function whenText(values: Config): Text {
  const { from } = values;
  return from === null ? oftenText(values) : say('{when} from {from}', { when: oftenText(values), from: { date: from } });
}

function oftenText({ every, interval, weekdays, day, nth, weekday, from }: Config): Text {
  switch (every) {
    case 'daily':
      return say('{interval, plural, =1 {Every day} other {Every # days}}', { interval });
    case 'weekly':
      return say('{interval, plural, =1 {Every week} other {Every # weeks}} on {weekdays}', { interval, weekdays: weekdaysText(weekdaysOf({ interval, weekdays, from })) });
    case 'monthDay':
      return say('{interval, plural, =1 {Every month} other {Every # months}} on day {day}', { interval, day });
    case 'monthWeekday': {
      const which = { '1': say('the first'), '2': say('the second'), '3': say('the third'), '4': say('the fourth'), last: say('the last') }[nth];
      return say('{interval, plural, =1 {Every month} other {Every # months}} on {which} {weekday}', { interval, which, weekday: weekdayText(Number(weekday)) });
    }
  }
}
