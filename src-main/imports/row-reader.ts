// A record becomes what it says about a contact, by the plan: an address, values, tags and consent, or the reasons why not.
import type { AttributeKind, Channel } from '../../shared/contacts/contact.ts';
import { normaliseEmail } from '../../shared/contacts/address.ts';
import { unguard } from '../../shared/contacts/formula-guard.ts';
import { consentWord } from '../../shared/contacts/header-names.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { splitTags } from '../../shared/contacts/tag-list.ts';
import { parseAttribute, type ValueReading } from '../../shared/contacts/values.ts';
import { inEnglish, say, type Text } from '../../shared/text.ts';
import { toColumn } from '../store/attributes.ts';
import { detached, type CsvRecord } from './records.ts';

/** An attribute that the file has a column for. */
export type ImportAttribute = { key: string; kind: AttributeKind; choices?: string[]; column: string; position: number; header: string };

export type ImportRow = {
  line: number;
  /** Normalised; `null`: the row has none, and can only be about a contact that has none either. */
  email: string | null;
  /** By attribute, as its column of the store holds it; `null`: the cell is empty. */
  values: (string | number | null)[];
  /** By attribute: the cell as the file has it, without the guard against formulas. */
  cells: string[];
  tags: string[];
  consents: { channel: Channel; given: boolean; header: string }[];
  /** Why the row cannot be taken. */
  reasons: Text[];
};

export type RowReader = {
  attributes: readonly ImportAttribute[];
  read(record: CsvRecord): ImportRow;
  /** Who the row is about, for finding rows about the same: its normalised address, or `null`. Quick. */
  identify(record: CsvRecord): string | null;
};

/** Most addresses are written as they are stored; for those no more needs to be looked at. */
const PLAIN_ADDRESS = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}$/;

function plainAddress(cell: string): string | null {
  const lower = cell.toLowerCase();
  return lower.length <= 63 && PLAIN_ADDRESS.test(lower) && !lower.includes('xn--') ? lower : null;
}

/** Makes the reader of a plan's rows. `attributes` are those that columns go to, `reading` how their text is understood. */
export function createRowReader(plan: ImportPlan, attributes: readonly ImportAttribute[], reading: ValueReading): RowReader {
  const width = plan.columns.length;
  const emailSlot = attributes.findIndex(({ key }) => key === 'email');
  const emailPosition = attributes[emailSlot]?.position ?? -1;
  const tagColumns = plan.columns.flatMap(({ target }, position) => (target.kind === 'tags' ? [position] : []));
  const consentColumns = plan.columns.flatMap(({ header, target }, position) => (target.kind === 'consent' ? [{ header, channel: target.channel, position }] : []));
  const alreadyRead = new Map<string, string | number | null>();

  function readValue(attribute: ImportAttribute, cell: string, row: ImportRow): string | number | null {
    if (cell === '') return null;
    if (attribute.kind === 'text' && attribute.key !== 'email' && attribute.key !== 'phone' && attribute.key !== 'time_zone' && cell.length < 1000) {
      const trimmed = cell.trim();
      if (trimmed !== '' && !trimmed.startsWith('\u200b') && !trimmed.endsWith('\u200b')) return trimmed;
    }
    // Dates, numbers and yes/no come back again and again; reading one takes longer than finding it.
    const cacheable = attribute.kind !== 'text' && attribute.kind !== 'choice' && attribute.kind !== 'choices';
    if (cacheable) {
      const known = alreadyRead.get(`${attribute.kind}\n${cell}`);
      if (known !== undefined) return known;
    }
    const read = parseAttribute(cell, attribute, reading);
    if ('reason' in read) {
      // A number that no country dials is still what the file says: kept as it stands.
      if (attribute.key === 'phone') return cell.trim();
      row.reasons.push(inColumn(attribute.header, read.reason));
      return null;
    }
    const value = toColumn(attribute, read.value);
    if (cacheable && alreadyRead.size < 50_000) alreadyRead.set(detached(`${attribute.kind}\n${cell}`), value);
    return value;
  }

  return {
    attributes,
    identify(record) {
      const cell = record.cells[emailPosition];
      if (cell === undefined || cell === '') return null;
      const plain = plainAddress(cell);
      if (plain !== null) return plain;
      const read = normaliseEmail(unguard(cell));
      return 'email' in read ? read.email : null;
    },
    read(record) {
      const row: ImportRow = { line: record.line, email: null, values: [], cells: [], tags: [], consents: [], reasons: [] };
      if (recordFaults(record, width, plan, row)) return row;
      attributes.forEach((attribute, slot) => {
        const cell = unguard(record.cells[attribute.position]!);
        row.cells.push(cell);
        const plain = slot === emailSlot ? plainAddress(cell) : null;
        row.values.push(plain ?? readValue(attribute, cell, row));
      });
      if (emailSlot >= 0) row.email = row.values[emailSlot] as string | null;
      for (const position of tagColumns) {
        for (const tag of splitTags(unguard(record.cells[position]!))) {
          if (tag.length > 200) row.reasons.push(inColumn(plan.columns[position]!.header, say('A tag has at most 200 characters.')));
          else if (!row.tags.includes(tag)) row.tags.push(tag);
        }
      }
      for (const { header, channel, position } of consentColumns) {
        const cell = record.cells[position]!.trim();
        if (cell === '') continue;
        const word = consentWord(cell);
        if (word === null) row.reasons.push(inColumn(header, say('"{cell}" says neither that consent was given nor that it was withdrawn. Write yes or no, or leave it empty.', { cell: cell.slice(0, 80) })));
        else row.consents.push({ channel, given: word === 'given', header });
      }
      return row;
    },
  };
}

function inColumn(column: string, reason: Text): Text {
  return say('{column}: {reason}', { column: column.slice(0, 100), reason });
}

/** What is wrong with the record itself. Nothing of it is read then: its cells may stand in the wrong columns. */
function recordFaults(record: CsvRecord, width: number, plan: ImportPlan, row: ImportRow): boolean {
  const { cells } = record;
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
