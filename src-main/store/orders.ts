// Orders: what contacts have bought. Each is also an event, so that rules, triggers and timelines know of it.
import { localDate, type Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, run, transaction } from './database.ts';
import { recordEvent } from './events.ts';
import { readSettings } from './settings.ts';

export type NewOrder = {
  /** The shop's own number of the order: the same order twice changes nothing. */
  orderKey: string;
  contactId: number;
  at: Instant;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217; without it the workspace's. */
  currency?: string;
  source: string;
  importId?: number | null;
  data?: Record<string, unknown>;
};

/** Records an order with its `order_placed` event; answers false when it is known already. */
export function recordOrder(workspace: Workspace, order: NewOrder): boolean {
  return transaction(workspace.db, () => {
    if (row(workspace.db, 'SELECT 1 FROM orders WHERE order_key = ?', order.orderKey) !== undefined) return false;
    const settings = readSettings(workspace);
    const currency = order.currency ?? settings.currency;
    const earlier = row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM orders WHERE contact_id = ? AND at <= ?', order.contactId, order.at)!.n;
    run(workspace.db, 'UPDATE orders SET nth = nth + 1 WHERE contact_id = ? AND at > ?', order.contactId, order.at);
    const eventId = `order:${order.orderKey}`;
    recordEvent(workspace, {
      contactId: order.contactId,
      type: 'order_placed',
      at: order.at,
      source: order.source,
      eventId,
      importId: order.importId,
      data: { ...order.data, order: order.orderKey, amount: order.amount, currency },
    });
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
      JSON.stringify(order.data ?? {}),
    );
    return true;
  });
}
