// Simulations of a flow: what they find, that they are the same each time, and that nothing of them comes out (FEATURES B1, D33).
import { describe, expect, test } from 'vitest';
import { reactionOf, assumptionsSchema } from '../../shared/simulation/assumptions.ts';
import { DAY, HOUR, MINUTE } from '../../shared/time.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { saveAccount } from '../../src-main/store/accounts.ts';
import { readSettings, writeSettings } from '../../src-main/store/settings.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { pause, publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { createReactions } from '../../src-main/simulation/reactions.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { newSums } from '../../src-main/simulation/sums.ts';
import { allMessages } from '../../src-main/store/messages.ts';
import { updateDraft } from '../../src-main/store/flows.ts';
import { happen } from '../workspace-fixture.ts';
import { byHand, flowOf, hasTag, mail, onTag, wait } from '../runner/story.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { cartFlow, planFor, shop, simulated } from './simulation-fixture.ts';

const assume = { everywhere: { opened: 0.4, clicked: 0.1, ordered: 0.05, optedOut: 0.1 } };

describe('a simulation', () => {
  test('the same seed gives the same bytes, another seed another story', async () => {
    const { workspace, flow } = shop(120);
    const run = async (seed: number) => JSON.stringify(await simulated(workspace, planFor(flow, { seed, assume, listed: 1000 })));
    const first = await run(7);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
  });

  test('leaves the workspace as it was, byte for byte', async () => {
    const { workspace, flow } = shop(20);
    const before = imageOf(workspace.db);
    await simulated(workspace, planFor(flow, { assume }));
    expect(imageOf(workspace.db).equals(before)).toBe(true);
    expect(workspace.clock.now()).toBe(planNow(workspace));
  });

  test('every number adds up: steps, days, outcomes, people', async () => {
    const { workspace, flow } = shop(100);
    const result = await simulated(workspace, planFor(flow, { assume, listed: 1000 }));
    expect(result.people).toMatchObject({ chosen: 100, skipped: 0, entered: 100, inside: 0, failed: 0, insideBefore: 0 });
    expect(result.people.finished + result.people.exited).toBe(100);
    expect(result.ends.reduce((sum, { count }) => sum + count, 0)).toBe(100);
    for (const step of Object.values(result.steps)) expect(step.entered).toBe(step.waiting + Object.values(step.left).reduce((sum, n) => sum + n, 0));
    // Every tenth has no consent: their reminder is cancelled for that very reason.
    expect(result.outcomes).toContainEqual({ message: 'reminder', step: 'reminder', state: 'cancelled', reason: 'no-consent', count: 10 });
    expect(result.outcomes).toContainEqual({ message: 'reminder', step: 'reminder', state: 'sent', reason: null, count: 90 });
    const sent = result.outcomes.filter(({ state }) => state === 'sent').reduce((sum, { count }) => sum + count, 0);
    expect(result.days.reduce((sum, day) => sum + day.sent, 0)).toBe(sent);
    expect(result.receivers.reduce((sum, { got }) => sum + got.length, 0)).toBe(sent);
    expect(Object.entries(result.messagesPerContact).reduce((sum, [n, people]) => sum + Number(n) * people, 0)).toBe(sent);
    for (const [id, step] of Object.entries(result.steps)) expect(result.days.reduce((sum, day) => sum + (day.steps[id] ?? 0), 0)).toBe(step.entered);
    expect(result.days[0]).toMatchObject({ day: '2026-03-02', entered: 100, sent: 90 });
  });

  test('assumed shares come true, and those who open take the branch', async () => {
    const { workspace, flow } = shop(400);
    const result = await simulated(workspace, planFor(flow, { assume: { everywhere: { opened: 0.5, openedHours: 2 } }, listed: 1000 }));
    const opened = result.days.reduce((sum, day) => sum + day.opened, 0);
    expect(opened).toBeGreaterThan(150);
    const keen = result.steps['opened']!.left['yes']!;
    // Of 360 who got it about half open; within two days nearly all who will.
    expect(keen).toBeGreaterThan(150);
    expect(keen).toBeLessThan(210);
    expect(result.steps['keen']!.entered).toBe(keen);
  });

  test('an opt-out stops what would have followed', async () => {
    const { workspace, flow } = shop(50);
    const result = await simulated(workspace, planFor(flow, { assume: { everywhere: { optedOut: 1, openedHours: 1 } } }));
    expect(result.ends).toContainEqual({ reason: 'opted-out', count: 45 });
    // Who had never agreed is stopped at the message; who has opted out never comes to it (FEATURES D14).
    expect(result.outcomes.filter(({ message }) => message === 'offer').map(({ reason }) => reason)).toEqual(['no-consent']);
  });

  test('without chosen contacts only the triggers let people in, those of the flow that others feed too', async () => {
    const { workspace, flow } = shop(10, cartFlow({ triggers: [onTag('keen')] }));
    expect((await simulated(workspace, planFor(flow, { who: null }))).people.entered).toBe(0);
    const feeding = flowOf({ name: 'Feeding', triggers: [], steps: [wait('a-day', 1), { id: 'mark', type: 'addTag', config: { tag: 'keen' } }] });
    const other = shopFlow(workspace, feeding);
    publish(workspace, other, feeding, []);
    workspace.db.prepare(`INSERT INTO enrollments (flow_id, contact_id, entry_key, trigger_id, state, step_id, step_entered_at, due_at, entered_at) VALUES (?, 1, '', 't', 'active', 'a-day', ?, ?, ?)`).run(other, workspace.clock.now(), workspace.clock.now(), workspace.clock.now());
    const fed = await simulated(workspace, planFor(flow, { who: null }));
    expect(fed.people.entered).toBe(1);
    expect(fed.days[1]).toMatchObject({ day: '2026-03-03', entered: 1 });
  });

  test('the live version or the draft, as asked; a draft with errors is refused with its problems', async () => {
    const { workspace, flow } = shop(5);
    await expect(simulated(workspace, planFor(flow, { version: 'live' }))).rejects.toThrow('never published');
    publish(workspace, flow, cartFlow(), []);
    updateDraft(workspace, flow, cartFlow({ entry: { reentry: 'never', reentryDays: 30, audience: hasTag('nobody') } }), 1);
    expect((await simulated(workspace, planFor(flow, { version: 'live' }))).people).toMatchObject({ entered: 5, skipped: 0 });
    expect((await simulated(workspace, planFor(flow))).people).toMatchObject({ entered: 0, skipped: 5 });
    updateDraft(workspace, flow, flowOf({ name: 'Broken', steps: [mail('m', 'gone')] }), 2);
    await expect(simulated(workspace, planFor(flow))).rejects.toMatchObject({ name: 'ProblemError' });
  });

  test('the draft of a paused flow is simulated as it will run', async () => {
    const { workspace, flow } = shop(5);
    publish(workspace, flow, cartFlow(), []);
    pause(workspace, flow);
    expect((await simulated(workspace, planFor(flow))).people).toMatchObject({ entered: 5, finished: 5 });
  });

  test('who met the cap, what had to wait for the night to end, and how much each account sends on each day', async () => {
    const { workspace, flow } = shop(20, flowOf({ triggers: [byHand], steps: [mail('reminder'), mail('offer'), wait('night', 13, 'hours'), { id: 'late', type: 'sendEmail', config: { message: 'welcome', cap: 'exempt' } }] }));
    writeSettings(workspace, { ...readSettings(workspace), frequencyCap: { messages: 1, days: 7 }, quietHours: { from: '21:00', to: '07:00' } });
    const name = 'Shop';
    saveAccount(workspace, null, { name, host: 'mail.example', port: 465, security: 'tls', user: '', fromName: '', fromAddress: 'shop@mail.example' });
    const result = await simulated(workspace, planFor(flow, { days: 3, listed: 5 }));
    expect(result.caps.contacts).toBe(18);
    expect(result.caps.first).toHaveLength(5);
    expect(result.caps.first[0]).toMatchObject({ email: 'p1@example.com', message: 'offer', state: 'cancelled' });
    expect(result.putOff).toEqual([{ reason: 'quiet-hours', count: 18 }]);
    expect(result.accounts).toEqual([{ account: 1, name, days: [{ day: '2026-03-02', sent: 18 }, { day: '2026-03-03', sent: 18 }] }]);
  });

  test('history before it is not counted as its own', async () => {
    const { workspace, flow } = shop(3);
    publish(workspace, flow, cartFlow(), []);
    happen(workspace, 1, 'message_opened', { data: { message: 'reminder' } });
    addTagFor(workspace, [{ contactId: 1 }], 'x', { source: 'user' });
    const result = await simulated(workspace, planFor(flow, { who: null, version: 'live' }));
    expect(result.people).toMatchObject({ entered: 0, insideBefore: 0 });
    expect(result.days.every(({ opened, sent, entered }) => opened + sent + entered === 0)).toBe(true);
  });

  test('tells how far it is, day by day', async () => {
    const { workspace, flow } = shop(2);
    const heard: number[] = [];
    await simulated(workspace, planFor(flow, { days: 3 }), ({ day }) => heard.push(day));
    expect(heard).toEqual([1, 2, 3, 3]);
  });
});

const planNow = (workspace: { clock: { now(): number } }) => workspace.clock.now();
function shopFlow(workspace: Parameters<typeof publish>[0], flow: ReturnType<typeof cartFlow>): number {
  return Number(workspace.db.prepare(`INSERT INTO flows (name, state, draft, revision, saved_at, created_at) VALUES (?, 'draft', ?, 1, 0, 0)`).run(flow.name, JSON.stringify(flow)).lastInsertRowid);
}

test('what is on its way at that moment arrives: nobody stands before an answer that no server gives', async () => {
  const { workspace, flow } = shop(4);
  publish(workspace, flow, cartFlow(), allMessages(workspace));
  await flowHandlers(workspace)['flows.enroll']({ flow, contacts: [1, 2, 3, 4], rule: null });
  const { clock, db } = workspace;
  await createRunner(workspace, { ...createRecordingOutbox(workspace, { settled: () => undefined }), performDue: async () => 0 }).runDue();
  db.prepare(`UPDATE outbox SET state = 'claimed', claimed_at = ? WHERE id = 1`).run(clock.now());
  db.prepare(`UPDATE outbox SET state = 'handed', claimed_at = ?, handed_at = ? WHERE id = 2`).run(clock.now(), clock.now());
  const { people, outcomes } = await simulated(workspace, planFor(flow, { who: null }));
  expect(people).toMatchObject({ insideBefore: 4, inside: 0, finished: 4 });
  // The one that was handed over left before.
  expect(outcomes).toEqual([{ message: 'offer', step: 'offer', state: 'sent', reason: null, count: 4 }, { message: 'reminder', step: 'reminder', state: 'sent', reason: null, count: 3 }]);
});

test('the people named are those of the lowest numbers, in whichever order they get something; all are counted', () => {
  const { workspace } = shop(9);
  const sums = newSums(1, 2);
  const settle = (contact: number, state: 'sent' | 'cancelled', outbox: number) => sums.settled({ outbox, flow: 1, enrollment: contact, contact, step: 'm', message: 'offer', at: outbox, state, reason: null });
  for (const [outbox, contact] of [5, 3, 9, 5, 2, 3, 5].entries()) settle(contact, 'sent', outbox);
  settle(1, 'cancelled', 7);
  for (const outbox of [0, 4, 5]) sums.acted('opened', outbox, outbox);
  const { messagesPerContact, receivers, moreReceivers } = sums.receivers(workspace);
  expect(messagesPerContact).toEqual({ 1: 2, 2: 1, 3: 1 });
  expect(moreReceivers).toBe(2);
  expect(receivers.map(({ contact, got }) => [contact, ...got.map(({ at, opened }) => [at, opened])])).toEqual([[2, [4, true]], [3, [1, false], [5, true]]]);
  expect(sums.slots.get(0)).toMatchObject({ sent: 7, stopped: 1, opened: 3 });
});

test('within a slot nobody clicks before having opened, whoever else does what; of those who are gone nothing happens', () => {
  const { workspace } = shop(3);
  const minutes: Record<number, [opened: number, clicked: number]> = { 1: [5, 20], 2: [20, 20], 3: [20, 20] };
  const reactions = createReactions(workspace, (contact) => ({ opened: minutes[contact]![0] * MINUTE, clicked: minutes[contact]![1] * MINUTE, ordered: null, optedOut: null }));
  for (const contact of [1, 2, 3]) reactions.sent({ outbox: contact, flow: 1, enrollment: contact, contact, step: 'm', message: 'offer', at: workspace.clock.now(), state: 'sent', reason: null });
  workspace.db.prepare('DELETE FROM contacts WHERE id = 3').run();
  workspace.clock.setTo(reactions.next()! + 15 * MINUTE);
  expect(reactions.happen().map(({ act, to }) => [to.contact, act])).toEqual([[1, 'opened'], [1, 'clicked'], [2, 'opened'], [2, 'clicked']]);
  expect(workspace.db.prepare(`SELECT type FROM events WHERE contact_id = 2 AND type LIKE 'message%' ORDER BY id`).pluck().all()).toEqual(['message_opened', 'message_clicked']);
});

describe('what people do', () => {
  const assumptions = assumptionsSchema.parse({ everywhere: { opened: 0.5, clicked: 0.2, ordered: 0.1 }, messages: { offer: { opened: 1, openedHours: 10 } } });
  const many = Array.from({ length: 4000 }, (_, contact) => reactionOf(assumptions, 1, contact, 'reminder', 1));

  test('shares and medians are those that were assumed', () => {
    const share = (act: 'opened' | 'clicked' | 'ordered') => many.filter((each) => each[act] !== null).length / many.length;
    expect(share('opened')).toBeCloseTo(0.5, 1);
    expect(share('clicked')).toBeCloseTo(0.2, 1);
    expect(share('ordered')).toBeCloseTo(0.1, 1);
    const delays = many.flatMap(({ opened }) => opened ?? []).sort((a, b) => a - b);
    expect(delays[delays.length / 2 | 0]! / HOUR).toBeGreaterThan(4.5);
    expect(delays[delays.length / 2 | 0]! / HOUR).toBeLessThan(5.5);
    expect(delays.at(-1)!).toBeLessThanOrEqual(60 * DAY);
  });

  test('nobody clicks before having opened, or orders before having clicked', () => {
    for (const { opened, clicked, ordered } of many) {
      if (clicked !== null) expect(opened).toBeLessThanOrEqual(clicked);
      if (ordered !== null) expect(clicked).toBeLessThanOrEqual(ordered);
    }
  });

  test('one message may have its own share; another contact, message or time is another roll', () => {
    expect(Array.from({ length: 50 }, (_, contact) => reactionOf(assumptions, 1, contact, 'offer', 1)).every(({ opened }) => opened !== null)).toBe(true);
    const rolls = [reactionOf(assumptions, 1, 5, 'offer', 1), reactionOf(assumptions, 1, 6, 'offer', 1), reactionOf(assumptions, 1, 5, 'offer', 2), reactionOf(assumptions, 2, 5, 'offer', 1)];
    expect(new Set(rolls.map(({ opened }) => opened)).size).toBe(4);
  });
});
