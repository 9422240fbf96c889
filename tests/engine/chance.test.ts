// Chance: always the same, evenly divided, and independent between steps, flows and enrollments.
import { describe, expect, it } from 'vitest';
import { chanceOf, contactChanceOf } from '../../shared/engine/chance.ts';
import { split } from '../../shared/steps/split.ts';

const COUNT = 100_000;
const ids = Array.from({ length: COUNT }, (_, index) => index + 1);

/** Pearson's test: how far counts are from being even, in relation to what chance allows. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function countBy(size: number, bucketOf: (id: number) => number): number[] {
  const counts: number[] = Array.from({ length: size }, () => 0);
  for (const id of ids) counts[bucketOf(id)]! += 1;
  return counts;
}

describe('chance', () => {
  it('is the same today as ever: stored flows depend on it', () => {
    expect(
      [chanceOf(1, 'split', 1), chanceOf(1, 'split', 2), chanceOf(2, 'split', 1), chanceOf(1, 'other', 1)].map((each) => each.toFixed(6)),
    ).toMatchInlineSnapshot(`
      [
        "0.793378",
        "0.963404",
        "0.929466",
        "0.766262",
      ]
    `);
    expect(chanceOf(3, 'a', 2 ** 40)).not.toBe(chanceOf(3, 'a', 2 ** 41));
  });

  it('is in [0, 1) and evenly spread over a hundred parts', () => {
    for (const step of ['a', 'b', 'step_17', 'x'.repeat(40)]) {
      const counts = countBy(100, (id) => {
        const chance = chanceOf(7, step, id);
        expect(chance >= 0 && chance < 1).toBe(true);
        return Math.floor(chance * 100);
      });
      // 99 degrees of freedom: beyond 170 comes by chance once in a hundred thousand.
      expect(chiSquare(counts)).toBeLessThan(170);
    }
  });

  it.each([
    ['two steps of one flow', (id: number) => [chanceOf(1, 'a', id), chanceOf(1, 'b', id)]],
    ['the same step in two flows', (id: number) => [chanceOf(1, 'a', id), chanceOf(2, 'a', id)]],
    ['a contact and the enrollment of the same number', (id: number) => [contactChanceOf(1, 'a', id), chanceOf(1, 'a', id)]],
    ['a contact at two steps', (id: number) => [contactChanceOf(1, 'a', id), contactChanceOf(1, 'b', id)]],
    ['one enrollment and the next', (id: number) => [chanceOf(1, 'a', id), chanceOf(1, 'a', id + 1)]],
  ] as const)('says nothing about %s', (_, pair) => {
    const counts = countBy(100, (id) => {
      const [one, other] = pair(id);
      return Math.floor(one! * 10) * 10 + Math.floor(other! * 10);
    });
    expect(chiSquare(counts)).toBeLessThan(170);
  });

  it('turns over about half of its bits when one bit of the id does', () => {
    let turned = 0;
    for (let bit = 0; bit < 20; bit++) {
      for (let id = 1; id <= 200; id++) {
        let difference = (chanceOf(1, 'a', id) * 2 ** 32) ^ (chanceOf(1, 'a', id ^ (1 << bit)) * 2 ** 32);
        for (; difference !== 0; difference &= difference - 1) turned++;
      }
    }
    expect(turned / (20 * 200)).toBeGreaterThan(15);
    expect(turned / (20 * 200)).toBeLessThan(17);
  });

  it('divides contacts by the shares of a split', () => {
    const config = split.config.parse({
      shares: [
        { id: 'a', weight: 10 },
        { id: 'b', weight: 0 },
        { id: 'c', weight: 90 },
      ],
    });
    const taken = { a: 0, b: 0, c: 0 };
    for (const id of ids) {
      const outcome = split.run({
        config,
        now: 0,
        enteredAt: 0,
        entering: true,
        zone: 'UTC',
        workspaceZone: 'UTC',
        facts: {},
        messageResult: null,
        chance: chanceOf(1, 's', id),
        contactChance: 0,
      });
      if (outcome.kind === 'leave') taken[outcome.outlet as 'a'] += 1;
    }
    expect(taken.b).toBe(0);
    expect(taken.a / COUNT).toBeCloseTo(0.1, 2);
    expect(taken.a + taken.c).toBe(COUNT);
  });
});
