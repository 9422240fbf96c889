// Starts when somebody decides a task about a contact, in whichever flow it was asked.
import { z } from 'zod';
import { textField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const taskDecided = defineTrigger({
  type: 'taskDecided',
  icon: 'task',
  label: say('Task decided'),
  help: say('Starts when a person decides a task about a contact: any, or one with a certain outcome.'),
  config: z.strictObject({
    outcome: textField({ label: say('Outcome'), help: say('As its button says. Empty: whatever is decided.'), max: 200 }),
    title: textField({ label: say('Only tasks called'), help: say('Empty: any task.'), max: 200 }),
  }),
  summary({ outcome, title }) {
    const task = title.trim() === '' ? say('a task') : say('the task “{title}”', { title: title.trim() });
    return outcome.trim() === '' ? say('When {task} is decided', { task }) : say('When {task} is decided as “{outcome}”', { task, outcome: outcome.trim() });
  },
  source: ({ outcome, title }) => ({
    on: 'event',
    types: ['task_decided'],
    accepts: ({ data }) => isWanted(outcome, data.label ?? data.outcome) && isWanted(title, data.title),
  }),
});

function isWanted(wanted: string, found: unknown): boolean {
  return wanted.trim() === '' || (typeof found === 'string' && found.trim().toLowerCase() === wanted.trim().toLowerCase());
}
