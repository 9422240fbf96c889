// What simulations count: taken of the copy before and after, and of every message that ended and every act of a person between.
import type { FlowCounts } from '../../shared/api.ts';
import type { AccountLoad, Receiver, SimulatedDay, SimulatedStep, SimulationResult } from '../../shared/simulation/simulation.ts';
import { addDays, addDuration, atLocal, localDate, MINUTE, type Instant } from '../../shared/time.ts';
import { allAccounts } from '../store/accounts.ts';
import { flowCounts } from '../store/counts.ts';
import { addressesOf, arrivals, endings, entries } from '../store/simulation-copy.ts';
import type { Workspace } from '../workspace.ts';
import type { Happening } from './reactions.ts';
import type { Settlement } from './recording-outbox.ts';

/** All zones are whole quarters of an hour away from UTC, so no slot lies in two days. */
export const SLOT = 15 * MINUTE;

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

export function stepsBetween(before: Picture['counts'], after: Picture['counts'], own: readonly Settlement[]): Record<string, SimulatedStep> {
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
    steps[id] = { entered: now.entered - (then?.entered ?? 0), waiting: now.waiting, left, sent: 0, stopped: 0 };
  }
  for (const { step, state } of own) {
    const counts = steps[step];
    if (counts === undefined || state === 'later') continue;
    if (state === 'sent') counts.sent++;
    else counts.stopped++;
  }
  return steps;
}

export function dayRows(days: readonly string[], zone: string, own: readonly Settlement[], others: readonly Pick<Settlement, 'at' | 'state'>[], acts: readonly Happening[], before: Picture, after: Picture): SimulatedDay[] {
  const table = new Map(days.map((day): [string, SimulatedDay] => [day, { day, entered: 0, sent: 0, stopped: 0, opened: 0, clicked: 0, ordered: 0, sentByOthers: 0, steps: {} }]));
  const last = table.get(days.at(-1)!)!;
  const known = new Map<number, SimulatedDay>();
  /** The exact end belongs to the last day, also at midnight. */
  const dayOf = (slot: number): SimulatedDay => {
    let found = known.get(slot);
    if (found === undefined) known.set(slot, (found = table.get(localDate(slot * SLOT, zone)) ?? last));
    return found;
  };
  const at = (instant: Instant) => dayOf(Math.floor(instant / SLOT));
  for (const { at: instant, state } of own) {
    if (state === 'sent') at(instant).sent++;
    else if (state !== 'later') at(instant).stopped++;
  }
  for (const { at: instant, state } of others) if (state === 'sent') at(instant).sentByOthers++;
  for (const { act, at: instant } of acts) if (act !== 'optedOut') at(instant)[act]++;
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

export function outcomesOf(own: readonly Settlement[]): SimulationResult['outcomes'] {
  const sums = new Map<string, SimulationResult['outcomes'][number]>();
  for (const { message, step, state, reason } of own) {
    if (state === 'later') continue;
    const key = JSON.stringify([step, message, state, reason]);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { message, step, state, reason, count: 1 });
    else sum.count++;
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

/** How many messages people got, and what those of them got who have the lowest numbers: `listed` at the most. */
export function receiversOf(workspace: Workspace, own: readonly Settlement[], acts: readonly Happening[], listed: number): Pick<SimulationResult, 'messagesPerContact' | 'receivers' | 'moreReceivers'> {
  const counts = new Map<number, number>();
  for (const { contact, state } of own) if (state === 'sent') counts.set(contact, (counts.get(contact) ?? 0) + 1);
  const messagesPerContact: Record<string, number> = {};
  for (const n of counts.values()) messagesPerContact[n] = (messagesPerContact[n] ?? 0) + 1;
  const first = [...counts.keys()].sort((a, b) => a - b).slice(0, listed);
  const people = new Map(first.map((contact): [number, Receiver['got']] => [contact, []]));
  const byOutbox = new Map<number, Receiver['got'][number]>();
  for (const { outbox, contact, message, step, at, state } of own) {
    const person = people.get(contact);
    if (state !== 'sent' || person === undefined) continue;
    const got = { message, step, at, opened: false, clicked: false, ordered: false };
    byOutbox.set(outbox, got);
    person.push(got);
  }
  for (const { act, to } of acts) {
    const got = byOutbox.get(to.outbox);
    if (got !== undefined && act !== 'optedOut') got[act] = true;
  }
  const addresses = addressesOf(workspace, first);
  return {
    messagesPerContact,
    receivers: [...people].map(([contact, got]) => ({ contact, email: addresses.get(contact) ?? null, got })),
    moreReceivers: counts.size - first.length,
  };
}

/** Messages that had to wait, each once for each reason. */
export function putOffs(own: readonly Settlement[]): { reason: string; count: number }[] {
  const byReason = new Map<string, Set<number>>();
  for (const { outbox, state, reason } of own) {
    if (state !== 'later') continue;
    const known = byReason.get(reason ?? '');
    if (known === undefined) byReason.set(reason ?? '', new Set([outbox]));
    else known.add(outbox);
  }
  return [...byReason].map(([reason, { size }]) => ({ reason, count: size })).sort((a, b) => (a.reason < b.reason ? -1 : 1));
}

/** The e-mails of each day, all flows together, by the account that sends them: the first, as the outbox has it. */
export function accountLoads(workspace: Workspace, settled: readonly Settlement[], zone: string): AccountLoad[] {
  const [account] = allAccounts(workspace);
  if (account === undefined) return [];
  const slots = new Map<number, number>();
  // A text message has no e-mail, and goes another way.
  for (const { state, message, at } of settled) if (state === 'sent' && message !== '') slots.set(Math.floor(at / SLOT), (slots.get(Math.floor(at / SLOT)) ?? 0) + 1);
  const days = new Map<string, number>();
  for (const [slot, n] of [...slots].sort(([a], [b]) => a - b)) {
    const day = localDate(slot * SLOT, zone);
    days.set(day, (days.get(day) ?? 0) + n);
  }
  return [{ account: account.id, name: account.name, days: [...days].map(([day, sent]) => ({ day, sent })) }];
}

const BY_CAP = new Set(['frequency-cap', 'waiting-for-slot']);

/** Who met the frequency cap, the first time first; `listed` of them at the most. */
export function capsOf(workspace: Workspace, own: readonly Settlement[], listed: number): SimulationResult['caps'] {
  const met = own.filter(({ reason }) => BY_CAP.has(reason ?? ''));
  const first = met.slice(0, listed);
  const addresses = addressesOf(workspace, first.map(({ contact }) => contact));
  return {
    contacts: new Set(met.map(({ contact }) => contact)).size,
    first: first.map(({ contact, message, at, state }) => ({ contact, email: addresses.get(contact) ?? null, message, at, state: state === 'sent' ? 'later' : state })),
  };
}
