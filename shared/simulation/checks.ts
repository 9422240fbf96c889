// What must always hold, over all flows together, stated by the user as data and looked at in simulations; with somebody for whom
// it does not hold, and what happened to them (FEATURES B11).
import { z } from 'zod';
import { ruleSchema } from '../contacts/rule.ts';
import { keySchema } from '../fields.ts';
import { DAY, type Instant } from '../time.ts';
import { assumptionsSchema } from './assumptions.ts';
import { daysSchema, seedSchema } from './simulation.ts';

const window = z.int().min(1).max(3650);

/** Days are so many times 24 hours, counted back from each message. */
export const checkSchema = z.discriminatedUnion('kind', [
  /** Nobody gets more than `most` messages in any `days` days. */
  z.strictObject({ kind: z.literal('mostMessages'), most: z.int().min(1).max(1000), days: window }),
  /** The message ("any": none at all) goes to nobody who has ordered within the last `days` days. */
  z.strictObject({ kind: z.literal('notToBuyers'), message: z.union([keySchema, z.literal('any')]), days: window }),
  /** Nobody who has opted out gets marketing. */
  z.strictObject({ kind: z.literal('neverAfterOptOut') }),
]);
export type Check = z.infer<typeof checkSchema>;
export const checksSchema = z.array(checkSchema).max(50);

/** `flow`: its draft runs as if it were published, with `who` let in at the beginning; `null`: only what is live. */
export const checkPlanSchema = z.strictObject({
  flow: z.int().nullable().default(null),
  who: ruleSchema.nullable().default(null),
  days: daysSchema,
  seed: seedSchema.default(1),
  assume: assumptionsSchema.prefault({}),
});
export type CheckPlan = z.infer<typeof checkPlanSchema>;

/** Something that matters for the checks. `isMarketing` is of messages. */
export type Moment = { at: Instant; what: 'sent' | 'ordered' | 'consented' | 'optedOut'; flow: number | null; message: string | null; isMarketing: boolean };

export type CounterExample = { contact: number; email: string | null; at: Instant; timeline: Moment[] };
export type CheckReport = { check: Check; holds: boolean; /** How many contacts it does not hold for. */ contacts: number; example: CounterExample | null };

/** The longest look back that these checks need, in ms. */
export function lookBack(checks: readonly Check[]): number {
  return Math.max(0, ...checks.map((check) => ('days' in check ? check.days * DAY : 0)));
}

/** The first message from `from` on that breaks a check; `null` when none does. `timeline`: of one contact, in order, also within one instant. */
export function firstBreach(check: Check, timeline: readonly Moment[], from: Instant): Moment | null {
  const isWanted = (each: Moment) => each.what === 'sent' && each.at >= from;
  switch (check.kind) {
    case 'mostMessages': {
      const sent = timeline.filter(({ what }) => what === 'sent');
      return sent.find((each, index) => isWanted(each) && index >= check.most && sent[index - check.most]!.at > each.at - check.days * DAY) ?? null;
    }
    case 'notToBuyers':
      return timeline.find((each, index) => isWanted(each) && (check.message === 'any' || check.message === each.message) && timeline.slice(0, index).some(({ what, at }) => what === 'ordered' && at > each.at - check.days * DAY)) ?? null;
    case 'neverAfterOptOut':
      return timeline.find((each, index) => isWanted(each) && each.isMarketing && timeline.slice(0, index).findLast(({ what }) => what === 'optedOut' || what === 'consented')?.what === 'optedOut') ?? null;
  }
}
