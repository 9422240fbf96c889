// Lets go on only who meets a rule; everybody else leaves the flow here, with a reason (FEATURES A3.18).
import { z } from 'zod';
import { textField } from '../fields.ts';
import { conditionsOf } from '../contacts/rule.ts';
import { ruleField } from '../contacts/rule-fields.ts';
import { ruleText } from '../contacts/rule-words.ts';
import { say } from '../text.ts';
import { defineStep, NEXT, type FactRequest } from './step.ts';

/** The reason where the user has not given one. */
export const FILTERED = 'filtered';

export const filter = defineStep({
  type: 'filter',
  family: 'logic',
  icon: 'filter',
  label: say('Filter'),
  help: say('Who meets the rule goes on. Everybody else leaves the flow here; the reason is shown in reports.'),
  config: z.strictObject({
    rule: ruleField({ label: say('Who goes on'), required: true }),
    reason: textField({ label: say('Reason of those who leave'), help: say('Shown in reports, to tell one exit from another.'), max: 200 }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ rule }, names) =>
    rule === null || conditionsOf(rule).length === 0 ? say('Choose who goes on') : say('Only if: {rule}', { rule: ruleText(rule, names) }),
  facts: ({ rule }): Record<string, FactRequest> => (rule === null ? {} : { meets: { rule } }),
  run({ config, facts }) {
    if (typeof facts.meets !== 'boolean') throw new Error('Nobody has answered the rule of a filter');
    return facts.meets ? { kind: 'leave', outlet: NEXT } : { kind: 'exit', reason: config.reason.trim() === '' ? FILTERED : config.reason.trim() };
  },
});
