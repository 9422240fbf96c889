// Stops a flow in which a step fails for one after the other, before it has failed for everybody (FEATURES D23).
import { problem, type Problem } from '../../shared/problem.ts';
import { say, type Text } from '../../shared/text.ts';
import { setHalted, type Halted } from '../store/flows.ts';
import type { Workspace } from '../workspace.ts';
import { pause } from './publishing.ts';

/** So many must have failed at a step, and so large a share of those who came by. */
const LEAST_FAILED = 25;
const SHARE = 0.2;
/** What was long ago counts less: beyond so many, both sums are halved. */
const REMEMBERED = 1000;

type Outcomes = { failed: number; passed: number };

/** By flow, version and step, since the program was started or the flow was stopped. */
const outcomes = new WeakMap<Workspace, Map<string, Outcomes>>();

export type Breaker = {
  passed(flowId: number, version: number, stepId: string): void;
  failed(flowId: number, version: number, stepId: string, failure: string): void;
  /** Pauses the flows in which too many have failed, in the transaction at hand. */
  settle(): void;
};

/** Watches over one turn of the runner. */
export function watchFailures(workspace: Workspace): Breaker {
  let all = outcomes.get(workspace);
  if (all === undefined) outcomes.set(workspace, (all = new Map()));
  const known = all;
  const suspects = new Map<string, { flowId: number; stepId: string; failure: string }>();

  function of(flowId: number, version: number, stepId: string): Outcomes {
    const key = `${flowId}:${version}:${stepId}`;
    const found = known.get(key) ?? { failed: 0, passed: 0 };
    known.set(key, found);
    if (found.failed + found.passed >= REMEMBERED) {
      found.failed /= 2;
      found.passed /= 2;
    }
    return found;
  }

  return {
    passed: (flowId, version, stepId) => void of(flowId, version, stepId).passed++,
    failed(flowId, version, stepId, failure) {
      of(flowId, version, stepId).failed++;
      suspects.set(`${flowId}:${version}:${stepId}`, { flowId, stepId, failure });
    },
    settle() {
      for (const [key, { flowId, stepId, failure }] of suspects) {
        const { failed, passed } = known.get(key)!;
        if (failed < LEAST_FAILED || failed < SHARE * (failed + passed)) continue;
        known.delete(key);
        const halted: Halted = { step: stepId, failed: Math.round(failed), failure };
        pause(workspace, flowId, 'runner', halted);
        setHalted(workspace, flowId, halted);
        workspace.changed('flows', 'runner');
      }
    },
  };
}

/** Why a flow stands still, in words; `title` is the step's. */
export function haltedProblem({ step, failed, failure }: Halted, title: Text): Problem {
  return problem('flow-halted', say('Paused by Kanal: “{step}” failed for {failed, plural, one {# person} other {# people}} in a short time. Mend the step and publish, then have them tried again and resume. The last error: {failure}', { step: title, failed, failure }), { step });
}
