// Whoever opts out is not kept as one who will be written to (FEATURES D14).
import { describe, expect, test } from 'vitest';
import type { Step } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { suppressionHandlers } from '../../src-main/handlers/suppressions.ts';
import { readEvents } from '../../src-main/runner/event-triggers.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { pause, publish } from '../../src-main/runner/publishing.ts';
import { flowCounts } from '../../src-main/store/counts.ts';
import { row, rows, run } from '../../src-main/store/database.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addSuppression, hashedAddress } from '../../src-main/store/suppressions.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { flowOf, join, onAdded, onTag, parallel, tag, wait } from '../runner/story.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { MESSAGES, type SendingStage } from './sending-stage.ts';
import { person, send, stageWith, states } from './sending-story.ts';

const ONE_A_WEEK = { messages: 1, days: 7 };

describe('D14: whoever opts out while their message waits', () => {
  const flow = flowOf({ steps: [send('welcome'), send('offer', { cap: 'hold', capWait: { amount: 30, unit: 'days' } }), tag('after')] });
  test.each<[string, (stage: SendingStage, contact: number) => void, string]>([
    ['consent is withdrawn', (stage, contactId) => void recordConsent(stage.workspace, { contactId, channel: 'email', given: false, source: 'form', actor: 'user' }), 'consent-withdrawn'],
    ['the address is suppressed', (stage) => void addSuppression(stage.workspace, { channel: 'email', address: 'ada@example.dk', reason: 'asked', source: 'user' }), 'suppressed'],
  ])('%s: it is cancelled at once, and they have left', async (_, optOut, reason) => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK });
    stage.live(flow);
    const ada = person(stage);
    await stage.pass(DAY);
    expect(states(stage)).toEqual(['welcome: sent', 'offer: planned waiting-for-slot']);
    optOut(stage, ada);
    await stage.pass(0);
    expect(states(stage)).toEqual(['welcome: sent', `offer: cancelled ${reason}`]);
    expect(row(stage.workspace.db, 'SELECT exit_reason AS reason, left_at AS at FROM enrollments')).toEqual({ reason: 'opted-out', at: TEST_NOW + DAY });
  });

  test('another channel or topic is nothing to it: it waits as long as before, and is no later', async () => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK, lateness: { hours: 1, action: 'skip' } });
    stage.live(flow);
    const ada = person(stage);
    await stage.pass(DAY);
    const before = row(stage.workspace.db, `SELECT due_at, meant_at, capped_at, state, reason FROM outbox WHERE message = 'offer'`);
    recordConsent(stage.workspace, { contactId: ada, channel: 'sms', given: false, source: 'form', actor: 'user' });
    await stage.pass(0);
    expect(row(stage.workspace.db, `SELECT due_at, meant_at, capped_at, state, reason FROM outbox WHERE message = 'offer'`)).toEqual(before);
    await stage.pass(10 * DAY);
    expect(stage.sent.map(({ subject, at }) => [subject, (at - TEST_NOW) / DAY])).toEqual([['welcome', 0], ['offer', 7]]);
  });
});

const withdraw = (stage: SendingStage, contactId: number, topic?: string) =>
  void recordConsent(stage.workspace, { contactId, channel: 'email', ...(topic !== undefined && { topic }), given: false, source: `form ${topic ?? ''}`, actor: 'user' });
const agree = (stage: SendingStage, contactId: number, topic?: string) => void recordConsent(stage.workspace, { contactId, channel: 'email', ...(topic !== undefined && { topic }), given: true, source: `again ${topic ?? ''}`, actor: 'user' });
const passages = (stage: SendingStage) => rows(stage.workspace.db, 'SELECT state, exit_reason AS reason, left_at AS at, step_id AS step FROM enrollments WHERE parent_id IS NULL ORDER BY id');
const tagsOf = (stage: SendingStage, contact: number) => rows<{ name: string }>(stage.workspace.db, 'SELECT t.name FROM contact_tags c JOIN tags t ON t.id = c.tag_id WHERE c.contact_id = ? ORDER BY 1', contact).map(({ name }) => name);
const IN = { state: 'active', reason: null, at: null };
const OUT = { state: 'exited', reason: 'opted-out', at: TEST_NOW + DAY, step: null };

describe('D14: whoever opts out on the way leaves at once, with no message planned', () => {
  const flow = (parts: Partial<Parameters<typeof flowOf>[0]> = {}) => flowOf({ steps: [send('welcome'), wait('pause', 3), send('offer'), tag('after')], ...parts });
  const suppress = (stage: SendingStage) => void addSuppression(stage.workspace, { channel: 'email', address: 'ada@example.dk', reason: 'asked', source: 'user' });

  test.each<[string, (stage: SendingStage, contact: number) => void]>([
    ['consent is withdrawn', (stage, contact) => withdraw(stage, contact)],
    ['the address is suppressed', suppress],
    ['consent is withdrawn and given again before anybody has looked', (stage, contact) => (withdraw(stage, contact), agree(stage, contact))],
  ])('%s: from the middle of a wait, as the path, the visits and the counts tell', async (_, optOut) => {
    const stage = stageWith({});
    const id = stage.live(flow());
    const ada = person(stage);
    await stage.pass(DAY);
    optOut(stage, ada);
    await stage.pass(0);
    expect(passages(stage)).toEqual([OUT]);
    const left = row<{ at: number; source: string; data: string }>(stage.workspace.db, `SELECT at, source, data FROM events WHERE type = 'flow_left'`)!;
    expect([left.at, left.source, JSON.parse(left.data)]).toEqual([TEST_NOW + DAY, 'flow', { end: 'exited', reason: 'opted-out' }]);
    expect(row(stage.workspace.db, `SELECT left_at AS at, outlet FROM visits WHERE step_id = 'pause'`)).toEqual({ at: TEST_NOW + DAY, outlet: null });
    expect(flowCounts(stage.workspace, id)).toMatchObject({ entered: 1, exited: 1, active: 0 });
    await stage.pass(30 * DAY);
    expect([states(stage), tagsOf(stage, ada)]).toEqual([['welcome: sent'], []]);
  });

  test('a new consent brings nobody back; they come in again as anybody does', async () => {
    const stage = stageWith({});
    stage.live(flow({ triggers: [onTag('in')], entry: { reentry: 'afterExit', reentryDays: 30, audience: null } }));
    const ada = addContact(stage.workspace, { email: 'ada@example.dk', consent: ['email'], tags: ['in'] });
    await stage.pass(DAY);
    withdraw(stage, ada);
    await stage.pass(DAY);
    agree(stage, ada);
    await stage.pass(30 * DAY);
    expect([passages(stage), states(stage)]).toEqual([[OUT], ['welcome: sent']]);
  });

  test('where the flow says so they go on without messages', async () => {
    const stage = stageWith({});
    stage.live(flow({ optOut: 'continue' }));
    const ada = person(stage);
    await stage.pass(DAY);
    withdraw(stage, ada);
    await stage.pass(30 * DAY);
    expect([states(stage), tagsOf(stage, ada)]).toEqual([['welcome: sent', 'offer: cancelled consent-withdrawn'], ['after']]);
    expect(passages(stage)).toEqual([{ state: 'finished', reason: null, at: TEST_NOW + 3 * DAY, step: null }]);
  });

  test('a flow that writes nothing is nobody’s to opt out of, nor is one that writes by another channel', async () => {
    const stage = stageWith({});
    stage.live(flow({ steps: [wait('pause', 3), tag('after')] }));
    stage.live(flow({ steps: [wait('pause', 3), { id: 'text', type: 'sendSms', config: { text: 'Hi' } }] }));
    const ada = person(stage);
    await stage.pass(DAY);
    withdraw(stage, ada);
    await stage.pass(0);
    expect(passages(stage)).toEqual([{ ...IN, step: 'pause' }, { ...IN, step: 'pause' }]);
  });

  test('a receipt that is still to come goes out; they leave at the next marketing mail. Suppressed, they leave at once', async () => {
    const receipt = flow({ steps: [wait('pause', 3), send('receipt'), send('offer'), tag('after')] });
    const stage = stageWith({});
    stage.live(receipt);
    withdraw(stage, person(stage));
    await stage.pass(DAY);
    expect(passages(stage)).toEqual([{ ...IN, step: 'pause' }]);
    await stage.pass(9 * DAY);
    expect([states(stage), passages(stage)]).toEqual([['receipt: sent', 'offer: cancelled consent-withdrawn'], [{ ...OUT, at: TEST_NOW + 3 * DAY }]]);
    const other = stageWith({});
    other.live(receipt);
    person(other);
    await other.pass(DAY);
    suppress(other);
    await other.pass(0);
    expect(passages(other)).toEqual([OUT]);
  });

  test('a receipt that they have got already keeps nobody in', async () => {
    const stage = stageWith({});
    stage.live(flow({ steps: [send('receipt'), wait('pause', 3), send('offer')] }));
    const ada = person(stage);
    await stage.pass(DAY);
    withdraw(stage, ada);
    await stage.pass(0);
    expect(passages(stage)).toEqual([OUT]);
  });

  test('whoever leaves one topic stays for the other, and leaves at once with the last', async () => {
    const stage = stageWith({});
    for (const name of ['sales', 'tips']) run(stage.workspace.db, 'INSERT INTO topics (key, name, created_at) VALUES (?, ?, 0)', name, name);
    const topical = MESSAGES.map((message) => (message.key === 'offer' ? { ...message, topic: 'sales' } : message.key === 'news' ? { ...message, topic: 'tips' } : message));
    const steps = flowOf({ steps: [wait('pause', 3), send('offer'), wait('rest', 3), send('news')] });
    publish(stage.workspace, insertFlow(stage.workspace, steps), steps, topical);
    const ada = person(stage);
    await stage.pass(DAY / 2);
    withdraw(stage, ada, 'sales');
    await stage.pass(DAY / 2);
    expect(passages(stage)).toEqual([{ ...IN, step: 'pause' }]);
    withdraw(stage, ada, 'tips');
    await stage.pass(0);
    expect(passages(stage)).toEqual([OUT]);
  });

  test('out of a flow that is paused, on parallel paths, or with a step that failed, too; a card is closed for it', async () => {
    const stage = stageWith({});
    const paths = flowOf({ steps: [parallel('fork', 'a', 'b'), wait('pause', 3), { id: 'call', type: 'task', config: { title: 'Call' } }, join('both'), send('offer')], ways: ['fork.a > pause', 'fork.b > call', 'pause > both', 'call.yes > both', 'call.no > both', 'both > offer'] });
    const id = stage.live(paths);
    const ada = person(stage);
    await stage.pass(DAY);
    pause(stage.workspace, id);
    withdraw(stage, ada);
    await stage.pass(0);
    expect(passages(stage)).toEqual([OUT]);
    expect(rows(stage.workspace.db, 'SELECT state, count(*) AS n FROM enrollments WHERE parent_id IS NOT NULL GROUP BY 1')).toEqual([{ state: 'exited', n: 2 }]);
    expect(row(stage.workspace.db, 'SELECT state, closed_reason AS reason FROM tasks')).toMatchObject({ reason: 'opted-out' });
  });

  test('on parallel paths what lies ahead is told by where they are on them: the receipt is behind them', async () => {
    const stage = stageWith({});
    const steps = [parallel('fork', 'a', 'b'), send('receipt'), wait('pause', 9), send('welcome'), wait('rest', 9), send('offer'), join('both'), tag('after')];
    stage.live(flowOf({ steps, ways: ['fork.a > receipt', 'receipt > pause', 'pause > both', 'fork.b > welcome', 'welcome > rest', 'rest > offer', 'offer > both', 'both > after'] }));
    const ada = person(stage);
    await stage.pass(DAY);
    expect(states(stage)).toEqual(['receipt: sent', 'welcome: sent']);
    withdraw(stage, ada);
    await stage.pass(0);
    expect(passages(stage)).toEqual([OUT]);
  });

  test('whoever was kept on an earlier version leaves by what that one says and writes', async () => {
    const stage = stageWith({});
    const before = flow();
    const id = stage.live(before);
    const ada = person(stage);
    await stage.pass(DAY);
    publish(stage.workspace, id, flowOf({ optOut: 'continue', steps: [wait('pause', 3), tag('after')] }), MESSAGES, [], true);
    withdraw(stage, ada);
    await stage.pass(0);
    expect(passages(stage)).toEqual([OUT]);
  });

  test('who had opted out before they came in leaves at the first message, not sooner', async () => {
    const stage = stageWith({});
    stage.live(flow({ triggers: [onTag('in')], steps: [wait('pause', 3), tag('kept'), send('offer'), tag('after')] }));
    const ada = person(stage);
    withdraw(stage, ada);
    addTagFor(stage.workspace, [{ contactId: ada }], 'in', { source: 'user' });
    await stage.pass(30 * DAY);
    expect([passages(stage), tagsOf(stage, ada)]).toEqual([[{ ...OUT, at: TEST_NOW + 3 * DAY }], ['in', 'kept']]);
  });

  test('an address that mail comes back from is no opt-out: the flow goes on, and they leave at the next message', async () => {
    const stage = stageWith({});
    stage.live(flow({ steps: [send('welcome'), wait('pause', 3), tag('call'), send('offer'), tag('after')] }));
    const ada = person(stage);
    await stage.pass(DAY);
    addSuppression(stage.workspace, { channel: 'email', address: 'ada@example.dk', reason: 'bounced', source: 'smtp' });
    await stage.pass(9 * DAY);
    expect([passages(stage), tagsOf(stage, ada)]).toEqual([[{ ...OUT, at: TEST_NOW + 3 * DAY }], ['call']]);
  });

  describe('a whole domain is suppressed', () => {
    const add = (stage: SendingStage, ...addresses: string[]) => void suppressionHandlers(stage.workspace)['suppressions.add']({ addresses, reason: 'asked' });
    const ends = (stage: SendingStage) => rows<{ end: string; n: number }>(stage.workspace.db, `SELECT coalesce(exit_reason, state) AS end, count(*) AS n FROM enrollments GROUP BY 1 ORDER BY 1`).map(({ end, n }) => `${end} ${n}`);

    test('its people leave at once, and nobody else', async () => {
      const stage = stageWith({});
      stage.live(flow());
      const ada = person(stage);
      addContact(stage.workspace, { email: 'bob@other.example.dk', consent: ['email'] });
      addContact(stage.workspace, { email: 'cid@example.dk.org', consent: ['email'] });
      await stage.pass(DAY);
      add(stage, '*@example.dk');
      await stage.pass(0);
      expect(passages(stage)).toEqual([OUT, { ...IN, step: 'pause' }, { ...IN, step: 'pause' }]);
      expect(rows<{ contact: number; data: string }>(stage.workspace.db, `SELECT contact_id AS contact, data FROM events WHERE type = 'suppressed'`).map(({ contact, data }) => [contact, JSON.parse(data)])).toEqual([[ada, { channel: 'email', reason: 'asked', domain: 'example.dk' }]]);
    });

    test('what waits for a slot is cancelled at once', async () => {
      const stage = stageWith({ frequencyCap: ONE_A_WEEK });
      stage.live(flowOf({ steps: [send('welcome'), send('offer', { cap: 'hold', capWait: { amount: 30, unit: 'days' } }), tag('after')] }));
      person(stage);
      await stage.pass(DAY);
      add(stage, '*@example.dk');
      await stage.pass(0);
      expect(states(stage)).toEqual(['welcome: sent', 'offer: cancelled suppressed']);
    });

    test('several at once, and one more meanwhile: each of very many people is told once', async () => {
      const stage = stageWith({});
      stage.live(flow({ steps: [wait('pause', 3), send('offer')] }));
      for (let n = 0; n < 4500; n++) addContact(stage.workspace, { email: `p${n}@${['a', 'b', 'c'][n % 3]}.dk`, consent: ['email'] });
      await stage.pass(DAY);
      add(stage, '*@a.dk', '*@none.dk');
      expect(readEvents(stage.workspace)).toBe(true);
      add(stage, '*@b.dk', 'p2@c.dk');
      await stage.pass(0);
      expect(ends(stage)).toEqual(['active 1499', 'opted-out 3001']);
      expect(row(stage.workspace.db, `SELECT count(*) AS n FROM events WHERE type = 'suppressed'`)).toEqual({ n: 3001 });
      expect(row(stage.workspace.db, `SELECT count(*) AS n FROM runner_state WHERE key = 'suppressions-untold' AND value <> '[]'`)).toEqual({ n: 0 });
    });

    test('the people of another workspace who were erased there leave, too', async () => {
      const stage = stageWith({});
      stage.live(flow());
      person(stage);
      addContact(stage.workspace, { email: 'bob@example.dk', consent: ['email'] });
      await stage.pass(DAY);
      addSuppression(stage.workspace, { channel: 'email', address: hashedAddress(stage.workspace, 'email', 'bob@example.dk'), reason: 'erased', source: 'list.json', tellsHash: true });
      await stage.pass(0);
      expect(passages(stage)).toEqual([{ ...IN, step: 'pause' }, OUT]);
    });
  });

  test('nor who was taken in by hand before anybody had read of it', async () => {
    const stage = stageWith({});
    const id = stage.live(flow({ triggers: [onTag('in')], steps: [wait('pause', 3), send('offer')] }));
    const ada = person(stage);
    await stage.pass(HOUR);
    withdraw(stage, ada);
    await flowHandlers(stage.workspace)['flows.enroll']({ flow: id, contacts: [ada], rule: null });
    await stage.pass(0);
    expect(passages(stage)).toEqual([{ ...IN, step: 'pause' }]);
  });

  test('D25: a step that withdraws consent itself ends the other flows, and leaves its own to go on until the next message', async () => {
    const stage = stageWith({});
    const withdrawing: Step = { id: 'sunset', type: 'changeConsent', config: { channel: 'email', change: 'withdrawn' } };
    stage.live(flow({ steps: [wait('a-day', 1), withdrawing, wait('pause', 3), tag('asleep'), send('offer'), tag('after')] }));
    stage.live(flow());
    const ada = person(stage);
    await stage.pass(DAY);
    expect(passages(stage)).toEqual([{ ...IN, step: 'pause' }, OUT]);
    await stage.pass(9 * DAY);
    expect([passages(stage)[0], tagsOf(stage, ada)]).toEqual([{ ...OUT, at: TEST_NOW + 4 * DAY }, ['asleep']]);
  });

  test('the place in the line is given up with it', async () => {
    const stage = stageWith({});
    stage.live(flow({ triggers: [onTag('in'), onAdded], entry: { reentry: 'afterExit', reentryDays: 30, audience: null, whileInside: 'queue' } }));
    const ada = person(stage);
    await stage.pass(DAY / 2);
    addTagFor(stage.workspace, [{ contactId: ada }], 'in', { source: 'user' });
    await stage.pass(DAY / 2);
    expect(row(stage.workspace.db, 'SELECT count(*) AS n FROM waiting_entries')).toEqual({ n: 1 });
    withdraw(stage, ada);
    await stage.pass(9 * DAY);
    expect(passages(stage)).toEqual([OUT]);
  });
});
