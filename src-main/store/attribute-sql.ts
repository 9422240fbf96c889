// Conditions on attributes as SQL, by the attribute's kind. Rules only; the meaning of each operator stands at compileRule.
import type { Duration } from '../../shared/fields.ts';
import { normaliseEmail, normalisePhone } from '../../shared/contacts/address.ts';
import type { Operand, Operator } from '../../shared/contacts/rule.ts';
import { addDays, addDuration, anniversary, atLocal, localDate, subtractDuration, type Instant, type LeapDay } from '../../shared/time.ts';
import type { StoredAttribute } from './attributes.ts';
import { joined, piece, textIsOneOf, textOperand, textOperands, textTest, type Piece, type TextTest } from './rule-sql.ts';

/** What dates are compared with. `leapDay`: where anniversaries of 29 February are kept in other years; left out: on the 28th. */
export type TestContext = { now: Instant; zone: string; leapDay?: LeapDay | undefined };

/** `country` (ISO 3166): where phone numbers without a country code belong. */
type AttributeContext = TestContext & { country: () => string };

/** A checked condition (`ruleProblems`) on an attribute of `contacts c`, as 0 or 1. */
export function attributeTest(attribute: StoredAttribute, operator: Operator, value: Operand | undefined, context: AttributeContext): Piece {
  const column = `c.${attribute.column}`;
  if (operator === 'isEmpty') return piece(`${column} IS NULL`);
  if (operator === 'isNotEmpty') return piece(`${column} IS NOT NULL`);
  const positive = OPPOSITES[operator];
  if (positive === undefined) return filled(column, valueTest(attribute, column, operator, value, context));
  const part = valueTest(attribute, column, positive, value, context);
  return { sql: `(${column} IS NULL OR NOT (${part.sql}))`, values: part.values };
}

/** Operators that hold exactly where another one does not. */
const OPPOSITES: Partial<Record<Operator, Operator>> = { notEquals: 'equals', notContains: 'contains' };

/** 0 where there is no value. Written so that an index on the column still serves the test. */
function filled(column: string, part: Piece): Piece {
  return { sql: `(${column} IS NOT NULL AND ${part.sql})`, values: part.values };
}

function valueTest(attribute: StoredAttribute, column: string, operator: Operator, value: Operand | undefined, context: AttributeContext): Piece {
  switch (attribute.kind) {
    case 'text':
    case 'choice':
      if (attribute.key === 'email') return emailTest(column, operator, value);
      return attribute.key === 'phone' ? phoneTest(column, operator, value, context.country()) : textCondition(column, operator, value);
    case 'number':
    case 'money':
      return numberTest(column, operator, value);
    case 'yesNo':
      return piece(`${column} = ${operator === 'isTrue' ? 1 : 0}`);
    case 'date':
      return dateTest(column, operator, value, context);
    case 'dateTime':
      return instantTest(column, operator, value, context);
    case 'choices':
      return listTest(column, operator, value);
  }
}

function textCondition(expression: string, operator: Operator, value: Operand | undefined): Piece {
  if (operator === 'isOneOf') return textIsOneOf(expression, textOperands(value));
  return textTest(expression, operator as TextTest, textOperand(value));
}

/** Addresses are stored in one form, so that the same form of the operand finds them by their index. */
function emailTest(column: string, operator: Operator, value: Operand | undefined): Piece {
  const stored = (text: string) => {
    const read = normaliseEmail(text);
    return 'email' in read ? read.email : text.trim().toLowerCase();
  };
  if (operator === 'equals') return piece(`${column} = ?`, stored(textOperand(value)));
  if (operator === 'isOneOf') return piece(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(textOperands(value).map(stored)));
  return textCondition(column, operator, value);
}

/** So are numbers, but for those that no country dials: they are text as it was written. */
function phoneTest(column: string, operator: Operator, value: Operand | undefined, country: string): Piece {
  const stored = (text: string) => {
    const read = normalisePhone(text, country);
    return 'phone' in read ? read.phone : text.trim();
  };
  if (operator === 'isOneOf') return textIsOneOf(column, textOperands(value).map(stored));
  if (operator !== 'equals') return textCondition(column, operator, value);
  const number = stored(textOperand(value));
  return number.startsWith('+') ? piece(`${column} = ?`, number) : textTest(column, 'equals', number);
}

const COMPARED: Partial<Record<Operator, string>> = { equals: '=', moreThan: '>', atLeast: '>=', lessThan: '<', atMost: '<=', before: '<', after: '>' };

/** A comparison of a number expression; also used for properties of events. */
export function numberTest(expression: string, operator: Operator, value: Operand | undefined): Piece {
  if (operator === 'between') return piece(`${expression} BETWEEN ? AND ?`, ...(value as number[]));
  if (operator === 'isOneOf') return piece(`${expression} IN (SELECT value FROM json_each(?))`, JSON.stringify(value));
  return piece(`${expression} ${comparison(operator)} ?`, value as number);
}

function comparison(operator: Operator): string {
  const sign = COMPARED[operator];
  if (sign === undefined) throw new Error(`${operator} does not compare`);
  return sign;
}

/** A comparison of an expression that is a date, "YYYY-MM-DD"; also used for properties of events. */
export function dateTest(expression: string, operator: Operator, value: Operand | undefined, { now, zone, leapDay = 'feb28' }: TestContext): Piece {
  const today = localDate(now, zone);
  switch (operator) {
    case 'inLast':
      return piece(`${expression} BETWEEN ? AND ?`, localDate(subtractDuration(now, value as Duration, zone), zone), today);
    case 'longerAgo':
      return piece(`${expression} < ?`, localDate(subtractDuration(now, value as Duration, zone), zone));
    case 'inNext':
      return piece(`${expression} BETWEEN ? AND ?`, today, localDate(addDuration(now, value as Duration, zone), zone));
    case 'between':
      return piece(`${expression} BETWEEN ? AND ?`, ...(value as string[]));
    case 'anniversaryToday':
      return anniversaryTest(expression, today, today, leapDay);
    case 'anniversaryInNext':
      return anniversaryTest(expression, today, localDate(addDuration(now, value as Duration, zone), zone), leapDay);
    default:
      return piece(`${expression} ${comparison(operator)} ?`, value as string);
  }
}

/** Whether month and day of a date come up between two days, both included; 29 February where it is kept in years without it. */
function anniversaryTest(expression: string, first: string, last: string, leapDay: LeapDay): Piece {
  const days = new Set<string>();
  // A year and a day has every day in it.
  for (let day = first; day <= last && days.size < 366; day = addDays(day, 1)) {
    days.add(day.slice(5));
    if (anniversary('2000-02-29', Number(day.slice(0, 4)), leapDay) === day) days.add('02-29');
  }
  return piece(`substr(${expression}, 6) IN (SELECT value FROM json_each(?))`, JSON.stringify([...days]));
}

/** A comparison of an expression that is an instant, by whole days of the zone; also used for properties of events. */
export function instantTest(expression: string, operator: Operator, value: Operand | undefined, { now, zone }: TestContext): Piece {
  const from = (day: string) => atLocal(day, '00:00', zone);
  const until = (day: string) => from(addDays(day, 1));
  switch (operator) {
    case 'inLast':
      return piece(`${expression} BETWEEN ? AND ?`, subtractDuration(now, value as Duration, zone), now);
    case 'longerAgo':
      return piece(`${expression} < ?`, subtractDuration(now, value as Duration, zone));
    case 'inNext':
      return piece(`${expression} BETWEEN ? AND ?`, now, addDuration(now, value as Duration, zone));
    case 'before':
      return piece(`${expression} < ?`, from(value as string));
    case 'after':
      return piece(`${expression} >= ?`, until(value as string));
    default: {
      const [first, last] = operator === 'between' ? (value as [string, string]) : [value as string, value as string];
      return joined([piece(`${expression} >= ?`, from(first)), piece(`${expression} < ?`, until(last))], 'AND');
    }
  }
}

/** A list is stored as JSON; one of its values must pass. */
function listTest(column: string, operator: Operator, value: Operand | undefined): Piece {
  const part = operator === 'isOneOf' ? textIsOneOf('l.value', textOperands(value)) : textTest('l.value', 'equals', textOperand(value));
  return { sql: `EXISTS (SELECT 1 FROM json_each(${column}) l WHERE ${part.sql})`, values: part.values };
}
