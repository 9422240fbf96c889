// What a simulation supposes about people: which share of those who get a message opens it, clicks, orders or opts out, and
// after how long. Who belongs to a share is a hash of the seed, the contact and the message, so it does not depend on the order
// in which anything is looked at, and two runs that differ in the flow differ in nothing else (FEATURES B1).
import { z } from 'zod';
import { chanceOf } from '../engine/chance.ts';
import { keySchema, outletIdSchema } from '../fields.ts';
import { idSchema } from '../flow/flow.ts';
import { HOUR } from '../time.ts';

const share = z.number().min(0).max(1);
const hours = z.number().min(0).max(8760);

/** Shares are of all who got the message; the hours are the median from sending on. Who orders has clicked, who clicks has opened, as far as the shares allow it. */
const assumptionSchema = z.strictObject({
  opened: share.default(0),
  openedHours: hours.default(5),
  clicked: share.default(0),
  clickedHours: hours.default(6),
  ordered: share.default(0),
  orderedHours: hours.default(24),
  optedOut: share.default(0),
});
export type Assumption = z.infer<typeof assumptionSchema>;

/** `everywhere` holds for all messages; `messages` says, by key, what is different for one. */
export const assumptionsSchema = z.strictObject({
  everywhere: assumptionSchema.prefault({}),
  messages: z.record(keySchema, z.strictObject({ opened: share, openedHours: hours, clicked: share, clickedHours: hours, ordered: share, orderedHours: hours, optedOut: share }).partial()).default({}),
  /** By step: what people decide about its cards. What the shares leave over is not decided, and times out. */
  tasks: z.record(idSchema, z.strictObject({ outcomes: z.record(outletIdSchema, share), hours: hours.default(4) })).default({}),
});
export type Assumptions = z.infer<typeof assumptionsSchema>;

/** The names of what can be assumed, for the command line. */
export const ASSUMED = Object.keys(assumptionSchema.shape) as readonly (keyof Assumption)[];

/** What a contact does with a message: ms after it was sent, or `null` for not at all. */
export type Reaction = { opened: number | null; clicked: number | null; ordered: number | null; optedOut: number | null };

/** What somebody decides about a card, so many ms after it was opened. */
export type Decision = { outcome: string; after: number };

/** What is decided about the card of a contact's `visit` to a step; `null`: nothing, so it times out. */
export function decisionOf({ tasks }: Assumptions, seed: number, contact: number, step: string, visit: number): Decision | null {
  const assumed = tasks[step];
  if (assumed === undefined) return null;
  let rest = chanceOf(seed, `simulation:task:${step}:${visit}`, contact);
  for (const [outcome, portion] of Object.entries(assumed.outcomes)) {
    rest -= portion;
    if (rest < 0) return { outcome, after: delay(assumed.hours, chanceOf(seed, `simulation:task-delay:${step}:${visit}`, contact)) };
  }
  return null;
}

/** No one is waited for longer than this: half of those who have not reacted after so long never will. */
const LONGEST = 60 * 24 * HOUR;

/**
 * What `contact` does with `message` when it gets it for the `nth` time (from 1). The delays are exponential, with the median
 * that was assumed; nobody clicks before having opened, or orders before having clicked.
 */
export function reactionOf(assumptions: Assumptions, seed: number, contact: number, message: string, nth: number): Reaction {
  const assumed = { ...assumptions.everywhere, ...assumptions.messages[message] };
  const chance = (what: string) => chanceOf(seed, `simulation:${what}:${message}:${nth}`, contact);
  const interest = chance('interest');
  const ordered = interest < assumed.ordered ? delay(assumed.orderedHours, chance('ordered')) : null;
  const clicked = interest < assumed.clicked ? delay(assumed.clickedHours, chance('clicked')) : null;
  const opened = interest < Math.max(assumed.opened, assumed.clicked) ? delay(assumed.openedHours, chance('opened')) : null;
  const click = clicked === null ? null : Math.max(clicked, opened ?? 0);
  const order = ordered === null ? null : Math.max(ordered, click ?? opened ?? 0);
  const optedOut = chance('optedOut') < assumed.optedOut ? Math.max(opened ?? 0, delay(assumed.openedHours, chance('optedOutAfter'))) : null;
  return { opened, clicked: click, ordered: order, optedOut };
}

/** Exponential: half of the people have reacted after the median. */
function delay(medianHours: number, chance: number): number {
  return Math.min(LONGEST, Math.round((-Math.log(1 - chance) / Math.LN2) * medianHours * HOUR));
}
