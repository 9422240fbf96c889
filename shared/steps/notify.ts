// Tells the user something, in the program and by the system's own notifications; the contact goes on at once (FEATURES A4.10).
import { z } from 'zod';
import { longTextField, textField } from '../fields.ts';
import { syntaxProblems } from '../messages/merge-tags.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

const EXAMPLE = '{{ contact.first_name }}';

export const notify = defineStep({
  type: 'notify',
  family: 'people',
  icon: 'bell',
  label: say('Notify me'),
  help: say('Tells you something in the program, and on your desktop while it is open. The contact goes on at once.'),
  config: z.strictObject({
    title: textField({ label: say('Title'), help: say('Merge tags are filled in: {example}', { example: EXAMPLE }), max: 300, required: true, mergeTags: true }),
    text: longTextField({ label: say('Text'), mergeTags: true }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ title }) => (title.trim() === '' ? say('Say what you want to be told') : say('Tell me “{title}”', { title: title.trim() })),
  problems: ({ title, text }) => [...syntaxProblems(title, 'title'), ...syntaxProblems(text, 'text')],
  run: ({ config: { title, text } }) => ({ kind: 'leave', outlet: NEXT, effects: [{ kind: 'notify', title: title.trim(), text }] }),
});
