// Starts when a contact leaves a segment. Leaving does not by itself take anybody out of a flow (FEATURES D20).
import { z } from 'zod';
import { segmentField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const segmentLeft = defineTrigger({
  type: 'segmentLeft',
  icon: 'usersMinus',
  label: say('Left a segment'),
  help: say('Starts when a contact leaves a segment in which they were.'),
  config: z.strictObject({ segment: segmentField({ label: say('Segment'), required: true }) }),
  summary: ({ segment }, names) =>
    segment === null
      ? say('When a contact leaves a segment that you choose')
      : say('When a contact leaves “{segment}”', { segment: names.segment(segment) ?? segment }),
  source: ({ segment }) => ({ on: 'event', types: ['segment_left'], accepts: (event) => event.data.segment === segment }),
});
