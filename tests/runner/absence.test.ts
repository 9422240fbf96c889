// The computer slept for weeks, or its clock jumped: a person is asked before anything leaves, and setting the clock right heals
// (FAULTS F14-F17).
import { describe, expect, test } from 'vitest';
import type { Flow, Message } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { rows } from '../../src-main/store/database.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { fakeChannel } from '../mail/fake-channel.ts';
import { outboxOver, WELCOME } from '../mail/outbox-fixture.ts';
import { addContact, TEST_NOW, testWorkspace } from '../workspace-fixture.ts';
import { flowOf, mail, wait } from './story.ts';

const MESSAGES = ['welcome', 'offer'].map((key): Message => ({ ...WELCOME, key, name: key, subject: key, body: `<p>${key}</p>` }));

/** A workspace whose clock shows whatever it is told, also an earlier time; `start` is a new process over the same file. */
function desk() {
  const base = testWorkspace();
  let now = base.clock.now();
  const clock = { now: () => now, after: base.clock.after };
  const sent: { to: string; subject: string; at: number }[] = [];
  const workspace: Workspace = { ...base, clock };
  const start = () => {
    const mine: Workspace = { ...workspace };
    const outbox = outboxOver(mine, fakeChannel({ between: ({ to, subject }) => void sent.push({ to, subject, at: now }) }));
    return { runner: createRunner(mine, outbox, { asksAfterAbsence: true }), outbox };
  };
  let process = start();
  return {
    base,
    sent,
    runner: () => process.runner,
    restart: () => (process = start()),
    live(flow: Flow, name = 'Story') {
      const id = insertFlow(workspace, { ...flow, name });
      publish(workspace, id, flow, MESSAGES);
      return id;
    },
    add: (email: string) => addContact(base, { email, consent: ['email'] }),
    /** The clock shows this now; what the runner does then. */
    async at(instant: number) {
      now = instant;
      await process.runner.runDue();
    },
    /** Time passes while the program runs: it looks every hour. */
    async run(until: number) {
      while (now < until) {
        now = Math.min(until, now + HOUR);
        await process.runner.runDue();
      }
    },
    stands: () => rows<{ stepId: string; dueAt: number | null }>(base.db, 'SELECT step_id AS stepId, due_at AS dueAt FROM enrollments ORDER BY id'),
    audit: () => rows<{ action: string }>(base.db, `SELECT action FROM audit WHERE action IN ('was-away', 'came-back', 'clock-set-back') ORDER BY id`).map(({ action }) => action),
  };
}

const twoMails = flowOf({ steps: [wait('w', 2), mail('welcome'), wait('w2', 1), mail('offer')] });

/** Ada and Ben wait for two days when the computer goes to sleep for three weeks. */
async function asleep() {
  const story = desk();
  story.live(twoMails);
  story.add('ada@example.dk');
  story.add('ben@example.dk');
  await story.run(TEST_NOW + HOUR);
  await story.at(TEST_NOW + 21 * DAY);
  return story;
}

describe('F14: back after three weeks', () => {
  test('nothing moves and nothing leaves until a person has decided; what is due is told', async () => {
    const story = await asleep();
    await story.run(TEST_NOW + 22 * DAY);
    expect(story.sent).toEqual([]);
    expect(story.stands().map(({ stepId }) => stepId)).toEqual(['w', 'w']);
    expect(story.runner().absence.report()).toEqual({ from: TEST_NOW + HOUR, to: TEST_NOW + 22 * DAY, clock: false, people: 2, messages: 0, late: 2, flows: [{ flow: 1, name: 'Story', people: 2, messages: 0, late: 2 }] });
    expect(story.runner().status().sendingPaused?.code).toBe('away');
  });

  test('the question survives the end of the program', async () => {
    const story = await asleep();
    story.restart();
    await story.at(TEST_NOW + 21 * DAY + HOUR);
    expect(story.sent).toEqual([]);
    expect(story.runner().absence.report()?.people).toBe(2);
    story.runner().absence.comeBack('send', 0);
    await story.at(TEST_NOW + 21 * DAY + HOUR);
    expect(story.sent).toHaveLength(2);
    story.restart();
    expect(story.runner().absence.report()).toBeNull();
  });

  test.each([
    ['rule', [], ['held', 'held']],
    ['skip', [], ['cancelled', 'cancelled']],
    ['send', ['welcome', 'welcome'], ['sent', 'sent']],
  ] as const)('%s', async (choice, subjects, states) => {
    const story = await asleep();
    story.runner().absence.comeBack(choice, 0);
    await story.at(TEST_NOW + 21 * DAY);
    expect(story.sent.map(({ subject }) => subject)).toEqual(subjects);
    expect(rows<{ state: string }>(story.base.db, 'SELECT state FROM outbox ORDER BY id').map(({ state }) => state)).toEqual(states);
    expect(story.audit()).toEqual(['was-away', 'came-back']);
  });

  test('shift: everybody waits for as much longer, relative to the last look', async () => {
    const story = await asleep();
    story.runner().absence.comeBack('shift', 0);
    await story.at(TEST_NOW + 21 * DAY);
    expect(story.stands().map(({ dueAt }) => dueAt)).toEqual([TEST_NOW + 23 * DAY, TEST_NOW + 23 * DAY]);
    expect(story.sent).toEqual([]);
  });

  test('spread: what is overdue leaves evenly over the hours', async () => {
    const story = desk();
    story.live(twoMails);
    for (let n = 0; n < 12; n++) story.add(`p${n}@example.dk`);
    await story.run(TEST_NOW + HOUR);
    await story.at(TEST_NOW + 21 * DAY);
    story.runner().absence.comeBack('send', 12);
    await story.run(TEST_NOW + 21 * DAY + 12 * HOUR);
    expect(story.sent.map(({ at }) => (at - TEST_NOW - 21 * DAY) / HOUR)).toEqual([1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('nobody gets the overdue messages of two flows in one go', async () => {
    const story = desk();
    story.live(flowOf({ steps: [wait('w', 2), mail('welcome')] }), 'One');
    story.live(flowOf({ steps: [wait('w', 3), mail('offer')] }), 'Other');
    story.add('ada@example.dk');
    await story.run(TEST_NOW + HOUR);
    await story.at(TEST_NOW + 21 * DAY);
    story.runner().absence.comeBack('send', 0);
    await story.at(TEST_NOW + 21 * DAY);
    expect(story.sent).toHaveLength(1);
    await story.run(TEST_NOW + 22 * DAY);
    expect(story.sent.map(({ subject, at }) => [subject, (at - TEST_NOW - 21 * DAY) / HOUR])).toEqual([['welcome', 0], ['offer', 1]]);
  });
});

describe('no question', () => {
  test('after a night', async () => {
    const story = desk();
    story.live(flowOf({ steps: [wait('w', 2), mail('welcome')] }));
    story.add('ada@example.dk');
    await story.run(TEST_NOW + 40 * HOUR);
    await story.at(TEST_NOW + 56 * HOUR);
    expect(story.sent).toHaveLength(1);
    expect(story.audit()).toEqual([]);
  });

  test('when nothing fell due', async () => {
    const story = desk();
    story.live(flowOf({ steps: [wait('w', 60), mail('welcome')] }));
    story.add('ada@example.dk');
    await story.run(TEST_NOW + HOUR);
    await story.at(TEST_NOW + 30 * DAY);
    expect(story.runner().absence.report()).toBeNull();
    await story.run(TEST_NOW + 61 * DAY);
    expect(story.sent).toHaveLength(1);
  });
});

describe('a clock that jumps', () => {
  test('F16: set forward to another year by mistake: nothing is sent; set back, all is as it was', async () => {
    const story = desk();
    story.live(twoMails);
    story.add('ada@example.dk');
    await story.run(TEST_NOW + HOUR);
    const before = story.stands();
    await story.at(TEST_NOW + 1500 * DAY);
    expect(story.runner().absence.report()?.people).toBe(1);
    await story.at(TEST_NOW + 2 * HOUR);
    expect(story.runner().absence.report()).toBeNull();
    expect(story.stands()).toEqual(before);
    expect(story.audit()).toEqual(['was-away', 'clock-set-back']);
    await story.run(TEST_NOW + 4 * DAY);
    expect(story.sent.map(({ subject, at }) => [subject, at])).toEqual([
      ['welcome', TEST_NOW + HOUR + 2 * DAY],
      ['offer', TEST_NOW + HOUR + 3 * DAY],
    ]);
  });

  test.each([['two hours', 2 * HOUR], ['a day', DAY], ['to 1970', TEST_NOW]])('F17: set back by %s: no repeats, no lock-up', async (_, back) => {
    const story = desk();
    story.live(twoMails);
    story.add('ada@example.dk');
    await story.run(TEST_NOW + 49 * HOUR);
    expect(story.sent).toHaveLength(1);
    const wrong = TEST_NOW + 49 * HOUR - back;
    await story.at(wrong);
    await story.at(wrong + HOUR);
    expect(story.sent).toHaveLength(1);
    await story.at(TEST_NOW + 50 * HOUR);
    if (story.runner().absence.report() !== null) story.runner().absence.comeBack('rule', 0);
    await story.run(TEST_NOW + 4 * DAY);
    expect(story.sent.map(({ subject }) => subject)).toEqual(['welcome', 'offer']);
  });
});
