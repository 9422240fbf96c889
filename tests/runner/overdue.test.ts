// What is overdue is told in people, and only what really fell due: not who was merely looked at again (FEATURES D5, D30; FAULTS F14).
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { runnerHandlers } from '../../src-main/handlers/runner.ts';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { updateDraft, flowRecord } from '../../src-main/store/flows.ts';
import { addContact } from '../workspace-fixture.ts';
import { flowOf, hasTag, join, mail, parallel, stage, tag, wait, type Stage } from './story.ts';

const SILENT: Outbox = { recover: () => undefined, paused: () => null, nextDueAt: () => null, performDue: async () => 0, close: async () => undefined };

/** Three people wait since an hour ago, and the flow is paused for a day. */
async function paused(flow: Parameters<typeof flowOf>[0]): Promise<{ story: Stage; id: number; people: number[]; overdue: () => Promise<unknown> }> {
  const story = stage();
  const id = story.live(flowOf(flow));
  const people = ['ada', 'ben', 'cleo'].map((name) => addContact(story.workspace, { email: `${name}@example.com` }));
  await story.pass(HOUR);
  await story.calls['flows.pause']({ flow: id });
  await story.pass(DAY);
  return { story, id, people, overdue: async () => story.calls['flows.overdue']({ flow: id }) };
}

const places = (story: Stage) => story.all<{ step: string | null; reason: string | null }>('SELECT step_id AS step, exit_reason AS reason FROM enrollments ORDER BY id').map(({ step, reason }) => step ?? reason);
const long = { steps: [wait('pause', 7), mail('welcome'), wait('end', 30)] };

describe('who was only woken is not overdue', () => {
  test('by publishing a longer wait', async () => {
    const { story, id, overdue } = await paused(long);
    story.republish(id, flowOf({ ...long, steps: [wait('pause', 9), mail('welcome'), wait('end', 30)] }));
    expect(await overdue()).toMatchObject({ people: 0, messages: 0, steps: [] });
    await story.calls['flows.resume']({ flow: id, overdue: 'exit' });
    await story.pass(HOUR);
    expect(places(story)).toEqual(['pause', 'pause', 'pause']);
  });

  test('whose wait is over as it is published now is', async () => {
    const { story, id, overdue } = await paused(long);
    story.republish(id, flowOf({ ...long, steps: [wait('pause', 2, 'hours'), mail('welcome'), wait('end', 30)] }));
    expect(await overdue()).toMatchObject({ people: 3, messages: 0, steps: [{ step: 'pause', people: 3 }] });
  });

  test('by an event', async () => {
    const { story, people, overdue } = await paused({ ...long, goal: hasTag('bought') });
    addTagFor(story.workspace, [{ contactId: people[0]! }], 'seen', { source: 'user' });
    await story.pass(HOUR);
    expect(story.one('SELECT count(*) FROM enrollments WHERE due_at <= ?', story.workspace.clock.now())).toBe(1);
    expect(await overdue()).toMatchObject({ people: 0, messages: 0, steps: [] });
  });

  test('by an event, who waits at a goal', async () => {
    const { story, people, overdue } = await paused({ steps: [{ id: 'g', type: 'goal', config: { rule: hasTag('bought'), otherwise: 'wait' } }, wait('end', 30)] });
    addTagFor(story.workspace, [{ contactId: people[0]! }], 'seen', { source: 'user' });
    addTagFor(story.workspace, [{ contactId: people[1]! }], 'bought', { source: 'user' });
    await story.pass(HOUR);
    expect(await overdue()).toMatchObject({ people: 1, messages: 0, steps: [{ step: 'g', people: 1 }] });
  });

  test('by taking their step away: publishing has said where they go, and they are not let out', async () => {
    const { story, id, overdue } = await paused(long);
    story.republish(id, flowOf({ steps: [mail('welcome'), wait('end', 30)] }));
    expect(await overdue()).toMatchObject({ people: 0, messages: 0, steps: [] });
    await story.calls['flows.resume']({ flow: id, overdue: 'exit' });
    await story.pass(HOUR);
    expect(places(story)).toEqual(['end', 'end', 'end']);
    expect(story.delivered).toHaveLength(3);
  });

  test('by being put at another step by hand', async () => {
    const { story, id, overdue } = await paused(long);
    await enrollmentHandlers(story.workspace)['enrollments.move']({ flow: id, enrollments: [1], step: null, to: 'welcome' });
    await story.pass(HOUR);
    expect(await overdue()).toMatchObject({ people: 0, messages: 0, steps: [] });
  });

  test('after an absence', async () => {
    const story = stage();
    const flow = { steps: [wait('pause', 60), mail('welcome')] };
    const id = story.live(flowOf(flow));
    const other = story.live(flowOf({ name: 'Short', steps: [wait('short', 2), mail('welcome')] }));
    for (const name of ['ada', 'ben']) addContact(story.workspace, { email: `${name}@example.com` });
    await story.pass(HOUR);
    const runner = createRunner(story.workspace, SILENT, { asksAfterAbsence: true });
    await runner.runDue();
    story.workspace.clock.setTo(story.workspace.clock.now() + 21 * DAY);
    await runner.runDue();
    updateDraft(story.workspace, id, flowOf({ steps: [wait('pause', 70), mail('welcome')] }), flowRecord(story.workspace, id)!.revision);
    publish(story.workspace, id, flowRecord(story.workspace, id)!.draft, []);
    const calls = runnerHandlers(story.workspace, runner, { halt: async () => undefined, isSending: () => false });
    expect(await calls['runner.away']({})).toMatchObject({ people: 2, messages: 0, flows: [{ flow: other, people: 2 }] });
  });
});

describe('D30: people are counted, not paths', () => {
  const paths = { steps: [parallel('p', 'a', 'b'), wait('wa', 2, 'hours'), wait('wb', 3, 'hours'), join('j'), tag('joined'), wait('end', 30)], ways: ['p.a > wa', 'wa > j', 'p.b > wb', 'wb > j', 'j > joined', 'joined > end'] };

  test('of a paused flow', async () => {
    const { overdue } = await paused(paths);
    expect(await overdue()).toMatchObject({ people: 3, messages: 0, steps: [{ step: 'wa', people: 3 }, { step: 'wb', people: 3 }] });
  });

  test('of all flows, after an absence', async () => {
    const story = stage();
    story.live(flowOf(paths));
    story.live(flowOf({ name: 'Other', steps: [wait('short', 2, 'hours'), mail('welcome')] }));
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.runner.runDue();
    const runner = createRunner(story.workspace, SILENT, { asksAfterAbsence: true });
    await runner.runDue();
    story.workspace.clock.setTo(story.workspace.clock.now() + 21 * DAY);
    await runner.runDue();
    expect(runner.absence.report()).toMatchObject({ people: 1, messages: 0, flows: [{ people: 1 }, { people: 1 }] });
  });
});

describe('D5: what each step would make of it', () => {
  const late = (action: string, more: Record<string, unknown> = {}) => ({ id: 'm', type: 'sendEmail', config: { message: 'welcome', late: action, ...more } });
  test.each([
    ['as in the settings (24 hours, then held)', late('workspace'), { messages: 3, late: 3, lateAction: 'hold' }],
    ['not sent after an hour', late('skip', { lateHours: 1 }), { messages: 3, late: 3, lateAction: 'skip' }],
    ['not sent after three days', late('skip', { lateHours: 72 }), { messages: 3, late: 0, lateAction: null }],
    ['sent all the same', late('send'), { messages: 3, late: 0, lateAction: null }],
  ])('%s', async (_, step, expected) => {
    const story = stage();
    story.isSending = false;
    const id = story.live(flowOf({ steps: [step, wait('end', 30)] }));
    for (const name of ['ada', 'ben', 'cleo']) addContact(story.workspace, { email: `${name}@example.com` });
    await story.pass(HOUR);
    await story.calls['flows.pause']({ flow: id });
    await story.pass(2 * DAY);
    expect(await story.calls['flows.overdue']({ flow: id })).toMatchObject({ people: 0, messages: 3, steps: [{ step: 'm', people: 0, ...expected }] });
  });

  test('a wait has no message that could be late', async () => {
    const { overdue } = await paused({ steps: [wait('pause', 2, 'hours'), mail('welcome')] });
    expect(await overdue()).toMatchObject({ steps: [{ step: 'pause', people: 3, messages: 0, late: 0, lateAction: null }] });
  });
});
