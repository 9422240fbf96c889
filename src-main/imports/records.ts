// Text becomes records: an incremental reader of separated values that keeps the line of each record. It takes CR, LF and CRLF
// in any mixture, line breaks inside quotes, and blank lines; a quote that is never closed is named with the line on which it
// was opened, and never swallows the rest of the file (FAULTS F38).
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';

/** No cell of a table of contacts is as long as this; a quote that was never closed is. */
export const MAX_CELL = 1_000_000;
const MAX_COLUMNS = 10_000;

const CR = 13;
const LF = 10;
const SPACE = 32;

/**
 * `line` counts from 1. `strayQuote` is the index of the cell whose text goes on after its closing quote; -1: none. `isSound`: it
 * is known that all is text, without lone surrogates and NUL. As it stands in the file it is the part of `source` between `from` and `to`.
 */
export type CsvRecord = { line: number; cells: string[]; strayQuote: number; isSound?: boolean; source?: string; from?: number; to?: number };

type RecordReader = {
  /** Takes more text; answers the records that are complete. */
  push(text: string): CsvRecord[];
  /** The end of the file: answers what is left. Throws a ProblemError for an unclosed quote. */
  end(): CsvRecord[];
};

type Dialect = { separator: string; quote: string; fileName: string };

/** What stands for a cell whose text nobody needs, and which is not blank. */
const SOME_TEXT = '?';

/** A record as it stands in the file. */
export function textOf({ source = '', from, to }: CsvRecord): string {
  return source.slice(from, to);
}

/** A record once more, from its text and its line. Throws where the text is none. */
export function recordFrom(text: string, line: number, dialect: Dialect): CsvRecord {
  const reader = createRecordReader(dialect);
  const record = [...reader.push(text), ...reader.end()][0];
  if (record === undefined) throw new Error(`The text of line ${line} holds no record`);
  return { ...record, line };
}

/**
 * Begins to read at line `firstLine`; the lines before it are passed over as they are, whatever quotes they hold. `needed`: the
 * places of the cells whose text is asked for; the others only are blank or not, which spares making them, and may be missing at
 * the end. `null`: all are.
 */
export function createRecordReader({ separator, quote, fileName }: Dialect, firstLine = 1, needed: ReadonlySet<number> | null = null): RecordReader {
  const lastNeeded = needed === null ? Number.POSITIVE_INFINITY : Math.max(-1, ...needed);
  const separatorCode = separator.charCodeAt(0);
  const quoteCode = quote.charCodeAt(0);
  /** No character beyond it ends a cell: most are, and need to be compared with nothing else. */
  const lastEnd = Math.max(separatorCode, CR);
  /** What has come but is not read yet begins at `at`; `codes` are its characters once more, which are found quicker there; `final`: no more comes. */
  let text = '';
  let codes = new Uint16Array(0);
  let at = 0;
  let final = false;
  let isSound = false;
  /** The line of the record at hand, and the line breaks and cells in it so far. */
  let line = 1;
  let breaks = 0;
  let count = 0;

  /** Where the cell at `from` ends, if it is not in quotes. */
  function endOfCell(from: number): number {
    const { length } = text;
    let end = from;
    while (end < length) {
      const code = codes[end]!;
      if (code <= lastEnd && (code === separatorCode || code === LF || code === CR)) break;
      end++;
    }
    return end;
  }

  /** Goes behind the line break at `at`; false when more text is needed to know which it is. */
  function passBreak(): boolean {
    const isReturn = codes[at] === CR;
    if (isReturn && at + 1 === text.length && !final) return false;
    at += isReturn && at + 1 < text.length && codes[at + 1] === LF ? 2 : 1;
    return true;
  }

  /** Goes behind the lines before `firstLine`; false when more text is needed. */
  function passOver(): boolean {
    while (line < firstLine) {
      const start = at;
      while (at < text.length && codes[at] !== CR && codes[at] !== LF) at++;
      if (at >= text.length || !passBreak()) {
        at = final ? text.length : start;
        return final;
      }
      line++;
    }
    return true;
  }

  /** The cell whose opening quote is at `opened`; `null` when its end has not come yet. Leaves `at` behind it. */
  function quotedCell(opened: number, record: CsvRecord): string | null {
    let value = '';
    let from = opened + 1;
    for (;;) {
      const close = text.indexOf(quote, from);
      if (close < 0) {
        if (text.length - opened > MAX_CELL) refuseLongCell(fileName, line + breaks);
        if (final) refuseUnclosed(fileName, line + breaks);
        return null;
      }
      if (close + 1 === text.length && !final) return null;
      value = value === '' ? text.slice(from, close) : value + text.slice(from, close);
      at = close + 1;
      if (at === text.length || codes[at] !== quoteCode) break;
      value += quote;
      from = close + 2;
    }
    if (value.length > MAX_CELL) refuseLongCell(fileName, line + breaks);
    breaks += countBreaks(codes, opened, at);
    const tail = at;
    at = endOfCell(at);
    return at === tail ? value : withTail(value, text.slice(tail, at).trimEnd(), record);
  }

  /** Text behind the closing quote is a fault of the row; the likeliest reading keeps all of it. Blanks do not count. */
  function withTail(value: string, tail: string, record: CsvRecord): string {
    if (tail.trim() === '') return value;
    if (record.strayQuote < 0) record.strayQuote = count;
    return value + quote + (tail.endsWith(quote) ? tail.slice(0, -1) : tail);
  }

  /** The record at `at`; `null` when its end has not come yet. Blank lines are records without cells. */
  function readRecord(): CsvRecord | null {
    const { length } = text;
    const cells: string[] = [];
    const record: CsvRecord = { line, cells, strayQuote: -1, isSound, source: text, from: at, to: at };
    let quoted = false;
    let hasText = false;
    count = 0;
    breaks = 0;
    for (;;) {
      const start = at;
      let first = start;
      while (first < length && codes[first] === SPACE) first++;
      if (first < length && codes[first] === quoteCode) {
        const cell = quotedCell(first, record);
        if (cell === null) return null;
        quoted = true;
        if (count <= lastNeeded || !hasText) cells.push(cell);
      } else {
        const end = endOfCell(first);
        if (end - start > MAX_CELL) refuseLongCell(fileName, line + breaks);
        // Behind the last that is needed, cells tell whether the record is blank, and nothing more once it is known not to be.
        if (count <= lastNeeded || !hasText) {
          const isPlain = end > start && isLetterOrSign(codes[start]!);
          cells.push(isPlain && needed !== null && !needed.has(count) ? SOME_TEXT : text.slice(start, end));
          hasText ||= isPlain;
        }
        at = end;
      }
      count++;
      if (at >= length) {
        if (!final) return null;
        break;
      }
      if (codes[at] !== separatorCode) {
        if (!passBreak()) return null;
        breaks++;
        break;
      }
      if (count >= MAX_COLUMNS) refuseWide(fileName, line);
      at++;
    }
    line += breaks;
    if (count === 1 && cells[0] === '' && !quoted) cells.pop();
    return record;
  }

  function readAll(): CsvRecord[] {
    const records: CsvRecord[] = [];
    if (line < firstLine && !passOver()) return records;
    while (at < text.length) {
      const start = at;
      const record = readRecord();
      if (record === null) {
        at = start;
        break;
      }
      if (record.cells.length === 0) continue;
      record.to = at;
      records.push(record);
    }
    return records;
  }

  return {
    push(more) {
      text = at >= text.length ? more : text.slice(at) + more;
      at = 0;
      codes = codesOf(text, codes);
      isSound = text.isWellFormed() && !text.includes('\0');
      return readAll();
    },
    end() {
      final = true;
      return readAll();
    },
  };
}

/** The codes of a text's characters, in the room of those before, if there is enough. Behind them may be others. */
function codesOf(text: string, room: Uint16Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const codes = room.length >= text.length ? room : new Uint16Array(text.length * 2);
  // Every processor that the program runs on has the low byte first.
  Buffer.from(codes.buffer).write(text, 'utf16le');
  return codes;
}

/** Of the characters that are written most: whether it is more than a blank. */
function isLetterOrSign(code: number): boolean {
  return code > SPACE && code < 127;
}

function refuseLongCell(fileName: string, line: number): never {
  refuse('cell-too-long', say('{fileName}, line {line}: a cell that begins here is longer than a million characters. Most likely a quote is missing; close it, or choose another quote character.', { fileName, line }), { file: fileName, line });
}

function refuseUnclosed(fileName: string, line: number): never {
  refuse('unclosed-quote', say('{fileName}, line {line}: a quote is opened here and never closed, so the rest of the file would become one cell. Close it, or remove it. Nothing was imported.', { fileName, line }), { file: fileName, line });
}

function refuseWide(fileName: string, line: number): never {
  refuse('too-many-columns', say('{fileName}, line {line}: more than {most, number} columns. Check the separator, or remove columns that are not needed.', { fileName, line, most: MAX_COLUMNS }), { file: fileName, line });
}

function countBreaks(codes: Uint16Array, from: number, to: number): number {
  let breaks = 0;
  for (let at = from; at < to; at++) {
    const code = codes[at]!;
    if (code === LF || (code === CR && codes[at + 1] !== LF)) breaks++;
  }
  return breaks;
}

/**
 * A copy of a cell that stands by itself. A cell is a view into the piece of the file that it came from: whoever keeps one for
 * long must keep a copy, or the whole file stays in memory. The text must be well formed.
 */
export function detached(cell: string): string {
  return Buffer.from(cell, 'utf8').toString('utf8');
}

/** A record as text of a dialect: quotes where a cell needs them, doubled inside. */
export function writeRecord(cells: readonly string[], separator: string, quote: string, lineEnd: string): string {
  const line = cells.map((cell) => writeCell(cell, separator, quote)).join(separator);
  return (line === '' ? quote + quote : line) + lineEnd;
}

function writeCell(cell: string, separator: string, quote: string): string {
  const plain = !cell.includes(separator) && !cell.includes(quote) && !cell.includes('\n') && !cell.includes('\r') && cell[0] !== ' ' && cell.at(-1) !== ' ';
  return plain ? cell : quote + cell.replaceAll(quote, quote + quote) + quote;
}
