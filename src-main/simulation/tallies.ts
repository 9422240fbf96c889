// What simulations tell: from pictures of the copy before and after, and the sums that were taken between.
import type { FlowCounts } from '../../shared/api.ts';
import type { AccountLoad, SimulatedDay, SimulatedStep, SimulationResult } from '../../shared/simulation/simulation.ts';
import { addDays, addDuration, atLocal, localDate, type Instant } from '../../shared/time.ts';
import { allAccounts } from '../store/accounts.ts';
import { flowCounts } from '../store/counts.ts';
import { arrivals, endings, entries } from '../store/simulation-copy.ts';
import type { Workspace } from '../workspace.ts';
import { SLOT, type Sums } from './sums.ts';

type DayEnd = { day: string; end: Instant };

/** The days of the workspace's calendar from `from` on, the first and the last one perhaps in part. */
export function daysOf(from: Instant, count: number, zone: string): DayEnd[] {
  return daysBetween(from, addDuration(from, { amount: count, unit: 'days' }, zone), zone);
}

/** The same up to an instant. */
export function daysBetween(from: Instant, end: Instant, zone: string): DayEnd[] {
  const days: DayEnd[] = [];
  for (let at = from; at < end; ) {
    const day = localDate(at, zone);
    at = Math.min(atLocal(addDays(day, 1), '00:00', zone), end);
    days.push({ day, end: at });
  }
  return days;
}

/** What the copy says of a flow: taken before and after, the difference is what the simulation did. */
export type Picture = { counts: Omit<FlowCounts, 'kept'>; ends: Map<string, number>; steps: Map<string, number>; entries: Map<number, number> };

export function picture(workspace: Workspace, flowId: number, since: Instant): Picture {
  return {
    counts: flowCounts(workspace, flowId),
    ends: new Map(endings(workspace, flowId).map(({ reason, n }) => [reason ?? 'end', n])),
    steps: new Map(arrivals(workspace, flowId, since, SLOT).map(({ step, slot, n }) => [`${slot}:${step}`, n])),
    entries: new Map(entries(workspace, flowId, since, SLOT).map(({ slot, n }) => [slot, n])),
  };
}

export function endsBetween(before: Picture['ends'], after: Picture['ends']): SimulationResult['ends'] {
  return [...after]
    .map(([reason, n]) => ({ reason, count: n - (before.get(reason) ?? 0) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

export function stepsBetween(before: Picture['counts'], after: Picture['counts'], sums: Sums['steps']): Record<string, SimulatedStep> {
  const steps: Record<string, SimulatedStep> = {};
  for (const id of Object.keys(after.steps).sort()) {
    const now = after.steps[id]!;
    const then = before.steps[id];
    const left = Object.fromEntries(
      Object.entries(now.left)
        .map(([outlet, n]): [string, number] => [outlet, n - (then?.left[outlet] ?? 0)])
        .filter(([, n]) => n > 0)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    steps[id] = { entered: now.entered - (then?.entered ?? 0), waiting: now.waiting, left, sent: sums.get(id)?.sent ?? 0, stopped: sums.get(id)?.stopped ?? 0 };
  }
  return steps;
}

export function dayRows(days: readonly string[], zone: string, slots: Sums['slots'], before: Picture, after: Picture): SimulatedDay[] {
  const table = new Map(days.map((day): [string, SimulatedDay] => [day, { day, entered: 0, sent: 0, stopped: 0, opened: 0, clicked: 0, ordered: 0, sentByOthers: 0, steps: {} }]));
  const last = table.get(days.at(-1)!)!;
  const known = new Map<number, SimulatedDay>();
  /** The exact end belongs to the last day, also at midnight. */
  const dayOf = (slot: number): SimulatedDay => {
    let found = known.get(slot);
    if (found === undefined) known.set(slot, (found = table.get(localDate(slot * SLOT, zone)) ?? last));
    return found;
  };
  for (const [slot, sums] of slots) {
    const day = dayOf(slot);
    for (const what of ['sent', 'stopped', 'opened', 'clicked', 'ordered', 'sentByOthers'] as const) day[what] += sums[what];
  }
  for (const [slot, n] of after.entries) dayOf(slot).entered += n - (before.entries.get(slot) ?? 0);
  for (const [key, n] of after.steps) {
    const more = n - (before.steps.get(key) ?? 0);
    if (more <= 0) continue;
    const colon = key.indexOf(':');
    const { steps } = dayOf(Number(key.slice(0, colon)));
    const step = key.slice(colon + 1);
    steps[step] = (steps[step] ?? 0) + more;
  }
  return [...table.values()].map((day) => ({ ...day, steps: Object.fromEntries(Object.entries(day.steps).sort(([a], [b]) => (a < b ? -1 : 1))) }));
}

/** The e-mails of each day, all flows together, by the account that sends them: the first, as the outbox has it. */
export function accountLoads(workspace: Workspace, slots: Sums['slots'], zone: string): AccountLoad[] {
  const [account] = allAccounts(workspace);
  if (account === undefined) return [];
  const days = new Map<string, number>();
  for (const [slot, { mails }] of [...slots].sort(([a], [b]) => a - b)) {
    if (mails === 0) continue;
    const day = localDate(slot * SLOT, zone);
    days.set(day, (days.get(day) ?? 0) + mails);
  }
  return [{ account: account.id, name: account.name, days: [...days].map(([day, sent]) => ({ day, sent })) }];
}
