// Taking back what an import said about orders. What it changed becomes what it was, in whichever order imports are taken back:
// the changes of an order are told anew without those of the import.
import { isDeepStrictEqual } from 'node:util';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { undoneImports } from './import-undo.ts';
import { countOrdersAnew } from './merges.ts';
import { changesOfOrder, findOrder, putOrder, type OrderContent } from './orders.ts';

/** `changed`: its content is another one now. `later`: something of it was changed again later, and stays. `gone`: only imports that were taken back had told of it. */
export type OrderGivenBack = { contactId: number; order: string; changed: boolean; later: boolean; gone: boolean };

/** Takes back the changes that an import made to orders, as far as their events lie in a part of its span; removes these events. In the transaction at hand. */
export function giveBackOrders(workspace: Workspace, importId: number, after: number, until: number): OrderGivenBack[] {
  const touched = rows<{ contactId: number; order: string }>(
    workspace.db,
    `SELECT DISTINCT contact_id AS contactId, data ->> 'order' AS "order" FROM events WHERE id > ? AND id <= ? AND import_id = ? AND type = 'order_changed' ORDER BY id`,
    after,
    until,
    importId,
  );
  const undone = undoneImports(workspace);
  return touched.map(({ contactId, order }) => ({ contactId, order, ...giveBackOrder(workspace, importId, contactId, order, undone) }));
}

/** The orders that an import brought, in a part of its span, and that a later one has changed: they stay. */
export function ordersKept(workspace: Pick<Workspace, 'db'>, importId: number, after: number, until: number): { contactId: number; order: string; eventId: number }[] {
  return rows(
    workspace.db,
    `SELECT o.contact_id AS contactId, o.order_key AS "order", o.event_id AS eventId FROM events e JOIN orders o ON o.event_id = e.id
     WHERE e.id > ? AND e.id <= ? AND e.import_id = ? AND EXISTS (SELECT 1 FROM events k WHERE k.contact_id = o.contact_id AND k.type = 'order_changed' AND k.import_id IS NOT e.import_id AND k.data ->> 'order' = o.order_key)`,
    after,
    until,
    importId,
  );
}

function giveBackOrder(workspace: Workspace, importId: number, contactId: number, order: string, undone: ReadonlySet<number>): Pick<OrderGivenBack, 'changed' | 'later' | 'gone'> {
  const changes = changesOfOrder(workspace, contactId, order);
  const known = findOrder(workspace, order);
  const mine = changes.filter((each) => each.importId === importId);
  run(workspace.db, 'DELETE FROM events WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(mine.map(({ id }) => id)));
  if (known === undefined) return { changed: false, later: false, gone: false };
  let now = changes[0]!.change.before;
  const fields = new Set<string>();
  let later = false;
  for (const { id, importId: by, change } of changes) {
    const what = differences(change.before, change.after);
    if (by === importId) {
      for (const field of what) fields.add(field);
      continue;
    }
    later ||= [...what].some((field) => fields.has(field));
    const next = applied(now, change.after, what);
    if (!isDeepStrictEqual([change.before, change.after], [now, next])) run(workspace.db, 'UPDATE events SET data = ? WHERE id = ?', JSON.stringify({ ...change, amount: next.amount, currency: next.currency, before: now, after: next }), id);
    now = next;
  }
  const isBroughtByUndone = undone.has(row<{ importId: number | null }>(workspace.db, 'SELECT import_id AS importId FROM events WHERE id = ?', known.eventId)!.importId ?? 0);
  if (isBroughtByUndone && mine.length === changes.length) {
    run(workspace.db, 'DELETE FROM orders WHERE id = ?', known.id);
    run(workspace.db, 'DELETE FROM events WHERE id = ?', known.eventId);
    countOrdersAnew(workspace, [contactId]);
    return { changed: true, later, gone: true };
  }
  const changed = !isDeepStrictEqual(known.content, now);
  if (changed) putOrder(workspace, order, known, now);
  return { changed, later, gone: false };
}

/** The fields in which they differ; those of the data with a mark before their names. */
function differences(before: OrderContent, after: OrderContent): Set<string> {
  const own = (['at', 'amount', 'currency'] as const).filter((field) => before[field] !== after[field]);
  const names = new Set([...Object.keys(before.data), ...Object.keys(after.data)]);
  return new Set([...own, ...[...names].filter((name) => !isDeepStrictEqual(before.data[name], after.data[name])).map((name) => `.${name}`)]);
}

/** `content` with some fields as they are in `other`. */
function applied(content: OrderContent, other: OrderContent, fields: ReadonlySet<string>): OrderContent {
  const data = { ...content.data };
  for (const name of Object.keys(other.data)) if (fields.has(`.${name}`)) data[name] = other.data[name];
  return {
    ...(fields.has('at') ? { at: other.at, localDay: other.localDay } : { at: content.at, localDay: content.localDay }),
    amount: fields.has('amount') ? other.amount : content.amount,
    currency: fields.has('currency') ? other.currency : content.currency,
    data,
  };
}
