// What is said of rules that cannot be meant: each with its code and the place in the rule.
import { expect, test } from 'vitest';
import type { Attribute } from '../../shared/contacts/contact.ts';
import { ATTRIBUTE_KINDS } from '../../shared/contacts/contact.ts';
import { DEEPEST_RULE, operatorsFor, ruleProblems, type RuleNames } from '../../shared/contacts/operators.ts';
import { OPERATORS, type Rule } from '../../shared/contacts/rule.ts';
import { inEnglish } from '../../shared/text.ts';
import { contactsMatching } from '../../src-main/store/rules.ts';
import { testWorkspace } from '../workspace-fixture.ts';

const attributes = new Map<string, Attribute>(ATTRIBUTE_KINDS.map((kind) => [`x_${kind.toLowerCase()}`, { key: `x_${kind.toLowerCase()}`, label: `The ${kind}`, kind }]));
const names: RuleNames = {
  attribute: (key) => attributes.get(key),
  segment: (key) => (key === 'vips' ? 'VIPs' : undefined),
  message: (key) => (key === 'welcome' ? 'Welcome' : undefined),
  tag: (name) => name === 'vip',
};

test.each<[code: string | null, field: string, rule: Rule]>([
  [null, '', { kind: 'attribute', attribute: 'x_text', operator: 'equals', value: 'a' }],
  ['attribute-unknown', 'rule.attribute', { kind: 'attribute', attribute: 'gone', operator: 'isEmpty' }],
  ['operator-unfit', 'rule.operator', { kind: 'attribute', attribute: 'x_text', operator: 'moreThan', value: 1 }],
  ['operator-unfit', 'rule.operator', { kind: 'attribute', attribute: 'x_yesno', operator: 'equals', value: true }],
  ['value-missing', 'rule.value', { kind: 'attribute', attribute: 'x_text', operator: 'equals' }],
  ['value-missing', 'rule.value', { kind: 'attribute', attribute: 'x_text', operator: 'equals', value: '' }],
  ['value-missing', 'rule.value', { kind: 'attribute', attribute: 'x_text', operator: 'isOneOf', value: [] }],
  ['value-unfit', 'rule.value', { kind: 'attribute', attribute: 'x_text', operator: 'equals', value: 5 }],
  ['value-unfit', 'rule.value', { kind: 'attribute', attribute: 'x_text', operator: 'isOneOf', value: 'a' }],
  ['value-unfit', 'rule.value', { kind: 'attribute', attribute: 'x_number', operator: 'moreThan', value: '5' }],
  ['value-unfit', 'rule.value', { kind: 'attribute', attribute: 'x_money', operator: 'moreThan', value: 0.5 }],
  ['value-unfit', 'rule.value', { kind: 'attribute', attribute: 'x_number', operator: 'between', value: [3, 1] }],
  ['value-unfit', 'rule.value', { kind: 'attribute', attribute: 'x_number', operator: 'between', value: [1] }],
  ['value-unfit', 'rule.value', { kind: 'attribute', attribute: 'x_date', operator: 'before', value: '2026-02-30' }],
  ['value-unfit', 'rule.value', { kind: 'attribute', attribute: 'x_date', operator: 'inLast', value: 30 }],
  ['segment-unknown', 'rule.segment', { kind: 'segment', segment: 'gone', member: true }],
  [null, '', { kind: 'segment', segment: 'vips', member: true }],
  ['message-unknown', 'rule.message', { kind: 'message', message: 'gone', act: 'sent', did: true, since: 'ever' }],
  [null, '', { kind: 'message', message: 'any', act: 'sent', did: true, since: 'ever' }],
  ['operator-unfit', 'rule.where.0.operator', { kind: 'event', event: 'x', did: true, since: 'ever', where: [{ property: 'p', operator: 'anniversaryToday' }] }],
  ['value-missing', 'rule.where.0.value', { kind: 'event', event: 'x', did: true, since: 'ever', where: [{ property: 'p', operator: 'equals' }] }],
  [null, '', { kind: 'event', event: 'x', did: true, since: 'ever', where: [{ property: 'p', operator: 'equals', value: 5 }] }],
  ['value-missing', 'rule.rules.1.rules.0.value', { kind: 'all', rules: [{ kind: 'tag', tag: 'vip', has: true }, { kind: 'none', rules: [{ kind: 'attribute', attribute: 'x_text', operator: 'equals' }] }] }],
])('%s at "%s"', (code, field, rule) => {
  const problems = ruleProblems(rule, names);
  expect(problems.map((each) => [each.code, each.place?.field])).toEqual(code === null ? [] : [[code, field]]);
  for (const each of problems) expect(inEnglish(each.text)).not.toContain('{');
});

test('an unknown tag and an empty group are warnings: the rule can be meant', () => {
  const rule: Rule = { kind: 'any', rules: [{ kind: 'tag', tag: 'new', has: true }, { kind: 'all', rules: [] }] };
  expect(ruleProblems(rule, names).map(({ code, severity }) => [code, severity])).toEqual([['tag-unknown', 'warning'], ['rule-empty', 'warning']]);
});

test('"since this enrollment" is a problem where nobody is in a flow', () => {
  const rule: Rule = { kind: 'message', message: 'any', act: 'opened', did: true, since: 'enrollment' };
  expect(ruleProblems(rule, names)).toEqual([]);
  expect(ruleProblems(rule, names, { enrollment: false, field: 'audience' }).map(({ code, place }) => [code, place?.field])).toEqual([['scope-without-enrollment', 'audience.since']]);
});

test('too much nesting is a problem, and is not compiled', () => {
  let rule: Rule = { kind: 'tag', tag: 'vip', has: true };
  for (let depth = 0; depth < DEEPEST_RULE; depth++) rule = { kind: 'none', rules: [rule] };
  expect(ruleProblems(rule, names)).toEqual([]);
  const workspace = testWorkspace();
  expect(contactsMatching(workspace, rule, { limit: 1 })).toEqual([]);
  const deeper: Rule = { kind: 'all', rules: [rule] };
  expect(ruleProblems(deeper, names).map(({ code }) => code)).toEqual(['rule-too-deep']);
  expect(() => contactsMatching(workspace, deeper, { limit: 1 })).toThrow('levels deep');
});

test('every operator is offered for some kind, once, with a label', () => {
  const offered = new Set(ATTRIBUTE_KINDS.flatMap((kind) => operatorsFor(kind).map(({ operator }) => operator)));
  expect([...offered].toSorted()).toEqual([...OPERATORS].toSorted());
  for (const kind of ATTRIBUTE_KINDS) {
    const operators = operatorsFor(kind);
    expect(new Set(operators.map(({ operator }) => operator)).size).toBe(operators.length);
    expect(operators.every(({ label }) => inEnglish(label).length > 1)).toBe(true);
  }
});
