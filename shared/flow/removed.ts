// What becomes of those who stand at a step that a new version does not have, or has switched off (FEATURES D2, FAULTS F45).
import { z } from 'zod';
import { refuse } from '../problem.ts';
import { say, type Text } from '../text.ts';
import type { Flow } from './flow.ts';
import { idSchema } from './flow.ts';
import { titleOf } from './reading.ts';

/** `next`: on at the next step that is left, which is what happens to whomever nothing is said of; `exit`: out of the flow. */
export const removedChoiceSchema = z.strictObject({
  step: idSchema,
  go: z.union([z.enum(['next', 'exit']), z.strictObject({ to: idSchema })]),
});
export type RemovedChoice = z.infer<typeof removedChoiceSchema>;

/** Throws a ProblemError when a choice is about a step that is not among those taken away, or sends people to one that the flow does not have. */
export function checkRemovedChoices(choices: readonly RemovedChoice[], gone: ReadonlySet<string>, now: Flow): void {
  for (const { step, go } of choices) {
    if (!gone.has(step)) refuse('step-not-removed', say('The step “{step}” is not taken away, so nothing has to be said about the people at it.', { step }), { step });
    if (typeof go === 'object' && !now.steps.some(({ id, disabled }) => id === go.to && disabled !== true))
      refuse('step-unknown', say('People cannot go on at “{step}”: the flow has no such step, or it is switched off. Choose another one.', { step: go.to }), { step: go.to });
  }
}

/** The steps of the version that runs which the draft does not have, or has switched off: `step` -> title and which of both. */
export function stepsTakenAway(before: Flow, now: Flow): Map<string, { title: Text; disabled: boolean }> {
  const left = new Map(now.steps.map((step) => [step.id, step]));
  const gone = before.steps.filter((step) => {
    const still = left.get(step.id);
    return still === undefined || (still.disabled === true && step.disabled !== true);
  });
  return new Map(gone.map((step) => [step.id, { title: titleOf(step), disabled: left.has(step.id) }]));
}
