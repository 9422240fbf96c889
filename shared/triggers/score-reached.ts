// Starts when a score comes to a threshold, upwards or downwards (FEATURES A1.15). A score is a number of the contact that flows
// count up and down.
import { z } from 'zod';
import { attributeField, choiceField, numberField } from '../fields.ts';
import { say } from '../text.ts';
import { judgeChange } from './change-relation.ts';
import { defineTrigger } from './trigger.ts';

export const scoreReached = defineTrigger({
  type: 'scoreReached',
  icon: 'score',
  label: say('Score reached'),
  help: say('Starts when a score rises to a threshold or over it, or falls to it or under it. Whoever is beyond it already does not count.'),
  config: z.strictObject({
    score: attributeField({ label: say('Score'), help: say('An attribute that is a number.'), required: true, kinds: ['number'] }),
    direction: choiceField({
      label: say('Direction'),
      start: 'up',
      options: [
        { value: 'up', label: say('upwards') },
        { value: 'down', label: say('downwards') },
      ],
    }),
    threshold: numberField({ label: say('Threshold'), start: 50, min: -1_000_000_000, max: 1_000_000_000, whole: false }),
  }),
  summary({ score, direction, threshold }, names) {
    const name = score === null ? say('a score that you choose') : (names.attribute(score)?.label ?? score);
    return direction === 'up'
      ? say('When {attribute} rises to {amount} or more', { attribute: name, amount: threshold })
      : say('When {attribute} falls to {amount} or less', { attribute: name, amount: threshold });
  },
  existing: ({ score, direction, threshold }) => (score === null ? null : { kind: 'attribute', attribute: score, operator: direction === 'up' ? 'atLeast' : 'atMost', value: threshold }),
  source({ score, direction, threshold }) {
    if (score === null) throw new Error('A trigger without its score was published');
    const relation = { change: 'crossed', attribute: score, direction, amount: threshold, days: 1, times: 1, other: '' } as const;
    return { on: 'event', types: ['attributes_changed'], judge: (memory, event, about) => judgeChange(relation, memory, event, about) };
  },
});
