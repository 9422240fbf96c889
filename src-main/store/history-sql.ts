// Conditions on what has happened to a contact as SQL: events, messages, orders, passages through flows, and for how long
// something has held. Rules only; what each condition means stands at compileRule.
import type { Duration } from '../../shared/fields.ts';
import { END_OF_FLOW, type Condition } from '../../shared/contacts/rule.ts';
import { subtractDuration } from '../../shared/time.ts';
import { instantTest, numberTest, type TestContext } from './attribute-sql.ts';
import { eventSources, madeByPeople } from './event-acts.ts';
import { isInside } from './inside.ts';
import { propertyTest } from './property-sql.ts';
import { ofPassage } from './passage-sql.ts';
import { joined, not, piece, textTest, type Piece } from './rule-sql.ts';

/** What history is reckoned with; sums are of orders in this currency. `fewOrders`: looking through all of them is quicker than asking each contact for its own. */
export type HistoryContext = TestContext & { currency: string; fewOrders: () => boolean };

type Of<Kind extends Condition['kind']> = Condition & { kind: Kind };
type Since = Of<'event'>['since'];

/** The columns of a row that happened: when, and the id of its event. */
type Happened = { at: string; event: string };
const EVENT: Happened = { at: 'e.at', event: 'e.id' };
const ORDER: Happened = { at: 'o.at', event: 'o.event_id' };

/** Which rows count, by when they happened. */
function sincePiece(since: Since, { now, zone }: TestContext, { at, event }: Happened): Piece {
  if (since === 'ever') return piece(`${at} <= ?`, now);
  if (since !== 'enrollment') return piece(`${at} BETWEEN ? AND ?`, subtractDuration(now, since, zone), now);
  // Events of the very instant of the entry are told apart by the order in which they were recorded.
  return piece(
    `${at} BETWEEN n.entered_at AND ? AND (${at} > n.entered_at OR ${event} > ifnull((SELECT min(f.id) FROM events f
     WHERE f.contact_id = c.id AND f.type = 'flow_entered' AND f.at = n.entered_at AND f.enrollment_id = coalesce(n.parent_id, n.id)), 0))`,
    now,
  );
}

function allOf(select: string, parts: readonly Piece[]): Piece {
  return { sql: `${select} WHERE ${parts.map(({ sql }) => sql).join(' AND ')}`, values: parts.flatMap(({ values }) => values) };
}

function exists(select: string, parts: readonly Piece[]): Piece {
  const found = allOf(select, parts);
  return { sql: `EXISTS (${found.sql})`, values: found.values };
}

/** Whether the contact `c` has such events, as often as asked. */
export function eventPiece(condition: Of<'event'>, context: TestContext): Piece {
  const parts = [
    piece('e.contact_id = c.id AND e.type = ?', condition.event),
    sincePiece(condition.since, context, EVENT),
    ...madeByPeople(condition.event),
    ...(condition.where ?? []).map((each) => propertyTest(each, context)),
  ];
  const times = condition.times ?? 1;
  const sources = eventSources(condition.event);
  if (times === 1) return joined(sources.map((source) => exists(`SELECT 1 FROM ${source} e`, parts)), 'OR');
  const found = sources.map((source) => allOf(`SELECT 1 FROM ${source} e`, parts));
  return piece(`(SELECT count(*) FROM (${found.map(({ sql }) => sql).join(' UNION ALL ')} LIMIT ${times})) = ${times}`, ...found.flatMap(({ values }) => values));
}

/** Whether a message did this to the contact `c`. */
export function messagePiece({ message, flow, act, since }: Of<'message'>, context: TestContext): Piece {
  return exists('SELECT 1 FROM events e', [
    piece(`e.contact_id = c.id AND e.type = 'message_${act}'`),
    // A message belongs to the passage that sent it, whenever it is opened.
    since === 'enrollment' ? piece(`${ofPassage('e.enrollment_id', 'n.id')} AND e.at <= ?`, context.now) : sincePiece(since, context, EVENT),
    ...(message === 'any' ? [] : [piece(`e.data ->> 'message' = ?`, message)]),
    ...(flow === undefined ? [] : [piece('e.flow_id = ?', flow)]),
    ...madeByPeople(`message_${act}`),
  ]);
}

/** Without orders there is no average, no first and no last one; the sum is 0. */
const MEASURES: Record<Of<'order'>['measure'], string> = {
  count: 'count(*)',
  sum: 'ifnull(sum(o.amount), 0)',
  average: 'avg(o.amount)',
  last: 'max(o.at)',
  first: 'min(o.at)',
};

/** Whether the orders of the contact `c` come to what is asked. */
export function orderPiece({ measure, operator, value, product, since }: Of<'order'>, context: HistoryContext): Piece {
  const isMoney = measure === 'sum' || measure === 'average';
  const isDate = measure === 'last' || measure === 'first';
  const test = (expression: string): Piece => (isDate ? instantTest(expression, operator, value, context) : numberTest(expression, operator, value));
  const counted = [
    sincePiece(since, context, ORDER),
    ...(isMoney ? [piece('o.currency = ?', context.currency)] : []),
    ...(product === undefined ? [] : [productPiece(product)]),
  ];
  // What is asked since an enrollment differs from one to the next.
  if (since !== 'enrollment' && context.fewOrders()) return amongAll(MEASURES[measure], measure, test, counted);
  const found = allOf(`SELECT ${MEASURES[measure]} AS v FROM orders o`, [piece('o.contact_id = c.id'), ...counted]);
  const met = test('s.v');
  return {
    sql: `EXISTS (SELECT 1 FROM (${found.sql}) s WHERE s.v IS NOT NULL AND ${met.sql})`,
    values: [...found.values, ...met.values],
  };
}

/** The same, found by one look through all orders: those whose orders come to it, and, where nothing at all does too, those without any. */
function amongAll(expression: string, measure: Of<'order'>['measure'], test: (expression: string) => Piece, counted: readonly Piece[]): Piece {
  const theirs = allOf('SELECT o.contact_id FROM orders o', counted);
  const met = test(expression);
  const some = piece(`c.id IN (${theirs.sql} GROUP BY o.contact_id HAVING ${met.sql})`, ...theirs.values, ...met.values);
  if (measure !== 'count' && measure !== 'sum') return some;
  const zero = test('0');
  return joined([some, joined([zero, piece(`c.id NOT IN (${theirs.sql})`, ...theirs.values)], 'AND')], 'OR');
}

/** What an order is of: its `product`, or one of its `products`, which are names, or have a name or a number of their own. */
function productPiece(product: string): Piece {
  const named = `(p.fullkey = '$.product' OR p.fullkey LIKE '$.products[%]' OR (p.path LIKE '$.products[%]' AND p.key IN ('name', 'sku', 'product', 'title')))`;
  const is = textTest('CAST(p.atom AS TEXT)', 'equals', product);
  return { sql: `EXISTS (SELECT 1 FROM json_tree(o.data) p WHERE p.atom IS NOT NULL AND ${named} AND ${is.sql})`, values: is.values };
}

/** Whether the contact `c` is or was there. */
export function flowPiece({ flow, position, step, reason, since }: Of<'flow'>, context: TestContext): Piece {
  const isNow = position === 'inside' || position === 'atStep';
  const column = position === 'left' ? 'p.left_at' : 'p.entered_at';
  return exists('SELECT 1 FROM enrollments p', [
    piece('p.contact_id = c.id'),
    ...(flow === 'any' ? [] : [piece('p.flow_id = ?', flow)]),
    // A parallel path is no passage of its own: it has not been entered, and its end is nobody's leaving.
    ...(isNow ? [] : [piece('p.parent_id IS NULL')]),
    ...(isNow ? [piece(isInside('p'))] : [sincePiece(since, context, { at: column, event: '' })]),
    ...(position === 'atStep' ? [piece('p.step_id = ?', step!)] : []),
    ...(position === 'left' && reason !== undefined ? [piece(`ifnull(p.exit_reason, '${END_OF_FLOW}') = ?`, reason)] : []),
  ]);
}

/** For how long something must have held: what happened after `from` shows that it did not. */
function fromPiece(duration: Duration, { now, zone }: TestContext): number {
  return subtractDuration(now, duration, zone);
}

/** Whether an attribute of the contact `c` has kept its value for so long. */
export function unchangedFor(attribute: string, duration: Duration, context: TestContext): Piece {
  const from = fromPiece(duration, context);
  const changed = exists('SELECT 1 FROM events e', [
    piece(`e.contact_id = c.id AND e.type = 'attributes_changed' AND e.at > ? AND e.at <= ?`, from, context.now),
    piece(`json_type(e.data, ?) IS NOT NULL`, `$.changes.${attribute}`),
  ]);
  return joined([piece('c.added_at <= ?', from), not(changed)], 'AND');
}

/** Whether the contact `c`, who has the tag, has had it for so long; or, who has it not, has been without it. */
export function taggedFor({ tag, has, for: duration }: Of<'tag'>, context: TestContext): Piece {
  const from = fromPiece(duration!, context);
  if (has)
    return piece(
      'EXISTS (SELECT 1 FROM contact_tags x WHERE x.contact_id = c.id AND x.tag_id = (SELECT id FROM tags WHERE name = ?) AND x.added_at <= ?)',
      tag,
      from,
    );
  const lost = exists('SELECT 1 FROM events e', [
    piece(`e.contact_id = c.id AND e.type = 'tag_removed' AND e.at > ? AND e.at <= ?`, from, context.now),
    piece(`e.data ->> 'tag' = ?`, tag),
  ]);
  return joined([piece('c.added_at <= ?', from), not(lost)], 'AND');
}

/** Whether the contact `c` has been kept as a member of the segment for so long. */
export function memberFor(segment: string, duration: Duration, context: TestContext): Piece {
  return piece(
    'EXISTS (SELECT 1 FROM segment_members m WHERE m.segment = ? AND m.contact_id = c.id AND m.added_at <= ?)',
    segment,
    fromPiece(duration, context),
  );
}
