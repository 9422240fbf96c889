// Moves those who are due, in waves: within one transaction it goes step by step, with the facts for all who stand at a step
// answered in one query each, until everybody waits or has left (DESIGN 3.5).
import type { Calendars } from '../../shared/calendar/calendars.ts';
import { advance, type Advanced } from '../../shared/engine/advance.ts';
import type { Enrollment, Paths, Visit } from '../../shared/engine/enrollment.ts';
import { REASON_OPTED_OUT, type Facts } from '../../shared/steps/step.ts';
import { MINUTE, type Instant } from '../../shared/time.ts';
import { knownCalendars } from '../store/calendars.ts';
import { contactZone } from '../store/contacts.ts';
import { newTally, type Tally } from '../store/counts.ts';
import { isDatabaseTrouble, savepoint, transaction } from '../store/database.ts';
import { dueEnrollments, saveEnrollments } from '../store/enrollments.ts';
import { recordEventFor } from '../store/events-of-many.ts';
import { lastEventId } from '../store/events.ts';
import { pathsOf } from '../store/paths.ts';
import { unsentAt } from '../store/outbox.ts';
import { ledgerKey, settlementReason } from '../store/planned-messages.ts';
import { readSettings } from '../store/settings.ts';
import { recordVisits } from '../store/visits.ts';
import { freeEntries, hasQueue } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';
import { backfillOf, stepsAdded } from './backfilling.ts';
import { watchFailures, type Breaker } from './breaker.ts';
import { closeCard } from './asking-people.ts';
import { applyEffects, type Asking } from './effects.ts';
import { answersFor, type Answers } from './facts.ts';
import type { StopReason } from './outbox-gates.ts';
import { stopMessage } from './outbox-settle.ts';
import { followedBy } from './following.ts';
import type { Published } from './published.ts';
import { settlePaths } from './paths.ts';
import { removedSteps, type RemovedStep } from './removed-steps.ts';

/** Reasons with which the runner lets people out; reports and timelines know them by these names. */
export const REASON_CONTACT_ERASED = 'contact-erased';

/** Why the outbox cancels a message whose recipient does not want mail (runner/outbox-gates.ts). */
const OPT_OUT_CODES: ReadonlySet<string> = new Set(['suppressed', 'consent-withdrawn'] satisfies StopReason[]);

/** Somebody on their way through a batch. `enrollment` is where they stand now; nothing of it is saved until the end. */
type Traveller = {
  enrollment: Enrollment;
  /** What they follow: the live version, or (`keptVersion`) the one that they were kept on. */
  flow: Published;
  keptVersion: number | null;
  contactExists: boolean;
  /** Where only new steps are to be gone through: which; FEATURES D3. */
  only: ReadonlySet<string> | null;
  contactZone: string | null;
  /** When they were due; what they are sent now was meant to leave then (FAULTS F14). */
  dueSince: Instant;
  /** Steps left behind in this turn. */
  passed: number;
  /** What they have come to ends the other paths of their passage. */
  endsOthers: boolean;
  failure: string | null;
};

/** Sees a step of somebody before anything of it is applied: where they stood, what was known, what comes of it. */
export type Observe = (step: { flow: Published; enrollment: Enrollment; facts: Facts; advanced: Advanced }) => void;

type Turn = { workspace: Workspace; now: Instant; lastEvent: number; workspaceZone: string; calendars: Calendars; tally: Tally; breaker: Breaker; observe: Observe | undefined; /** Of the group at hand. */ paths: ReadonlyMap<number, Paths>; /** By flow, whether somebody waits there to come in again. */ queues: Map<number, boolean> };

const NO_PATHS: Turn['paths'] = new Map();

/** Takes up to `limit` of those who are due in these flows as far as they come; answers how many there were. */
export function advanceDue(workspace: Workspace, live: ReadonlyMap<number, Published>, limit: number, observe?: Observe): number {
  return transaction(workspace.db, () => {
    const now = workspace.clock.now();
    const due = dueEnrollments(workspace, [...live.keys()], now, limit);
    if (due.length === 0) return 0;
    const turn: Turn = { workspace, now, lastEvent: lastEventId(workspace), workspaceZone: readSettings(workspace).timeZone, calendars: knownCalendars(workspace), tally: newTally(), breaker: watchFailures(workspace), observe, paths: NO_PATHS, queues: new Map() };
    const added = new Map<string, ReadonlySet<string>>();
    const travellers = due.map(({ contactZone: zone, contactExists, triggerId, keptVersion, ...enrollment }): Traveller => {
      const into = live.get(enrollment.flowId)!;
      const flow = followedBy(workspace, into, keptVersion);
      const traveller = { enrollment, flow: flow instanceof Error ? into : flow, keptVersion, contactExists, only: onlyNewSteps(workspace, enrollment.flowId, triggerId, added), contactZone: zone, dueSince: Math.min(enrollment.dueAt ?? now, now), passed: 0, endsOthers: false, failure: null };
      // An earlier version may be one that this program cannot run: that is nobody's matter but theirs who were kept on it.
      if (flow instanceof Error) fail(traveller, flow);
      return traveller;
    });
    let moving: readonly Traveller[] = travellers.filter(({ failure }) => failure === null);
    while (moving.length > 0) {
      const next: Traveller[] = [];
      for (const group of byStep(moving)) next.push(...moveGroup(turn, group));
      moving = next;
    }
    finish(turn, travellers);
    turn.tally.save(workspace);
    settlePaths(workspace, travellers);
    turn.breaker.settle();
    return due.length;
  });
}

function onlyNewSteps(workspace: Workspace, flowId: number, triggerId: string, known: Map<string, ReadonlySet<string>>): Traveller['only'] {
  const version = backfillOf(triggerId);
  if (version === null) return null;
  const key = `${flowId}:${version}`;
  const steps = known.get(key) ?? stepsAdded(workspace, flowId, version);
  known.set(key, steps);
  return steps;
}

/** Whoever goes through new steps alone is done where an old one comes. */
function endingAtOldSteps({ only, enrollment: before }: Traveller, advanced: Advanced): Advanced {
  const { stepId } = advanced.enrollment;
  if (only === null || stepId === null || stepId === before.stepId || only.has(stepId)) return advanced;
  return { ...advanced, enrollment: { ...advanced.enrollment, state: 'finished', stepId: null, started: false, dueAt: null, messageResult: null } };
}

function byStep(travellers: readonly Traveller[]): Traveller[][] {
  const groups = new Map<string, Traveller[]>();
  for (const traveller of travellers) {
    const key = `${traveller.enrollment.flowId}:${traveller.keptVersion ?? ''}:${traveller.enrollment.stepId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [traveller]);
    else group.push(traveller);
  }
  return [...groups.values()];
}

/** One step of all who stand at it; answers those who have come to another step and go on. */
function moveGroup(turn: Turn, group: readonly Traveller[]): Traveller[] {
  const { flow, keptVersion } = group[0]!;
  const stepId = group[0]!.enrollment.stepId!;
  const removed = flow.compiled.steps.has(stepId) ? undefined : removedSteps(turn.workspace, flow.flowId, keptVersion)[stepId];
  let answers: Answers;
  try {
    answers = answersFor(turn.workspace, flow.compiled, stepId, group.map(({ enrollment }) => enrollment));
  } catch (error) {
    // A question that cannot be asked fails those who stand here, and nobody else.
    for (const traveller of group) fail(traveller, error);
    return [];
  }
  turn.paths = pathsAt(turn, flow, stepId, group);
  const moved: { traveller: Traveller; advanced: Advanced }[] = [];
  for (const traveller of group) {
    try {
      const advanced = endingAtOldSteps(traveller, advanceOne(turn, flow, traveller, answers, removed));
      turn.observe?.({ flow, enrollment: traveller.enrollment, facts: answers.facts(traveller.enrollment), advanced });
      moved.push({ traveller, advanced });
    } catch (error) {
      fail(traveller, error);
    }
  }
  const version = removed?.version ?? flow.version;
  const step = flow.compiled.steps.get(stepId);
  const goingOn: Traveller[] = [];
  const visits: Visit[] = [];
  for (const { traveller, advanced } of withEffects(turn, flow, moved)) {
    const { enrollment, visit } = advanced;
    if (visit !== null) {
      visits.push(visit);
      closeCard(turn.workspace, flow, traveller.enrollment, advanced);
      if (step?.type.writes !== undefined) withdraw(turn, flow, traveller.enrollment, enrollment);
      traveller.passed++;
      if (visit.outlet !== null && step?.type.endsOthers?.(step.config, visit.outlet) === true) traveller.endsOthers = true;
    }
    traveller.enrollment = enrollment;
    if (enrollment.state !== 'active' || enrollment.dueAt === null || enrollment.dueAt > turn.now) continue;
    // Nobody runs in circles within one instant, and nobody who is told to wait is asked again at once (FAULTS I8).
    if (visit === null || traveller.passed > flow.compiled.steps.size) traveller.enrollment = { ...enrollment, dueAt: turn.now + MINUTE };
    else goingOn.push(traveller);
  }
  recordVisits(turn.workspace, flow.flowId, version, visits);
  for (const [way, alike] of Map.groupBy(visits, ({ outlet }) => outlet)) turn.tally.left(flow.flowId, stepId, way, alike.length);
  turn.breaker.passed(flow.flowId, flow.version, stepId, visits.length);
  return goingOn;
}

/** Whoever leaves a step that writes while its message waits for a slot, for the morning or for a person's decision, by a goal or an exit rule, does not get it any more. */
function withdraw({ workspace, now }: Turn, { flowId }: Published, before: Enrollment, after: Enrollment): void {
  if (!before.started || before.messageResult !== null) return;
  const planned = unsentAt(workspace, ledgerKey({ flowId, enrollmentId: before.id, stepId: before.stepId!, visit: before.visit }));
  const reason: StopReason = after.state === 'active' ? 'enrollment-moved' : 'enrollment-ended';
  if (planned !== undefined) stopMessage(workspace, { ...planned, address: null, subject: null }, 'cancelled', reason, null, now);
}

/** How those who stand at a step stand with their paths, where it can be one that waits for paths: what is gone may have been. */
function pathsAt({ workspace }: Turn, { compiled }: Published, stepId: string, group: readonly Traveller[]): Turn['paths'] {
  const step = compiled.steps.get(stepId);
  const waiting = step === undefined || step.type.forks === true || step.type.joins === true ? group.filter(({ enrollment }) => enrollment.parentId === null) : [];
  return waiting.length === 0 ? NO_PATHS : pathsOf(workspace, waiting.map(({ enrollment }) => enrollment.id));
}

function advanceOne(turn: Turn, flow: Published, traveller: Traveller, answers: Answers, removed: RemovedStep | undefined): Advanced {
  const { workspace, now, workspaceZone, calendars } = turn;
  const { enrollment } = traveller;
  const zone = contactZone({ time_zone: traveller.contactZone }, workspaceZone);
  const input = { flow: flow.compiled, enrollment, now, lastEvent: turn.lastEvent, zone, workspaceZone, calendars, facts: answers.facts(enrollment), paths: turn.paths.get(enrollment.id) };
  const leaveBecause = (reason: string): Advanced => {
    const left = advance({ ...input, exit: true });
    return { ...left, enrollment: { ...left.enrollment, exitReason: reason } };
  };
  if (!traveller.contactExists) return leaveBecause(REASON_CONTACT_ERASED);
  if (enrollment.messageResult === 'cancelled' && flow.flow.optOut === 'exit') {
    const reason = settlementReason(workspace, ledgerKey({ flowId: flow.flowId, enrollmentId: enrollment.id, stepId: enrollment.stepId!, visit: enrollment.visit }));
    if (reason !== null && OPT_OUT_CODES.has(reason)) return leaveBecause(REASON_OPTED_OUT);
  }
  const { goal, exit, exitOfTrigger, goals } = answers.about(enrollment);
  const redirect = removed?.to == null ? undefined : new Map([[enrollment.stepId!, removed.to]]);
  return advance({ ...input, goal, exit, exitOfTrigger, goals, redirect });
}

/** Applies the effects of a step; whoever cannot have theirs is left where they were, as failed, and the others go on. */
function withEffects(turn: Turn, flow: Published, moved: { traveller: Traveller; advanced: Advanced }[]): { traveller: Traveller; advanced: Advanced }[] {
  const asking = (each: { traveller: Traveller; advanced: Advanced }): Asking => {
    const { id, contactId, stepId, visit, enteredAt } = each.traveller.enrollment;
    return { enrollmentId: id, contactId, stepId: stepId!, visit, meantAt: each.traveller.dueSince, enrolledAt: enteredAt, effects: each.advanced.effects };
  };
  const apply = (some: Asking[]) => savepoint(turn.workspace.db, () => applyEffects(turn.workspace, flow.flowId, flow.version, some));
  const wanting = moved.filter(({ advanced }) => advanced.effects.length > 0);
  if (wanting.length === 0) return moved;
  try {
    apply(wanting.map(asking));
  } catch (error) {
    if (isDatabaseTrouble(error)) throw error;
    for (const each of wanting) {
      try {
        apply([asking(each)]);
      } catch (own) {
        fail(each.traveller, own);
      }
    }
  }
  for (const { traveller, advanced } of wanting) {
    for (const effect of advanced.effects) if (effect.kind === 'setAttribute' && effect.attribute === 'time_zone') traveller.contactZone = typeof effect.value === 'string' ? effect.value : null;
  }
  return moved.filter(({ traveller }) => traveller.failure === null);
}

function fail(traveller: Traveller, error: unknown): void {
  if (isDatabaseTrouble(error)) throw error;
  traveller.failure = `${traveller.enrollment.stepId}: ${error instanceof Error ? error.message : String(error)}`;
  traveller.enrollment = { ...traveller.enrollment, state: 'failed', dueAt: null };
}

/** Saves where the batch has left everybody, and records who has left their flow. */
function finish({ workspace, now, tally, breaker, queues }: Turn, travellers: readonly Traveller[]): void {
  saveEnrollments(workspace, travellers.map(({ enrollment, failure }) => ({ enrollment, leftAt: hasLeft(enrollment) ? now : null, failure })));
  for (const { enrollment, flow, failure } of travellers) if (failure !== null) breaker.failed(enrollment.flowId, flow.version, enrollment.stepId!, failure);
  // A path is no passage: its end is nobody's leaving.
  const gone = travellers.filter(({ enrollment }) => hasLeft(enrollment) && enrollment.parentId === null);
  for (const { enrollment: { flowId, contactId, state } } of gone) {
    // Whoever took a place in the line keeps it, whatever the policy says by now.
    if (!queues.has(flowId)) queues.set(flowId, hasQueue(workspace, flowId));
    if (queues.get(flowId) === true) freeEntries(workspace, flowId, contactId);
    tally.flow(flowId, state === 'finished' ? 'finished' : 'exited');
  }
  const known = gone.filter(({ contactExists }) => contactExists);
  for (const alike of Map.groupBy(known, ({ enrollment: { flowId, state, exitReason } }) => `${flowId}:${state}:${exitReason}`).values()) {
    const { flowId, state, exitReason } = alike[0]!.enrollment;
    recordEventFor(workspace, alike.map(({ enrollment: { id, contactId } }) => ({ contactId, enrollmentId: id })), { type: 'flow_left', at: now, source: 'flow', flowId, data: { end: state, reason: exitReason } });
  }
}

const hasLeft = ({ state }: Enrollment) => state === 'finished' || state === 'exited';
