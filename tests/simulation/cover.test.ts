// Test contacts that cover a flow: whoever is said to walk a way has really walked it, every way that can be walked is, and of the
// others it is said which contradiction keeps everybody out (FEATURES B10).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Flow, Step } from '../../shared/flow/flow.ts';
import { coverPlanSchema, type CoverResult } from '../../shared/simulation/cover.ts';
import { inEnglish } from '../../shared/text.ts';
import { cover } from '../../src-main/simulation/cover.ts';
import { smallestCover } from '../../src-main/simulation/cover-smallest.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { byHand, flowOf, hasTag, mail, openedThis, split, tag, wait } from '../runner/story.ts';
import type { TestWorkspace } from '../workspace-fixture.ts';
import { shop } from './simulation-fixture.ts';

const step = (id: string, type: string, config: Record<string, unknown>): Step => ({ id, type, config });
const branches = (id: string, rules: Record<string, unknown>) => step(id, 'branch', { branches: Object.entries(rules).map(([way, rule]) => ({ id: way, label: way, rule })) });
const points = (operator: string, value: unknown) => ({ kind: 'attribute', attribute: 'points', operator, value });
const vip = hasTag('vip');

function workspaceWith(flow: Flow): { workspace: TestWorkspace; flow: number } {
  const made = shop(3, flow);
  addAttribute(made.workspace, { key: 'points', label: 'Points', kind: 'number' });
  addAttribute(made.workspace, { key: 'born', label: 'Born', kind: 'date' });
  addAttribute(made.workspace, { key: 'plan', label: 'Plan', kind: 'choice', choices: ['free', 'pro'] });
  return made;
}

async function covered(flow: Flow): Promise<CoverResult> {
  const { workspace, flow: id } = workspaceWith(flow);
  return cover(imageOf(workspace.db), workspace.clock.now(), coverPlanSchema.parse({ flow: id }), () => undefined);
}

const flow = (steps: Step[], ways?: string[], more: Partial<Flow> = {}) => flowOf({ triggers: [byHand], steps, ...(ways !== undefined && { ways }), ...more });

const REACHABLE: Record<string, Flow> = {
  'a number on both sides of a boundary': flow([branches('b', { low: points('lessThan', 50), exact: points('equals', 50), high: points('atLeast', 90), none: points('isEmpty', undefined) }), tag('t')], ['b.exact > t']),
  'branches behind branches': flow([branches('b', { vip }), branches('c', { rich: points('moreThan', 10) }), branches('d', { rich: points('moreThan', 10) }), tag('x')], ['b.vip > c', 'b.else > d', 'd.else > x']),
  'what they do with a message': flow([mail('reminder'), wait('w', 2), branches('o', { opened: openedThis('reminder') }), branches('c', { clicked: { kind: 'message', message: 'reminder', act: 'clicked', did: true, since: 'enrollment' } })], ['reminder > w', 'w > o', 'o.opened > c']),
  'a split with a small share': flow([split('s', [{ id: 'a', label: 'A', weight: 1 }, { id: 'b', label: 'B', weight: 99 }]), split('u', [{ id: 'a', label: 'A', weight: 2 }, { id: 'b', label: 'B', weight: 98 }])], ['s.a > u']),
  'a split by contact, with a control group, behind another split': flow([split('s', [{ id: 'a', label: 'A', weight: 20 }, { id: 'b', label: 'B', weight: 80 }]), step('u', 'split', { shares: [{ id: 'a', label: 'A', weight: 5 }, { id: 'b', label: 'B', weight: 95 }], again: 'same', control: 10 }), step('v', 'split', { shares: [{ id: 'a', label: 'A', weight: 50 }, { id: 'b', label: 'B', weight: 50 }], control: 3 })], ['s.a > u', 'u.a > v']),
  'the ways of a date': flow([step('d', 'waitUntil', { until: 'attribute', attribute: 'born', side: 'after', days: 5, past: 'way', missing: 'way' })]),
  'an event that is waited for': flow([step('e', 'waitForEvent', { events: [{ id: 'e1', event: 'order_placed' }, { id: 'e2', event: 'tag_added', tag: 'hot' }], since: 'visit', atMost: { amount: 3, unit: 'days' } })]),
  'a task': flow([step('call', 'task', { title: 'Call', outcomes: [{ id: 'yes', label: 'Yes' }, { id: 'no', label: 'No' }], due: { amount: 2, unit: 'days' } })]),
  'dates, choices and consent': flow([branches('b', { birthday: { kind: 'attribute', attribute: 'born', operator: 'anniversaryToday' }, pro: { kind: 'attribute', attribute: 'plan', operator: 'equals', value: 'pro' }, out: { kind: 'consent', channel: 'email', given: false } })]),
  'orders of before': flow([branches('b', { three: { kind: 'order', measure: 'count', operator: 'atLeast', value: 3, since: 'ever' }, big: { kind: 'order', measure: 'sum', operator: 'moreThan', value: 99_900, since: { amount: 1, unit: 'months' } } })]),
  'a wait until something holds': flow([step('u', 'waitUntilTrue', { rule: { kind: 'event', event: 'visited', did: true, since: 'enrollment' }, atMost: { amount: 3, unit: 'days' } })]),
  'a goal further down': flow([wait('w', 7), step('g', 'goal', { rule: vip, otherwise: 'goOn' }), tag('t')], ['w > g', 'g.next > t']),
  'a rule of many parts': flow([branches('b', { all: { kind: 'all', rules: [{ kind: 'any', rules: [vip, points('atLeast', 5)] }, { kind: 'none', rules: [hasTag('out'), points('moreThan', 8)] }] } })]),
};

describe('where every way can be walked', () => {
  test.each(Object.entries(REACHABLE))('%s: somebody is found for each', async (_, each) => {
    const result = await covered(each);
    expect(result.red).toEqual([]);
    for (const way of result.ways) {
      expect(way.by.length).toBeGreaterThan(0);
      for (const place of way.by) expect(result.contacts[place]!.went).toContainEqual({ step: way.step, outlet: way.outlet });
    }
    for (const { end } of result.odd) expect(end?.failure ?? null).toBe(null);
  }, 60_000);

  test('as few as can be: four ways out of one branch take four, two splits behind each other three', async () => {
    expect((await covered(REACHABLE['a number on both sides of a boundary']!)).contacts).toHaveLength(5);
    expect((await covered(REACHABLE['a split with a small share']!)).contacts).toHaveLength(3);
  }, 60_000);

  test('the same flow gives the same bytes', async () => {
    expect(JSON.stringify(await covered(REACHABLE['branches behind branches']!))).toBe(JSON.stringify(await covered(REACHABLE['branches behind branches']!)));
  }, 60_000);
});

describe('where nobody can go', () => {
  const CONTRADICTIONS: Record<string, [Flow, string, RegExp]> = {
    'a filter that the branch contradicts': [flow([step('f', 'filter', { rule: { kind: 'attribute', attribute: 'plan', operator: 'equals', value: 'free' } }), branches('b', { pro: { kind: 'attribute', attribute: 'plan', operator: 'equals', value: 'pro' } })]), 'b.pro', /Plan is “?pro.*Plan is “?free.*Nothing in the flow changes/],
    'a boundary that an earlier branch has taken': [flow([branches('b', { some: points('atLeast', 10), more: points('atLeast', 20) })]), 'b.more', /Nothing in the flow changes/],
    'an audience without the tag': [flow([branches('b', { vip })], undefined, { entry: { reentry: 'never', reentryDays: 30, audience: { kind: 'none', rules: [vip] } } }), 'b.vip', /Nothing in the flow changes/],
  };
  test.each(Object.entries(CONTRADICTIONS))('%s is red, with the contradiction', async (_, [each, red, sentence]) => {
    const result = await covered(each);
    expect(result.red.map(({ step: id, outlet }) => `${id}.${outlet}`)).toEqual([red]);
    expect(inEnglish(result.red[0]!.contradiction!)).toMatch(sentence);
  }, 60_000);

  test('what the flow itself changes is no contradiction', async () => {
    const result = await covered(flow([branches('b', { vip }), tag('make', 'vip'), branches('c', { vip })], ['b.else > make', 'make > c']));
    expect(result.ways.map(({ step: id, outlet }) => `${id}.${outlet}`)).toEqual(['b.vip', 'b.else', 'make.next', 'c.vip']);
    expect(result.red).toMatchObject([{ step: 'c', outlet: 'else', contradiction: null }]);
  }, 60_000);
});

const rule = fc.oneof(
  fc.constantFrom('lessThan', 'atLeast', 'equals').chain((operator) => fc.integer({ min: 0, max: 3 }).map((value) => points(operator, value * 10))),
  fc.constantFrom('vip', 'hot').map((name) => hasTag(name)),
  fc.constantFrom('free', 'pro').map((value) => ({ kind: 'attribute', attribute: 'plan', operator: 'equals', value })),
);

/** Seven steps, each of whose ways leads to one further down, or out. */
const anyFlow = fc.array(fc.record({ rules: fc.array(rule, { minLength: 1, maxLength: 2 }), to: fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }), changes: fc.boolean() }), { minLength: 2, maxLength: 6 }).map((parts) => {
  const steps = parts.map(({ rules, changes }, n) => (changes && n > 0 ? tag(`s${n}`, 'hot') : branches(`s${n}`, Object.fromEntries(rules.map((each, place) => [`w${place}`, each])))));
  const ways = parts.flatMap(({ rules, to, changes }, n) => {
    const outlets = changes && n > 0 ? ['next'] : [...rules.map((_, place) => `w${place}`), 'else'];
    return outlets.flatMap((outlet, place) => {
      const target = place === outlets.length - 1 ? n + 1 : n + 1 + to[place]!;
      return target < parts.length ? [`s${n}.${outlet} > s${target}`] : [];
    });
  });
  return flow(steps, ways);
});

test('of random flows: what is said to be covered is walked, and no contradiction is claimed of a way that somebody walks', async () => {
  await fc.assert(
    fc.asyncProperty(anyFlow, async (each) => {
      const result = await covered(each);
      const walked = new Set(result.contacts.flatMap(({ went }) => went.map(({ step: id, outlet }) => `${id}.${outlet}`)));
      expect(new Set(result.ways.map(({ step: id, outlet }) => `${id}.${outlet}`))).toEqual(walked);
      for (const { step: id, outlet } of result.red) expect(walked.has(`${id}.${outlet}`)).toBe(false);
      // Nothing is random, so what was not found among all who were tried must be impossible: it is named, or the flow changes what is asked.
      const changesTags = each.steps.some(({ type }) => type === 'addTag');
      if (!changesTags) expect(result.red.filter(({ contradiction }) => contradiction === null)).toEqual([]);
    }),
    { numRuns: 15 },
  );
}, 120_000);

test('the smallest choice is the smallest', () => {
  const sets = [['a', 'b', 'c'], ['a', 'd'], ['b', 'e'], ['c', 'f'], ['d', 'e', 'f']].map((each) => new Set(each));
  expect(smallestCover(sets)).toEqual({ chosen: [0, 4], proven: true });
  expect(smallestCover([])).toEqual({ chosen: [], proven: true });
});
