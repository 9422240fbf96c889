// Address cards (vCard 2.1, 3.0 and 4.0), as phones, Outlook and Google export them, made into rows with a header.
import iconv from 'iconv-lite';

const HEADER = ['First name', 'Last name', 'E-mail', 'E-mail 2', 'Phone', 'Phone 2', 'Company', 'Job title', 'Birthday', 'Birthday without year', 'Street', 'Postcode', 'City', 'Country', 'Website', 'Tags', 'Note'] as const;
type Column = (typeof HEADER)[number];

type Property = { name: string; types: string[]; value: string };

/** The cards of a file as rows below a header; without cards: nothing. Columns that no card fills are left out. */
export function readCards(bytes: Buffer): string[][] {
  const cards: Map<Column, string>[] = [];
  let card: Map<Column, string> | null = null;
  for (const line of unfolded(bytes)) {
    const property = propertyOf(line);
    if (property === null) continue;
    if (property.name === 'BEGIN' && property.value.toUpperCase() === 'VCARD') card = new Map();
    else if (property.name === 'END' && card !== null) {
      cards.push(card);
      card = null;
    } else if (card !== null) take(card, property);
  }
  const used = HEADER.filter((column) => cards.some((each) => (each.get(column) ?? '') !== ''));
  return cards.length === 0 || used.length === 0 ? [] : [[...used], ...cards.map((each) => used.map((column) => each.get(column) ?? ''))];
}

/** Lines that were broken are put together again: before a blank, and in quoted-printable text behind an equals sign. */
function unfolded(bytes: Buffer): string[] {
  const utf8 = bytes.toString('utf8');
  // Old phones write Windows-1252 and do not say so.
  const text = utf8.includes('\ufffd') ? iconv.decode(bytes, 'windows1252') : utf8;
  const lines: string[] = [];
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|[\r\n]/)) {
    const before = lines.at(-1);
    if (before !== undefined && /^[ \t]/.test(line)) lines[lines.length - 1] = before + line.slice(1);
    else if (before !== undefined && before.endsWith('=') && /ENCODING=QUOTED-PRINTABLE/i.test(before)) lines[lines.length - 1] = before.slice(0, -1) + line;
    else lines.push(line);
  }
  return lines;
}

function propertyOf(line: string): Property | null {
  // A colon may stand in a parameter, in quotes; quotes behind the colon belong to the value.
  const at = (/^(?:[^":]|"[^"]*")+:/.exec(line)?.[0].length ?? 0) - 1;
  if (at < 1) return null;
  const [name = '', ...parameters] = line.slice(0, at).split(';');
  const types = parameters.flatMap((parameter) => parameter.replace(/^TYPE=/i, '').replaceAll('"', '').toLowerCase().split(','));
  const raw = line.slice(at + 1);
  const value = /ENCODING=QUOTED-PRINTABLE/i.test(line.slice(0, at)) ? decoded(raw, /CHARSET=ISO-8859|CHARSET=WINDOWS/i.test(line.slice(0, at)) ? 'latin1' : 'utf8') : raw;
  // A name may stand in a group: "item1.EMAIL".
  return { name: name.slice(name.lastIndexOf('.') + 1).toUpperCase(), types, value };
}

function decoded(text: string, encoding: 'utf8' | 'latin1'): string {
  const bytes: number[] = [];
  const plain = Buffer.from(text, 'utf8').toString('latin1');
  for (let at = 0; at < plain.length; at++) {
    const code = plain[at] === '=' ? Number.parseInt(plain.slice(at + 1, at + 3), 16) : Number.NaN;
    if (Number.isNaN(code)) bytes.push(plain.charCodeAt(at));
    else {
      bytes.push(code);
      at += 2;
    }
  }
  return Buffer.from(bytes).toString(encoding);
}

/** The parts of a value between marks, with what stands behind a backslash as itself. */
function partsOf(value: string, mark: ';' | ','): string[] {
  const parts = [''];
  for (let at = 0; at < value.length; at++) {
    const letter = value[at]!;
    if (letter === '\\') parts[parts.length - 1] += value[++at] === 'n' || value[at] === 'N' ? '\n' : (value[at] ?? '');
    else if (letter === mark) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}

function take(card: Map<Column, string>, { name, types, value }: Property): void {
  const put = (column: Column, text: string | undefined): void => {
    if (text !== undefined && text !== '' && !card.has(column)) card.set(column, text);
  };
  const whole = partsOf(value, ';').join('; ').replace(/[; ]+$/, '');
  if (name === 'N') {
    const [last, first, middle] = partsOf(value, ';');
    const given = [first, middle].filter(Boolean).join(' ');
    // The name as a whole may have come before; its parts say more.
    if (given !== '' || (last ?? '') !== '') card.set('First name', given);
    put('Last name', last);
  } else if (name === 'FN') nameFromWhole(card, whole);
  else if (name === 'EMAIL') takeOneOfTwo(card, 'E-mail', 'E-mail 2', whole.replace(/^mailto:/i, ''), types);
  else if (name === 'TEL' && !types.includes('fax')) takeOneOfTwo(card, 'Phone', 'Phone 2', whole.replace(/^tel:/i, ''), types);
  else if (name === 'ORG') put('Company', partsOf(value, ';')[0]);
  else if (name === 'TITLE') put('Job title', whole);
  else if (name === 'BDAY') {
    const [, year, month, day] = /^(\d{4}|-)-?(\d\d)-?(\d\d)/.exec(value) ?? [];
    // Where nobody knows the year, Apple writes one that is meant to be left out.
    if (year === '-' || types.includes(`x-apple-omit-year=${year}`)) put('Birthday without year', `${month}-${day}`);
    else if (year !== undefined) put('Birthday', `${year}-${month}-${day}`);
  }
  else if (name === 'ADR') {
    const [, , street, city, , postcode, country] = partsOf(value, ';');
    put('Street', street);
    put('City', city);
    put('Postcode', postcode);
    put('Country', country);
  } else if (name === 'URL') put('Website', value.trim());
  else if (name === 'CATEGORIES') put('Tags', partsOf(value, ',').filter(Boolean).join('; '));
  else if (name === 'NOTE') put('Note', whole);
}

/** A card without a name in parts has it as a whole; it is not split. */
function nameFromWhole(card: Map<Column, string>, whole: string): void {
  if (!card.has('First name') && !card.has('Last name') && whole !== '') card.set('First name', whole);
}

/** The preferred one, or a mobile number, comes first; of more than two the rest is left out. */
function takeOneOfTwo(card: Map<Column, string>, first: Column, second: Column, value: string, types: readonly string[]): void {
  if (value === '' || card.get(first) === value) return;
  const isBetter = types.includes('pref') || types.includes('pref=1') || types.includes('cell');
  const before = card.get(first);
  if (before === undefined || isBetter) {
    card.set(first, value);
    if (before !== undefined && !card.has(second)) card.set(second, before);
  } else if (!card.has(second)) card.set(second, value);
}
