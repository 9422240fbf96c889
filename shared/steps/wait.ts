// Waits for a duration. The due time follows from when the contact came and from the configuration alone, so an edited
// duration reaches those who wait (FEATURES D1). Minutes and hours are exact; days and longer are calendar units (D12).
import { z } from 'zod';
import { durationField } from '../fields.ts';
import { problem } from '../problem.ts';
import { say } from '../text.ts';
import { addDuration } from '../time.ts';
import { durationText } from '../time-words.ts';
import { defineStep, NEXT } from './step.ts';

export const wait = defineStep({
  type: 'wait',
  family: 'time',
  icon: 'hourglass',
  label: say('Wait'),
  help: say(
    'Keeps the contact for a while. Days, weeks, months and years keep the clock time in the contact’s time zone; 24 hours are always 24 hours.',
  ),
  config: z.strictObject({
    duration: durationField({
      label: say('How long'),
      help: say('Counted from when the contact comes to this step.'),
      start: { amount: 1, unit: 'days' },
      required: true,
    }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ duration }) => say('Wait {duration}', { duration: durationText(duration) }),
  problems: ({ duration }) =>
    duration.amount > 0
      ? []
      : [problem('wait-zero', say('This step waits for no time at all. Give it a length, or remove it.'), { field: 'duration.amount' })],
  takesTime: ({ duration }) => duration.amount > 0,
  // Calendar days end by the clock of the contact, who may move to another time zone meanwhile (FEATURES D12).
  wakesOn: ({ duration }) => (duration.unit === 'minutes' || duration.unit === 'hours' ? [] : ['attributes_changed']),
  run({ config, enteredAt, now, zone }) {
    const due = addDuration(enteredAt, config.duration, zone);
    return now >= due ? { kind: 'leave', outlet: NEXT } : { kind: 'wait', until: due };
  },
});
