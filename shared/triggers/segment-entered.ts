// Starts when a contact comes into a segment, on the edge only: whoever is in it already starts nothing (FEATURES D8, D20).
import { z } from 'zod';
import { choiceField, segmentField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const segmentEntered = defineTrigger({
  type: 'segmentEntered',
  icon: 'usersPlus',
  label: say('Came into a segment'),
  help: say(
    'Starts when a contact comes into a segment in which they were not. Who is in it already does not count; neither does who comes in because the segment’s rule was changed.',
  ),
  config: z.strictObject({
    segment: segmentField({ label: say('Segment'), required: true }),
    leaving: choiceField({
      label: say('Whoever leaves the segment again'),
      start: 'stay',
      options: [
        { value: 'stay', label: say('stays in the flow') },
        { value: 'exit', label: say('leaves the flow') },
      ],
    }),
  }),
  summary: ({ segment }, names) =>
    segment === null
      ? say('When a contact comes into a segment that you choose')
      : say('When a contact comes into “{segment}”', { segment: names.segment(segment) ?? segment }),
  exit: ({ segment, leaving }) => (segment === null || leaving === 'stay' ? null : { kind: 'segment', segment, member: false }),
  existing: ({ segment }) => (segment === null ? null : { kind: 'segment', segment, member: true }),
  source: ({ segment }) => ({ on: 'event', types: ['segment_entered'], accepts: (event) => event.data.segment === segment }),
});
