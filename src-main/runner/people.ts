// What a person does with people inside a flow: moves them, skips their wait, has them begin anew, takes them out, tries a step
// again that failed, brings them over to the live version. Each leaves a visit, an event and an entry in the audit, and takes
// back what was planned to be sent.
import { CLOSED_MOVED } from '../../shared/contacts/task.ts';
import { MOVED, REASON_STEP_REMOVED } from '../../shared/engine/advance.ts';
import { enroll } from '../../shared/engine/enroll.ts';
import { cameTo } from '../../shared/engine/enrollment.ts';
import { messagesSentBy } from '../../shared/flow/references.ts';
import { stepOf } from '../../shared/flow/reading.ts';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { waitsAt } from '../../shared/steps/step.ts';
import { newTally, type Tally } from '../store/counts.ts';
import { transaction } from '../store/database.ts';
import { insertEnrollment, wakeVisits } from '../store/enrollments.ts';
import { lastEventId, recordEvent } from '../store/events.ts';
import { chosenInside, endPassage, followLive, lookAgain, openPathsOf, personInside, placeAt, someInside, tryAgain, type Chosen, type Person } from '../store/people-inside.ts';
import { cancelPlannedOf, ledgerKey, replacePlannedOf } from '../store/planned-messages.ts';
import { recordAudit } from '../store/runner-state.ts';
import { closeTaskOf } from '../store/tasks.ts';
import { recordVisits } from '../store/visits.ts';
import { freeEntries, leaveLineOf } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';
import { backfillOf } from './backfilling.ts';
import { followedBy } from './following.ts';
import { published, type Published } from './published.ts';
import { removedSteps, type RemovedStep } from './removed-steps.ts';

/** Reasons with which people leave by somebody's hand; reports and timelines know them by these names. */
const REASON_REMOVED = 'removed-by-hand';
export const REASON_RESTARTED = 'restarted';

/** `skip`: leave the wait, or the step that failed, by an outlet; `null`: by the last one, which is that of the time-out where there is one. `follow`: the live version, from an earlier one; `removed`: what becomes of those whose step that one does not have, or has switched off. */
export type Act = { kind: 'move'; to: string } | { kind: 'follow'; removed?: readonly RemovedChoice[] } | { kind: 'skip'; outlet: string | null } | { kind: 'restart' } | { kind: 'remove'; reason: string } | { kind: 'retry' };

/** So many are to be dealt with in one transaction, so that nobody waits long for it. */
export const AT_ONCE = 500;

/** Contacts: who goes several ways at once may be named more than once. */
export type Dealt = { done: number[]; skipped: number[] };

/** Whom an act is about, of those whom a person means: who has failed is tried again, who was kept is brought over. */
export function meantBy(act: Act, chosen: Chosen): Chosen {
  return { ...chosen, failedOnly: act.kind === 'retry', keptOnly: act.kind === 'follow' && chosen.enrollments === null };
}

/**
 * Deals with those chosen, in one transaction. Skipped are those of whom it cannot be asked: who does not wait cannot skip a wait.
 */
export function actOnSome(workspace: Workspace, flow: Published, chosen: Chosen, act: Act): Dealt {
  return transaction(workspace.db, () => {
    const people = chosenInside(workspace, meantBy(act, chosen));
    const tally = newTally();
    const scene = { workspace, flow, removed: new Map(), tally, over: new Set<number>() };
    const done: Person[] = [];
    const skipped: Person[] = [];
    for (const person of people) (actOn(scene, person, act) ? done : skipped).push(person);
    tally.save(workspace);
    const contacts = done.map(({ contactId }) => contactId);
    if (done.length > 0) recordAudit(workspace, 'user', `people-${act.kind}`, { flow: flow.flowId, enrollments: done.map(({ id }) => id), people: new Set(contacts).size, ...act });
    return { done: contacts, skipped: skipped.map(({ contactId }) => contactId) };
  });
}

/** `flow` is the live version; `removed`, by the version that people were kept on, what is gone from it: read where it is asked for. */
type Scene = { workspace: Workspace; flow: Published; removed: Map<number | null, Readonly<Record<string, RemovedStep>>>; tally: Tally; /** Passages that have been dealt with as a whole. */ over: Set<number> };
type Exit = Omit<Scene, 'flow'> & { flow: Pick<Published, 'flowId' | 'version'>; /** Who lets them out: a person, unless told. */ source?: string };

/** Lets out the next of all who are inside, in the transaction at hand; answers true when nobody is left. */
export function letSomeOut(workspace: Workspace, flow: Exit['flow'], reason: string, source = 'user'): boolean {
  return letOut(workspace, flow, null, reason, source) < AT_ONCE;
}

/** Lets out those of these enrollments who are inside, some at a time where nobody is named; answers how many it let out. Joins the transaction at hand. */
export function letOut(workspace: Workspace, flow: Exit['flow'], enrollments: readonly number[] | null, reason: string, source = 'user'): number {
  const people = enrollments === null ? someInside(workspace, flow.flowId, AT_ONCE) : chosenInside(workspace, { flow: flow.flowId, enrollments, step: null });
  const tally = newTally();
  const exit = { workspace, flow, removed: new Map(), tally, source, over: new Set<number>() };
  for (const person of people) leave(exit, person, 'exited', reason);
  tally.save(workspace);
  return people.length;
}

/** Sends everybody who follows the live version from a step on to another, or (`null`) out of the flow for `reason`. Joins the transaction at hand. */
export function sendOn(workspace: Workspace, { flowId, version }: Exit['flow'], step: string, to: string | null, reason: string): void {
  const tally = newTally();
  const scene = { workspace, flow: published(workspace, flowId, version), removed: new Map(), tally, over: new Set<number>() };
  for (const person of chosenInside(workspace, { flow: flowId, enrollments: null, step })) {
    if (scene.over.has(passageOf(person)) || person.keptVersion !== null) continue;
    if (to === null) leave(scene, person, 'exited', reason);
    else moveTo(scene, person, MOVED, to, 'moved');
  }
  tally.save(workspace);
}

/** Ends passages as wholes, as one of their paths has ended; those that have ended already stay so. Joins the transaction at hand. */
export function endPassages(workspace: Workspace, flow: Exit['flow'], passages: readonly number[], end: 'finished' | 'exited', reason: string): void {
  const tally = newTally();
  const exit = { workspace, flow, removed: new Map(), tally, source: 'flow', over: new Set<number>() };
  for (const person of chosenInside(workspace, { flow: flow.flowId, enrollments: passages, step: null })) leave(exit, person, end, reason);
  tally.save(workspace);
}

/** Ends the paths of a passage that are still being gone, but for one. Joins the transaction at hand. */
export function endPaths(workspace: Workspace, flow: Exit['flow'], passage: number, reason: string, except?: number): void {
  const tally = newTally();
  endOpenPaths({ workspace, flow, removed: new Map(), tally, source: 'flow', over: new Set<number>() }, passage, reason, except);
  tally.save(workspace);
}

function endOpenPaths(scene: Exit, passage: number, reason: string, except?: number): void {
  for (const path of openPathsOf(scene.workspace, passage)) {
    if (path.id === except) continue;
    endVisit(scene, path, null, reason);
    endPassage(scene.workspace, path, 'exited', reason);
  }
}

function actOn(scene: Scene, person: Person, act: Act): boolean {
  // Whose passage was dealt with as a whole is done, on every path.
  if (scene.over.has(passageOf(person))) return true;
  switch (act.kind) {
    case 'move':
      return moveByHand(scene, person, act.to);
    case 'follow':
      return follow(scene, person, act.removed ?? []);
    case 'skip': {
      const step = versionOf(scene, person)?.compiled.steps.get(person.stepId);
      const outlet = act.outlet ?? (step === undefined ? undefined : [...step.next.keys()].at(-1));
      if (step === undefined || (!waitsAt(step.type, step.config) && person.state !== 'failed') || outlet === undefined || !step.next.has(outlet)) return false;
      // Who is let past a goal has not reached it.
      return moveTo(scene, person, step.type.pulls === undefined ? outlet : MOVED, step.next.get(outlet)!, 'skipped');
    }
    case 'restart':
      if (backfillOf(person.triggerId) !== null) return false;
      leave(scene, person, 'exited', REASON_RESTARTED);
      if (person.contactExists) beginAnew(scene, person);
      return true;
    case 'remove':
      // Nothing more comes to them from it: they are not to be let in again by the place that they have in line.
      leaveLineOf(scene.workspace, scene.flow.flowId, person.contactId, person.parallelKey);
      leave(scene, person, 'exited', act.reason.trim() === '' ? REASON_REMOVED : act.reason.trim());
      return true;
    case 'retry':
      tryAgain(scene.workspace, person);
      note(scene, person, 'retried', person.stepId);
      return true;
  }
}

function passageOf({ id, parentId }: Person): number {
  return parentId ?? id;
}

/** To a step of the version that somebody follows; one that only the live version has takes them over to that. */
function moveByHand(scene: Scene, person: Person, to: string): boolean {
  const { workspace, flow } = scene;
  if (versionOf(scene, person)?.compiled.steps.has(to) === true) return moveTo(scene, person, MOVED, to, 'moved');
  if (person.keptVersion === null || !flow.compiled.steps.has(to)) return false;
  const passage = passageOf(person);
  moveTo(scene, person.parentId === null ? person : personInside(workspace, passage)!, MOVED, to, 'moved', flow);
  followLive(workspace, passage);
  return true;
}

/**
 * From an earlier version over to the live one, with all paths: their steps are looked at as publishing looks at those that have
 * changed. Of those that are gone or switched off a choice may say more than "at the next": out, or on at another step, as a whole
 * (FEATURES D1, D2).
 */
function follow(scene: Scene, person: Person, choices: readonly RemovedChoice[]): boolean {
  const { workspace, flow } = scene;
  if (person.keptVersion === null) return false;
  const passage = passageOf(person);
  const whole = person.parentId === null ? person : personInside(workspace, passage)!;
  const paths = openPathsOf(workspace, passage);
  for (const each of paths.length > 0 ? paths : [whole]) {
    const step = flow.compiled.steps.get(each.stepId);
    const go = step === undefined || step.disabled ? choices.find((choice) => choice.step === each.stepId)?.go : undefined;
    if (go === undefined || go === 'next') continue;
    if (go === 'exit') leave(scene, whole, 'exited', REASON_STEP_REMOVED);
    else moveTo(scene, whole, MOVED, go.to, 'moved', flow);
    followLive(workspace, passage);
    return true;
  }
  for (const each of [whole, ...paths]) {
    const step = flow.compiled.steps.get(each.stepId);
    const isRemade = step !== undefined && step.type !== versionOf(scene, each)?.compiled.steps.get(each.stepId)?.type;
    const isGone = step === undefined || step.disabled || isRemade;
    const visit = { flowId: flow.flowId, enrollmentId: each.id, stepId: each.stepId, visit: each.visit };
    const message = isGone ? undefined : messagesSentBy(stepOf(flow.flow, each.stepId))[0];
    if (isGone) cancelPlannedOf(workspace, ledgerKey(visit), REASON_STEP_REMOVED);
    else if (message !== undefined) replacePlannedOf(workspace, ledgerKey(visit), message, flow.version);
    // Another kind of step knows of no card.
    if (isRemade) closeTaskOf(workspace, visit, REASON_STEP_REMOVED, 'flow');
    // Who waits at a join for paths is due at no time, and waits perhaps for fewer now.
    lookAgain(workspace, each, isGone || step.type.joins === true);
  }
  followLive(workspace, passage);
  scene.over.add(passage);
  note(scene, whole, 'followed', whole.stepId);
  return true;
}

/** The version that somebody follows; `undefined` when this program cannot run it. */
function versionOf({ workspace, flow }: Scene, { keptVersion }: Person): Published | undefined {
  const found = followedBy(workspace, flow, keptVersion);
  return found instanceof Error ? undefined : found;
}

function removedFrom({ workspace, flow, removed }: Exit, keptVersion: number | null): Readonly<Record<string, RemovedStep>> {
  let found = removed.get(keptVersion);
  if (found === undefined) removed.set(keptVersion, (found = removedSteps(workspace, flow.flowId, keptVersion)));
  return found;
}

/** Ends the visit by an outlet, and puts somebody at another step of a version; `null`: there the way ends. Whoever is moved off their path is moved as a whole. */
function moveTo(scene: Scene, person: Person, outlet: string, to: string | null, what: string, into: Published = versionOf(scene, person)!): boolean {
  const { workspace } = scene;
  const { steps, paths } = into.compiled;
  if (person.parentId === null) {
    if (to === null) {
      leave(scene, person, 'finished', null, outlet);
      return true;
    }
    endOpenPaths(scene, person.id, CLOSED_MOVED);
    scene.over.add(person.id);
  } else if (to === null || steps.get(to)?.type.joins === true) {
    endVisit(scene, person, outlet, CLOSED_MOVED);
    endPassage(workspace, person, 'finished', to === null ? null : cameTo(to));
    wakeVisits(workspace, [person.parentId]);
    note(scene, person, what, to ?? person.stepId);
    return true;
  } else if (outlet === MOVED && (paths.get(to) === undefined || paths.get(to) !== paths.get(person.stepId))) {
    return moveTo(scene, personInside(workspace, person.parentId)!, outlet, to, what, into);
  }
  endVisit(scene, person, outlet, CLOSED_MOVED);
  placeAt(workspace, person, to, lastEventId(workspace));
  note(scene, person, what, to);
  return true;
}

/** Ends a passage through the flow with all its paths: an exit with its reason, or (`finished`) by a way that ends. */
function leave(scene: Exit, one: Person, end: 'finished' | 'exited', reason: string | null, outlet: string | null = null): void {
  const { workspace, flow, tally, source = 'user', over } = scene;
  const passage = passageOf(one);
  const person = one.parentId === null ? one : personInside(workspace, passage);
  if (over.has(passage) || person === undefined) return;
  over.add(passage);
  endOpenPaths(scene, passage, reason ?? CLOSED_MOVED);
  endVisit(scene, person, outlet, reason ?? CLOSED_MOVED);
  endPassage(workspace, person, end, reason);
  freeEntries(workspace, flow.flowId, person.contactId);
  tally.flow(flow.flowId, end);
  if (person.contactExists) {
    recordEvent(workspace, { contactId: person.contactId, type: 'flow_left', at: workspace.clock.now(), source, flowId: flow.flowId, enrollmentId: person.id, data: { end, reason } });
  }
}

/** What was planned at the step is not sent any more; what is on its way ends by itself. A card is closed for `reason`. */
function endVisit(scene: Exit, { id, visit, stepId, stepEnteredAt, keptVersion }: Person, outlet: string | null, reason: string): void {
  const { workspace, flow, tally } = scene;
  const { flowId } = flow;
  const removed = removedFrom(scene, keptVersion);
  // A step that is gone was last in an earlier version (FAULTS I4).
  const version = Object.hasOwn(removed, stepId) ? removed[stepId]!.version : (keptVersion ?? flow.version);
  recordVisits(workspace, flowId, version, [{ enrollmentId: id, visit, stepId, enteredAt: stepEnteredAt, leftAt: workspace.clock.now(), outlet }]);
  tally.left(flowId, stepId, outlet);
  cancelPlannedOf(workspace, ledgerKey({ flowId, enrollmentId: id, stepId, visit }), 'enrollment-moved');
  closeTaskOf(workspace, { flowId, enrollmentId: id, stepId, visit }, reason, 'user');
}

/** A passage of its own, so that what happened in the one before does not count in it. */
function beginAnew({ workspace, flow, tally }: Scene, { contactId, triggerId, parallelKey }: Person): void {
  const now = workspace.clock.now();
  const { id: _, ...fresh } = enroll({ flow: flow.compiled, flowId: flow.flowId, id: 0, contactId, now, lastEvent: lastEventId(workspace) });
  const id = insertEnrollment(workspace, { ...fresh, entryKey: '', parallelKey, triggerId });
  if (id === null) throw new Error(`Contact ${contactId} is in flow ${flow.flowId} twice`);
  recordEvent(workspace, { contactId, type: 'flow_entered', at: now, source: 'user', flowId: flow.flowId, enrollmentId: id, data: { trigger: triggerId } });
  tally.flow(flow.flowId, 'entered');
}

function note({ workspace, flow }: Exit, { id, contactId, contactExists, stepId }: Person, what: string, to: string): void {
  if (!contactExists) return;
  recordEvent(workspace, { contactId, type: 'flow_moved', at: workspace.clock.now(), source: 'user', flowId: flow.flowId, enrollmentId: id, data: { what, from: stepId, to } });
}
