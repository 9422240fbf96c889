// Removes a tag from the contact.
import { z } from 'zod';
import { tagField } from '../fields.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const removeTag = defineStep({
  type: 'removeTag',
  family: 'contact',
  icon: 'tagOff',
  label: say('Remove tag'),
  help: say('Takes a tag off the contact. Nothing happens to contacts who do not have it.'),
  config: z.strictObject({ tag: tagField({ label: say('Tag'), required: true }) }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ tag }) => (tag.trim() === '' ? say('Choose a tag') : say('Remove the tag “{tag}”', { tag: tag.trim() })),
  run: ({ config }) => ({ kind: 'leave', outlet: NEXT, effects: [{ kind: 'removeTag', tag: config.tag.trim() }] }),
});
