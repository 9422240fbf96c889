// A message step that is moved is the same step: whoever has had its message in this passage does not get it again, unless the flow
// itself leads back there, or a person puts them there (FEATURES D4: the key is passage, step, occurrence; identity is the step's
// id, not its place).
import { expect, test } from 'vitest';
import type { Flow } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { addContact } from '../workspace-fixture.ts';
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
