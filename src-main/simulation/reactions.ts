// What simulated people do with their messages: opens, clicks, orders and opt-outs, recorded at their instants as if they had
// come from outside.
import type { Reaction } from '../../shared/simulation/assumptions.ts';
import type { Instant } from '../../shared/time.ts';
import { recordConsent } from '../store/consents.ts';
import { transaction } from '../store/database.ts';
import { recordEventFor } from '../store/events-of-many.ts';
import { recordOrder } from '../store/orders.ts';
import { addressesOf, averageOrder } from '../store/simulation-copy.ts';
import type { Workspace } from '../workspace.ts';
import type { Settlement } from './recording-outbox.ts';
import { SLOT } from './sums.ts';

export type Act = 'opened' | 'clicked' | 'ordered' | 'optedOut';
export type Happening = { act: Act; at: Instant; to: Settlement };

export type Reactions = {
  /** A message has reached somebody. */
  sent(settlement: Settlement): void;
  next(): Instant | null;
  /** Records what has happened until now; answers it. */
  happen(): Happening[];
};

const ACTS: readonly Act[] = ['opened', 'clicked', 'ordered', 'optedOut'];
export const SIMULATED = 'simulation';

/** What a contact does with a message that it gets for the n-th time. */
export type React = (contact: number, message: string, nth: number) => Reaction;

export function createReactions(workspace: Workspace, react: React): Reactions {
  const slots: Instant[] = [];
  const planned = new Map<Instant, Happening[]>();
  /** How often each message has reached somebody, by message and contact. */
  const times = new Map<string, Map<number, number>>();
  const amount = averageOrder(workspace);
  let orders = 0;

  function plan(happening: Happening): void {
    const known = planned.get(happening.at);
    if (known !== undefined) return void known.push(happening);
    planned.set(happening.at, [happening]);
    let low = 0;
    let high = slots.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (slots[middle]! < happening.at) low = middle + 1;
      else high = middle;
    }
    slots.splice(low, 0, happening.at);
  }

  /** Records what happens in one slot, and answers it. Of those who were erased meanwhile nothing happens. */
  function record(happenings: readonly Happening[]): Happening[] {
    const people = addressesOf(workspace, happenings.map(({ to }) => to.contact));
    const could = happenings.filter(({ to }) => people.has(to.contact));
    for (const act of ACTS) recordAlike(act, could.filter((each) => each.act === act));
    return could;
  }

  /** Each act after those that come before it, whatever else happens in the slot: nobody clicks before having opened. */
  function recordAlike(act: Act, happenings: readonly Happening[]): void {
    for (const alike of Map.groupBy(happenings, ({ to }) => `${to.flow}:${to.message}`).values()) {
      const { at, to: { flow, message } } = alike[0]!;
      if (act === 'ordered') {
        for (const { to } of alike) recordOrder(workspace, { orderKey: `${SIMULATED}-${++orders}`, contactId: to.contact, at, amount, source: SIMULATED });
      } else if (act === 'optedOut') {
        for (const { to } of alike) recordConsent(workspace, { contactId: to.contact, channel: 'email', given: false, source: SIMULATED, actor: SIMULATED, at });
      } else {
        const subjects = alike.map(({ to }) => ({ contactId: to.contact, enrollmentId: to.enrollment, outboxId: to.outbox }));
        recordEventFor(workspace, subjects, { type: `message_${act}`, at, source: SIMULATED, flowId: flow, madeBy: 'human', data: { message } });
      }
    }
  }

  return {
    sent(settlement) {
      const { contact, message, at } = settlement;
      let reached = times.get(message);
      if (reached === undefined) times.set(message, (reached = new Map()));
      const nth = (reached.get(contact) ?? 0) + 1;
      reached.set(contact, nth);
      const reaction = react(contact, message, nth);
      for (const act of ACTS) {
        const after = reaction[act];
        // At whole slots, so that thousands of people do not make thousands of instants of their own.
        if (after !== null) plan({ act, at: Math.ceil((at + after) / SLOT) * SLOT, to: settlement });
      }
    },
    next: () => slots[0] ?? null,
    happen() {
      const now = workspace.clock.now();
      if (slots.length === 0 || slots[0]! > now) return [];
      const happened: Happening[] = [];
      transaction(workspace.db, () => {
        while (slots.length > 0 && slots[0]! <= now) {
          const slot = slots.shift()!;
          const here = planned.get(slot)!;
          planned.delete(slot);
          for (const each of record(here)) happened.push(each);
        }
      });
      return happened;
    },
  };
}
