// Starts on a date of the contact, or some days before or after it; every year if wanted.
import { z } from 'zod';
import { sideField } from '../common-fields.ts';
import { attributeField, choiceField, numberField, timeOfDayField, yesNoField } from '../fields.ts';
import { say } from '../text.ts';
import { distanceText } from '../time-words.ts';
import { defineTrigger } from './trigger.ts';

export const dateReached = defineTrigger({
  type: 'dateReached',
  icon: 'calendar',
  label: say('Date reached'),
  help: say(
    'Starts on a date of the contact such as a birthday or a renewal, or some days before or after it, at a clock time in the contact’s time zone.',
  ),
  config: z.strictObject({
    days: numberField({ label: say('Days'), start: 0, min: 0, max: 3650, unit: say('days') }),
    side: sideField(),
    attribute: attributeField({ label: say('Date'), required: true, kinds: ['date', 'dateTime'] }),
    at: timeOfDayField({ label: say('At'), start: '09:00' }),
    yearly: yesNoField({
      label: say('Every year'),
      help: say('For birthdays and anniversaries: the year of the date is ignored.'),
      start: false,
    }),
    leapDay: choiceField({
      label: say('29 February in other years'),
      start: 'feb28',
      options: [
        { value: 'feb28', label: say('on 28 February') },
        { value: 'mar1', label: say('on 1 March') },
      ],
      when: { field: 'yearly', is: [true] },
    }),
  }),
  summary({ days, side, attribute, at, yearly }, names) {
    if (attribute === null) return say('On a date that you choose');
    const name = names.attribute(attribute)?.label ?? attribute;
    if (side === 'on' || days === 0)
      return yearly ? say('Every year on {name}, at {at}', { name, at }) : say('On {name}, at {at}', { name, at });
    const distance = distanceText(days, side);
    return yearly
      ? say('Every year {distance} {name}, at {at}', { distance, name, at })
      : say('{distance} {name}, at {at}', { distance, name, at });
  },
  source({ attribute, days, side, yearly, at, leapDay }) {
    if (attribute === null) throw new Error('A trigger without its date was published');
    // Adding 0 turns -0 into 0.
    const offsetDays = side === 'on' ? 0 : (side === 'before' ? -days : days) + 0;
    return { on: 'date', attribute, offsetDays, yearly, at, leapDay };
  },
});
