// Values become text: for files, where reading them again gives the same value, and for people, in their language.
import { instantText, localDate } from '../time.ts';
import { Temporal } from 'temporal-polyfill';
import { say, type Text } from '../text.ts';
import type { AttributeKind, AttributeValue } from './contact.ts';
import { decimalText, type ValueReading } from './values.ts';
import { countryOf } from './address.ts';
import { languageOf, minorDigits, regionOf, YES_NO } from './locale-words.ts';

/** How a file writes values. */
export type FileStyle = {
  decimal: ',' | '.';
  /** `iso`: 2026-11-22 and 2026-11-22T13:05:00Z. Otherwise the region's order, and clock times of the zone. */
  date: 'iso' | { order: ValueReading['dateOrder']; mark: string };
  zone: string;
  currency: string;
  yes: string;
  no: string;
};

/** The same everywhere: decimal point, ISO dates, instants in UTC, yes and no. */
export function plainStyle(currency: string): FileStyle {
  return { decimal: '.', date: 'iso', zone: 'UTC', currency, yes: 'yes', no: 'no' };
}

/** As a spreadsheet of the locale's region understands it by itself. Clock times are of `zone` and lose fractions of a second. */
export function excelStyle(locale: string, zone: string, currency: string): FileStyle {
  const { decimal, dateOrder, dateMark } = regionOf(locale);
  const [yes, no] = YES_NO[languageOf(locale)] ?? YES_NO.en!;
  return { decimal, date: { order: dateOrder, mark: dateMark }, zone, currency, yes, no };
}

/** The reading by which text in this style gives its values again. */
export function readingOf(style: FileStyle, locale: string): ValueReading {
  return { decimal: style.decimal, dateOrder: style.date === 'iso' ? 'ymd' : style.date.order, zone: style.zone, currency: style.currency, country: countryOf(locale) };
}

/** A value as a file writes it; no value is the empty text. */
export function valueToText(value: AttributeValue, kind: AttributeKind, style: FileStyle): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? style.yes : style.no;
  if (typeof value === 'object') return listText(value);
  if (typeof value === 'string') return kind === 'date' ? dateText(value, style) : value;
  if (kind === 'money') return moneyText(value, style.currency).replace('.', style.decimal);
  if (kind === 'dateTime') return style.date === 'iso' ? instantText(value) : `${dateText(localDate(value, style.zone), style)} ${clockText(value, style.zone)}`;
  return decimalText(value).replace('.', style.decimal);
}

/** Between semicolons; as a JSON list where a value holds a separator or begins like one. */
function listText(values: readonly string[]): string {
  const plain = values.every((value) => !/[;|,\n]/.test(value) && !value.startsWith('[') && value === value.trim() && value !== '');
  return plain ? values.join('; ') : JSON.stringify(values);
}

function dateText(date: string, { date: form }: FileStyle): string {
  if (form === 'iso') return date;
  const parts = { y: date.slice(0, 4), m: date.slice(5, 7), d: date.slice(8, 10) };
  return [...form.order].map((part) => parts[part as 'y' | 'm' | 'd']).join(form.mark);
}

function clockText(instant: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'second' });
}

/** Minor units as a decimal number: 123450 in DKK is "1234.50". */
export function moneyText(units: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(units)).padStart(digits + 1, '0');
  const sign = units < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** A value for people: numbers, money and dates as the locale writes them, yes and no as sentences to be translated. */
export function displayValue(value: AttributeValue, kind: AttributeKind, locale: string, zone: string, currency: string): Text {
  if (value === null) return say('(empty)');
  if (typeof value === 'boolean') return value ? say('Yes') : say('No');
  return say('{value}', { value: displayText(value, kind, locale, zone, currency) });
}

/** A value as the locale writes it; yes and no are not among them. */
export function displayText(value: string | number | readonly string[], kind: AttributeKind, locale: string, zone: string, currency: string): string {
  if (typeof value === 'object') return value.join(', ');
  if (kind === 'date' && typeof value === 'string') return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(Temporal.PlainDate.from(value).toZonedDateTime('UTC').epochMilliseconds);
  if (typeof value === 'string') return value;
  if (kind === 'dateTime') return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(value);
  if (kind === 'money') return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(Number(moneyText(value, currency)));
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 15 }).format(value);
}
