// The first pass over a file, before anything is written: is it whole (no quote left open, no cell without end), how many rows,
// its hash, and which rows are about the same contact. So nothing is half imported because of a fault further down.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { FileReading } from '../../shared/contacts/import-plan.ts';
import { createDecoder } from './encoding.ts';
import { createRecordReader, detached, type CsvRecord } from './records.ts';
import type { PreparedImport } from './prepare.ts';
import { identityOf, type Among, type ImportRow, type RowReader } from './row-reader.ts';
import { piecesOf } from './source.ts';

/** Beyond so many contacts that are in a file more than once, the rest are taken in the order of their rows. */
const MOST_REPEATED = 300_000;

export type Survey = {
  hash: string;
  rows: number;
  /** What it has found out about a row; `null`: it shares no key with any other. That some do may be wrong, that none does never is. */
  among(row: ImportRow): Among | null;
};

/** The records of a file below its header, piece by piece. Throws a ProblemError for an unclosed quote. */
export async function* recordsOf(file: string, reading: FileReading, hasSeparatorLine: boolean, took: (bytes: Buffer) => void = () => {}): AsyncGenerator<CsvRecord[]> {
  const decoder = createDecoder(reading.encoding);
  const firstLine = reading.headerLine > 0 ? reading.headerLine : hasSeparatorLine ? 2 : 1;
  const reader = createRecordReader({ separator: reading.separator, quote: reading.quote, fileName: basename(file) }, firstLine);
  let header = reading.headerLine > 0;
  const below = (records: CsvRecord[]): CsvRecord[] => {
    const rows = header && records.length > 0 ? records.slice(1) : records;
    if (records.length > 0) header = false;
    return rows.filter(({ cells }) => !cells.every(isBlank));
  };
  for await (const bytes of piecesOf(file)) {
    took(bytes);
    yield below(reader.push(decoder.write(bytes)));
  }
  const last = decoder.end();
  if (last !== '') yield below(reader.push(last));
  yield below(reader.end());
}

function isBlank(cell: string): boolean {
  return cell === '' || cell.trim() === '';
}

/** By attribute the last row that fills it, and the last row of all. */
type Repeated = { filled: ({ line: number; value: string | number } | undefined)[]; last: number };

/** Reads a whole file, writing nothing. `goOn` is asked between pieces, and hears how far it is: false breaks off, and `null` is answered. */
export async function surveyFile({ file, bytes, plan, hasSeparatorLine }: PreparedImport, reader: RowReader, goOn: (rows: number, bytesRead: number) => boolean): Promise<Survey | null> {
  const hash = createHash('sha256');
  const seen = addressFilter(bytes / 60);
  const repeated = new Map<string, Repeated>();
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
  for await (const records of recordsOf(file, plan.reading, hasSeparatorLine, took)) {
    if (!goOn(rows, bytesRead)) return null;
    for (const record of records) {
      rows++;
      const identities = reader.identify(record);
      for (let at = 1; at < identities.length; at++) if (!seen.addedNew(identities[at]!) && !isFull()) alsoRepeated.add(detached(identities[at]!));
      const [identity] = identities;
      if (identity === undefined || seen.addedNew(identity) || (isFull() && !repeated.has(identity))) continue;
      const row = reader.read(record);
      if (row.reasons.length > 0) continue;
      let known = repeated.get(identity);
      if (known === undefined) repeated.set(detached(identity), (known = { filled: [], last: 0 }));
      known.last = record.line;
      for (let slot = 0; slot < row.values.length; slot++) {
        const value = row.values[slot];
        if (value !== null && value !== undefined && slot !== emailSlot) known.filled[slot] = { line: record.line, value: typeof value === 'string' ? detached(value) : value };
      }
    }
    await turn();
  }
  const isRepeated = (identity: string): boolean => repeated.has(identity) || alsoRepeated.has(identity) || (isFull() && seen.has(identity));
  const isNoRepetition = repeated.size + alsoRepeated.size === 0;
  return {
    hash: hash.digest('hex'),
    rows,
    among({ keys, identity, line, values }) {
      if (isNoRepetition || identity === null) return null;
      const shared = keys.map(({ key, value }) => identityOf(key, value)).filter(isRepeated);
      if (shared.length === 0) return null;
      const known = repeated.get(identity);
      const overruled = values.flatMap((value, slot) => {
        const last = known?.filled[slot];
        return value !== null && last !== undefined && last.line > line && last.value !== value ? [slot] : [];
      });
      return { shared, lastLine: known?.last ?? 0, overruled };
    },
  };
}

/** Lets other calls be answered before going on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Remembers addresses in little memory (a Bloom filter: 16 bits each, three probes); now and then takes a new one for an old one. */
function addressFilter(expected: number): { addedNew(address: string): boolean; has(address: string): boolean } {
  const bits = 2 ** Math.min(29, Math.max(16, Math.ceil(Math.log2(expected * 16))));
  const words = new Uint32Array(bits / 32);
  const mask = bits - 1;
  const probes = (address: string): [number, number, number] => {
    let first = 0x811c9dc5;
    let second = 0x9e3779b9;
    for (let i = 0; i < address.length; i++) {
      const code = address.charCodeAt(i);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second + code, 0x85ebca6b) ^ (second >>> 13);
    }
    first ^= first >>> 15;
    second ^= second >>> 16;
    return [first & mask, (first + second) & mask, (first + Math.imul(second, 3)) & mask];
  };
  const isSet = (bit: number): boolean => (words[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  return {
    has: (address) => probes(address).every(isSet),
    addedNew(address) {
      const bitsOfAddress = probes(address);
      if (bitsOfAddress.every(isSet)) return false;
      for (const bit of bitsOfAddress) words[bit >>> 5] = words[bit >>> 5]! | (1 << (bit & 31));
      return true;
    },
  };
}
