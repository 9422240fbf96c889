// The one and only evaluation of rules: a condition tree is compiled to SQL. Segments, counts, branches, goals, audiences and
// exports all come through here, so a rule has one meaning everywhere.
import { countryOf } from '../../shared/contacts/address.ts';
import { ruleProblems } from '../../shared/contacts/operators.ts';
import type { Channel } from '../../shared/contacts/contact.ts';
import { isGroup, type Condition, type Rule } from '../../shared/contacts/rule.ts';
import { problem, ProblemError, refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf, type AttributeMap } from './attributes.ts';
import { attributeTest } from './attribute-sql.ts';
import { consentSql } from './consents.ts';
import { row, rows } from './database.ts';
import { eventPiece, flowPiece, memberFor, messagePiece, orderPiece, taggedFor, unchangedFor } from './history-sql.ts';
import { stillWanted } from './interruption.ts';
import { joined, not, orFalse, piece, teachFolding, textTest, TRUE, type Piece } from './rule-sql.ts';
import { segmentsOf, type Segment } from './segments.ts';
import { readSettings } from './settings.ts';

export type RuleContext = {
  now: Instant;
  /** IANA zone of the workspace: in it "today" and the days of a date are reckoned. */
  zone: string;
  /** ISO 3166: where phone numbers without a country code belong. */
  country: () => string;
  /** ISO 4217: sums of orders are of those in the workspace's currency. */
  currency: string;
  attributes: AttributeMap;
  segment: (key: string) => Segment | undefined;
  /** Whether the query has the enrollment as `n`; without it "since this enrollment" is refused. */
  enrollment: boolean;
  fewOrders: () => boolean;
  /** `all`: the condition finds its contacts among all. `batch`: the query brings the ids of a few, and asks of each. */
  over: 'all' | 'batch';
};

/** What rules are compiled with in this workspace, now. The connection is made ready for what the SQL uses. */
export function ruleContext(workspace: Pick<Workspace, 'db' | 'clock'>, given: Partial<Pick<RuleContext, 'now' | 'enrollment' | 'over'>> = {}): RuleContext {
  teachFolding(workspace.db);
  // Read when the first rule asks for one: most rules do not.
  let segments: ReadonlyMap<string, Segment> | undefined;
  const { timeZone, currency, locale } = readSettings(workspace);
  return {
    now: given.now ?? workspace.clock.now(),
    zone: timeZone,
    country: () => countryOf(locale),
    currency,
    attributes: attributesOf(workspace),
    segment: (key) => (segments ??= segmentsOf(workspace)).get(key),
    enrollment: given.enrollment ?? false,
    over: given.over ?? 'all',
    fewOrders: () => given.over !== 'batch' && hasFewOrders(workspace.db),
  };
}

/** By their highest ids, which cost nothing to find: fewer than three orders to ten contacts. */
function hasFewOrders(db: Workspace['db']): boolean {
  const { orders, contacts } = row<{ orders: number | null; contacts: number | null }>(db, 'SELECT (SELECT max(id) FROM orders) AS orders, (SELECT max(id) FROM contacts) AS contacts')!;
  return (orders ?? 0) < 0.3 * (contacts ?? 0);
}

/**
 * A rule as an SQL expression over `contacts c` (and `enrollments n`, where the context says so) that is always 0 or 1, never
 * NULL; so NOT and "none" are exact complements. Throws a ProblemError when the rule has errors (`ruleProblems`) or segments
 * that contain each other.
 *
 * What holds of a contact without a value (NULL; empty texts and lists are stored as NULL):
 *
 *     0   equals, contains, startsWith, endsWith, isOneOf, moreThan, atLeast, lessThan, atMost, between, before, after,
 *         inLast, longerAgo, inNext, anniversaryToday, anniversaryInNext, isTrue, isFalse (an answer that was never given is not a no), isNotEmpty
 *     1   notEquals, notContains, isEmpty
 *
 * Groups: `all` of nothing is 1, `any` of nothing is 0, `none` is NOT `any`. Text is compared without regard to capitals.
 * `between` includes both ends; a dateTime is compared by its whole days in the workspace's zone. `inLast` and `inNext` include
 * both ends and today: a date three days ago was in the last 3 days. `anniversaryToday` and
 * `anniversaryInNext` keep 29 February where `leapDay` says in years without it, by default on the 28th (FEATURES D13). Consent is the latest record of the channel. A rule knows what has happened until `now`, nothing later.
 * "Since this enrollment" begins with the entry: what caused it does not count, even at the same instant (FEATURES D10); a
 * message counts for the enrollment that sent it. Opens and clicks known to be a machine's are not a person's.
 *
 * Orders: without any, the count and the sum are 0, and nothing holds of the average, the first and the last. `longerAgo` is the
 * opposite of `inLast` among what is past. A flow is entered and left at instants; `inside` and `atStep` are now. `for`: the
 * condition holds now, and a tag has been there (or away) for so long; an attribute's value has not changed for so long; a
 * member of a fixed set, or of a segment that is kept track of, has been in it for so long.
 */
export function compileRule(rule: Rule, context: RuleContext): Piece {
  return compiled(rule, context, []);
}

function compiled(rule: Rule, context: RuleContext, inside: readonly string[]): Piece {
  const problems = ruleProblems(rule, { attribute: (key) => context.attributes.get(key), segment: context.segment, unkeptSegment: (key) => unkeptIn(context, key) }, { enrollment: context.enrollment });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new ProblemError(...errors);
  return tree(rule, context, inside);
}

function tree(rule: Rule, context: RuleContext, inside: readonly string[]): Piece {
  if (!isGroup(rule)) return conditionPiece(rule, context, inside);
  const parts = rule.rules.map((each) => tree(each, context, inside));
  if (rule.kind === 'all') return joined(parts, 'AND');
  return rule.kind === 'any' ? joined(parts, 'OR') : not(joined(parts, 'OR'));
}

function conditionPiece(condition: Condition, context: RuleContext, inside: readonly string[]): Piece {
  switch (condition.kind) {
    case 'attribute':
      return lasting(attributeTest(context.attributes.get(condition.attribute)!, condition.operator, condition.value, { ...context, leapDay: condition.leapDay }), condition.for && unchangedFor(condition.attribute, condition.for, context));
    case 'tag':
      return lasting(asked(condition.has, tagPiece(condition.tag, context.over)), condition.for && taggedFor(condition, context));
    case 'consent':
      return asked(condition.given, consentPiece(condition.channel, condition.topic));
    case 'suppressed':
      return asked(condition.is, suppressedPiece(condition.channel));
    case 'segment':
      return lasting(asked(condition.member, segmentPiece(condition.segment, context, inside)), condition.for && memberFor(condition.segment, condition.for, context));
    case 'event':
      return asked(condition.did, eventPiece(condition, context));
    case 'message':
      return asked(condition.did, messagePiece(condition, context));
    case 'order':
      return orderPiece(condition, context);
    case 'flow':
      return asked(condition.is, flowPiece(condition, context));
  }
}

function lasting(part: Piece, long: Piece | undefined): Piece {
  return long === undefined ? part : joined([part, long], 'AND');
}

/** The name of a segment with a rule that is not kept track of. */
function unkeptIn(context: RuleContext, key: string): string | undefined {
  const segment = context.segment(key);
  return segment === undefined || segment.rule === null || segment.track === true ? undefined : segment.name;
}

function asked(positive: boolean, part: Piece): Piece {
  return positive ? part : not(part);
}

function consentPiece(channel: Channel, topic: string | undefined): Piece {
  const { sql, values } = consentSql('c.id', channel, topic);
  return orFalse(piece(`(${sql} = 'given')`, ...values));
}

/** People who were erased are no contacts, so that nobody is asked for the hash. */
function suppressedPiece(channel: Channel): Piece {
  const column = channel === 'sms' ? 'c.phone' : 'c.email';
  return piece(`EXISTS (SELECT 1 FROM suppressions s WHERE s.channel = ? AND s.address IN (${column}, substr(${column}, instr(${column}, '@'))))`, channel);
}

/** Among all contacts the tag leads to its people; in a batch each contact leads to its tags. Both are steps in an index. */
function tagPiece(tag: string, over: RuleContext['over']): Piece {
  return over === 'all'
    ? piece('c.id IN (SELECT x.contact_id FROM contact_tags x WHERE x.tag_id = (SELECT id FROM tags WHERE name = ?))', tag)
    : piece('EXISTS (SELECT 1 FROM contact_tags x WHERE x.contact_id = c.id AND x.tag_id = (SELECT id FROM tags WHERE name = ?))', tag);
}

function segmentPiece(key: string, context: RuleContext, inside: readonly string[]): Piece {
  if (inside.includes(key)) {
    const names = [...inside.slice(inside.indexOf(key)), key].map((each) => context.segment(each)?.name ?? each).join(' → ');
    throw new ProblemError(problem('segment-cycle', say('These segments contain each other, so nobody can be counted: {segments}. Take one of them out of the other\'s rule.', { segments: names })));
  }
  const segment = context.segment(key)!;
  if (segment.rule === null) {
    return context.over === 'all'
      ? piece('c.id IN (SELECT m.contact_id FROM segment_members m WHERE m.segment = ?)', key)
      : piece('EXISTS (SELECT 1 FROM segment_members m WHERE m.segment = ? AND m.contact_id = c.id)', key);
  }
  // Who is in a segment never depends on a flow that somebody is in.
  const part = compiled(segment.rule, { ...context, enrollment: false }, [...inside, key]);
  return { sql: `(${part.sql})`, values: part.values };
}

/** Stops with the problems of a segment's rule, or with the cycle that saving it would close. */
export function checkSegment(workspace: Pick<Workspace, 'db' | 'clock'>, segment: Segment): void {
  if (segment.rule === null) return;
  const context = ruleContext(workspace);
  compiled(segment.rule, { ...context, segment: (key) => (key === segment.key ? segment : context.segment(key)) }, [segment.key]);
}

/**
 * Which of these enrollments meet the rule, each with its own contact and its own "since this enrollment". One query; the ids go
 * as one JSON value, which was measured to be as quick as a temporary table for 500 and for 5,000 of them, and writes nothing.
 */
export function answerForEnrollments(workspace: Pick<Workspace, 'db' | 'clock'>, rule: Rule, enrollmentIds: readonly number[], now: Instant = workspace.clock.now()): Set<number> {
  if (enrollmentIds.length === 0) return new Set();
  const part = compileRule(rule, ruleContext(workspace, { now, enrollment: true, over: 'batch' }));
  return idsOf(
    workspace,
    `SELECT n.id AS id FROM json_each(?) j CROSS JOIN enrollments n ON n.id = j.value CROSS JOIN contacts c ON c.id = n.contact_id WHERE ${part.sql}`,
    JSON.stringify(enrollmentIds),
    ...part.values,
  );
}

/** Which of these contacts meet the rule. One query. */
export function answerForContacts(workspace: Pick<Workspace, 'db' | 'clock'>, rule: Rule, contactIds: readonly number[], now: Instant = workspace.clock.now()): Set<number> {
  if (contactIds.length === 0) return new Set();
  const part = compileRule(rule, ruleContext(workspace, { now, over: 'batch' }));
  return idsOf(workspace, `SELECT c.id AS id FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value WHERE ${part.sql}`, JSON.stringify(contactIds), ...part.values);
}

function idsOf(workspace: Pick<Workspace, 'db'>, text: string, ...values: (string | number)[]): Set<number> {
  return new Set(rows<{ id: number }>(workspace.db, text, ...values).map(({ id }) => id));
}

export type Sort = { attribute: string; descending: boolean };
export type Page = { limit: number; offset?: number; sort?: Sort | null; search?: string };

/**
 * The ids of the contacts who meet a rule (null: all) and whose name, address, phone or external id has every word of the search
 * in it; sorted by an attribute, by ":added" or by ":consent" (to e-mail), with the empty ones last, or else the newest first.
 */
export function contactsMatching(workspace: Pick<Workspace, 'db' | 'clock'>, rule: Rule | null, { limit, offset = 0, sort = null, search = '' }: Page): number[] {
  const context = ruleContext(workspace);
  const where = wherePiece(workspace, rule, search, context);
  const order = orderBy(sort, context.attributes);
  const text = `SELECT c.id AS id FROM contacts c WHERE ${where.sql} ORDER BY ${order.sql} LIMIT ? OFFSET ?`;
  // Prepared anew each time: a user's questions are too many to keep.
  return workspace.db.prepare(text).pluck().all(...where.values, ...order.values, limit, offset) as number[];
}

/** How many contacts meet a rule (null: all) and the search. */
export function countMatching(workspace: Pick<Workspace, 'db' | 'clock'>, rule: Rule | null, search = ''): number {
  const where = wherePiece(workspace, rule, search, ruleContext(workspace));
  return (workspace.db.prepare(`SELECT count(*) AS n FROM contacts c WHERE ${where.sql}`).get(...where.values) as { n: number }).n;
}

/** The ids of those among the contacts behind one id and up to another who meet a rule (null: all) and the search, by id. Costs what lies between. */
export function contactsBetween(workspace: Pick<Workspace, 'db' | 'clock'>, rule: Rule | null, search: string, after: number, until: number): number[] {
  const where = wherePiece(workspace, rule, search, ruleContext(workspace, { over: 'batch' }));
  return workspace.db.prepare(`SELECT c.id FROM contacts c WHERE c.id > ? AND c.id <= ? AND ${where.sql} ORDER BY c.id`).pluck().all(after, until, ...where.values) as number[];
}

function wherePiece({ db }: Pick<Workspace, 'db'>, rule: Rule | null, search: string, context: RuleContext): Piece {
  const words = search.split(/\s+/).filter((word) => word !== '').slice(0, 10);
  const parts = [stillWanted(db), ...words.map(searchPiece), rule === null ? TRUE : compileRule(rule, context)].filter((part) => part !== TRUE);
  return joined(parts, 'AND');
}

const SEARCHED = ['email', 'first_name', 'last_name', 'phone', 'external_id'].map((column) => `c.${column}`);
const SEARCHED_AS_ONE = `(${SEARCHED.map((column) => `coalesce(${column}, '')`).join(' || char(10) || ')})`;

/**
 * Whether a word is part of what a contact is found by, without regard to capitals. LIKE takes a fifth of the time of comparing
 * folded text; where a word has letters beyond ASCII, it finds the few that are then compared.
 */
function searchPiece(word: string): Piece {
  const pattern = `%${word.replaceAll(/[^\x20-\x7e]+/g, '%').replaceAll(/[_\\]/g, '\\$&')}%`.replaceAll(/%+/g, '%');
  // A percent sign of the user's own stands for anything here, and is then compared.
  const isExact = /^[\x20-\x7e]*$/.test(word) && !word.includes('%');
  const escape = pattern.includes('\\') ? ` ESCAPE '\\'` : '';
  const likely = piece(`(${SEARCHED.map((column) => `${column} LIKE ?${escape}`).join(' OR ')})`, ...SEARCHED.map(() => pattern));
  return isExact ? likely : joined([likely, textTest(SEARCHED_AS_ONE, 'contains', word)], 'AND');
}

function orderBy(sort: Sort | null, attributes: AttributeMap): Piece {
  if (sort === null) return piece('c.id DESC');
  const direction = sort.descending ? 'DESC' : 'ASC';
  const { sql, values } = sortedBy(sort.attribute, attributes);
  return { sql: `${sql} ${direction} NULLS LAST, c.id ${direction}`, values };
}

function sortedBy(key: string, attributes: AttributeMap): Piece {
  if (key === ':added') return piece('c.added_at');
  if (key === ':consent') {
    const { sql, values } = consentSql('c.id', 'email');
    return piece(`nullif(${sql}, 'none')`, ...values);
  }
  const attribute = attributes.get(key);
  if (attribute === undefined) refuse('attribute-unknown', say('There is no attribute {attribute} to sort by.', { attribute: key }), { field: 'sort' });
  const isText = attribute.kind === 'text' || attribute.kind === 'choice';
  return piece(`c.${attribute.column}${isText && attribute.key !== 'email' ? ' COLLATE NOCASE' : ''}`);
}
