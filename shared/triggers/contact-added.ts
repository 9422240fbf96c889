// Starts when a contact is added to the workspace.
import { z } from 'zod';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const contactAdded = defineTrigger({
  type: 'contactAdded',
  icon: 'userPlus',
  label: say('Contact added'),
  help: say('Starts when a contact is added: by hand, or by an import that may start flows.'),
  config: z.strictObject({}),
  summary: () => say('When a contact is added'),
  existing: () => ({ kind: 'all', rules: [] }),
  source: () => ({ on: 'event', types: ['contact_added'] }),
});
