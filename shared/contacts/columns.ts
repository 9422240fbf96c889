// Proposes what each column of a file becomes: by its name, by the workspace's own attributes, and by its values, which raise a
// guess or lower it. Pure: the file's beginning in, a proposal out; the user changes it before anything happens.
import type { Attribute, AttributeKind, Channel } from './contact.ts';
import { STANDARD_ATTRIBUTES } from './contact.ts';
import { unguard } from './formula-guard.ts';
import { AMBIGUOUS_NAMES, CODE_WORDS, consentWord, foldName, foldWords, keyFromName, KNOWN_FIELDS, OPT_OUT_NAMES, OPT_OUT_TIME_NAMES, SMS_OPT_OUT_NAMES, type KnownField } from './header-names.ts';
import type { ColumnTarget, SampleColumn, StatusMeaning } from './import-plan.ts';
import { marksCurrency } from './locale-words.ts';
import { ANYTHING, statusReader } from './status-words.ts';

type Confidence = SampleColumn['confidence'];
type Candidate = { column: number; field: KnownField; score: number };

/** Above this, unknown columns are left out until the user asks for them: each would become an attribute of every contact. */
const MOST_NEW_ATTRIBUTES = 200;
/** In files wider than this only names that are spelt right are found: comparing all with all takes long. */
const MOST_MISSPELT = 500;
const SAMPLES = 3;

/** Columns that Kanal itself writes into a file of rejected rows. */
export const LINE_COLUMN = '_line';
export const REASON_COLUMN = '_reason';

const FIELD_BY_NAME = new Map<string, KnownField>();
for (const field of KNOWN_FIELDS) for (const name of [field.field, ...field.names]) if (!FIELD_BY_NAME.has(foldName(name))) FIELD_BY_NAME.set(foldName(name), field);
const AMBIGUOUS = new Set(AMBIGUOUS_NAMES.map(foldName));
/** By name: the channel that somebody has opted out of, and whether the column says so or says when. */
const OPT_OUT = new Map<string, { channel: Channel; isTime: boolean }>([
  ...OPT_OUT_NAMES.map((name) => [foldName(name), { channel: 'email', isTime: false }] as const),
  ...SMS_OPT_OUT_NAMES.map((name) => [foldName(name), { channel: 'sms', isTime: false }] as const),
  ...OPT_OUT_TIME_NAMES.map((name) => [foldName(name), { channel: 'email', isTime: true }] as const),
]);
const statusOf = statusReader({});
const STANDARD_KEYS = new Set<string>(STANDARD_ATTRIBUTES.map(({ key }) => key));

/** Whether a file's column name is one that is known in some language or program; what tells a header from a row. */
export function isKnownName(name: string): boolean {
  return FIELD_BY_NAME.has(foldName(name)) || name === LINE_COLUMN || name === REASON_COLUMN;
}

/** What the values of a column look like, once the empty ones are left out. */
type Values = { filled: readonly string[]; distinct: number };

/**
 * A proposal for each column. `rows` are the first rows as text; `attributes` are those that the user has defined (the standard
 * ones need not be among them); `currency` is the workspace's (ISO 4217). The same thing is never proposed for two columns.
 */
export function proposeColumns(headers: readonly string[], rows: readonly (readonly string[])[], attributes: readonly Attribute[], currency: string | null = null): SampleColumn[] {
  const values = headers.map((_, column) => valuesOf(rows, column));
  const targets: (ColumnTarget | undefined)[] = headers.map((name) => (name === LINE_COLUMN || name === REASON_COLUMN ? { kind: 'ignore' } : undefined));
  const confidence: Confidence[] = headers.map((_, column) => (targets[column] === undefined ? 'none' : 'certain'));
  const used = new Set<string>();
  const give = (column: number, target: ColumnTarget, how: Confidence): void => {
    targets[column] = target;
    confidence[column] = how;
    used.add(nameOf(target));
  };

  matchOwn(headers, values, attributes, (column, target, how) => {
    if (targets[column] === undefined && !used.has(nameOf(target))) give(column, target, how);
  });
  for (const { column, field, score } of candidates(headers, values)) {
    if (targets[column] !== undefined) continue;
    const target = targetOf(field, headers, values[column]!, attributes);
    if (target === null || used.has(nameOf(target))) continue;
    give(column, target, score >= 1 && !AMBIGUOUS.has(foldName(headers[column]!)) ? 'certain' : 'likely');
  }
  headers.forEach((name, column) => {
    const says = OPT_OUT.get(foldName(name));
    if (targets[column] !== undefined || says === undefined || used.has(`consent:${says.channel}`)) return;
    const target = says.isTime ? optOutTimeTarget(values[column]!) : optOutTarget(says.channel, values[column]!);
    if (target !== null) give(column, target, 'likely');
  });
  const taken = new Set([...STANDARD_KEYS, ...attributes.map(({ key }) => key)]);
  const unknown = targets.filter((target) => target === undefined).length;
  headers.forEach((name, column) => {
    if (targets[column] !== undefined) return;
    const nothing = values[column]!.filled.length === 0 && /^Column \d+$/.test(name);
    if (nothing || unknown > MOST_NEW_ATTRIBUTES) return give(column, { kind: 'ignore' }, 'none');
    const key = keyFromName(name, column + 1, taken);
    taken.add(key);
    targets[column] = { kind: 'newAttribute', attribute: key, label: name.slice(0, 200), attributeKind: inferKind(name, values[column]!, currency) };
  });
  return headers.map((header, column) => ({
    header,
    samples: [...new Set(values[column]!.filled)].slice(0, SAMPLES).map((value) => value.slice(0, 200)),
    filled: values[column]!.filled.length,
    target: targets[column]!,
    confidence: confidence[column]!,
  }));
}

/** Whether nearly all of some cells that are not empty are e-mail addresses. */
export function holdsAddresses(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  return filled.length > 0 && filled.filter((cell) => EMAIL.test(cell)).length / filled.length > 0.8;
}

/** Names for all columns: empty ones are numbered, and so is a name that is there twice (FAULTS F39). */
export function nameColumns(cells: readonly string[]): string[] {
  const used = new Set<string>();
  const counted = new Map<string, number>();
  return cells.map((cell, index) => {
    const base = cell.trim() === '' ? `Column ${index + 1}` : cell.trim();
    let name = base;
    let n = counted.get(base) ?? 1;
    while (used.has(name)) name = `${base} (${++n})`;
    counted.set(base, n);
    used.add(name);
    return name;
  });
}

function valuesOf(rows: readonly (readonly string[])[], column: number): Values {
  const filled: string[] = [];
  for (const row of rows) {
    const cell = unguard(row[column] ?? '').trim();
    if (cell !== '') filled.push(cell);
  }
  return { filled, distinct: new Set(filled).size };
}

/** Two columns with the same name here would write to the same place. */
function nameOf(target: ColumnTarget): string {
  if (target.kind === 'attribute' || target.kind === 'newAttribute') return `attribute:${target.attribute}`;
  if (target.kind === 'consent' || target.kind === 'status') return `consent:${target.channel}`;
  return target.kind === 'ignore' ? 'ignore' : target.kind;
}

/** The workspace's own attributes by key or label; then what Kanal's own exports call their columns. */
function matchOwn(headers: readonly string[], values: readonly Values[], attributes: readonly Attribute[], give: (column: number, target: ColumnTarget, how: Confidence) => void): void {
  const keys = new Set([...STANDARD_KEYS, ...attributes.map(({ key }) => key)]);
  headers.forEach((name, column) => {
    if (keys.has(name)) give(column, { kind: 'attribute', attribute: name }, 'certain');
  });
  headers.forEach((name, column) => {
    const folded = foldName(name);
    const own = attributes.find(({ label }) => label === name) ?? attributes.find(({ key, label }) => foldName(label) === folded || foldName(key) === folded);
    if (own !== undefined && folded !== '') give(column, { kind: 'attribute', attribute: own.key }, 'certain');
    else if (name === 'tags') give(column, { kind: 'tags' }, 'certain');
    else if (name === 'email_consent' && isConsent(values[column]!)) give(column, { kind: 'consent', channel: 'email' }, 'certain');
    else if (name === 'sms_consent' && isConsent(values[column]!)) give(column, { kind: 'consent', channel: 'sms' }, 'certain');
  });
}

/** All guesses, the best first. */
function candidates(headers: readonly string[], values: readonly Values[]): Candidate[] {
  const found: Candidate[] = [];
  headers.forEach((name, column) => {
    const folded = foldName(name);
    for (const field of KNOWN_FIELDS) {
      const byName = nameScore(folded, field, headers.length <= MOST_MISSPELT);
      const score = field.kind === 'consent' && folded === 'status' && !isSubscription(values[column]!) ? 0 : withValues(field, byName, values[column]!);
      if (score >= 0.6) found.push({ column, field, score });
    }
  });
  return found.sort((a, b) => b.score - a.score || a.column - b.column);
}

const FOLDED_NAMES = new Map(KNOWN_FIELDS.map((field) => [field, [...new Set([field.field, ...field.names].map(foldName))]]));

function nameScore(folded: string, field: KnownField, misspelt: boolean): number {
  let best = 0;
  for (const name of FOLDED_NAMES.get(field)!) {
    if (name === folded) return 1;
    // "Unsubscribed" is two letters away from "subscribed": what is said about consent is taken by the letter.
    if (field.kind === 'consent' || !misspelt) continue;
    if (folded.length <= 4 || name.length <= 4 || Math.abs(folded.length - name.length) > 2) continue;
    const distance = editDistance(folded, name);
    if (distance === 1) best = Math.max(best, 0.8);
    // A "username" is no misspelt "surname".
    else if (distance === 2 && folded.length > 7 && folded[0] === name[0]) best = Math.max(best, 0.6);
  }
  return best;
}

/** A column of addresses is e-mail whatever it is called; a column of other things is not, whatever it is called. */
function withValues(field: KnownField, byName: number, { filled }: Values): number {
  if (filled.length === 0) return byName;
  const share = (fits: (value: string) => boolean): number => filled.filter(fits).length / filled.length;
  if (field.field === 'email') {
    const addresses = share((value) => EMAIL.test(value));
    return addresses > 0.8 ? Math.max(byName, 0.7) + 0.2 : byName - (addresses < 0.2 ? 0.4 : 0);
  }
  if (byName === 0) return 0;
  if (field.kind === 'consent') return share((value) => statusOf(value) !== null) > 0.6 ? byName : 0;
  if (field.field === 'phone') return byName - (share((value) => PHONE.test(value)) < 0.2 ? 0.5 : 0);
  if (field.field === 'time_zone') return share((value) => /^([A-Z][A-Za-z]+\/[A-Za-z_/+-]+|UTC)$/.test(value)) > 0.8 ? byName : 0;
  if (field.kind === 'date') return byName - (share((value) => DATE.test(value)) < 0.2 ? 0.5 : 0);
  // "First name" full of addresses, or "Name" full of numbers, is a shifted or mislabelled file.
  return byName - (share((value) => EMAIL.test(value)) > 0.8 ? 0.5 : 0);
}

function targetOf(field: KnownField, headers: readonly string[], values: Values, attributes: readonly Attribute[]): ColumnTarget | null {
  if (field.kind === 'tags') return { kind: 'tags' };
  if (field.kind === 'consent') {
    const channel = field.field === 'sms_consent' ? 'sms' : 'email';
    // Words that are neither a yes nor a no make it a status on somebody's list.
    return isConsent(values) || !(isSubscription(values) || values.filled.some((value) => statusOf(value) === 'none')) ? { kind: 'consent', channel } : { kind: 'status', channel, words: {}, unknown: 'reject' };
  }
  if (STANDARD_KEYS.has(field.field)) return { kind: 'attribute', attribute: field.field };
  const own = attributes.find(({ key, label }) => FIELD_BY_NAME.get(foldName(key)) === field || FIELD_BY_NAME.get(foldName(label)) === field);
  if (own !== undefined) return { kind: 'attribute', attribute: own.key };
  // A file with one column of single names and no other: they are first names. Whole names stay whole (nothing is split).
  const hasFirstName = headers.some((name) => FIELD_BY_NAME.get(foldName(name))?.field === 'first_name');
  if (field.field === 'full_name' && !hasFirstName && values.filled.length > 0 && values.filled.every((value) => !/\s/.test(value))) {
    return { kind: 'attribute', attribute: 'first_name' };
  }
  return null;
}

/** A column whose yes is an opt-out, in the words that it uses; `null`: it does not say yes and no. */
function optOutTarget(channel: Channel, { filled }: Values): ColumnTarget | null {
  const words: Record<string, StatusMeaning> = {};
  for (const value of new Set(filled)) {
    const word = consentWord(value);
    if (word === null || Object.keys(words).length > 20) return null;
    words[value] = word === 'given' ? 'withdrawn' : 'none';
  }
  return filled.length === 0 ? null : { kind: 'status', channel, words: { ...OPT_OUT_WORDS, ...words }, unknown: 'reject' };
}

/** A column of times at which people have opted out; `null`: what stands in it are no times. */
function optOutTimeTarget({ filled }: Values): ColumnTarget | null {
  return filled.length > 0 && filled.every((value) => DATE.test(value)) ? { kind: 'status', channel: 'email', words: { [ANYTHING]: 'withdrawn' }, unknown: 'reject' } : null;
}

/** What such a column may say further down. */
const OPT_OUT_WORDS: Record<string, StatusMeaning> = { yes: 'withdrawn', true: 'withdrawn', '1': 'withdrawn', x: 'withdrawn', no: 'none', false: 'none', '0': 'none' };

const EMAIL = /^[^\s@;,<>]+@[^\s@;,<>]+\.[^\s@;,<>]{2,}$/;
const PHONE = /^'?[+(\d][\d\s().\-/]{5,}$/;
const DATE = /^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\s?\d{1,2}[./-]\s?(\d{4}|\d{2})|\d{4}[./]\d{1,2}[./]\d{1,2})([T ]\d{1,2}[:.]\d\d.*)?$/;
const DATE_ONLY = /^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\s?\d{1,2}[./-]\s?(\d{4}|\d{2})|\d{4}[./]\d{1,2}[./]\d{1,2})([T ]0?0[:.]00([:.]00)?)?$/;
const NUMBER = /^-?(\d{1,15}|\d{1,3}([ .,'\u00a0\u202f]\d{3})+)([.,]\d+)?$/;
const AMOUNT = /^(-?)\s?(\p{Sc}|\p{L}+\.?)?\s?(-?[\d .,'\u00a0\u202f]*\d)(?:,-)?\s?(\p{Sc}|\p{L}+\.?)?$/u;
const YES_NO_PAIRS = ['ja nej', 'ja nee', 'tak nie', 'ja nein', 'ja nei', 'yes no', 'true false', 'sand falsk', 'kylla ei', 'sant falskt', 'y n', 'wahr falsch', 'prawda falsz', 'waar onwaar'].map((pair) => new Set(pair.split(' ')));

/**
 * The kind of a new attribute: text, unless the values are clearly something else. Codes stay text (leading zeros, digits of
 * one length, names such as "Kundenr."), because a number would lose what they are. Numbers are money where some of them have a
 * mark of the workspace's currency.
 */
export function inferKind(name: string, { filled }: Pick<Values, 'filled'>, currency: string | null = null): AttributeKind {
  if (filled.length === 0) return 'text';
  const known = FIELD_BY_NAME.get(foldName(name));
  if (filled.every((value) => DATE.test(value))) return filled.every((value) => DATE_ONLY.test(value)) ? 'date' : 'dateTime';
  const words = new Set(filled.map(foldName));
  if (YES_NO_PAIRS.some((pair) => [...words].every((word) => pair.has(word)))) return 'yesNo';
  if (known?.kind !== 'text' && currency !== null && areAmounts(filled, currency)) return 'money';
  if (known?.kind === 'text' || !filled.every((value) => NUMBER.test(value))) return 'text';
  // "Number of sessions" counts; "Customer number" names.
  const asCounted = foldWords(name).replace(/^(num|number|nr|no) of /, '');
  if (filled.some((value) => /^-?0\d/.test(value)) || CODE_WORDS.test(asCounted)) return 'text';
  const codes = filled.every((value) => /^\d+$/.test(value) && value.length === filled[0]!.length) && filled[0]!.length >= 5;
  return codes || filled.some((value) => value.replace(/\D/g, '').length > 15) ? 'text' : 'number';
}

/** Numbers, with a mark of the currency at some of them and of no other at any. */
function areAmounts(filled: readonly string[], currency: string): boolean {
  let marked = 0;
  for (const value of filled) {
    const [, sign, before, amount, after] = AMOUNT.exec(value) ?? [];
    if (amount === undefined || !NUMBER.test(`${sign}${amount}`)) return false;
    if ([before, after].some((mark) => mark !== undefined && !marksCurrency(mark, currency))) return false;
    if (before !== undefined || after !== undefined) marked++;
  }
  return marked > 0;
}

/** A column that is only called "status" may as well say who is an active customer. */
function isSubscription({ filled }: Values): boolean {
  return filled.some((value) => /subscri|optin|optout|opted|cleaned|meldt|anmeld|wypisan|zapisan/.test(foldName(value)));
}

function isConsent({ filled }: Values): boolean {
  return filled.every((value) => consentWord(value) !== null);
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]!;
      row[j] = Math.min(above + 1, row[j - 1]! + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
      diagonal = above;
    }
  }
  return row[b.length]!;
}
