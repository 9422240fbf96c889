// Saved views of the list of contacts, through the gate that every host uses.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { calls as declared, type Answer } from '../../shared/api.ts';
import type { ContactView } from '../../shared/contacts/view.ts';
import { createDispatch, type Handlers } from '../../src-main/dispatch.ts';
import { viewHandlers } from '../../src-main/handlers/views.ts';
import { testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
let ask: (method: string, input: unknown) => Promise<Answer>;
beforeEach(() => {
  workspace = testWorkspace();
  ask = createDispatch(viewHandlers(workspace) as Handlers, (message, error) => {
    throw new Error(message, { cause: error });
  });
});
afterEach(() => workspace.close());

const view: ContactView = { columns: ['email', ':tags'], sort: { attribute: ':added', descending: true }, search: 'ø', rule: { kind: 'tag', tag: 'vip', has: true } };
const refused = (answer: Answer) => ('problems' in answer ? answer.problems.map(({ code }) => code) : answer);

test('a view is saved, listed by name, changed, renamed and removed', async () => {
  expect(await ask('views.save', { name: ' VIPs ', view })).toEqual({ value: { id: 1 } });
  expect(await ask('views.save', { name: 'all', view: { ...view, rule: null } })).toEqual({ value: { id: 2 } });
  expect(await ask('views.save', { id: 1, name: 'Best', view: { ...view, columns: ['phone'] } })).toEqual({ value: { id: 1 } });
  expect(await ask('views.list', {})).toEqual({ value: [{ id: 2, name: 'all', view: { ...view, rule: null } }, { id: 1, name: 'Best', view: { ...view, columns: ['phone'] } }] });
  expect(await ask('views.remove', { id: 2 })).toEqual({ value: null });
  expect(await ask('views.list', {})).toMatchObject({ value: [{ id: 1 }] });
  expect(workspace.heard).toContainEqual({ type: 'changed', topics: ['views'] });
});

test('refused: a name that is taken, no name, a view that is gone, no columns', async () => {
  await ask('views.save', { name: 'VIPs', view });
  expect(refused(await ask('views.save', { name: 'vips', view }))).toEqual(['name-taken']);
  expect(refused(await ask('views.save', { name: '  ', view }))).toEqual(['name-missing']);
  expect(refused(await ask('views.save', { id: 9, name: 'Nine', view }))).toEqual(['view-unknown']);
  expect(refused(await ask('views.save', { name: 'None', view: { ...view, columns: [] } }))).toEqual(['invalid-input']);
  expect(declared['views.save'].input.safeParse({ name: 'X', view: { ...view, width: 3 } }).success).toBe(false);
});
