// Waits until a rule holds, for so long at the most (FEATURES A2.6). It is asked on coming here, whenever something happens to
// the contact, and every full hour where time alone can make it true.
import { z } from 'zod';
import { durationField } from '../fields.ts';
import { conditionsOf, type Rule } from '../contacts/rule.ts';
import { ruleField } from '../contacts/rule-fields.ts';
import { paceOf } from '../contacts/rule-time.ts';
import { ruleText } from '../contacts/rule-words.ts';
import { problem } from '../problem.ts';
import { say } from '../text.ts';
import { addDuration, HOUR } from '../time.ts';
import { durationText } from '../time-words.ts';
import { defineStep } from './step.ts';

const HOLDS = 'true';
const TIMED_OUT = 'timedOut';

export const waitUntilTrue = defineStep({
  type: 'waitUntilTrue',
  family: 'time',
  icon: 'listCheck',
  label: say('Wait until true'),
  help: say(
    'Keeps the contact until a rule holds. It is asked at once, whenever something happens to the contact, and every hour where time alone can make it true. Whoever has waited long enough goes the other way.',
  ),
  config: z.strictObject({
    rule: ruleField({ label: say('Until'), required: true }),
    atMost: durationField({
      label: say('At most'),
      help: say('Counted from when the contact comes to this step.'),
      start: { amount: 7, unit: 'days' },
      required: true,
    }),
  }),
  outlets: ({ atMost }) => [
    { id: HOLDS, label: say('True') },
    { id: TIMED_OUT, label: say('After {duration}', { duration: durationText(atMost) }) },
  ],
  summary: ({ rule, atMost }, names) =>
    rule === null || conditionsOf(rule).length === 0
      ? say('Choose what to wait for')
      : say('Wait until: {rule}; at most {duration}', { rule: ruleText(rule, names), duration: durationText(atMost) }),
  problems: ({ atMost }) =>
    atMost.amount > 0
      ? []
      : [problem('wait-zero', say('This step waits for no time at all. Give it a length, or use a branch.'), { field: 'atMost.amount' })],
  facts: ({ rule }): Record<string, { rule: Rule }> => (rule === null ? {} : { holds: { rule } }),
  wakesOn: () => 'any',
  run({ config: { rule, atMost }, facts, now, enteredAt, zone }) {
    if (rule === null || typeof facts.holds !== 'boolean') throw new Error('Nobody has answered the rule that is waited for');
    // What holds at the very instant of the time-out has come in time (FEATURES D25).
    if (facts.holds) return { kind: 'leave', outlet: HOLDS };
    const end = addDuration(enteredAt, atMost, zone);
    if (now >= end) return { kind: 'leave', outlet: TIMED_OUT };
    return { kind: 'wait', until: dependsOnTime(rule) ? Math.min(end, (Math.floor(now / HOUR) + 1) * HOUR) : end };
  },
});

/** What a segment asks is not known here, so time may decide about it. */
function dependsOnTime(rule: Rule): boolean {
  return conditionsOf(rule).some(({ kind }) => kind === 'segment') || paceOf(rule, () => undefined) !== 'never';
}
