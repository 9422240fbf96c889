// The sums of a simulation, taken while it runs: of every message that ends and every act of a person. Nothing of them is kept but
// what is asked for at the end, for a million people get millions of messages.
import type { Receiver, SimulationResult } from '../../shared/simulation/simulation.ts';
import { MINUTE, type Instant } from '../../shared/time.ts';
import { addressesOf } from '../store/simulation-copy.ts';
import type { Workspace } from '../workspace.ts';
import type { Act } from './reactions.ts';
import type { Settlement } from './recording-outbox.ts';

/** All zones are whole quarters of an hour away from UTC, so no slot lies in two days. */
export const SLOT = 15 * MINUTE;

/** What has happened within a slot; `mails`: e-mails that left, of all flows. */
export type SlotSums = { sent: number; stopped: number; opened: number; clicked: number; ordered: number; sentByOthers: number; mails: number };

/** Messages of the flow that ended at a step. */
export type StepSums = { sent: number; stopped: number };

type Got = Receiver['got'][number];

export type Sums = {
  settled(settlement: Settlement): void;
  /** What somebody did with a message of the flow. */
  acted(act: Act, at: Instant, outbox: number): void;
  /** Messages of other flows that left in a slot. */
  othersSent(slot: number, count: number): void;
  slots: ReadonlyMap<number, SlotSums>;
  steps: ReadonlyMap<string, StepSums>;
  outcomes(): SimulationResult['outcomes'];
  putOff(): SimulationResult['putOff'];
  caps(workspace: Workspace): SimulationResult['caps'];
  receivers(workspace: Workspace): Pick<SimulationResult, 'messagesPerContact' | 'receivers' | 'moreReceivers'>;
};

const BY_CAP = new Set(['frequency-cap', 'waiting-for-slot']);

/** Of one flow; `listed`: how many people are named at the most. */
export function newSums(flow: number, listed: number): Sums {
  const slots = new Map<number, SlotSums>();
  const steps = new Map<string, StepSums>();
  const outcomes = new Map<string, SimulationResult['outcomes'][number]>();
  const putOff = new Map<string, Set<number>>();
  const capped = new Set<number>();
  const firstCapped: Omit<SimulationResult['caps']['first'][number], 'email'>[] = [];
  const messagesOf = new Map<number, number>();
  /** Those of the lowest numbers that got something, in their order, with what they got, by message. */
  const lowest: number[] = [];
  const people = new Map<number, Map<number, Got>>();
  const gotBy = new Map<number, Got>();

  function slotOf(slot: number): SlotSums {
    let sums = slots.get(slot);
    if (sums === undefined) slots.set(slot, (sums = { sent: 0, stopped: 0, opened: 0, clicked: 0, ordered: 0, sentByOthers: 0, mails: 0 }));
    return sums;
  }
  const at = (instant: Instant) => slotOf(Math.floor(instant / SLOT));

  function stepOf(step: string): StepSums {
    let sums = steps.get(step);
    if (sums === undefined) steps.set(step, (sums = { sent: 0, stopped: 0 }));
    return sums;
  }

  /** What somebody got, if they are among those who are named. Who gives way to a lower number never comes back. */
  function gotOf(contact: number): Map<number, Got> | undefined {
    const known = people.get(contact);
    if (known !== undefined || (lowest.length === listed && !(contact < (lowest.at(-1) ?? 0)))) return known;
    const got = new Map<number, Got>();
    lowest.splice(lowest.findLastIndex((each) => each < contact) + 1, 0, contact);
    people.set(contact, got);
    if (lowest.length > listed) {
      const gone = lowest.pop()!;
      for (const outbox of people.get(gone)!.keys()) gotBy.delete(outbox);
      people.delete(gone);
    }
    return got;
  }

  function receive({ outbox, contact, message, step, at: instant }: Settlement): void {
    messagesOf.set(contact, (messagesOf.get(contact) ?? 0) + 1);
    const all = gotOf(contact);
    if (all === undefined) return;
    const got = { message, step, at: instant, opened: false, clicked: false, ordered: false };
    all.set(outbox, got);
    gotBy.set(outbox, got);
  }

  return {
    slots,
    steps,
    settled(settlement) {
      const { outbox, contact, message, step, at: instant, state, reason } = settlement;
      // A text message has no e-mail, and goes another way.
      if (state === 'sent' && message !== '') at(instant).mails++;
      if (settlement.flow !== flow) {
        if (state === 'sent') at(instant).sentByOthers++;
        return;
      }
      if (BY_CAP.has(reason ?? '')) {
        capped.add(contact);
        if (firstCapped.length < listed) firstCapped.push({ contact, message, at: instant, state: state === 'sent' ? 'later' : state });
      }
      if (state === 'later') {
        const known = putOff.get(reason ?? '');
        if (known === undefined) putOff.set(reason ?? '', new Set([outbox]));
        else known.add(outbox);
        return;
      }
      const what = state === 'sent' ? 'sent' : 'stopped';
      at(instant)[what]++;
      stepOf(step)[what]++;
      const key = JSON.stringify([step, message, state, reason]);
      const outcome = outcomes.get(key);
      if (outcome === undefined) outcomes.set(key, { message, step, state, reason, count: 1 });
      else outcome.count++;
      if (state === 'sent') receive(settlement);
    },
    acted(act, instant, outbox) {
      if (act === 'optedOut') return;
      at(instant)[act]++;
      const got = gotBy.get(outbox);
      if (got !== undefined) got[act] = true;
    },
    othersSent(slot, count) {
      slotOf(slot).sentByOthers += count;
    },
    outcomes: () => [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, outcome]) => outcome),
    /** Each message once for each reason. */
    putOff: () => [...putOff].map(([reason, { size }]) => ({ reason, count: size })).sort((a, b) => (a.reason < b.reason ? -1 : 1)),
    caps(workspace) {
      const addresses = addressesOf(workspace, firstCapped.map(({ contact }) => contact));
      return { contacts: capped.size, first: firstCapped.map(({ contact, ...met }) => ({ contact, email: addresses.get(contact) ?? null, ...met })) };
    },
    receivers(workspace) {
      const messagesPerContact: Record<string, number> = {};
      for (const n of messagesOf.values()) messagesPerContact[n] = (messagesPerContact[n] ?? 0) + 1;
      const addresses = addressesOf(workspace, lowest);
      return {
        messagesPerContact,
        receivers: lowest.map((contact) => ({ contact, email: addresses.get(contact) ?? null, got: [...people.get(contact)!.values()] })),
        moreReceivers: messagesOf.size - lowest.length,
      };
    },
  };
}
