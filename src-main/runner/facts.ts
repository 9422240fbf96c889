// Answers what steps and flows ask about contacts: for all who stand at a step, in one query for each question.
import type { Rule } from '../../shared/contacts/rule.ts';
import { factsNeeded, mayPull, type CompiledFlow, type CompiledGoal } from '../../shared/engine/compiled.ts';
import type { Enrollment } from '../../shared/engine/enrollment.ts';
import type { Fact, FactRequest, Facts } from '../../shared/steps/step.ts';
import { waitUntil } from '../../shared/steps/wait-until.ts';
import { attributeValuesFor } from '../store/contacts.ts';
import { letInBy } from '../store/enrollments.ts';
import { entryEvents, firstEvents } from '../store/event-match.ts';
import { answerForContacts, answerForEnrollments } from '../store/rules.ts';
import { taskAnswers } from '../store/tasks.ts';
import { haveVisited, lastLeft, lastWays } from '../store/visits.ts';
import type { Workspace } from '../workspace.ts';

export type Answers = {
  /** What the step asked. */
  facts(enrollment: Enrollment): Facts;
  /** Whether the flow's goal and its exit rule are met, and to which goals below the contact is pulled; undefined where the flow has none. */
  about(enrollment: Enrollment): { goal: boolean | undefined; exit: boolean | undefined; exitOfTrigger: boolean; goals: readonly string[] | undefined };
};

const NO_FACTS: Facts = {};

/** Asks everything that is to be known before these enrollments are advanced at their step. Throws when a rule cannot be asked. */
export function answersFor(workspace: Workspace, flow: CompiledFlow, stepId: string, enrollments: readonly Enrollment[]): Answers {
  const ids = enrollments.map(({ id }) => id);
  const ask = (rule: Rule | null) => (rule === null ? null : answerForEnrollments(workspace, rule, ids));
  const goal = ask(flow.goal);
  const exit = ask(flow.exit);
  const leaving = leavingBy(workspace, flow.exits, ids);
  const below = goalsMet(workspace, flow.goalsBelow.get(stepId) ?? [], ids);
  const answers = Object.entries(factsNeeded(flow, stepId)).map(([name, request]): [string, (enrollment: Enrollment) => Fact] => {
    if ('rule' in request) {
      const met = answerForEnrollments(workspace, request.rule, ids);
      return [name, ({ id }) => met.has(id)];
    }
    if ('firstEvent' in request) {
      const first = firstOf(workspace, request, enrollments, flow.key);
      return [name, ({ id }) => first.get(id) ?? null];
    }
    if ('taskAnswer' in request) {
      const decided = taskAnswers(workspace, enrollments.map(({ id, flowId, visit }) => ({ enrollmentId: id, flowId, stepId, visit })));
      return [name, ({ id }) => decided.get(id) ?? null];
    }
    if ('lastWay' in request) {
      const ways = lastWays(workspace, stepId, enrollments);
      return [name, ({ contactId }) => ways.get(contactId) ?? null];
    }
    if ('passedClock' in request) {
      const clocks = [...flow.steps.values()].filter(({ type, config }) => type === waitUntil && config['until'] === 'time').map(({ id }) => id);
      const passed = lastLeft(workspace, clocks, enrollments);
      return [name, ({ id }) => passed.get(id) ?? null];
    }
    const values = attributeValuesFor(workspace, enrollments.map(({ contactId }) => contactId), request.attribute);
    return [name, ({ contactId }) => values.get(contactId) ?? null];
  });
  return {
    facts: (enrollment) => (answers.length === 0 ? NO_FACTS : Object.fromEntries(answers.map(([name, answer]) => [name, answer(enrollment)]))),
    about: (enrollment) => {
      const { id } = enrollment;
      return { goal: goal?.has(id), exit: exit?.has(id), exitOfTrigger: leaving.has(id), goals: below.get(id)?.filter((each) => mayPull(flow, enrollment, each)) };
    },
  };
}

/** Those of these enrollments who leave because they meet what their trigger says. */
function leavingBy(workspace: Workspace, exits: CompiledFlow['exits'], ids: readonly number[]): ReadonlySet<number> {
  const leaving = new Set<number>();
  for (const [trigger, rule] of exits) {
    const letIn = letInBy(workspace, trigger, ids);
    if (letIn.length > 0) for (const id of answerForEnrollments(workspace, rule, letIn)) leaving.add(id);
  }
  return leaving;
}

/** To which goals each of these enrollments is pulled; one to which it has come already pulls nobody a second time (FEATURES D18). */
function goalsMet(workspace: Workspace, goals: readonly CompiledGoal[], ids: readonly number[]): Map<number, string[]> {
  const met = new Map<number, string[]>();
  for (const { stepId, rule } of goals) {
    const found = answerForEnrollments(workspace, rule, ids);
    if (found.size === 0) continue;
    const passed = haveVisited(workspace, stepId, [...found]);
    for (const id of found) if (!passed.has(id)) met.set(id, [...(met.get(id) ?? []), stepId]);
  }
  return met;
}

function firstOf(workspace: Workspace, { firstEvent, since }: Extract<FactRequest, { firstEvent: unknown }>, enrollments: readonly Enrollment[], key: string | null) {
  const ofEnrollment = since === 'enrollment';
  const entries = ofEnrollment ? entryEvents(workspace, enrollments.map(({ id }) => id)) : null;
  const waiting = enrollments.map(({ id, contactId, flowId, enteredAt, stepEnteredAt, stepAfterEvent }) => ({
    enrollmentId: id,
    contactId,
    flowId,
    since: ofEnrollment ? enteredAt : stepEnteredAt,
    afterEvent: entries === null ? stepAfterEvent : (entries.get(id) ?? 0),
  }));
  return firstEvents(workspace, firstEvent, waiting, ofEnrollment, key);
}

/** Those of some contacts who meet a rule. */
export function contactsMeeting(workspace: Workspace, rule: Rule, contactIds: readonly number[]): ReadonlySet<number> {
  return answerForContacts(workspace, rule, contactIds);
}
