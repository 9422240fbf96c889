// Steps that change contacts, and those that deal with other flows (FEATURES A4.5, A4.7, A4.8, A4.13, A4.14, A4.16).
import { describe, expect, test } from 'vitest';
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import type { Step } from '../../shared/flow/flow.ts';
import { stepType } from '../../shared/steps/index.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { scoreHandlers } from '../../src-main/handlers/scores.ts';
import { decide } from '../../src-main/runner/outbox-decide.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { consentState, recordConsent } from '../../src-main/store/consents.ts';
import { getContact } from '../../src-main/store/contacts.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { byHand, flowOf, onAdded, onTag, stage, tag, wait, type Stage } from './story.ts';

const ATTRIBUTES = [
  { key: 'points', label: 'Points', kind: 'number' },
  { key: 'spent', label: 'Spent', kind: 'money' },
  { key: 'renewal', label: 'Renewal', kind: 'date' },
  { key: 'call_at', label: 'Call at', kind: 'dateTime' },
  { key: 'nick', label: 'Nickname', kind: 'text' },
  { key: 'stage', label: 'Stage', kind: 'choice', choices: ['Lead', 'Trial', 'Customer'] },
] as const;

async function through(steps: Step[], values: Record<string, AttributeValue> = {}): Promise<{ story: Stage; ada: number; value(key: string): unknown }> {
  const story = stage();
  for (const attribute of ATTRIBUTES) addAttribute(story.workspace, attribute as never);
  story.live(flowOf({ steps }));
  const ada = addContact(story.workspace, { email: 'ada@example.com', first_name: 'Ada', ...values });
  await story.pass(0);
  return { story, ada, value: (key) => getContact(story.workspace, ada)!.values[key] ?? null };
}
const update = (attribute: string, config: Record<string, unknown>): Step => ({ id: 'u', type: 'updateAttribute', config: { attribute, ...config } });

describe('update attribute', () => {
  test.each<[string, Record<string, unknown>, Record<string, AttributeValue>, unknown]>([
    ['points', { action: 'add', by: 5 }, { points: 7 }, 12],
    ['points', { action: 'add', by: 5 }, {}, 5],
    ['points', { action: 'subtract', by: 0.1 }, { points: 0.3 }, 0.2],
    ['points', { action: 'multiply', factor: 1.5 }, { points: 5 }, 7.5],
    ['points', { action: 'divide', factor: 4 }, { points: 10 }, 2.5],
    ['spent', { action: 'add', by: 1050 }, { spent: 99 }, 1149],
    ['spent', { action: 'multiply', factor: 1.25 }, { spent: 999 }, 1249],
    ['nick', { action: 'copy', source: 'first_name' }, {}, 'Ada'],
    ['nick', { action: 'copy', source: 'last_name' }, { nick: 'x' }, null],
    ['nick', { action: 'clear' }, { nick: 'x' }, null],
    ['renewal', { action: 'date', distance: { amount: 3, unit: 'days' } }, {}, '2026-03-05'],
    ['renewal', { action: 'date', distance: { amount: 1, unit: 'months' }, side: 'before' }, {}, '2026-02-02'],
    ['renewal', { action: 'date', distance: { amount: 18, unit: 'hours' } }, { time_zone: 'Pacific/Kiritimati' }, '2026-03-03'],
    ['call_at', { action: 'date', distance: { amount: 2, unit: 'hours' } }, {}, TEST_NOW + 2 * HOUR],
  ])('%s: %j of %j is %j', async (attribute, config, values, expected) => {
    const { value } = await through([update(attribute, config)], values);
    expect(value(attribute)).toBe(expected);
  });

  test.each([
    [{ attribute: 'nick', action: 'add', by: 3 }, ['attribute-unfit']],
    [{ attribute: 'points', action: 'divide', factor: 0 }, ['divided-by-zero']],
    [{ attribute: 'points', action: 'add', by: 'x' }, ['value-does-not-fit']],
    [{ attribute: 'points', action: 'copy', source: 'nick' }, ['copy-unfit']],
    [{ attribute: 'points', action: 'date' }, ['attribute-unfit']],
    [{ attribute: 'email', action: 'clear' }, ['attribute-identifies']],
    [{ attribute: 'spent', action: 'subtract', by: 100 }, []],
  ])('%j: %j', (config, codes) => {
    const type = stepType('updateAttribute')!;
    const names = namesFrom({ messages: [], segments: [], attributes: ATTRIBUTES as never });
    expect(type.problems!(type.config.parse(config), names).map(({ code }) => code)).toEqual(codes);
  });
});

describe('scores and stages', () => {
  test('a score counts up and down, and can be explained', async () => {
    const score = (id: string, by: number, reason: string): Step => ({ id, type: 'changeScore', config: { score: 'points', by, reason } });
    const { story, ada, value } = await through([score('a', 0.1, 'came'), score('b', 0.2, 'clicked'), score('c', -1, 'idle')]);
    expect(value('points')).toBe(-0.7);
    const why = await scoreHandlers(story.workspace)['scores.explain']({ contact: ada, attribute: 'points', limit: 10 });
    expect(why.map(({ by, now, reason, flow }) => [Math.round(by! * 10) / 10, now, reason, flow])).toEqual([[-1, -0.7, 'idle', 'Story'], [0.2, 0.3, 'clicked', 'Story'], [0.1, 0.1, 'came', 'Story']]);
  });

  const move = (backwards: string): Step => ({ id: 's', type: 'changeStage', config: { attribute: 'stage', stage: 'Trial', backwards } });
  test.each([
    [null, 'stay', 'Trial', null],
    ['Lead', 'stay', 'Trial', null],
    ['Customer', 'stay', 'Customer', null],
    ['Customer', 'move', 'Trial', 1],
  ])('from %s (%s): %s', async (from, backwards, expected, flagged) => {
    const { story, value } = await through([move(backwards)], from === null ? {} : { stage: from });
    expect(value('stage')).toBe(expected);
    expect(story.one(`SELECT max(data ->> 'backwards') FROM events WHERE type = 'attributes_changed'`)).toBe(flagged);
  });
});

describe('A4.16: consent', () => {
  const consent = (change: string, evidence = ''): Step => ({ id: 'c', type: 'changeConsent', config: { change, evidence } });
  test('given with its evidence, withdrawn; what was withdrawn is not lifted', async () => {
    const given = await through([consent('given', 'Ticked the box of form 3')]);
    expect(consentState(given.story.workspace, given.ada, 'email')).toBe('given');
    expect(given.story.one('SELECT wording FROM consents')).toBe('Ticked the box of form 3');
    const story = stage();
    const flow = story.live(flowOf({ triggers: [byHand], steps: [consent('given', 'x')] }));
    const bob = addContact(story.workspace, { email: 'bob@example.com' });
    recordConsent(story.workspace, { contactId: bob, channel: 'email', given: false, source: 'said no', actor: 'user' });
    await story.calls['flows.enroll']({ flow, contacts: [bob], rule: null });
    await story.pass(0);
    expect(consentState(story.workspace, bob, 'email')).toBe('withdrawn');
    const withdrawn = await through([consent('withdrawn')]);
    expect(consentState(withdrawn.story.workspace, withdrawn.ada, 'email')).toBe('withdrawn');
  });
});

describe('other flows', () => {
  const endFlows = (flow: number | null = null): Step => ({ id: 'end', type: 'endFlows', config: { which: flow === null ? 'others' : 'one', flow } });
  const startFlow = (flow: number): Step => ({ id: 'link', type: 'startFlow', config: { flow } });
  const fromFlow = (flow: number | null = null) => ({ id: 'from', type: 'fromFlow', config: { flow } });

  test('A4.13: started from another; only that one, once', async () => {
    const story = stage();
    const target = story.live(flowOf({ name: 'Target', triggers: [fromFlow(2)], steps: [wait('w', 1)] }));
    const other = story.live(flowOf({ name: 'First', triggers: [onTag('a')], steps: [startFlow(target)] }));
    expect([target, other]).toEqual([1, 2]);
    story.live(flowOf({ name: 'Second', triggers: [onTag('b')], steps: [startFlow(target)] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['a'] });
    addContact(story.workspace, { email: 'bob@example.com', tags: ['b'] });
    await story.pass(HOUR);
    expect(story.all('SELECT contact_id AS contact, trigger_id AS trigger FROM enrollments WHERE flow_id = 1')).toEqual([{ contact: ada, trigger: 'from' }]);
  });

  test('D19: flows that start each other take a minute for each round', async () => {
    const story = stage();
    const entry = { reentry: 'afterExit', reentryDays: 30, audience: null } as const;
    story.live(flowOf({ name: 'Ping', triggers: [fromFlow(), onTag('go')], entry, steps: [startFlow(2)] }));
    story.live(flowOf({ name: 'Pong', triggers: [fromFlow()], entry, steps: [startFlow(1)] }));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['go'] });
    await story.pass(HOUR);
    expect(story.one('SELECT count(*) FROM enrollments WHERE flow_id = 1')).toBe(61);
  });

  test.each([
    ['one', ['active', 'exited', 'active']],
    ['others', ['active', 'exited', 'exited']],
  ])('A4.13: ends %s', async (which, states) => {
    const story = stage();
    story.live(flowOf({ name: 'Ender', triggers: [onTag('stop')], steps: [{ id: 'end', type: 'endFlows', config: { which, flow: 2 } }, wait('rest', 1)] }));
    for (const name of ['One', 'Two']) story.live(flowOf({ name, triggers: [onAdded], steps: [wait('long', 30)] }));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['stop'] });
    addContact(story.workspace, { email: 'bob@example.com' });
    await story.pass(HOUR);
    expect(story.all<{ state: string }>('SELECT state FROM enrollments WHERE contact_id = 1 ORDER BY flow_id').map(({ state }) => state)).toEqual(states);
    expect(story.one(`SELECT count(*) FROM enrollments WHERE contact_id = 2 AND state = 'active'`)).toBe(2);
    expect(story.one(`SELECT exit_reason FROM enrollments WHERE state = 'exited'`)).toBe('ended-by-flow');
    // A visit for each stay that ended, also for those who were let out (FAULTS I4).
    expect(story.one(`SELECT count(*) FROM visits v JOIN enrollments e ON e.id = v.enrollment_id WHERE e.state = 'exited'`)).toBe(which === 'one' ? 1 : 2);
  });

  test.each<[string, Step[], string[]]>([
    ['started, then all others ended: it is ended, too', [startFlow(2), endFlows()], ['ended-by-flow', 'ended-by-flow']],
    ['all others ended, then started: it goes on', [endFlows(), startFlow(2)], ['active', 'ended-by-flow']],
    ['started by a tag, then all others ended', [tag('go'), endFlows()], ['ended-by-flow', 'ended-by-flow']],
    ['ended, started and ended again', [endFlows(), startFlow(2), endFlows(2)], ['ended-by-flow', 'ended-by-flow']],
    ['started, ended and started again', [startFlow(2), endFlows(2), startFlow(2)], ['ended-by-flow', 'active', 'active']],
  ])('D25: in the order of the steps: %s', async (_, steps, expected) => {
    const story = stage();
    story.live(flowOf({ name: 'Ender', triggers: [onTag('stop')], steps: [...steps.map((step, n) => ({ ...step, id: `s${n}` })), wait('rest', 1)] }));
    story.live(flowOf({ name: 'Two', triggers: [fromFlow(), onTag('go')], entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, steps: [wait('a-while', 3), tag('came')] }));
    story.live(flowOf({ name: 'Three', triggers: [onAdded], steps: [wait('long', 30)] }));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['stop'] });
    await story.pass(HOUR);
    expect(story.all<{ end: string }>(`SELECT coalesce(exit_reason, state) AS end FROM enrollments WHERE flow_id > 1 ORDER BY flow_id, id`).map(({ end }) => end)).toEqual(expected);
    // One who has nothing ended is not concerned.
    addContact(story.workspace, { email: 'bob@example.com', tags: ['go'] });
    await story.pass(HOUR);
    expect(story.one(`SELECT count(*) FROM enrollments WHERE contact_id = 2 AND state = 'active'`)).toBe(2);
  });

  test('A4.13: the place in the line for a flow is given up when that is ended', async () => {
    const story = stage();
    story.live(flowOf({ name: 'Ender', triggers: [onTag('stop')], steps: [startFlow(2), endFlows(2), wait('rest', 1)] }));
    story.live(flowOf({ name: 'Two', triggers: [fromFlow(), onTag('go')], entry: { reentry: 'afterExit', reentryDays: 30, audience: null, whileInside: 'queue' }, steps: [wait('a-while', 3)] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['go'] });
    await story.pass(HOUR);
    addTagFor(story.workspace, [{ contactId: ada }], 'stop', { source: 'user' });
    await story.pass(HOUR);
    expect(story.all('SELECT exit_reason AS reason FROM enrollments WHERE flow_id = 2')).toEqual([{ reason: 'ended-by-flow' }]);
  });

  test('A4.14: an event that another flow starts on', async () => {
    const story = stage();
    story.live(flowOf({ name: 'Hearer', triggers: [{ id: 'e', type: 'eventHappened', config: { name: 'upgraded', where: [{ property: 'plan', operator: 'equals', value: 'pro' }] } }], steps: [tag('heard')] }));
    const emit = (plan: string): Step => ({ id: `emit-${plan}`, type: 'emitEvent', config: { name: 'upgraded', properties: [{ property: 'plan', value: plan }] } });
    story.live(flowOf({ name: 'Emitter', triggers: [onTag('go')], steps: [emit('free'), wait('day', 1), emit('pro')] }));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['go'] });
    await story.pass(HOUR);
    expect(story.one('SELECT count(*) FROM enrollments WHERE flow_id = 1')).toBe(0);
    await story.pass(DAY);
    expect(story.one('SELECT count(*) FROM enrollments WHERE flow_id = 1')).toBe(1);
  });
});

describe('channels that are not there yet', () => {
  test.each([
    ['sendSms', { text: 'Hi' }, 'sms'],
    ['webhook', { url: 'https://example.com/hook' }, 'webhook'],
  ])('%s: into the ledger, held because nothing is set up; a person lets it go on', async (type, config, channel) => {
    const story = stage();
    story.live(flowOf({ steps: [{ id: 'send', type, config }, tag('after')] }));
    addContact(story.workspace, { email: 'ada@example.com' });
    const runner = createRunner(story.workspace, createRecordingOutbox(story.workspace, { settled: () => undefined }));
    await runner.runDue();
    expect(story.all('SELECT channel, state, reason FROM outbox')).toEqual([{ channel, state: 'held', reason: 'no-channel' }]);
    expect(story.one('SELECT step_id FROM enrollments')).toBe('send');
    decide(story.workspace, 1, 'cancel');
    await runner.runDue();
    expect(story.one('SELECT state FROM enrollments')).toBe('finished');
  });
});
