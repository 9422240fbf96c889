// Orders: what contacts have bought. Each is also an event, so that rules, triggers and timelines know of it. An order that is
// reported again with another amount, state or list of products is changed, and an event keeps what it was before.
import { isDeepStrictEqual } from 'node:util';
import { atLocal, localDate, type Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run, transaction } from './database.ts';
import { recordEvent } from './events.ts';
import { countOrdersAnew } from './merges.ts';
import { readSettings } from './settings.ts';

export type NewOrder = {
  /** The shop's own number of the order: the same order twice changes nothing. */
  orderKey: string;
  contactId: number;
  at: Instant;
  /** It is not known when: `at` is now, and an order that is there keeps its time. */
  isTimeGuessed?: boolean;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217; without it the workspace's, or that of the order that is there. */
  currency?: string;
  source: string;
  importId?: number | null;
  data?: Record<string, unknown>;
};

/** What an order says; `localDay` in the workspace's zone as it was then. */
export type OrderContent = { at: Instant; localDay: string; amount: number; currency: string; data: Record<string, unknown> };
/** The data of an `order_changed` event. */
export type OrderChange = { order: string; amount: number; currency: string; before: OrderContent; after: OrderContent };
export type OrderOutcome = 'added' | 'updated' | 'unchanged';

type WithDatabase = Pick<Workspace, 'db'>;
type Stored = { id: number; eventId: number; contactId: number; content: OrderContent };

/** Records an order with its `order_placed` event, or changes the one with its number as far as it is said otherwise; what is not said stays. */
export function recordOrder(workspace: Workspace, order: NewOrder): OrderOutcome {
  return transaction(workspace.db, () => {
    const known = findOrder(workspace, order.orderKey);
    if (known !== undefined) return changeOrder(workspace, order, known) ? 'updated' : 'unchanged';
    const settings = readSettings(workspace);
    const currency = order.currency ?? settings.currency;
    const earlier = row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM orders WHERE contact_id = ? AND at <= ?', order.contactId, order.at)!.n;
    run(workspace.db, 'UPDATE orders SET nth = nth + 1 WHERE contact_id = ? AND at > ?', order.contactId, order.at);
    const eventId = `order:${order.orderKey}`;
    const data = order.data ?? {};
    recordEvent(workspace, { contactId: order.contactId, type: 'order_placed', at: order.at, source: order.source, eventId, importId: order.importId, data: { ...data, order: order.orderKey, amount: order.amount, currency } });
    const event = row<{ id: number }>(workspace.db, 'SELECT id FROM events WHERE event_id = ?', eventId)!.id;
    run(
      workspace.db,
      'INSERT INTO orders (order_key, event_id, contact_id, at, local_day, nth, amount, currency, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      order.orderKey,
      event,
      order.contactId,
      order.at,
      localDate(order.at, settings.timeZone),
      earlier + 1,
      order.amount,
      currency,
      JSON.stringify(data),
    );
    return 'added';
  });
}

/** The order with this number; `undefined`: there is none. */
export function findOrder({ db }: WithDatabase, orderKey: string): Stored | undefined {
  const found = row<Omit<Stored, 'content'> & Omit<OrderContent, 'data'> & { data: string }>(
    db,
    'SELECT id, event_id AS eventId, contact_id AS contactId, at, local_day AS localDay, amount, currency, data FROM orders WHERE order_key = ?',
    orderKey,
  );
  if (found === undefined) return undefined;
  const { id, eventId, contactId, at, localDay, amount, currency, data } = found;
  return { id, eventId, contactId, content: { at, localDay, amount, currency, data: JSON.parse(data) as Record<string, unknown> } };
}

/** Says whether there was anything to change. */
function changeOrder(workspace: Workspace, order: NewOrder, known: Stored): boolean {
  const before = known.content;
  const { timeZone } = readSettings(workspace);
  // A day alone, which is read as its beginning, says nothing else than a time of that very day.
  const isSameTime = order.isTimeGuessed === true || order.at === atLocal(localDate(before.at, timeZone), '00:00', timeZone);
  const at = isSameTime ? before.at : order.at;
  const { order: _, ...said } = order.data ?? {};
  const after: OrderContent = {
    at,
    localDay: at === before.at ? before.localDay : localDate(at, timeZone),
    amount: order.amount,
    currency: order.currency ?? before.currency,
    data: { ...before.data, ...said },
  };
  if (isDeepStrictEqual(before, after)) return false;
  putOrder(workspace, order.orderKey, known, after);
  const data: OrderChange = { order: order.orderKey, amount: after.amount, currency: after.currency, before, after };
  recordEvent(workspace, { contactId: known.contactId, type: 'order_changed', at: workspace.clock.now(), source: order.source, importId: order.importId, data });
  return true;
}

/** Gives an order this content, in its event, too. */
export function putOrder(workspace: WithDatabase, orderKey: string, { id, eventId, contactId, content }: Stored, { at, localDay, amount, currency, data }: OrderContent): void {
  const { db } = workspace;
  run(db, 'UPDATE orders SET at = ?, local_day = ?, amount = ?, currency = ?, data = ? WHERE id = ?', at, localDay, amount, currency, JSON.stringify(data), id);
  run(db, 'UPDATE events SET at = ?, data = ? WHERE id = ?', at, JSON.stringify({ ...data, order: orderKey, amount, currency }), eventId);
  if (at !== content.at) countOrdersAnew(workspace, [contactId]);
}

/** An event of a change, as it is recorded. */
export type RecordedChange = { id: number; importId: number | null; change: OrderChange };

/** The changes of an order, in the order in which they were recorded. */
export function changesOfOrder({ db }: WithDatabase, contactId: number, orderKey: string): RecordedChange[] {
  const found = rows<{ id: number; importId: number | null; data: string }>(db, `SELECT id, import_id AS importId, data FROM events WHERE contact_id = ? AND type = 'order_changed' AND data ->> 'order' = ? ORDER BY id`, contactId, orderKey);
  return found.map(({ id, importId, data }) => ({ id, importId, change: JSON.parse(data) as OrderChange }));
}
