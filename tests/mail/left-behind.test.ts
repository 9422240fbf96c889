// A message of which its contact has moved on, by a goal or an exit rule while it waited for the morning or for a slot, is withdrawn
// at once and counted (FEATURES D18), and is nobody's lateness.
import { expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { archiveSome, pause, publish } from '../../src-main/runner/publishing.ts';
import { letOut } from '../../src-main/runner/people.ts';
import { resumeSome } from '../../src-main/runner/resuming.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { flowCounts, messagesToDecide } from '../../src-main/store/counts.ts';
import { row, rows } from '../../src-main/store/database.ts';
import { flowOf, hasTag, join, mail, parallel, tag, wait } from '../runner/story.ts';
import { addContact } from '../workspace-fixture.ts';
import { MESSAGES, sendingStage, type SendingStage } from './sending-stage.ts';

test('D5: whoever is overdue leaves on resuming, however many have left a message behind', async () => {
  const sending = sendingStage({ quietHours: { from: '08:00', to: '20:00' } });
  const id = sending.live(flowOf({ steps: [mail('welcome'), { id: 'goal', type: 'goal', config: { rule: hasTag('bought') } }, wait('pause', 9)] }));
  const people = Array.from({ length: 501 }, (_, n) => ({ contactId: addContact(sending.workspace, { email: `p${n}@example.com`, consent: ['email'] }) }));
  await sending.pass(HOUR);
  // The last one stays, and is overdue.
  addTagFor(sending.workspace, people.slice(0, -1), 'bought', { source: 'user' });
  await sending.pass(0);
  pause(sending.workspace, id);
  await sending.pass(DAY);
  let turns = 1;
  while (!resumeSome(sending.workspace, id, 'exit') && turns < 10) turns++;
  expect(turns).toBe(1);
  expect(sending.workspace.db.prepare('SELECT state, exit_reason, count(*) AS n FROM enrollments GROUP BY state').all()).toEqual([
    { state: 'active', exit_reason: null, n: 500 },
    { state: 'exited', exit_reason: 'overdue-on-resume', n: 1 },
  ]);
  await sending.close();
});

const bought = hasTag('bought');
const goal = { id: 'goal', type: 'goal', config: { rule: bought } };
test.each([
  ['pulled to a goal further down', flowOf({ steps: [mail('welcome'), goal, wait('pause', 9)] }), 'enrollment-moved', 'pause'],
  ['out by the goal of the flow', flowOf({ steps: [mail('welcome'), wait('pause', 9)], goal: bought }), 'enrollment-ended', null],
  ['out by the exit rule', flowOf({ steps: [mail('welcome'), wait('pause', 9)], exit: bought }), 'enrollment-ended', null],
  ['off both paths, to a goal below their join', flowOf({ steps: [parallel('p', 'a', 'b'), mail('welcome'), mail('news'), join('j'), goal, wait('pause', 9)], ways: ['p.a > welcome', 'welcome > j', 'p.b > news', 'news > j', 'j > goal', 'goal > pause'] }), 'enrollment-moved', 'pause'],
])('D18: %s, while the message waits for the morning: it is withdrawn at once', async (_, flow, reason, step) => {
  const sending = sendingStage({ quietHours: { from: '08:00', to: '20:00' } });
  const id = sending.live(flow);
  const ada = addContact(sending.workspace, { email: 'ada@example.com', consent: ['email'] });
  const bob = addContact(sending.workspace, { email: 'bob@example.com', consent: ['email'] });
  await sending.pass(HOUR);
  expect(sending.ledger().every(({ state }) => state === 'planned')).toBe(true);
  addTagFor(sending.workspace, [{ contactId: ada }], 'bought', { source: 'user' });
  await sending.pass(0);
  expect(new Set(sending.ledger().filter(({ contact }) => contact === ada).map((each) => `${each.state} ${each.reason}`))).toEqual(new Set([`cancelled ${reason}`]));
  expect(row<{ step: string | null }>(sending.workspace.db, 'SELECT step_id AS step FROM enrollments WHERE contact_id = ? AND parent_id IS NULL', ada)!.step).toBe(step);
  expect(flowCounts(sending.workspace, id).steps['welcome']).toMatchObject({ planned: 2, cancelled: 1, reasons: { [reason]: 1 } });
  await sending.pass(3 * DAY);
  expect(new Set(sending.sent.map(({ to }) => to))).toEqual(new Set(['bob@example.com']));
  expect(bob).toBe(2);
  await sending.close();
});

test('D18: the timeline tells of it; a message that was sent is not touched', async () => {
  const sending = sendingStage({ frequencyCap: { messages: 1, days: 7 } });
  sending.live(flowOf({ steps: [mail('welcome'), { ...mail('offer'), config: { message: 'offer', cap: 'hold', capWait: { amount: 30, unit: 'days' } } }, tag('after')], goal: bought }));
  const ada = addContact(sending.workspace, { email: 'ada@example.com', consent: ['email'] });
  await sending.pass(DAY);
  addTagFor(sending.workspace, [{ contactId: ada }], 'bought', { source: 'user' });
  await sending.pass(0);
  expect(sending.ledger().map(({ message, state, reason }) => [message, state, reason])).toEqual([['welcome', 'sent', null], ['offer', 'cancelled', 'enrollment-ended']]);
  expect(rows<{ data: string }>(sending.workspace.db, `SELECT data FROM events WHERE type = 'message_cancelled'`).map(({ data }) => JSON.parse(data) as unknown)).toEqual([{ message: 'offer', subject: '', reason: 'enrollment-ended' }]);
  await sending.close();
});

const held = flowOf({ steps: [wait('first', 1), mail('welcome'), wait('pause', 9)], goal: bought });
test.each<[string, string, (sending: SendingStage, id: number, ada: number) => void]>([
  ['D18: the goal of the flow', 'enrollment-ended', ({ workspace }, _, ada) => addTagFor(workspace, [{ contactId: ada }], 'bought', { source: 'user' })],
  ['D2: a step that is gone', 'step-removed', ({ workspace }, id) => void publish(workspace, id, flowOf({ steps: [wait('first', 1), wait('pause', 9)], goal: bought }), MESSAGES)],
  ['a person who takes them out', 'enrollment-moved', ({ workspace }, id) => void letOut(workspace, { flowId: id, version: 1 }, null, 'by-hand')],
  ['the end of the flow', 'enrollment-moved', ({ workspace }, id) => void archiveSome(workspace, id)],
])('%s leaves nobody to decide about the message that is held', async (_, reason, act) => {
  const sending = sendingStage({ lateness: { hours: 24, action: 'hold' } });
  const id = sending.live(held);
  const ada = addContact(sending.workspace, { email: 'ada@example.com', consent: ['email'] });
  await sending.pass(HOUR);
  await sending.sleep(3 * DAY);
  expect(sending.ledger()).toMatchObject([{ state: 'held', reason: 'late' }]);
  act(sending, id, ada);
  await sending.pass(HOUR);
  expect(sending.ledger()).toMatchObject([{ state: 'cancelled', reason }]);
  expect(messagesToDecide(sending.workspace).held).toBe(0);
  await sending.close();
});
