// What becomes of those who stand at a step that a new version does not have, or has switched off (FEATURES D2, FAULTS F45).
import { z } from 'zod';
import type { Text } from '../text.ts';
import type { Flow } from './flow.ts';
import { idSchema } from './flow.ts';
import { titleOf } from './reading.ts';

/** `next`: on at the next step that is left, which is what happens to whomever nothing is said of; `exit`: out of the flow. */
export const removedChoiceSchema = z.strictObject({
  step: idSchema,
  go: z.union([z.enum(['next', 'exit']), z.strictObject({ to: idSchema })]),
});
export type RemovedChoice = z.infer<typeof removedChoiceSchema>;

/** The steps of the version that runs which the draft does not have, or has switched off: `step` -> title and which of both. */
export function stepsTakenAway(before: Flow, now: Flow): Map<string, { title: Text; disabled: boolean }> {
  const left = new Map(now.steps.map((step) => [step.id, step]));
  const gone = before.steps.filter((step) => {
    const still = left.get(step.id);
    return still === undefined || (still.disabled === true && step.disabled !== true);
  });
  return new Map(gone.map((step) => [step.id, { title: titleOf(step), disabled: left.has(step.id) }]));
}
