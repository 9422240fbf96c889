// The orders of one contact, as their page shows them.
import type { OrderRow, OrdersOfContact } from '../../shared/contacts/history.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows } from './database.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** What the orders of a contact come to, and a page of them, the latest first; `before` is the id of the last order of the page above. */
export function ordersOf(workspace: WithDatabase, contactId: number, before: number | null, limit: number): OrdersOfContact {
  const sum = row<Pick<OrdersOfContact, 'count' | 'first' | 'last'>>(workspace.db, 'SELECT count(*) AS count, min(at) AS first, max(at) AS last FROM orders WHERE contact_id = ?', contactId)!;
  const columns = 'SELECT o.id, o.order_key AS key, o.at, o.nth, o.amount, o.currency, o.data FROM orders o WHERE o.contact_id = ?';
  const order = 'ORDER BY o.at DESC, o.id DESC LIMIT ?';
  const found =
    before === null
      ? rows<Omit<OrderRow, 'data'> & { data: string }>(workspace.db, `${columns} ${order}`, contactId, limit)
      : rows<Omit<OrderRow, 'data'> & { data: string }>(workspace.db, `${columns} AND (o.at, o.id) < (SELECT b.at, b.id FROM orders b WHERE b.id = ?) ${order}`, contactId, before, limit);
  return {
    ...sum,
    sums: rows(workspace.db, 'SELECT currency, sum(amount) AS amount FROM orders WHERE contact_id = ? GROUP BY currency ORDER BY amount DESC, currency', contactId),
    rows: found.map((each) => ({ ...each, data: JSON.parse(each.data) as Record<string, unknown> })),
  };
}
