// What publishing, pausing and archiving a flow does to the people inside it, in one transaction with the change itself.
import { REASON_STEP_REMOVED } from '../../shared/engine/advance.ts';
import { exitsOf } from '../../shared/engine/compiled.ts';
import type { Flow, Message, Step } from '../../shared/flow/flow.ts';
import { messagesSentBy } from '../../shared/flow/references.ts';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { stepType } from '../../shared/steps/index.ts';
import { transaction } from '../store/database.ts';
import { keepInside, occupiedSteps, wakeStep } from '../store/enrollments.ts';
import { flowRecord, flowVersion, publishVersion, setFlowState } from '../store/flows.ts';
import { endHearing, forgetDates } from '../store/hearings.ts';
import { cancelPlanned, prioritizePlanned, replacePlanned } from '../store/planned-messages.ts';
import { recordAudit } from '../store/runner-state.ts';
import { closeTasksAt } from '../store/tasks.ts';
import { dropWaitingEntries } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';
import { noteKept } from './following.ts';
import { beginHearing, stopHearing } from './listening.ts';
import { followSegments } from './memberships.ts';
import { letSomeOut, sendOn } from './people.ts';
import { keepRemoved, rememberRemoved } from './removed-steps.ts';

const REASON_ARCHIVED = 'flow-archived';

/**
 * Makes a flow, which has no errors, the live version with these messages. People who wait at a step that has changed are
 * looked at again (FEATURES D1), and what they wait for a step to send is what it sends now (D26); those at a step that is gone go on at the next that is left (D2), and what was planned to be
 * sent from it, or from one that is switched off, is cancelled. `choices` say otherwise for steps that are gone or switched off: on at a certain step, or out. In a paused
 * flow they go on when it is resumed. With `keep` nobody is touched: all who are inside stay on the version that they follow until
 * they leave (A14.6). Nobody is taken in for what happened before (D8). Answers the version's number.
 */
export function publish(workspace: Workspace, flowId: number, flow: Flow, messages: readonly Message[], choices: readonly RemovedChoice[] = [], keep = false): number {
  return transaction(workspace.db, () => {
    const { liveVersion: live, state, drain } = flowRecord(workspace, flowId)!;
    const before = live === null ? undefined : flowVersion(workspace, flowId, live);
    if (keep && before !== undefined) keepPeople(workspace, flowId, before.number);
    const version = publishVersion(workspace, flowId, flow, messages);
    if (before !== undefined && before.flow.priority !== flow.priority) prioritizePlanned(workspace, flowId);
    if (before !== undefined && keep) rememberRemoved(workspace, flowId, { flow: before.flow, version: before.number }, flow);
    else if (before !== undefined) settlePeople(workspace, flowId, { flow: before.flow, version: before.number }, { flow, version }, choices);
    if (state !== 'paused' && drain === null) beginHearing(workspace, flowId, version, flow, before?.flow ?? null);
    followSegments(workspace);
    recordAudit(workspace, 'user', 'flow-published', { flow: flowId, version, ...(choices.length > 0 && { removed: choices }), ...(keep && before !== undefined && { kept: before.number }) });
    return version;
  });
}

/** Whoever follows the version that is live follows it still when another one is. Those kept earlier stay where they are. */
function keepPeople(workspace: Workspace, flowId: number, version: number): void {
  keepInside(workspace, flowId, version);
  keepRemoved(workspace, flowId, version);
  noteKept(workspace, flowId, version);
}

type Version = { flow: Flow; version: number };

/** Of those who follow the live version. */
function settlePeople(workspace: Workspace, flowId: number, before: Version, { flow: now, version }: Version, choices: readonly RemovedChoice[]): void {
  const removed = rememberRemoved(workspace, flowId, before, now, choices);
  const meanings = new Map(before.flow.steps.map((step) => [step.id, meaningOf(step)]));
  const changed = new Set(now.steps.filter((step) => meanings.get(step.id) !== meaningOf(step)).map(({ id }) => id));
  // Who meets a new goal, or a new exit rule, does not wait for the end of their wait.
  const isAnotherAim = JSON.stringify(aimsOf(before.flow)) !== JSON.stringify(aimsOf(now));
  // Who waits at a join for paths is due at no time, and waits perhaps for fewer now.
  const joins = new Set(now.steps.filter(({ type }) => stepType(type)?.joins === true).map(({ id }) => id));
  // A step that is switched off, or another kind of step by now, does no more what people wait for.
  const kinds = new Map(before.flow.steps.map((step) => [step.id, step]));
  const others = new Set(now.steps.filter((step) => doesNoMore(kinds.get(step.id), step)).map(({ id }) => id));
  const remade = new Set(now.steps.filter(({ id, type }) => kinds.has(id) && kinds.get(id)!.type !== type).map(({ id }) => id));
  const written = new Map(now.steps.map((step) => [step.id, messagesSentBy(step)[0]]));
  for (const stepId of occupiedSteps(workspace, flowId)) {
    const isGone = Object.hasOwn(removed, stepId) || others.has(stepId);
    const message = written.get(stepId);
    if (isGone) cancelPlanned(workspace, flowId, stepId, REASON_STEP_REMOVED);
    else if (message !== undefined && changed.has(stepId)) replacePlanned(workspace, flowId, stepId, message, version);
    // The card of a step that is gone or switched off closes as they go on; another kind of step knows of no card.
    if (remade.has(stepId)) closeTasksAt(workspace, flowId, stepId, REASON_STEP_REMOVED);
    if (isGone || changed.has(stepId) || isAnotherAim) wakeStep(workspace, flowId, stepId, isGone || joins.has(stepId));
  }
  // A step that is switched off is passed by; of those who stand at it now a person may want something else.
  for (const { step, go } of choices) {
    if (go !== 'next' && !Object.hasOwn(removed, step)) sendOn(workspace, { flowId, version }, step, go === 'exit' ? null : go.to, REASON_STEP_REMOVED);
  }
}

/** Whether a step that people may stand at does not do any more what it did. */
function doesNoMore(before: Step | undefined, now: Step): boolean {
  return before !== undefined && before.disabled !== true && (now.disabled === true || now.type !== before.type);
}

/** By what people leave, or are pulled forward, wherever they stand. */
function aimsOf(flow: Flow): unknown[] {
  return [flow.goal, flow.exit, [...exitsOf(flow)], goalsOf(flow)];
}

/** The goals at their places in the flow, as far as they decide about people above. */
function goalsOf({ steps }: Flow): string[] {
  return steps.filter(({ type }) => stepType(type)?.pulls !== undefined).map((step) => `${step.id} ${meaningOf(step)}`);
}

/** What of a step decides about people: not its title and not its note. */
function meaningOf({ type, config, disabled }: Step): string {
  return JSON.stringify([type, config, disabled === true]);
}

/** Nobody moves, nobody comes in, nothing is sent, until it is resumed. */
export function pause(workspace: Workspace, flowId: number, actor = 'user', because: Record<string, unknown> = {}): void {
  transaction(workspace.db, () => {
    endHearing(workspace, flowId);
    forgetDates(workspace, flowId);
    setFlowState(workspace, flowId, 'paused');
    recordAudit(workspace, actor, 'flow-paused', { flow: flowId, ...because });
  });
}

/**
 * Ends a flow for good, some people at a time: everybody inside leaves, what was planned is cancelled, the history stays. Call
 * it until it answers true; in between, and after a crash, the flow is paused.
 */
export function archiveSome(workspace: Workspace, flowId: number, actor = 'user'): boolean {
  return transaction(workspace.db, () => {
    const { state, liveVersion } = flowRecord(workspace, flowId)!;
    if (state === 'live') pause(workspace, flowId, actor);
    if (!letSomeOut(workspace, { flowId, version: liveVersion! }, REASON_ARCHIVED)) return false;
    cancelPlanned(workspace, flowId, null, REASON_ARCHIVED);
    stopHearing(workspace, flowId);
    dropWaitingEntries(workspace, flowId);
    setFlowState(workspace, flowId, 'archived');
    recordAudit(workspace, actor, 'flow-archived', { flow: flowId });
    return true;
  });
}
