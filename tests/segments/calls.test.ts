// The calls about segments: what is kept, what is refused with its place, and what uses what.
import { beforeEach, describe, expect, test } from 'vitest';
import { calls as declared, type CallName } from '../../shared/api.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { ProblemError } from '../../shared/problem.ts';
import { inEnglish } from '../../shared/text.ts';
import { contactHandlers } from '../../src-main/handlers/contacts.ts';
import { segmentMemberHandlers } from '../../src-main/handlers/segment-members.ts';
import { segmentHandlers } from '../../src-main/handlers/segments.ts';
import { exportFlow, importFlow } from '../../src-main/store/flow-files.ts';
import { flowRecord, insertFlow } from '../../src-main/store/flows.ts';
import { problemsOfFlow } from '../../src-main/store/names.ts';
import { segmentsOf } from '../../src-main/store/segments.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';
import { flowOf, hasTag } from '../runner/story.ts';

let workspace: TestWorkspace;
let segments: ReturnType<typeof segmentHandlers> & ReturnType<typeof segmentMemberHandlers>;
const vip: Rule = hasTag('vip');
const member = (segment: string): Rule => ({ kind: 'segment', segment, member: true });

beforeEach(() => {
  workspace = testWorkspace();
  segments = { ...segmentHandlers(workspace), ...segmentMemberHandlers(workspace) };
});

const save = (name: string, rule: Rule | null, key: string | null = null) => segments['segments.save']({ key, name, rule, track: false });

async function refused(act: () => unknown): Promise<string[]> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ code, place }) => `${code} ${place?.field ?? ''}`.trim());
    throw error;
  }
  return [];
}

test('a new segment gets a key from its name, its size, and is listed by name', async () => {
  addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
  addContact(workspace, { email: 'ben@x.dk' });
  expect(await save('Æblevenner', vip)).toMatchObject({ size: 1 });
  expect(await save('Andre', null)).toMatchObject({ key: 'andre', size: 0 });
  const listed = await segments['segments.list']({ sizes: true });
  expect(listed.map(({ name, size, rule }) => [name, size, rule === null])).toEqual([['Andre', 0, true], ['Æblevenner', 1, false]]);
  expect((await segments['segments.list']({ sizes: false })).map(({ name, size }) => [name, size])).toEqual([['Andre', null], ['Æblevenner', null]]);
  expect(await segments['segments.get']({ key: 'andre', sizes: true })).toMatchObject({ sizes: [{ day: '2026-03-02', size: 0 }], usedBy: { flows: [], segments: [] } });
});

test('contacts are listed by segment, and its rule changes whom it means', async () => {
  const ada = addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
  const ben = addContact(workspace, { email: 'ben@x.dk', tags: ['new'] });
  const { key } = await save('Some', vip);
  const contacts = contactHandlers(workspace);
  const ids = async () => (await contacts['contacts.list']({ search: '', rule: member(key), sort: null, offset: 0, limit: 10 })).rows.map(({ id }) => id);
  expect(await ids()).toEqual([ada]);
  await save('Some', hasTag('new'), key);
  expect(await ids()).toEqual([ben]);
});

describe('refused', () => {
  test.each<[string, () => unknown, string[]]>([
    ['a rule without conditions', () => save('Nobody', { kind: 'all', rules: [] }), ['rule-empty rule']],
    ['an unknown attribute, with its place', () => save('Odd', { kind: 'all', rules: [vip, { kind: 'attribute', attribute: 'gone', operator: 'isEmpty' }] }), ['attribute-unknown rule.rules.1.attribute']],
    ['an unknown flow', () => save('Odd', { kind: 'flow', flow: 9, position: 'inside', is: true, since: 'ever' }), ['flow-unknown rule.flow']],
    ['"since the entry", where nobody is in a flow', () => save('Odd', { kind: 'event', event: 'x', did: true, since: 'enrollment' }), ['scope-without-enrollment rule.since']],
    ['itself', () => save('Some', member('some'), 'some'), ['segment-cycle']],
    ['a circle', () => save('Some', member('other'), 'some'), ['segment-cycle']],
    ['a name that is taken, however it is written', () => save(' SOME ', vip), ['name-taken name']],
    ['no name', () => save('  ', vip), ['name-missing name']],
    ['a rule for a fixed set', () => save('Fair', vip, 'fair'), ['segment-kind rule']],
    ['to become a fixed set', () => save('Some', null, 'some'), ['segment-kind rule']],
    ['a segment that is not there', () => save('Some', vip, 'nowhere'), ['segment-unknown key']],
    ['to remove what is not there', () => segments['segments.remove']({ key: 'nowhere' }), ['segment-unknown key']],
    ['members of a segment with a rule', () => segments['segments.members']({ key: 'some', add: [], addRule: vip, remove: [] }), ['segment-dynamic segment']],
    ['an unknown contact', () => segments['segments.members']({ key: 'fair', add: [77], addRule: null, remove: [] }), ['contact-unknown']],
  ])('%s', async (_, act, expected) => {
    await save('Some', vip);
    await save('Other', member('some'));
    await save('Fair', null);
    const before = JSON.stringify([...segmentsOf(workspace)]);
    const told = await refused(act);
    expect(told.map((each) => expected.find((wanted) => each.startsWith(wanted)) ?? each)).toEqual(expected);
    expect(JSON.stringify([...segmentsOf(workspace)])).toBe(before);
  });
});

test('what is used says by what, and is not removed while it is', async () => {
  await save('Some', vip);
  await save('Fair', null);
  await save('Outer', { kind: 'none', rules: [member('some')] });
  insertFlow(workspace, flowOf({ name: 'Greeting', triggers: [{ id: 'in', type: 'segmentEntered', config: { segment: 'some' } }], steps: [{ id: 'put', type: 'addToSegment', config: { segment: 'fair' } }] }));
  insertFlow(workspace, flowOf({ name: 'Audience', entry: { reentry: 'never', reentryDays: 30, audience: member('some') }, steps: [{ id: 'pause', type: 'wait', config: {} }] }));
  const uses = Object.fromEntries((await segments['segments.list']({ sizes: true })).map(({ key, usedBy }) => [key, [...usedBy.flows.map(({ name }) => name), ...usedBy.segments.map(({ name }) => name)]]));
  expect(uses).toEqual({ some: ['Audience', 'Greeting', 'Outer'], fair: ['Greeting'], outer: [] });
  try {
    await segments['segments.remove']({ key: 'some' });
    expect.unreachable();
  } catch (error) {
    expect((error as ProblemError).problems.map(({ text }) => inEnglish(text)).join(' ')).toMatch(/“Audience” and “Greeting”.*“Outer”/);
  }
  await segments['segments.remove']({ key: 'outer' });
  expect([...segmentsOf(workspace).keys()].toSorted()).toEqual(['fair', 'some']);
});

test('members come by id and by rule, each once, with events; and go', async () => {
  const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => addContact(workspace, { email: `${name}@x.dk`, tags: name === 'cleo' ? ['vip'] : [] })) as [number, number, number];
  const { key } = await save('Fair', null);
  expect(await segments['segments.members']({ key, add: [ada, ada, ben], addRule: vip, remove: [] })).toEqual({ added: 3, removed: 0 });
  expect(await segments['segments.members']({ key, add: [ada], addRule: null, remove: [ben, ben] })).toEqual({ added: 0, removed: 1 });
  const recorded = workspace.db.prepare(`SELECT type, contact_id AS contact, data ->> 'name' AS name FROM events WHERE type LIKE 'segment_%' ORDER BY id`).all();
  expect(recorded).toEqual([
    { type: 'segment_entered', contact: ada, name: 'Fair' },
    { type: 'segment_entered', contact: ben, name: 'Fair' },
    { type: 'segment_entered', contact: cleo, name: 'Fair' },
    { type: 'segment_left', contact: ben, name: 'Fair' },
  ]);
  expect((await segments['segments.get']({ key, sizes: true })).size).toBe(2);
});

test('a segment whose attribute is gone is listed with what is wrong, and without a size', async () => {
  workspace.db.prepare(`INSERT INTO segments (key, name, rule, updated_at) VALUES ('odd', 'Odd', ?, 0)`).run(JSON.stringify({ kind: 'attribute', attribute: 'gone', operator: 'isEmpty' }));
  expect(await segments['segments.list']({ sizes: true })).toMatchObject([{ key: 'odd', size: null, problems: [{ code: 'attribute-unknown' }] }]);
});

test('the segments of one contact, without those that cannot be asked', async () => {
  const ada = addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
  const ben = addContact(workspace, { email: 'ben@x.dk' });
  await save('Some', vip);
  await save('Others', { kind: 'none', rules: [member('some')] });
  await save('Fair', null);
  await segments['segments.members']({ key: 'fair', add: [ada], addRule: null, remove: [] });
  workspace.db.prepare(`INSERT INTO segments (key, name, rule, updated_at) VALUES ('odd', 'Odd', ?, 0)`).run(JSON.stringify({ kind: 'attribute', attribute: 'gone', operator: 'isEmpty' }));
  const of = async (contact: number) => (await segments['segments.ofContact']({ contact })).map(({ name, rule }) => [name, rule === null]);
  expect([await of(ada), await of(ben)]).toEqual([[['Fair', true], ['Some', false]], [['Others', false]]]);
  expect(await refused(() => segments['segments.ofContact']({ contact: 99 }))).toEqual(['contact-unknown']);
});

test('a flow file carries the segments of its triggers, steps and rules, with those inside them', async () => {
  await save('Inner', vip);
  await save('Outer', member('inner'));
  await save('Fair', null);
  const flow = flowOf({ triggers: [{ id: 'out', type: 'segmentLeft', config: { segment: 'outer' } }], steps: [{ id: 'put', type: 'removeFromSegment', config: { segment: 'fair' } }] });
  const text = exportFlow(workspace, flow);
  const elsewhere = testWorkspace();
  importFlow(elsewhere, text, 'some.kanalflow');
  expect([...segmentsOf(elsewhere).values()].map(({ key, rule }) => `${key} ${rule === null ? 'fixed' : 'rule'}`).toSorted()).toEqual(['fair fixed', 'inner rule', 'outer rule']);
});

test('a flow file brings no number of a flow with it: which flow a rule means is chosen anew', async () => {
  const here = insertFlow(workspace, flowOf({ name: 'Here', steps: [{ id: 'pause', type: 'wait', config: {} }] }));
  await save('Inside', { kind: 'any', rules: [{ kind: 'flow', flow: here, position: 'inside', is: true, since: 'ever' }, { kind: 'flow', flow: 'any', position: 'entered', is: false, since: 'ever' }] });
  const text = exportFlow(workspace, flowOf({ goal: member('inside'), exit: { kind: 'flow', flow: here, position: 'left', is: true, since: 'ever' }, steps: [{ id: 'pause', type: 'wait', config: {} }] }));
  const elsewhere = testWorkspace();
  const { id } = importFlow(elsewhere, text, 'some.kanalflow');
  expect(segmentsOf(elsewhere).get('inside')!.rule).toMatchObject({ rules: [{ flow: 0 }, { flow: 'any' }] });
  expect(problemsOfFlow(elsewhere, flowRecord(elsewhere, id)!.draft).problems.map(({ code, place }) => `${code} ${place?.field}`)).toContain('flow-missing exit.flow');
});

test('every call has its input checked', () => {
  for (const name of ['segments.save', 'segments.get', 'segments.remove', 'segments.members'] satisfies CallName[]) expect(declared[name].input.safeParse({ key: 'NOT A KEY' }).success).toBe(false);
});
