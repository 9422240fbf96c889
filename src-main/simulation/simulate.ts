// Simulates a flow for some days: who comes in, where they go, what they get, and what stops it (FEATURES B1).
import { decisionOf, reactionOf } from '../../shared/simulation/assumptions.ts';
import type { SimulationPlan, SimulationProgress, SimulationResult } from '../../shared/simulation/simulation.ts';
import type { Instant } from '../../shared/time.ts';
import { flowRecord } from '../store/flows.ts';
import { readSettings } from '../store/settings.ts';
import type { Image } from '../store/simulation-copy.ts';
import type { AskingVisit } from '../store/tasks.ts';
import { openCopy, runningFlow, startFlow } from './copy.ts';
import { refuseUnknownDecisions } from './decisions.ts';
import { enterChosen } from './enter.ts';
import type { Happening } from './reactions.ts';
import type { Settlement } from './recording-outbox.ts';
import { accountLoads, capsOf, dayRows, daysOf, endsBetween, outcomesOf, picture, putOffs, receiversOf, stepsBetween } from './tallies.ts';

/** Runs the plan on a copy of the workspace in `image`, from the instant `now` on. Throws a ProblemError for a draft with errors. */
export async function simulate(image: Image, now: Instant, plan: SimulationPlan, tell: (progress: SimulationProgress) => void): Promise<SimulationResult> {
  const settled: Settlement[] = [];
  const happened: Happening[] = [];
  const copy = openCopy({ image, now, react: (contact, message, nth) => reactionOf(plan.assume, plan.seed, contact, message, nth), ...(Object.keys(plan.assume.tasks).length > 0 && { decide: ({ contactId, stepId, visit, flowId }: AskingVisit) => (flowId === plan.flow ? decisionOf(plan.assume, plan.seed, contactId, stepId, visit) : null) }), settled: (each) => settled.push(each), happened: (each) => happened.push(each) });
  try {
    const { workspace } = copy;
    const from = copy.clock.now();
    const zone = readSettings(workspace).timeZone;
    const before = picture(workspace, plan.flow, from);
    startFlow(workspace, plan.flow, plan.version);
    refuseUnknownDecisions(runningFlow(workspace, plan.flow), Object.fromEntries(Object.entries(plan.assume.tasks).map(([step, { outcomes }]) => [step, Object.keys(outcomes)])));
    const { chosen, skipped } = plan.who === null ? { chosen: 0, skipped: 0 } : enterChosen(workspace, plan.flow, plan.who);
    const days = daysOf(from, plan.days, zone);
    for (const [index, { end }] of days.entries()) {
      await copy.until(end);
      tell({ day: Math.min(index + 1, plan.days), days: plan.days, at: end });
    }
    const after = picture(workspace, plan.flow, from);
    const own = settled.filter(({ flow }) => flow === plan.flow);
    const acts = happened.filter(({ to }) => to.flow === plan.flow);
    return {
      flow: plan.flow,
      name: flowRecord(workspace, plan.flow)!.name,
      version: plan.version,
      seed: plan.seed,
      from,
      until: copy.clock.now(),
      people: {
        chosen,
        skipped,
        insideBefore: before.counts.active + before.counts.held + before.counts.failed,
        entered: after.counts.entered - before.counts.entered,
        inside: after.counts.active + after.counts.held,
        finished: after.counts.finished - before.counts.finished,
        exited: after.counts.exited - before.counts.exited,
        failed: after.counts.failed,
      },
      ends: endsBetween(before.ends, after.ends),
      steps: stepsBetween(before.counts, after.counts, own),
      days: dayRows(days.map(({ day }) => day), zone, own, settled.filter(({ flow }) => flow !== plan.flow), acts, before, after),
      outcomes: outcomesOf(own),
      putOff: putOffs(own),
      accounts: accountLoads(workspace, settled, zone),
      caps: capsOf(workspace, own, plan.listed),
      ...receiversOf(workspace, own, acts, plan.listed),
    };
  } finally {
    await copy.close();
  }
}
