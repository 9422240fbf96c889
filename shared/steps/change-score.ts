// Counts a score up or down (FEATURES A4.7). A score is an attribute that is a number; each change is on record with its reason, so
// that a score can be explained.
import { z } from 'zod';
import { attributeField, numberField, textField } from '../fields.ts';
import { problem } from '../problem.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const changeScore = defineStep({
  type: 'changeScore',
  family: 'contact',
  icon: 'score',
  label: say('Change score'),
  help: say('Adds to a score of the contact, or takes away from it. There can be several scores: each is an attribute that is a number.'),
  config: z.strictObject({
    score: attributeField({ label: say('Score'), help: say('An attribute that is a number.'), required: true, kinds: ['number'] }),
    by: numberField({ label: say('By'), help: say('Negative: it falls. An empty score counts as 0.'), start: 10, min: -1_000_000_000, max: 1_000_000_000, whole: false }),
    reason: textField({ label: say('Reason'), help: say('Shown where the score is explained.'), max: 200 }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary({ score, by }, names) {
    const name = score === null ? say('a score that you choose') : (names.attribute(score)?.label ?? score);
    return by < 0 ? say('Take {by} from {score}', { by: -by, score: name }) : say('Add {by} to {score}', { by, score: name });
  },
  problems: ({ by }) => (by === 0 ? [problem('score-zero', say('This changes nothing. Say by how much the score changes.'), { field: 'by' })] : []),
  run({ config: { score, by, reason } }) {
    if (score === null) throw new Error('A step without its score was published');
    return { kind: 'leave', outlet: NEXT, effects: [{ kind: 'changeScore', attribute: score, by, reason: reason.trim() }] };
  },
});
