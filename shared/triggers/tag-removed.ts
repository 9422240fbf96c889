// Starts when a tag is taken from a contact who had it.
import { z } from 'zod';
import { tagField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const tagRemoved = defineTrigger({
  type: 'tagRemoved',
  icon: 'tagOff',
  label: say('Tag removed'),
  help: say('Starts when a contact loses a tag that they had: by hand, by another flow, or by an import that may start flows.'),
  config: z.strictObject({ tag: tagField({ label: say('Tag'), required: true }) }),
  summary: ({ tag }) =>
    tag.trim() === '' ? say('When a contact loses a tag that you choose') : say('When a contact loses the tag “{tag}”', { tag: tag.trim() }),
  source: ({ tag }) => ({ on: 'event', types: ['tag_removed'], matching: { type: 'tag_removed', tag: tag.trim() } }),
});
