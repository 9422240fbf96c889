// The words and marks in which people write yes, no, months, currencies and dates, in the languages that Kanal reads.

/** English, Danish, Dutch, Polish, Swedish, German, Norwegian, Finnish. */
export const READ_LANGUAGES = ['en', 'da', 'nl', 'pl', 'sv', 'de', 'nb', 'fi'] as const;

/** How each language says yes and no in a table; what a regional export writes. */
export const YES_NO: Readonly<Record<string, readonly [yes: string, no: string]>> = {
  en: ['yes', 'no'],
  da: ['ja', 'nej'],
  nl: ['ja', 'nee'],
  pl: ['tak', 'nie'],
  sv: ['ja', 'nej'],
  de: ['ja', 'nein'],
  nb: ['ja', 'nei'],
  fi: ['kyllä', 'ei'],
};

const YES = new Set([...Object.values(YES_NO).map(([yes]) => yes), 'y', 'j', 't', '1', 'x', '✓', '✔', 'on', 'true', 'sand', 'sandt', 'waar', 'prawda', 'sant', 'sann', 'wahr', 'tosi', 'kylla']);
const NO = new Set([...Object.values(YES_NO).map(([, no]) => no), 'n', '0', 'off', 'false', 'falsk', 'onwaar', 'fałsz', 'falskt', 'usann', 'usant', 'falsch', 'epätosi']);

/** Yes or no in any of the languages, however it is capitalised; `null`: neither. No word means yes in one and no in another. */
export function parseYesNo(text: string): boolean | null {
  const word = text.trim().toLowerCase().normalize('NFC');
  return YES.has(word) ? true : NO.has(word) ? false : null;
}

let months: ReadonlyMap<string, number> | undefined;

/** The number of a month by its name, long, short or in the case that follows a day ("22 listopada"); `undefined`: no month. */
export function monthNamed(word: string): number | undefined {
  months ??= monthNames();
  return months.get(word.toLowerCase().replace(/\.$/, ''));
}

function monthNames(): Map<string, number> {
  const names = new Map<string, number>();
  for (const language of READ_LANGUAGES) {
    for (const shape of [{ month: 'long' }, { month: 'short' }, { day: 'numeric', month: 'long' }, { day: 'numeric', month: 'short' }] as const) {
      const format = new Intl.DateTimeFormat(language, { ...shape, timeZone: 'UTC' });
      for (let month = 1; month <= 12; month++) {
        const name = format.formatToParts(Date.UTC(2026, month - 1, 15)).find(({ type }) => type === 'month')?.value;
        if (name !== undefined && /\p{L}/u.test(name)) names.set(name.toLowerCase().replace(/\.$/, ''), month);
      }
    }
  }
  return names;
}

/** Which currencies a mark or code next to an amount may stand for. */
const CURRENCY_MARKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['kr', ['DKK', 'SEK', 'NOK', 'ISK']],
  ['€', ['EUR']],
  ['$', ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN']],
  ['£', ['GBP']],
  ['zł', ['PLN']],
  ['zl', ['PLN']],
  ['kč', ['CZK']],
  ['ft', ['HUF']],
  ['¥', ['JPY', 'CNY']],
  ['fr', ['CHF']],
]);

const plainMark = (mark: string): string => mark.toLowerCase().replace(/\.$/, '');

/** Whether a mark ("kr.", "€", "DKK") may mean this currency. */
export function marksCurrency(mark: string, currency: string): boolean {
  const plain = plainMark(mark);
  return plain === currency.toLowerCase() || CURRENCY_MARKS.get(plain)?.includes(currency) === true;
}

let currencyNames: Intl.DisplayNames | undefined;

/** Whether these are the three capital letters of a currency (ISO 4217), past ones among them: old orders are in kuna. */
function isCurrency(code: string): boolean {
  currencyNames ??= new Intl.DisplayNames('en', { type: 'currency', fallback: 'none' });
  // Three X stand for no currency, XTS for a test.
  return /^(?!XX|XTS)[A-Z]{3}$/.test(code) && currencyNames.of(code) !== undefined;
}

/** The currency that a cell names: by its code, however capitalised, or by a mark that can only be one, or is that of `own`; `null`: none. */
export function currencyNamed(cell: string, own: string): string | null {
  const code = cell.toUpperCase();
  if (isCurrency(code)) return code;
  if (marksCurrency(cell, own)) return own;
  const [only, other] = CURRENCY_MARKS.get(plainMark(cell)) ?? [];
  return other === undefined ? (only ?? null) : null;
}

/** How many digits of a currency's amounts stand after the mark: 2 for DKK, 0 for JPY. */
export function minorDigits(currency: string): number {
  let digits = digitsOf.get(currency);
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digitsOf.set(currency, digits);
  }
  return digits;
}

const digitsOf = new Map<string, number>();

export type DateOrder = 'dmy' | 'mdy' | 'ymd';

/** How a region writes numbers and dates in a spreadsheet. */
export type Region = { decimal: ',' | '.'; dateOrder: DateOrder; dateMark: string };

/** Where a spreadsheet's dates differ from what Intl writes: Windows has a hyphen in Denmark and the Netherlands. */
const SPREADSHEET_DATE_MARKS: Readonly<Record<string, string>> = { da: '-', nl: '-' };

/** The marks of a locale ("da-DK": decimal comma, 22-11-2026). An unknown locale counts as English. */
export function regionOf(locale: string): Region {
  const known = knownLocale(locale);
  const decimal = new Intl.NumberFormat(known).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value === ',' ? ',' : '.';
  const parts = new Intl.DateTimeFormat(known, { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' }).formatToParts(Date.UTC(2026, 10, 22));
  const order = parts.flatMap(({ type }) => (type === 'day' ? 'd' : type === 'month' ? 'm' : type === 'year' ? 'y' : [])).join('');
  const mark = SPREADSHEET_DATE_MARKS[languageOf(known)] ?? parts.find(({ type }) => type === 'literal')?.value.trim() ?? '-';
  return { decimal, dateOrder: order === 'mdy' || order === 'ymd' ? order : 'dmy', dateMark: /^[-./]$/.test(mark) ? mark : '-' };
}

/** The language of a locale, as these tables know it; Norwegian is "nb". */
export function languageOf(locale: string): string {
  const language = locale.split('-')[0]!.toLowerCase();
  return language === 'no' || language === 'nn' ? 'nb' : language;
}

function knownLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
