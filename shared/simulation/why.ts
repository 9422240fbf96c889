// Why a contact did, or did not, get a message: the chain of decisions with the values at that time, and for a "no" the first
// rule that failed and by how much (FEATURES B5). What the history does not tell is said to be not known.
import { z } from 'zod';
import { keySchema } from '../fields.ts';
import type { Text } from '../text.ts';
import type { Instant } from '../time.ts';
import type { Explained } from './explained.ts';

export const whyQuestionSchema = z.strictObject({ contact: z.int(), flow: z.int(), message: keySchema });
export type WhyQuestion = z.infer<typeof whyQuestionSchema>;

/**
 * The states of the ledger, where the message was asked for. Else: `not-sent-here` (no step of the flow sends it),
 * `never-entered`, `left-before` (left the flow on the way to it), `other-way` (a step led elsewhere), `on-the-way`.
 */
export type WhyAnswer = 'planned' | 'claimed' | 'handed' | 'sent' | 'failed' | 'unknown' | 'held' | 'cancelled' | 'not-sent-here' | 'never-entered' | 'left-before' | 'other-way' | 'on-the-way';

export type PassedStep = { step: string; title: Text; version: number; at: Instant; leftAt: Instant; outlet: string | null; outletLabel: Text | null };

export type Why = {
  answer: WhyAnswer;
  /** The code of the outbox, the reason of the exit; of those on the way "flow-paused", "held", "failed"; of those who never came in "flow-not-published", "audience", "no-trigger". */
  reason: string | null;
  /** When it was decided, or is due. */
  at: Instant | null;
  /** The step at which it was decided. */
  step: string | null;
  passage: { enrollment: number; trigger: string; enteredAt: Instant; state: string } | null;
  steps: PassedStep[];
  /** The rules that decided, with the values of that time. */
  rules: { name: string; rule: Explained }[];
  /** The first condition that failed on the way to the message. */
  failing: Explained | null;
  /** What was on record about e-mail at that time, where consent decided. */
  consent: { state: string; source: string; at: Instant } | null;
  /** False: the history does not tell everything that would have to be known. */
  certain: boolean;
};
