// What must always hold: each kind of check by itself, and over all flows in a simulation, with a counter-example (FEATURES B11).
import { describe, expect, test } from 'vitest';
import { checkPlanSchema, firstBreach, type Check, type Moment } from '../../shared/simulation/checks.ts';
import { DAY } from '../../shared/time.ts';
import { simulationHandlers } from '../../src-main/handlers/simulations.ts';
import { runChecks } from '../../src-main/simulation/run-checks.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { allMessages } from '../../src-main/store/messages.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { saveChecks } from '../../src-main/store/checks.ts';
import { flowOf, mail, onTag, wait } from '../runner/story.ts';
import { cartFlow, EVERYBODY, shop } from './simulation-fixture.ts';

const moment = (what: Moment['what'], day: number, message: string | null = what === 'sent' ? 'offer' : null, isMarketing = true): Moment => ({ at: day * DAY, what, flow: null, message, isMarketing });
const sent = (day: number, message = 'offer') => moment('sent', day, message);

describe('a check by itself', () => {
  const two: Check = { kind: 'mostMessages', most: 2, days: 7 };
  const buyers: Check = { kind: 'notToBuyers', message: 'offer', days: 14 };
  const cases: [string, Check, Moment[], number | null][] = [
    ['three within seven days', two, [sent(1), sent(2), sent(3)], 3],
    ['the third when the first is just out of the window', two, [sent(1), sent(2), sent(8)], null],
    ['what was before the start counts along, and cannot break it', two, [sent(-2), sent(-1.5), sent(-1), sent(0.5)], 0.5],
    ['an order two weeks ago', buyers, [moment('ordered', -14), sent(0)], null],
    ['an order a little less than two weeks ago', buyers, [moment('ordered', -13.9), sent(0)], 0],
    ['another message to a buyer', buyers, [moment('ordered', -1), sent(0, 'welcome')], null],
    ['any message to a buyer', { ...buyers, message: 'any' }, [moment('ordered', -1), sent(0, 'welcome')], 0],
    ['an order after it', buyers, [sent(0), moment('ordered', 1)], null],
    ['marketing after an opt-out', { kind: 'neverAfterOptOut' }, [moment('consented', -9), moment('optedOut', 1), sent(2)], 2],
    ['after having come back', { kind: 'neverAfterOptOut' }, [moment('optedOut', -3), moment('consented', -1), sent(2)], null],
    ['a receipt after an opt-out', { kind: 'neverAfterOptOut' }, [moment('optedOut', 1), moment('sent', 2, 'receipt', false)], null],
  ];
  test.each(cases)('%s', (_name, check, timeline, day) => {
    expect(firstBreach(check, timeline, 0)?.at ?? null).toBe(day === null ? null : day * DAY);
  });
});

test('two flows that are fine alone break a check together; the counter-example has its timeline', async () => {
  const { workspace, flow } = shop(5, cartFlow());
  const welcome = flowOf({ name: 'Welcome', triggers: [onTag('keen')], steps: [wait('an-hour', 1, 'hours'), mail('welcome')] });
  const checks: Check[] = [{ kind: 'mostMessages', most: 1, days: 3 }, { kind: 'mostMessages', most: 2, days: 3 }, { kind: 'neverAfterOptOut' }, { kind: 'notToBuyers', message: 'welcome', days: 14 }];
  saveChecks(workspace, checks);
  const plan = (more: object) => checkPlanSchema.parse({ days: 10, flow, who: EVERYBODY, assume: { everywhere: { opened: 1, openedHours: 1, ordered: 1, orderedHours: 2 } }, ...more });
  const run = (more = {}) => runChecks(imageOf(workspace.db), workspace.clock.now(), plan(more), () => undefined);
  expect((await run()).map(({ holds }) => holds)).toEqual([true, true, true, true]);
  publish(workspace, insertFlow(workspace, welcome), welcome, allMessages(workspace));
  const [one, most, optOut, buyers] = await run();
  expect(one).toMatchObject({ holds: false, contacts: 5 });
  expect(one!.example!.timeline.filter(({ what }) => what === 'sent').map(({ message }) => message)).toEqual(['reminder', 'welcome']);
  expect(most).toMatchObject({ holds: true, contacts: 0, example: null });
  expect(optOut).toMatchObject({ holds: true });
  expect(buyers).toMatchObject({ holds: false, example: { timeline: [{ what: 'consented' }, { what: 'sent' }, { what: 'ordered' }, { what: 'sent', message: 'welcome' }] } });
});

test('checks are kept in the workspace, and looked at through the gate', async () => {
  const { workspace, flow } = shop(2);
  const calls = simulationHandlers(workspace);
  expect(calls['checks.list']({})).toEqual([]);
  expect(await calls['simulations.check'](checkPlanSchema.parse({ days: 1 }))).toEqual([]);
  const checks: Check[] = [{ kind: 'mostMessages', most: 1, days: 30 }];
  await calls['checks.save']({ checks });
  expect(calls['checks.list']({})).toEqual(checks);
  expect(await calls['simulations.check'](checkPlanSchema.parse({ days: 5, flow, who: EVERYBODY }))).toMatchObject([{ holds: false, contacts: 2, example: { contact: 1, email: 'p1@example.com' } }]);
}, 30_000);
