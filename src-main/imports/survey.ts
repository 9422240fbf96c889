// The first pass over a file, before anything is written: is it whole (no quote left open, no cell without end), how many rows,
// its hash, and which rows are about the same contact. So nothing is half imported because of a fault further down.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { FileReading } from '../../shared/contacts/import-plan.ts';
import { turn } from '../turns.ts';
import { createDecoder } from './encoding.ts';
import { createRecordReader, detached, recordFrom, textOf, type CsvRecord } from './records.ts';
import type { PreparedImport } from './prepare.ts';
import { identityOf, type Among, type ImportRow, type RowReader } from './row-reader.ts';
import { piecesOf } from './source.ts';

/** Beyond so many contacts that are in a file more than once, the rest are taken in the order of their rows. */
const MOST_REPEATED = 131_072;

export type Survey = {
  hash: string;
  rows: number;
  /** What it has found out about a row; `null`: it shares no key with any other. That some do may be wrong, that none does never is. */
  among(row: ImportRow): Among | null;
};

/** The records of a file below its header, piece by piece. `needed`: the places of the cells whose text is asked for; `null`: all. Throws a ProblemError for an unclosed quote. */
export async function* recordsOf(file: string, reading: FileReading, hasSeparatorLine: boolean, took: (bytes: Buffer) => void = () => {}, needed: ReadonlySet<number> | null = null): AsyncGenerator<CsvRecord[]> {
  const decoder = createDecoder(reading.encoding);
  const firstLine = reading.headerLine > 0 ? reading.headerLine : hasSeparatorLine ? 2 : 1;
  const reader = createRecordReader({ separator: reading.separator, quote: reading.quote, fileName: basename(file) }, firstLine, needed);
  let header = reading.headerLine > 0;
  const below = (records: CsvRecord[]): CsvRecord[] => {
    const rows = header && records.length > 0 ? records.slice(1) : records;
    if (records.length > 0) header = false;
    return rows.filter(({ cells }) => !isBlankRow(cells));
  };
  for await (const bytes of piecesOf(file)) {
    took(bytes);
    yield below(reader.push(decoder.write(bytes)));
  }
  const last = decoder.end();
  if (last !== '') yield below(reader.push(last));
  yield below(reader.end());
}

function isBlankRow(cells: readonly string[]): boolean {
  for (const cell of cells) if (cell !== '' && cell.trim() !== '') return false;
  return true;
}

/** Reads a whole file, writing nothing. `goOn` is asked between pieces, and hears how far it is: false breaks off, and `null` is answered. */
export async function surveyFile({ file, bytes, plan, hasSeparatorLine }: PreparedImport, reader: RowReader, goOn: (rows: number, bytesRead: number) => boolean): Promise<Survey | null> {
  const hash = createHash('sha256');
  const dialect = { separator: plan.reading.separator, quote: plan.reading.quote, fileName: basename(file) };
  const seen = addressFilter(bytes / 60);
  const repeated = repeatedPeople(reader.attributes.length);
  /** Whoever is in the file more than once: all of them, also when there are too many to remember each. */
  const allRepeated = addressFilter(MOST_REPEATED);
  /** What else is in more than one row: the second and third keys of a plan. */
  const alsoRepeated = new Set<string>();
  const isFull = (): boolean => repeated.size + alsoRepeated.size >= MOST_REPEATED;
  const emailSlot = reader.attributes.findIndex(({ key }) => key === 'email');
  let rows = 0;
  let bytesRead = 0;
  const took = (piece: Buffer): void => {
    hash.update(piece);
    bytesRead += piece.length;
  };
  for await (const records of recordsOf(file, plan.reading, hasSeparatorLine, took, reader.keyPlaces)) {
    if (!goOn(rows, bytesRead)) return null;
    for (const record of records) {
      rows++;
      const identities = reader.identify(record);
      for (let at = 1; at < identities.length; at++) {
        if (seen.addedNew(identities[at]!)) continue;
        allRepeated.addedNew(identities[at]!);
        if (!isFull()) alsoRepeated.add(detached(identities[at]!));
      }
      const [identity] = identities;
      if (identity === undefined || seen.addedNew(identity)) continue;
      allRepeated.addedNew(identity);
      if (isFull() && !repeated.has(identity)) continue;
      const row = reader.read(reader.keyPlaces === null ? record : recordFrom(textOf(record), record.line, dialect));
      if (row.reasons.length === 0) repeated.note(identity, record.line, row.values, emailSlot);
    }
    await turn();
  }
  // Most rows are of people who come once: the filter says so quickest.
  const isRepeated = (identity: string): boolean => allRepeated.has(identity) && (isFull() || repeated.has(identity) || alsoRepeated.has(identity));
  const isNoRepetition = repeated.size + alsoRepeated.size === 0;
  return {
    hash: hash.digest('hex'),
    rows,
    among({ keys, identity, line, values }) {
      if (isNoRepetition || identity === null || (keys.length === 1 && !isRepeated(identity))) return null;
      const shared = keys.map(({ key, value }) => identityOf(key, value)).filter(isRepeated);
      if (shared.length === 0) return null;
      const overruled = values.flatMap((value, slot) => (value !== null && repeated.isOverruled(identity, slot, line, value) ? [slot] : []));
      return { shared, lastLine: repeated.lastLine(identity), overruled };
    },
  };
}

/** Remembers of people who come again the last row of each, and by attribute the last that fills it, with a hash of its value. */
function repeatedPeople(slots: number) {
  const places = new Map<string, number>();
  let last = new Uint32Array(1024);
  let lines = new Uint32Array(1024 * slots);
  let hashes = new Uint32Array(1024 * slots);
  const grown = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
    const more = new Uint32Array(old.length * 2);
    more.set(old);
    return more;
  };
  const placeOf = (identity: string): number => {
    const known = places.get(identity);
    if (known !== undefined) return known;
    const place = places.size;
    if (place === last.length) [last, lines, hashes] = [grown(last), grown(lines), grown(hashes)];
    places.set(detached(identity), place);
    return place;
  };
  return {
    get size() {
      return places.size;
    },
    has: (identity: string): boolean => places.has(identity),
    note(identity: string, line: number, values: readonly (string | number | null)[], except: number): void {
      const place = placeOf(identity);
      last[place] = line;
      for (let slot = 0; slot < slots; slot++) {
        const value = values[slot];
        if (value === null || value === undefined || slot === except) continue;
        lines[place * slots + slot] = line;
        hashes[place * slots + slot] = hashOf(value);
      }
    },
    /** Two values with the same hash count as one: then the earlier is written first, and the later one all the same. */
    isOverruled(identity: string, slot: number, line: number, value: string | number): boolean {
      const place = places.get(identity);
      return place !== undefined && lines[place * slots + slot]! > line && hashes[place * slots + slot] !== hashOf(value);
    },
    lastLine(identity: string): number {
      const place = places.get(identity);
      return place === undefined ? 0 : last[place]!;
    },
  };
}

function hashOf(value: string | number): number {
  const text = String(value);
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** In so many words lie the three bits of an address: a line of the processor's cache, so that only one is fetched for each address. */
const WORDS_OF_BLOCK = 16;

/** Remembers addresses in little memory (a Bloom filter: 16 bits each, three probes); now and then takes a new one for an old one. */
function addressFilter(expected: number): { addedNew(address: string): boolean; has(address: string): boolean } {
  const bits = 2 ** Math.min(28, Math.max(16, Math.ceil(Math.log2(expected * 16))));
  const words = new Uint32Array(bits / 32);
  const blocks = words.length / WORDS_OF_BLOCK - 1;
  /** What was hashed last: where its block begins, and what says which bits of it. */
  let block = 0;
  let probes = 0;
  const take = (address: string): void => {
    let first = 0x811c9dc5;
    let second = 0x9e3779b9;
    for (let i = 0; i < address.length; i++) {
      const code = address.charCodeAt(i);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second + code, 0x85ebca6b) ^ (second >>> 13);
    }
    block = ((first ^ (first >>> 15)) & blocks) * WORDS_OF_BLOCK;
    probes = second ^ (second >>> 16);
  };
  const word = (probe: number): number => block + ((probes >>> (probe * 9 + 5)) & (WORDS_OF_BLOCK - 1));
  const bit = (probe: number): number => 1 << ((probes >>> (probe * 9)) & 31);
  const isSet = (probe: number): boolean => (words[word(probe)]! & bit(probe)) !== 0;
  const set = (probe: number): void => {
    words[word(probe)] = words[word(probe)]! | bit(probe);
  };
  const isIn = (): boolean => isSet(0) && isSet(1) && isSet(2);
  return {
    has(address) {
      take(address);
      return isIn();
    },
    addedNew(address) {
      take(address);
      if (isIn()) return false;
      set(0);
      set(1);
      set(2);
      return true;
    },
  };
}
