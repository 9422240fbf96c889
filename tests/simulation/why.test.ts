// Why somebody did, or did not, get a message: each answer with its reason, and with the values of that time (FEATURES B5).
import { describe, expect, test } from 'vitest';
import type { Why } from '../../shared/simulation/why.ts';
import { DAY } from '../../shared/time.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { simulationHandlers } from '../../src-main/handlers/simulations.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { why } from '../../src-main/simulation/why.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { flowRecord, updateDraft } from '../../src-main/store/flows.ts';
import { allMessages } from '../../src-main/store/messages.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { addSuppression, removeSuppression } from '../../src-main/store/suppressions.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { branch, byHand, flowOf, hasTag, mail, onTag, wait } from '../runner/story.ts';
import { cartFlow, shop } from './simulation-fixture.ts';

const points = (least: number) => ({ kind: 'attribute', attribute: 'points', operator: 'atLeast', value: least });

/** A live flow and its runner; contact 10 has no consent. */
function running(flow: ReturnType<typeof cartFlow>) {
  const { workspace, flow: id } = shop(10, flow);
  addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
  publish(workspace, id, flow, allMessages(workspace));
  const runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
  return {
    workspace,
    id,
    pass: (days: number) => runUntil(workspace, runner, workspace.clock, workspace.clock.now() + days * DAY),
    enter: async (...contacts: number[]) => flowHandlers(workspace)['flows.enroll']({ flow: id, contacts, rule: null }),
    ask: (contact: number, message: string): Promise<Why> => why(imageOf(workspace.db), workspace.clock.now(), { contact, flow: id, message }),
  };
}

describe('an answer from the ledger', () => {
  test('sent, with the steps that led to it; cancelled for want of consent, with what was on record', async () => {
    const { enter, pass, ask } = running(cartFlow());
    await enter(1, 10);
    await pass(3);
    const sent = await ask(1, 'offer');
    expect(sent).toMatchObject({ answer: 'sent', step: 'offer', certain: true, passage: { state: 'finished', trigger: 'hand' } });
    expect(sent.steps.map(({ step, outlet }) => [step, outlet])).toEqual([['reminder', 'next'], ['two-days', 'next'], ['opened', 'else'], ['offer', 'next']]);
    expect(await ask(10, 'reminder')).toMatchObject({ answer: 'cancelled', reason: 'no-consent', consent: null });
  });
});

describe('led elsewhere', () => {
  const flow = flowOf({ triggers: [byHand], steps: [wait('a-day', 1), branch('rich', { kind: 'all', rules: [hasTag('vip'), points(50)] }), mail('offer')], ways: ['a-day > rich', 'rich.yes > offer'] });

  test('by a branch: the first condition that failed, and by how much, with the value of that time and not of today', async () => {
    const { workspace, enter, pass, ask } = running(flow);
    updateContact(workspace, 1, { points: 38 }, { source: 'user' });
    addTagFor(workspace, [{ contactId: 1 }], 'vip', { source: 'user' });
    await enter(1);
    await pass(2);
    updateContact(workspace, 1, { points: 90 }, { source: 'user' });
    removeTagFor(workspace, [{ contactId: 1 }], 'vip', { source: 'user' });
    const answer = await ask(1, 'offer');
    expect(answer).toMatchObject({ answer: 'other-way', step: 'rich', reason: 'else', certain: true, failing: { kind: 'condition', holds: false, actual: 38, missing: 12 } });
    expect(answer.rules[0]!.rule).toMatchObject({ kind: 'all', parts: [{ holds: true }, { holds: false, actual: 38 }] });
  });

  test('says that it is not known where the history does not fit what happened', async () => {
    const { workspace, enter, pass, ask } = running(flow);
    await enter(1);
    await pass(2);
    // A change that left no event, as a repair of the file by hand would make it.
    workspace.db.prepare('UPDATE contacts SET a_points = 99 WHERE id = 1').run();
    workspace.db.prepare(`INSERT INTO tags (name) VALUES ('vip')`).run();
    workspace.db.prepare('INSERT INTO contact_tags (contact_id, tag_id, added_at) SELECT 1, id, 0 FROM tags').run();
    expect(await ask(1, 'offer')).toMatchObject({ answer: 'other-way', certain: false });
  });
});

describe('not there yet, gone before, or never in', () => {
  test('waits at a step before it, until when', async () => {
    const { workspace, enter, pass, ask } = running(cartFlow());
    await enter(1);
    const came = workspace.clock.now();
    await pass(1);
    expect(await ask(1, 'offer')).toMatchObject({ answer: 'on-the-way', step: 'two-days', at: came + 2 * DAY });
  });

  test('left by the goal, which is explained', async () => {
    const { workspace, enter, pass, ask } = running(cartFlow({ goal: hasTag('customer') }));
    await enter(1);
    await pass(1);
    addTagFor(workspace, [{ contactId: 1 }], 'customer', { source: 'user' });
    await pass(3);
    expect(await ask(1, 'offer')).toMatchObject({ answer: 'left-before', reason: 'goal', step: 'two-days', rules: [{ name: 'goal', rule: { holds: true } }], failing: null });
  });

  test('never came in: no trigger happened; or one did, and the audience does not fit; or it was never published', async () => {
    const { workspace, id, pass, ask } = running(cartFlow({ triggers: [onTag('cart')], entry: { reentry: 'never', reentryDays: 30, audience: hasTag('vip') } }));
    expect(await ask(1, 'offer')).toMatchObject({ answer: 'never-entered', reason: 'no-trigger', certain: true });
    addTagFor(workspace, [{ contactId: 1 }], 'cart', { source: 'user' });
    await pass(1);
    expect(await ask(1, 'offer')).toMatchObject({ answer: 'never-entered', reason: 'audience', certain: false, failing: { kind: 'condition', holds: false } });
    expect(await ask(1, 'welcome')).toMatchObject({ answer: 'not-sent-here' });
    updateDraft(workspace, id, cartFlow(), flowRecord(workspace, id)!.revision);
    const draft = shop(1);
    expect(await why(imageOf(draft.workspace.db), 0, { contact: 1, flow: draft.flow, message: 'offer' })).toMatchObject({ reason: 'flow-not-published' });
  });
});

test('through the gate; an unknown contact is a problem, and nothing is changed', async () => {
  const { workspace, id } = running(cartFlow());
  const before = imageOf(workspace.db);
  const calls = simulationHandlers(workspace);
  expect(await calls['simulations.why']({ contact: 1, flow: id, message: 'offer' })).toMatchObject({ answer: 'never-entered' });
  await expect(calls['simulations.why']({ contact: 99, flow: id, message: 'offer' })).rejects.toMatchObject({ name: 'ProblemError' });
  expect(imageOf(workspace.db).equals(before)).toBe(true);
}, 30_000);

describe('what was decided by the rules and the consent of that time', () => {
  test('consent to the topic of the message, and not to the channel as a whole', async () => {
    const { workspace, id, enter, pass, ask } = running(cartFlow());
    const flow = flowOf({ triggers: [byHand], optOut: 'continue', steps: [mail('offer')] });
    publish(workspace, id, flow, allMessages(workspace).map((each) => (each.key === 'offer' ? { ...each, topic: 'news' } : each)));
    recordConsent(workspace, { contactId: 1, channel: 'email', topic: 'news', given: false, source: 'topic form', actor: 'user' });
    recordConsent(workspace, { contactId: 2, channel: 'email', given: false, source: 'reply', actor: 'user' });
    await enter(1, 2);
    await pass(1);
    expect(await ask(1, 'offer')).toMatchObject({ answer: 'cancelled', reason: 'consent-withdrawn', consent: { state: 'withdrawn', source: 'topic form' } });
    expect(await ask(2, 'offer')).toMatchObject({ answer: 'cancelled', reason: 'consent-withdrawn', consent: { state: 'withdrawn', source: 'reply' } });
  });

  test('what an earlier version has heard is not forgotten by publishing again, nor what is recorded later than it happened', async () => {
    const flow = flowOf({ triggers: [onTag('hot')], entry: { reentry: 'never', reentryDays: 30, audience: hasTag('vip') }, steps: [mail('offer')] });
    const { workspace, id, pass, ask } = running(flow);
    addTagFor(workspace, [{ contactId: 1 }], 'hot', { source: 'user' });
    addTagFor(workspace, [{ contactId: 2 }], 'hot', { source: 'user', at: workspace.clock.now() - 9 * DAY });
    await pass(1);
    publish(workspace, id, { ...flow, name: 'Again' }, allMessages(workspace));
    await pass(1);
    for (const contact of [1, 2]) expect(await ask(contact, 'offer')).toMatchObject({ answer: 'never-entered', reason: 'audience', certain: false });
    expect(await ask(3, 'offer')).toMatchObject({ answer: 'never-entered', reason: 'no-trigger', certain: true });
  });
});

test('a way that leads to the message by a step “Go to” is no other way', async () => {
  const detour = flowOf({
    triggers: [byHand],
    steps: [branch('vip', hasTag('vip')), mail('offer'), wait('later', 3), { id: 'jump', type: 'goTo', config: { to: 'offer' } }],
    ways: ['vip.yes > offer', 'vip.else > later', 'later > jump'],
  });
  const { enter, pass, ask } = running(detour);
  await enter(1);
  await pass(1);
  expect(await ask(1, 'offer')).toMatchObject({ answer: 'on-the-way', step: 'later' });
  await pass(3);
  expect(await ask(1, 'offer')).toMatchObject({ answer: 'sent', step: 'offer' });
});

test('who may not be written to is asked as it was then', async () => {
  const flow = flowOf({ triggers: [byHand], entry: { reentry: 'never', reentryDays: 30, audience: { kind: 'suppressed', channel: 'sms', is: false } }, steps: [wait('a-day', 1), mail('offer')] });
  const { workspace, enter, pass, ask } = running(flow);
  updateContact(workspace, 1, { phone: '+4520123456' }, { source: 'user' });
  await enter(1);
  addSuppression(workspace, { channel: 'sms', address: '+4520123456', reason: 'manual', source: 'user' });
  await pass(2);
  removeSuppression(workspace, 1, 'user');
  await pass(1);
  expect(await ask(1, 'offer')).toMatchObject({ answer: 'cancelled', reason: 'audience', rules: [{ rule: { holds: false } }], failing: { kind: 'condition' }, certain: true });
});

describe('what else keeps a message from somebody', () => {
  const gold = { kind: 'all', rules: [hasTag('vip'), points(50)] };
  const stepped = (type: string, config: Record<string, unknown>) => flowOf({ triggers: [byHand], steps: [wait('a-day', 1), { id: 'gate', type, config }, mail('offer')] });

  test.each([
    ['filter', stepped('filter', { rule: gold, reason: 'not gold' }), 'not gold'],
    ['goal', stepped('goal', { rule: gold, otherwise: 'exit' }), 'goal-missed'],
  ])('a %s: its rule taken apart, and the first condition that failed', async (_, flow, reason) => {
    const { workspace, enter, pass, ask } = running(flow);
    addTagFor(workspace, [{ contactId: 1 }], 'vip', { source: 'user' });
    updateContact(workspace, 1, { points: 38 }, { source: 'user' });
    await enter(1);
    await pass(2);
    updateContact(workspace, 1, { points: 90 }, { source: 'user' });
    expect(await ask(1, 'offer')).toMatchObject({ answer: 'left-before', step: 'gate', reason, certain: true, failing: { actual: 38, missing: 12 }, rules: [{ rule: { kind: 'all', parts: [{ holds: true }, { holds: false }] } }] });
  });

  test('a goal further on, which has pulled them past it', async () => {
    const { workspace, enter, pass, ask } = running(flowOf({ triggers: [byHand], steps: [wait('a-day', 1), mail('offer'), { id: 'aim', type: 'goal', config: { rule: hasTag('bought') } }, wait('then', 9)] }));
    await enter(1);
    await pass(0.5);
    addTagFor(workspace, [{ contactId: 1 }], 'bought', { source: 'user' });
    await pass(1);
    expect(await ask(1, 'offer')).toMatchObject({ answer: 'other-way', step: 'a-day', reason: 'goal', certain: true, failing: null, rules: [{ name: 'goal', rule: { holds: true } }] });
  });

  test('a pause, also where the message is planned already; a step that is switched off sends nothing', async () => {
    const { workspace, id, enter, pass, ask } = running(cartFlow());
    await enter(1);
    await pass(1);
    await flowHandlers(workspace)['flows.pause']({ flow: id });
    await pass(5);
    expect(await ask(1, 'offer')).toMatchObject({ answer: 'on-the-way', step: 'two-days', reason: 'flow-paused' });
    workspace.db.prepare(`UPDATE outbox SET state = 'planned', settled_at = NULL`).run();
    expect(await ask(1, 'reminder')).toMatchObject({ answer: 'planned', reason: 'flow-paused' });
    const off = running(flowOf({ triggers: [byHand], steps: [wait('a-day', 1), { ...mail('offer'), disabled: true }, wait('then', 9)] }));
    await off.enter(1);
    expect(await off.ask(1, 'offer')).toMatchObject({ answer: 'not-sent-here' });
    await off.pass(2);
    expect(await off.ask(1, 'offer')).toMatchObject({ answer: 'not-sent-here', certain: true });
  });
});
