// A simulation: what is to be simulated, and what came of it. It runs the real executor on a copy of the workspace in memory,
// on a virtual clock, with channels that only record (DESIGN 3.8, FEATURES B1).
import { z } from 'zod';
import { ruleSchema } from '../contacts/rule.ts';
import type { Instant } from '../time.ts';
import { assumptionsSchema } from './assumptions.ts';

/** The draft is simulated as if it were published now. */
export const versionSchema = z.enum(['draft', 'live']);
export type SimulatedVersion = z.infer<typeof versionSchema>;

export const daysSchema = z.int().min(1).max(730);
export const seedSchema = z.int().min(0).max(2 ** 31 - 1);

export const simulationPlanSchema = z.strictObject({
  flow: z.int(),
  version: versionSchema.default('draft'),
  /** Who comes in at the beginning, besides those whom the flow's triggers let in while time passes. `null`: nobody else. */
  who: ruleSchema.nullable().default(null),
  days: daysSchema,
  seed: seedSchema.default(1),
  assume: assumptionsSchema.prefault({}),
  /** How many contacts are listed with what they got. */
  listed: z.int().min(0).max(1000).default(100),
});
export type SimulationPlan = z.infer<typeof simulationPlanSchema>;

/** How far a simulation has come. `at` is the virtual instant. */
export type SimulationProgress = { day: number; days: number; at: Instant };

/** Passes through a step within the simulated time; `waiting` stand there at its end. */
export type SimulatedStep = { entered: number; waiting: number; left: Record<string, number>; sent: number; stopped: number };

export type SimulatedDay = {
  /** "YYYY-MM-DD" in the workspace's zone. */
  day: string;
  entered: number;
  sent: number;
  /** Messages that did not leave, or wait for a person's decision. */
  stopped: number;
  opened: number;
  clicked: number;
  ordered: number;
  /** Messages of all other flows on the same day. */
  sentByOthers: number;
  /** How many came to each step on this day. */
  steps: Record<string, number>;
};

/** How messages ended: sent, cancelled or held, and the reason code where there is one. */
export type SimulatedOutcome = { message: string; step: string; state: 'sent' | 'cancelled' | 'held'; reason: string | null; count: number };

export type Receiver = { contact: number; email: string | null; got: { message: string; step: string; at: Instant; opened: boolean; clicked: boolean; ordered: boolean }[] };

/** What one account would send, by day, all flows together; an account takes so many a day and no more. */
export type AccountLoad = { account: number; name: string; days: { day: string; sent: number }[] };

/** Somebody who had had enough mail: `later` had to wait for room, `cancelled` did not get it, `held` waits for a person. */
export type MetCap = { contact: number; email: string | null; message: string; at: Instant; state: 'cancelled' | 'held' | 'later' };

/** Everything a simulation has found; the same plan, workspace and start give the same bytes of JSON. */
export type SimulationResult = {
  flow: number;
  name: string;
  version: SimulatedVersion;
  seed: number;
  from: Instant;
  until: Instant;
  /** `skipped`: chosen, but kept out by the entry policy or the audience. `insideBefore`: were in the flow already. */
  people: { chosen: number; skipped: number; insideBefore: number; entered: number; inside: number; finished: number; exited: number; failed: number };
  /** How passages ended: `end` for the end of the flow, else the reason of the exit. */
  ends: { reason: string; count: number }[];
  steps: Record<string, SimulatedStep>;
  days: SimulatedDay[];
  outcomes: SimulatedOutcome[];
  /** Messages that had to wait, each counted once for each reason: quiet hours, a slot of the frequency cap. */
  putOff: { reason: string; count: number }[];
  /** Nothing where no account is set up. */
  accounts: AccountLoad[];
  /** `contacts`: how many met the frequency cap; the first of them are listed. */
  caps: { contacts: number; first: MetCap[] };
  /** How many contacts got exactly so many messages of this flow, by that number. */
  messagesPerContact: Record<string, number>;
  receivers: Receiver[];
  /** Whether more contacts got something than are listed. */
  moreReceivers: number;
};
