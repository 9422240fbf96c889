// The step "task" by itself, with its cases; what becomes of the card is in tests/runner/tasks.test.ts.
import { describe, expect, test } from 'vitest';
import { namesFrom } from '../../shared/flow/names.ts';
import type { Facts } from '../../shared/steps/step.ts';
import { task } from '../../shared/steps/task.ts';
import { inEnglish } from '../../shared/text.ts';
import { atLocal } from '../../shared/time.ts';

const CPH = 'Europe/Copenhagen';
const at = (text: string) => atLocal(text.slice(0, 10), text.slice(11), CPH);
const names = namesFrom({ messages: [], attributes: [], segments: [] });
const CAME = '2026-03-27 10:00';

function run(config: Record<string, unknown>, now: string, facts: Facts = {}, optOutEnds = true) {
  return task.run({ config: task.config.parse({ title: 'Call', ...config }), now: at(now), enteredAt: at(CAME), entering: now === CAME, zone: 'Asia/Tokyo', workspaceZone: CPH, facts: { answer: null, optedOut: null, ...facts }, messageResult: null, optOutEnds, chance: 0, contactChance: 0 });
}

describe('waits', () => {
  test('until it is due, by the clock of those who decide, over the change of the clocks', () => {
    expect(run({ due: { amount: 3, unit: 'days' } }, CAME)).toMatchObject({ kind: 'wait', until: at('2026-03-30 10:00'), effects: [{ kind: 'openTask', title: 'Call', dueAt: at('2026-03-30 10:00'), priority: 'normal' }] });
    expect(run({ due: { amount: 48, unit: 'hours' } }, CAME)).toMatchObject({ until: at('2026-03-29 11:00') });
  });
  test.each([
    ['2026-03-29 09:59', {}, 'wait'],
    ['2026-03-29 10:00', {}, 'timedOut'],
    ['2026-03-29 10:00', { overdue: 'escalate' }, 'wait'],
    ['2026-03-30 09:59', { overdue: 'escalate' }, 'wait'],
    ['2026-03-30 10:00', { overdue: 'escalate' }, 'timedOut'],
  ])('at %s with %o: %s', (now, config, expected) => {
    const outcome = run(config, now);
    expect(outcome.kind === 'leave' ? outcome.outlet : outcome.kind).toBe(expected);
  });
  test('escalates once it is due, and not before', () => {
    const kinds = (now: string) => { const outcome = run({ overdue: 'escalate' }, now); return outcome.effects?.map(({ kind }) => kind); };
    expect(kinds('2026-03-29 09:59')).toEqual(['openTask']);
    expect(kinds('2026-03-29 10:00')).toEqual(['openTask', 'escalateTask']);
  });
});

describe('leaves', () => {
  test.each([
    ['by the outcome', { answer: { outcome: 'no', at: 0 } }, 'leave', 'no'],
    ['by the time-out where the outcome is gone', { answer: { outcome: 'gone', at: 0 } }, 'leave', 'timedOut'],
    ['the flow at an opt-out', { optedOut: { awaited: 'withdrawn', at: 0 } }, 'exit', 'opted-out'],
    ['by the outcome, where both happened', { answer: { outcome: 'yes', at: 0 }, optedOut: { awaited: 'withdrawn', at: 0 } }, 'leave', 'yes'],
  ] as const)('%s', (_, facts, kind, way) => {
    const outcome = run({}, '2026-03-28 10:00', facts);
    expect([outcome.kind, outcome.kind === 'leave' ? outcome.outlet : outcome.kind === 'exit' ? outcome.reason : '']).toEqual([kind, way]);
  });
  test('nothing at an opt-out where the flow goes on without messages', () => {
    expect(run({}, '2026-03-28 10:00', { optedOut: { awaited: 'withdrawn', at: 0 } }, false).kind).toBe('wait');
  });
  test('not before somebody has looked for the answer: that would be a bug', () => {
    expect(() => run({}, CAME, { answer: undefined as never })).toThrow('Nobody has looked');
  });
});

describe('is checked', () => {
  const problems = (config: Record<string, unknown>) => (task.problems?.(task.config.parse({ title: 'Call', ...config }), names) ?? []).map(({ code, place }) => `${code} ${place?.field}`);
  test.each([
    [{}, []],
    [{ title: 'Call {{ contact.first_name' }, ['merge-tag title']],
    [{ text: '{% if %}' }, ['merge-tag text']],
    [{ outcomes: [{ id: 'a', label: 'A' }, { id: 'a', label: 'B' }] }, ['outlet-twice outcomes.1.id']],
    [{ due: { amount: 0, unit: 'days' } }, ['wait-zero due.amount']],
    [{ overdue: 'escalate', further: { amount: 0, unit: 'days' } }, ['wait-zero further.amount']],
  ])('%o: %j', (config, expected) => expect(problems(config)).toEqual(expected));

  test('an outlet for each outcome and, always, one for the time-out', () => {
    const labels = (outcomes: unknown) => task.outlets(task.config.parse({ outcomes })).map(({ id, label }) => [id, inEnglish(label)]);
    expect(labels([{ id: 'x', label: ' Reached ' }, { id: 'y', label: '' }])).toEqual([['x', 'Reached'], ['y', 'Outcome 2'], ['timedOut', 'Not decided in time']]);
    expect(labels([])).toEqual([['timedOut', 'Not decided in time']]);
    expect(labels(undefined)).toEqual([['yes', 'Yes'], ['no', 'No'], ['timedOut', 'Not decided in time']]);
  });
});
