// What publishing, pausing, resuming and removing a flow do to the people inside (FEATURES D1-D5, FAULTS F45, F46).
import { describe, expect, test } from 'vitest';
import type { Flow, Step } from '../../shared/flow/flow.ts';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import type { ResumeChoice } from '../../shared/flow/resuming.ts';
import { sendEmail } from '../../shared/steps/send-email.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { liveFlowHandlers } from '../../src-main/handlers/live-flows.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { branch, flowOf, hasTag, mail, stage, tag, wait, type Stage } from './story.ts';

const steps = (flow: Flow, change: (step: Flow['steps'][number]) => Flow['steps'][number]) => ({ ...flow, steps: flow.steps.map(change) });
const where = (story: Stage) => story.all<{ state: string; stepId: string | null; dueAt: number | null }>('SELECT state, step_id AS stepId, due_at AS dueAt FROM enrollments ORDER BY id');

async function oneWaiting(flow: Flow, ms = HOUR): Promise<{ story: Stage; id: number; ada: number }> {
  const story = stage();
  const id = story.live(flow);
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(ms);
  return { story, id, ada };
}

describe('D1: a wait is edited while people stand in it', () => {
  const flow = flowOf({ steps: [wait('pause', 3), mail('offer')] });
  const lasting = (amount: number) => steps(flow, (step) => (step.id === 'pause' ? wait('pause', amount) : step));

  test.each([
    ['longer', 5, TEST_NOW + 5 * DAY],
    ['shorter, but not over yet', 2, TEST_NOW + 2 * DAY],
    ['so short that it is over', 1, TEST_NOW + 30 * HOUR],
  ])('%s', async (_, amount, leaves) => {
    const { story, id } = await oneWaiting(flow, 30 * HOUR);
    story.republish(id, lasting(amount));
    await story.pass(10 * DAY);
    expect(story.delivered.map(({ at }) => at)).toEqual([leaves]);
  });

  test('nobody is looked at whose step has only a new title', async () => {
    const { story, id } = await oneWaiting(flow);
    story.republish(id, steps(flow, (step) => ({ ...step, name: 'New title', note: 'Why' })));
    expect(where(story)).toEqual([{ state: 'active', stepId: 'pause', dueAt: TEST_NOW + 3 * DAY }]);
  });
});

describe('D2, F45: a step is deleted under people', () => {
  const flow = flowOf({ steps: [wait('one', 1), wait('two', 1), wait('three', 1), mail('offer')] });
  const without = (...gone: string[]) => flowOf({ steps: flow.steps.filter(({ id }) => !gone.includes(id)) });

  test('they go on at the next that is left, and the way they went is on record', async () => {
    const { story, id } = await oneWaiting(flow);
    story.republish(id, without('one', 'two'));
    await story.pass(HOUR);
    expect(where(story)).toEqual([{ state: 'active', stepId: 'three', dueAt: TEST_NOW + HOUR + DAY }]);
    // The visit is one of the version that had the step.
    expect(story.all('SELECT step_id, version, outlet FROM visits')).toEqual([{ step_id: 'one', version: 1, outlet: 'moved' }]);
    await story.pass(5 * DAY);
    expect(story.delivered).toHaveLength(1);
  });

  test('two versions later they are still found', async () => {
    const { story, id } = await oneWaiting(flow);
    story.republish(id, without('one'));
    story.republish(id, without('one', 'two'));
    await story.pass(0);
    expect(where(story)).toMatchObject([{ state: 'active', stepId: 'three' }]);
  });

  test('what is left behind it may be where a step “Go to” had led, that is gone as well', async () => {
    const jump = { id: 'jump', type: 'goTo', config: { to: 'three' } };
    const { story, id } = await oneWaiting(flowOf({ steps: [branch('vip', hasTag('vip')), wait('one', 1), jump, wait('three', 1)], ways: ['vip.yes > three', 'vip.else > one', 'one > jump'] }));
    story.republish(id, flowOf({ steps: [branch('vip', hasTag('vip')), wait('three', 1)], ways: ['vip.yes > three', 'vip.else > three'] }));
    await story.pass(0);
    expect(where(story)).toMatchObject([{ state: 'active', stepId: 'three' }]);
  });

  test('where nothing is left behind it, they leave with the reason', async () => {
    const { story, id } = await oneWaiting(flow);
    story.republish(id, flowOf({ steps: [tag('other')] }));
    await story.pass(0);
    expect(story.all('SELECT state, exit_reason FROM enrollments')).toEqual([{ state: 'exited', exit_reason: 'step-removed' }]);
  });

  test('a message that is planned there is cancelled, and none is sent twice', async () => {
    const story = stage();
    const long = flowOf({ steps: [mail('welcome'), wait('first', 1), mail('offer'), wait('pause', 1)] });
    const id = story.live(long);
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(0);
    story.isSending = false;
    await story.pass(DAY);
    expect(where(story)).toEqual([{ state: 'active', stepId: 'offer', dueAt: null }]);
    story.republish(id, flowOf({ steps: [mail('welcome'), wait('first', 1), wait('pause', 1)] }));
    story.isSending = true;
    await story.pass(HOUR);
    expect(story.all('SELECT step_id, state, reason FROM outbox ORDER BY id')).toEqual([
      { step_id: 'welcome', state: 'sent', reason: null },
      { step_id: 'offer', state: 'cancelled', reason: 'step-removed' },
    ]);
    expect(where(story)).toMatchObject([{ state: 'active', stepId: 'pause' }]);
  });

  test('D4: who has passed a step that is moved behind them comes to it again; the ledger knows it for the same step', async () => {
    const { story, id } = await oneWaiting(flowOf({ steps: [mail('welcome'), wait('pause', 1), tag('end')] }));
    story.republish(id, flowOf({ steps: [wait('pause', 1), mail('welcome'), tag('end')] }));
    await story.pass(3 * DAY);
    // Whether it is sent again is for the gates to say (tests/mail/moved-steps), which this stage does not have.
    expect(story.all<{ key: string }>('SELECT key FROM outbox ORDER BY id').map(({ key }) => key)).toEqual([`${id}:1:welcome:1`, `${id}:1:welcome:3`]);
    expect(where(story)).toMatchObject([{ state: 'finished' }]);
  });
});

describe('a person says what becomes of those at a step that is taken away (F45)', () => {
  const flow = flowOf({ steps: [wait('one', 1), wait('two', 1), wait('three', 1), mail('offer')] });
  const without = (...gone: string[]) => flowOf({ steps: flow.steps.filter(({ id }) => !gone.includes(id)) });
  const disabled = (id: string) => steps(flow, (step) => (step.id === id ? { ...step, disabled: true } : step));

  async function published(now: Flow, removed: RemovedChoice[]) {
    const { story, id } = await oneWaiting(flow);
    await story.calls['flows.saveDraft']({ flow: id, draft: now, revision: 1 });
    await story.calls['flows.publish']({ flow: id, removed });
    await story.pass(0);
    return { story, id };
  }

  test.each<[string, Flow, RemovedChoice['go'], unknown]>([
    ['deleted: on to the next', without('one'), 'next', { state: 'active', step: 'two', reason: null }],
    ['deleted: to a chosen step', without('one'), { to: 'three' }, { state: 'active', step: 'three', reason: null }],
    ['deleted: out', without('one'), 'exit', { state: 'exited', step: null, reason: 'step-removed' }],
    ['switched off: on to the next', disabled('one'), 'next', { state: 'active', step: 'two', reason: null }],
    ['switched off: to a chosen step', disabled('one'), { to: 'three' }, { state: 'active', step: 'three', reason: null }],
    ['switched off: out', disabled('one'), 'exit', { state: 'exited', step: null, reason: 'step-removed' }],
  ])('%s', async (_, now, go, expected) => {
    const { story, id } = await published(now, [{ step: 'one', go }]);
    expect(story.all('SELECT state, step_id AS step, exit_reason AS reason FROM enrollments')).toEqual([expected]);
    expect(await story.calls['flows.counts']({ flow: id })).toMatchObject({ entered: 1, steps: { one: { entered: 1, waiting: 0 } } });
    await story.pass(10 * DAY);
    expect(story.delivered.length).toBeLessThanOrEqual(1);
  });

  test('whoever comes to a step that is switched off later only passes by', async () => {
    const { story } = await published(disabled('one'), [{ step: 'one', go: 'exit' }]);
    addContact(story.workspace, { email: 'ben@example.com' });
    await story.pass(0);
    expect(where(story)[1]).toMatchObject({ state: 'active', stepId: 'two' });
  });

  test.each<[string, RemovedChoice, string]>([
    ['a step that stays', { step: 'two', go: 'exit' }, 'step-not-removed'],
    ['a target that is not there', { step: 'one', go: { to: 'nowhere' } }, 'step-unknown'],
  ])('refused: %s', async (_, choice, code) => {
    await expect(published(without('one'), [choice])).rejects.toMatchObject({ problems: [{ code }] });
  });
});

describe('new steps for who has gone by (D3)', () => {
  const flow = flowOf({ steps: [mail('welcome'), wait('pause', 1), tag('end')] });
  const behind = flowOf({ steps: [...flow.steps, mail('offer')] });
  const between = flowOf({ steps: [flow.steps[0]!, mail('offer'), ...flow.steps.slice(1)] });

  async function publishing(now: Flow, days: number | null, ms: number, story = stage()) {
    const id = story.live(flow);
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(ms);
    await story.calls['flows.saveDraft']({ flow: id, draft: now, revision: 1 });
    const asked = await liveFlowHandlers(story.workspace)['flows.backfillable']({ flow: id, days: days ?? 30 });
    const result = await story.calls['flows.publish']({ flow: id, ...(days !== null && { backfill: { days } }) });
    await story.pass(5 * DAY);
    return { story, id, ada, asked, result, sent: story.delivered.map(({ message }) => message) };
  }

  test.each<[string, Flow, number | null, number, number, string[]]>([
    ['behind the end, by default: never', behind, null, 3 * DAY, 0, ['welcome']],
    ['behind the end, also for who has finished', behind, 30, 3 * DAY, 1, ['welcome', 'offer']],
    ['behind the end, but they finished too long ago', behind, 1, 10 * DAY, 0, ['welcome']],
    ['in between, also for who waits further on: the new step alone', between, 30, HOUR, 1, ['welcome', 'offer']],
    ['in between, also for who has finished: the new step alone', between, 30, 3 * DAY, 1, ['welcome', 'offer']],
  ])('%s', async (_, now, days, ms, passages, messages) => {
    const { story, id, asked, result, sent } = await publishing(now, days, ms);
    const people = days === null ? 1 : passages;
    // The step's title as a sentence that each language can say.
    expect(asked).toEqual({ count: people, steps: people === 0 ? [] : [{ step: 'offer', title: sendEmail.label, people }] });
    expect(result.backfilled).toBe(passages);
    expect(sent).toEqual(messages);
    // The new steps alone: what comes behind them was gone through before, and once is enough.
    expect(story.all('SELECT step_id AS step, count(*) AS n FROM visits GROUP BY step_id HAVING n > 1')).toEqual([]);
    expect(story.all(`SELECT state FROM enrollments WHERE state <> 'finished'`)).toEqual([]);
    const counts = await story.calls['flows.counts']({ flow: id });
    expect(counts.entered).toBe(counts.finished);
  });

  const goTo = (to: string): Step => ({ id: 'jump', type: 'goTo', config: { to } });
  test.each<[string, Flow, Flow, string[]]>([
    ['a step that leads elsewhere leads to a new one now', flowOf({ steps: [mail('welcome'), goTo('end'), tag('end')], ways: ['welcome > jump'] }), flowOf({ steps: [mail('welcome'), goTo('offer'), mail('offer'), tag('end')], ways: ['welcome > jump', 'offer > end'] }), ['offer']],
    ['the new step is come to by a new step that leads there', flow, flowOf({ steps: [...flow.steps, goTo('offer'), mail('offer')], ways: ['welcome > pause', 'pause > end', 'end > jump'] }), ['offer']],
    ['the new step is behind one that is switched off', flow, flowOf({ steps: [...flow.steps, { ...mail('reminder'), disabled: true }, mail('offer')] }), ['offer']],
    ['a new step leads back to old ones alone', flow, flowOf({ steps: [...flow.steps, wait('long', 5), goTo('pause')] }), ['long']],
    ['nothing is new but a step that leads back', flow, flowOf({ steps: [mail('welcome'), wait('pause', 1), tag('end'), goTo('pause')] }), []],
  ])('by steps that lead elsewhere: %s', async (_, before, now, added) => {
    const story = stage();
    const id = story.live(before);
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(3 * DAY);
    await story.calls['flows.saveDraft']({ flow: id, draft: now, revision: 1 });
    const asked = await liveFlowHandlers(story.workspace)['flows.backfillable']({ flow: id, days: 30 });
    expect(asked.steps.map(({ step, people }) => [step, people])).toEqual(added.map((step) => [step, 1]));
    expect(await story.calls['flows.publish']({ flow: id, backfill: { days: 30 } })).toMatchObject({ backfilled: added.length });
    await story.pass(9 * DAY);
    expect(story.delivered.map(({ message }) => message)).toEqual(added[0] === 'offer' ? ['welcome', 'offer'] : ['welcome']);
  });

  test('who has not come there yet gets it on the ordinary way, and only once; again it is for nobody', async () => {
    const { story, id, result } = await publishing(behind, 30, HOUR);
    expect(result.backfilled).toBe(0);
    expect(story.delivered.map(({ message }) => message)).toEqual(['welcome', 'offer']);
    const again = await liveFlowHandlers(story.workspace)['flows.backfillable']({ flow: id, days: 30 });
    expect(again).toEqual({ count: 0, steps: [] });
    expect((await story.calls['flows.publish']({ flow: id, backfill: { days: 30 } })).backfilled).toBe(0);
  });

  test('a step that was taken out and put back is for nobody who has been there', async () => {
    const { story, id } = await publishing(behind, 30, 3 * DAY);
    story.republish(id, flow);
    await story.calls['flows.saveDraft']({ flow: id, draft: behind, revision: 3 });
    expect((await story.calls['flows.publish']({ flow: id, backfill: { days: 30 } })).backfilled).toBe(0);
    await story.pass(DAY);
    expect(story.delivered).toHaveLength(2);
  });
});

describe('publishing', () => {
  test('is refused with everything that is wrong, and nothing changes', async () => {
    const story = stage();
    const { id } = await story.calls['flows.create']({ name: 'Empty' });
    const { draft, revision } = await story.calls['flows.get']({ flow: id });
    await story.calls['flows.saveDraft']({ flow: id, draft: { ...draft, steps: [{ id: 'm', type: 'sendEmail', config: { message: 'nowhere' } }, branch('b', null)] }, revision });
    const refusal = await Promise.resolve().then(() => story.calls['flows.publish']({ flow: id })).catch((error: unknown) => error as { problems: { code: string }[] });
    const codes = (refusal as { problems: { code: string }[] }).problems.map(({ code }) => code);
    expect(codes).toContain('no-trigger');
    expect(codes.length).toBeGreaterThan(2);
    expect(await story.calls['flows.get']({ flow: id })).toMatchObject({ state: 'draft', live: null });
  });

  test('freezes the flow and its messages, numbered; the draft goes its own way', async () => {
    const story = stage();
    const flow = flowOf({ steps: [mail('welcome')] });
    const id = (await story.calls['flows.create']({ name: 'Story' })).id;
    const first = await story.calls['flows.saveDraft']({ flow: id, draft: flow, revision: 1 });
    expect(await story.calls['flows.publish']({ flow: id })).toMatchObject({ version: 1 });
    expect(JSON.parse(story.one('SELECT messages FROM flow_versions') as string)).toMatchObject([{ key: 'welcome' }]);
    expect((await story.calls['flows.list']({}))[0]).toMatchObject({ state: 'live', liveVersion: 1, changedSincePublished: false });
    await story.calls['flows.saveDraft']({ flow: id, draft: { ...flow, layout: { mode: 'tree', positions: { welcome: { x: 1, y: 2 } } } }, revision: first.revision });
    expect((await story.calls['flows.list']({}))[0]).toMatchObject({ changedSincePublished: false });
    await story.calls['flows.saveDraft']({ flow: id, draft: { ...flow, optOut: 'continue' }, revision: first.revision + 1 });
    expect((await story.calls['flows.list']({}))[0]).toMatchObject({ changedSincePublished: true });
    expect((await story.calls['flows.get']({ flow: id })).live!.flow.optOut).toBe('exit');
    expect(await story.calls['flows.publish']({ flow: id })).toMatchObject({ version: 2 });
  });

  test('F49: two windows cannot overwrite each other', async () => {
    const story = stage();
    const { id } = await story.calls['flows.create']({ name: 'Story' });
    const draft = flowOf({ steps: [tag('a')] });
    await story.calls['flows.saveDraft']({ flow: id, draft, revision: 1 });
    await expect(Promise.resolve().then(() => story.calls['flows.saveDraft']({ flow: id, draft: flowOf({ steps: [tag('b')] }), revision: 1 }))).rejects.toMatchObject({ problems: [{ code: 'changed-elsewhere' }] });
    expect((await story.calls['flows.get']({ flow: id })).draft.steps[0]!.id).toBe('a');
  });
});

describe('pause and resume', () => {
  test('nobody moves and nothing is sent; afterwards it goes on with due times as they are', async () => {
    const { story, id } = await oneWaiting(flowOf({ steps: [wait('pause', 1), mail('offer'), wait('rest', 1), tag('end')] }));
    await story.calls['flows.pause']({ flow: id });
    await story.pass(3 * DAY);
    expect(story.delivered).toEqual([]);
    expect(where(story)).toEqual([{ state: 'active', stepId: 'pause', dueAt: TEST_NOW + DAY }]);
    await story.calls['flows.resume']({ flow: id, overdue: 'rule' });
    await story.pass(0);
    // The relative wait goes on from the actual send.
    expect(where(story)).toEqual([{ state: 'active', stepId: 'rest', dueAt: TEST_NOW + HOUR + 4 * DAY }]);
    expect(story.delivered).toHaveLength(1);
  });

  test('a planned message waits as well', async () => {
    const { story, id } = await oneWaiting(flowOf({ steps: [wait('pause', 1), mail('offer')] }));
    story.isSending = false;
    await story.pass(DAY);
    await story.calls['flows.pause']({ flow: id });
    story.isSending = true;
    await story.pass(DAY);
    expect(story.delivered).toEqual([]);
    await story.calls['flows.resume']({ flow: id, overdue: 'rule' });
    await story.pass(0);
    expect(story.delivered).toHaveLength(1);
  });
});

describe('D5: a pause ends, and a person says what becomes of what fell due meanwhile', () => {
  /** Paused for three days from the second hour on: Ada's wait of a day has ended, Ben's of five has not, Cy's message was due. */
  async function paused() {
    const story = stage();
    const flow = flowOf({
      steps: [branch('who', hasTag('short')), wait('short', 1), mail('offer'), branch('isLong', hasTag('long')), wait('long', 5), mail('reminder'), mail('welcome'), tag('end')],
      ways: ['who.yes > short', 'who.else > isLong', 'short > offer', 'offer > end', 'isLong.yes > long', 'long > reminder', 'reminder > end', 'isLong.else > welcome', 'welcome > end'],
    });
    const id = story.live(flow);
    const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['short'] });
    const ben = addContact(story.workspace, { email: 'ben@example.com', tags: ['long'] });
    const cy = addContact(story.workspace, { email: 'cy@example.com' });
    story.isSending = false;
    await story.pass(2 * HOUR);
    await story.calls['flows.pause']({ flow: id });
    story.isSending = true;
    await story.pass(3 * DAY);
    const resume = async (overdue: ResumeChoice) => {
      await story.calls['flows.resume']({ flow: id, overdue });
      await story.pass(0);
    };
    return { story, id, ada, ben, cy, resume };
  }
  const START = TEST_NOW + 2 * HOUR + 3 * DAY;
  const sent = (story: Stage) => story.delivered.map(({ contact, message, at }) => [contact, message, at]);

  test('what is overdue is counted by step before anybody decides', async () => {
    const { story, id } = await paused();
    expect(await story.calls['flows.overdue']({ flow: id })).toEqual({
      pausedAt: TEST_NOW + 2 * HOUR,
      people: 1,
      messages: 1,
      steps: [{ step: 'short', title: { text: 'Wait' }, people: 1, messages: 0, late: 0, lateAction: null }, { step: 'welcome', title: { text: 'Send e-mail' }, people: 0, messages: 1, late: 1, lateAction: 'hold' }],
    });
  });

  test('shift: everything waits for as much longer as the pause took, and nothing is late', async () => {
    const { story, ada, ben, cy, resume } = await paused();
    await resume('shift');
    expect(where(story).map(({ stepId, dueAt }) => [stepId, dueAt])).toEqual([['short', TEST_NOW + 4 * DAY], ['long', TEST_NOW + 8 * DAY], ['end', null]].map(([step, due]) => (step === 'end' ? [null, null] : [step, due])));
    expect(story.one('SELECT meant_at FROM outbox WHERE contact_id = ?', cy)).toBe(TEST_NOW + 3 * DAY);
    await story.pass(10 * DAY);
    expect(sent(story)).toEqual([[cy, 'welcome', START], [ada, 'offer', TEST_NOW + 4 * DAY], [ben, 'reminder', TEST_NOW + 8 * DAY]]);
    // The stay itself is written down as it was.
    expect(story.one(`SELECT entered_at FROM visits WHERE step_id = 'short'`)).toBe(TEST_NOW);
  });

  test('shift: an event that wakes somebody early finds the shifted wait, and an edit too', async () => {
    const { story, id, ada, resume } = await paused();
    await resume('shift');
    const { draft, revision } = await story.calls['flows.get']({ flow: id });
    expect(revision).toBe(1);
    story.republish(id, steps(draft, (step) => (step.id === 'short' ? wait('short', 2) : step)));
    await story.pass(0);
    expect(where(story)[0]).toEqual({ state: 'active', stepId: 'short', dueAt: TEST_NOW + 5 * DAY });
    await story.pass(10 * DAY);
    expect(sent(story).filter(([contact]) => contact === ada)).toEqual([[ada, 'offer', TEST_NOW + 5 * DAY]]);
  });

  test('exit: whoever is overdue leaves with a reason, the others go on', async () => {
    const { story, ben, resume } = await paused();
    await resume('exit');
    expect(story.all('SELECT contact_id, state, exit_reason FROM enrollments ORDER BY id')).toEqual([
      { contact_id: 1, state: 'exited', exit_reason: 'overdue-on-resume' },
      { contact_id: 2, state: 'active', exit_reason: null },
      { contact_id: 3, state: 'exited', exit_reason: 'overdue-on-resume' },
    ]);
    expect(story.all(`SELECT state FROM outbox`)).toEqual([{ state: 'cancelled' }]);
    await story.pass(10 * DAY);
    expect(sent(story)).toEqual([[ben, 'reminder', TEST_NOW + 5 * DAY]]);
  });

  test('publishing a paused flow leaves it paused', async () => {
    const { story, id } = await paused();
    const { draft } = await story.calls['flows.get']({ flow: id });
    story.republish(id, draft);
    await story.pass(DAY);
    expect((await story.calls['flows.list']({}))[0]).toMatchObject({ state: 'paused', liveVersion: 2 });
    expect(story.delivered).toEqual([]);
    addContact(story.workspace, { email: 'dee@example.com' });
    await story.calls['flows.resume']({ flow: id, overdue: 'rule' });
    addContact(story.workspace, { email: 'eve@example.com' });
    await story.pass(0);
    expect(story.one('SELECT count(*) FROM enrollments')).toBe(4);
  });
});

describe('removing', () => {
  test('a draft that never ran is gone; one with a history is archived, with everybody out', async () => {
    const { story, id, ada } = await oneWaiting(flowOf({ steps: [wait('pause', 1), branch('b', hasTag('x')), tag('end')], ways: ['pause > b', 'b.yes > end'] }));
    const draft = await story.calls['flows.create']({ name: 'Draft' });
    await story.calls['flows.remove']({ flow: draft.id });
    await story.calls['flows.remove']({ flow: id });
    expect(await story.calls['flows.list']({})).toEqual([]);
    await story.pass(3 * DAY);
    expect(story.all('SELECT state, exit_reason FROM enrollments')).toEqual([{ state: 'exited', exit_reason: 'flow-archived' }]);
    expect(story.all('SELECT step_id, outlet FROM visits')).toEqual([{ step_id: 'pause', outlet: null }]);
    expect(story.one(`SELECT count(*) FROM events WHERE contact_id = ? AND type = 'flow_left'`, ada)).toBe(1);
    expect(await story.calls['flows.counts']({ flow: id })).toMatchObject({ entered: 1, exited: 1, active: 0, steps: { pause: { entered: 1, waiting: 0, left: { exit: 1 } } } });
    await expect(Promise.resolve().then(() => story.calls['flows.publish']({ flow: id }))).rejects.toMatchObject({ problems: [{ code: 'flow-archived' }] });
  });
});
