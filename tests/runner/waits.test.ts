// Stories about waiting for something: for a rule to hold, and about who may go on at all.
import { describe, expect, test } from 'vitest';
import { MOST_VISITS } from '../../shared/engine/advance.ts';
import type { Flow, Trigger } from '../../shared/flow/flow.ts';
import { DAY, HOUR, instantText, MINUTE } from '../../shared/time.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';
import { exit, flowOf, hasTag, mail, parallel, stage, tag, wait, type Stage } from './story.ts';

const passages = (story: Stage) => story.all<{ state: string; reason: string | null; left: number | null }>('SELECT state, exit_reason AS reason, left_at AS left FROM enrollments ORDER BY id');
const untilTrue = (rule: unknown, amount = 2, unit = 'days') => ({ id: 'until', type: 'waitUntilTrue', config: { rule, atMost: { amount, unit } } });
const twoWays = (rule: unknown, amount?: number, unit?: string) =>
  flowOf({ steps: [untilTrue(rule, amount, unit), exit('yes', 'yes'), exit('late', 'late')], ways: ['until.true > yes', 'until.timedOut > late'] });

describe('wait until true', () => {
  test('goes on when it becomes so, at that moment', async () => {
    const story = stage();
    story.live(twoWays(hasTag('vip')));
    const [ada, ben] = ['ada', 'ben'].map((name) => addContact(story.workspace, { email: `${name}@example.com` }));
    await story.pass(5 * HOUR);
    addTagFor(story.workspace, [{ contactId: ada! }], 'vip', { source: 'user' });
    await story.pass(3 * DAY);
    expect(passages(story)).toEqual([
      { state: 'exited', reason: 'yes', left: TEST_NOW + 5 * HOUR },
      { state: 'exited', reason: 'late', left: TEST_NOW + 2 * DAY },
    ]);
    expect(ben).toBeDefined();
  });

  test('goes on at once where it is so on coming', async () => {
    const story = stage();
    story.live(twoWays(hasTag('vip')));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
    await story.pass(0);
    expect(passages(story)).toEqual([{ state: 'exited', reason: 'yes', left: TEST_NOW }]);
  });

  test('D25: what becomes so at the instant of the time-out has come in time', async () => {
    const story = stage();
    story.live(twoWays(hasTag('vip')));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(2 * DAY - MINUTE);
    story.workspace.clock.setTo(TEST_NOW + 2 * DAY);
    addTagFor(story.workspace, [{ contactId: ada }], 'vip', { source: 'user' });
    await story.pass(0);
    expect(passages(story)).toEqual([{ state: 'exited', reason: 'yes', left: TEST_NOW + 2 * DAY }]);
  });

  test('notices within an hour what only time makes so', async () => {
    const story = stage();
    story.live(twoWays({ kind: 'event', event: 'visit', did: false, since: { amount: 90, unit: 'minutes' } }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    happen(story.workspace, ada, 'visit');
    await story.pass(DAY);
    expect(passages(story)).toEqual([{ state: 'exited', reason: 'yes', left: TEST_NOW + 2 * HOUR }]);
  });

  test('an edited time-out reaches who waits (D1)', async () => {
    const story = stage();
    const id = story.live(twoWays(hasTag('vip')));
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(HOUR);
    story.republish(id, twoWays(hasTag('vip'), 3, 'hours'));
    await story.pass(DAY);
    expect(passages(story)).toEqual([{ state: 'exited', reason: 'late', left: TEST_NOW + 3 * HOUR }]);
  });
});

test('A3.18: a filter lets on who meets its rule; the others leave with its reason', async () => {
  const story = stage();
  story.live(flowOf({ steps: [{ id: 'only', type: 'filter', config: { rule: hasTag('vip'), reason: 'no vip' } }, tag('after')] }));
  addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
  addContact(story.workspace, { email: 'ben@example.com' });
  await story.pass(0);
  expect(passages(story)).toMatchObject([{ state: 'finished', reason: null }, { state: 'exited', reason: 'no vip' }]);
});

test('D19: who goes round a loop too often leaves, with a reason of its own', async () => {
  const story = stage();
  story.live(flowOf({ steps: [wait('day', 1), tag('seen')], ways: ['day > seen', 'seen > day'] }));
  addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(5.5 * DAY);
  expect(passages(story)).toMatchObject([{ state: 'active' }]);
  story.workspace.db.prepare('UPDATE enrollments SET visit = ?').run(MOST_VISITS + 1);
  await story.pass(DAY);
  expect(passages(story)).toMatchObject([{ state: 'exited', reason: 'visit-cap', left: TEST_NOW + 6 * DAY }]);
  expect(story.one('SELECT count(*) FROM visits WHERE outlet IS NULL')).toBe(1);
});

describe('D12: a clock time at which somebody comes has come, by a clock that is looked at some moments late and by one that is not', () => {
  const nine = (id: string) => ({ id, type: 'waitUntil', config: { until: 'time', time: '09:00' } });
  const daily: Trigger = { id: 'daily', type: 'schedule', config: { every: 'daily', at: '09:00', whose: 'contact', who: hasTag('vip') } };
  const days = (...of: number[]) => of.map((day) => `2026-03-0${day}T08:00`);

  test.each<[string, Flow, string[]]>([
    ['by a trigger', flowOf({ triggers: [daily], steps: [nine('w'), mail('welcome')] }), days(3)],
    ['by a trigger, and days later', flowOf({ triggers: [daily], steps: [wait('pause', 2), nine('w'), mail('welcome')] }), days(5)],
    ['by a wait for it: the next mail leaves a day later', flowOf({ triggers: [daily], steps: [nine('w'), mail('welcome'), nine('v'), mail('offer')] }), days(3, 4)],
    ['on a path, by a wait before it', flowOf({ triggers: [daily], steps: [nine('w'), parallel('p', 'a', 'b'), nine('v'), mail('welcome'), mail('offer')], ways: ['w > p', 'p.a > v', 'v > welcome', 'p.b > offer'] }), days(3, 4)],
    ['round a circle: a mail a day', flowOf({ triggers: [daily], steps: [nine('w'), mail('welcome'), wait('pause', 1), { id: 'again', type: 'goTo', config: { to: 'w' } }] }), days(3, 4, 5, 6)],
    ['by a trigger of the same date: not past', flowOf({ triggers: [daily], steps: [{ id: 'on', type: 'waitUntil', config: { until: 'date', date: '2026-03-03T09:00', past: 'exit' } }, mail('welcome')] }), days(3)],
  ])('%s', async (_, flow, expected) => {
    for (const late of [0, 400]) {
      const story = stage({ now: Date.parse('2026-03-02T12:00Z') });
      story.live(flow);
      addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'], consent: ['email'] });
      const { clock } = story.workspace;
      for (;;) {
        await story.runner.runDue();
        const next = story.runner.nextDueAt(clock.now());
        if (next === null || next > Date.parse('2026-03-06T12:00Z')) break;
        clock.setTo(next + late);
      }
      expect(story.delivered.map(({ at }) => instantText(at).slice(0, 16))).toEqual(expected);
      story.workspace.close();
    }
  });
});
