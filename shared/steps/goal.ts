// A goal at its place in the flow (FEATURES D18, A3.10): whoever meets it while they stand anywhere above is pulled forward to here,
// out of whatever they wait for; once in each passage. Who comes here without having met it waits, goes another way, or leaves.
import { z } from 'zod';
import { choiceField } from '../fields.ts';
import { ruleField } from '../contacts/rule-fields.ts';
import { paceOf } from '../contacts/rule-time.ts';
import { conditionsOf, type Rule } from '../contacts/rule.ts';
import { ruleText } from '../contacts/rule-words.ts';
import { warning } from '../problem.ts';
import { say } from '../text.ts';
import { HOUR } from '../time.ts';
import { defineStep, NEXT } from './step.ts';

const MISSED = 'missed';
/** The reason of those who leave here because they have not met it. */
export const GOAL_MISSED = 'goal-missed';

export const goal = defineStep({
  type: 'goal',
  family: 'logic',
  icon: 'goal',
  label: say('Goal'),
  help: say('Whoever meets the goal while they are anywhere above comes here at once, also out of a wait; what was planned to be sent to them there is cancelled. It is asked when something happens to the contact, and at every step.'),
  config: z.strictObject({
    rule: ruleField({ label: say('Goal'), required: true }),
    otherwise: choiceField({
      label: say('Whoever comes here without it'),
      start: 'goOn',
      options: [
        { value: 'goOn', label: say('goes another way') },
        { value: 'wait', label: say('waits until they meet it') },
        { value: 'exit', label: say('leaves the flow') },
      ],
    }),
    atEntry: choiceField({
      label: say('Whoever meets it before they come in'),
      start: 'skip',
      options: [
        { value: 'skip', label: say('comes in and goes straight to the goal') },
        { value: 'keepOut', label: say('does not come in') },
      ],
    }),
    others: choiceField({
      label: say('Other parallel paths'),
      help: say('Only where the goal lies on one of several parallel paths: what the others wait for can end with it.'),
      start: 'goOn',
      options: [
        { value: 'goOn', label: say('go on') },
        { value: 'end', label: say('end when it is reached') },
      ],
    }),
  }),
  outlets: ({ otherwise }) => [{ id: NEXT, label: say('Reached') }, ...(otherwise === 'goOn' ? [{ id: MISSED, label: say('Not reached') }] : [])],
  summary: ({ rule }, names) => (rule === null || conditionsOf(rule).length === 0 ? say('Choose the goal') : say('Goal: {rule}', { rule: ruleText(rule, names) })),
  problems: ({ otherwise }) =>
    otherwise === 'wait' ? [warning('goal-blocks', say('Whoever never meets this goal waits here for ever. Let them go another way, or give the flow an exit rule.'), { field: 'otherwise' })] : [],
  facts: ({ rule }): Record<string, { rule: Rule }> => (rule === null ? {} : { met: { rule } }),
  wakesOn: () => 'any',
  waits: ({ otherwise }) => otherwise === 'wait',
  endsOthers: ({ others }, outlet) => others === 'end' && outlet === NEXT,
  pulls: ({ rule, atEntry }) => (rule === null ? null : { rule, keepsOut: atEntry === 'keepOut' }),
  run({ config: { rule, otherwise }, facts, now }) {
    if (rule === null || typeof facts.met !== 'boolean') throw new Error('Nobody has answered the rule of the goal');
    if (facts.met) return { kind: 'leave', outlet: NEXT };
    if (otherwise === 'goOn') return { kind: 'leave', outlet: MISSED };
    if (otherwise === 'exit') return { kind: 'exit', reason: GOAL_MISSED };
    // What a segment asks is not known here, so time may decide about it.
    const dependsOnTime = conditionsOf(rule).some(({ kind }) => kind === 'segment') || paceOf(rule, () => undefined) !== 'never';
    return { kind: 'wait', until: dependsOnTime ? (Math.floor(now / HOUR) + 1) * HOUR : null };
  },
});
