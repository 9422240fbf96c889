// Backtests: a small world that the runner has really played, put back and played again on what is on record, gives the same
// entries and the same messages (FEATURES B3). And what a backtest says of orders, caps and what it cannot know.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Flow, Step } from '../../shared/flow/flow.ts';
import { backtestPlanSchema, type BacktestResult } from '../../shared/simulation/backtest.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY, HOUR, MINUTE } from '../../shared/time.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { backtest } from '../../src-main/simulation/backtest.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { recordIncoming } from '../../src-main/store/incoming-events.ts';
import { allMessages, saveMessage } from '../../src-main/store/messages.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { readSettings, writeSettings } from '../../src-main/store/settings.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { addSuppression, removeSuppression } from '../../src-main/store/suppressions.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { branch, flowOf, hasTag, mail, onAdded, onTag, openedThis, tag, wait } from '../runner/story.ts';
import { addContact, TEST_NOW, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

const step = (id: string, type: string, config: Record<string, unknown>): Step => ({ id, type, config });
const onOrder = { id: 'order', type: 'orderPlaced', config: {} };
const richer = { kind: 'attribute', attribute: 'points', operator: 'atLeast', value: 50 } as const;

/** Flows that ask of everything that a backtest must put back. */
const FLOWS: Record<string, Flow> = {
  'on a tag, by what they opened': flowOf({ triggers: [onTag('vip')], entry: { reentry: 'afterExit' }, steps: [mail('one'), wait('w', 2), branch('opened', openedThis('one')), mail('two'), mail('three')], ways: ['one > w', 'w > opened', 'opened.yes > two', 'opened.else > three'] } as never),
  'on an order, who is rich enough': flowOf({ triggers: [onOrder], entry: { reentry: 'afterExit' }, steps: [branch('rich', richer), mail('one'), wait('w', 1), tag('bought')], ways: ['rich.yes > one', 'one > w', 'w > bought'] } as never),
  'on coming, until they buy': flowOf({ triggers: [onAdded], goal: { kind: 'event', event: 'order_placed', did: true, since: 'enrollment' }, steps: [wait('a', 1), mail('one'), wait('b', 2), mail('two')] } as never),
  'for an audience, waiting for a tag': flowOf({ triggers: [onAdded, onOrder], entry: { reentry: 'never', audience: { kind: 'none', rules: [hasTag('out')] } }, steps: [step('until', 'waitUntilTrue', { rule: hasTag('vip'), atMost: { amount: 3, unit: 'days' } }), mail('one')], ways: ['until.true > one'] } as never),
};
const OTHER = flowOf({ name: 'Other', triggers: [onOrder], entry: { reentry: 'afterExit' }, steps: [mail('other'), tag('thanked')] } as never);

function world(): TestWorkspace {
  const workspace = testWorkspace({ now: TEST_NOW - 10 * DAY });
  for (const key of ['one', 'two', 'three', 'other']) saveMessage(workspace, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: '<p>Hi</p>' });
  addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
  writeSettings(workspace, { ...readSettings(workspace), frequencyCap: { messages: 2, days: 3 }, quietHours: { from: '21:00', to: '07:00' } });
  return workspace;
}

type Deed = { kind: 'come' | 'tag' | 'untag' | 'points' | 'order' | 'open' | 'yes' | 'no' | 'block' | 'unblock'; who: number; n: number; after: number };
const deed: fc.Arbitrary<Deed> = fc.record({ kind: fc.constantFrom('come', 'come', 'tag', 'tag', 'untag', 'points', 'order', 'order', 'open', 'open', 'yes', 'no', 'block', 'unblock'), who: fc.nat(5), n: fc.nat(99), after: fc.integer({ min: 7, max: 40 * 60 }) });

let orders = 0;
function act(workspace: TestWorkspace, people: number[], { kind, who, n }: Deed): void {
  const at = workspace.clock.now();
  if (kind === 'come' || people.length === 0) {
    people.push(addContact(workspace, { email: `p${people.length}@mail.example`, points: n, consent: n % 5 === 0 ? [] : ['email'], tags: n % 7 === 0 ? ['out'] : [] }));
    return;
  }
  const contactId = people[who % people.length]!;
  const address = `p${people.indexOf(contactId)}@mail.example`;
  const subject = [{ contactId }];
  if (kind === 'tag') addTagFor(workspace, subject, n % 4 === 0 ? 'out' : 'vip', { source: 'user' });
  else if (kind === 'untag') removeTagFor(workspace, subject, n % 4 === 0 ? 'out' : 'vip', { source: 'user' });
  else if (kind === 'points') updateContact(workspace, contactId, { points: n }, { source: 'user' });
  else if (kind === 'order') recordOrder(workspace, { orderKey: `o${++orders}`, contactId, at, amount: n * 100, source: 'api' });
  else if (kind === 'open') recordIncoming(workspace, { contactId, type: 'message_opened', at, eventId: null, data: { message: n % 2 === 0 ? 'one' : 'two' } });
  else if (kind === 'yes' || kind === 'no') recordConsent(workspace, { contactId, channel: 'email', given: kind === 'yes', source: `form ${n}`, actor: 'user' });
  else if (kind === 'block') addSuppression(workspace, { channel: 'email', address, reason: 'manual', source: 'user' });
  else for (const { id } of all<{ id: number }>(workspace, 'SELECT id FROM suppressions WHERE address = ?', address)) removeSuppression(workspace, id, 'user');
}

/** Plays deeds with the real runner: some before the flow is live, the rest while it is. Answers the tested flow. */
async function played(workspace: TestWorkspace, flow: Flow, before: readonly Deed[], deeds: readonly Deed[]): Promise<number> {
  const runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
  const people: number[] = [];
  const play = async (each: Deed) => {
    await runUntil(workspace, runner, workspace.clock, workspace.clock.now() + each.after * MINUTE);
    act(workspace, people, each);
    await runner.runDue();
  };
  publish(workspace, insertFlow(workspace, OTHER), OTHER, allMessages(workspace));
  for (const each of before) await play({ ...each, after: each.after % 600 });
  await runUntil(workspace, runner, workspace.clock, TEST_NOW);
  const id = insertFlow(workspace, flow);
  publish(workspace, id, flow, allMessages(workspace));
  for (const each of deeds) await play(each);
  await runUntil(workspace, runner, workspace.clock, workspace.clock.now() + 5 * DAY);
  return id;
}

const tested = (workspace: TestWorkspace, flow: number, more: Record<string, unknown> = {}): Promise<BacktestResult> =>
  backtest(imageOf(workspace.db), workspace.clock.now(), backtestPlanSchema.parse({ flow, from: TEST_NOW, listed: 1000, samples: 3, ...more }), () => undefined);

const all = <Row>(workspace: TestWorkspace, sql: string, ...values: unknown[]) => workspace.db.prepare(sql).all(...values) as Row[];

describe('a world that was really played', () => {
  test.each(Object.entries(FLOWS))('%s: the backtest finds the same entries and the same messages', async (_, flow) => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 12 }), fc.array(deed, { minLength: 5, maxLength: 30 }), async (before, deeds) => {
        const workspace = world();
        try {
          const id = await played(workspace, flow, before, deeds);
          const result = await tested(workspace, id);
          expect(result.receivers.flatMap(({ contact, got }) => got.map(({ message, at }) => ({ contact, message, at }))).sort((a, b) => a.at - b.at || a.contact - b.contact)).toEqual(
            all(workspace, `SELECT contact_id AS contact, message, settled_at AS at FROM outbox WHERE flow_id = ? AND state = 'sent' ORDER BY settled_at, contact_id`, id),
          );
          expect(result.people.entered).toBe(all(workspace, 'SELECT 1 FROM enrollments WHERE flow_id = ?', id).length);
          expect(result.outcomes.map(({ message, state, reason, count }) => ({ message, state, reason, count })).sort(byText)).toEqual(
            all<object>(workspace, `SELECT message, state, reason, count(*) AS count FROM outbox WHERE flow_id = ? AND state <> 'planned' GROUP BY message, state, reason`, id).sort(byText),
          );
          expect(result.ends.map(({ reason, count }) => ({ reason, count })).sort(byText)).toEqual(
            all<object>(workspace, `SELECT ifnull(exit_reason, 'end') AS reason, count(*) AS count FROM enrollments WHERE flow_id = ? AND state IN ('finished', 'exited') GROUP BY 1`, id).sort(byText),
          );
        } finally {
          workspace.close();
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

describe('a flow that never ran', () => {
  /** Two bought within a day of their order, one had no consent, and one came only through an import of orders. */
  async function shopOfLastYear() {
    const workspace = world();
    const people = ['a', 'b', 'c'].map((name, index) => addContact(workspace, { email: `${name}@mail.example`, points: 60, consent: index === 2 ? [] : ['email'] }));
    const order = (contactId: number, at: number, key: string) => recordOrder(workspace, { orderKey: key, contactId, at, amount: 10_000, source: 'import', importId: 77 });
    workspace.clock.setTo(TEST_NOW + 30 * DAY);
    const late = addContact(workspace, { email: 'd@mail.example', points: 70, consent: ['email'] });
    order(people[0]!, TEST_NOW + HOUR, 'o1');
    order(people[0]!, TEST_NOW + 20 * HOUR, 'o2');
    order(people[1]!, TEST_NOW + 2 * HOUR, 'o3');
    order(people[2]!, TEST_NOW + 3 * HOUR, 'o4');
    order(late, TEST_NOW + 4 * HOUR, 'o5');
    const flow = flowOf({ name: 'After an order', triggers: [onOrder], entry: { reentry: 'never' }, steps: [mail('one'), wait('w', 1), mail('two')] } as never);
    return { workspace, flow: insertFlow(workspace, flow) };
  }

  test('is run over imported orders: who comes in, what they get, who had bought already', async () => {
    const { workspace, flow } = await shopOfLastYear();
    const result = await tested(workspace, flow);
    expect(result.people).toMatchObject({ entered: 4, contacts: 4 });
    expect(result.messages).toEqual([
      { message: 'one', step: 'one', due: 4, sent: 3, bought: 0 },
      { message: 'two', step: 'two', due: 4, sent: 3, bought: 1 },
    ]);
    expect(result.outcomes).toContainEqual({ message: 'one', step: 'one', state: 'cancelled', reason: 'no-consent', count: 1 });
    expect(result.history).toMatchObject({ contacts: 3, contactsLater: 1 });
    expect(result.days[0]).toMatchObject({ entered: 4, sent: 3 });
    expect(result.limits.map(inEnglish).join()).toMatch(/never sent.*after the first thing/);
    expect(result.samples[0]!.timeline.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['event order_placed', 'entered order', 'step one', 'message one', 'event order_placed', 'step w', 'step two', 'message two', 'left end']);
  });

  test('two who had one address one after the other are no obstacle', async () => {
    const { workspace, flow } = await shopOfLastYear();
    const [first] = all<{ id: number }>(workspace, `SELECT id FROM contacts WHERE email = 'a@mail.example'`);
    workspace.clock.setTo(TEST_NOW + 31 * DAY);
    updateContact(workspace, first!.id, { email: 'new@mail.example' }, { source: 'user' });
    const heir = addContact(workspace, { email: 'a@mail.example', consent: ['email'] });
    recordOrder(workspace, { orderKey: 'o9', contactId: heir, at: TEST_NOW + 5 * HOUR, amount: 100, source: 'api' });
    const result = await tested(workspace, flow);
    expect(result.people).toMatchObject({ entered: 5, failed: 0 });
    expect(result.outcomes).toContainEqual({ message: 'one', step: 'one', state: 'sent', reason: null, count: 4 });
  });

  test('gives the same bytes twice, and leaves the workspace as it was', async () => {
    const { workspace, flow } = await shopOfLastYear();
    const before = imageOf(workspace.db);
    const plan = { seed: 4, assume: { everywhere: { opened: 0.5, optedOut: 0.3 } } };
    expect(JSON.stringify(await tested(workspace, flow, plan))).toBe(JSON.stringify(await tested(workspace, flow, plan)));
    expect(imageOf(workspace.db).equals(before)).toBe(true);
  });

  test('begins where the record does, and refuses times that are none', async () => {
    const { workspace, flow } = await shopOfLastYear();
    expect((await tested(workspace, flow, { from: null })).from).toBe(TEST_NOW - 10 * DAY - 1);
    await expect(tested(workspace, flow, { until: workspace.clock.now() + 1 })).rejects.toThrow('ends now at the latest');
    await expect(tested(workspace, flow, { until: TEST_NOW })).rejects.toThrow('end before it begins');
    await expect(tested(workspace, flow, { version: 'live' })).rejects.toThrow('never published');
    const empty = testWorkspace();
    await expect(tested(empty, insertFlow(empty, flowOf({ steps: [wait('w', 1)] })), { from: null })).rejects.toThrow('Nothing has happened');
  });
});
