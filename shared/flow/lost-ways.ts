// Ways out that a step had and has no more: the outcome of a task, a branch. Whoever waits at the step can no longer leave by it
// (FEATURES D2, D32).
import type { Text } from '../text.ts';
import type { Flow } from './flow.ts';
import { outletsOf, titleOf } from './reading.ts';

/** By step, of those that both flows have; the labels are those of `before`. Steps that have lost none are left out. */
export function lostWays(before: Flow, now: Flow): Map<string, { title: Text; ways: Text[] }> {
  const lost = new Map<string, { title: Text; ways: Text[] }>();
  for (const step of now.steps) {
    const old = before.steps.find(({ id, type }) => id === step.id && type === step.type);
    if (old === undefined) continue;
    const ids = new Set(outletsOf(now, step).map(({ id }) => id));
    const ways = outletsOf(before, old).flatMap(({ id, label }) => (ids.has(id) ? [] : [label]));
    if (ways.length > 0) lost.set(step.id, { title: titleOf(step), ways });
  }
  return lost;
}
