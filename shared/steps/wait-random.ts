// Waits for a time between two lengths that chance chooses: it spreads what would otherwise happen to everybody at once (FEATURES
// A2.12). The chance is that of the enrollment at this step, so a repeated run waits as long (D17).
import { z } from 'zod';
import { durationField, type Duration } from '../fields.ts';
import { problem } from '../problem.ts';
import { say } from '../text.ts';
import { addDuration } from '../time.ts';
import { durationText } from '../time-words.ts';
import { defineStep, NEXT } from './step.ts';

export const waitRandom = defineStep({
  type: 'waitRandom',
  family: 'time',
  icon: 'dice',
  label: say('Random wait'),
  help: say('Keeps each contact for a time of its own between the shortest and the longest, so that not everything happens at once.'),
  config: z.strictObject({
    least: durationField({ label: say('At least'), start: { amount: 1, unit: 'hours' } }),
    most: durationField({ label: say('At most'), start: { amount: 4, unit: 'hours' } }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ least, most }) => say('Wait between {least} and {most}', { least: durationText(least), most: durationText(most) }),
  problems: ({ least, most }) =>
    length(most) > length(least) ? [] : [problem('wait-span', say('The longest wait must be longer than the shortest.'), { field: 'most' })],
  takesTime: ({ least }) => least.amount > 0,
  wakesOn: ({ least, most }) => ([least, most].every(({ unit }) => unit === 'minutes' || unit === 'hours') ? [] : ['attributes_changed']),
  run({ config: { least, most }, enteredAt, now, zone, chance }) {
    const [from, to] = [addDuration(enteredAt, least, zone), addDuration(enteredAt, most, zone)];
    const due = from + Math.floor(chance * Math.max(0, to - from));
    return now >= due ? { kind: 'leave', outlet: NEXT } : { kind: 'wait', until: due };
  },
});

/** As long as it is on an ordinary day. */
function length(duration: Duration): number {
  return addDuration(0, duration, 'UTC');
}
