// Moves one contact by one step. No clock, no chance, no I/O: what it needs is given, what it wants done comes back as data.
import type { Calendars } from '../calendar/calendars.ts';
import { JOINED } from '../steps/parallel.ts';
import { NEXT, type Effect, type Facts, type Outcome, type StepInput } from '../steps/step.ts';
import type { Instant } from '../time.ts';
import { chanceOf, contactChanceOf } from './chance.ts';
import type { CompiledFlow, CompiledStep } from './compiled.ts';
import { cameTo, type Enrollment, type Paths, type Visit } from './enrollment.ts';

/** Reasons with which an enrollment ends other than by its steps; reports and timelines know them by these names. */
export const REASON_GOAL = 'goal';
export const REASON_EXIT_RULE = 'exit-rule';
const REASON_LEFT_SEGMENT = 'left-segment';
export const REASON_STEP_REMOVED = 'step-removed';
export const REASON_VISIT_CAP = 'visit-cap';

/** Whoever has made so many visits, beyond one to each step, goes round and round: a daily loop of three steps for nine years (FEATURES D19). */
export const MOST_VISITS = 10_000;

/** The "outlet" of a visit that ended because its step is gone and its people were sent elsewhere. */
export const MOVED = 'moved';

/** The "outlet" of a visit that ended because its contact was pulled forward to a goal. */
export const PULLED = 'goal';

export type AdvanceInput = {
  flow: CompiledFlow;
  enrollment: Enrollment;
  /** The answers to `factsNeeded(flow, enrollment.stepId)`. */
  facts: Facts;
  now: Instant;
  /** The id of the last event that is recorded by now. */
  lastEvent: number;
  /** IANA zone of the contact, or the workspace's where the contact has none. */
  zone: string;
  workspaceZone: string;
  /** The workspace's calendars; left out: only the countries' holidays are known. */
  calendars?: Calendars;
  /** Whether the contact meets the flow's goal; left out where it has none. */
  goal?: boolean;
  /** Whether the contact meets the flow's exit rule; left out where it has none. */
  exit?: boolean;
  /** Whether the contact meets that of the trigger which has let them in (FEATURES D20). */
  exitOfTrigger?: boolean;
  /** The steps of the goals below that the contact meets and has not come to in this passage, the furthest down first. */
  goals?: readonly string[];
  /** Where the passage was divided; left out: it was not, or this is a path itself. */
  paths?: Paths;
  /** Where people go on whose step is gone: removed step -> step. Whoever is not told leaves the flow. */
  redirect?: ReadonlyMap<string, string>;
};

/** `visit` is the stay that ended, if one did. Effects belong to the visit that the enrollment was in before. */
export type Advanced = { enrollment: Enrollment; visit: Visit | null; effects: readonly Effect[] };

const NO_EFFECTS: readonly Effect[] = [];

/**
 * One step of one active enrollment: it waits, goes on to the next step (where it has not been run yet, due at once), or is
 * out. Throws an Error when the enrollment is not active, or when a step leaves by an outlet that it has not declared.
 */
export function advance(input: AdvanceInput): Advanced {
  const { flow, enrollment, now } = input;
  if (enrollment.state !== 'active' || enrollment.stepId === null)
    throw new Error(`Enrollment ${enrollment.id} is ${enrollment.state} and cannot advance`);
  if (input.goal === true) return leaveFlow(enrollment, now, 'finished', REASON_GOAL, NO_EFFECTS);
  if (input.exit === true) return leaveFlow(enrollment, now, 'exited', REASON_EXIT_RULE, NO_EFFECTS);
  if (input.exitOfTrigger === true) return leaveFlow(enrollment, now, 'exited', REASON_LEFT_SEGMENT, NO_EFFECTS);

  const step = flow.steps.get(enrollment.stepId);
  if (enrollment.parentId !== null) {
    if (enrollment.visit === 1) return goOn(input, step?.next.has(enrollment.path) === true ? enrollment.path : MOVED, step?.next.get(enrollment.path) ?? null, NO_EFFECTS);
    if (step?.type.joins === true) return comeTo(step.id, enrollment, now, JOINED, NO_EFFECTS);
    if (step?.type.forks === true) throw new Error('A path cannot be divided again');
  } else if (input.paths?.fork === enrollment.visit) return atFork(input, input.paths, step);
  if (step === undefined) {
    const target = input.redirect?.get(enrollment.stepId);
    if (target === undefined || !flow.steps.has(target)) return leaveFlow(enrollment, now, 'exited', REASON_STEP_REMOVED, NO_EFFECTS);
    return goOn(input, MOVED, target, NO_EFFECTS);
  }

  const pulledTo = input.goals?.[0];
  if (pulledTo !== undefined) return goOn(input, PULLED, pulledTo, NO_EFFECTS);

  const outcome = outcomeOf(step, input);
  const effects = outcome.effects ?? NO_EFFECTS;
  switch (outcome.kind) {
    case 'wait':
      return { enrollment: { ...enrollment, started: true, dueAt: outcome.until }, visit: null, effects };
    case 'exit':
      return leaveFlow(enrollment, now, 'exited', outcome.reason, effects);
    case 'leave': {
      const to = step.next.get(outcome.outlet);
      if (to === undefined && !step.disabled) throw new Error(`Step "${step.id}" left by "${outcome.outlet}", which it has not declared`);
      if (to != null && enrollment.visit >= MOST_VISITS + flow.steps.size) return leaveFlow(enrollment, now, 'exited', REASON_VISIT_CAP, effects);
      // A path on which nothing follows has simply been gone.
      if (to == null && outcome.otherwise !== undefined && enrollment.parentId === null) return leaveFlow(enrollment, now, 'exited', outcome.otherwise, effects, outcome.outlet);
      return goOn(input, outcome.outlet, to ?? null, effects);
    }
  }
}

/** Where the passage was divided it waits for its paths, whatever has become of the step meanwhile. */
function atFork(input: AdvanceInput, { open, cameTo: join }: Paths, step: CompiledStep | undefined): Advanced {
  const pulledTo = step === undefined ? undefined : input.goals?.[0];
  if (pulledTo !== undefined) return goOn(input, PULLED, pulledTo, NO_EFFECTS);
  if (join !== null && input.flow.steps.has(join)) return goOn(input, JOINED, join, NO_EFFECTS);
  if (open === 0) return goOn(input, JOINED, null, NO_EFFECTS);
  return { enrollment: { ...input.enrollment, dueAt: null }, visit: null, effects: NO_EFFECTS };
}

function outcomeOf(step: CompiledStep, input: AdvanceInput): Outcome {
  // A disabled step that people have begun to wait at lets them go, too; one without a way out ends there.
  if (step.disabled) return { kind: 'leave', outlet: step.next.keys().next().value ?? NEXT };
  return step.type.run(new InputOfStep(step, input));
}

/** What a step is asked with. A class, because an object with getters of its own takes longer to make than most steps to run. */
class InputOfStep implements StepInput<CompiledStep['config']> {
  readonly config;
  readonly now;
  readonly enteredAt;
  readonly entering;
  readonly zone;
  readonly workspaceZone;
  readonly calendars;
  readonly paths;
  readonly facts;
  readonly messageResult;
  readonly optOutEnds;
  readonly #stepId;
  readonly #enrollment;

  constructor(step: CompiledStep, { flow, enrollment, facts, now, zone, workspaceZone, calendars, paths }: AdvanceInput) {
    this.config = step.config;
    this.now = now;
    this.enteredAt = enrollment.stepEnteredAt + enrollment.stepShift;
    this.entering = !enrollment.started;
    this.zone = zone;
    this.workspaceZone = workspaceZone;
    this.calendars = calendars;
    this.paths = paths;
    this.facts = facts;
    this.messageResult = enrollment.messageResult;
    this.optOutEnds = flow.optOutEnds;
    this.#stepId = step.id;
    this.#enrollment = enrollment;
  }

  // Few steps ask.
  get chance(): number {
    return chanceOf(this.#enrollment.flowId, this.#stepId, this.#enrollment.id);
  }

  get contactChance(): number {
    return contactChanceOf(this.#enrollment.flowId, this.#stepId, this.#enrollment.contactId);
  }
}

function visitOf(enrollment: Enrollment, now: Instant, outlet: string | null): Visit {
  const { id, visit, stepId, stepEnteredAt } = enrollment;
  return { enrollmentId: id, visit, stepId: stepId as string, enteredAt: stepEnteredAt, leftAt: now, outlet };
}

/** To the next step, or out by an end of the flow. */
function goOn({ flow, enrollment, now, lastEvent }: AdvanceInput, outlet: string, to: string | null, effects: readonly Effect[]): Advanced {
  if (to !== null && enrollment.parentId !== null && flow.steps.get(to)?.type.joins === true) return comeTo(to, enrollment, now, outlet, effects);
  const visit = visitOf(enrollment, now, outlet);
  if (to === null) return { enrollment: { ...enrollment, ...OUTSIDE, state: 'finished' }, visit, effects };
  return {
    enrollment: {
      ...enrollment,
      stepId: to,
      stepEnteredAt: now,
      stepShift: 0,
      stepAfterEvent: lastEvent,
      started: false,
      dueAt: now,
      visit: enrollment.visit + 1,
      messageResult: null,
    },
    visit,
    effects,
  };
}

/** A path ends at a join: from there the passage itself goes on. */
function comeTo(join: string, enrollment: Enrollment, now: Instant, outlet: string, effects: readonly Effect[]): Advanced {
  return { enrollment: { ...enrollment, ...OUTSIDE, state: 'finished', exitReason: cameTo(join) }, visit: visitOf(enrollment, now, outlet), effects };
}

function leaveFlow(
  enrollment: Enrollment,
  now: Instant,
  state: 'finished' | 'exited',
  exitReason: string,
  effects: readonly Effect[],
  outlet: string | null = null,
): Advanced {
  return { enrollment: { ...enrollment, ...OUTSIDE, state, exitReason }, visit: visitOf(enrollment, now, outlet), effects };
}

const OUTSIDE = { stepId: null, started: false, dueAt: null, messageResult: null } as const;
