// Parallel paths as they are drawn, and what is wrong with them; what the two steps say of themselves.
import { describe, expect, it } from 'vitest';
import type { Step } from '../../shared/flow/flow.ts';
import { flowProblems } from '../../shared/flow/problems.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { join } from '../../shared/steps/join.ts';
import { parallel } from '../../shared/steps/parallel.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY } from '../../shared/time.ts';
import { flowOf } from './flows.ts';

const names = namesFrom({ messages: [], attributes: [], segments: [] });
const steps: Record<string, Partial<Step> | string> = { p: 'parallel', a: 'wait', b: 'wait', j: 'join', z: 'wait' };
const ways = ['start next p', 'p a a', 'p b b', 'a next j', 'b next j', 'j next z'];

function found(more: Record<string, Partial<Step> | string>, change: (ways: string[]) => string[] = (same) => same): string[] {
  return flowProblems(flowOf({ ...steps, ...more }, change(ways)), names).map(({ code, severity, place = {} }) => `${severity === 'error' ? '!' : '?'} ${code} ${place.step}`);
}

describe('the ways', () => {
  it.each<[string, Record<string, Partial<Step> | string>, (ways: string[]) => string[], string[]]>([
    ['two paths and their join', {}, (same) => same, []],
    ['a path that simply ends, and one that leads straight to the join', {}, (same) => same.filter((way) => way !== 'p b b' && way !== 'b next j').concat('p b j', 'z next b'), []],
    ['a path that goes round within itself, with a wait', { k: { type: 'split', config: {} } }, (same) => same.filter((way) => way !== 'a next j').concat('a next k', 'k a a', 'k b j'), []],
    ['round again after the join', {}, (same) => [...same, 'z next p'], ['? no-way-out p']],
    ['paths that meet without a join', {}, (same) => same.filter((way) => !way.includes('j')).concat('a next z', 'b next z'), ['! unreachable j', '! paths-meet p', '? join-alone j']],
    ['a path that leads into another', {}, (same) => same.filter((way) => way !== 'a next j').concat('a next b'), ['! paths-meet p']],
    ['parallel paths within a path', { q: 'parallel' }, (same) => same.filter((way) => way !== 'a next j').concat('a next q', 'q a j'), ['! parallel-nested p']],
    ['a path that leads back above', {}, (same) => same.filter((way) => way !== 'a next j').concat('a next p'), ['! parallel-nested p']],
    ['two joins', { i: 'join' }, (same) => same.filter((way) => way !== 'b next j').concat('b next i'), ['! two-joins p']],
    ['a join of nothing', { i: 'join' }, (same) => [...same, 'z next i'], ['? join-alone i']],
    ['a division that is switched off', { p: { type: 'parallel', disabled: true } }, (same) => same, ['? join-alone j']],
    ['a circle without a pause, through the join', { a: { type: 'addTag', config: { tag: 't' } } }, (same) => [...same.filter((way) => way !== 'b next j' && way !== 'j next z'), 'j next p', 'b next z'], ['! loop-without-wait p']],
  ])('%s', (_, more, change, problems) => {
    expect(found(more, change).sort()).toEqual(problems.sort());
  });
});

describe('the steps', () => {
  const says = (type: typeof join, config: object) => inEnglish(type.summary(type.config.parse(config), names));
  const codes = (type: typeof join, config: object) => type.problems!(type.config.parse(config), names).map(({ code }) => code);

  it('say what they do', () => {
    expect(says(parallel, {})).toBe('2 paths at the same time');
    expect(says(join, {})).toBe('Wait for all paths');
    expect(says(join, { until: 'some', count: 1, limit: 'time' })).toBe('Wait for 1 path; at most 7 days');
    expect(join.outlets(join.config.parse({})).map(({ id }) => id)).toEqual(['next']);
    expect(join.outlets(join.config.parse({ limit: 'time' })).map(({ id }) => id)).toEqual(['next', 'timedOut']);
  });

  it('need two paths, each with an id of its own, and a time that is one', () => {
    const path = (id: string) => ({ id, label: '' });
    expect(codes(parallel, { paths: [path('a')] })).toEqual(['one-path']);
    expect(codes(parallel, { paths: [path('a'), path('a'), path('joined')] })).toEqual(['outlet-twice', 'outlet-twice']);
    expect(codes(join, { limit: 'time', atMost: { amount: 0, unit: 'days' } })).toEqual(['wait-zero']);
    expect(codes(join, { limit: 'none', atMost: { amount: 0, unit: 'days' } })).toEqual([]);
  });

  it.each<[object, { open: number; done: number } | undefined, number, string]>([
    [{}, undefined, 0, 'leave next'],
    [{}, { open: 0, done: 3 }, 0, 'leave next'],
    [{}, { open: 1, done: 2 }, 0, 'wait'],
    [{ until: 'some', count: 2 }, { open: 1, done: 2 }, 0, 'leave next'],
    [{ until: 'some', count: 2 }, { open: 2, done: 1 }, 0, 'wait'],
    [{ until: 'some', count: 8 }, { open: 0, done: 3 }, 0, 'leave next'],
    [{ limit: 'time', atMost: { amount: 2, unit: 'days' } }, { open: 1, done: 1 }, 2 * DAY - 1, 'wait'],
    [{ limit: 'time', atMost: { amount: 2, unit: 'days' } }, { open: 1, done: 1 }, 2 * DAY, 'leave timedOut'],
    [{ limit: 'time', atMost: { amount: 2, unit: 'days' } }, { open: 0, done: 2 }, 2 * DAY, 'leave next'],
  ])('a join with %j and %j after %d ms: %s', (config, paths, passed, what) => {
    const outcome = join.run({ config: join.config.parse(config), now: passed, enteredAt: 0, entering: passed === 0, zone: 'UTC', workspaceZone: 'UTC', facts: {}, messageResult: null, chance: 0, contactChance: 0, ...(paths !== undefined && { paths }) });
    expect(outcome.kind === 'leave' ? `leave ${outcome.outlet}` : outcome.kind).toBe(what);
  });
});
