// The rows of a file on their way to the one connection that writes: read, checked and decided as far as that needs no workspace.
// Who is in the file once and whom nobody may know yet is made ready for writing at once; the others are judged one by one.
import type { Newcomers } from '../store/import-writer.ts';
import { arrivalOf } from '../../shared/contacts/event.ts';
import { arrivalFrom, decidingFor } from './decide.ts';
import type { PreparedImport } from './prepare.ts';
import type { CsvRecord } from './records.ts';
import type { ImportRow, RowReader } from './row-reader.ts';
import { recordsOf, type Survey } from './survey.ts';

/** Some rows of a file, in its order. */
export type Batch = {
  number: number;
  /** How much of the file has been read. */
  bytesRead: number;
  /** Whoever has an address that is in the file once: new, if the workspace does not know it, nor that it is suppressed. */
  newcomers: Newcomers;
  /** JSON: the other rows. */
  judged: string;
};

/** Of so many batches the rows of newcomers can still be asked for. */
export const BATCHES_KEPT = 6;

export type Batches = {
  /** The next rows, so many at the most; `null` behind the last one. `allJudged`: no newcomers among them. */
  next(size: number, allJudged: boolean): Promise<Batch | null>;
  /** The rows of newcomers of a batch, by their places; they turned out not to be new. */
  rowsOf(batch: number, places: readonly number[]): ImportRow[];
};

/** Reads a file again, of which the survey is made, batch by batch. */
export function createBatches(prepared: PreparedImport, reader: RowReader, survey: Survey): Batches {
  const { file, plan, hasSeparatorLine } = prepared;
  const deciding = decidingFor(prepared);
  const byEmailOnly = plan.match.length === 1 && plan.match[0] === 'email';
  const kept = new Map<number, CsvRecord[]>();
  const tagNumbers = new Map<string, number>();
  const consentNumbers = new Map<string, number>();
  let bytesRead = 0;
  let number = 0;
  let waiting: CsvRecord[] = [];
  let at = 0;
  const pieces = recordsOf(file, plan.reading, hasSeparatorLine, (piece) => (bytesRead += piece.length));

  const make = (size: number, allJudged: boolean): Batch => {
    const gathered = new Gathering();
    const newcomers: CsvRecord[] = [];
    const judged: ImportRow[] = [];
    for (const record of waiting.slice(at, at + size)) {
      const row = reader.read(record);
      const among = survey.among(row);
      if (among !== null) row.among = among;
      if (allJudged || !byEmailOnly || among !== null || row.email === null || row.reasons.length > 0) {
        judged.push(row);
        continue;
      }
      const { tags, consents } = arrivalFrom(row, deciding);
      for (const tag of tags) gathered.tags.push(newcomers.length, numbered(tagNumbers, tag, () => gathered.tagNames.push(tag)));
      for (const kind of consents) {
        gathered.consents.push(newcomers.length, numbered(consentNumbers, `${kind.channel} ${kind.given} ${kind.source}`, () => gathered.consentKinds.push(kind)));
      }
      gathered.emails.push(row.email);
      for (const value of row.values) gathered.values.push(value);
      gathered.arrivals.push(JSON.stringify(arrivalOf(tags, consents)));
      newcomers.push(record);
    }
    at += size;
    number++;
    kept.set(number, newcomers);
    kept.delete(number - BATCHES_KEPT);
    return { number, bytesRead, newcomers: gathered.made(newcomers.length), judged: JSON.stringify(judged) };
  };

  return {
    async next(size, allJudged) {
      while (waiting.length - at < size) {
        const { value: records, done } = await pieces.next();
        if (done === true) break;
        waiting = at >= waiting.length ? records : waiting.slice(at).concat(records);
        at = 0;
      }
      return at >= waiting.length ? null : make(size, allJudged);
    },
    rowsOf(batch, places) {
      const records = kept.get(batch);
      if (records === undefined) throw new Error(`The rows of batch ${batch} were asked for too late`);
      return places.map((place) => reader.read(records[place]!));
    },
  };
}

/** The number of something that comes again and again; the first time it gets the next one. */
function numbered(numbers: Map<string, number>, key: string, isNew: () => void): number {
  let number = numbers.get(key);
  if (number === undefined) {
    numbers.set(key, (number = numbers.size));
    isNew();
  }
  return number;
}

class Gathering {
  readonly emails: string[] = [];
  readonly values: (string | number | null)[] = [];
  readonly arrivals: string[] = [];
  readonly tags: number[] = [];
  readonly tagNames: string[] = [];
  readonly consents: number[] = [];
  readonly consentKinds: Newcomers['consentKinds'] = [];

  made(count: number): Newcomers {
    const { emails, values, arrivals, tags, tagNames, consents, consentKinds } = this;
    return {
      count,
      emails: JSON.stringify(emails),
      values: JSON.stringify(values),
      arrivals: arrivals.join('\n'),
      tags: Uint32Array.from(tags),
      tagNames,
      consents: Uint32Array.from(consents),
      consentKinds,
    };
  }
}
