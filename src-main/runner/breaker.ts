// Stops a flow in which a step fails for one after the other, before it has failed for everybody (FEATURES D23).
import { withoutStep } from '../../shared/flow/reading.ts';
import { problem, type Problem } from '../../shared/problem.ts';
import { say, type Text } from '../../shared/text.ts';
import { setHalted, type Halted } from '../store/flows.ts';
import { remember, remembered } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';
import { pause } from './publishing.ts';

/** So many must have failed at a step, and so large a share of those who came by. */
const LEAST_FAILED = 25;
const SHARE = 0.2;
/** What was long ago counts less: beyond so many, both sums are halved. */
const REMEMBERED = 1000;

type Outcomes = { failed: number; passed: number };

/** Of one version, by step, since it was published or the flow was stopped; kept with the workspace, so that a restart forgets nothing. */
const keyOf = (flowId: number, version: number) => `outcomes:${flowId}:${version}`;

export type Breaker = {
  /** So many have come by. */
  passed(flowId: number, version: number, stepId: string, n: number): void;
  failed(flowId: number, version: number, stepId: string, failure: string): void;
  /** Pauses the flows in which too many have failed, and keeps the sums, in the transaction at hand. */
  settle(): void;
};

/** Watches over one turn of the runner. */
export function watchFailures(workspace: Workspace): Breaker {
  const versions = new Map<string, Map<string, Outcomes>>();
  const suspects = new Map<Outcomes, { flowId: number; version: number; stepId: string; failure: string }>();

  function ofVersion(key: string): Map<string, Outcomes> {
    let steps = versions.get(key);
    if (steps === undefined) versions.set(key, (steps = new Map(remembered<[string, Outcomes][]>(workspace, key))));
    return steps;
  }

  function of(flowId: number, version: number, stepId: string): Outcomes {
    const steps = ofVersion(keyOf(flowId, version));
    let found = steps.get(stepId);
    if (found === undefined) steps.set(stepId, (found = { failed: 0, passed: 0 }));
    if (found.failed + found.passed >= REMEMBERED) {
      found.failed /= 2;
      found.passed /= 2;
    }
    return found;
  }

  return {
    passed(flowId, version, stepId, n) {
      for (let left = n; left > 0; ) {
        const outcomes = of(flowId, version, stepId);
        // To the next halving.
        const some = Math.min(left, Math.max(1, Math.ceil(REMEMBERED - outcomes.failed - outcomes.passed)));
        outcomes.passed += some;
        left -= some;
      }
    },
    failed(flowId, version, stepId, failure) {
      const outcomes = of(flowId, version, stepId);
      outcomes.failed++;
      suspects.set(outcomes, { flowId, version, stepId, failure });
    },
    settle() {
      for (const [{ failed, passed }, { flowId, version, stepId, failure }] of suspects) {
        if (failed < LEAST_FAILED || failed < SHARE * (failed + passed)) continue;
        ofVersion(keyOf(flowId, version)).delete(stepId);
        const halted: Halted = { step: stepId, failed: Math.round(failed), failure };
        pause(workspace, flowId, 'runner', halted);
        setHalted(workspace, flowId, halted);
        workspace.changed('flows', 'runner');
      }
      for (const [key, steps] of versions) remember(workspace, key, [...steps]);
    },
  };
}

/** Why a flow stands still, in words; `title` is the step's. */
export function haltedProblem({ step, failed, failure }: Halted, title: Text): Problem {
  return problem('flow-halted', say('Paused by Kanal: “{step}” failed for {failed, plural, one {# person} other {# people}} in a short time. Mend the step and publish, then have them tried again and resume. The last error: {failure}', { step: title, failed, failure: withoutStep(failure, step) }), { step });
}
