// A file of events becomes events: one JSON object on each line, or a table with a header. Each keeps the line it came from.
import { basename } from 'node:path';
import { LINE_COLUMN, REASON_COLUMN } from '../../shared/contacts/columns.ts';
import { foldName } from '../../shared/contacts/header-names.ts';
import type { ValueReading } from '../../shared/contacts/values.ts';
import { problem, refuse, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { instantOf, plainNumber } from './activity-reader.ts';
import { detectTable } from './dialect.ts';
import { createDecoder, guessEncoding, type Encoding } from './encoding.ts';
import { createRecordReader } from './records.ts';
import { piecesOf, readHead, sourceSize } from './source.ts';

type FileEvent = { email: string; type: string; at: number | null; eventId: string | null; data: Record<string, unknown> };
/** A line as it stands in the file. */
export type RawLine = { kind: 'object'; value: Record<string, unknown> } | { kind: 'text'; text: string } | { kind: 'cells'; names: readonly string[]; separator: string; cells: readonly string[] };
export type EventLine = { line: number; raw: RawLine } & ({ event: FileEvent } | { problem: Problem });

const HEAD = 1024 * 1024;

/** What the columns of a table, or the properties of an object, may be called, folded. */
const NAMES: Readonly<Record<string, 'email' | 'type' | 'at' | 'eventId'>> = {
  email: 'email', emailaddress: 'email', mail: 'email', epost: 'email',
  type: 'type', event: 'type', eventtype: 'type', eventname: 'type',
  at: 'at', time: 'at', timestamp: 'at', date: 'at', datetime: 'at', occurredat: 'at',
  eventid: 'eventId',
};

/**
 * Reads a file of events. `reading` says how times without an offset are meant. A line that cannot be read is answered as a
 * problem with its line; a file that cannot be read at all is refused.
 */
export async function* readEvents(file: string, locale: string, reading: ValueReading): AsyncGenerator<EventLine> {
  const head = readHead(file, HEAD);
  const { encoding } = guessEncoding(head, locale);
  const text = createDecoder(encoding).write(head);
  if (text.trimStart().startsWith('[')) {
    refuse('events-list', say('{name} is one JSON list. Write one event on each line (NDJSON), without brackets and commas around them.', { name: basename(file) }), { file });
  }
  if (text.trimStart().startsWith('{')) yield* readObjects(file, encoding, reading);
  else yield* readTable(file, text, encoding, reading, head.length >= sourceSize(file));
}

async function* readObjects(file: string, encoding: Encoding, reading: ValueReading): AsyncGenerator<EventLine> {
  const decoder = createDecoder(encoding);
  let rest = '';
  let line = 0;
  for await (const bytes of piecesOf(file)) {
    const lines = (rest + decoder.write(bytes)).split(/\r\n|[\r\n]/);
    rest = lines.pop()!;
    if (rest.length > HEAD) refuse('line-too-long', say('Line {line} of {name} is longer than a million characters. Write one event on each line.', { line: line + lines.length + 1, name: basename(file) }), { file, line: line + lines.length + 1 });
    for (const each of lines) {
      line++;
      if (each.trim() !== '') yield objectLine(each, line, reading);
    }
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield objectLine(rest, line + 1, reading);
}

function objectLine(text: string, line: number, reading: ValueReading): EventLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { line, raw: { kind: 'text', text }, problem: problem('event-not-json', say('Line {line} is not a JSON object. Write one event as {example}.', { line, example: '{"email": "ada@example.com", "type": "visited_shop"}' }), { line }) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { line, raw: { kind: 'text', text }, problem: problem('event-not-object', say('Line {line} is not a JSON object in braces.', { line }), { line }) };
  return { line, raw: { kind: 'object', value: value as Record<string, unknown> }, ...toEvent(Object.entries(value), line, reading) };
}

async function* readTable(file: string, head: string, encoding: Encoding, reading: ValueReading, complete: boolean): AsyncGenerator<EventLine> {
  const fileName = basename(file);
  const { separator, quote, headerLine } = detectTable(head, complete, {}, fileName);
  const decoder = createDecoder(encoding);
  const reader = createRecordReader({ separator, quote, fileName }, Math.max(1, headerLine));
  let names: string[] | null = null;
  const take = function* (records: ReturnType<typeof reader.push>): Generator<EventLine> {
    for (const { line, cells, strayQuote } of records) {
      if (names === null) {
        names = cells.map((cell) => cell.trim());
        refuseWithoutNames(names, file, line);
      } else if (cells.every((cell) => cell.trim() === '')) continue;
      else if (cells.length !== names.length || strayQuote >= 0) {
        yield { line, raw: { kind: 'cells', names, separator, cells }, problem: problem('event-cells', say('Line {line} has {found, plural, one {# cell} other {# cells}}, the header {expected, number}. Put cells that contain the separator in quotes.', { line, found: cells.length, expected: names.length }), { line }) };
      } else {
        yield { line, raw: { kind: 'cells', names, separator, cells }, ...toEvent(names.map((name, index) => [name, NAMES[foldName(name)] === 'at' ? cells[index]! : plainNumber(cells[index]!)] as const).filter(([, value]) => value !== ''), line, reading) };
      }
    }
  };
  for await (const bytes of piecesOf(file)) yield* take(reader.push(decoder.write(bytes)));
  yield* take(reader.push(decoder.end()));
  yield* take(reader.end());
}

function refuseWithoutNames(names: readonly string[], file: string, line: number): void {
  const known = new Set(names.map((name) => NAMES[foldName(name)]));
  for (const needed of ['email', 'type'] as const) {
    if (!known.has(needed)) refuse('event-column', say('{name} has no column "{needed}" in its header (line {line}). Its columns must include email and type; at and eventId may be there too.', { name: basename(file), needed, line }), { file, line });
  }
}

function toEvent(entries: readonly (readonly [string, unknown])[], line: number, reading: ValueReading): { event: FileEvent } | { problem: Problem } {
  const event: FileEvent = { email: '', type: '', at: null, eventId: null, data: {} };
  const data: [string, unknown][] = [];
  for (const [name, value] of entries) {
    const known = NAMES[foldName(name)];
    if (known === undefined || known === 'at') continue;
    event[known] = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  }
  let at: unknown = null;
  for (const [name, value] of entries) {
    // What a file of rejected lines has added.
    if (name === LINE_COLUMN || name === REASON_COLUMN) continue;
    const known = NAMES[foldName(name)];
    if (known === 'at') at = value;
    else if (known === undefined) data.push(...(name === 'data' && typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [[name, value] as [string, unknown]]));
  }
  event.data = Object.fromEntries(data);
  if (event.eventId === '') event.eventId = null;
  for (const needed of ['email', 'type'] as const) {
    if (event[needed] === '') return { problem: problem('event-incomplete', say('Line {line} has no {needed}.', { line, needed }), { line }) };
  }
  if (at === null || at === undefined || at === '') return { event };
  const instant = timeOf(at, reading);
  if (instant === null) return { problem: problem('event-time', say('Line {line}: "{at}" is not a time. Write it as 2026-11-22T14:05:00+01:00.', { line, at: JSON.stringify(at)?.slice(0, 60) ?? '' }), { line }) };
  return { event: { ...event, at: instant } };
}

/** Of numbers those that are milliseconds since 1970: seconds, or a date without marks, would be a day in January of that year. */
function timeOf(at: unknown, reading: ValueReading): number | null {
  return typeof at === 'number' || typeof at === 'string' ? instantOf(String(at).trim(), reading) : null;
}
