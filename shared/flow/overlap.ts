// Whom several ways of a branch are open to: the first of them takes the contact (FEATURES D22). That may be meant, and it may be
// news to whoever drew the branch.
import { conditionsOf, type Rule } from '../contacts/rule.ts';
import type { Branch } from '../contacts/rule-fields.ts';
import { fieldsOf } from '../fields.ts';
import { stepType } from '../steps/index.ts';
import type { Step } from './flow.ts';
import { configOf } from './reading.ts';

export type WayRule = { id: string; rule: Rule };

/** More ways are not looked at: each is compared with every other. */
export const MOST_COMPARED = 30;

/** The ways of a step that chooses by rules, in their order; none of any other step, and of one that is switched off. */
export function branchesOf(step: Step): readonly Branch[] {
  const config = step.disabled === true ? null : configOf(step);
  return config === null ? [] : fieldsOf(stepType(step.type)!.config).flatMap(({ name, meta }) => (meta.kind === 'branches' ? (config[name] as Branch[]) : []));
}

/** The ways that can be asked of contacts who are in no flow: with a rule, which asks nothing about the passage at hand. */
export function comparableWays(branches: readonly Branch[]): WayRule[] {
  return branches.flatMap(({ id, rule }) => {
    const conditions = rule === null ? [] : conditionsOf(rule);
    return rule === null || conditions.length === 0 || conditions.some((each) => 'since' in each && each.since === 'enrollment') ? [] : [{ id, rule }];
  });
}

/** The rule of those whom more than one of some ways is open to; `null` where there are not two ways. */
export function overlapRule(ways: readonly WayRule[]): Rule | null {
  const pairs = ways.slice(0, -1).map(({ rule }, index): Rule => ({ kind: 'all', rules: [rule, { kind: 'any', rules: ways.slice(index + 1).map((other) => other.rule) }] }));
  return pairs.length === 0 ? null : { kind: 'any', rules: pairs };
}
