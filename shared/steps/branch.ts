// Chooses the way by rules: the first branch whose rule the contact meets, else "everyone else" (FEATURES D22).
import { z } from 'zod';
import { branchesField, type Branch } from '../contacts/rule-fields.ts';
import { conditionsOf } from '../contacts/rule.ts';
import { ruleText } from '../contacts/rule-words.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { defineStep, type Names } from './step.ts';

/** The outlet of everyone whom no branch takes. It is always there. */
export const ELSE = 'else';

const FIRST_LABEL = 'Yes';

export const branch = defineStep({
  type: 'branch',
  family: 'logic',
  icon: 'branch',
  label: say('Branch'),
  help: say(
    'Sends contacts different ways. The branches are tried in their order; the first whose rule a contact meets takes them, and there is always a way for everyone else.',
  ),
  config: z.strictObject({
    branches: branchesField({
      label: say('Branches'),
      help: say('Tried from the top; the first that fits takes the contact.'),
      required: true,
      start: [{ id: 'yes', label: FIRST_LABEL, rule: null }],
    }),
  }),
  outlets: ({ branches }) => [
    ...branches.map((each, index) => ({ id: each.id, label: branchLabel(each, index) })),
    { id: ELSE, label: branches.length === 1 ? say('No') : say('Everyone else') },
  ],
  summary: ({ branches }, names) =>
    branches.length === 1
      ? firstRuleText(branches[0]!, names)
      : say('{count, plural, one {# branch} other {# branches}} and everyone else', { count: branches.length }),
  problems: ({ branches }) => branchProblems(branches),
  facts: ({ branches }) => Object.fromEntries(branches.flatMap(({ id, rule }) => (rule === null ? [] : [[id, { rule }]]))),
  run({ config, facts }) {
    for (const { id, rule } of config.branches) {
      if (rule === null) continue;
      const holds = facts[id];
      if (typeof holds !== 'boolean') throw new Error(`Nobody has answered the rule of branch "${id}"`);
      if (holds) return { kind: 'leave', outlet: id };
    }
    return { kind: 'leave', outlet: ELSE };
  },
});

/** What a way is called. The name that a new branch starts with is shown in the reader's language; every other is the user's own. */
export function branchLabel({ label }: Branch, index: number): Text {
  if (label === FIRST_LABEL) return say('Yes');
  return label.trim() === '' ? say('Branch {number}', { number: index + 1 }) : say('{label}', { label });
}

/** With one branch the card tells the rule itself; with more there is no room. */
function firstRuleText({ rule }: Branch, names: Names): Text {
  return rule === null || conditionsOf(rule).length === 0
    ? say('Choose who goes which way')
    : say('If: {rule}', { rule: ruleText(rule, names) });
}

function branchProblems(branches: readonly Branch[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  branches.forEach((each, index) => {
    const label = branchLabel(each, index);
    if (each.id === ELSE || seen.has(each.id)) {
      problems.push(
        problem('outlet-twice', say('Two ways out are both named “{id}” in the file. Each needs its own id.', { id: each.id }), {
          field: `branches.${index}.id`,
        }),
      );
    }
    seen.add(each.id);
    if (each.rule === null || conditionsOf(each.rule).length === 0) {
      problems.push(
        problem('rule-empty', say('The branch “{label}” has no rule yet. Say who takes it.', { label }), {
          field: `branches.${index}.rule`,
        }),
      );
    }
  });
  return problems;
}
