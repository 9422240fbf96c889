// Looks in a simulation whether what must always hold does hold, over all flows together.
import { firstBreach, lookBack, type CheckPlan, type CheckReport, type Moment } from '../../shared/simulation/checks.ts';
import { reactionOf } from '../../shared/simulation/assumptions.ts';
import type { SimulationProgress } from '../../shared/simulation/simulation.ts';
import { addDuration, type Instant } from '../../shared/time.ts';
import { checksOf, momentsSince } from '../store/checks.ts';
import { readSettings } from '../store/settings.ts';
import { addressesOf, type Image } from '../store/simulation-copy.ts';
import { openCopy, startFlow } from './copy.ts';
import { enterChosen } from './enter.ts';

/** One report for each check of the workspace. Only messages of the simulated time can break one; what was before counts along. */
export async function runChecks(image: Image, now: Instant, plan: CheckPlan, tell: (progress: SimulationProgress) => void): Promise<CheckReport[]> {
  const copy = openCopy({ image, now, react: (contact, message, nth) => reactionOf(plan.assume, plan.seed, contact, message, nth) });
  try {
    const { workspace } = copy;
    const from = copy.clock.now();
    const checks = checksOf(workspace);
    if (checks.length === 0) return [];
    if (plan.flow !== null) {
      startFlow(workspace, plan.flow, 'draft');
      if (plan.who !== null) enterChosen(workspace, plan.flow, plan.who);
    }
    const zone = readSettings(workspace).timeZone;
    for (let day = 1; day <= plan.days; day++) {
      const at = addDuration(from, { amount: day, unit: 'days' }, zone);
      await copy.until(at);
      tell({ day, days: plan.days, at });
    }
    const timelines = new Map<number, Moment[]>();
    for (const { contact, ...moment } of momentsSince(workspace, from - lookBack(checks))) {
      const timeline = timelines.get(contact);
      if (timeline === undefined) timelines.set(contact, [moment]);
      else timeline.push(moment);
    }
    return checks.map((check) => {
      const breaches = [...timelines].flatMap(([contact, timeline]) => {
        const breach = firstBreach(check, timeline, from);
        return breach === null ? [] : [{ contact, at: breach.at, timeline: timeline.slice(0, timeline.indexOf(breach) + 1) }];
      });
      const [first] = breaches.sort((a, b) => a.at - b.at || a.contact - b.contact);
      const example = first === undefined ? null : { ...first, email: addressesOf(workspace, [first.contact]).get(first.contact) ?? null };
      return { check, holds: first === undefined, contacts: breaches.length, example };
    });
  } finally {
    await copy.close();
  }
}
