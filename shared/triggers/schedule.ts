// Starts at set times: every day, on weekdays, on a day of the month, on the n-th weekday of the month; for whoever meets a rule then.
import { z } from 'zod';
import { choiceField, numberField, timeOfDayField, weekdaysField } from '../fields.ts';
import { ruleField } from '../contacts/rule-fields.ts';
import { conditionsOf } from '../contacts/rule.ts';
import { ruleText } from '../contacts/rule-words.ts';
import { say, type Text } from '../text.ts';
import { addDays, weekdayOf } from '../time.ts';
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
  weekdays: weekdaysField({ label: say('On'), help: say('None chosen: any day.'), when: { field: 'every', is: ['weekly'] } }),
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
  whose: choiceField({
    label: say('Whose time'),
    help: say('A contact without a time zone of their own has the workspace’s.'),
    start: 'contact',
    options: [
      { value: 'contact', label: say('the contact’s time') },
      { value: 'workspace', label: say('the workspace’s time') },
    ],
  }),
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
  refers: ({ who }) => ({ rules: who === null ? [] : [who] }),
  source: (values) => ({ on: 'clock', isDay: (date) => isScheduled(values, date), at: values.at, whose: values.whose, who: values.who }),
});

function isScheduled({ every, weekdays, day, shortMonth, nth, weekday }: Config, date: string): boolean {
  const dayOfMonth = Number(date.slice(8));
  switch (every) {
    case 'daily':
      return true;
    case 'weekly':
      return weekdays.length === 0 || weekdays.includes(weekdayOf(date));
    case 'monthDay':
      return dayOfMonth === day || (shortMonth === 'last' && dayOfMonth < day && addDays(date, 1).endsWith('-01'));
    case 'monthWeekday':
      if (weekdayOf(date) !== Number(weekday)) return false;
      return nth === 'last' ? addDays(date, 7).slice(0, 7) !== date.slice(0, 7) : Math.ceil(dayOfMonth / 7) === Number(nth);
  }
}

function whenText({ every, weekdays, day, nth, weekday }: Config): Text {
  switch (every) {
    case 'daily':
      return say('Every day');
    case 'weekly':
      return say('Every week on {weekdays}', { weekdays: weekdaysText(weekdays) });
    case 'monthDay':
      return say('Every month on day {day}', { day });
    case 'monthWeekday': {
      const which = { '1': say('the first'), '2': say('the second'), '3': say('the third'), '4': say('the fourth'), last: say('the last') }[nth];
      return say('Every month on {which} {weekday}', { which, weekday: weekdayText(Number(weekday)) });
    }
  }
}
