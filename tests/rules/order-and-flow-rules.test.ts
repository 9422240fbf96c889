// Conditions over orders, passages through flows, and for how long something has held: who meets them, in which period, and
// that an index serves them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ruleProblems } from '../../shared/contacts/operators.ts';
import { ruleText } from '../../shared/contacts/rule-words.ts';
import { paceOf } from '../../shared/contacts/rule-time.ts';
import type { Condition, Rule } from '../../shared/contacts/rule.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY } from '../../shared/time.ts';
import { attributesOf } from '../../src-main/store/attributes.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { run } from '../../src-main/store/database.ts';
import { insertEnrollment } from '../../src-main/store/enrollments.ts';
import { recordEvent } from '../../src-main/store/events.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { answerForContacts, answerForEnrollments, compileRule, contactsMatching, ruleContext } from '../../src-main/store/rules.ts';
import { takeStock } from '../../src-main/store/segment-membership.ts';
import { addToSegmentFor, saveSegment } from '../../src-main/store/segments.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { addContact, testWorkspace, TEST_NOW, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
let people: Record<string, number>;

/** Ada bought a lot, long ago and lately; Bob once, long ago; Cleo never. */
beforeEach(() => {
  workspace = testWorkspace({ now: TEST_NOW - 400 * DAY });
  people = { ada: addContact(workspace, { email: 'ada@x.dk' }), bob: addContact(workspace, { email: 'bob@x.dk' }), cleo: addContact(workspace, { email: 'cleo@x.dk' }) };
  workspace.clock.setTo(TEST_NOW);
  buy('ada', 1, 300, 10_000, { product: 'Green tea' });
  buy('ada', 2, 20, 20_000, { products: ['Kettle', 'Green Tea'] });
  buy('ada', 3, 2, 60_000, { products: [{ name: 'Samovar', sku: 'S-1' }] });
  buy('bob', 4, 90, 5_000, { product: 'Kettle' });
});
afterEach(() => workspace.close());

function buy(name: string, key: number, daysAgo: number, amount: number, data: Record<string, unknown>, currency?: string): void {
  recordOrder(workspace, { orderKey: String(key), contactId: people[name]!, at: TEST_NOW - daysAgo * DAY, amount, source: 'test', data, ...(currency !== undefined && { currency }) });
}

/** Who meets a rule, asked over all contacts; the same must come out for a batch, and "none" must be the others. */
function who(rule: Rule): string {
  const ids = contactsMatching(workspace, rule, { limit: 100 });
  const all = Object.values(people);
  expect(answerForContacts(workspace, rule, all)).toEqual(new Set(ids));
  expect(contactsMatching(workspace, { kind: 'none', rules: [rule] }, { limit: 100 }).toSorted((a, b) => a - b)).toEqual(all.filter((id) => !ids.includes(id)));
  return Object.keys(people).filter((name) => ids.includes(people[name]!)).join();
}

const days = (amount: number) => ({ amount, unit: 'days' as const });
const order = (rest: Partial<Condition & { kind: 'order' }>): Rule => ({ kind: 'order', measure: 'count', operator: 'atLeast', since: 'ever', ...rest });

describe('orders', () => {
  test.each<[string, Partial<Condition & { kind: 'order' }>, string]>([
    ['at least one', { value: 1 }, 'ada,bob'],
    ['none', { operator: 'equals', value: 0 }, 'cleo'],
    ['fewer than two', { operator: 'lessThan', value: 2 }, 'bob,cleo'],
    ['two in a window', { value: 2, since: days(30) }, 'ada'],
    ['none in a window', { operator: 'equals', value: 0, since: days(30) }, 'bob,cleo'],
    ['sum', { measure: 'sum', value: 90_000 }, 'ada'],
    ['sum of nothing is nothing', { measure: 'sum', operator: 'atMost', value: 5_000 }, 'bob,cleo'],
    ['sum in a window', { measure: 'sum', operator: 'between', value: [80_000, 80_000], since: days(30) }, 'ada'],
    ['average', { measure: 'average', value: 30_000 }, 'ada'],
    ['there is no average of nothing', { measure: 'average', operator: 'lessThan', value: 1_000_000 }, 'ada,bob'],
    ['last order lately', { measure: 'last', operator: 'inLast', value: days(30) }, 'ada'],
    ['last order long ago: whoever never bought is not meant', { measure: 'last', operator: 'longerAgo', value: days(60) }, 'bob'],
    ['first order on a day', { measure: 'first', operator: 'equals', value: '2025-12-02' }, 'bob'],
    ['first order before', { measure: 'first', operator: 'before', value: '2025-12-02' }, 'ada'],
    ['a product', { value: 1, product: 'kettle' }, 'ada,bob'],
    ['a product twice', { value: 2, product: 'GREEN TEA' }, 'ada'],
    ['a product by the number in a list', { value: 1, product: 's-1' }, 'ada'],
    ['no product of that name', { value: 1, product: 'tea' }, ''],
    ['a product in a window', { value: 1, product: 'Kettle', since: days(30) }, 'ada'],
    ['last order of a product', { measure: 'last', operator: 'longerAgo', value: days(10), product: 'green tea' }, 'ada'],
  ])('%s', (_, rest, expected) => expect(who(order(rest))).toBe(expected));

  test('money is summed in the currency of the workspace only; every order is counted', () => {
    buy('cleo', 9, 1, 1_000_000, {}, 'EUR');
    expect(who(order({ measure: 'sum', value: 90_000 }))).toBe('ada');
    expect(who(order({ value: 1 }))).toBe('ada,bob,cleo');
  });

  test('since the entry into the flow', () => {
    const flowId = insertFlow(workspace, flowSchema.parse({ name: 'Flow' }));
    const enter = (contactId: number, at: number) => {
      const id = insertEnrollment(workspace, { flowId, contactId, entryKey: '', triggerId: 't', state: 'active', stepId: 's', stepEnteredAt: at, stepShift: 0, stepAfterEvent: 0, started: true, dueAt: null, visit: 1, messageResult: null, exitReason: null, enteredAt: at })!;
      recordEvent(workspace, { contactId, type: 'flow_entered', at, source: 'flow', flowId, enrollmentId: id });
      return id;
    };
    // Bob came in by the very order, so that it does not count; Ada has bought since.
    const [ada, bob] = [enter(people['ada']!, TEST_NOW - 10 * DAY), enter(people['bob']!, TEST_NOW - 90 * DAY)];
    expect(answerForEnrollments(workspace, order({ value: 1, since: 'enrollment' }), [ada, bob])).toEqual(new Set([ada]));
    expect(() => contactsMatching(workspace, order({ value: 1, since: 'enrollment' }), { limit: 1 })).toThrow('inside a flow');
  });

  test('what cannot be asked of a measure is refused with its place', () => {
    const attribute = (key: string) => attributesOf(workspace).get(key);
    const places = (rule: Rule) => ruleProblems(rule, { attribute }).map(({ code, place }) => `${code} ${place?.field}`);
    expect(places(order({ value: 'many' }))).toEqual(['value-unfit rule.value']);
    expect(places(order({ measure: 'sum', value: 1.5 }))).toEqual(['value-unfit rule.value']);
    expect(places(order({ measure: 'last', operator: 'moreThan', value: 3 }))).toEqual(['operator-unfit rule.operator']);
    expect(places(order({}))).toEqual(['value-missing rule.value']);
  });
});

describe('positions in flows', () => {
  let spring: number;
  let autumn: number;

  beforeEach(() => {
    [spring, autumn] = ['Spring', 'Autumn'].map((name) => insertFlow(workspace, flowSchema.parse({ name }))) as [number, number];
    const put = (name: string, flowId: number, daysAgo: number, rest: Record<string, unknown>) => {
      const enteredAt = TEST_NOW - daysAgo * DAY;
      const id = insertEnrollment(workspace, { flowId, contactId: people[name]!, entryKey: '', triggerId: 't', state: 'active', stepId: 'pause', stepEnteredAt: enteredAt, stepShift: 0, stepAfterEvent: 0, started: true, dueAt: null, visit: 1, messageResult: null, exitReason: null, enteredAt })!;
      for (const [column, value] of Object.entries(rest)) run(workspace.db, `UPDATE enrollments SET ${column} = ? WHERE id = ?`, value, id);
    };
    put('ada', spring, 10, {});
    put('ada', autumn, 100, { state: 'finished', step_id: null, exit_reason: 'goal', left_at: TEST_NOW - 50 * DAY });
    put('bob', spring, 40, { state: 'exited', step_id: null, exit_reason: 'opted-out', left_at: TEST_NOW - 5 * DAY });
    put('cleo', spring, 3, { state: 'finished', step_id: null, left_at: TEST_NOW - DAY });
  });

  test.each<[string, () => Partial<Condition & { kind: 'flow' }>, string]>([
    ['inside', () => ({ flow: spring }), 'ada'],
    ['not inside', () => ({ flow: spring, is: false }), 'bob,cleo'],
    ['inside any', () => ({ flow: 'any' }), 'ada'],
    ['at a step', () => ({ flow: spring, position: 'atStep', step: 'pause' }), 'ada'],
    ['not at that step', () => ({ flow: spring, position: 'atStep', step: 'other', is: false }), 'ada,bob,cleo'],
    ['ever in it', () => ({ flow: spring, position: 'entered' }), 'ada,bob,cleo'],
    ['came in lately', () => ({ flow: spring, position: 'entered', since: days(15) }), 'ada,cleo'],
    ['never in it', () => ({ flow: autumn, position: 'entered', is: false }), 'bob,cleo'],
    ['left', () => ({ flow: spring, position: 'left' }), 'bob,cleo'],
    ['left lately', () => ({ flow: 'any', position: 'left', since: days(3) }), 'cleo'],
    ['left by the goal', () => ({ flow: autumn, position: 'left', reason: 'goal' }), 'ada'],
    ['left by opting out', () => ({ flow: 'any', position: 'left', reason: 'opted-out' }), 'bob'],
    ['came to the end', () => ({ flow: 'any', position: 'left', reason: 'end' }), 'cleo'],
  ])('%s', (_, rest, expected) => expect(who({ kind: 'flow', flow: 'any', position: 'inside', is: true, since: 'ever', ...rest() })).toBe(expected));

  test('a flow that is not chosen or not there, and a step that is not chosen, are problems', () => {
    const codes = (rest: Partial<Condition & { kind: 'flow' }>) => ruleProblems({ kind: 'flow', flow: 1, position: 'inside', is: true, since: 'ever', ...rest }, { attribute: () => undefined, flow: (id) => (id === 1 ? 'Spring' : undefined) }).map(({ code }) => code);
    expect([codes({}), codes({ flow: 0 }), codes({ flow: 7 }), codes({ position: 'atStep' }), codes({ flow: 'any', position: 'atStep', step: 'pause' })]).toEqual([[], ['flow-missing'], ['flow-unknown'], ['step-missing'], ['step-missing']]);
  });
});

describe('for at least so long', () => {
  test('a tag, had or not had', () => {
    addTagFor(workspace, [{ contactId: people['ada']! }], 'vip', { source: 'user', at: TEST_NOW - 30 * DAY });
    addTagFor(workspace, [{ contactId: people['bob']! }], 'vip', { source: 'user', at: TEST_NOW - 5 * DAY });
    addTagFor(workspace, [{ contactId: people['cleo']! }], 'vip', { source: 'user', at: TEST_NOW - 60 * DAY });
    removeTagFor(workspace, [{ contactId: people['cleo']! }], 'vip', { source: 'user', at: TEST_NOW - 3 * DAY });
    expect(who({ kind: 'tag', tag: 'vip', has: true, for: days(10) })).toBe('ada');
    expect(who({ kind: 'tag', tag: 'vip', has: true, for: days(5) })).toBe('ada,bob');
    expect(who({ kind: 'tag', tag: 'vip', has: false, for: days(2) })).toBe('cleo');
    expect(who({ kind: 'tag', tag: 'vip', has: false, for: days(10) })).toBe('');
    expect(who({ kind: 'tag', tag: 'never', has: false, for: days(500) })).toBe('');
  });

  test('an attribute: from the last change of its value, or from the beginning of the contact', () => {
    const set = (name: string, key: string, value: string, daysAgo: number) => updateContact(workspace, people[name]!, { [key]: value }, { source: 'user', at: TEST_NOW - daysAgo * DAY });
    set('ada', 'language', 'da', 200);
    set('bob', 'language', 'da', 2);
    set('ada', 'first_name', 'Ada', 1);
    const danish = (amount: number): Rule => ({ kind: 'attribute', attribute: 'language', operator: 'equals', value: 'da', for: days(amount) });
    expect([who(danish(0)), who(danish(2)), who(danish(100)), who(danish(201))]).toEqual(['ada,bob', 'ada,bob', 'ada', '']);
    expect(who({ kind: 'attribute', attribute: 'language', operator: 'isEmpty', for: days(399) })).toBe('cleo');
    expect(() => who({ kind: 'attribute', attribute: 'language', operator: 'isEmpty', for: days(1) })).not.toThrow();
  });

  test('a member of a fixed set, or of a segment that is kept track of; of no other', () => {
    saveSegment(workspace, { key: 'fair', name: 'Fair', rule: null });
    addToSegmentFor(workspace, [{ contactId: people['ada']! }], 'fair', { source: 'user', at: TEST_NOW - 20 * DAY });
    addToSegmentFor(workspace, [{ contactId: people['bob']! }], 'fair', { source: 'user', at: TEST_NOW - 2 * DAY });
    const inside = (segment: string): Rule => ({ kind: 'segment', segment, member: true, for: days(10) });
    expect(who(inside('fair'))).toBe('ada');
    saveSegment(workspace, { key: 'buyers', name: 'Buyers', rule: order({ value: 1 }) });
    expect(() => who(inside('buyers'))).toThrow('Keep track');
    saveSegment(workspace, { key: 'buyers', name: 'Buyers', rule: order({ value: 1 }), track: true });
    takeStock(workspace, 'buyers');
    expect(who(inside('buyers'))).toBe('');
    workspace.clock.setTo(TEST_NOW + 10 * DAY);
    expect(who(inside('buyers'))).toBe('ada,bob');
    expect(ruleProblems({ ...inside('fair'), member: false } as Rule, { attribute: () => undefined }).map(({ code }) => code)).toEqual(['for-unfit']);
  });

  test('what depends on today cannot last', () => {
    const rule: Rule = { kind: 'attribute', attribute: 'born', operator: 'inLast', value: days(3), for: days(3) };
    expect(ruleProblems(rule, { attribute: () => ({ key: 'born', label: 'Born', kind: 'date' }) }).map(({ code }) => code)).toEqual(['for-unfit']);
  });
});

test.each<[string, Rule, string]>([
  ['a plain attribute', { kind: 'attribute', attribute: 'email', operator: 'isNotEmpty' }, 'never'],
  ['a birthday', { kind: 'attribute', attribute: 'email', operator: 'anniversaryToday' }, 'daily'],
  ['orders ever', order({ value: 1 }), 'never'],
  ['orders of thirty days', order({ value: 1, since: days(30) }), 'daily'],
  ['the last order was long ago', order({ measure: 'last', operator: 'longerAgo', value: days(30) }), 'daily'],
  ['opened within hours', { kind: 'message', message: 'any', act: 'opened', did: true, since: { amount: 2, unit: 'hours' } }, 'hourly'],
  ['a tag for a week', { kind: 'tag', tag: 'x', has: true, for: { amount: 1, unit: 'weeks' } }, 'daily'],
  ['a property of the last days', { kind: 'event', event: 'x', did: true, since: 'ever', where: [{ property: 'at', operator: 'inLast', value: days(3) }] }, 'daily'],
  ['stands at a step', { kind: 'flow', flow: 1, position: 'atStep', step: 's', is: true, since: 'ever' }, 'hourly'],
  ['by way of a segment that names itself', { kind: 'any', rules: [{ kind: 'segment', segment: 'loop', member: true }] }, 'daily'],
])('time changes it: %s', (_, rule, pace) => {
  const loop: Rule = { kind: 'all', rules: [{ kind: 'segment', segment: 'loop', member: true }, order({ value: 1, since: days(1) })] };
  expect(paceOf(rule, (key) => (key === 'loop' ? loop : null))).toBe(pace);
});

test.each<[string, Rule, RegExp]>([
  ['orders', order({ value: 2, product: 'tea' }), /orders_contact/],
  ['flows', { kind: 'flow', flow: 1, position: 'entered', is: true, since: 'ever' }, /enrollments_contact/],
  ['a tag for long', { kind: 'tag', tag: 'x', has: false, for: days(3) }, /events_contact/],
  ['an attribute for long', { kind: 'attribute', attribute: 'email', operator: 'isNotEmpty', for: days(3) }, /events_contact/],
])('an index serves %s', (_, rule, index) => {
  const part = compileRule(rule, ruleContext(workspace));
  const plan = workspace.db.prepare(`EXPLAIN QUERY PLAN SELECT c.id FROM contacts c WHERE ${part.sql}`).all(...part.values) as { detail: string }[];
  const details = plan.map(({ detail }) => detail);
  expect(details.join('\n')).toMatch(index);
  expect(details.filter((detail) => /^SCAN (o|e|p)\b/.test(detail) && !/VIRTUAL/.test(detail))).toEqual([]);
});

test('any message of a flow: only what that flow has sent', () => {
  const send = (name: string, flowId: number, type: string) => recordEvent(workspace, { contactId: people[name]!, type, at: TEST_NOW - DAY, source: 'channel', flowId, data: { message: 'hello' } });
  send('ada', 1, 'message_sent');
  send('ada', 1, 'message_opened');
  send('bob', 2, 'message_opened');
  const opened = (rest: Partial<Condition & { kind: 'message' }>): Rule => ({ kind: 'message', message: 'any', act: 'opened', did: true, since: 'ever', ...rest });
  expect([who(opened({})), who(opened({ flow: 1 })), who(opened({ flow: 2, message: 'hello' })), who(opened({ flow: 1, did: false }))]).toEqual(['ada,bob', 'ada', 'bob', 'bob,cleo']);
  expect(ruleProblems(opened({ flow: 0 }), { attribute: () => undefined }).map(({ code, place }) => `${code} ${place?.field}`)).toEqual(['flow-missing rule.flow']);
  expect(inEnglish(ruleText(opened({ flow: 1 }), { attribute: () => undefined, message: () => undefined, segment: () => undefined, flow: () => 'Spring' }))).toBe('opened any message of the flow “Spring” at any time');
});

test('the new conditions can be said', () => {
  const names = { attribute: () => undefined, message: () => undefined, segment: () => 'Fair', flow: () => 'Spring' };
  const said = (rule: Rule) => inEnglish(ruleText(rule, names));
  expect(said(order({ value: 2, product: 'tea', since: days(30) }))).toBe('number of orders (with “tea”) is at least 2 in the last 30 days');
  expect(said(order({ measure: 'last', operator: 'longerAgo', value: days(90) }))).toBe('last order was longer ago than 90 days');
  expect(said({ kind: 'flow', flow: 1, position: 'left', is: true, reason: 'goal', since: { amount: 1, unit: 'hours' } })).toBe('left “Spring” with the reason “goal” in the last 1 hour');
  expect(said({ kind: 'flow', flow: 'any', position: 'inside', is: false, since: 'ever' })).toBe('is not in any flow');
  expect(said({ kind: 'tag', tag: 'vip', has: true, for: days(3) })).toBe('has the tag “vip”, unchanged for at least 3 days');
});
