// Text becomes records: an incremental reader of separated values that keeps the line of each record. It takes CR, LF and CRLF
// in any mixture, line breaks inside quotes, and blank lines; a quote that is never closed is named with the line on which it
// was opened, and never swallows the rest of the file (FAULTS F38).
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';

/** No cell of a table of contacts is as long as this; a quote that was never closed is. */
export const MAX_CELL = 1_000_000;
export const MAX_COLUMNS = 10_000;

const CR = 13;
const LF = 10;
const SPACE = 32;

/** `line` counts from 1. `strayQuote` is the index of the cell whose text goes on after its closing quote; -1: none. */
export type CsvRecord = { line: number; cells: string[]; strayQuote: number };

export type RecordReader = {
  /** Takes more text; answers the records that are complete. */
  push(text: string): CsvRecord[];
  /** The end of the file: answers what is left. Throws a ProblemError for an unclosed quote. */
  end(): CsvRecord[];
};

export type Dialect = { separator: string; quote: string; fileName: string };

/** Begins to read at line `firstLine`; the lines before it are passed over as they are, whatever quotes they hold. */
export function createRecordReader(dialect: Dialect, firstLine = 1): RecordReader {
  const separator = dialect.separator.charCodeAt(0);
  const quote = dialect.quote.charCodeAt(0);
  let rest = '';
  let line = 1;

  /** Passes over whole lines until `firstLine`; answers where it begins, or -1 when more text is needed. */
  function passOver(text: string, final: boolean): number {
    let at = 0;
    while (line < firstLine) {
      while (at < text.length && text.charCodeAt(at) !== CR && text.charCodeAt(at) !== LF) at++;
      if (at >= text.length || (text.charCodeAt(at) === CR && at + 1 === text.length && !final)) return final ? text.length : -1;
      at += text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
      line++;
      rest = text.slice(at);
      text = rest;
      at = 0;
    }
    return 0;
  }

  function tooLong(openedAt: number): never {
    const { fileName } = dialect;
    refuse('cell-too-long', say('{fileName}, line {line}: a cell that begins here is longer than a million characters. Most likely a quote is missing; close it, or choose another quote character.', { fileName, line: openedAt }), { file: fileName, line: openedAt });
  }

  function unclosed(openedAt: number): never {
    const { fileName } = dialect;
    refuse('unclosed-quote', say('{fileName}, line {line}: a quote is opened here and never closed, so the rest of the file would become one cell. Close it, or remove it. Nothing was imported.', { fileName, line: openedAt }), { file: fileName, line: openedAt });
  }

  function read(final: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    const begin = line < firstLine ? passOver(rest, final) : 0;
    if (begin < 0) return records;
    const text = rest;
    const length = text.length;
    let at = begin;
    let start = begin;
    while (at < length) {
      start = at;
      const record: CsvRecord = { line, cells: [], strayQuote: -1 };
      let breaks = 0;
      let quoted = false;
      for (;;) {
        let first = at;
        while (first < length && text.charCodeAt(first) === SPACE) first++;
        if (first < length && text.charCodeAt(first) === quote) {
          quoted = true;
          let from = first + 1;
          let value = '';
          for (;;) {
            const close = text.indexOf(dialect.quote, from);
            if (close < 0) {
              if (length - first > MAX_CELL) tooLong(line + breaks);
              if (final) unclosed(line + breaks);
              rest = text.slice(start);
              return records;
            }
            if (close + 1 === length && !final) {
              rest = text.slice(start);
              return records;
            }
            if (text.charCodeAt(close + 1) === quote) {
              value += text.slice(from, close + 1);
              from = close + 2;
              continue;
            }
            value += text.slice(from, close);
            at = close + 1;
            break;
          }
          if (value.length > MAX_CELL) tooLong(line + breaks);
          breaks += countBreaks(text, first, at);
          const tail = at;
          while (at < length && !ends(text.charCodeAt(at))) at++;
          if (at > tail && text.slice(tail, at).trim() !== '') {
            if (record.strayQuote < 0) record.strayQuote = record.cells.length;
            const after = text.slice(tail, at).trimEnd();
            value += dialect.quote + (after.endsWith(dialect.quote) ? after.slice(0, -1) : after);
          }
          record.cells.push(value);
        } else {
          const from = at;
          at = first;
          while (at < length && !ends(text.charCodeAt(at))) at++;
          if (at - from > MAX_CELL) tooLong(line + breaks);
          record.cells.push(text.slice(from, at));
        }
        if (at >= length) {
          if (final) break;
          rest = text.slice(start);
          return records;
        }
        if (text.charCodeAt(at) !== separator) break;
        at++;
        if (record.cells.length >= MAX_COLUMNS) tooMany();
        if (at >= length && final) {
          record.cells.push('');
          break;
        }
        if (at >= length) {
          rest = text.slice(start);
          return records;
        }
      }
      if (at < length) {
        const isCr = text.charCodeAt(at) === CR;
        if (isCr && at + 1 === length && !final) {
          rest = text.slice(start);
          return records;
        }
        at += isCr && text.charCodeAt(at + 1) === LF ? 2 : 1;
        breaks++;
      }
      line += breaks;
      if (record.cells.length > 1 || quoted || record.cells[0] !== '') records.push(record);
    }
    rest = '';
    return records;
  }

  function ends(code: number): boolean {
    return code === separator || code === LF || code === CR;
  }

  function tooMany(): never {
    const { fileName } = dialect;
    refuse('too-many-columns', say('{fileName}, line {line}: more than {most, number} columns. Check the separator, or remove columns that are not needed.', { fileName, line, most: MAX_COLUMNS }), { file: fileName, line });
  }

  return {
    push(text) {
      rest = rest === '' ? text : rest + text;
      return read(false);
    },
    end: () => read(true),
  };
}

function countBreaks(text: string, from: number, to: number): number {
  let breaks = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) breaks++;
  }
  return breaks;
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
