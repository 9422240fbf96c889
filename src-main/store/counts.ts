// Sums over the log of visits, kept in the transactions that write it, so that a canvas can show them at any size.
import type { FlowCounts, StepCounts } from '../../shared/api.ts';
import type { Workspace } from '../workspace.ts';
import { rows, run } from './database.ts';
import { isInside } from './inside.ts';
import { lineLength } from './waiting-entries.ts';

/** Where a visit is counted that ended in an exit. */
const EXIT = 'exit';
const LATE = 'late';
/** The step under which a flow's own sums stand. */
const WHOLE_FLOW = '';

/** Sums that grow in memory while a batch is worked on, and are written at its end. */
export type Tally = {
  /** Somebody came into the flow, or left it. */
  flow(flowId: number, what: 'entered' | 'finished' | 'exited', n?: number): void;
  /** Somebody left a step; `outlet` is null for an exit. */
  left(flowId: number, stepId: string, outlet: string | null, n?: number): void;
  /** Something came after the time-out of the wait for it. */
  late(flowId: number, stepId: string, n: number): void;
  /** Adds it all to the stored sums, in the transaction at hand, and begins anew. */
  save(workspace: Workspace): void;
};

export function newTally(): Tally {
  const sums = new Map<string, { flowId: number; stepId: string; what: string; n: number }>();
  const add = (flowId: number, stepId: string, what: string, n: number) => {
    const key = `${flowId}\n${stepId}\n${what}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { flowId, stepId, what, n });
    else sum.n += n;
  };
  return {
    flow: (flowId, what, n = 1) => add(flowId, WHOLE_FLOW, what, n),
    left: (flowId, stepId, outlet, n = 1) => add(flowId, stepId, `left:${outlet ?? EXIT}`, n),
    late: (flowId, stepId, n) => add(flowId, stepId, LATE, n),
    save(workspace) {
      for (const { flowId, stepId, what, n } of sums.values()) {
        run(workspace.db, 'INSERT INTO step_counts (flow_id, step_id, what, n) VALUES (?, ?, ?, ?) ON CONFLICT (flow_id, step_id, what) DO UPDATE SET n = n + excluded.n', flowId, stepId, what, n);
      }
      sums.clear();
    },
  };
}

type FlowSums = { entered: number; finished: number; exited: number };

/** How many came in, and how many have left, by flow. */
export function flowSums(workspace: Workspace): Map<number, FlowSums> {
  const sums = new Map<number, FlowSums>();
  for (const { flowId, what, n } of rows<{ flowId: number; what: keyof FlowSums; n: number }>(workspace.db, 'SELECT flow_id AS flowId, what, n FROM step_counts WHERE step_id = ?', WHOLE_FLOW)) {
    const sum = sums.get(flowId) ?? { entered: 0, finished: 0, exited: 0 };
    sum[what] = n;
    sums.set(flowId, sum);
  }
  return sums;
}

const noCounts = (): StepCounts => ({ entered: 0, waiting: 0, left: {}, planned: 0, sent: 0, failed: 0, unknown: 0, held: 0, cancelled: 0, late: 0, reasons: {} });

const SETTLED = ['sent', 'failed', 'unknown', 'held', 'cancelled'] as const;

/** Read from the index outbox_step alone. */
function messageSums(workspace: Workspace, flowId: number): { stepId: string; state: string; reason: string; n: number }[] {
  return rows(workspace.db, `SELECT step_id AS stepId, state, coalesce(reason, '') AS reason, count(*) AS n FROM outbox WHERE flow_id = ? GROUP BY step_id, state, reason`, flowId);
}

/**
 * All counts of a flow. For each step: entered = waiting + all that left; planned is every message that was ever planned
 * there, so planned = sent + failed + unknown + held + cancelled + what is still on its way (FAULTS I10); held + cancelled = the sum of their reasons.
 */
export function flowCounts(workspace: Workspace, flowId: number): Omit<FlowCounts, 'kept'> {
  const sums = flowSums(workspace).get(flowId) ?? { entered: 0, finished: 0, exited: 0 };
  const steps: Record<string, StepCounts> = {};
  const at = (stepId: string) => (steps[stepId] ??= noCounts());
  for (const { stepId, what, n } of rows<{ stepId: string; what: string; n: number }>(workspace.db, `SELECT step_id AS stepId, what, n FROM step_counts WHERE flow_id = ? AND step_id <> ?`, flowId, WHOLE_FLOW)) {
    const counts = at(stepId);
    if (what === LATE) {
      counts.late = n;
      continue;
    }
    counts.left[what.slice('left:'.length)] = n;
    counts.entered += n;
  }
  const inside = rows<{ stepId: string; n: number }>(workspace.db, `SELECT step_id AS stepId, count(*) AS n FROM enrollments WHERE flow_id = ? AND ${isInside()} GROUP BY step_id`, flowId);
  for (const { stepId, n } of inside) {
    at(stepId).waiting = n;
    at(stepId).entered += n;
  }
  for (const { stepId, state, reason, n } of messageSums(workspace, flowId)) {
    const counts = at(stepId);
    counts.planned += n;
    const settled = SETTLED.find((each) => each === state);
    if (settled === undefined) continue;
    counts[settled] += n;
    if (settled === 'held' || settled === 'cancelled') counts.reasons[reason] = (counts.reasons[reason] ?? 0) + n;
  }
  const stuck = rows<{ state: 'held' | 'failed'; n: number }>(workspace.db, `SELECT state, count(DISTINCT coalesce(parent_id, id)) AS n FROM enrollments WHERE flow_id = ? AND state IN ('held', 'failed') GROUP BY state`, flowId);
  const count = (state: string) => stuck.find((each) => each.state === state)?.n ?? 0;
  const failed = count('failed');
  const held = count('held');
  return { ...sums, inLine: lineLength(workspace, flowId), failed, held, active: sums.entered - sums.finished - sums.exited - failed - held, steps };
}

/** How many different people have been at each step of a flow, those who stand there now among them. Reads the whole log of the flow. */
export function peopleAtSteps(workspace: Pick<Workspace, 'db'>, flowId: number): Record<string, number> {
  const found = rows<{ step: string; people: number }>(
    workspace.db,
    `SELECT step, count(DISTINCT contact) AS people FROM (
       SELECT v.step_id AS step, e.contact_id AS contact FROM enrollments e CROSS JOIN visits v ON v.enrollment_id = e.id WHERE e.flow_id = ?
       UNION ALL SELECT step_id, contact_id FROM enrollments WHERE flow_id = ? AND step_id IS NOT NULL)
     GROUP BY step`,
    flowId,
    flowId,
  );
  return Object.fromEntries(found.map(({ step, people }) => [step, people]));
}

/** Messages that a person should look at, in all flows. */
export function messagesToDecide(workspace: Workspace): { unknown: number; held: number } {
  // The condition is that of the index outbox_open, word for word, so that the settled rows are not read.
  const found = rows<{ state: string; n: number }>(workspace.db, `SELECT state, count(*) AS n FROM outbox WHERE state = 'claimed' OR state = 'handed' OR state = 'unknown' OR state = 'held' GROUP BY state`);
  const count = (state: string) => found.find((each) => each.state === state)?.n ?? 0;
  return { unknown: count('unknown'), held: count('held') };
}
