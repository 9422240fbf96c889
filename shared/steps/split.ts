// Divides contacts by chance. The chance is a stable hash, so a repeated run and a simulation choose the same way
// (FEATURES D17), and changed shares only concern those who come later.
import { z } from 'zod';
import { sharesField, type Share } from '../fields.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { defineStep } from './step.ts';

export const split = defineStep({
  type: 'split',
  family: 'logic',
  icon: 'split',
  label: say('Split'),
  help: say('Divides contacts by chance, in shares that you set, to compare two ways or to keep some contacts out.'),
  config: z.strictObject({
    shares: sharesField({
      label: say('Shares'),
      help: say('In percent; together 100.'),
      required: true,
      start: [
        { id: 'a', label: 'A', weight: 50 },
        { id: 'b', label: 'B', weight: 50 },
      ],
    }),
  }),
  outlets: ({ shares }) => shares.map((share, index) => ({ id: share.id, label: labelOf(share, index) })),
  summary: ({ shares }) =>
    say('{shares}', {
      shares: shares.map((share, index) => say('{label} {weight} %', { label: labelOf(share, index), weight: share.weight })),
    }),
  problems: ({ shares }) => shareProblems(shares),
  run({ config: { shares }, chance }) {
    let rest = chance * sumOf(shares);
    for (const { id, weight } of shares) {
      rest -= weight;
      if (rest < 0) return { kind: 'leave', outlet: id };
    }
    // Only rounding brings us here: the last share that anybody can get takes the contact.
    const last = shares.findLast(({ weight }) => weight > 0);
    if (last === undefined) throw new Error('A split without shares was published');
    return { kind: 'leave', outlet: last.id };
  },
});

function sumOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { weight }) => sum + weight, 0);
}

function labelOf({ label }: Share, index: number): Text {
  return label.trim() === '' ? say('Share {number}', { number: index + 1 }) : say('{label}', { label });
}

function shareProblems(shares: readonly Share[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  shares.forEach(({ id }, index) => {
    if (seen.has(id)) {
      problems.push(
        problem('outlet-twice', say('Two ways out are both named “{id}” in the file. Each needs its own id.', { id }), {
          field: `shares.${index}.id`,
        }),
      );
    }
    seen.add(id);
  });
  const sum = Math.round(sumOf(shares) * 1e6) / 1e6;
  if (shares.length > 0 && sum !== 100) {
    problems.push(problem('shares-not-100', say('The shares add up to {sum} %, not 100 %.', { sum }), { field: 'shares' }));
  }
  return problems;
}
