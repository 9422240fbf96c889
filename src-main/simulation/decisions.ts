// What people decide about the cards of a simulation: nobody is there, so it is assumed, or chosen. A card that nobody decides
// times out, as it would.
import type { Flow } from '../../shared/flow/flow.ts';
import { outletsOf } from '../../shared/flow/reading.ts';
import { refuse } from '../../shared/problem.ts';
import type { Decision } from '../../shared/simulation/assumptions.ts';
import { stepType } from '../../shared/steps/index.ts';
import { say } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import type { Observe } from '../runner/wave.ts';
import { transaction } from '../store/database.ts';
import { decideTask, openTaskOf, visitsThatAsk, type AskingVisit } from '../store/tasks.ts';
import type { Workspace } from '../workspace.ts';
import { SIMULATED } from './reactions.ts';

/** What is decided about the card of a visit, and after how long; `null`: nothing. */
export type Decide = (visit: AskingVisit) => Decision | null;

export type Decisions = {
  /** Sees the steps that people take: who comes before a card will have an answer. */
  observe: Observe;
  next(): Instant | null;
  /** Decides what is due by now. */
  happen(): void;
};

type Planned = { at: Instant; visit: AskingVisit; outcome: string };

/** Cards that are open already are decided as if they had been opened now. */
export function createDecisions(workspace: Workspace, decide: Decide): Decisions {
  const planned: Planned[] = [];

  function plan(visit: AskingVisit): void {
    const decision = decide(visit);
    if (decision === null) return;
    const at = workspace.clock.now() + decision.after;
    let low = 0;
    let high = planned.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (planned[middle]!.at <= at) low = middle + 1;
      else high = middle;
    }
    planned.splice(low, 0, { at, visit, outcome: decision.outcome });
  }

  for (const visit of visitsThatAsk(workspace)) plan(visit);
  return {
    observe({ enrollment, advanced }) {
      if (enrollment.started || enrollment.stepId === null || !advanced.effects.some(({ kind }) => kind === 'openTask')) return;
      plan({ flowId: enrollment.flowId, enrollmentId: enrollment.id, contactId: enrollment.contactId, stepId: enrollment.stepId, visit: enrollment.visit });
    },
    next: () => planned[0]?.at ?? null,
    happen() {
      const now = workspace.clock.now();
      if (planned.length === 0 || planned[0]!.at > now) return;
      transaction(workspace.db, () => {
        while (planned.length > 0 && planned[0]!.at <= now) {
          const { visit, outcome } = planned.shift()!;
          const card = openTaskOf(workspace, visit);
          // Whoever has left meanwhile has no card any more.
          if (card !== null && card.outcomes.some(({ id }) => id === outcome)) decideTask(workspace, card.id, outcome, '', SIMULATED);
        }
      });
    },
  };
}

/** Refuses decisions about steps that are no tasks of the flow, and outcomes that they do not have. */
export function refuseUnknownDecisions(flow: Flow, chosen: Readonly<Record<string, readonly string[]>>): void {
  for (const [id, outcomes] of Object.entries(chosen)) {
    const step = flow.steps.find((each) => each.id === id);
    if (step === undefined || stepType(step.type)?.asksPeople !== true) refuse('no-task', say('The flow has no task “{step}”, so nothing can be decided there.', { step: id }), { step: id });
    const known = outletsOf(flow, step).slice(0, -1).map((outlet) => outlet.id);
    const unknown = outcomes.find((outcome) => !known.includes(outcome));
    if (unknown !== undefined) refuse('outcome-unknown', say('The task has no outcome {outcome}. Choose one of: {outcomes}.', { outcome: unknown, outcomes: known.join(', ') }), { step: id });
  }
}
