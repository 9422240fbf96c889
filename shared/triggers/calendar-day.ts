// Starts on the days of a calendar, or some days before or after them: public holidays, trade fairs, moving feasts (FEATURES A1.12).
import { z } from 'zod';
import { sideField, whoseTimeField } from '../common-fields.ts';
import { calendarField, numberField, timeOfDayField } from '../fields.ts';
import { ruleField } from '../contacts/rule-fields.ts';
import { say } from '../text.ts';
import { addDays } from '../time.ts';
import { distanceText } from '../time-words.ts';
import { defineTrigger } from './trigger.ts';

export const calendarDay = defineTrigger({
  type: 'calendarDay',
  icon: 'calendarStar',
  label: say('Day of a calendar'),
  help: say('Starts on each day of a calendar, or some days before or after it: a country’s public holidays, or a list of days of your own.'),
  config: z.strictObject({
    days: numberField({ label: say('Days'), start: 0, min: 0, max: 365, unit: say('days') }),
    side: sideField(),
    calendar: calendarField({ label: say('Calendar'), required: true }),
    at: timeOfDayField({ label: say('At'), start: '09:00' }),
    whose: whoseTimeField(),
    who: ruleField({ label: say('For whom'), help: say('Empty: for everybody.') }),
  }),
  summary({ days, side, calendar, at }, names) {
    const name = calendar === null ? say('a calendar that you choose') : (names.calendar?.(calendar) ?? calendar);
    return say('{distance} each day of “{calendar}”, at {at}', { distance: distanceText(days, side), calendar: name, at });
  },
  source({ days, side, calendar, at, whose, who }) {
    if (calendar === null) throw new Error('A trigger without its calendar was published');
    const back = side === 'on' ? 0 : side === 'before' ? days : -days;
    return { on: 'clock', isDay: (date, calendars) => calendars.has(calendar, addDays(date, back)), at, whose, who };
  },
});
