// The calls about flows, who is inside, messages, and looking ahead.
import { z } from 'zod';
import { ruleSchema } from '../contacts/rule.ts';
import { calendarSchema, type Calendar } from '../calendar/calendars.ts';
import { durationSchema, keySchema, outletIdSchema } from '../fields.ts';
import { flowSchema, idSchema, messageSchema, type Message } from '../flow/flow.ts';
import { LARGEST_FLOW_FILE } from '../flow/limits.ts';
import { MOST_COMPARED } from '../flow/overlap.ts';
import { RESUME_CHOICES, type Overdue } from '../flow/resuming.ts';
import { removedChoiceSchema } from '../flow/removed.ts';
import type { Problem } from '../problem.ts';
import type { Text } from '../text.ts';
import { backtestPlanSchema, type BacktestResult } from '../simulation/backtest.ts';
import { coverPlanSchema, type CoverResult } from '../simulation/cover.ts';
import { publishPreviewPlanSchema, type PublishPreview } from '../simulation/publish-preview.ts';
import { whyQuestionSchema, type Why } from '../simulation/why.ts';
import { checkPlanSchema, checksSchema, type Check, type CheckReport } from '../simulation/checks.ts';
import { tryPlanSchema, type TryResult } from '../simulation/try.ts';
import { simulationPlanSchema, type SimulationResult } from '../simulation/simulation.ts';
import { call } from './call.ts';
import type { ContactInFlow, EnrollmentRow, ErrorRow, FailingStep, Dealt, FlowRow, FlowDetail, FlowCounts, LineEntry, Overlap } from './answers.ts';

const nothing = z.strictObject({});
const flowId = z.strictObject({ flow: z.int() });
const people = z.strictObject({ flow: z.int(), enrollments: z.array(z.int()).max(10_000).nullable().default(null), step: idSchema.nullable().default(null) });

export const flowsCalls = {
  'flows.list': call(nothing).returns<FlowRow[]>(),
  'flows.create': call(z.strictObject({ name: z.string().min(1).max(200) })).returns<{ id: number }>(),
  'flows.get': call(flowId).returns<FlowDetail>(),
  /** Refused when `revision` is not the one last read: two windows cannot overwrite each other (FAULTS F49). */
  'flows.saveDraft': call(z.strictObject({ flow: z.int(), draft: flowSchema, revision: z.int() })).returns<{ revision: number; savedAt: number }>(),
  'flows.problems': call(flowId).returns<Problem[]>(),
  /** How many contacts match more than one of these ways of a branch, and some of them, each with the ways that they match (FEATURES D22). A newer question of the same screen takes the place of the one before. */
  'flows.overlap': call(z.strictObject({ screen: z.string().min(1).max(60).optional(), ways: z.array(z.strictObject({ id: outletIdSchema, rule: ruleSchema })).max(MOST_COMPARED) })).returns<Overlap>(),
  /** How many contacts meet the draft's triggers already and would be let in (FEATURES D8). */
  'flows.existingMatches': call(flowId).returns<{ count: number }>(),
  /**
   * `removed`: what becomes of those at steps that are gone or switched off (FEATURES D2); they go on at the next step otherwise.
   * `backfill`: who has passed new steps in the last days goes through those alone. `existing`: those who meet its triggers already come in too, evenly over a time or (without `over`) at once;
   * answers how many that are. `keep`: all who are inside stay on the version that they follow until they leave, or until
   * `enrollments.follow`; closing date, conditions of entry and priority are the new ones for them, too; `kept` says how many follow the one that was live. Then nothing can be said about removed steps.
   */
  'flows.publish': call(flowId.extend({ existing: z.strictObject({ over: durationSchema.optional() }).optional(), removed: z.array(removedChoiceSchema).max(1000).optional(), backfill: z.strictObject({ days: z.int().min(1).max(3650) }).optional(), keep: z.boolean().optional() })).returns<{ version: number; existing: number; backfilled: number; kept: number; warnings: Problem[] }>(),
  /** How many have passed the places where the draft has new steps, in the last so many days, and could still go through those steps alone (FEATURES D3). */
  'flows.backfillable': call(flowId.extend({ days: z.int().min(1).max(3650).default(30) })).returns<{ count: number; steps: { step: string; title: Text; people: number }[] }>(),
  /** Nobody comes in any more, those inside finish; then the flow is paused or archived. `end` null: it takes people in as before. */
  'flows.drain': call(flowId.extend({ end: z.enum(['pause', 'archive']).nullable().default('pause') })).returns<{ inside: number }>(),
  'flows.pause': call(flowId).returns<null>(),
  /** `overdue`: what becomes of what fell due during the pause; `flows.overdue` counts it. */
  'flows.resume': call(z.strictObject({ flow: z.int(), overdue: z.enum(RESUME_CHOICES).default('rule') })).returns<null>(),
  'flows.overdue': call(flowId).returns<Overdue>(),
  'flows.remove': call(flowId).returns<null>(),
  'flows.counts': call(flowId).returns<FlowCounts>(),
  /** By step, how many different people have been there: the counts are of passes, and somebody may pass a step more than once (FEATURES D30). Read beside everything else; it takes a moment where many have come. */
  'flows.people': call(flowId).returns<Record<string, number>>(),
  'flows.waiting': call(z.strictObject({ flow: z.int(), step: idSchema, limit: z.int().min(1).max(500).default(100) })).returns<(ContactInFlow & { contact: number; email: string | null })[]>(),
  'flows.enroll': call(z.strictObject({ flow: z.int(), contacts: z.array(z.int()).max(100_000).nullable().default(null), rule: ruleSchema.nullable().default(null) })).returns<{ enrolled: number; skipped: number }>(),

  /** A flow's people: inside by who is due first, or those who have left by who left last. */
  'enrollments.list': call(z.strictObject({ flow: z.int(), step: idSchema.nullable().default(null), state: z.enum(['inside', 'active', 'held', 'failed', 'left', 'finished', 'exited']).default('inside'), offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) })).returns<{ total: number; rows: EnrollmentRow[] }>(),
  /** By hand, with some of those inside, or with everybody at a step. `skipped`: of whom it could not be asked. A step that only the live version has takes whoever is on an earlier one over to it. */
  'enrollments.move': call(people.extend({ to: idSchema })).returns<Dealt>(),
  /** Only out of steps that wait, or that failed; `outlet` null: by the last way out, which is the time-out's where there is one. */
  'enrollments.skip': call(people.extend({ outlet: z.string().max(60).nullable().default(null) })).returns<Dealt>(),
  /** Out, and in again from the first step as a passage of its own. */
  'enrollments.restart': call(people).returns<Dealt>(),
  'enrollments.remove': call(people.extend({ reason: z.string().max(200).default('') })).returns<Dealt>(),
  /** Those whose step failed; without anybody named, all of them. */
  'enrollments.retry': call(people).returns<Dealt>(),

  /** From earlier versions, on which they were kept, over to the live one; without anybody named, all of them. They go on at the step where they are, or (it is gone or switched off) at the next; `removed` says otherwise for such steps, as on publishing (FEATURES D2). */
  'enrollments.follow': call(people.extend({ removed: z.array(removedChoiceSchema).max(1000).optional() })).returns<Dealt>(),

  /** Who is to come into a flow later, in their order: whoever is due first, then those who wait until the passage that they are in has ended. */
  'line.list': call(z.strictObject({ flow: z.int(), offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) })).returns<{ total: number; rows: LineEntry[] }>(),
  /** Takes these out of the line, or (`entries` null) all; they come in again when they are let in anew. */
  'line.remove': call(z.strictObject({ flow: z.int(), entries: z.array(z.int()).max(10_000).nullable() })).returns<{ removed: number }>(),

  /** People whose step has failed, of one flow or of all, or of one step, the latest first; `steps` counts them by step. What is done with them are the `enrollments` calls. */
  'errors.list': call(z.strictObject({ flow: z.int().nullable().default(null), step: idSchema.nullable().default(null), offset: z.int().min(0).default(0), limit: z.int().min(0).max(500).default(100) })).returns<{ total: number; people: number; rows: ErrorRow[]; steps: FailingStep[] }>(),

  'flows.importFile': call(z.strictObject({ text: z.string().max(LARGEST_FLOW_FILE), fileName: z.string().max(1000) })).returns<{ id: number; created: { messages: string[]; attributes: string[]; topics: string[] } }>(),
  'flows.exportFile': call(flowId).returns<{ text: string }>(),

  /** Runs the executor on a copy of the workspace in memory; progress comes as `simulation` events. One at a time: a new one stops the one before. */
  'simulations.run': call(simulationPlanSchema).returns<SimulationResult>(),
  /** What a flow would have done with what has really happened: a copy is put back to a past instant, and all of it happens again. */
  'simulations.backtest': call(backtestPlanSchema).returns<BacktestResult>(),
  /** A small set of invented contacts that walks every way through a flow, and the ways that nobody can be found for. */
  'simulations.cover': call(coverPlanSchema).returns<CoverResult>(),
  /** One contact, real or invented, through a flow: step by step, with chosen reactions. */
  'simulations.try': call(tryPlanSchema).returns<TryResult>(),
  /** What publishing the draft would mean for the people inside. */
  'simulations.previewPublish': call(publishPreviewPlanSchema).returns<PublishPreview>(),
  /** Why a contact did, or did not, get a message of a flow. */
  'simulations.why': call(whyQuestionSchema).returns<Why>(),
  /** Looks in a simulation of all flows whether what must always hold does; `checks.save` says what must. */
  'simulations.check': call(checkPlanSchema).returns<CheckReport[]>(),

  'checks.list': call(nothing).returns<Check[]>(),
  'checks.save': call(z.strictObject({ checks: checksSchema })).returns<null>(),

  'simulations.stop': call(nothing).returns<null>(),

  'messages.list': call(nothing).returns<(Message & { usedBy: string[] })[]>(),
  'messages.get': call(z.strictObject({ key: z.string() })).returns<Message>(),
  'messages.save': call(messageSchema).returns<null>(),
  'messages.create': call(z.strictObject({ name: z.string().min(1).max(200) })).returns<Message>(),
  'messages.remove': call(z.strictObject({ key: z.string() })).returns<null>(),
  /** Rendered by the very code that renders for sending. `contact` null: a made-up person. */
  'messages.preview': call(z.strictObject({ message: messageSchema, contact: z.int().nullable() })).returns<{ subject: string; preheader: string; html: string; text: string; problems: Problem[] }>(),
  'messages.sendTest': call(z.strictObject({ key: z.string(), to: z.string().max(320), contact: z.int().nullable() })).returns<{ response: string }>(),

  /** The workspace's own lists of days; the countries' holidays are reckoned, `calendars.holidays` tells them by year ("YYYY-MM-DD"). */
  'calendars.list': call(nothing).returns<Calendar[]>(),
  /** `key` null: a new one. */
  'calendars.save': call(calendarSchema.extend({ key: keySchema.nullable().default(null) })).returns<{ key: string }>(),
  'calendars.remove': call(z.strictObject({ key: keySchema })).returns<null>(),
  'calendars.holidays': call(z.strictObject({ key: keySchema, year: z.int().min(1900).max(2200) })).returns<string[]>(),
} as const;
