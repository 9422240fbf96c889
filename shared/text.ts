// Sentences as data. Rules, steps and problems say what they mean in English (an ICU message pattern); whoever shows the
// sentence finds the translation by that pattern. So a step's words stand in the step's file, and nowhere else.
import { IntlMessageFormat } from 'intl-messageformat';

/**
 * What is written differently in each language: a day of the calendar ("YYYY-MM-DD"), an instant in an IANA zone, or money in
 * minor units with the digits that its currency has (no `currency`: the bare amount).
 */
export type Quantity = { date: string } | { instant: number; zone: string } | { money: number; digits: number; currency?: string };

export type TextValue = string | number | Quantity | Text | readonly Text[];

/** A sentence in English ICU syntax with the values to put in. A value may itself be a sentence, or a list of them. */
export type Text = { readonly text: string; readonly values?: Readonly<Record<string, TextValue>> };

/** Finds the pattern of a sentence in another language; `undefined` means: not translated, use the English one. */
export type Translate = (english: string) => string | undefined;

/** Makes a sentence. `pattern` must be a literal: the translation test reads the patterns from the source. */
export function say(pattern: string, values?: Record<string, TextValue>): Text {
  return values === undefined ? { text: pattern } : { text: pattern, values };
}

const formats = new Map<string, IntlMessageFormat>();

function formatFor(pattern: string, locale: string): IntlMessageFormat {
  const key = `${locale}\n${pattern}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new IntlMessageFormat(pattern, locale, undefined, { ignoreTag: true });
    formats.set(key, format);
  }
  return format;
}

/** The sentence in a language: `locale` is a BCP 47 tag for plurals and numbers, `translate` finds the patterns. */
export function inLanguage(text: Text, locale: string, translate: Translate): string {
  const translated = translate(text.text);
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(text.values ?? {})) values[name] = plain(value, locale, translate);
  return formatFor(translated ?? text.text, translated === undefined ? 'en' : locale).format(values) as string;
}

function plain(value: TextValue, locale: string, translate: Translate): string | number {
  if (typeof value !== 'object') return value;
  if (isQuantity(value)) return quantityText(value, locale);
  if ('text' in value) return inLanguage(value, locale, translate);
  const parts = value.map((part) => inLanguage(part, locale, translate));
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(parts);
}

function isQuantity(value: Quantity | Text | readonly Text[]): value is Quantity {
  return 'date' in value || 'instant' in value || 'money' in value;
}

function quantityText(value: Quantity, locale: string): string {
  if ('date' in value) {
    const noon = Date.parse(`${value.date}T12:00:00Z`);
    const exists = !Number.isNaN(noon) && new Date(noon).toISOString().startsWith(value.date);
    return !exists ? value.date : new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(noon);
  }
  if ('instant' in value) return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: value.zone }).format(value.instant);
  const amount = value.money / 10 ** value.digits;
  const places = { minimumFractionDigits: value.digits, maximumFractionDigits: value.digits };
  return new Intl.NumberFormat(locale, value.currency === undefined ? places : { style: 'currency', currency: value.currency, ...places }).format(amount);
}

/** The sentence in English, for the command line and for logs. */
export function inEnglish(text: Text): string {
  return inLanguage(text, 'en', () => undefined);
}
