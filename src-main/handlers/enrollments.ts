// Calls about people inside flows: who they are, and what somebody does with them by hand.
import type { CheckedInput } from '../../shared/api.ts';
import { checkRemovedChoices, stepsTakenAway } from '../../shared/flow/removed.ts';
import { placeText } from '../../shared/flow/reading.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { followed } from '../runner/following.ts';
import { actOnSome, AT_ONCE, meantBy, type Act } from '../runner/people.ts';
import { published, type Published } from '../runner/published.ts';
import { removedSteps } from '../runner/removed-steps.ts';
import { keptPeople, occupiedSteps } from '../store/enrollments.ts';
import { flowVersion, keptVersions, knownFlow } from '../store/flows.ts';
import { titlesOf } from '../store/names.ts';
import { stepsOnPaths } from '../store/paths.ts';
import { allChosen, listEnrollments } from '../store/people-inside.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';

type EnrollmentCalls = 'enrollments.list' | 'enrollments.move' | 'enrollments.skip' | 'enrollments.restart' | 'enrollments.remove' | 'enrollments.retry' | 'enrollments.follow';
type Who = Pick<CheckedInput<'enrollments.restart'>, 'flow' | 'enrollments' | 'step'>;

export function enrollmentHandlers(workspace: Workspace): Pick<Handlers, EnrollmentCalls> {
  /** The flow as it runs, or as it ran until it was paused. */
  function running(id: number): Published {
    const flow = knownFlow(workspace, id);
    if (flow.state === 'archived') refuse('flow-archived', say('The flow “{name}” is archived and does not change any more.', { name: flow.name }));
    if (flow.liveVersion === null) refuse('flow-not-published', say('The flow “{name}” was never published, so nobody is in it.', { name: flow.name }));
    return published(workspace, id, flow.liveVersion);
  }

  /** A step of the draft or of a version that people follow, or one at which somebody still stands: another one is a slip. */
  function knownStep(flow: number, step: string | null): void {
    if (step === null || titlesOf(workspace, knownFlow(workspace, flow)).has(step) || occupiedSteps(workspace, flow).includes(step)) return;
    refuse('step-unknown', say('The flow that runs has no step “{step}”. Choose another one; publish first if it is new.', { step }), { step });
  }

  async function act(flow: Published, { enrollments, step }: Who, what: Act): Promise<{ done: number; skipped: number }> {
    if (enrollments === null && step === null && what.kind !== 'retry') refuse('nobody-chosen', say('Say who is meant: some of those inside, or everybody at a step.'));
    knownStep(flow.flowId, step);
    // Who is dealt with on several paths is one person.
    const dealtWith = new Set<number>();
    const leftOut = new Set<number>();
    const chosen = enrollments?.toSorted((a, b) => a - b) ?? allChosen(workspace, meantBy(what, { flow: flow.flowId, enrollments, step }));
    for (let at = 0; at === 0 || at < chosen.length; at += AT_ONCE) {
      // Between two turns somebody may have archived it, or published anew.
      const { done, skipped } = actOnSome(workspace, running(flow.flowId), { flow: flow.flowId, enrollments: chosen.slice(at, at + AT_ONCE), step }, what);
      for (const contact of done) dealtWith.add(contact);
      for (const contact of skipped) leftOut.add(contact);
      await turn();
    }
    workspace.changed('flows', 'counts', 'contacts', 'runner');
    workspace.wake();
    return { done: dealtWith.size, skipped: [...leftOut].filter((contact) => !dealtWith.has(contact)).length };
  }

  /** The steps at which somebody may stand who was kept on a version, and that the live one does not have, or has switched off. */
  function goneSince(version: number, { flowId, flow }: Published): string[] {
    const before = flowVersion(workspace, flowId, version)?.flow;
    return [...(before === undefined ? [] : stepsTakenAway(before, flow).keys()), ...Object.keys(removedSteps(workspace, flowId, version))];
  }

  return {
    'enrollments.list'({ flow, step, state, offset, limit }) {
      knownStep(flow, step);
      const titles = titlesOf(workspace, knownFlow(workspace, flow));
      const { total, rows } = listEnrollments(workspace, { flow, step, state }, offset, limit);
      const onPaths = stepsOnPaths(workspace, rows.map(({ enrollment }) => enrollment));
      const placeOf = (stepId: string | null, paths: readonly string[] = []) => {
        const title = stepId === null ? undefined : titles.get(stepId);
        return title === undefined ? null : placeText(title, paths.flatMap((each) => titles.get(each) ?? []));
      };
      return { total, rows: rows.map((each) => ({ ...each, stepName: placeOf(each.stepId, onPaths.get(each.enrollment)), onPaths: [...(onPaths.get(each.enrollment) ?? [])] })) };
    },
    'enrollments.move'({ to, ...who }) {
      const flow = running(who.flow);
      const { kept } = followed(workspace, flow, keptVersions(workspace, who.flow));
      if (![flow, ...kept].some(({ compiled }) => compiled.steps.has(to))) refuse('step-unknown', say('The flow that runs has no step “{step}”. Choose another one; publish first if it is new.', { step: to }), { step: to });
      return act(flow, who, { kind: 'move', to });
    },
    'enrollments.skip': ({ outlet, ...who }) => act(running(who.flow), who, { kind: 'skip', outlet }),
    'enrollments.restart': (who) => act(running(who.flow), who, { kind: 'restart' }),
    'enrollments.remove': ({ reason, ...who }) => act(running(who.flow), who, { kind: 'remove', reason }),
    async 'enrollments.follow'({ removed = [], ...who }) {
      const flow = running(who.flow);
      checkRemovedChoices(removed, new Set(keptVersions(workspace, who.flow).flatMap((version) => goneSince(version, flow))), flow.flow);
      // Everybody: step by step, because those at one step are found in their order, however many they are.
      const everywhere = who.enrollments === null && who.step === null;
      const steps = everywhere ? new Set(keptPeople(workspace, who.flow).flatMap(({ steps: at }) => at.map(({ step }) => step))) : [who.step];
      const sum = { done: 0, skipped: 0 };
      for (const step of steps) {
        const { done, skipped } = await act(flow, { ...who, step }, { kind: 'follow', removed });
        sum.done += done;
        sum.skipped += skipped;
      }
      return sum;
    },
    'enrollments.retry': (who) => act(running(who.flow), who, { kind: 'retry' }),
  };
}
