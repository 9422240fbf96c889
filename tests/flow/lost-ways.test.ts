// Which ways out a step has lost between two versions of a flow.
import { expect, test } from 'vitest';
import { flowSchema, type Flow } from '../../shared/flow/flow.ts';
import { lostWays } from '../../shared/flow/lost-ways.ts';
import { inEnglish } from '../../shared/text.ts';

const task = (...outcomes: string[]): Flow =>
  flowSchema.parse({ name: 'x', steps: [{ id: 'call', type: 'task', name: 'Call', config: { title: 'Call', outcomes: outcomes.map((id) => ({ id, label: id.toUpperCase() })) } }] });
const told = (before: Flow, now: Flow) => [...lostWays(before, now)].map(([id, { title, ways }]) => [id, inEnglish(title), ...ways.map(inEnglish)]);

test.each([
  ['none', task('a', 'b'), task('a', 'b'), []],
  ['one that was added', task('a'), task('a', 'b'), []],
  ['one that was removed', task('a', 'b'), task('b'), [['call', 'Call', 'A']]],
  ['one that was replaced by another', task('a'), task('c'), [['call', 'Call', 'A']]],
  ['a step that is gone as a whole', task('a'), flowSchema.parse({ name: 'x' }), []],
  ['a step that is of another type now', task('a'), flowSchema.parse({ name: 'x', steps: [{ id: 'call', type: 'wait', config: {} }] }), []],
])('%s', (_, before, now, expected) => expect(told(before, now)).toEqual(expected));

test('the time-out of a task cannot be lost', () => {
  expect(told(task('a', 'b'), task()).flat()).not.toContain('Not decided in time');
});
