// Starts when a contact gets a tag that they did not have.
import { z } from 'zod';
import { tagField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const tagAdded = defineTrigger({
  type: 'tagAdded',
  icon: 'tag',
  label: say('Tag added'),
  help: say('Starts when a contact gets a tag: by hand, by another flow, or by an import that may start flows.'),
  config: z.strictObject({ tag: tagField({ label: say('Tag'), required: true }) }),
  summary: ({ tag }) =>
    tag.trim() === '' ? say('When a contact gets a tag that you choose') : say('When a contact gets the tag “{tag}”', { tag: tag.trim() }),
  existing: ({ tag }) => (tag.trim() === '' ? null : { kind: 'tag', tag: tag.trim(), has: true }),
  source: ({ tag }) => ({ on: 'event', types: ['tag_added'], accepts: (event) => event.data.tag === tag.trim() }),
});
