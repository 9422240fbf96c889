// Sentences as data. Rules, steps and problems say what they mean in English (an ICU message pattern); whoever shows the
// sentence finds the translation by that pattern. So a step's words stand in the step's file, and nowhere else.
import { IntlMessageFormat } from 'intl-messageformat';

export type TextValue = string | number | Text | readonly Text[];

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
  if ('text' in value) return inLanguage(value, locale, translate);
  const parts = value.map((part) => inLanguage(part, locale, translate));
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(parts);
}

/** The sentence in English, for the command line and for logs. */
export function inEnglish(text: Text): string {
  return inLanguage(text, 'en', () => undefined);
}
