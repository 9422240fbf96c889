// A contact as a message sees it: each attribute printed by its kind, in the reader's language and zone (FEATURES A7.1).
import type { AttributeKind, AttributeValue } from '../../shared/contacts/contact.ts';
import { ShownValue } from '../../shared/messages/liquid.ts';

export type ValueFormats = { locale: string; zone: string; currency: string };

/** Formatters are dear to make and the same for all readers of a language. */
const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function cached<Format extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => Format): Format {
  let format = cache.get(key);
  if (format === undefined) {
    if (cache.size > 500) cache.clear();
    cache.set(key, (format = make()));
  }
  return format as Format;
}

/** The variables `contact.<attribute>`. Attributes without a value are absent. */
export function contactScope(
  values: Readonly<Record<string, AttributeValue>>,
  kinds: Readonly<Record<string, AttributeKind>>,
  formats: ValueFormats,
): Record<string, unknown> {
  const scope: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== '') scope[key] = shownValue(value, kinds[key] ?? 'text', formats);
  }
  return scope;
}

/** A value as Liquid handles it: texts, yes or no and lists as they are; the others print as a person writes them. */
export function shownValue(value: AttributeValue, kind: AttributeKind, { locale, zone, currency }: ValueFormats): unknown {
  if (kind === 'number' && typeof value === 'number') {
    return new ShownValue(
      value,
      cached(`number ${locale}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: 20 })).format(value),
    );
  }
  if (kind === 'money' && typeof value === 'number') {
    const format = cached(`money ${locale} ${currency}`, () => new Intl.NumberFormat(locale, { style: 'currency', currency }));
    const amount = value / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
    return new ShownValue(amount, format.format(amount));
  }
  if (kind === 'date' && typeof value === 'string') {
    const format = cached(`date ${locale}`, () => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }));
    const instant = Date.parse(`${value}T00:00:00Z`);
    return Number.isNaN(instant) ? value : new ShownValue(value, format.format(instant));
  }
  if (kind === 'dateTime' && typeof value === 'number') {
    const format = cached(
      `dateTime ${locale} ${zone}`,
      () => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: zone }),
    );
    return new ShownValue(value, format.format(value), zone);
  }
  return value;
}
