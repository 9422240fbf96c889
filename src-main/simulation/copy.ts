// A copy of a workspace that lives in memory and on a virtual clock, with the real runner in it. It knows no file, no account's
// password and no network.
import type { Flow } from '../../shared/flow/flow.ts';
import { mayPublish } from '../../shared/flow/problems.ts';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { ProblemError, refuse } from '../../shared/problem.ts';
import type { SimulatedVersion } from '../../shared/simulation/simulation.ts';
import { say } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import { virtualClock, type VirtualClock } from '../clock.ts';
import { publish } from '../runner/publishing.ts';
import { resumeSome } from '../runner/resuming.ts';
import { createRunner, type Runner } from '../runner/runner.ts';
import { runUntil } from '../runner/run-until.ts';
import type { Observe } from '../runner/wave.ts';
import { applyAftermath } from '../runner/outbox-settle.ts';
import { transaction } from '../store/database.ts';
import { flowRecord, flowVersion } from '../store/flows.ts';
import { problemsOfFlow } from '../store/names.ts';
import { openMessages, release } from '../store/outbox.ts';
import { openImage, type Image } from '../store/simulation-copy.ts';
import type { Workspace } from '../workspace.ts';
import { createDecisions, type Decide } from './decisions.ts';
import { createReactions, type Happening, type React } from './reactions.ts';
import { createRecordingOutbox, type Leaving, type Settlement } from './recording-outbox.ts';

/** Always so many at once: what happens must not depend on how fast the computer is. */
const BATCH = 4000;

export type CopyOptions = {
  image: Image;
  now: Instant;
  react: React;
  /** What people decide about cards; left out: nothing, so they time out. */
  decide?: Decide;
  /** `visit`: the one of its enrollment in which the message was asked for. */
  settled?: (settlement: Settlement, visit: number) => void;
  happened?: (happening: Happening) => void;
  observe?: Observe;
  /** Makes the copy what it is to be, before anything runs in it. */
  prepare?: (workspace: Workspace) => void;
  /** What happens from outside at instants of its own, before everything else that is due. */
  outside?: { next(): Instant | null; happen(): void };
  /** Renders what leaves; see Recording. */
  render?: (workspace: Workspace, leaving: Leaving) => Promise<string | null>;
};

export type Copy = {
  workspace: Workspace;
  clock: VirtualClock;
  runner: Runner;
  /** Everything that falls due until then happens, reactions included. */
  until(instant: Instant): Promise<void>;
  close(): Promise<void>;
};

/** Opens a copy at the instant `now`. Nothing has happened in it yet. */
export function openCopy({ image, now, react, decide, settled, happened, observe, prepare, outside, render }: CopyOptions): Copy {
  const clock = virtualClock(now);
  const workspace: Workspace = {
    file: ':simulation:',
    db: openImage(image),
    clock,
    secrets: { get: () => null, set: () => undefined, remove: () => undefined },
    tell: () => undefined,
    changed: () => undefined,
    wake: () => undefined,
  };
  prepare?.(workspace);
  const reactions = createReactions(workspace, react);
  const decisions = decide === undefined ? null : createDecisions(workspace, decide);
  const outbox = createRecordingOutbox(workspace, {
    settled(settlement, visit) {
      if (settlement.state === 'sent') reactions.sent(settlement);
      settled?.(settlement, visit);
    },
    ...(render !== undefined && { render: (leaving: Leaving) => render(workspace, leaving) }),
  });
  const runner = createRunner(workspace, outbox, {
    batch: BATCH,
    // Looking costs time, so nobody looks without a reason.
    ...((decisions !== null || observe !== undefined) && {
      observe(step: Parameters<Observe>[0]) {
        decisions?.observe(step);
        observe?.(step);
      },
    }),
  });
  // What people do is due like everything else, and comes before the waits that end at the same instant (FEATURES D25).
  const peopled: Runner = {
    ...runner,
    async runDue() {
      outside?.happen();
      for (const each of reactions.happen()) happened?.(each);
      decisions?.happen();
      await runner.runDue();
    },
    nextDueAt(after) {
      const next = [outside?.next() ?? null, runner.nextDueAt(after), reactions.next(), decisions?.next() ?? null].filter((each) => each !== null && (after === undefined || each > after)) as Instant[];
      return next.length === 0 ? null : Math.min(...next);
    },
  };
  return {
    workspace,
    clock,
    runner: peopled,
    until(instant) {
      arrive(workspace);
      return runUntil(workspace, peopled, clock, instant, true);
    },
    async close() {
      await runner.stop();
      workspace.db.close();
    },
  };
}

/** What was on its way when the copy was made goes on: no server will answer here. What was handed over has arrived, what was only claimed is sent anew. */
function arrive(workspace: Workspace): void {
  const open = openMessages(workspace);
  if (open.length === 0) return;
  transaction(workspace.db, () => {
    for (const each of open) {
      if (each.state === 'claimed') release(workspace, each.id);
      else applyAftermath(workspace, { ...each, address: null }, { to: 'sent', response: '' }, workspace.clock.now());
    }
  });
}

/** The flow as it runs in the copy. */
export function runningFlow(workspace: Workspace, flowId: number): Flow {
  return flowVersion(workspace, flowId, flowRecord(workspace, flowId)!.liveVersion!)!.flow;
}

/** Lets the flow run in the copy: its draft, published as the window would publish it, or the version that is live. */
export function startFlow(workspace: Workspace, flowId: number, which: SimulatedVersion, removed: readonly RemovedChoice[] = [], keep = false): void {
  const flow = flowRecord(workspace, flowId) ?? refuse('flow-unknown', say('There is no flow number {id}. It may have been removed.', { id: String(flowId) }));
  if (flow.state === 'archived') refuse('flow-archived', say('The flow “{name}” is archived and does not change any more.', { name: flow.name }));
  if (which === 'live') {
    if (flow.liveVersion === null) refuse('flow-not-published', say('The flow “{name}” was never published, so only its draft can be simulated.', { name: flow.name }));
    if (flow.state === 'paused') resumeSome(workspace, flowId, 'rule');
    return;
  }
  const { problems, messages } = problemsOfFlow(workspace, flow.draft);
  if (!mayPublish(problems)) throw new ProblemError(...problems.filter(({ severity }) => severity === 'error'));
  publish(workspace, flowId, flow.draft, messages, removed, keep);
  // A paused flow is looked at as it will run.
  if (flow.state === 'paused') resumeSome(workspace, flowId, 'rule');
}
