// Simulations of flows with goals, calendars, scores, schedules, sums, other flows and channels that are not there: the same each
// time, every number adds up, and nothing goes out (FEATURES B1, D33).
import { describe, expect, test } from 'vitest';
import type { Step, Trigger } from '../../shared/flow/flow.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { saveCalendar } from '../../src-main/store/calendars.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { byHand, flowOf, hasTag, mail, tag, wait } from '../runner/story.ts';
import { planFor, shop, simulated } from './simulation-fixture.ts';

const step = (id: string, type: string, config: Record<string, unknown>): Step => ({ id, type, config });

/** A flow with one of everything, beside one that it starts and one that it ends. */
function everything() {
  const steps: Step[] = [
    step('spread', 'waitRandom', { least: { amount: 1, unit: 'hours' }, most: { amount: 6, unit: 'hours' } }),
    mail('reminder'),
    step('score', 'changeScore', { score: 'points', by: 30 }),
    step('days', 'waitBusinessDays', { days: 2, daysOff: 'closed' }),
    step('window', 'waitForWindow', { weekdays: [4] }),
    step('more', 'changeScore', { score: 'points', by: 30 }),
    step('keen', 'goal', { rule: { kind: 'attribute', attribute: 'points', operator: 'atLeast', value: 50 } }),
    step('next', 'startFlow', { flow: 2 }),
    step('others', 'endFlows', { which: 'one', flow: 3 }),
    step('told', 'emitEvent', { name: 'is_keen' }),
    step('text', 'sendSms', { text: 'Hi' }),
  ];
  const { workspace, flow } = shop(60, flowOf({ name: 'Everything', triggers: [byHand], steps }));
  addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
  saveCalendar(workspace, { key: 'closed', name: 'Closed', days: [{ date: '2026-03-03', name: '' }] });
  const target = flowOf({ name: 'Target', triggers: [{ id: 'from', type: 'fromFlow', config: {} }], steps: [tag('arrived')] });
  const ended = flowOf({ name: 'Ended', triggers: [{ id: 'daily', type: 'schedule', config: { every: 'daily', who: { kind: 'consent', channel: 'email', given: true } } } satisfies Trigger], steps: [wait('long', 60)] });
  for (const each of [target, ended]) publish(workspace, insertFlow(workspace, each), each, []);
  return { workspace, flow };
}

describe('a simulation of everything', () => {
  test('twice the same, byte for byte; the workspace stays as it was', async () => {
    const { workspace, flow } = everything();
    const before = imageOf(workspace.db);
    const run = async () => JSON.stringify(await simulated(workspace, planFor(flow, { days: 12, seed: 3 })));
    expect(await run()).toBe(await run());
    expect(imageOf(workspace.db).equals(before)).toBe(true);
  });

  test('people come through, step by step, and what has no channel is held', async () => {
    const { workspace, flow } = everything();
    const result = await simulated(workspace, planFor(flow, { days: 12, seed: 3 }));
    expect(result.people).toMatchObject({ entered: 60, failed: 0, finished: 0 });
    for (const each of Object.values(result.steps)) expect(each.entered).toBe(each.waiting + Object.values(each.left).reduce((sum, n) => sum + n, 0));
    // Monday 2 March; 3 March is a day off, so two business days end on Thursday the 5th, on which the window is open.
    expect(result.days.find(({ day }) => day === '2026-03-05')!.steps['window']).toBe(60);
    expect(result.steps['keen']!.left).toEqual({ next: 60 });
    expect(result.steps['text']).toMatchObject({ entered: 60, waiting: 60 });
    expect(result.outcomes).toContainEqual({ message: '', step: 'text', state: 'held', reason: 'no-channel', count: 60 });
  });

  test('a flow on a schedule is simulated with those whom it will take in', async () => {
    const { workspace } = everything();
    const result = await simulated(workspace, planFor(3, { days: 3, who: null, version: 'live' }));
    expect(result.people).toMatchObject({ chosen: 0, entered: 54 });
  });

  test('goals pull people forward in it, too', async () => {
    const { workspace, flow } = shop(10, flowOf({ triggers: [byHand], steps: [tag('mark', 'done'), wait('week', 7), step('goal', 'goal', { rule: hasTag('done') })] }));
    const result = await simulated(workspace, planFor(flow));
    expect(result.steps['mark']!.left).toEqual({ next: 10 });
    expect(result.steps['week']!.left).toEqual({ goal: 10 });
    expect(result.people.finished).toBe(10);
  });
});
