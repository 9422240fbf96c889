// A flow that takes nobody in any more: those inside finish, then it is paused or archived (FEATURES A1.23).
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { liveFlowHandlers } from '../../src-main/handlers/live-flows.ts';
import { addContact } from '../workspace-fixture.ts';
import { flowOf, mail, stage, wait } from './story.ts';

async function oneInside() {
  const story = stage();
  const flow = flowOf({ steps: [wait('pause', 2), mail('offer')] });
  const id = story.live(flow);
  addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(HOUR);
  const calls = liveFlowHandlers(story.workspace);
  const state = async () => (await story.calls['flows.list']({}))[0];
  return { story, id, flow, calls, state };
}

const refusal = (act: () => unknown) => Promise.resolve().then(act).then(() => null, (error: unknown) => (error as { problems: { code: string }[] }).problems[0]!.code);

describe('draining', () => {
  test('nobody comes in, by no trigger and by nobody’s hand; those inside finish, and then it is paused', async () => {
    const { story, id, calls, state } = await oneInside();
    expect(await calls['flows.drain']({ flow: id, end: 'pause' })).toEqual({ inside: 1 });
    const ben = addContact(story.workspace, { email: 'ben@example.com' });
    expect(await refusal(() => story.calls['flows.enroll']({ flow: id, contacts: [ben], rule: null }))).toBe('flow-draining');
    await story.pass(DAY);
    expect(await state()).toMatchObject({ state: 'live', drain: 'pause', entered: 1, inside: 1 });
    await story.pass(2 * DAY);
    expect(story.delivered.map(({ contact }) => contact)).toEqual([1]);
    expect(await state()).toMatchObject({ state: 'paused', drain: null, entered: 1, inside: 0 });
    expect(story.all('SELECT actor, action FROM audit ORDER BY id').slice(-2)).toEqual([{ actor: 'user', action: 'flow-draining' }, { actor: 'runner', action: 'flow-drained' }]);
  });

  test('or archived, by choice', async () => {
    const { story, id, calls } = await oneInside();
    await calls['flows.drain']({ flow: id, end: 'archive' });
    await story.pass(3 * DAY);
    expect(story.one('SELECT state FROM flows')).toBe('archived');
    expect(story.delivered).toHaveLength(1);
  });

  test('taken back: who was added meanwhile stays outside, who is added afterwards comes in', async () => {
    const { story, id, calls, state } = await oneInside();
    await calls['flows.drain']({ flow: id, end: 'pause' });
    addContact(story.workspace, { email: 'ben@example.com' });
    await story.pass(HOUR);
    await calls['flows.drain']({ flow: id, end: null });
    addContact(story.workspace, { email: 'cy@example.com' });
    await story.pass(HOUR);
    expect(await state()).toMatchObject({ state: 'live', drain: null, entered: 2 });
  });

  test('a new version, a pause and a resumption let nobody in either', async () => {
    const { story, id, flow, calls, state } = await oneInside();
    await calls['flows.drain']({ flow: id, end: 'pause' });
    story.republish(id, { ...flow, name: 'Other' });
    addContact(story.workspace, { email: 'ben@example.com' });
    await story.pass(HOUR);
    await story.calls['flows.pause']({ flow: id });
    await story.calls['flows.resume']({ flow: id, overdue: 'rule' });
    addContact(story.workspace, { email: 'cy@example.com' });
    await story.pass(HOUR);
    expect(await state()).toMatchObject({ state: 'live', drain: 'pause', entered: 1 });
  });

  test('who stands in line does not come in any more', async () => {
    const { story, id, flow, calls, state } = await oneInside();
    story.workspace.db.prepare(`INSERT INTO waiting_entries (flow_id, contact_id, entry_key, parallel_key, trigger_id, source, since, due_at) VALUES (?, ?, '', '', 'added', 'user', 0, ?)`).run(id, addContact(story.workspace, { email: 'ben@example.com' }), story.workspace.clock.now() + 2 * HOUR);
    await calls['flows.drain']({ flow: id, end: 'pause' });
    await story.pass(HOUR * 5);
    expect(flow.steps).toHaveLength(2);
    expect(story.one('SELECT count(*) FROM waiting_entries')).toBe(0);
    expect((await state())!.entered).toBe(1);
  });

  test('a draft and an archived flow are refused', async () => {
    const { story, id, calls } = await oneInside();
    const draft = await story.calls['flows.create']({ name: 'Draft' });
    expect(await refusal(() => calls['flows.drain']({ flow: draft.id, end: 'pause' }))).toBe('flow-not-published');
    await story.calls['flows.remove']({ flow: id });
    expect(await refusal(() => calls['flows.drain']({ flow: id, end: 'pause' }))).toBe('flow-archived');
  });
});
