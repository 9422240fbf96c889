// Tasks in simulations: nobody is there to decide, so it is chosen or assumed, and what is not times out (FEATURES A4.9, B1).
import { expect, test } from 'vitest';
import type { Flow } from '../../shared/flow/flow.ts';
import { tryPlanSchema } from '../../shared/simulation/try.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { takeIn } from '../../src-main/runner/entering.ts';
import { published } from '../../src-main/runner/published.ts';
import { tryContact } from '../../src-main/simulation/try.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { listTasks } from '../../src-main/store/tasks.ts';
import { byHand, flowOf, tag } from '../runner/story.ts';
import { planFor, shop, simulated } from './simulation-fixture.ts';

const OUTCOMES = [
  { id: 'reached', label: 'Reached' },
  { id: 'later', label: 'Later' },
];
const calling = (): Flow =>
  flowOf({
    name: 'Call',
    triggers: [byHand],
    steps: [{ id: 'call', type: 'task', config: { title: 'Call', outcomes: OUTCOMES, due: { amount: 2, unit: 'days' } } }, tag('reached'), tag('later'), tag('late')],
    ways: ['call.reached > reached', 'call.later > later', 'call.timedOut > late'],
  });

test('one contact: the outcome is chosen, or the task times out', async () => {
  const { workspace, flow } = shop(1, calling());
  const tried = (decide: Record<string, string>) => tryContact(imageOf(workspace.db), workspace.clock.now(), tryPlanSchema.parse({ flow, contact: 1, decide }), () => undefined);
  const chosen = await tried({ call: 'later' });
  expect(chosen.steps.map(({ step, outlet }) => [step, outlet])).toEqual([['call', 'later'], ['later', 'next']]);
  expect(chosen.steps[0]!.leftAt - chosen.steps[0]!.at).toBe(HOUR);
  const not = await tried({});
  expect(not.steps.map(({ step, outlet }) => [step, outlet])).toEqual([['call', 'timedOut'], ['late', 'next']]);
  expect(not.steps[0]!.leftAt - not.steps[0]!.at).toBe(2 * DAY);
  expect(listTasks(workspace, { which: 'all', flow: null, contact: null }, 0, 10).total).toBe(0);
});

test('what cannot be decided is refused, with what could be', async () => {
  const { workspace, flow } = shop(1, calling());
  const tried = (decide: Record<string, string>) => tryContact(imageOf(workspace.db), workspace.clock.now(), tryPlanSchema.parse({ flow, contact: 1, decide }), () => undefined);
  await expect(tried({ late: 'x' })).rejects.toThrow(/no task “late”/);
  await expect(tried({ call: 'timedOut' })).rejects.toThrow(/no outcome timedOut. Choose one of: reached, later/);
  await expect(simulated(workspace, planFor(flow, { assume: { tasks: { call: { outcomes: { never: 0.5 } } } } }))).rejects.toThrow(/no outcome never/);
});

test('many: shares decide, the rest times out, and the same seed gives the same', async () => {
  const { workspace, flow } = shop(400, calling());
  const run = (seed: number) => simulated(workspace, planFor(flow, { seed, assume: { tasks: { call: { outcomes: { reached: 0.5, later: 0.25 }, hours: 5 } } } }));
  const one = await run(1);
  const { left, waiting } = one.steps['call']!;
  expect(left['reached']! + left['later']! + left['timedOut']! + waiting).toBe(400);
  expect(left['reached']).toBeGreaterThan(150);
  expect(left['reached']).toBeLessThan(250);
  expect(left['later']).toBeGreaterThan(60);
  expect(left['timedOut']).toBeGreaterThan(60);
  expect(await run(1)).toEqual(one);
  expect((await run(2)).steps).not.toEqual(one.steps);
  const nobody = await simulated(workspace, planFor(flow));
  expect(nobody.steps['call']!.left).toEqual({ timedOut: 400 });
});

test('cards that are open already are decided as well, and only in the copy', async () => {
  const { workspace, flow } = shop(5, calling());
  publish(workspace, flow, calling(), []);
  takeIn(workspace, published(workspace, flow, 1), [1, 2, 3].map((contactId) => ({ contactId, triggerId: 'by-hand', entryKey: '' })), 'user');
  const runner = createRunner(workspace, { recover: () => undefined, paused: () => null, nextDueAt: () => null, close: async () => undefined, performDue: async () => 0 });
  await runUntil(workspace, runner, workspace.clock, workspace.clock.now() + HOUR);
  const result = await simulated(workspace, planFor(flow, { version: 'live', who: null, assume: { tasks: { call: { outcomes: { reached: 1 } } } } }));
  expect(result.steps['call']!.left['reached'] ?? 0).toBeGreaterThanOrEqual(2);
  expect(listTasks(workspace, { which: 'open', flow: null, contact: null }, 0, 10).total).toBe(3);
});
