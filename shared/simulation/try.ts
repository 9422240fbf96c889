// Trying a flow with one contact, real or invented: step by step, waits skipped, with the values, the way taken and why, and the
// message as it would have been (FEATURES B1).
import { z } from 'zod';
import { attributeValueSchema, CHANNELS, type AttributeValue } from '../contacts/contact.ts';
import { keySchema, outletIdSchema } from '../fields.ts';
import { idSchema } from '../flow/flow.ts';
import type { EnrollmentState } from '../engine/enrollment.ts';
import type { Effect } from '../steps/step.ts';
import type { Text } from '../text.ts';
import type { Instant } from '../time.ts';
import type { Explained } from './explained.ts';
import { versionSchema } from './simulation.ts';

const inventedSchema = z.strictObject({
  values: z.record(z.string(), attributeValueSchema).default({}),
  tags: z.array(z.string().min(1).max(200)).max(100).default([]),
  consent: z.array(z.enum(CHANNELS)).default(['email']),
});
export type Invented = z.infer<typeof inventedSchema>;

/** What the contact does with a message: about an hour after it came, in this order. */
const chosenSchema = z.strictObject({ opened: z.boolean().default(false), clicked: z.boolean().default(false), ordered: z.boolean().default(false), optedOut: z.boolean().default(false) });
export type Chosen = z.infer<typeof chosenSchema>;

export const tryPlanSchema = z.strictObject({
  flow: z.int(),
  version: versionSchema.default('draft'),
  contact: z.union([z.int(), inventedSchema]),
  /** By the message's key; a message that is not named is not touched. */
  choose: z.record(keySchema, chosenSchema).default({}),
  /** By the id of a task: the outcome that somebody chooses, an hour after the card was opened; the others time out. */
  decide: z.record(idSchema, outletIdSchema).default({}),
  /** For how long at the most. */
  days: z.int().min(1).max(3660).default(730),
});
export type TryPlan = z.infer<typeof tryPlanSchema>;

export type TriedMessage = { message: string; at: Instant; state: 'sent' | 'cancelled' | 'held'; reason: string | null; subject: string; html: string; text: string };

export type TriedStep = {
  step: string;
  type: string;
  title: Text;
  at: Instant;
  leftAt: Instant;
  /** `null`: the contact left the flow here. */
  outlet: string | null;
  outletLabel: Text | null;
  /** The contact's values and tags when it left the step, before the step changed any. */
  values: Record<string, AttributeValue>;
  tags: string[];
  /** The rules that were asked here, by name (the outlet of a branch; "goal" and "exit" of the flow). */
  why: { name: string; rule: Explained }[];
  effects: readonly Effect[];
  message: TriedMessage | null;
};

export type TryResult = {
  contact: { id: number; email: string | null; invented: boolean };
  /** Why the contact may not come in: the audience of the flow, or a goal that it meets already; `null` when it came in. */
  keptOut: Explained | null;
  steps: TriedStep[];
  /** More steps than are listed were taken. */
  cutOff: boolean;
  /** `message`: one that waits for a person's decision, and keeps the contact at its step. */
  end: { state: EnrollmentState; reason: string | null; stepId: string | null; at: Instant; failure: string | null; message: TriedMessage | null } | null;
};
