// Adds a tag to the contact.
import { z } from 'zod';
import { tagField } from '../fields.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const addTag = defineStep({
  type: 'addTag',
  family: 'contact',
  icon: 'tag',
  label: say('Add tag'),
  help: say('Gives the contact a tag. Flows that start when this tag is added will start.'),
  config: z.strictObject({ tag: tagField({ label: say('Tag'), required: true }) }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ tag }) => (tag.trim() === '' ? say('Choose a tag') : say('Add the tag “{tag}”', { tag: tag.trim() })),
  run: ({ config }) => ({ kind: 'leave', outlet: NEXT, effects: [{ kind: 'addTag', tag: config.tag.trim() }] }),
});
