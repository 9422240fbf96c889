// What must always hold: each kind of check by itself, and over all flows in a simulation, with a counter-example (FEATURES B11).
import { describe, expect, test } from 'vitest';
import { checkPlanSchema, firstBreach, type Check, type Moment } from '../../shared/simulation/checks.ts';
import { DAY, MINUTE } from '../../shared/time.ts';
import { simulationHandlers } from '../../src-main/handlers/simulations.ts';
import { runChecks } from '../../src-main/simulation/run-checks.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { allMessages } from '../../src-main/store/messages.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { momentsSince, saveChecks } from '../../src-main/store/checks.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { run } from '../../src-main/store/database.ts';
import { recordEvent } from '../../src-main/store/events.ts';
import { flowOf, mail, onTag, wait } from '../runner/story.ts';
import { addContact, TEST_NOW, testWorkspace } from '../workspace-fixture.ts';
import { cartFlow, EVERYBODY, planFor, shop } from './simulation-fixture.ts';

const moment = (what: Moment['what'], day: number, message: string | null = what === 'sent' ? 'offer' : null, isMarketing = true): Moment => ({ at: day * DAY, what, flow: null, message, isMarketing });
const sent = (day: number, message = 'offer') => moment('sent', day, message);

describe('a check by itself', () => {
  const two: Check = { kind: 'mostMessages', most: 2, days: 7 };
  const buyers: Check = { kind: 'notToBuyers', message: 'offer', days: 14 };
  const cases: [string, Check, Moment[], number | null][] = [
    ['three within seven days', two, [sent(1), sent(2), sent(3)], 3],
    ['the third when the first is just out of the window', two, [sent(1), sent(2), sent(8)], null],
    ['what was before the start counts along, and cannot break it', two, [sent(-2), sent(-1.5), sent(-1), sent(0.5)], 0.5],
    ['an order two weeks ago', buyers, [moment('ordered', -14), sent(0)], null],
    ['an order a little less than two weeks ago', buyers, [moment('ordered', -13.9), sent(0)], 0],
    ['another message to a buyer', buyers, [moment('ordered', -1), sent(0, 'welcome')], null],
    ['any message to a buyer', { ...buyers, message: 'any' }, [moment('ordered', -1), sent(0, 'welcome')], 0],
    ['an order after it', buyers, [sent(0), moment('ordered', 1)], null],
    ['marketing after an opt-out', { kind: 'neverAfterOptOut' }, [moment('consented', -9), moment('optedOut', 1), sent(2)], 2],
    ['marketing at the very instant of an opt-out, after it', { kind: 'neverAfterOptOut' }, [moment('consented', -9), moment('optedOut', 2), sent(2)], 2],
    ['marketing at the very instant of an opt-out, before it', { kind: 'neverAfterOptOut' }, [moment('consented', -9), sent(2), moment('optedOut', 2)], null],
    ['an order at the very instant, after it', buyers, [sent(2), moment('ordered', 2)], null],
    ['after having come back', { kind: 'neverAfterOptOut' }, [moment('optedOut', -3), moment('consented', -1), sent(2)], null],
    ['a receipt after an opt-out', { kind: 'neverAfterOptOut' }, [moment('optedOut', 1), moment('sent', 2, 'receipt', false)], null],
  ];
  test.each(cases)('%s', (_name, check, timeline, day) => {
    expect(firstBreach(check, timeline, 0)?.at ?? null).toBe(day === null ? null : day * DAY);
  });
});

describe('D25: what happened at one instant is in the order in which it was recorded; a message was sent when it was handed over', () => {
  const NOW = TEST_NOW;
  /** Somebody who agreed long ago, and a message that was handed over now and whose end became known a minute later. */
  function sentNow() {
    const workspace = testWorkspace();
    const ada = addContact(workspace, { email: 'ada@example.com' });
    const say = (given: boolean, at: number) => recordConsent(workspace, { contactId: ada, channel: 'email', given, source: `word of ${at}`, actor: 'user', at });
    const send = () => {
      const { id } = run(workspace.db, `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, purpose, due_at, meant_at, enrolled_at, planned_at, handed_at, settled_at) VALUES ('1:1:m:1', 1, 1, 1, 'm', ?, 'email', 'offer', 'sent', 'marketing', ?, ?, ?, ?, ?, ?)`, ada, NOW, NOW, NOW, NOW, NOW, NOW + MINUTE);
      recordEvent(workspace, { contactId: ada, type: 'message_sent', at: NOW, source: 'flow', outboxId: id, data: { message: 'offer' } });
    };
    say(true, NOW - DAY);
    return { workspace, say, send };
  }
  const breachOf = ({ workspace }: ReturnType<typeof sentNow>) => firstBreach({ kind: 'neverAfterOptOut' }, momentsSince(workspace, 0), 0)?.at ?? null;

  test('an opt-out first, then the message', () => {
    const scene = sentNow();
    scene.say(false, NOW);
    scene.send();
    expect(breachOf(scene)).toBe(NOW);
  });

  test('the message first', () => {
    const scene = sentNow();
    scene.send();
    scene.say(false, NOW);
    expect(breachOf(scene)).toBeNull();
  });

  test('an opt-out between the hand-over and its answer came after the message', () => {
    const scene = sentNow();
    scene.say(false, NOW + 1);
    scene.send();
    expect(breachOf(scene)).toBeNull();
    expect(momentsSince(scene.workspace, 0).map(({ what, at }) => [what, at - NOW])).toEqual([['consented', -DAY], ['sent', 0], ['optedOut', 1]]);
  });
});

test('two flows that are fine alone break a check together; the counter-example has its timeline', async () => {
  const { workspace, flow } = shop(5, cartFlow());
  const welcome = flowOf({ name: 'Welcome', triggers: [onTag('keen')], steps: [wait('an-hour', 1, 'hours'), mail('welcome')] });
  const checks: Check[] = [{ kind: 'mostMessages', most: 1, days: 3 }, { kind: 'mostMessages', most: 2, days: 3 }, { kind: 'neverAfterOptOut' }, { kind: 'notToBuyers', message: 'welcome', days: 14 }];
  saveChecks(workspace, checks);
  const plan = (more: object) => checkPlanSchema.parse({ days: 10, flow, who: EVERYBODY, assume: { everywhere: { opened: 1, openedHours: 1, ordered: 1, orderedHours: 2 } }, ...more });
  const checked = (more = {}) => runChecks(imageOf(workspace.db), workspace.clock.now(), plan(more), () => undefined);
  expect((await checked()).map(({ holds }) => holds)).toEqual([true, true, true, true]);
  publish(workspace, insertFlow(workspace, welcome), welcome, allMessages(workspace));
  const [one, most, optOut, buyers] = await checked();
  expect(one).toMatchObject({ holds: false, contacts: 5 });
  expect(one!.example!.timeline.filter(({ what }) => what === 'sent').map(({ message }) => message)).toEqual(['reminder', 'welcome']);
  expect(most).toMatchObject({ holds: true, contacts: 0, example: null });
  expect(optOut).toMatchObject({ holds: true });
  expect(buyers).toMatchObject({ holds: false, example: { timeline: [{ what: 'consented' }, { what: 'sent' }, { what: 'ordered' }, { what: 'sent', message: 'welcome' }] } });
});

test('checks are kept in the workspace, and looked at through the gate', async () => {
  const { workspace, flow } = shop(2);
  const calls = simulationHandlers(workspace);
  expect(calls['checks.list']({})).toEqual([]);
  expect(await calls['simulations.check'](checkPlanSchema.parse({ days: 1 }))).toEqual([]);
  const checks: Check[] = [{ kind: 'mostMessages', most: 1, days: 30 }];
  await calls['checks.save']({ checks });
  expect(calls['checks.list']({})).toEqual(checks);
  expect(await calls['simulations.check'](checkPlanSchema.parse({ days: 5, flow, who: EVERYBODY }))).toMatchObject([{ holds: false, contacts: 2, example: { contact: 1, email: 'p1@example.com' } }]);
}, 30_000);

test('a check on a message that does not exist is refused, for it would hold whatever happens; so is an assumption about one', async () => {
  const { workspace, flow } = shop(1);
  const calls = simulationHandlers(workspace);
  const ofBuyers = (message: string): Check[] => [{ kind: 'notToBuyers', message, days: 14 }];
  const unknown = 'There is no message ofer. Choose another one.';
  expect(() => calls['checks.save']({ checks: ofBuyers('ofer') })).toThrow(unknown);
  expect(calls['checks.list']({})).toEqual([]);
  await calls['checks.save']({ checks: ofBuyers('any') });
  await calls['checks.save']({ checks: ofBuyers('offer') });
  expect(() => calls['simulations.run'](planFor(flow, { assume: { messages: { ofer: { opened: 1 } } } }))).toThrow(unknown);
  // Kept from before its message went.
  saveChecks(workspace, ofBuyers('ofer'));
  expect(() => calls['simulations.check'](checkPlanSchema.parse({ days: 1 }))).toThrow('A check is about the message ofer');
});
