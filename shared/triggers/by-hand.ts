// Starts only when somebody puts contacts in.
import { z } from 'zod';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const byHand = defineTrigger({
  type: 'byHand',
  icon: 'hand',
  label: say('By hand'),
  help: say('Nobody comes in by themselves: you put in one contact, some, or everybody who meets a rule.'),
  config: z.strictObject({}),
  summary: () => say('When you put contacts in'),
  source: () => ({ on: 'hand' }),
});
