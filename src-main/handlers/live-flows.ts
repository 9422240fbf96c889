// Calls about changing a flow while people are inside: running it empty, new steps for those who have gone by, and what has failed.
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { backfillable } from '../runner/backfilling.ts';
import { drain } from '../runner/draining.ts';
import { failures } from '../store/failures.ts';
import { flowSums } from '../store/counts.ts';
import { flowVersion, knownFlow } from '../store/flows.ts';
import type { Workspace } from '../workspace.ts';
import { stepTitles } from '../store/names.ts';

export function liveFlowHandlers(workspace: Workspace): Pick<Handlers, 'flows.drain' | 'flows.backfillable' | 'errors.list'> {
  return {
    'flows.drain'({ flow, end }) {
      const { state, name } = knownFlow(workspace, flow);
      if (state === 'archived') refuse('flow-archived', say('The flow “{name}” is archived and does not change any more.', { name }));
      if (state === 'draft') refuse('flow-not-published', say('The flow “{name}” was never published, so nobody is in it.', { name }));
      drain(workspace, flow, end);
      workspace.changed('flows', 'counts');
      workspace.wake();
      const { entered, finished, exited } = flowSums(workspace).get(flow) ?? { entered: 0, finished: 0, exited: 0 };
      return { inside: entered - finished - exited };
    },
    'flows.backfillable'({ flow, days }) {
      const { draft, liveVersion } = knownFlow(workspace, flow);
      if (liveVersion === null) return { count: 0, steps: [] };
      return backfillable(workspace, flow, flowVersion(workspace, flow, liveVersion)!.flow, draft, days);
    },
    'errors.list'({ flow, step, offset, limit }) {
      const { total, people, rows, steps } = failures(workspace, flow, step, offset, limit);
      const titles = stepTitles(workspace);
      const named = <Row extends { flow: number; step: string }>(row: Row) => ({ ...row, stepTitle: titles(row.flow, row.step) });
      return { total, people, rows: rows.map(named), steps: steps.map(named) };
    },
  };
}
