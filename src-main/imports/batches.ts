// The rows of a file on their way to the one connection that writes: read, checked and decided as far as that needs no workspace.
// Who is in the file once and whom nobody may know yet is staged for adding at once; the others are judged one by one.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createStage, type StagedArrival, type Staged } from '../store/import-stage.ts';
import { arrivalFrom, decidingFor } from './decide.ts';
import type { PreparedImport } from './prepare.ts';
import { detached, recordFrom, textOf, type CsvRecord } from './records.ts';
import type { ImportRow, RowReader } from './row-reader.ts';
import { recordsOf, type Survey } from './survey.ts';

/** Some rows of a file, in its order. */
export type Batch = {
  number: number;
  /** How much of the file has been read. */
  bytesRead: number;
  /** Whoever has an address that is in the file once: new, if the workspace does not know it, nor that it is suppressed. */
  staged: Staged;
  /** JSON: the other rows. */
  judged: string;
  /** Whether that was asked for. */
  allJudged: boolean;
};

/** Of so many batches the rows of newcomers can still be asked for. */
export const BATCHES_KEPT = 6;
/** A batch ends with so much of the file, whatever its rows: wide ones take much memory. */
const MOST_BYTES = 1_500_000;
/** So many different arrivals are told apart; then they are numbered anew, so that they cannot take more and more memory. */
const MOST_ARRIVALS = 20_000;
/** So many rows that somebody has to judge end a batch: they are handed over as they are. */
const MOST_JUDGED = 1000;
/**
 * Rows of people who are in the file more than once are kept back, so much of their text at the most: so these people are added
 * one after the other, and their later rows find them close together. Scattered among the others, each later row would change
 * half a dozen pages of the workspace for itself, and that would be half of all that an import writes.
 */
const MOST_KEPT_BACK = 5_000_000;

/** A row as it stands in the file, of somebody who is in it more than once. */
type KeptRow = { email: string; text: string; line: number };

export type Batches = {
  /** The next rows, so many at the most; `null` behind the last one. `allJudged`: nobody is staged. */
  next(size: number, allJudged: boolean): Promise<Batch | null>;
  /** The rows of newcomers of a batch, by their places; they turned out not to be new. */
  rowsOf(batch: number, places: readonly number[]): ImportRow[];
  /** Lets go of the file. */
  close(): Promise<void>;
};

/** Reads a file again, of which the survey is made, batch by batch. Files of newcomers are made in `folder`. */
export function createBatches(prepared: PreparedImport, reader: RowReader, survey: Survey, folder: string): Batches {
  const { file, plan, hasSeparatorLine } = prepared;
  const deciding = decidingFor(prepared);
  const dialect = { separator: plan.reading.separator, quote: plan.reading.quote, fileName: prepared.fileName };
  const byEmailOnly = plan.match.length === 1 && plan.match[0] === 'email';
  const kept = new Map<number, ReturnType<typeof keptTexts>>();
  /** By the number of what rows say beside their values: its number among what newcomers come with. */
  let arrivals: number[] = [];
  let arrivalCount = 0;
  /** The rows of people who come again, as they stand in the file; and those that are taken out again, some at a time. */
  let keptBack: KeptRow[] = [];
  let keptLength = 0;
  let takenOut: KeptRow[] = [];
  let bytesRead = 0;
  let number = 0;
  let waiting: CsvRecord[] = [];
  let at = 0;
  const pieces = recordsOf(file, plan.reading, hasSeparatorLine, (piece) => (bytesRead += piece.length));

  /** Whether there is a record at hand. Each is done with before more of the file is read: what dies young costs little memory and time. */
  const hasRecord = async (): Promise<boolean> => {
    while (at >= waiting.length) {
      const { value: records, done } = await pieces.next();
      if (done === true) return false;
      waiting = records;
      at = 0;
    }
    return true;
  };

  const make = async (size: number, allJudged: boolean): Promise<Batch> => {
    const bytesBefore = bytesRead;
    number++;
    const path = join(folder, `newcomers-${number}.db`);
    if (!allJudged) mkdirSync(folder, { recursive: true });
    const stage = allJudged ? null : createStage(path, prepared.attributes.length);
    const isAnew = arrivalCount > MOST_ARRIVALS;
    if (isAnew) [arrivals, arrivalCount] = [[], 0];
    const newArrivals: StagedArrival[] = [];
    const newcomers = keptTexts(stage === null ? 0 : size);
    const judged: ImportRow[] = [];
    for (let rows = 0; rows < size && judged.length < MOST_JUDGED; rows++) {
      if (at >= waiting.length && (bytesRead - bytesBefore >= MOST_BYTES || !(await hasRecord()))) break;
      const record = waiting[at++]!;
      const row = reader.read(record);
      const among = survey.among(row);
      if (among !== null) row.among = among;
      if (stage === null || !byEmailOnly || row.email === null || row.reasons.length > 0) {
        judged.push(row);
        continue;
      }
      if (among !== null) {
        keepBack(row.email, record);
        continue;
      }
      let arrival = arrivals[row.told.number];
      if (arrival === undefined) {
        arrivals[row.told.number] = arrival = arrivalCount++;
        newArrivals.push(arrivalFrom(row.told, deciding));
      }
      stage.add(arrival, row.values);
      newcomers.keep(record);
    }
    kept.set(number, newcomers);
    kept.delete(number - BATCHES_KEPT);
    return { number, bytesRead, staged: { file: path, count: stage?.finish() ?? 0, arrivals: newArrivals, isAnew }, judged: JSON.stringify(judged), allJudged };
  };

  /** By address alone: the only key by which anybody is staged. */
  const keepBack = (email: string, record: CsvRecord): void => {
    const text = detached(textOf(record));
    keptLength += text.length;
    keptBack.push({ email: detached(email), text, line: record.line });
  };

  const readAgain = ({ text, line }: { text: string; line: number }): ImportRow => reader.read(recordFrom(text, line, dialect));

  const takeOut = (): Batch => {
    if (takenOut.length === 0) {
      // In the order of the index of addresses, so that neighbours are written to the same pages of it. Of one person, the order of the file stays.
      takenOut = keptBack.sort((one, other) => (one.email < other.email ? -1 : one.email > other.email ? 1 : 0));
      keptBack = [];
      keptLength = 0;
    }
    const judged = takenOut.splice(0, MOST_JUDGED).map((each) => {
      const row = readAgain(each);
      return { ...row, among: survey.among(row) ?? row.among };
    });
    kept.delete(++number - BATCHES_KEPT);
    return { number, bytesRead, staged: { file: '', count: 0, arrivals: [], isAnew: false }, judged: JSON.stringify(judged), allJudged: false };
  };

  return {
    async next(size, allJudged) {
      const hasMore = await hasRecord();
      // Whoever judges all must have judged what came before.
      if (takenOut.length > 0 || (keptBack.length > 0 && (!hasMore || allJudged || keptLength >= MOST_KEPT_BACK))) return takeOut();
      return hasMore ? await make(size, allJudged) : null;
    },
    rowsOf(batch, places) {
      const records = kept.get(batch);
      if (records === undefined) throw new Error(`The rows of batch ${batch} were asked for too late`);
      return places.map((place) => readAgain(records.at(place - 1)));
    },
    async close() {
      await pieces.return(undefined);
    },
  };
}

/**
 * Keeps the texts and lines of so many records at the most: where they are in the pieces of the file, which is much less than what
 * was made of them, and nothing that would have to be cleared away one by one.
 */
function keptTexts(most: number) {
  const sources: string[] = [];
  const [sourceOf, from, to, lines] = [0, 1, 2, 3].map(() => new Uint32Array(most)) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let count = 0;
  return {
    keep(record: CsvRecord): void {
      const source = record.source ?? '';
      if (sources.at(-1) !== source) sources.push(source);
      sourceOf[count] = sources.length - 1;
      from[count] = record.from ?? 0;
      to[count] = record.to ?? 0;
      lines[count++] = record.line;
    },
    at: (place: number): { text: string; line: number } => ({ text: sources[sourceOf[place]!]!.slice(from[place], to[place]), line: lines[place]! }),
  };
}
