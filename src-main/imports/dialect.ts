// How the text of a file is a table: its separator, quote, header line, decimal mark and order of dates, found from its
// beginning. Each is a guess that the user sees and can change (UX 3.2).
import { isKnownName } from '../../shared/contacts/columns.ts';
import type { FileReading } from '../../shared/contacts/import-plan.ts';
import { regionOf } from '../../shared/contacts/locale-words.ts';
import { ProblemError, type Problem } from '../../shared/problem.ts';
import { createRecordReader, type CsvRecord } from './records.ts';

const SEPARATORS = [';', ',', '\t', '|'] as const;

/** How many records are looked at. */
const LOOKED_AT = 200;
/** So much text is read with each separator to find out which it is. */
const PROBE = 131_072;
const PIECE = 65_536;

export type Table = {
  separator: string;
  quote: string;
  /** The line of the header, counted from 1; 0: there is none. */
  headerLine: number;
  /** Every record that is there, from the header (or the first row) on. */
  records: CsvRecord[];
  /** Why it cannot be read further than that, as far as its beginning tells. */
  fault: Problem | null;
  sure: boolean;
};

export type DialectOverrides = { separator?: string; quote?: string; headerLine?: number };

const SEPARATOR_LINE = /^"?sep=(.)"?[;,\t|]*(?:\r\n|\r|\n|$)/i;

/** The separator that a first line such as `sep=;` names (Excel writes and reads it); `null` where there is no such line. */
export function namedSeparator(text: string): string | null {
  return SEPARATOR_LINE.exec(text)?.[1] ?? null;
}

/** Finds out how the beginning of a file is to be read. `complete`: the text is the whole file. */
export function detectTable(text: string, complete: boolean, given: DialectOverrides, fileName: string): Table {
  const named = namedSeparator(text);
  const quote = given.quote ?? detectQuote(text);
  const firstLine = named === null ? 1 : 2;
  const separators = given.separator !== undefined ? [given.separator] : named !== null ? [named] : SEPARATORS;
  const probe = text.length > PROBE ? text.slice(0, PROBE) : text;
  const faults: unknown[] = [];
  const tried = separators.flatMap((separator) => {
    try {
      const { records, fault } = beginning(probe, probe === text && complete, { separator, quote, fileName }, firstLine);
      return [{ separator, records, fault, score: tableScore(records) }];
    } catch (error) {
      faults.push(error);
      return [];
    }
  });
  // Only the right separator finds so many columns; the others would make one wide column of them.
  const tooWide = faults.find((fault) => fault instanceof ProblemError && fault.problems[0]?.code === 'too-many-columns');
  if (tooWide !== undefined || tried.length === 0) throw tooWide ?? faults[0];
  tried.sort((a, b) => b.score - a.score);
  const best = tried[0]!;
  const headerLine = given.headerLine ?? findHeader(best.records);
  const isWhole = probe === text && headerLine <= firstLine;
  const from = isWhole ? best : beginning(text, complete, { separator: best.separator, quote, fileName }, Math.max(firstLine, headerLine));
  const rival = tried[1];
  return {
    separator: best.separator,
    quote,
    headerLine,
    records: from.records,
    fault: from.fault,
    sure: given.separator !== undefined || named !== null || rival === undefined || widest(best.records) === 1 || best.score > rival.score + 0.05,
  };
}

/**
 * The complete records of the beginning. A quote that is still open at its end is not a fault yet, and in the wrong dialect
 * many a thing looks like a fault: the survey of the whole file names those, and for the guess what came before is enough.
 */
function beginning(text: string, complete: boolean, dialect: { separator: string; quote: string; fileName: string }, firstLine: number): { records: CsvRecord[]; fault: Problem | null } {
  const reader = createRecordReader(dialect, firstLine);
  const records: CsvRecord[] = [];
  try {
    for (let at = 0; at < text.length; at += PIECE) records.push(...reader.push(text.slice(at, at + PIECE)));
    if (complete) records.push(...reader.end());
  } catch (error) {
    if (!(error instanceof ProblemError) || records.length === 0) throw error;
    return { records, fault: error.problems[0] ?? null };
  }
  return { records, fault: null };
}

/** Apostrophes are the quotes only where most cells stand in them and no double quote does. */
function detectQuote(text: string): string {
  const sample = text.slice(0, 20_000);
  if (/(^|[;,\t|\r\n])"/.test(sample)) return '"';
  const wrapped = sample.match(/(^|[;,\t|\r\n])'[^'\r\n]*'(?=[;,\t|\r\n]|$)/g)?.length ?? 0;
  const cells = sample.match(/[;,\t|\n]/g)?.length ?? 0;
  return wrapped > 2 && wrapped > cells * 0.5 ? "'" : '"';
}

/** Records of one width, and not a narrow one; names that are known as column names decide between equals. */
function tableScore(records: readonly CsvRecord[]): number {
  const seen = records.slice(0, LOOKED_AT);
  if (seen.length === 0) return 0;
  const width = usualWidth(seen);
  const share = seen.filter(({ cells, strayQuote }) => cells.length === width && strayQuote < 0).length / seen.length;
  const known = Math.max(...seen.slice(0, 20).map(({ cells }) => (cells.length === width ? cells.filter(isKnownName).length / width : 0)));
  return width === 1 ? 0.1 * share + 0.1 * known : share * (1 - 1 / width) + 0.5 * known;
}

function usualWidth(records: readonly CsvRecord[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1;
}

function widest(records: readonly CsvRecord[]): number {
  return records.reduce((most, { cells }) => Math.max(most, cells.length), 0);
}

/** The line of the header: the first record as wide as the table whose cells are names rather than values; of two header lines the one that names every column. 0: there is none. */
function findHeader(records: readonly CsvRecord[]): number {
  const seen = records.slice(0, LOOKED_AT);
  const width = usualWidth(seen);
  const first = seen.findIndex(({ cells }) => cells.length === width && cells.filter((cell) => cell.trim() !== '').length >= Math.ceil(width / 2));
  const candidate = seen[first];
  if (candidate === undefined) return seen[0]?.line ?? 0;
  const filled = candidate.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const known = filled.filter(isKnownName).length;
  // A line of headings, each over several columns, leaves the cells beside it empty.
  const below = filled.length < width ? seen[first + 1] : undefined;
  if (below !== undefined && below.cells.length === width && below.cells.every((cell) => cell.trim() !== '') && below.cells.filter(isKnownName).length > known && !below.cells.some(isAddress)) return below.line;
  if (known > 0 && !filled.some(isAddress)) return candidate.line;
  const valueLike = filled.filter((cell) => isAddress(cell) || /^[-+]?[\d\s.,/:-]+$/.test(cell)).length;
  if (filled.some(isAddress) || valueLike > filled.length / 2) return 0;
  return candidate.line;
}

function isAddress(cell: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell);
}

/** The decimal mark that cells with numbers use. Where they do not say (1.234), a comma between cells leaves the point for decimals. */
export function detectDecimal(cells: Iterable<string>, separator: string, locale: string): ',' | '.' {
  let comma = 0;
  let point = 0;
  for (const cell of cells) {
    const value = cell.trim();
    if (/^-?(\d+,\d{1,2}|\d+,\d{4,}|0,\d+|\d{1,3}([. \u00a0\u202f]\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})$/.test(value)) comma++;
    else if (/^-?(\d+\.\d{1,2}|\d+\.\d{4,}|0\.\d+|\d{1,3}([, ']\d{3})+\.\d+|\d{1,3}(,\d{3}){2,})$/.test(value)) point++;
  }
  if (comma !== point) return comma > point ? ',' : '.';
  return separator === ',' ? '.' : separator === ';' ? ',' : regionOf(locale).decimal;
}

/** The order of day, month and year in cells with dates, and whether they decide it: 03-04-2026 alone does not. */
export function detectDateOrder(cells: Iterable<string>, locale: string): { dateOrder: FileReading['dateOrder']; sure: boolean } {
  const votes = { dmy: 0, mdy: 0, ymd: 0 };
  let open = 0;
  for (const cell of cells) {
    const parts = /^(\d{1,4})[-./]\s?(\d{1,2})[-./]\s?(\d{1,4})([T ].*)?$/.exec(cell.trim());
    if (parts === null) continue;
    const [first, second] = [Number(parts[1]), Number(parts[2])];
    if (parts[1]!.length === 4) votes.ymd++;
    else if (first > 12 && first <= 31 && second <= 12) votes.dmy++;
    else if (second > 12 && second <= 31 && first <= 12) votes.mdy++;
    else if (first !== second) open++;
  }
  if (votes.dmy > 0 || votes.mdy > 0) return { dateOrder: votes.dmy >= votes.mdy ? 'dmy' : 'mdy', sure: votes.dmy === 0 || votes.mdy === 0 };
  if (votes.ymd > 0 && open === 0) return { dateOrder: 'ymd', sure: true };
  return { dateOrder: regionOf(locale).dateOrder, sure: open === 0 };
}
