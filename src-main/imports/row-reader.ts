// A record becomes what it says about a contact, by the plan: an address, values, tags and consent, or the reasons why not.
import type { AttributeKind, Channel } from '../../shared/contacts/contact.ts';
import { unguard } from '../../shared/contacts/formula-guard.ts';
import { consentWord } from '../../shared/contacts/header-names.ts';
import type { ExistingRule, ImportPlan, MatchKey } from '../../shared/contacts/import-plan.ts';
import { statusReader } from '../../shared/contacts/status-words.ts';
import { splitTags } from '../../shared/contacts/tag-list.ts';
import { parseAttribute, type ValueReading } from '../../shared/contacts/values.ts';
import { inEnglish, say, type Text } from '../../shared/text.ts';
import { toColumn } from '../store/attributes.ts';
import { createMender } from './mending.ts';
import { plainPhones } from './plain-phones.ts';
import { isPlainDate, plainAddress, plainNumber } from './plain-values.ts';
import { detached, type CsvRecord } from './records.ts';

/** An attribute that the file has a column for. */
export type ImportAttribute = { key: string; kind: AttributeKind; choices?: string[]; column: string; position: number; header: string; existing?: ExistingRule | undefined };

export type ImportRow = {
  line: number;
  /** The cells of the record, after mending. */
  raw: readonly string[];
  /** Normalised; `null`: the row has none, and can only be about a contact that has none either. */
  email: string | null;
  /** What the plan finds contacts by, as far as the row says it, in the plan's order. */
  keys: { key: MatchKey; value: string }[];
  /** The first of them as text: rows with the same one are about the same person. */
  identity: string | null;
  /** By attribute, as its column of the store holds it; `null`: the cell is empty. */
  values: (string | number | null)[];
  /** By attribute: the cell as the file has it, without the guard against formulas. */
  cells: string[];
  told: Told;
  /** Why the row cannot be taken. */
  reasons: Text[];
  /** What the first pass over the file has found out about it. */
  among: Among;
};

/** What a row says beside its values. Many rows say it in the same words: they have the same object, which nobody may change. */
export type Told = {
  /** Counts what has been told; quicker to find anything by than the object. */
  readonly number: number;
  readonly tags: readonly string[];
  readonly consents: readonly { channel: Channel; given: boolean; header: string }[];
  /** Why the row cannot be taken because of them. */
  readonly reasons: readonly Text[];
};

/** A row among the others of its file. */
export type Among = {
  /** Those of its keys, as text, that other rows have, too. */
  shared: string[];
  /** The line of the last row about the same person, where there are several; else 0. */
  lastLine: number;
  /** Attributes to which a later row about the same person gives another value, so that this one would not last. */
  overruled: number[];
};

const ALONE: Among = { shared: [], lastLine: 0, overruled: [] };
const NOTHING_TOLD: Told = { number: 0, tags: [], consents: [], reasons: [] };

type ToldBy = Map<string, ToldBy | Told>;

export type RowReader = {
  attributes: readonly ImportAttribute[];
  read(record: CsvRecord): ImportRow;
  /** The places of the cells that `identify` looks at; `null`: all. */
  keyPlaces: ReadonlySet<number> | null;
  /** What the row can be known by, each as text, in the plan's order; for finding rows about the same person. Quick. */
  identify(record: CsvRecord): string[];
};

/** A key of a row or contact as text. */
export function identityOf(key: MatchKey, value: string): string {
  return `${key}:${value}`;
}

/** So many different things said about tags and consent are remembered, as long as they are short. */
const MOST_TOLD = 20_000;
const LONG = 1000;

/** Makes the reader of a plan's rows. `attributes` are those that columns go to, `reading` how their text is understood. */
export function createRowReader(plan: ImportPlan, attributes: readonly ImportAttribute[], reading: ValueReading): RowReader {
  const width = plan.columns.length;
  const emailSlot = attributes.findIndex(({ key }) => key === 'email');
  const keySlots = plan.match.flatMap((key) => {
    const slot = attributes.findIndex((attribute) => attribute.key === key);
    return slot < 0 ? [] : [{ key, slot, position: attributes[slot]!.position }];
  });
  const tagColumns = plan.columns.flatMap(({ target }, position) => (target.kind === 'tags' ? [position] : []));
  const consentColumns = plan.columns.flatMap(({ header, target }, position) => (target.kind === 'consent' ? [{ header, channel: target.channel, position }] : []));
  const statusColumns = plan.columns.flatMap(({ header, target }, position) => (target.kind === 'status' ? [{ header, channel: target.channel, position, read: statusReader(target.words), ignoreUnknown: target.unknown === 'ignore' }] : []));
  const mapped = plan.columns.map(({ values }) => (values === undefined || Object.keys(values).length === 0 ? null : new Map(Object.entries(values))));
  const mend = createMender(plan, attributes);
  const toldPlaces = [...tagColumns, ...consentColumns.map(({ position }) => position), ...statusColumns.map(({ position }) => position)];
  const hasMapped = mapped.some((each) => each !== null);
  /** The cell, or what the plan says that it is to be taken for; without the guard against formulas. */
  const cellAt = (cells: readonly string[], position: number): string => {
    const cell = unguard(cells[position]!);
    return hasMapped ? (mapped[position]?.get(cell.trim()) ?? cell) : cell;
  };
  /** By the cells that say it, one within the other. */
  const alreadyTold: ToldBy = new Map();
  let [toldCount, remembered] = [0, 0];
  /** Dates, numbers and yes/no come back again and again; reading one takes longer than finding it. By attribute. */
  const alreadyRead = attributes.map(() => new Map<string, string | number | null>());
  const phones = plainPhones(reading.country);
  const isFreeText = attributes.map(({ key, kind }) => kind === 'text' && key !== 'email' && key !== 'phone' && key !== 'time_zone');

  function toldIn(cells: readonly string[]): Told {
    if (toldPlaces.length === 0) return NOTHING_TOLD;
    let known: ToldBy | Told | undefined = alreadyTold;
    for (const place of toldPlaces) {
      known = (known as ToldBy).get(cells[place]!);
      if (known === undefined) break;
    }
    return known === undefined ? newlyTold(cells) : (known as Told);
  }

  /** Reads what is told in words that have not come before, and remembers it for the rows that tell the same. */
  function newlyTold(cells: readonly string[]): Told {
    const read = readTold(cells);
    const number = ++toldCount;
    const words = toldPlaces.map((place) => cells[place]!);
    if (remembered >= MOST_TOLD || read.reasons.length > 0 || words.some((word) => word.length >= LONG || !word.isWellFormed())) return { ...read, number };
    remembered++;
    const told = { ...read, number, tags: read.tags.map(detached) };
    let by = alreadyTold;
    for (const word of words.slice(0, -1)) {
      let next = by.get(word) as ToldBy | undefined;
      if (next === undefined) by.set(detached(word), (next = new Map()));
      by = next;
    }
    by.set(detached(words.at(-1)!), told);
    return told;
  }

  function readTold(cells: readonly string[]): Omit<Told, 'number'> {
    const tags: string[] = [];
    const consents: { channel: Channel; given: boolean; header: string }[] = [];
    const reasons: Text[] = [];
    for (const position of tagColumns) {
      for (const tag of splitTags(cellAt(cells, position))) {
        if (tag.length > 200) reasons.push(inColumn(plan.columns[position]!.header, say('A tag has at most 200 characters.')));
        else if (!tags.includes(tag)) tags.push(tag);
      }
    }
    for (const { header, channel, position } of consentColumns) {
      const cell = cellAt(cells, position).trim();
      if (cell === '') continue;
      const word = consentWord(cell);
      if (word === null) reasons.push(inColumn(header, say('"{cell}" says neither that consent was given nor that it was withdrawn. Write yes or no, or leave it empty.', { cell: cell.slice(0, 80) })));
      else consents.push({ channel, given: word === 'given', header });
    }
    for (const { header, channel, position, read, ignoreUnknown } of statusColumns) {
      const cell = cellAt(cells, position).trim();
      const meaning = cell === '' ? 'none' : read(cell);
      if (meaning === 'given' || meaning === 'withdrawn') consents.push({ channel, given: meaning === 'given', header });
      else if (meaning === null && !ignoreUnknown) reasons.push(inColumn(header, say('"{cell}" is no status that is known here. Say what it means when you match the columns, or have unknown words ignored.', { cell: cell.slice(0, 80) })));
    }
    return { tags, consents, reasons };
  }

  function readValue(slot: number, cell: string, row: ImportRow | null): string | number | null {
    if (cell === '') return null;
    const attribute = attributes[slot]!;
    if (isFreeText[slot]! && cell.length < LONG) {
      if (isPlain(cell.charCodeAt(0)) && isPlain(cell.charCodeAt(cell.length - 1))) return cell;
      const trimmed = cell.trim();
      if (trimmed !== '' && !trimmed.startsWith('\u200b') && !trimmed.endsWith('\u200b')) return trimmed;
    }
    if (attribute.kind === 'date' && isPlainDate(cell)) return cell;
    if (attribute.kind === 'number') {
      const plain = plainNumber(cell, reading.decimal);
      if (plain !== null) return plain;
    }
    if (attribute.key === 'phone') {
      const plain = phones(cell);
      if (plain !== null) return plain;
    }
    const cacheable = attribute.kind !== 'text' && attribute.kind !== 'choice' && attribute.kind !== 'choices';
    if (cacheable) {
      const known = alreadyRead[slot]!.get(cell);
      if (known !== undefined) return known;
    }
    const read = parseAttribute(cell, attribute, reading);
    if ('reason' in read) {
      // A number that no country dials is still what the file says: kept as it stands.
      if (attribute.key === 'phone') return cell.trim();
      row?.reasons.push(inColumn(attribute.header, read.reason));
      return null;
    }
    const value = toColumn(attribute, read.value);
    if (cacheable && alreadyRead[slot]!.size < 50_000) alreadyRead[slot]!.set(cell.isWellFormed() ? detached(cell) : cell, value);
    return value;
  }

  return {
    attributes,
    keyPlaces: mend === null ? new Set(keySlots.map(({ position }) => position)) : null,
    identify(record) {
      mend?.(record);
      const found: string[] = [];
      for (const { key, slot, position } of keySlots) {
        if (record.cells[position] === undefined || record.cells[position] === '') continue;
        const cell = cellAt(record.cells, position);
        const value = (key === 'email' ? plainAddress(cell) : null) ?? readValue(slot, cell, null);
        if (value !== null) found.push(identityOf(key, String(value)));
      }
      return found;
    },
    read(record) {
      mend?.(record);
      const row: ImportRow = { line: record.line, raw: record.cells, email: null, keys: [], identity: null, values: [], cells: [], told: NOTHING_TOLD, reasons: [], among: ALONE };
      if (recordFaults(record, width, plan, row, mend !== null)) return row;
      for (let slot = 0; slot < attributes.length; slot++) {
        const cell = cellAt(record.cells, attributes[slot]!.position);
        row.cells.push(cell);
        const plain = slot === emailSlot ? plainAddress(cell) : null;
        row.values.push(plain ?? readValue(slot, cell, row));
      }
      if (emailSlot >= 0) row.email = row.values[emailSlot] as string | null;
      for (const { key, slot } of keySlots) {
        const value = row.values[slot];
        if (value !== null && value !== undefined) row.keys.push({ key, value: String(value) });
      }
      const [first] = row.keys;
      if (first !== undefined) row.identity = identityOf(first.key, first.value);
      row.told = toldIn(record.cells);
      if (row.told.reasons.length > 0) row.reasons.push(...row.told.reasons);
      return row;
    },
  };
}

/** Whether a character is one of those that are written most, and no blank. */
function isPlain(code: number): boolean {
  return code > 32 && code < 127;
}

/** A reason with the column that it is about. */
export function inColumn(column: string, reason: Text): Text {
  return say('{column}: {reason}', { column: column.slice(0, 100), reason });
}

/** What is wrong with the record itself. Nothing of it is read then: its cells may stand in the wrong columns. `isMended`: its cells may be others by now. */
function recordFaults(record: CsvRecord, width: number, plan: ImportPlan, row: ImportRow, isMended: boolean): boolean {
  const { cells } = record;
  if (record.isSound === true && !isMended && record.strayQuote < 0 && cells.length === width) return false;
  const headerAt = (position: number): string => plan.columns[position]?.header ?? `Column ${position + 1}`;
  if (record.strayQuote >= 0) {
    row.reasons.push(inColumn(headerAt(record.strayQuote), say('Text goes on after the closing quote. Write a quote that belongs to the text twice.')));
  }
  const missing = width - cells.length;
  if (missing > 0) row.reasons.push(say('The row has {found, plural, one {# cell} other {# cells}}, but the header has {expected, number}. Which are missing cannot be told; fill them in.', { found: cells.length, expected: width }));
  if (missing < 0 && cells.slice(width).some((cell) => cell.trim() !== '')) {
    row.reasons.push(say('The row has {found, plural, one {# cell} other {# cells}}, but the header has {expected, number}. Put cells that contain the separator in quotes.', { found: cells.length, expected: width }));
  }
  cells.forEach((cell, position) => {
    if (!cell.isWellFormed()) row.reasons.push(inColumn(headerAt(position), say('Some of its bytes are not in the encoding of the file. Type the letters anew, or import the file in another encoding.')));
    else if (cell.includes('\0')) row.reasons.push(inColumn(headerAt(position), say('It contains a NUL character, which no text does. Type the cell anew.')));
  });
  return row.reasons.length > 0;
}

/** All reasons of a row as one line of text, for the file of rejected rows. */
export function reasonText(reasons: readonly Text[]): string {
  return reasons.slice(0, 5).map(inEnglish).join(' ');
}
