// Writes a note on the contact's page, for people.
import { z } from 'zod';
import { longTextField } from '../fields.ts';
import { syntaxProblems } from '../messages/merge-tags.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

const EXAMPLE = '{{ contact.first_name }}';

export const addNote = defineStep({
  type: 'addNote',
  family: 'people',
  icon: 'note',
  label: say('Add note'),
  help: say('Writes a note on the contact’s page. Nothing is sent to anybody.'),
  config: z.strictObject({
    text: longTextField({ label: say('Note'), help: say('Merge tags are filled in: {example}', { example: EXAMPLE }), required: true, mergeTags: true }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ text }) => (text.trim() === '' ? say('Write the note') : say('Note “{text}”', { text: text.trim().slice(0, 80) })),
  problems: ({ text }) => syntaxProblems(text, 'text'),
  run: ({ config: { text } }) => ({ kind: 'leave', outlet: NEXT, effects: [{ kind: 'addNote', text }] }),
});
