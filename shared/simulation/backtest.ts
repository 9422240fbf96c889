// A backtest: a flow run over what has really happened. A copy of the workspace is put back to a past instant, and from there
// everything that is on record happens again, with the flow in it (FEATURES B3).
import { z } from 'zod';
import type { Text } from '../text.ts';
import type { Instant } from '../time.ts';
import { assumptionsSchema } from './assumptions.ts';
import { seedSchema, versionSchema, type Receiver, type SimulatedDay, type SimulatedOutcome, type SimulatedStep, type SimulatedVersion } from './simulation.ts';

export const backtestPlanSchema = z.strictObject({
  flow: z.int(),
  version: versionSchema.default('draft'),
  /** Instants. `from` null: a year before the end, or where the record of events begins, whichever is later; `until` null: now. */
  from: z.int().nullable().default(null),
  until: z.int().nullable().default(null),
  seed: seedSchema.default(1),
  /** What people do with messages that they have never really had; what is assumed about orders does not count, for the real ones are known. */
  assume: assumptionsSchema.prefault({}),
  /** How many contacts are listed with what they would have got. */
  listed: z.int().min(0).max(1000).default(100),
  /** Of how many the whole way is told. */
  samples: z.int().min(0).max(50).default(5),
});
export type BacktestPlan = z.infer<typeof backtestPlanSchema>;

/** `bought`: had ordered between coming in and the instant at which the message was due, whether it left or not. */
export type BacktestMessage = { message: string; step: string; due: number; sent: number; bought: number };

/** `name`: a step with its outlet, a message with how it ended, or the type of an event. */
export type BacktestMoment = { at: Instant; kind: 'entered' | 'step' | 'message' | 'event' | 'left'; name: string; detail: string | null };
export type BacktestSample = { contact: number; email: string | null; timeline: BacktestMoment[]; /** More has happened than is told. */ cutOff: boolean };

export type BacktestResult = {
  flow: number;
  name: string;
  version: SimulatedVersion;
  seed: number;
  from: Instant;
  until: Instant;
  /** What was there at the beginning, and what has happened since, the tested flow's own doing included. */
  history: { contacts: number; contactsLater: number; events: number; orders: number };
  /** `entered`: passages; `contacts`: people. */
  people: { entered: number; contacts: number; inside: number; finished: number; exited: number; failed: number };
  ends: { reason: string; count: number }[];
  steps: Record<string, SimulatedStep>;
  days: SimulatedDay[];
  outcomes: SimulatedOutcome[];
  /** Messages that had to wait, each counted once for each reason: quiet hours, a slot of the frequency cap. */
  putOff: { reason: string; count: number }[];
  messages: BacktestMessage[];
  messagesPerContact: Record<string, number>;
  receivers: Receiver[];
  moreReceivers: number;
  samples: BacktestSample[];
  /** What the record cannot tell, and what was supposed instead. */
  limits: Text[];
};
