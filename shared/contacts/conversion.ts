// What becomes of values when the kind of their attribute changes: pure. What has no certain meaning in the new kind is lost, and
// is counted and shown before it happens; nothing is rounded or guessed.
import { atLocal, localDate } from '../time.ts';
import type { Attribute, AttributeKind, AttributeValue } from './contact.ts';
import { minorDigits } from './locale-words.ts';
import { excelStyle, valueToText } from './value-text.ts';
import { parseAttribute, readingFor } from './values.ts';

/** Into which kinds an attribute can change. */
export const CONVERTIBLE: Readonly<Record<AttributeKind, readonly AttributeKind[]>> = {
  text: ['number', 'money', 'yesNo', 'date', 'dateTime', 'choice', 'choices'],
  number: ['text', 'money'],
  money: ['text', 'number'],
  yesNo: ['text', 'choice'],
  date: ['text', 'dateTime'],
  dateTime: ['text', 'date'],
  choice: ['text', 'choices'],
  choices: ['text', 'choice'],
};

/** Contacts whose value is kept in its new form, is kept but for its clock time, or is lost; and the first of the latter two kinds. */
export type Conversion = { kept: number; shortened: number; lost: number; samples: { before: AttributeValue; after: AttributeValue; contacts: number }[] };

/** How the workspace writes: its locale, IANA zone and ISO 4217 currency. */
export type Writing = { locale: string; timeZone: string; currency: string };

/** A value in another kind; `null`: it has no meaning there. `shortened`: its clock time is gone. `key` is that of the attribute. */
export function convertValue(value: Exclude<AttributeValue, null>, from: AttributeKind, to: Pick<Attribute, 'key' | 'kind' | 'choices'>, { locale, timeZone, currency }: Writing): { value: AttributeValue; shortened: boolean } | null {
  const whole = (converted: AttributeValue) => ({ value: converted, shortened: false });
  const scale = 10 ** minorDigits(currency);
  if (from === 'number' && to.kind === 'money') {
    const units = Math.round(Number(value) * scale);
    return Number.isSafeInteger(units) && units / scale === value ? whole(units) : null;
  }
  if (from === 'money' && to.kind === 'number') return whole(Number(value) / scale);
  if (from === 'date' && to.kind === 'dateTime') return whole(atLocal(String(value), '00:00', timeZone));
  if (from === 'dateTime' && to.kind === 'date') {
    const day = localDate(Number(value), timeZone);
    return { value: day, shortened: atLocal(day, '00:00', timeZone) !== value };
  }
  if (from === 'choice' && to.kind === 'choices') return whole([String(value)]);
  if (from === 'choices' && to.kind === 'choice') return typeof value === 'object' && value.length === 1 ? whole(value[0]!) : null;
  const text = valueToText(value, from, excelStyle(locale, timeZone, currency));
  if (to.kind === 'text') return whole(text);
  const read = parseAttribute(text, to, readingFor(locale, timeZone, currency));
  return 'value' in read && read.value !== null ? whole(read.value) : null;
}
