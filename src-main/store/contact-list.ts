// Pages of the list of contacts. A reader keeps the order of the latest questions as a list of ids, so that every further page
// of a million costs what its rows cost, wherever it lies.
import type { ContactRow } from '../../shared/api.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { MINUTE } from '../../shared/time.ts';
import { stopwatch } from '../clock.ts';
import type { Workspace } from '../workspace.ts';
import { consentStatesFor } from './consents.ts';
import { countContacts, counted, getContacts, type CountedContacts } from './contacts.ts';
import { rows, type Database } from './database.ts';
import { writtenByOthers } from './reading-connection.ts';
import { contactsMatching, countMatching, type Sort } from './rules.ts';
import { suppressedAmong } from './suppressions.ts';
import { tagsFor } from './tags.ts';

type Reading = Pick<Workspace, 'db' | 'clock'>;

/** Whom the list is about, and in which order. */
export type ContactQuestion = { rule: Rule | null; search: string; sort: Sort | null };
export type ContactPage = ContactQuestion & { offset: number; limit: number };

/** `current` false: the order is that of a moment ago, since finding it anew takes long; ask again soon. */
export type ContactList = { total: number; rows: ContactRow[]; current: boolean };

/** An order that is kept: of the ids as they were at a version of the file, how long finding them took, and how long ago that was (ms). */
type Order = { ids: Float64Array; version: number; minute: number; cost: number; age: () => number };
/** What a reader keeps between reads. `outOfTurn`: what contactsOutOfTurn says on the connection that writes; `total`: how many contacts there were when it said so. */
export type Kept = { orders: Map<string, Order>; outOfTurn: number; total: (CountedContacts & { outOfTurn: number }) | null };

/** Nothing is kept yet. */
export function nothingKept(): Kept {
  return { orders: new Map(), outOfTurn: 0, total: null };
}

const MOST_ORDERS = 6;
/** Pages this near to either end of everybody are found without a kept order. */
const NEAR_THE_END = 5000;
/** What is found in so many milliseconds is found anew whenever something has changed. */
const QUICK = 40;
/** What takes longer may be so many times older than finding it takes: so a list that changes all the time costs a tenth of a thread. */
const AS_OLD_AS = 10;

/** One page, with how many there are in all. Without `kept` it is found by itself. */
export function contactList(workspace: Reading, { offset, limit, ...question }: ContactPage, kept?: Kept): ContactList {
  const { total, ids, current } = kept === undefined ? foundAlone(workspace, question, offset, limit) : found(workspace, question, offset, limit, kept);
  return { total, rows: contactRows(workspace, ids), current };
}

type Found = { total: number; ids: number[]; current: boolean };

function foundAlone(workspace: Reading, question: ContactQuestion, offset: number, limit: number): Found {
  const { rule, search, sort } = question;
  return { total: countMatching(workspace, rule, search), ids: contactsMatching(workspace, rule, { limit, offset, sort, search }), current: true };
}

function found(workspace: Reading, question: ContactQuestion, offset: number, limit: number, kept: Kept): Found {
  if (question.rule === null && question.search.trim() === '' && question.sort === null) {
    const total = totalOf(workspace, kept);
    const fromEnd = total - offset;
    if (offset <= NEAR_THE_END) return { total, ids: contactsMatching(workspace, null, { limit, offset }), current: true };
    if (fromEnd <= NEAR_THE_END) return { total, ids: eldest(workspace.db, fromEnd, limit), current: true };
  }
  const { ids, current } = orderOf(workspace, question, kept.orders);
  return { total: ids.length, ids: [...ids.subarray(offset, offset + limit)], current };
}

/** How many contacts there are; only those who came since the last time are counted, unless others are gone. */
export function totalOf(workspace: Reading, kept?: Kept): number {
  if (kept === undefined) return countContacts(workspace);
  const { outOfTurn, total } = kept;
  kept.total = { outOfTurn, ...counted(workspace, total?.outOfTurn === outOfTurn ? total : null) };
  return kept.total.count;
}

/** The page that begins `fromEnd` places before the end of all, the newest first. */
function eldest(db: Database, fromEnd: number, limit: number): number[] {
  if (fromEnd <= 0) return [];
  const skipped = Math.max(0, fromEnd - limit);
  return rows<{ id: number }>(db, 'SELECT id FROM contacts ORDER BY id LIMIT ? OFFSET ?', fromEnd - skipped, skipped)
    .map(({ id }) => id)
    .reverse();
}

function orderOf(workspace: Reading, question: ContactQuestion, orders: Kept['orders']): { ids: Float64Array; current: boolean } {
  const key = JSON.stringify([question.rule, question.search, question.sort]);
  const version = writtenByOthers(workspace.db);
  // A rule may be about time, which passes without anybody writing.
  const minute = question.rule === null ? 0 : Math.floor(workspace.clock.now() / MINUTE);
  const known = orders.get(key);
  orders.delete(key);
  const isCurrent = known?.version === version && known.minute === minute;
  if (known !== undefined && (isCurrent || (known.cost > QUICK && known.age() < AS_OLD_AS * known.cost))) {
    orders.set(key, known);
    return { ids: known.ids, current: isCurrent };
  }
  const watch = stopwatch();
  const ids = Float64Array.from(contactsMatching(workspace, question.rule, { ...question, limit: Number.MAX_SAFE_INTEGER }));
  const order: Order = { ids, version, minute, cost: watch(), age: stopwatch() };
  orders.set(key, order);
  for (const eldestKey of orders.keys()) {
    if (orders.size <= MOST_ORDERS) break;
    orders.delete(eldestKey);
  }
  return { ids, current: true };
}

/** Contacts as lists show them, in the order of their ids; a contact that is gone is left out. One query for each kind of thing. */
export function contactRows(workspace: Pick<Workspace, 'db'>, ids: readonly number[]): ContactRow[] {
  const contacts = getContacts(workspace, ids);
  const tags = tagsFor(workspace, ids);
  const consents = consentStatesFor(workspace, ids, 'email');
  const suppressed = suppressedAmong(workspace, 'email', [...contacts.values()].flatMap(({ values }) => (typeof values.email === 'string' ? [values.email] : [])));
  return ids.flatMap((id) => {
    const contact = contacts.get(id);
    if (contact === undefined) return [];
    const { values, addedAt } = contact;
    return [{ id, values, addedAt, tags: tags.get(id) ?? [], emailConsent: consents.get(id) ?? 'none', suppressed: suppressed.has(String(values.email)) }];
  });
}
