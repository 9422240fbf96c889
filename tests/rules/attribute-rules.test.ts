// What each operator says of each kind of value, above all of a missing one; each case is asked both ways.
import { describe, expect, test } from 'vitest';
import type { AttributeKind, AttributeValue } from '../../shared/contacts/contact.ts';
import { operatorsFor } from '../../shared/contacts/operators.ts';
import type { Operand, Operator, Rule } from '../../shared/contacts/rule.ts';
import { ruleText } from '../../shared/contacts/rule-words.ts';
import { inEnglish } from '../../shared/text.ts';
import type { LeapDay } from '../../shared/time.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { answerForContacts, contactsMatching } from '../../src-main/store/rules.ts';
import { addContact, testWorkspace, TEST_NOW } from '../workspace-fixture.ts';

/** Whether a contact with this value meets the condition; over all contacts, in a batch, and in a negation. */
function meets(kind: AttributeKind, value: AttributeValue, operator: Operator, operand?: Operand, now = TEST_NOW, leapDay?: LeapDay): boolean {
  const workspace = testWorkspace({ now });
  addAttribute(workspace, { key: 'asked', label: 'Asked', kind });
  const id = addContact(workspace, { email: 'ada@x.dk', asked: value });
  const rule: Rule = { kind: 'attribute', attribute: 'asked', operator, ...(operand !== undefined && { value: operand }), ...(leapDay && { leapDay }) };
  const found = contactsMatching(workspace, rule, { limit: 10 }).includes(id);
  expect(answerForContacts(workspace, rule, [id]).has(id)).toBe(found);
  expect(contactsMatching(workspace, { kind: 'none', rules: [rule] }, { limit: 10 }).includes(id)).toBe(!found);
  workspace.close();
  return found;
}

type Case = [operator: Operator, operand: Operand | undefined, yes: AttributeValue[], no: AttributeValue[]];
const none = undefined;

const cases: Record<AttributeKind, Case[]> = {
  text: [
    ['equals', 'Århus', ['Århus', 'århus', 'ÅRHUS', 'A\u030arhus'], ['Aarhus', 'Århus N', null]],
    ['equals', 'ada', ['Ada', 'ADA'], ['adam', 'ådа', null]],
    ['notEquals', 'ada', ['adam', null], ['ADA']],
    ['contains', 'da', ['Ada', 'DAG'], ['Ad', null]],
    ['contains', 'ø', ['SØREN'], ['soren', null]],
    ['contains', '%', ['5 %'], ['5', null]],
    ['notContains', 'ø', ['soren', null], ['SØREN']],
    ['startsWith', 'sø', ['Søren'], ['Ø', 'asø', null]],
    ['startsWith', 'a_', ['A_b'], ['Ab', null]],
    ['endsWith', 'REN', ['Søren'], ['ren søren x', 'n', null]],
    ['isOneOf', ['ada', 'ÅSE'], ['ADA', 'åse'], ['ad', null]],
    ['isEmpty', none, [null, ''], ['0']],
    ['isNotEmpty', none, ['0'], [null, '']],
  ],
  number: [
    ['equals', 5, [5], [5.1, 0, null]],
    ['equals', 0, [0], [null]],
    ['notEquals', 5, [4, null], [5]],
    ['moreThan', 5, [5.1], [5, null]],
    ['atLeast', 5, [5], [4.9, null]],
    ['lessThan', 0, [-1], [0, null]],
    ['atMost', 0, [0], [1, null]],
    ['between', [1, 3], [1, 2.5, 3], [0.9, 3.1, null]],
    ['isOneOf', [1, 2.5], [1, 2.5], [2, null]],
    ['isEmpty', none, [null], [0]],
    ['isNotEmpty', none, [0], [null]],
  ],
  money: [
    ['equals', 100, [100], [99, null]],
    ['notEquals', 100, [99, null], [100]],
    ['moreThan', 100, [101], [100, null]],
    ['atLeast', 100, [100], [99, null]],
    ['lessThan', 100, [99], [100, null]],
    ['atMost', 100, [100], [101, null]],
    ['between', [0, 100], [0, 100], [-1, null]],
    ['isOneOf', [100], [100], [1, null]],
    ['isEmpty', none, [null], [0]],
    ['isNotEmpty', none, [0], [null]],
  ],
  yesNo: [
    ['isTrue', none, [true], [false, null]],
    ['isFalse', none, [false], [true, null]],
    ['isEmpty', none, [null], [false]],
    ['isNotEmpty', none, [false], [null]],
  ],
  // "Today" is 2 March 2026.
  date: [
    ['equals', '2026-03-02', ['2026-03-02'], ['2026-03-03', null]],
    ['notEquals', '2026-03-02', ['2026-03-03', null], ['2026-03-02']],
    ['before', '2026-03-02', ['2026-03-01', '1815-12-10'], ['2026-03-02', null]],
    ['after', '2026-03-02', ['2026-03-03'], ['2026-03-02', null]],
    ['between', ['2026-03-01', '2026-03-03'], ['2026-03-01', '2026-03-03'], ['2026-03-04', null]],
    ['inLast', { amount: 3, unit: 'days' }, ['2026-03-02', '2026-02-27'], ['2026-02-26', '2026-03-03', null]],
    ['inLast', { amount: 1, unit: 'months' }, ['2026-02-02'], ['2026-02-01', null]],
    ['inNext', { amount: 1, unit: 'weeks' }, ['2026-03-02', '2026-03-09'], ['2026-03-10', '2026-03-01', null]],
    ['longerAgo', { amount: 3, unit: 'days' }, ['2026-02-26', '1815-12-10'], ['2026-02-27', '2026-03-03', null]],
    ['anniversaryInNext', { amount: 10, unit: 'days' }, ['1990-03-02', '2026-03-12', '2020-03-05'], ['1990-03-13', '1990-03-01', null]],
    ['anniversaryInNext', { amount: 2, unit: 'years' }, ['1990-03-01', '2000-02-29'], [null]],
    ['anniversaryToday', none, ['1990-03-02', '2026-03-02'], ['1990-03-03', '1990-02-02', null]],
    ['isEmpty', none, [null], ['2026-03-02']],
    ['isNotEmpty', none, ['2026-03-02'], [null]],
  ],
  // The day in Copenhagen begins at 23:00 UTC of the day before.
  dateTime: [
    ['equals', '2026-03-01', [Date.UTC(2026, 1, 28, 23), Date.UTC(2026, 2, 1, 22, 59)], [Date.UTC(2026, 1, 28, 22, 59), Date.UTC(2026, 2, 1, 23), null]],
    ['notEquals', '2026-03-01', [Date.UTC(2026, 2, 1, 23), null], [Date.UTC(2026, 2, 1, 12)]],
    ['before', '2026-03-01', [Date.UTC(2026, 1, 28, 22, 59)], [Date.UTC(2026, 1, 28, 23), null]],
    ['after', '2026-03-01', [Date.UTC(2026, 2, 1, 23)], [Date.UTC(2026, 2, 1, 22, 59), null]],
    ['between', ['2026-02-28', '2026-03-01'], [Date.UTC(2026, 1, 27, 23), Date.UTC(2026, 2, 1, 22, 59)], [Date.UTC(2026, 2, 1, 23), null]],
    ['inLast', { amount: 2, unit: 'hours' }, [TEST_NOW, TEST_NOW - 7_200_000], [TEST_NOW + 1, TEST_NOW - 7_200_001, null]],
    ['longerAgo', { amount: 2, unit: 'hours' }, [TEST_NOW - 7_200_001], [TEST_NOW - 7_200_000, TEST_NOW + 1, null]],
    ['inNext', { amount: 2, unit: 'hours' }, [TEST_NOW, TEST_NOW + 7_200_000], [TEST_NOW - 1, null]],
    ['isEmpty', none, [null], [0]],
    ['isNotEmpty', none, [0], [null]],
  ],
  choice: [
    ['equals', 'Red', ['Red', 'red'], ['Green', null]],
    ['notEquals', 'Red', ['Green', null], ['red']],
    ['isOneOf', ['Red', 'Blue'], ['blue'], ['Green', null]],
    ['isEmpty', none, [null], ['Red']],
    ['isNotEmpty', none, ['Red'], [null]],
  ],
  choices: [
    ['contains', 'Red', [['Red'], ['Blue', 'red']], [['Redder'], [], null]],
    ['notContains', 'Red', [['Blue'], [], null], [['Blue', 'Red']]],
    ['isOneOf', ['Red', 'Æble'], [['æble', 'x']], [['x'], null]],
    ['isEmpty', none, [null, []], [['Red']]],
    ['isNotEmpty', none, [['Red']], [null, []]],
  ],
};

describe.each(Object.entries(cases) as [AttributeKind, Case[]][])('%s', (kind, rows) => {
  test.each(rows)('%s %j', (operator, operand, yes, no) => {
    expect(yes.map((value) => [value, meets(kind, value, operator, operand)])).toEqual(yes.map((value) => [value, true]));
    expect(no.map((value) => [value, meets(kind, value, operator, operand)])).toEqual(no.map((value) => [value, false]));
  });

  test('every operator of the kind has a case, with a missing value', () => {
    const asked = rows.filter(([, , yes, no]) => [...yes, ...no].includes(null)).map(([operator]) => operator);
    expect([...new Set(asked)].toSorted()).toEqual(operatorsFor(kind).map(({ operator }) => operator).toSorted());
  });
});

test('whoever was born on 29 February has the anniversary on the 28th in other years, and on the 29th in leap years', () => {
  const asked = (now: number) => meets('date', '2000-02-29', 'anniversaryToday', undefined, now);
  expect([Date.UTC(2026, 1, 28, 12), Date.UTC(2026, 2, 1, 12), Date.UTC(2028, 1, 28, 12), Date.UTC(2028, 1, 29, 12)].map(asked)).toEqual([true, false, false, true]);
});

test('anniversaries of the next days go on across New Year, and take 29 February on the 28th in other years', () => {
  const asked = (value: string, now: number, amount: number) => meets('date', value, 'anniversaryInNext', { amount, unit: 'days' }, now);
  const newYear = Date.UTC(2026, 11, 30, 12);
  expect(['1990-12-30', '1990-12-31', '1990-01-02', '1990-01-04', '1990-12-29'].map((value) => asked(value, newYear, 4))).toEqual([true, true, true, false, false]);
  expect([Date.UTC(2026, 1, 27, 12), Date.UTC(2028, 1, 27, 12)].map((now) => asked('2000-02-29', now, 1))).toEqual([true, false]);
  expect(asked('2000-02-29', Date.UTC(2028, 1, 27, 12), 2)).toBe(true);
});

describe('D13: where 29 February is kept in other years is said in the rule, as in triggers and waits', () => {
  const days = [Date.UTC(2026, 1, 28, 12), Date.UTC(2026, 2, 1, 12), Date.UTC(2028, 1, 28, 12), Date.UTC(2028, 1, 29, 12), Date.UTC(2028, 2, 1, 12)];

  test.each([
    [undefined, [true, false, false, true, false]],
    ['feb28', [true, false, false, true, false]],
    ['mar1', [false, true, false, true, false]],
  ] as const)('the anniversary today, %s', (leapDay, expected) => {
    expect(days.map((now) => meets('date', '2000-02-29', 'anniversaryToday', undefined, now, leapDay))).toEqual(expected);
    // Nobody else is moved.
    expect(days.map((now) => meets('date', '1990-03-01', 'anniversaryToday', undefined, now, leapDay))).toEqual([false, true, false, false, true]);
    expect(days.map((now) => meets('date', '1990-02-28', 'anniversaryToday', undefined, now, leapDay))).toEqual([true, false, true, false, false]);
  });

  test.each([
    ['feb28', 0, true],
    ['mar1', 0, false],
    ['mar1', 1, true],
    ['mar1', 400, true],
  ] as const)('in the next days from 28 February 2026: %s, %i', (leapDay, amount, expected) => {
    expect(meets('date', '2000-02-29', 'anniversaryInNext', { amount, unit: 'days' }, days[0], leapDay)).toBe(expected);
  });

  test('it reads as a sentence; the default is not said', () => {
    const names = { attribute: () => ({ key: 'born', label: 'Birthday', kind: 'date', choices: [] }) as never, message: () => undefined, segment: () => undefined };
    const read = (leapDay?: 'feb28' | 'mar1', operator: 'anniversaryToday' | 'isEmpty' = 'anniversaryToday') => inEnglish(ruleText({ kind: 'attribute', attribute: 'born', operator, ...(leapDay && { leapDay }) }, names));
    expect([read(), read('feb28'), read('mar1'), read('mar1', 'isEmpty')]).toEqual(['Birthday has its anniversary today', 'Birthday has its anniversary today', 'Birthday has its anniversary today (29 February on 1 March in other years)', 'Birthday is empty']);
  });
});

test('today is the one of the workspace: at 23:30 UTC it is tomorrow in Copenhagen', () => {
  expect(meets('date', '1990-03-03', 'anniversaryToday', undefined, Date.UTC(2026, 2, 2, 23, 30))).toBe(true);
});

test('a phone number is found however it is written, as it would be stored in the country of the workspace', () => {
  const workspace = testWorkspace();
  const [ada, odd] = [addContact(workspace, { phone: '+4520123456' }), addContact(workspace, { phone: 'Ask Bo' })];
  const ask = (operator: Operator, value: Operand) => contactsMatching(workspace, { kind: 'attribute', attribute: 'phone', operator, value }, { limit: 10 });
  expect(ask('equals', '20 12 34 56')).toEqual([ada]);
  expect(ask('isOneOf', ['(+45) 20123456', 'ask bo'])).toEqual([odd, ada]);
  expect(ask('notEquals', '004520123456')).toEqual([odd]);
  expect(ask('equals', 'ask bo')).toEqual([odd]);
  expect(ask('startsWith', '+4520')).toEqual([ada]);
});

test('an address in a rule is understood however it is written', () => {
  const workspace = testWorkspace();
  const ada = addContact(workspace, { email: 'ada@x.dk' });
  addContact(workspace, { email: 'bob@x.dk' });
  addContact(workspace, { external_id: '7' });
  const ask = (operator: Operator, value: Operand) => contactsMatching(workspace, { kind: 'attribute', attribute: 'email', operator, value }, { limit: 10 });
  expect(ask('equals', ' Ada <ADA@X.DK>')).toEqual([ada]);
  expect(ask('isOneOf', ['ADA@x.dk', 'nobody'])).toEqual([ada]);
  expect(ask('endsWith', '@X.dk')).toHaveLength(2);
  expect(ask('notEquals', 'ada@x.dk')).toHaveLength(2);
});
