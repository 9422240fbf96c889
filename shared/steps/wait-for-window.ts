// Waits until a time window is open: certain weekdays, between two clock times that may lie on both sides of midnight (FEATURES
// A2.8). Whoever comes while it is open goes on at once.
import { z } from 'zod';
import { whoseTimeField } from '../common-fields.ts';
import { timeOfDayField, weekdaysField } from '../fields.ts';
import { say } from '../text.ts';
import { firstOpen } from '../time.ts';
import { weekdaysText } from '../time-words.ts';
import { defineStep, NEXT } from './step.ts';

const WEEK: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

export const waitForWindow = defineStep({
  type: 'waitForWindow',
  family: 'time',
  icon: 'window',
  label: say('Time window'),
  help: say('Lets contacts through only on these weekdays and between these clock times; the others wait until then. A window from 22:00 to 02:00 is open over midnight.'),
  config: z.strictObject({
    weekdays: weekdaysField({ label: say('On'), help: say('None chosen: any day.') }),
    from: timeOfDayField({ label: say('Open from'), start: '09:00' }),
    to: timeOfDayField({ label: say('Until'), help: say('The same as its beginning: the whole day.'), start: '17:00' }),
    zone: whoseTimeField(),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ weekdays, from, to, zone }) =>
    say('Only on {weekdays}, {from} to {to}, {whose}', { weekdays: weekdaysText(weekdays), from, to, whose: zone === 'contact' ? say('the contact’s time') : say('the workspace’s time') }),
  wakesOn: ({ zone }) => (zone === 'contact' ? ['attributes_changed'] : []),
  run({ config: { weekdays, from, to, zone: whose }, enteredAt, now, zone, workspaceZone }) {
    const closed = { hours: from === to ? null : { from: to, to: from }, weekdays: weekdays.length === 0 ? [] : WEEK.filter((day) => !weekdays.includes(day)) };
    const due = firstOpen(enteredAt, closed, whose === 'contact' ? zone : workspaceZone);
    return now >= due ? { kind: 'leave', outlet: NEXT } : { kind: 'wait', until: due };
  },
});
