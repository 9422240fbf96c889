// A step that was to send is switched off, or made another kind of step, while its mail waits for the morning: that does not leave
// any more, and nobody waits for it (FEATURES D1, D2, FAULTS F45).
import { expect, test } from 'vitest';
import type { Flow, Step } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { actOnSome } from '../../src-main/runner/people.ts';
import { published } from '../../src-main/runner/published.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { flowOf, mail, tag, wait } from '../runner/story.ts';
import { addContact } from '../workspace-fixture.ts';
import { MESSAGES, sendingStage } from './sending-stage.ts';

const flow = flowOf({ steps: [mail('welcome'), tag('after'), wait('pause', 9)] });
const having = (step: Partial<Step>): Flow => ({ ...flow, steps: flow.steps.map((each) => (each.id === 'welcome' ? { ...each, ...step } : each)) });

/** The mail waits for the evening, in Copenhagen's time. */
async function waiting() {
  const sending = sendingStage({ quietHours: { from: '08:00', to: '20:00' } });
  const id = sending.live(flow);
  addContact(sending.workspace, { email: 'ada@example.com', consent: ['email'] });
  await sending.pass(HOUR);
  expect(sending.ledger()).toMatchObject([{ state: 'planned', reason: 'quiet-hours' }]);
  const standsAt = () => sending.workspace.db.prepare('SELECT step_id FROM enrollments').pluck().get();
  return { sending, id, standsAt };
}

test.each([
  ['switched off', having({ disabled: true }), 'pause'],
  ['made a wait', having({ type: 'wait', config: { duration: { amount: 2, unit: 'hours' } } }), 'welcome'],
])('%s: what was planned is cancelled, and whoever waited goes on', async (_, changed, then) => {
  const { sending, id, standsAt } = await waiting();
  publish(sending.workspace, id, changed, MESSAGES);
  await sending.pass(0);
  expect(sending.ledger()).toMatchObject([{ state: 'cancelled', reason: 'step-removed' }]);
  expect(standsAt()).toBe(then);
  await sending.pass(DAY);
  expect(standsAt()).toBe('pause');
  expect(sending.sent).toEqual([]);
  await sending.close();
});

test('with another name it leaves as it is (with another message that one leaves: other-message.test.ts)', async () => {
  const { sending, id } = await waiting();
  publish(sending.workspace, id, having({ name: 'Hello' }), MESSAGES);
  await sending.pass(DAY);
  expect(sending.sent.map(({ subject }) => subject)).toEqual(['welcome']);
  await sending.close();
});

test('so it is for those who stayed on their version and are brought over', async () => {
  const { sending, id, standsAt } = await waiting();
  const version = publish(sending.workspace, id, having({ disabled: true }), MESSAGES, [], true);
  await sending.pass(HOUR);
  expect(sending.ledger()).toMatchObject([{ state: 'planned' }]);
  actOnSome(sending.workspace, published(sending.workspace, id, version), { flow: id, enrollments: null, step: 'welcome' }, { kind: 'follow' });
  await sending.pass(DAY);
  expect(sending.ledger()).toMatchObject([{ state: 'cancelled', reason: 'step-removed' }]);
  expect(standsAt()).toBe('pause');
  expect(sending.sent).toEqual([]);
  await sending.close();
});
