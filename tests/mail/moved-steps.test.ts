// A message step that is moved is the same step: whoever has had its message in this passage does not get it again, unless the flow
// itself leads back there, or a person puts them there (FEATURES D4: the key is passage, step, occurrence; identity is the step's
// id, not its place).
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { branch, exit, flowOf, hasTag, join, mail, parallel, tag, wait } from '../runner/story.ts';
import { MESSAGES, sendingStage } from './sending-stage.ts';

/** Ada is in the first flow for an hour when the second is published; then days pass. */
async function changed(before: Flow, after: Flow, days: number, meanwhile?: (stage: ReturnType<typeof sendingStage>, flow: number) => Promise<unknown>) {
  const stage = sendingStage({});
  const flow = stage.live(before);
  addContact(stage.workspace, { email: 'ada@example.dk', consent: ['email'] });
  await stage.pass(HOUR);
  publish(stage.workspace, flow, after, MESSAGES);
  await meanwhile?.(stage, flow);
  await stage.pass(days * DAY);
  const result = { sent: stage.sent.map(({ subject }) => subject), ledger: stage.ledger().map(({ message, state, reason }) => `${message} ${reason ?? state}`), steps: stage.workspace.db.prepare('SELECT coalesce(step_id, state) FROM enrollments').pluck().all() };
  await stage.close();
  return result;
}

const straight = flowOf({ steps: [mail('m', 'welcome'), wait('pause', 1), tag('end')] });

test('D4: behind somebody who has had it: it is not sent again, says why, and they go on', async () => {
  const { sent, ledger, steps } = await changed(straight, flowOf({ steps: [wait('pause', 1), mail('m', 'welcome'), tag('end')] }), 3);
  expect(sent).toEqual(['welcome']);
  expect(ledger).toEqual(['welcome sent', 'welcome sent-by-step']);
  expect(steps).toEqual(['finished']);
});

test('D4: on a path of a passage that has had it before it was divided', async () => {
  const after = flowOf({ steps: [wait('pause', 1), parallel('p', 'a', 'b'), mail('m', 'welcome'), mail('n', 'news'), join('j'), tag('end')], ways: ['pause > p', 'p.a > m', 'm > j', 'p.b > n', 'n > j', 'j > end'] });
  const { sent, ledger } = await changed(straight, after, 3);
  expect(sent).toEqual(['welcome', 'news']);
  expect(ledger).toContain('welcome sent-by-step');
});

test('D4: another step with the same message is another step', async () => {
  expect((await changed(straight, flowOf({ steps: [wait('pause', 1), mail('again', 'welcome'), tag('end')] }), 3)).sent).toEqual(['welcome', 'welcome']);
});

test('D4: whoever has not had it gets it where it stands now', async () => {
  const before = flowOf({ steps: [wait('pause', 1), tag('end'), mail('m', 'welcome')] });
  expect((await changed(before, flowOf({ steps: [wait('pause', 1), mail('m', 'welcome'), tag('end')] }), 3)).sent).toEqual(['welcome']);
});

test('D19: a circle through the step sends it each time round', async () => {
  const circle = flowOf({ steps: [mail('m', 'welcome'), wait('pause', 1), branch('done', hasTag('never')), exit('out')], ways: ['m > pause', 'pause > done', 'done.yes > out', 'done.else > m'] });
  expect((await changed(circle, circle, 3)).sent).toEqual(['welcome', 'welcome', 'welcome', 'welcome']);
});

test('a circle by a step that leads elsewhere does, too', async () => {
  const circle = flowOf({ steps: [mail('m', 'welcome'), wait('pause', 1), { id: 'back', type: 'goTo', config: { to: 'm' } }] });
  expect((await changed(circle, circle, 2)).sent).toEqual(['welcome', 'welcome', 'welcome']);
});

/** Ada is in `before` for so many hours when `after` is published; what she gets on which day, and what the ledger says of the rest. */
async function edited(before: Flow, after: Flow, hours: number, days: number) {
  const stage = sendingStage({});
  const flow = stage.live(before);
  const ada = addContact(stage.workspace, { email: 'ada@example.dk', consent: ['email'] });
  await stage.pass(hours * HOUR);
  publish(stage.workspace, flow, after, MESSAGES);
  await stage.pass(days * DAY);
  const result = { sent: stage.sent.map(({ subject, at }) => `${subject} ${Math.floor((at - TEST_NOW) / DAY)}`), stopped: stage.ledger().filter(({ state }) => state !== 'sent').map(({ message, reason }) => `${message} ${reason}`) };
  await stage.close();
  expect(ada).toBe(1);
  return result;
}

describe('D4: in a loop', () => {
  const loop = (...order: string[]) => {
    const all = { m: mail('m', 'welcome'), a: wait('a', 1), b: wait('b', 1), n: wait('n', 1) };
    const steps = [...order.map((id) => all[id as keyof typeof all]), { id: 'back', type: 'goTo', config: { to: order[0]! } }];
    return flowOf({ steps });
  };

  test('a message that was moved behind somebody is not sent again in the round in which they had it, and each round after that', async () => {
    // Between a and b, and then behind b: on day 1 she had it, and stands at b.
    expect(await edited(loop('a', 'm', 'b'), loop('a', 'b', 'm'), 30, 5)).toEqual({ sent: ['welcome 1', 'welcome 4', 'welcome 6'], stopped: ['welcome sent-by-step'] });
  });

  test('also in a later round', async () => {
    expect(await edited(loop('a', 'm', 'b'), loop('a', 'b', 'm'), 3 * 24 + 6, 5)).toEqual({ sent: ['welcome 1', 'welcome 3', 'welcome 6', 'welcome 8'], stopped: ['welcome sent-by-step'] });
  });

  test('moved before somebody who has been round already, or untouched, it is sent each time', async () => {
    expect(await edited(loop('a', 'm', 'b'), loop('a', 'm', 'b'), 30, 5)).toEqual({ sent: ['welcome 1', 'welcome 3', 'welcome 5'], stopped: [] });
    // She stands at a, in her second round: she had it on day 1, and has it in this round where it is now.
    expect(await edited(loop('a', 'm', 'b'), loop('a', 'b', 'm'), 2 * 24 + 6, 4)).toEqual({ sent: ['welcome 1', 'welcome 4', 'welcome 6'], stopped: [] });
  });

  test('where without the edit it would come now as well, it is sent', async () => {
    expect(await edited(loop('m', 'a', 'b'), loop('a', 'b', 'm'), 6, 5)).toEqual({ sent: ['welcome 0', 'welcome 2', 'welcome 4'], stopped: [] });
  });

  test('a step that is new on the way round, behind or before them, is no reason to send nothing; nor is one that is gone', async () => {
    expect(await edited(loop('m', 'a', 'b'), loop('m', 'n', 'a', 'b'), 30, 5)).toEqual({ sent: ['welcome 0', 'welcome 2', 'welcome 5'], stopped: [] });
    expect(await edited(loop('m', 'a', 'b'), loop('m', 'a', 'b', 'n'), 30, 5)).toEqual({ sent: ['welcome 0', 'welcome 3', 'welcome 6'], stopped: [] });
    expect(await edited(loop('m', 'a', 'b'), loop('m', 'b'), 30, 3)).toEqual({ sent: ['welcome 0', 'welcome 2', 'welcome 3', 'welcome 4'], stopped: [] });
  });

  test('a step that is moved out of the straight part into a loop is not sent to who had it before the loop', async () => {
    const before = flowOf({ steps: [mail('m', 'welcome'), wait('a', 1), wait('b', 1), { id: 'back', type: 'goTo', config: { to: 'b' } }] });
    const after = flowOf({ steps: [wait('a', 1), wait('b', 1), mail('m', 'welcome'), { id: 'back', type: 'goTo', config: { to: 'b' } }] });
    // The first time she comes to it she has been through b once, and round the loop never; from then on it is the loop's.
    expect(await edited(before, after, 6, 4)).toEqual({ sent: ['welcome 0', 'welcome 3', 'welcome 4'], stopped: ['welcome sent-by-step'] });
  });

  test('whoever is pulled forward to a goal on the way, past a wait, has come round', async () => {
    const steps = [mail('m', 'welcome'), wait('a', 1), wait('long', 30), { id: 'goal', type: 'goal', config: { rule: hasTag('bought') } }, wait('b', 1), { id: 'back', type: 'goTo', config: { to: 'm' } }];
    const stage = sendingStage({});
    stage.live(flowOf({ steps, ways: ['m > a', 'a > long', 'long > goal', 'goal > b', 'goal.missed > b', 'b > back'] }));
    const ada = addContact(stage.workspace, { email: 'ada@example.dk', consent: ['email'] });
    await stage.pass(6 * HOUR);
    addTagFor(stage.workspace, [{ contactId: ada }], 'bought', { source: 'user' });
    await stage.pass(2 * DAY);
    expect(stage.sent.map(({ at }) => (at - TEST_NOW) / HOUR)).toEqual([0, 30]);
    await stage.close();
  });
});

test('a person who puts somebody at the step means it to be sent', async () => {
  const { sent } = await changed(straight, straight, 0, (stage, flow) => Promise.resolve(enrollmentHandlers(stage.workspace)['enrollments.move']({ flow, enrollments: null, step: 'pause', to: 'm' })));
  expect(sent).toEqual(['welcome', 'welcome']);
});

test('what could not be sent the first time is no message had', async () => {
  const stage = sendingStage({});
  const flow = stage.live(straight);
  const ada = addContact(stage.workspace, { email: 'ada@example.dk' });
  await stage.pass(HOUR);
  publish(stage.workspace, flow, flowOf({ steps: [wait('pause', 1), mail('m', 'receipt'), tag('end')] }), MESSAGES);
  await stage.pass(3 * DAY);
  expect(stage.ledger().map(({ message, state, reason }) => `${message} ${reason ?? state}`)).toEqual(['welcome no-consent', 'receipt sent']);
  expect(ada).toBe(1);
  await stage.close();
});
