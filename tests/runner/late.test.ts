// What comes after the time-out of the wait for it, is counted as late and moves nobody (D9); and goals that time alone fulfils are
// looked at every hour (D18).
import { describe, expect, test } from 'vitest';
import { waitForEvent } from '../../shared/steps/wait-for-event.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';
import { flowOf, stage, tag, wait } from './story.ts';

const form = waitForEvent.config.shape.events;
const awaits = (id: string, days: number) => ({
  id,
  type: 'waitForEvent',
  config: { events: form.parse([{ id: 'sent', event: 'custom', message: null, tag: '', name: 'form_sent', where: [], label: '' }]), since: 'visit', atMost: { amount: days, unit: 'days' } },
});

describe('late events', () => {
  async function waiting() {
    const story = stage();
    const id = story.live(flowOf({ steps: [awaits('form', 2), wait('pause', 5), tag('end')], ways: ['form.sent > end', 'form.timedOut > pause', 'pause > end'] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    const late = async () => (await story.calls['flows.counts']({ flow: id })).steps['form']!.late;
    return { story, ada, late };
  }

  test('is counted once, and moves nobody', async () => {
    const { story, ada, late } = await waiting();
    await story.pass(3 * DAY);
    expect(await late()).toBe(0);
    for (let n = 0; n < 2; n++) {
      happen(story.workspace, ada, 'form_sent', {});
      await story.pass(HOUR);
    }
    expect(await late()).toBe(1);
    expect(story.all('SELECT step_id FROM enrollments')).toEqual([{ step_id: 'pause' }]);
    expect(story.all(`SELECT outlet FROM visits`)).toEqual([{ outlet: 'timedOut' }]);
  });

  test('in time is not late, neither is what comes again afterwards', async () => {
    const { story, ada, late } = await waiting();
    await story.pass(DAY);
    happen(story.workspace, ada, 'form_sent', {});
    await story.pass(DAY);
    happen(story.workspace, ada, 'form_sent', {});
    await story.pass(DAY);
    expect(await late()).toBe(0);
  });

  test('another event than the one waited for is not late; nor is one months later', async () => {
    const { story, ada, late } = await waiting();
    await story.pass(3 * DAY);
    happen(story.workspace, ada, 'page_viewed', {});
    await story.pass(60 * DAY);
    happen(story.workspace, ada, 'form_sent', {});
    await story.pass(DAY);
    expect(await late()).toBe(0);
  });
});

describe('goals that time fulfils', () => {
  test.each([
    ['a goal', { goal: true }, 'finished'],
    ['an exit rule', { goal: false }, 'exited'],
  ])('%s is met within the hour, without any event', async (_, { goal }, state) => {
    const story = stage();
    const rule = { kind: 'event', event: 'visited', did: false, since: { amount: 1, unit: 'days' } } as const;
    story.live(flowOf({ steps: [wait('pause', 30), tag('end')], ...(goal ? { goal: rule } : { exit: rule }) }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    happen(story.workspace, ada, 'visited', {});
    await story.pass(2 * HOUR);
    expect(story.one('SELECT state FROM enrollments')).toBe('active');
    await story.pass(2 * DAY);
    expect(story.one('SELECT state FROM enrollments')).toBe(state);
    const left = story.one('SELECT left_at FROM enrollments') as number;
    expect(left).toBeGreaterThan(TEST_NOW + DAY);
    expect(left).toBeLessThanOrEqual(TEST_NOW + DAY + HOUR);
  });

  test('a flow without such a rule is never looked at', async () => {
    const story = stage();
    story.live(flowOf({ steps: [wait('pause', 5), tag('end')], goal: { kind: 'tag', tag: 'vip', has: true } }));
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(HOUR);
    expect(story.runner.nextDueAt()).toBe(TEST_NOW + 5 * DAY);
  });
});
