// Takes the contact out of a fixed segment.
import { z } from 'zod';
import { segmentField } from '../fields.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const removeFromSegment = defineStep({
  type: 'removeFromSegment',
  family: 'contact',
  icon: 'usersMinus',
  label: say('Remove from segment'),
  help: say('Takes the contact out of a fixed segment. Nobody is taken out of a segment with a rule: that is whoever meets the rule.'),
  config: z.strictObject({ segment: segmentField({ label: say('Segment'), required: true, fixedOnly: true }) }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ segment }, names) =>
    segment === null ? say('Choose a segment') : say('Remove from the segment “{segment}”', { segment: names.segment(segment) ?? segment }),
  run({ config: { segment } }) {
    if (segment === null) throw new Error('A step without its segment was published');
    return { kind: 'leave', outlet: NEXT, effects: [{ kind: 'removeFromSegment', segment }] };
  },
});
