// The clock was years ahead, and somebody said that it was right; then it was set right. Whatever looks from time to time goes on
// looking from now on, and lets nobody in twice (FAULTS F16, F17). What happens before anybody has said so: wrong-clock.test.ts.
import { expect, test } from 'vitest';
import type { Attribute } from '../../shared/contacts/contact.ts';
import type { Flow, Step } from '../../shared/flow/flow.ts';
import { DAY, HOUR, type Instant } from '../../shared/time.ts';
import type { OpenChannel } from '../../src-main/channels/channel.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { createSendingChannel } from '../../src-main/runner/sending-channel.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { fakeChannel } from '../mail/fake-channel.ts';
import { outboxOver } from '../mail/outbox-fixture.ts';
import { addContact, TEST_NOW, testWorkspace } from '../workspace-fixture.ts';
import { flowOf, tag } from './story.ts';

const AHEAD = Date.UTC(2030, 5, 1);
const DAY_OF_CONTACT: Attribute = { key: 'day', label: 'Day', kind: 'date' };
const OVER = { kind: 'attribute', attribute: 'day', operator: 'longerAgo', value: { amount: 1, unit: 'days' } } as const;
const waitsForYears: Step = { id: 'listen', type: 'waitForEvent', config: { events: [{ id: 'e', event: 'custom', name: 'never' }], atMost: { amount: 9, unit: 'years' } } };

/** A workspace whose clock shows whatever it is told. */
function desk() {
  const base = testWorkspace();
  let now: Instant = TEST_NOW;
  const workspace: Workspace = { ...base, clock: { now: () => now, after: base.clock.after } };
  const runner = createRunner(workspace, outboxOver(workspace, fakeChannel({})), { asksAfterAbsence: true });
  const at = async (instant: Instant) => {
    now = instant;
    await runner.runDue();
  };
  addAttribute(workspace, DAY_OF_CONTACT);
  return {
    workspace,
    at,
    live(flow: Flow) {
      publish(workspace, insertFlow(workspace, flow), flow, []);
    },
    /** The clock is far ahead for a moment, which somebody believes, and right again two hours later; then the next days pass, hour by hour. */
    async aheadAndBack(meanwhile: () => void) {
      await at(TEST_NOW + HOUR);
      await at(AHEAD);
      runner.absence.comeBack('rule', 0);
      await at(AHEAD);
      await at(TEST_NOW + 2 * HOUR);
      meanwhile();
      for (let hour = 3; hour <= 5 * 24; hour++) await at(TEST_NOW + hour * HOUR);
    },
    states: () => workspace.db.prepare('SELECT state FROM enrollments ORDER BY id').pluck().all(),
  };
}

test('F16: dates of contacts are looked at again from now on', async () => {
  const { workspace, live, aheadAndBack, states } = desk();
  live(flowOf({ triggers: [{ id: 'birthday', type: 'dateReached', config: { attribute: 'day', yearly: true, at: '09:00' } }], steps: [tag('greeted')] }));
  await aheadAndBack(() => void addContact(workspace, { email: 'ada@example.com', day: '1990-03-05' }));
  expect(states()).toEqual(['finished']);
});

test('F16: so is a schedule; what it did while the clock was wrong it has done', async () => {
  const { workspace, live, aheadAndBack } = desk();
  live(flowOf({ triggers: [{ id: 'daily', type: 'schedule', config: { every: 'daily', at: '09:00' } }], entry: { reentry: 'afterExit', reentryDays: 1, audience: null }, steps: [tag('asked')] }));
  addContact(workspace, { email: 'ada@example.com' });
  await aheadAndBack(() => undefined);
  expect(workspace.db.prepare('SELECT entry_key FROM enrollments ORDER BY id').pluck().all()).toEqual(['2030-05-31', '2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06', '2026-03-07'].map((day) => `daily:${day}`));
});

test('F17: a clock that is back by hours shows again what it has shown, and starts nobody anew; one before the flow ran is not believed', async () => {
  const { workspace, live, at, states } = desk();
  live(flowOf({ triggers: [{ id: 'daily', type: 'schedule', config: { every: 'daily', at: '12:00' } }], entry: { reentry: 'afterExit', reentryDays: 1, audience: null }, steps: [tag('asked')] }));
  addContact(workspace, { email: 'ada@example.com' });
  const checked = () => workspace.db.prepare(`SELECT value FROM runner_state WHERE key LIKE 'dates:%'`).pluck().get();
  await at(TEST_NOW + 4 * HOUR);
  for (const instant of [TEST_NOW, TEST_NOW + 3 * HOUR, 0, TEST_NOW + 5 * HOUR]) {
    await at(instant);
    expect(states()).toHaveLength(1);
    expect(Number(checked())).toBe(TEST_NOW + 4 * HOUR);
  }
});

test('F16: goals that time alone fulfils are asked again every hour', async () => {
  const { workspace, live, aheadAndBack, states } = desk();
  live(flowOf({ goal: OVER, steps: [waitsForYears], ways: [] }));
  await aheadAndBack(() => void addContact(workspace, { email: 'ada@example.com', day: '2026-03-03' }));
  expect(states()).toEqual(['finished']);
});

test('F16: segments that depend on the day are looked at again', async () => {
  const { workspace, live, aheadAndBack, states } = desk();
  saveSegment(workspace, { key: 'over', name: 'Over', rule: OVER });
  live(flowOf({ triggers: [{ id: 'in', type: 'segmentEntered', config: { segment: 'over' } }], steps: [tag('told')] }));
  await aheadAndBack(() => void addContact(workspace, { email: 'ada@example.com', day: '2026-03-03' }));
  expect(states()).toEqual(['finished']);
});

test('F17: trouble with the server is not waited out for years', () => {
  const base = testWorkspace();
  let now = AHEAD;
  const noAccount: OpenChannel = () => fakeChannel({});
  const sending = createSendingChannel({ ...base, clock: { now: () => now, after: base.clock.after } }, noAccount, fakeChannel({}));
  const offline = { result: 'failed', temporary: true, scope: 'network', code: 'dns', response: '' } as const;
  sending.failed(offline);
  expect(sending.trouble()).not.toBeNull();
  now = TEST_NOW;
  expect(sending.trouble()).toBeNull();
  sending.failed(offline);
  expect(sending.trouble()?.until).toBeLessThan(TEST_NOW + HOUR);
  now = TEST_NOW + DAY;
  expect(sending.trouble()).toBeNull();
});
