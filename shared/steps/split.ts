// Divides contacts by chance. The chance is a stable hash, so a repeated run and a simulation choose the same way
// (FEATURES D17), and changed shares only concern those who come later. A control group is kept out of all that follows, each of
// its contacts in every passage (A3.9): only it tells what they would have done anyway.
import { z } from 'zod';
import { choiceField, numberField, sharesField, type Share } from '../fields.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { defineStep, type FactRequest } from './step.ts';

/** The way of the control group, and the reason with which it leaves the flow where nothing follows that way. */
const CONTROL = 'control';
export const CONTROL_GROUP = 'control-group';

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
    control: numberField({
      label: say('Control group'),
      help: say('So many of a hundred contacts get nothing of what follows, to tell what they would have done anyway; the others are divided by the shares. Whoever is in it stays in it, however often they come. 0: none.'),
      start: 0,
      min: 0,
      max: 99,
      whole: false,
      unit: say('%'),
    }),
    again: choiceField({
      label: say('Whoever comes again'),
      start: 'anew',
      options: [
        { value: 'anew', label: say('is divided anew') },
        { value: 'same', label: say('goes the same way as before') },
      ],
    }),
  }),
  outlets: ({ shares, control }) => [
    ...shares.map((share, index) => ({ id: share.id, label: labelOf(share, index) })),
    ...(control > 0 ? [{ id: CONTROL, label: say('Control group') }] : []),
  ],
  summary({ shares, control }) {
    const ways = say('{shares}', { shares: shares.map((share, index) => say('{label} {weight} %', { label: labelOf(share, index), weight: share.weight })) });
    return control > 0 ? say('{ways}; control group of {control} %', { ways, control }) : ways;
  },
  problems: ({ shares, control }) => shareProblems(control > 0 ? [...shares, { id: CONTROL, label: '', weight: 0 }] : shares),
  facts: ({ again, control }): Record<string, FactRequest> => (again === 'same' || control > 0 ? { before: { lastWay: true } } : {}),
  run({ config: { shares, again, control }, chance, contactChance, facts: { before = null } }) {
    const wasInControl = control > 0 && before === CONTROL;
    const lastShare = shares.find(({ id }) => id === before);
    // Whoever has gone one of the other ways before is not taken out of it by a control group that has grown since.
    if (wasInControl || (lastShare === undefined && contactChance * 100 < control)) return { kind: 'leave', outlet: CONTROL, otherwise: CONTROL_GROUP };
    if (again === 'anew') return { kind: 'leave', outlet: shareAt(shares, chance) };
    return { kind: 'leave', outlet: lastShare?.id ?? shareAt(shares, (contactChance * 100 - control) / (100 - control)) };
  },
});

/** The share in which a number in [0, 1) lies. */
function shareAt(shares: readonly Share[], chance: number): string {
  let rest = chance * sumOf(shares);
  for (const { id, weight } of shares) {
    rest -= weight;
    if (rest < 0) return id;
  }
  // Only rounding brings us here: the last share that anybody can get takes the contact.
  const last = shares.findLast(({ weight }) => weight > 0);
  if (last === undefined) throw new Error('A split without shares was published');
  return last.id;
}

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
