// Every step type and every trigger type there is, each in a small flow of its own: it can be simulated, tried, previewed, covered
// and run over the past, twice the same, and nobody fails. Whoever adds a type finds it here, with its start values, or gives some.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Flow, Step, Trigger } from '../../shared/flow/flow.ts';
import { backtestPlanSchema } from '../../shared/simulation/backtest.ts';
import { coverPlanSchema } from '../../shared/simulation/cover.ts';
import { publishPreviewPlanSchema } from '../../shared/simulation/publish-preview.ts';
import { tryPlanSchema } from '../../shared/simulation/try.ts';
import { stepType, stepTypes } from '../../shared/steps/index.ts';
import { DAY } from '../../shared/time.ts';
import { triggerTypes } from '../../shared/triggers/index.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { backtest } from '../../src-main/simulation/backtest.ts';
import { cover } from '../../src-main/simulation/cover.ts';
import { previewPublish } from '../../src-main/simulation/preview-publish.ts';
import { simulate } from '../../src-main/simulation/simulate.ts';
import { tryContact } from '../../src-main/simulation/try.ts';
import { why } from '../../src-main/simulation/why.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { saveCalendar } from '../../src-main/store/calendars.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { byHand, flowOf, hasTag, tag, wait } from '../runner/story.ts';
import { happen } from '../workspace-fixture.ts';
import { planFor, shop } from './simulation-fixture.ts';

const vip = hasTag('vip');
const STEPS: Record<string, Record<string, unknown>> = {
  sendEmail: { message: 'reminder' }, sendSms: { text: 'Hi' }, webhook: { url: 'https://shop.example/hook' },
  waitUntil: { until: 'attribute', attribute: 'born', past: 'go', missing: 'go' }, waitUntilTrue: { rule: vip }, waitForEvent: { events: [{ id: 'e1', event: 'order_placed' }] },
  branch: { branches: [{ id: 'yes', label: 'Yes', rule: vip }] }, filter: { rule: vip }, goal: { rule: vip, otherwise: 'goOn' },
  updateAttribute: { attribute: 'points', action: 'set', value: 5 }, addTag: { tag: 'new' }, removeTag: { tag: 'vip' }, addToSegment: { segment: 'fixed' }, removeFromSegment: { segment: 'fixed' },
  changeScore: { score: 'points', by: 5 }, changeStage: { attribute: 'stage', stage: 'won' }, task: { title: 'Call', outcomes: [{ id: 'yes', label: 'Yes' }] },
  addNote: { text: 'Hello' }, notify: { title: 'Look' }, startFlow: { flow: 1 }, endFlows: { which: 'one', flow: 1 }, emitEvent: { name: 'was_here' }, goTo: { to: 'last' },
};
const TRIGGERS: Record<string, Record<string, unknown>> = {
  tagAdded: { tag: 'vip' }, tagRemoved: { tag: 'vip' }, segmentEntered: { segment: 'vips' }, segmentLeft: { segment: 'vips' }, dateReached: { attribute: 'born' },
  eventHappened: { name: 'page_viewed' }, schedule: { every: 'daily', who: vip }, calendarDay: { calendar: 'fairs' }, scoreReached: { score: 'points', threshold: 10 }, stageReached: { attribute: 'stage', stage: 'won' }, attributeChanged: { attribute: 'points' },
};
/** Which triggers the past of the shop fires. */
const FIRED = new Set(['tagAdded', 'tagRemoved', 'segmentEntered', 'segmentLeft', 'orderPlaced', 'eventHappened', 'schedule', 'calendarDay']);

/** A shop with a flow that others can start, a past of a few days, and the flow that is looked at. */
function stageWith(flow: Flow) {
  const target = flowOf({ name: 'Target', triggers: [{ id: 'from', type: 'fromFlow', config: {} }], steps: [tag('arrived')] });
  const { workspace, flow: first } = shop(6, target);
  publish(workspace, first, target, []);
  addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
  addAttribute(workspace, { key: 'born', label: 'Born', kind: 'date' });
  addAttribute(workspace, { key: 'stage', label: 'Stage', kind: 'choice', choices: ['open', 'won'] });
  saveCalendar(workspace, { key: 'fairs', name: 'Fairs', days: [{ date: '2026-03-04', name: '' }] });
  saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: vip, track: true });
  saveSegment(workspace, { key: 'fixed', name: 'Fixed', rule: null });
  const began = workspace.clock.now();
  workspace.clock.setTo(began + DAY);
  addTagFor(workspace, [{ contactId: 1 }, { contactId: 2 }], 'vip', { source: 'user' });
  recordOrder(workspace, { orderKey: 'o1', contactId: 3, at: began + DAY, amount: 100, source: 'api' });
  happen(workspace, 4, 'page_viewed');
  workspace.clock.setTo(began + 2 * DAY);
  workspace.db.exec('DELETE FROM contact_tags WHERE contact_id = 2');
  happen(workspace, 2, 'tag_removed', { data: { tag: 'vip' } });
  workspace.clock.setTo(began + 5 * DAY);
  return { workspace, began, flow: insertFlow(workspace, flow) };
}

const quiet = () => undefined;

async function everything(flow: Flow) {
  const { workspace, began, flow: id } = stageWith(flow);
  const image = imageOf(workspace.db);
  const now = workspace.clock.now();
  const simulated = await simulate(image, now, planFor(id, { days: 10, assume: { everywhere: { opened: 0.5 } } }), quiet);
  const previewed = await previewPublish(image, now, publishPreviewPlanSchema.parse({ flow: id }), quiet);
  const tested = await backtest(image, now, backtestPlanSchema.parse({ flow: id, from: began }), quiet);
  const covered = await cover(image, now, coverPlanSchema.parse({ flow: id }), quiet);
  return { simulated, previewed, tested, covered, id, image, now };
}

describe.each(stepTypes.map(({ type }) => type))('step %s', (type) => {
  const looked: Step = { id: 'looked-at', type, config: STEPS[type] ?? {} };
  const flow = flowOf({ triggers: [byHand], steps: [wait('first', 1), looked, wait('last', 1)], ...((type === 'exit' || type === 'goTo') && { ways: ['first > looked-at'] }) });
  // Who has not one way on by the name of "next" goes on by the first.
  const outlet = stepType(type)!.outlets(stepType(type)!.config.parse(looked.config))[0]?.id;
  const sound: Flow = { ...flow, steps: type === 'exit' ? flow.steps.slice(0, 2) : flow.steps, edges: flow.edges.map((edge) => (edge.from === 'looked-at' && outlet !== undefined ? { ...edge, outlet } : edge)) };
  let answers: Awaited<ReturnType<typeof everything>>;
  beforeAll(async () => {
    answers = await everything(sound);
  }, 60_000);

  test('is simulated, and every number adds up', () => {
    expect(answers.simulated.people).toMatchObject({ entered: 6, failed: 0 });
    for (const step of Object.values(answers.simulated.steps)) expect(step.entered).toBe(step.waiting + Object.values(step.left).reduce((sum, n) => sum + n, 0));
    // Where a passage is divided it is counted itself, and once more for each of its paths.
    const paths = stepType(type)!.forks === true ? stepType(type)!.outlets(stepType(type)!.config.parse(looked.config)).length : 0;
    expect(answers.simulated.steps['looked-at']!.entered).toBe(6 * (1 + paths));
  });

  test('is tried, previewed and covered', async () => {
    const tried = await tryContact(answers.image, answers.now, tryPlanSchema.parse({ flow: answers.id, contact: 1 }), quiet);
    expect(tried.end?.failure ?? null).toBe(null);
    expect(tried.steps.map(({ step }) => step)).toContain('first');
    expect(answers.previewed.twice.count).toBe(0);
    expect(answers.covered.odd.filter(({ end }) => end?.state === 'failed')).toEqual([]);
    // What has no channel yet, or comes in its own time, is named with its reason.
    for (const red of answers.covered.red) expect(red.contradiction, `${red.step}.${red.outlet}`).not.toBe(null);
    expect((await why(answers.image, answers.now, { flow: answers.id, contact: 1, message: 'reminder' })).answer).toMatch(/never-entered|not-sent-here/);
  }, 60_000);
});

describe.each(triggerTypes.map(({ type }) => type))('trigger %s', (type) => {
  const trigger: Trigger = { id: 'looked-at', type, config: TRIGGERS[type] ?? {} };
  test('is simulated and run over the past, twice the same', async () => {
    const flow = flowOf({ triggers: [trigger], entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, steps: [wait('first', 1), tag('done')] });
    const { simulated, tested, image, now, id } = await everything(flow);
    expect(simulated.people.failed).toBe(0);
    expect(tested.people.failed).toBe(0);
    expect(tested.people.entered > 0).toBe(FIRED.has(type));
    const { workspace } = stageWith(flow);
    expect(JSON.stringify(await backtest(imageOf(workspace.db), now, backtestPlanSchema.parse({ flow: id, from: tested.from }), quiet))).toBe(JSON.stringify(tested));
    expect(JSON.stringify(await simulate(image, now, planFor(id, { days: 10, assume: { everywhere: { opened: 0.5 } } }), quiet))).toBe(JSON.stringify(simulated));
  }, 60_000);
});
