// Test contacts that walk every way through a flow, invented by the program; and the ways that nobody can be found for (FEATURES B10).
import { z } from 'zod';
import type { AttributeValue } from '../contacts/contact.ts';
import type { EnrollmentState } from '../engine/enrollment.ts';
import type { Text } from '../text.ts';
import { versionSchema } from './simulation.ts';

export const coverPlanSchema = z.strictObject({ flow: z.int(), version: versionSchema.default('draft') });
export type CoverPlan = z.infer<typeof coverPlanSchema>;

/** A way out of a step; `to` null: out of the flow. */
export type CoveredWay = { step: string; outlet: string; label: Text; to: string | null; /** The contacts that go this way, by their places in the list. */ by: number[] };

/** A contact to make, and what must be done with it for it to go its way. */
export type TestContact = {
  values: Record<string, AttributeValue>;
  tags: string[];
  /** Channels, and topics as "email:topic". */
  consent: string[];
  segments: string[];
  /** What happened to it before it came in, and happens while it is inside. */
  before: string[];
  happens: string[];
  /** By message: what it does with it. */
  messages: Record<string, string>;
  /** By task: what somebody decides. */
  decide: Record<string, string>;
  /** By split: the share that falls to it; chance decides in life, here it was chosen. */
  chance: Record<string, string>;
  went: { step: string; outlet: string }[];
  end: { state: EnrollmentState; reason: string | null };
};

/** `contradiction`: why nobody can ever go this way; `null`: nobody was found, which proves nothing. */
export type RedWay = { step: string; outlet: string; label: Text; contradiction: Text | null };

/** Somebody unusual: nothing filled in, born on 29 February, living fourteen hours ahead, coming in before the clock skips an hour. */
export type OddContact = { what: Text; went: { step: string; outlet: string }[]; end: { state: EnrollmentState; reason: string | null; failure: string | null } | null };

export type CoverResult = { flow: number; name: string; ways: CoveredWay[]; contacts: TestContact[]; red: RedWay[]; odd: OddContact[]; /** How many invented contacts were tried. */ tried: number; /** Whether no smaller set of those tried does it. */ smallest: boolean };
