// Cells of text become values of attributes, by kind, and nothing is altered in silence: what cannot be read for certain is
// refused with the reason. The way back is in value-text.ts; what that writes, this reads to the same value.
import { atLocal, isDate, isTimeZone, MINUTE, parseInstant } from '../time.ts';
import { say, type Text } from '../text.ts';
import { countryOf, normaliseEmail, normalisePhone } from './address.ts';
import type { Attribute, AttributeValue } from './contact.ts';
import { marksCurrency, minorDigits, monthNamed, parseYesNo, regionOf, type DateOrder } from './locale-words.ts';

/** How text is to be understood: the marks of the file or the region, and the workspace's zone, money and country. */
export type ValueReading = {
  decimal: ',' | '.';
  dateOrder: DateOrder;
  /** IANA zone of clock times without an offset. */
  zone: string;
  /** ISO 4217: what money attributes are in. */
  currency: string;
  /** ISO 3166: where phone numbers without a country code belong. */
  country: string;
};

export type ReadValue = { value: AttributeValue; warning?: Text } | { reason: Text };

/** How people of a locale write; with the workspace's zone and currency. */
export function readingFor(locale: string, zone: string, currency: string): ValueReading {
  const { decimal, dateOrder } = regionOf(locale);
  return { decimal, dateOrder, zone, currency, country: countryOf(locale) };
}

/**
 * Reads a cell as the value of an attribute: e-mail, phone and time zone in their stored form, everything else by kind
 * (`parseValue`). An empty cell is `null`.
 */
export function parseAttribute(text: string, attribute: Pick<Attribute, 'key' | 'kind' | 'choices'>, reading: ValueReading): ReadValue {
  if (trimmed(text) === '') return { value: null };
  if (attribute.key === 'email') {
    const read = normaliseEmail(text);
    return 'email' in read ? { value: read.email, ...(read.warning && { warning: read.warning }) } : read;
  }
  if (attribute.key === 'phone') {
    const read = normalisePhone(text, reading.country);
    return 'phone' in read ? { value: read.phone } : read;
  }
  if (attribute.key === 'time_zone') {
    const zone = trimmed(text);
    return isTimeZone(zone) ? { value: zone } : { reason: notAZone(zone) };
  }
  return parseValue(text, attribute, reading);
}

/**
 * Reads a cell by kind. Blanks around it do not count; an empty cell is `null`.
 * - text: as it stands, with leading zeros and inner blanks.
 * - number: `1.234,50`, `1 234,50` (any blank), `1'234.50`, `-5`, `5-`, `(5)`; groups must be of three digits; the decimal mark
 *   is the reading's. Refused where digits would be lost, and in scientific notation, by which a spreadsheet has lost some.
 * - money: the same with a mark or code of the workspace's currency; as minor units. Refused: another currency, more digits
 *   than the currency has.
 * - date: the reading's order with - . / or blanks, ISO, YYYYMMDD, or a month by name in eight languages. Years of two digits:
 *   00-49 are 2000-2049, 50-99 are 1950-1999. A time other than midnight is refused, not cut off.
 * - dateTime: ISO with an offset, or such a date with a clock time of the reading's zone (none: 00:00).
 * - yesNo: the words of eight languages, true/false, 1/0, x.
 * - choice: one of the choices, however capitalised. - choices: several of them, between ; or | or lines, or else commas.
 */
export function parseValue(text: string, attribute: Pick<Attribute, 'kind' | 'choices'>, reading: ValueReading): ReadValue {
  const cell = trimmed(text);
  if (cell === '') return { value: null };
  if (cell.length > 100_000) return { reason: say('The cell has {length} characters; {most} is the most.', { length: cell.length, most: 100_000 }) };
  if (cell.includes('\0')) return { reason: say('The cell holds a zero byte. The file is damaged here, or is not text.') };
  const shown = cell.slice(0, 80);
  switch (attribute.kind) {
    case 'text':
      return { value: cell };
    case 'number':
      return readNumber(cell, shown, reading.decimal);
    case 'money':
      return readMoney(cell, shown, reading);
    case 'yesNo': {
      const answer = parseYesNo(cell);
      return answer === null ? { reason: say('"{cell}" is neither yes nor no.', { cell: shown }) } : { value: answer };
    }
    case 'date':
      return NO_DATE.test(cell) ? { value: null } : readDate(cell, shown, reading);
    case 'dateTime':
      return NO_DATE.test(cell) ? { value: null } : readDateTime(cell, shown, reading);
    case 'choice':
      return readChoice(cell, attribute.choices);
    case 'choices':
      return readChoices(cell, attribute.choices);
  }
}

/** What is wrong with a typed value for an attribute; `undefined`: it fits. For forms, steps and calls, which bring no text. */
export function valueReason(value: AttributeValue, attribute: Pick<Attribute, 'key' | 'kind' | 'choices'>): Text | undefined {
  if (value === null) return undefined;
  const { key, kind, choices } = attribute;
  if (key === 'time_zone' && (typeof value !== 'string' || (value !== '' && !isTimeZone(value)))) return notAZone(String(value));
  if (fits(value, kind)) {
    const foreign = choices === undefined || choices.length === 0 ? undefined : [value].flat().find((each) => !choices.includes(String(each)));
    return foreign === undefined || foreign === '' ? undefined : notAChoice(String(foreign), choices!);
  }
  switch (kind) {
    case 'text':
    case 'choice':
      return say('This must be text.');
    case 'number':
      return say('This must be a number.');
    case 'money':
      return say('This must be an amount, in whole units of the smallest coin.');
    case 'yesNo':
      return say('This must be yes or no.');
    case 'date':
      return say('This must be a date of the calendar, written YYYY-MM-DD.');
    case 'dateTime':
      return say('This must be a point in time.');
    case 'choices':
      return say('This must be a list.');
  }
}

function fits(value: Exclude<AttributeValue, null>, kind: Attribute['kind']): boolean {
  if (kind === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (kind === 'money' || kind === 'dateTime') return Number.isSafeInteger(value);
  if (kind === 'yesNo') return typeof value === 'boolean';
  if (kind === 'choices') return Array.isArray(value);
  if (kind === 'date') return typeof value === 'string' && (value === '' || isDate(value));
  return typeof value === 'string';
}

function trimmed(text: string): string {
  return text.replace(/^[\s\ufeff\u200b]+|[\s\ufeff\u200b]+$/g, '');
}

const notAZone = (zone: string): Text => say('"{zone}" is not a time zone. Write one such as Europe/Copenhagen.', { zone: zone.slice(0, 80) });

/** How programs write that there is no date: Outlook 0/0/00, databases 0000-00-00. */
const NO_DATE = /^0{1,4}[-./]0{1,2}[-./]0{1,4}([T ]0{1,2}:00(:00)?)?$/;

const notAChoice = (cell: string, choices: readonly string[]): Text =>
  say('"{cell}" is not one of the choices: {choices}.', { cell: cell.slice(0, 80), choices: choices.slice(0, 8).join(', ') + (choices.length > 8 ? ' …' : '') });

// ---- numbers and money ----

/** An exact decimal number: digits without leading and trailing zeros around the point. */
type Decimal = { negative: boolean; whole: string; fraction: string };

/** Digits in one piece, or in groups of three with the same mark between them; then the decimal mark and more digits. */
const COMMA_NUMBER = /^(\d{1,3}(?:([ '’.])\d{3})(?:\2\d{3})*|\d*)(?:,(\d*))?$/;
const POINT_NUMBER = /^(\d{1,3}(?:([ '’,])\d{3})(?:\2\d{3})*|\d*)(?:\.(\d*))?$/;

function readDecimal(cell: string, decimal: ',' | '.'): Decimal | null {
  let text = cell.replaceAll(/[\s\u00a0\u2000-\u200a\u202f]/g, ' ').replaceAll(/[\u2212\u2013]/g, '-');
  let negative = false;
  const signed = /^\((.*)\)$/.exec(text) ?? /^-\s?(.*)$/.exec(text) ?? /^(.*\d)\s?-$/.exec(text);
  if (signed !== null) [negative, text] = [true, signed[1]!];
  else text = text.replace(/^\+/, '');
  const found = (decimal === ',' ? COMMA_NUMBER : POINT_NUMBER).exec(text);
  if (found === null) return null;
  const whole = found[1]!.replaceAll(/\D/g, '');
  const fraction = found[3] ?? '';
  if (whole === '' && fraction === '') return null;
  return { negative, whole: whole.replace(/^0+(?=.)/, '') || '0', fraction: fraction.replace(/0+$/, '') };
}

function readNumber(cell: string, shown: string, decimal: ',' | '.'): ReadValue {
  if (/^[+-]?\d+([.,]\d+)?e[+-]?\d+$/i.test(cell)) {
    return { reason: say('"{cell}" was shortened by a spreadsheet, and digits may be lost. Format the column as a number without exponent and export it anew.', { cell: shown }) };
  }
  const read = readDecimal(cell, decimal);
  if (read === null) return { reason: notANumber(shown, decimal) };
  const value = Number(`${read.whole}.${read.fraction}0`);
  const kept = decimalText(value).split('.');
  if (kept[0] !== read.whole || (kept[1] ?? '') !== read.fraction) return { reason: say('"{cell}" has more digits than a number can keep. Import the column as text.', { cell: shown }) };
  return { value: read.negative && value !== 0 ? -value : value };
}

function notANumber(cell: string, decimal: ',' | '.'): Text {
  return decimal === ','
    ? say('"{cell}" is not a number with a decimal comma, such as 1.234,50.', { cell })
    : say('"{cell}" is not a number with a decimal point, such as 1,234.50.', { cell });
}

function readMoney(cell: string, shown: string, { decimal, currency }: ValueReading): ReadValue {
  const parts = /^([-−(]?)\s*(\p{Sc}|\p{L}+\.?)?\s*([^\p{L}\p{Sc}]*?)(?:,-)?\s*(\p{Sc}|\p{L}+\.?)?(\)?)$/u.exec(cell);
  if (parts === null) return { reason: notANumber(shown, decimal) };
  const [, open, before, amount, after, close] = parts;
  for (const mark of [before, after]) {
    if (mark !== undefined && !marksCurrency(mark, currency)) return { reason: amount === '' ? notANumber(shown, decimal) : say('"{cell}" is not in {currency}. Write the amount in {currency}, or without a currency.', { cell: shown, currency }) };
  }
  const read = readDecimal(`${open}${amount}${close}`, decimal);
  if (read === null) return { reason: notANumber(shown, decimal) };
  const digits = minorDigits(currency);
  if (read.fraction.length > digits) return { reason: say('"{cell}" has more than {digits} digits after the decimal mark; {currency} has no smaller coin.', { cell: shown, digits, currency }) };
  const units = Number(read.whole + read.fraction.padEnd(digits, '0'));
  if (!Number.isSafeInteger(units)) return { reason: say('"{cell}" is too large an amount.', { cell: shown }) };
  return { value: read.negative && units !== 0 ? -units : units };
}

/** Why the currency of an order cannot be kept. */
export function notACurrency(cell: string): Text {
  return say('There is no currency "{cell}". Write its code of three letters (ISO 4217), such as DKK or EUR.', { cell: cell.slice(0, 80) });
}

/** A number in plain digits with a decimal point, never in scientific notation, with all its digits. */
export function decimalText(value: number): string {
  const text = String(value);
  const scientific = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (scientific === null) return text;
  const [, sign, whole, fraction = '', exponent] = scientific;
  const digits = whole! + fraction;
  const point = whole!.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length ? `${sign}${digits}${'0'.repeat(point - digits.length)}` : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

// ---- dates ----

function readDate(cell: string, shown: string, reading: ValueReading): ReadValue {
  const { day, time } = splitTime(cell);
  const found = dateOf(day, reading.dateOrder);
  if (found === null) return { reason: notADate(cell, shown, reading.dateOrder) };
  if (time !== null && time.seconds !== 0) return { reason: say('"{cell}" has a clock time, which a date cannot keep. Import the column as date and time.', { cell: shown }) };
  return { value: found };
}

function readDateTime(cell: string, shown: string, reading: ValueReading): ReadValue {
  const instant = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(cell) ? parseInstant(cell, reading.zone) : null;
  if (instant !== null) return { value: instant };
  const { day, time } = splitTime(cell);
  const date = dateOf(day, reading.dateOrder);
  if (date === null) return { reason: notADate(cell, shown, reading.dateOrder) };
  if (time === null) return { value: atLocal(date, '00:00', reading.zone) };
  const clock = `${String(Math.floor(time.seconds / 3600)).padStart(2, '0')}:${String(Math.floor(time.seconds / 60) % 60).padStart(2, '0')}`;
  const start = time.offset === null ? atLocal(date, clock, reading.zone) : atLocal(date, clock, 'UTC') - time.offset * MINUTE;
  return { value: start + (time.seconds % 60) * 1000 };
}

function notADate(cell: string, shown: string, order: DateOrder): Text {
  if (/^[2-6]\d{4}([.,]\d+)?$/.test(cell)) return say('"{cell}" is a spreadsheet\'s own day number. Format the column as a date and export it anew.', { cell: shown });
  if (order === 'dmy') return say('"{cell}" is not a date with the day first, such as 22-11-2026.', { cell: shown });
  if (order === 'mdy') return say('"{cell}" is not a date with the month first, such as 11/22/2026.', { cell: shown });
  return say('"{cell}" is not a date with the year first, such as 2026-11-22.', { cell: shown });
}

type ClockTime = { seconds: number; /** Minutes east of UTC; `null`: the reading's zone. */ offset: number | null };

/** Parts a cell into its day and its clock time. A time that no clock shows is left with the day, which then is no date. */
function splitTime(cell: string): { day: string; time: ClockTime | null } {
  const found = /^(.*?)[T ,]\s*(?:kl\.?\s*)?(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,]0+)?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(cell);
  if (found === null) return { day: cell, time: null };
  const [, day, hourText, minute, second = '0', half, zone] = found;
  let hour = Number(hourText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return { day: cell, time: null };
    hour = (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
  }
  if (hour > 23 || Number(minute) > 59 || Number(second) > 59) return { day: cell, time: null };
  return { day: day!.trim().replace(/,$/, ''), time: { seconds: hour * 3600 + Number(minute) * 60 + Number(second), offset: offsetOf(zone) } };
}

function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  const parts = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  return parts === null ? 0 : (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3]));
}

function dateOf(text: string, order: DateOrder): string | null {
  const day = text.replaceAll(/[\s\u00a0\u202f]+/g, ' ').replaceAll('. ', '.').trim();
  const yearFirst = /^(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})\.?$/.exec(day);
  if (yearFirst !== null) return calendarDate(yearFirst[1]!, yearFirst[3]!, yearFirst[4]!);
  const compact = /^([12]\d{3})(\d\d)(\d\d)$/.exec(day);
  if (compact !== null) return calendarDate(compact[1]!, compact[2]!, compact[3]!);
  const numeric = /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})\.?$/.exec(day);
  if (numeric !== null) {
    const [, first, , second, third] = numeric as unknown as [string, string, string, string, string];
    if (order === 'dmy') return calendarDate(third, second, first);
    if (order === 'mdy') return calendarDate(third, first, second);
    return third.length === 2 && first.length === 2 ? calendarDate(first, second, third) : null;
  }
  const named = /^(\d{1,2})(?:st|nd|rd|th)?[-. ]?(?:of |de )?(\p{L}+)\.?,?[-. ](\d{4}|\d{2})\.?$/iu.exec(day) ?? swapped(/^(\p{L}+)\.?[-. ](\d{1,2})(?:st|nd|rd|th)?,? ?(\d{4})$/iu.exec(day));
  const month = named === null ? undefined : monthNamed(named[2]!);
  return month === undefined ? null : calendarDate(named![3]!, String(month), named![1]!);
}

function swapped(found: readonly string[] | null): string[] | null {
  return found === null ? null : [found[0]!, found[2]!, found[1]!, found[3]!];
}

function calendarDate(year: string, month: string, day: string): string | null {
  const full = year.length === 2 ? (Number(year) < 50 ? `20${year}` : `19${year}`) : year;
  const written = `${full}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return full >= '1000' && isDate(written) ? written : null;
}

// ---- choices ----

/** A choice of a list is a name: however its letters are put together (macOS takes them apart), it is the same one. Without a list it stays as it is written. */
function readChoice(cell: string, choices: readonly string[] | undefined): ReadValue {
  if (choices === undefined || choices.length === 0 || choices.includes(cell)) return { value: cell };
  const word = cell.normalize('NFC').toLowerCase();
  const found = choices.find((choice) => choice.normalize('NFC').toLowerCase() === word);
  return found === undefined ? { reason: notAChoice(cell, choices) } : { value: found };
}

function readChoices(cell: string, choices: readonly string[] | undefined): ReadValue {
  const list: string[] = [];
  for (const part of splitList(cell, choices)) {
    const read = readChoice(part, choices);
    if ('reason' in read) return read;
    if (!list.includes(read.value as string)) list.push(read.value as string);
  }
  return { value: list.length === 0 ? null : list };
}

function splitList(cell: string, choices: readonly string[] | undefined): string[] {
  if (cell.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(cell);
      if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list;
    } catch {
      // not the form in which an export writes values that hold separators
    }
  }
  if (choices?.includes(cell)) return [cell];
  const parts = /[;|\n]/.test(cell) ? cell.split(/[;|\n]/) : cell.split(',');
  return parts.map(trimmed).filter((part) => part !== '');
}

