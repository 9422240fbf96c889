// What publishing a draft would mean for the people inside the flow: both versions on a copy each, side by side (FEATURES B2).
import { z } from 'zod';
import { durationSchema } from '../fields.ts';
import { removedChoiceSchema } from '../flow/removed.ts';
import type { Text } from '../text.ts';
import type { Instant } from '../time.ts';

export const publishPreviewPlanSchema = z.strictObject({ flow: z.int(), days: z.int().min(1).max(60).default(7), /** What becomes of those at steps that are taken away. */ removed: z.array(removedChoiceSchema).max(1000).default([]), /** Those inside stay on the version that they follow. */ keep: z.boolean().optional(), /** Those who match its triggers already come in too, evenly over a time or (without `over`) at once. */ existing: z.strictObject({ over: durationSchema.optional() }).optional(), /** Who has gone past new steps in the last days goes through those alone. */ backfill: z.strictObject({ days: z.int().min(1).max(3650) }).optional() });
export type PublishPreviewPlan = z.infer<typeof publishPreviewPlanSchema>;

/** When people leave the step they stand at: at once, before the workspace's next midnight, within the days looked at, or not by then. */
export type Leaving = { now: number; today: number; within: number; later: number };

export type PreviewedStep = {
  step: string;
  title: Text;
  /** Who stands there now, and goes on in the draft: somebody who goes several ways at once stands at several steps. */
  people: number;
  /** The draft has no such step. `to` is where they go on; `null`: they leave the flow. */
  removed: boolean;
  to: { step: string; title: Text } | null;
  /** Ways out that the draft has no more: nobody who waits here will go them. */
  lostWays: Text[];
  /** With the version that runs, and with the draft. */
  before: Leaving;
  after: Leaving;
};

/** Somebody who would get a message again because of the draft, and would not without it. */
export type Twice = { contact: number; email: string | null; message: string; at: Instant };

/** Who matches already, how many of them come in within the days looked at, and what they are sent in these. */
export type ExistingEntries = { people: number; entered: number; messages: { message: string; count: number }[] };

/** Who goes through the new steps alone, and what they are sent within the days looked at. */
export type BackfillEntries = { people: number; messages: { message: string; count: number }[] };

/** Nobody is supposed to react to anything; only those who are inside now are counted, and those who match already apart from them. */
export type PublishPreview = {
  flow: number;
  /** The version that runs; `null`: it was never published, so nobody is inside. */
  live: number | null;
  from: Instant;
  until: Instant;
  /** Contacts who are inside, each counted once; and how many of them stand at several of the steps below. */
  people: number;
  atSeveral: number;
  /** `null`: nobody asked for them. */
  existing: ExistingEntries | null;
  /** `null`: nobody asked for it. */
  backfill: BackfillEntries | null;
  /** Who stays on which earlier version, the newest first. */
  kept: { version: number; people: number }[];
  /** In the order of the flow, then those that are gone from it. */
  steps: PreviewedStep[];
  /** Messages that leave for them within the days looked at. */
  messages: { message: string; before: number; after: number }[];
  /** `count`: people, each counted once. */
  twice: { count: number; first: Twice[] };
};
