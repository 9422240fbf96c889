// D22: whom more than one way of a branch is open to, counted over the contacts there are, with some of them.
import { describe, expect, test } from 'vitest';
import type { Branch } from '../../shared/contacts/rule-fields.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { branchesOf, comparableWays, overlapRule } from '../../shared/flow/overlap.ts';
import { branch as branchType } from '../../shared/steps/branch.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { addContact, testWorkspace } from '../workspace-fixture.ts';

const has = (tag: string): Rule => ({ kind: 'tag', tag, has: true });
const way = (id: string, rule: Rule | null): Branch => ({ id, label: '', rule });
const openedHere: Rule = { kind: 'message', message: 'any', act: 'opened', did: true, since: 'enrollment' };

function people(...tags: string[][]) {
  const workspace = testWorkspace({});
  const ids = tags.map((each, index) => addContact(workspace, { email: `p${index}@example.dk`, first_name: `P${index}`, tags: each }));
  return { ids, overlap: (branches: readonly Branch[]) => flowHandlers(workspace)['flows.overlap']({ ways: comparableWays(branches) }) };
}

describe('D22: overlap', () => {
  test('counts each contact once, however many ways are open to them, and names some with their ways', async () => {
    const { ids, overlap } = people(['a'], ['b'], ['a', 'b'], [], ['b', 'c'], ['a', 'b', 'c'], ['c']);
    const found = await overlap([way('first', has('a')), way('second', has('b')), way('third', has('c'))]);
    expect(found.count).toBe(3);
    expect(found.first.map(({ id, values, ways }) => [id, values['first_name'], ways])).toEqual([
      [ids[5], 'P5', ['first', 'second', 'third']],
      [ids[4], 'P4', ['second', 'third']],
      [ids[2], 'P2', ['first', 'second']],
    ]);
  });

  test('names three at the most', async () => {
    const { overlap } = people(...Array.from({ length: 10 }, () => ['a', 'b']));
    const { count, first } = await overlap([way('x', has('a')), way('y', has('b'))]);
    expect([count, first.length]).toEqual([10, 3]);
  });

  test.each<[string, Branch[]]>([
    ['ways that exclude each other', [way('x', has('a')), way('y', { kind: 'none', rules: [has('a')] })]],
    ['one way', [way('x', has('a'))]],
    ['ways without a rule', [way('x', has('a')), way('y', null), way('z', { kind: 'all', rules: [] })]],
    ['ways that ask about the passage at hand, which nobody is in', [way('x', has('a')), way('y', openedHere)]],
    ['none', []],
  ])('%s: nobody', async (_, branches) => {
    expect(await people(['a', 'b'], ['a']).overlap(branches)).toEqual({ count: 0, first: [] });
  });

  test('is asked of branches, and of nothing that is switched off', () => {
    const config = branchType.config.parse({ branches: [way('x', has('a')), way('y', has('b'))] });
    expect(branchesOf({ id: 's', type: 'branch', config })).toHaveLength(2);
    expect(branchesOf({ id: 's', type: 'branch', config, disabled: true })).toEqual([]);
    expect(branchesOf({ id: 's', type: 'wait', config: {} })).toEqual([]);
    expect(branchesOf({ id: 's', type: 'nothing-known', config: {} })).toEqual([]);
    expect(overlapRule([{ id: 'x', rule: has('a') }])).toBe(null);
  });

  test('a rule that cannot be asked is refused in words', async () => {
    const gone: Rule = { kind: 'attribute', attribute: 'gone', operator: 'isEmpty' };
    await expect(people(['a']).overlap([way('x', has('a')), way('y', gone)])).rejects.toMatchObject({ problems: [expect.objectContaining({ severity: 'error' })] });
  });
});
