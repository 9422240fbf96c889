// Simulates a flow for some days: who comes in, where they go, what they get, and what stops it (FEATURES B1).
import { decisionOf, reactionOf } from '../../shared/simulation/assumptions.ts';
import type { SimulationPlan, SimulationProgress, SimulationResult } from '../../shared/simulation/simulation.ts';
import type { Instant } from '../../shared/time.ts';
import { flowRecord } from '../store/flows.ts';
import { readSettings } from '../store/settings.ts';
import { dropCountIndexes, type Image } from '../store/simulation-copy.ts';
import type { AskingVisit } from '../store/tasks.ts';
import { openCopy, runningFlow, startFlow } from './copy.ts';
import { refuseUnknownDecisions } from './decisions.ts';
import { enterChosen } from './enter.ts';
import { newSums } from './sums.ts';
import { accountLoads, dayRows, daysOf, endsBetween, picture, stepsBetween } from './tallies.ts';

/** Runs the plan on a copy of the workspace in `image`, from the instant `now` on. Throws a ProblemError for a draft with errors. */
export async function simulate(image: Image, now: Instant, plan: SimulationPlan, tell: (progress: SimulationProgress) => void): Promise<SimulationResult> {
  const sums = newSums(plan.flow, plan.listed);
  const copy = openCopy({ image, now, react: (contact, message, nth) => reactionOf(plan.assume, plan.seed, contact, message, nth), ...(Object.keys(plan.assume.tasks).length > 0 && { decide: ({ contactId, stepId, visit, flowId }: AskingVisit) => (flowId === plan.flow ? decisionOf(plan.assume, plan.seed, contactId, stepId, visit) : null) }), settled: sums.settled, happened: ({ act, at, to }) => to.flow === plan.flow && sums.acted(act, at, to.outbox) });
  try {
    const { workspace } = copy;
    const from = copy.clock.now();
    const zone = readSettings(workspace).timeZone;
    const before = picture(workspace, plan.flow, from);
    startFlow(workspace, plan.flow, plan.version);
    dropCountIndexes(workspace);
    refuseUnknownDecisions(runningFlow(workspace, plan.flow), Object.fromEntries(Object.entries(plan.assume.tasks).map(([step, { outcomes }]) => [step, Object.keys(outcomes)])));
    const { chosen, skipped } = plan.who === null ? { chosen: 0, skipped: 0 } : enterChosen(workspace, plan.flow, plan.who);
    const days = daysOf(from, plan.days, zone);
    for (const [index, { end }] of days.entries()) {
      await copy.until(end);
      tell({ day: Math.min(index + 1, plan.days), days: plan.days, at: end });
    }
    const after = picture(workspace, plan.flow, from);
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
      steps: stepsBetween(before.counts, after.counts, sums.steps),
      days: dayRows(days.map(({ day }) => day), zone, sums.slots, before, after),
      outcomes: sums.outcomes(),
      putOff: sums.putOff(),
      accounts: accountLoads(workspace, sums.slots, zone),
      caps: sums.caps(workspace),
      ...sums.receivers(workspace),
    };
  } finally {
    await copy.close();
  }
}
