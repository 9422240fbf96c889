// Twenty rules from simple to nested, with events and orders, counted over a million contacts and five million events by the call
// that segments and the rule builder use. Beside each: the same question as somebody who knows the tables would write it in SQL, on
// a connection of its own. Both must come to the same number.
import type { Rule } from '../../shared/contacts/rule.ts';
import type { Duration } from '../../shared/fields.ts';
import { subtractDuration } from '../../shared/time.ts';
import { openForReading } from '../../src-main/store/reading-connection.ts';
import { bigMachine, milliseconds } from './big-machine.ts';
import { BIG_NOW } from './big-workspace.ts';
import { median, option } from './measure.ts';

const contacts = option('contacts', 1_000_000);
const events = option('events', contacts * 5);
const runs = option('runs', 3);

const days = (amount: number): Duration => ({ amount, unit: 'days' });
const ago = (amount: number): number => subtractDuration(BIG_NOW, days(amount), 'Europe/Copenhagen');
const attribute = (key: string, operator: string, value?: unknown) => ({ kind: 'attribute', attribute: key, operator, value }) as Rule;
const tag = (name: string, has = true): Rule => ({ kind: 'tag', tag: name, has });
const event = (name: string, more: object = {}): Rule => ({ kind: 'event', event: name, did: true, since: 'ever', ...more });
const message = (act: string, more: object = {}): Rule => ({ kind: 'message', message: 'any', act, did: true, since: days(30), ...more }) as Rule;
const order = (measure: string, operator: string, value: unknown, more: object = {}): Rule => ({ kind: 'order', measure, operator, value, since: 'ever', ...more }) as Rule;
const consent: Rule = { kind: 'consent', channel: 'email', given: true };
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules });
const any = (...rules: Rule[]): Rule => ({ kind: 'any', rules });
const none = (...rules: Rule[]): Rule => ({ kind: 'none', rules });

const DID = (type: string, more = '') => `EXISTS (SELECT 1 FROM events e WHERE e.contact_id = c.id AND e.type = '${type}' ${more})`;
const OPENED = DID('message_opened', `AND e.at BETWEEN ${ago(30)} AND ${BIG_NOW} AND e.made_by IS NOT 'machine'`);
const CONSENT = `EXISTS (SELECT 1 FROM (SELECT k.state FROM consents k WHERE k.contact_id = c.id AND k.channel = 'email' AND k.topic = '' ORDER BY k.id DESC LIMIT 1) WHERE state = 'given')`;
const TAG = (id: number) => `c.id IN (SELECT contact_id FROM contact_tags WHERE tag_id = ${id})`;
const ORDERS = (what: string) => `c.id IN (SELECT contact_id FROM orders WHERE at <= ${BIG_NOW} GROUP BY contact_id HAVING ${what})`;

/** Simple: one look at each contact, or less. */
const rules: [string, boolean, Rule, string][] = [
  ['country is DK', true, attribute('country', 'equals', 'DK'), `lower(a_country) = 'dk'`],
  ['points at least 900', true, attribute('points', 'atLeast', 900), 'a_points >= 900'],
  ['newsletter is no', true, attribute('newsletter', 'isFalse'), 'a_newsletter = 0'],
  ['e-mail contains "mail7."', true, attribute('email', 'contains', 'mail7.'), `email LIKE '%mail7.%'`],
  ['city is one of two', true, attribute('city', 'isOneOf', ['Aarhus', 'Berlin']), `lower(a_city) IN ('aarhus', 'berlin')`],
  ['revenue is empty', true, attribute('revenue', 'isEmpty'), 'a_revenue IS NULL'],
  ['birthday in the next 14 days', true, attribute('birthday', 'anniversaryInNext', days(14)), `substr(a_birthday, 6) BETWEEN '03-02' AND '03-16'`],
  ['has a tag', true, tag('tag7'), TAG(7)],
  ['has not a tag', true, tag('tag45', false), `NOT ${TAG(45)}`],
  ['country, points and tag', true, all(attribute('country', 'equals', 'SE'), attribute('points', 'lessThan', 200), tag('tag42')), `a_points < 200 AND lower(a_country) = 'se' AND ${TAG(42)}`],
  ['consent to e-mail', false, consent, CONSENT],
  ['opened anything in 30 days', false, message('opened'), OPENED],
  ['viewed a page at least 3 times', false, event('page_viewed', { times: 3 }), `(SELECT count(*) FROM events e WHERE e.contact_id = c.id AND e.type = 'page_viewed' AND e.at <= ${BIG_NOW}) >= 3`],
  ['viewed a page with a property', false, event('page_viewed', { where: [{ property: 'url', operator: 'equals', value: '/tea/7' }] }), DID('page_viewed', `AND e.data ->> 'url' = '/tea/7'`)],
  ['never ordered', false, order('count', 'equals', 0), `c.id NOT IN (SELECT contact_id FROM orders WHERE at <= ${BIG_NOW})`],
  ['spent at least 1,000.00', false, order('sum', 'atLeast', 100_000), ORDERS(`sum(amount) FILTER (WHERE currency = 'DKK') >= 100000`)],
  ['last order longer ago than 180 days', false, order('last', 'longerAgo', days(180)), ORDERS(`max(at) < ${ago(180)}`)],
  ['consent, Danish, opened, has not ordered in 90 days', false, all(consent, attribute('country', 'equals', 'DK'), message('opened'), order('count', 'equals', 0, { since: days(90) })),
    `lower(a_country) = 'dk' AND ${CONSENT} AND ${OPENED} AND c.id NOT IN (SELECT contact_id FROM orders WHERE at BETWEEN ${ago(90)} AND ${BIG_NOW})`],
  ['buyers or engaged, none of two tags', false, all(any(order('count', 'atLeast', 2), message('clicked')), none(tag('tag1'), tag('tag2'))),
    `(${ORDERS('count(*) >= 2')} OR ${DID('message_clicked', `AND e.at BETWEEN ${ago(30)} AND ${BIG_NOW} AND e.made_by IS NOT 'machine'`)}) AND NOT (${TAG(1)} OR ${TAG(2)})`],
  ['three levels, five kinds', false, any(all(tag('tag3'), consent, none(message('opened', { since: days(90) }))), all(attribute('points', 'moreThan', 950), any(order('sum', 'moreThan', 50_000), event('page_viewed', { since: days(7) })))),
    `(${TAG(3)} AND ${CONSENT} AND NOT ${DID('message_opened', `AND e.at BETWEEN ${ago(90)} AND ${BIG_NOW} AND e.made_by IS NOT 'machine'`)})
     OR (a_points > 950 AND (${ORDERS(`sum(amount) FILTER (WHERE currency = 'DKK') > 50000`)} OR ${DID('page_viewed', `AND e.at BETWEEN ${ago(7)} AND ${BIG_NOW}`)}))`],
];

const machine = await bigMachine(contacts, events);
const plain = openForReading(machine.file);
process.stdout.write(`segments: ${contacts.toLocaleString('en')} contacts, ${events.toLocaleString('en')} events; bar 1.5 x the hand-written SQL, simple ones below 300 ms\n`);
const sums = { product: 0, hand: 0 };
for (const [name, simple, rule, text] of rules) {
  const byHand = plain.prepare(`SELECT count(*) FROM contacts c WHERE ${text}`).pluck();
  const expected = byHand.get() as number;
  const { matching } = await machine.call('contacts.count', { rule });
  if (matching !== expected) throw new Error(`${name}: the rule means ${matching} contacts, the SQL by hand ${expected}`);
  const product: number[] = [];
  const hand: number[] = [];
  for (let n = 0; n < runs; n++) {
    product.push(await milliseconds(() => machine.call('contacts.count', { rule })));
    hand.push(await milliseconds(() => byHand.get()));
  }
  const [ours, theirs] = [median(product), median(hand)];
  sums.product += ours;
  sums.hand += theirs;
  const miss = ours > 1.5 * theirs + 5 || (simple && ours >= 300) ? '  missed' : '';
  process.stdout.write(`${name.padEnd(52)} ${matching.toLocaleString('en').padStart(9)} found ${ours.toFixed(0).padStart(6)} ms, by hand ${theirs.toFixed(0).padStart(6)} ms, ${(ours / theirs).toFixed(2).padStart(6)} x${miss}\n`);
}
process.stdout.write(`${'all twenty'.padEnd(52)} ${''.padStart(15)} ${sums.product.toFixed(0).padStart(6)} ms, by hand ${sums.hand.toFixed(0).padStart(6)} ms, ${(sums.product / sums.hand).toFixed(2).padStart(6)} x\n`);
plain.close();
await machine.close();
