// When the runner works: ticks that compare, never twice at once, clocks that jump, trouble, and stopping.
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src-main/clock.ts';
import { createScheduler } from '../../src-main/runner/scheduler.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { flowOf, mail, stage, tag, wait } from './story.ts';

/** A clock whose callbacks the test lets come, with a record of how long somebody wanted to wait. */
function handClock() {
  const waiting = new Set<{ ms: number; act: () => void }>();
  const clock: Clock = {
    now: () => 0,
    after(ms, act) {
      const one = { ms, act };
      waiting.add(one);
      return () => waiting.delete(one);
    },
  };
  const asked = () => [...waiting].map(({ ms }) => ms);
  const fire = () => {
    for (const one of waiting) {
      waiting.delete(one);
      one.act();
    }
  };
  return { clock, asked, fire };
}

/** After this nothing is left to do: no work here takes more turns of the event loop. Time says little on a busy computer. */
const settled = async () => {
  for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
};
const nothingToSend = { performDue: async () => 0 };

describe('the scheduler', () => {
  test('F15: ticks every second and looks, wake-up or not; it has no longer timers', async () => {
    const { clock, asked, fire } = handClock();
    let looks = 0;
    const scheduler = createScheduler(clock, nothingToSend, () => (looks++, false));
    scheduler.start();
    fire();
    await settled();
    expect(looks).toBeGreaterThan(0);
    expect(asked()).toEqual([1000]);
    const before = looks;
    fire();
    await settled();
    expect(looks).toBeGreaterThan(before);
    await scheduler.stop();
    expect(asked()).toEqual([]);
  });

  test('woken, it looks at once', async () => {
    const { clock, asked, fire } = handClock();
    const scheduler = createScheduler(clock, nothingToSend, () => false);
    scheduler.start();
    fire();
    await settled();
    scheduler.wake();
    expect(asked()).toEqual([0]);
    await scheduler.stop();
  });

  test('F15: works until nothing is left, gives way in between, and never runs twice at once', async () => {
    const { clock } = handClock();
    let left = 50;
    let inside = 0;
    let others = 0;
    const count = () => (others++, left > 0 && setImmediate(count));
    setImmediate(count);
    const scheduler = createScheduler(clock, nothingToSend, () => {
      expect(++inside).toBe(1);
      const worked = left > 0 && left-- > 0;
      inside--;
      return worked;
    });
    await Promise.all([scheduler.runDue(), scheduler.runDue(), scheduler.runDue()]);
    expect(left).toBe(0);
    expect(others).toBeGreaterThan(40);
  });

  test('mail on its way does not hold up what becomes due meanwhile', async () => {
    const { clock } = handClock();
    const done: string[] = [];
    let release: () => void = () => undefined;
    let sends = 0;
    let due = false;
    const scheduler = createScheduler(
      clock,
      { performDue: () => (sends++ === 0 ? new Promise((resolve) => (release = () => (done.push('mail'), resolve(1)))) : Promise.resolve(0)) },
      () => (due ? ((due = false), done.push('work'), true) : false),
    );
    const turn = scheduler.runDue();
    await settled();
    due = true;
    scheduler.wake();
    await settled();
    release();
    await turn;
    expect(done).toEqual(['work', 'mail']);
  });

  test('trouble is told, tried again after a while, and not in a loop', async () => {
    const { clock, asked, fire } = handClock();
    let tries = 0;
    let isFull = true;
    const scheduler = createScheduler(clock, nothingToSend, () => {
      tries++;
      if (isFull) throw new Error('database or disk is full');
      return false;
    });
    await expect(scheduler.runDue()).rejects.toThrow('disk is full');
    scheduler.start();
    fire();
    await settled();
    expect([tries, asked()]).toEqual([2, [5000]]);
    expect(scheduler.trouble()).toBeInstanceOf(Error);
    isFull = false;
    fire();
    await settled();
    expect(scheduler.trouble()).toBeNull();
    await scheduler.stop();
  });

  test('an error of the outbox ends the turn, too', async () => {
    const { clock } = handClock();
    const scheduler = createScheduler(clock, { performDue: () => Promise.reject(new Error('no ledger')) }, () => false);
    await expect(scheduler.runDue()).rejects.toThrow('no ledger');
    expect(scheduler.trouble()).toBeInstanceOf(Error);
  });

  test('stopping does not wait for mail that hangs', async () => {
    const { clock } = handClock();
    const scheduler = createScheduler(clock, { performDue: () => new Promise(() => undefined) }, () => false);
    const turn = scheduler.runDue();
    await settled();
    await scheduler.stop();
    await turn;
    expect(scheduler.isRunning()).toBe(false);
  });
});

describe('clocks that jump', () => {
  test('set back, nothing is repeated and nothing locks up; set forward, everybody is due once', async () => {
    const story = stage();
    let now = TEST_NOW;
    Object.assign(story.workspace.clock, { now: () => now });
    story.live(flowOf({ steps: [mail('welcome'), wait('pause', 1), mail('offer'), tag('end')] }));
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.runner.runDue();
    for (const jump of [-2 * HOUR, -20 * HOUR, 0, HOUR]) {
      now = TEST_NOW + jump;
      addContact(story.workspace, { email: `at${jump}@example.com` });
      await story.runner.runDue();
      // 1970: nothing is due, and nothing breaks.
      now = 0;
      await story.runner.runDue();
    }
    now = TEST_NOW - 1;
    await story.runner.runDue();
    expect(story.delivered.map(({ message }) => message)).toEqual(Array.from({ length: 5 }, () => 'welcome'));
    now = TEST_NOW + 400 * DAY;
    await story.runner.runDue();
    expect(story.delivered.filter(({ message }) => message === 'offer')).toHaveLength(5);
    expect(story.one(`SELECT count(*) FROM enrollments WHERE state = 'finished'`)).toBe(5);
    await story.runner.runDue();
    expect(story.delivered).toHaveLength(10);
  });

  test('virtual time goes from due instant to due instant and ends exactly where it is told', async () => {
    const story = stage();
    story.live(flowOf({ steps: [wait('one', 90, 'minutes'), wait('two', 90, 'minutes'), tag('end')] }));
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(10 * DAY);
    expect(story.all('SELECT left_at FROM visits ORDER BY visit')).toEqual([1.5, 3, 3].map((hours) => ({ left_at: TEST_NOW + hours * HOUR })));
    expect(story.workspace.clock.now()).toBe(TEST_NOW + 10 * DAY);
    expect(JSON.parse(story.one(`SELECT value FROM runner_state WHERE key = 'virtual-clock'`) as string)).toBe(TEST_NOW + 10 * DAY);
  });

  test('messages that cannot leave do not stop time', async () => {
    const story = stage();
    story.live(flowOf({ steps: [mail('welcome')] }));
    story.live(flowOf({ steps: [wait('pause', 2), tag('end')] }));
    addContact(story.workspace, { email: 'ada@example.com' });
    // It says that something is due, and yet settles nothing.
    story.isSending = 'stuck';
    await story.pass(5 * DAY);
    expect(story.all('SELECT state FROM enrollments ORDER BY id')).toEqual([{ state: 'active' }, { state: 'finished' }]);
  });
});

test('windows hear of counts a few times a second, not for every batch', async () => {
  const story = stage();
  story.live(flowOf({ steps: [tag('a'), tag('b')] }));
  for (let index = 0; index < 3000; index++) addContact(story.workspace, { email: `p${index}@example.com` });
  story.workspace.heard.length = 0;
  await story.runner.runDue();
  await story.runner.stop();
  const told = story.workspace.heard.filter((event) => event.type === 'changed' && event.topics.includes('counts'));
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(10);
});
