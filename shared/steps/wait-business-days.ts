// Waits some business days: weekdays that are no holiday, at the clock time at which the contact came (FEATURES A2.11, D12).
import { z } from 'zod';
import { addBusinessDays, HOLIDAYS } from '../calendar/calendars.ts';
import { calendarField, numberField, weekdaysField } from '../fields.ts';
import { problem } from '../problem.ts';
import { say } from '../text.ts';
import { addDuration, daysBetween, localDate } from '../time.ts';
import { defineStep, NEXT } from './step.ts';

export const waitBusinessDays = defineStep({
  type: 'waitBusinessDays',
  family: 'time',
  icon: 'briefcase',
  label: say('Wait business days'),
  help: say('Keeps the contact for some business days, until the same clock time in their time zone. Weekends and the days of a calendar do not count.'),
  config: z.strictObject({
    days: numberField({ label: say('How many'), help: say('0: until the next business day, or not at all on one.'), start: 1, min: 0, max: 250, unit: say('business days') }),
    daysOff: calendarField({ label: say('Without the days of'), help: say('A country’s public holidays, or a list of your own. None chosen: only weekends do not count.') }),
    weekdays: weekdaysField({ label: say('Business days are'), help: say('None chosen: Monday to Friday.') }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary({ days, daysOff }, names) {
    const wait = say('Wait {days, plural, =0 {for a business day} one {# business day} other {# business days}}', { days });
    return daysOff === null ? wait : say('{wait}, without {calendar}', { wait, calendar: names.calendar?.(daysOff) ?? daysOff });
  },
  problems: ({ weekdays, days }) =>
    new Set(weekdays).size === 7 && days === 0 ? [problem('wait-zero', say('This step waits for no time at all. Give it a length, or remove it.'), { field: 'days' })] : [],
  takesTime: ({ days }) => days > 0,
  wakesOn: () => ['attributes_changed'],
  run({ config, enteredAt, now, zone, calendars = HOLIDAYS }) {
    const today = localDate(enteredAt, zone);
    const day = addBusinessDays(today, config.days, config, calendars);
    // Whole days keep the clock time to the second, and never let anybody go early (FAULTS F21).
    const due = addDuration(enteredAt, { amount: daysBetween(today, day), unit: 'days' }, zone);
    return now >= due ? { kind: 'leave', outlet: NEXT } : { kind: 'wait', until: due };
  },
});
