// Adds the contact to a fixed segment.
import { z } from 'zod';
import { segmentField } from '../fields.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const addToSegment = defineStep({
  type: 'addToSegment',
  family: 'contact',
  icon: 'usersPlus',
  label: say('Add to segment'),
  help: say('Puts the contact into a fixed segment. Flows that start when somebody comes into it will start.'),
  config: z.strictObject({ segment: segmentField({ label: say('Segment'), required: true, fixedOnly: true }) }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ segment }, names) =>
    segment === null ? say('Choose a segment') : say('Add to the segment “{segment}”', { segment: names.segment(segment) ?? segment }),
  run({ config: { segment } }) {
    if (segment === null) throw new Error('A step without its segment was published');
    return { kind: 'leave', outlet: NEXT, effects: [{ kind: 'addToSegment', segment }] };
  },
});
