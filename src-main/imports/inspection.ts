// Looks at the beginning of a file and proposes how to read it and what its columns become.
import { isAscii } from 'node:buffer';
import { basename } from 'node:path';
import type { FileInspection } from '../../shared/api.ts';
import { proposeActivityColumns } from '../../shared/contacts/activity-columns.ts';
import { nameColumns, proposeColumns } from '../../shared/contacts/columns.ts';
import type { Attribute } from '../../shared/contacts/contact.ts';
import { importPlanSchema, type ColumnTarget, type FileReading, type ImportKind, type PlanColumn, type SampleColumn } from '../../shared/contacts/import-plan.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf } from '../store/attributes.ts';
import { profileFor, type Mapping } from '../store/import-profiles.ts';
import { readSettings } from '../store/settings.ts';
import { createDecoder, ENCODINGS, guessEncoding, type Encoding, type EncodingGuess } from './encoding.ts';
import { detectDateOrder, detectDecimal, detectTable, type DialectOverrides } from './dialect.ts';
import { bytesAroundFirstLetter, readHead, sourceSize } from './source.ts';

/** Enough for some thousand rows: a kind that is inferred from them seldom meets a surprise later. */
const HEAD = 1024 * 1024;
/** Where the first megabyte is plain ASCII, the letters that tell the encoding may come later. */
const FAR_HEAD = 32 * HEAD;
const PREVIEW_ROWS = 50;

export type ReadingOverride = DialectOverrides & { encoding?: string; sheet?: string };
type Inspection = Omit<FileInspection, 'importedBefore' | 'sheets' | 'stamp'>;

/**
 * Proposes a plan for a file; what `given` names is not guessed. Throws a ProblemError for a file that is missing, a folder,
 * empty or no text, and for one without any row.
 */
export function inspectFile(workspace: Workspace, file: string, given: ReadingOverride, kind: ImportKind, useProfile: boolean): Inspection {
  const fileName = basename(file);
  const { locale, currency } = readSettings(workspace);
  const head = readHead(file, HEAD);
  const complete = head.length >= sourceSize(file);
  const guess = givenEncoding(given.encoding) ?? guessFrom(file, head, locale);
  const decoder = createDecoder(guess.encoding);
  const text = decoder.write(head) + (complete ? decoder.end() : '');
  const table = detectTable(text, complete, given, fileName);
  const first = table.records[0];
  if (first === undefined) refuse('no-rows', say('{fileName} has no rows. Export it again from the program that made it, or choose another header line.', { fileName }), { file });
  const headers = table.headerLine === 0 ? first.cells.map((_, index) => `Column ${index + 1}`) : nameColumns(first.cells);
  const rows = (table.headerLine === 0 ? table.records : table.records.slice(1)).filter(({ cells }) => cells.some((cell) => cell.trim() !== '')).map(({ cells }) => cells);
  const fitting = rows.filter((cells) => cells.length >= headers.length);
  const own = [...attributesOf(workspace).values()];
  const proposed = kind === 'contacts' ? proposeColumns(headers, fitting, own.filter(({ standard }) => !standard), currency) : proposeActivityColumns(kind, headers, fitting);
  const profile = useProfile && table.headerLine > 0 ? profileFor(workspace, kind, headers) : undefined;
  const decided = profile === undefined ? proposed.map(({ header, target }) => ({ header, target })) : columnsOfProfile(proposed, profile.mapping, new Map(own.map((attribute) => [attribute.key, attribute])));
  const columns = proposed.map((column, position): SampleColumn => (profile === undefined ? column : { ...column, target: decided[position]!.target, confidence: 'certain' }));
  const kindOf = new Map(own.map((attribute) => [attribute.key, attribute.kind as string]));
  const decimal = detectDecimal(cellsOf(fitting, columns, kindOf, ['number', 'money']), table.separator, locale);
  const dates = detectDateOrder(cellsOf(fitting, columns, kindOf, ['date', 'dateTime']), locale);
  const reading: FileReading = {
    encoding: guess.encoding,
    separator: table.separator,
    quote: table.quote,
    headerLine: table.headerLine,
    decimal,
    dateOrder: dates.sure ? dates.dateOrder : (profile?.mapping.dateOrder ?? dates.dateOrder),
    ...(given.sheet !== undefined && { sheet: given.sheet }),
    sure: guess.sure && table.sure && (dates.sure || profile !== undefined),
  };
  const { match, duplicates, existing, eventType } = profile?.mapping ?? {};
  const plan = importPlanSchema.parse({ kind, reading, columns: decided, match, duplicates, existing, eventType });
  const preview = rows.slice(0, PREVIEW_ROWS);
  const filled = (position: number): number => preview.filter((cells) => (cells[position] ?? '').trim() !== '').length;
  return { reading, fault: table.fault, columns: columns.map((column, position) => ({ ...column, filled: filled(position) })), rows: preview, plan, profile: profile === undefined ? null : { key: profile.key, name: profile.name } };
}

/** What was decided about such columns the last time, as far as it still fits the workspace; the rest as proposed. */
function columnsOfProfile(proposed: readonly SampleColumn[], mapping: Mapping, attributes: ReadonlyMap<string, Attribute>): PlanColumn[] {
  const remembered = new Map(mapping.columns.map((column) => [column.header.normalize('NFC'), column]));
  const used = new Set<string>();
  const decided = proposed.map(({ header }): PlanColumn | undefined => {
    const column = remembered.get(header.normalize('NFC'));
    const target = column === undefined ? null : fittingTarget(column.target, attributes);
    if (target === null) return undefined;
    if ('attribute' in target) used.add(target.attribute);
    return { ...column!, header, target };
  });
  return proposed.map(({ header, target }, position) => decided[position] ?? { header, target: 'attribute' in target && used.has(target.attribute) ? { kind: 'ignore' } : target });
}

/** The same target in the workspace as it is now; `null`: it has no place for it any more. */
function fittingTarget(target: ColumnTarget, attributes: ReadonlyMap<string, Attribute>): ColumnTarget | null {
  if (!('attribute' in target)) return target;
  const known = attributes.get(target.attribute);
  if (target.kind === 'attribute') return known === undefined ? null : target;
  if (known === undefined) return target;
  return known.kind === target.attributeKind ? { kind: 'attribute', attribute: target.attribute } : null;
}

/** What the columns of events and orders hold, where it is not text. */
const ACTIVITY_KINDS: Readonly<Record<string, string>> = { at: 'dateTime', amount: 'money' };

function givenEncoding(name: string | undefined): EncodingGuess | null {
  if (name === undefined) return null;
  const encoding = ENCODINGS.find((known) => known === name);
  if (encoding === undefined) refuse('encoding-unknown', say('There is no encoding {name} here. Choose one of: {known}.', { name, known: ENCODINGS.join(', ') }), { field: 'encoding' });
  return { encoding, sure: true };
}

function guessFrom(file: string, head: Buffer, locale: string): { encoding: Encoding; sure: boolean } {
  const guess = guessEncoding(head, locale);
  if (guess.encoding !== 'utf8' || head.length < HEAD || hasLetters(head)) return guess;
  const far = bytesAroundFirstLetter(file, FAR_HEAD, 4096, 262_144);
  return far === null ? guess : guessEncoding(far, locale);
}

function hasLetters(bytes: Buffer): boolean {
  return !isAscii(bytes);
}

/** The cells of the columns that hold one of these kinds. */
function* cellsOf(rows: readonly string[][], columns: readonly SampleColumn[], kindOf: ReadonlyMap<string, string>, kinds: readonly string[]): Generator<string> {
  const wanted = columns.flatMap(({ target }, index) => {
    const kind = target.kind === 'newAttribute' ? target.attributeKind : target.kind === 'attribute' ? kindOf.get(target.attribute) : 'field' in target ? ACTIVITY_KINDS[target.field] : undefined;
    return kind !== undefined && kinds.includes(kind) ? [index] : [];
  });
  if (wanted.length === 0) return;
  for (const row of rows) for (const index of wanted) if (row[index]!.trim() !== '') yield row[index]!;
}
