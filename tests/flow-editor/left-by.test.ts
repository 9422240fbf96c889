// The figures of a step name each way out, and show no code: not of a way that is gone, not of an end that is no way out.
import { expect, test } from 'vitest';
import { leftBy } from '../../src-renderer/flow-editor/left-by.ts';

const labels = new Map([
  ['yes', 'Bought'],
  ['else', 'Everyone else'],
]);

test('ways out by their names, ends by what they are, ways that are gone together', () => {
  expect(leftBy({ yes: 3, else: 4, moved: 1, joined: 2, o7f2: 5, timedOut: 1 }, labels)).toEqual([
    { way: { outlet: 'Bought' }, people: 3 },
    { way: { outlet: 'Everyone else' }, people: 4 },
    { way: { end: 'moved' }, people: 1 },
    { way: { end: 'joined' }, people: 2 },
    { way: 'gone', people: 6 },
  ]);
});

test('an outlet that is called like an end is an outlet', () => {
  expect(leftBy({ goal: 1 }, new Map([['goal', 'To the goal']]))).toEqual([{ way: { outlet: 'To the goal' }, people: 1 }]);
  expect(leftBy({ goal: 1 }, labels)).toEqual([{ way: { end: 'goal' }, people: 1 }]);
});
