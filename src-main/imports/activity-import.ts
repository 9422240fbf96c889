// Brings in files of events and orders: each about a contact that is there, at its own time, and once however often the file
// is imported. In slices like the import of contacts, with other calls answered in between.
import { createHash } from 'node:crypto';
import { say, type Text } from '../../shared/text.ts';
import { ProblemError } from '../../shared/problem.ts';
import { savepoint, transaction } from '../store/database.ts';
import { findOrder, type OrderContent, type OrderOutcome } from '../store/orders.ts';
import { noCounts, setImportCounts, setImportHash } from '../store/imports.ts';
import { recordIncoming, refuseOther } from '../store/incoming-events.ts';
import { turn } from '../turns.ts';
import { createActivityReader, type Activity } from './activity-reader.ts';
import type { ImportRun } from './importer.ts';
import { createMatcher } from './matching.ts';
import { AGAIN, ordersOfFile } from './orders-of-file.ts';
import type { CsvRecord } from './records.ts';
import { createRowReader, reasonText } from './row-reader.ts';
import { recordsOf } from './survey.ts';

const NOBODY = say('There is no contact that this is about. Import the contacts first.');
const NO_TIME = say('It does not say when the order was placed.');
const NO_AMOUNT = say('It does not say the amount of the order.');
const AMOUNTS = say('The rows of this order name different amounts. Choose the column with the total of the order.');

/** So many rows in one transaction: some ten milliseconds of work. */
const AT_ONCE = 250;

/** One event, or all rows of one order. */
type Group = { rows: { record: CsvRecord; activity: Activity }[] };

/** An order that is there and becomes another one, or would: by the line of its first row. */
export type ChangedOrder = { line: number; contactId: number; before: OrderContent; after: OrderContent };

/** Answers what was done, and whether it was done to the end. Throws a ProblemError where the file cannot be read to its end. */
export async function runActivityImport(job: ImportRun, onChanged?: (changed: ChangedOrder) => void): Promise<{ counts: ReturnType<typeof noCounts>; finished: boolean; hash: string }> {
  const { workspace, prepared, id, rejects } = job;
  const { file, plan, hasSeparatorLine } = prepared;
  const counts = noCounts();
  const hash = await hashOfWhole(job);
  if (hash === null) return { counts, finished: false, hash: '' };
  if (id !== null) setImportHash(workspace, id, hash);
  const read = createActivityReader(plan, createRowReader(plan, prepared.attributes, prepared.reading), prepared.reading);
  const lookUp = createMatcher({ workspace, plan, attributes: prepared.attributes, columns: prepared.attributes.map(({ column }) => column), channels: [], withTags: false, ours: new Set(), dryRun: false });
  /** How often the very same event without an id was in the file so far; and what a dry run has seen, whose and of what type. */
  const times = new Map<string, number>();
  const seen = new Map<string, string>();
  const orders = ordersOfFile();

  const slice = (groups: readonly Group[]): void => {
    const before = { ...counts, more: counts.more };
    const rejected: { line: number; cells: string[]; reason: string }[] = [];
    const work = (): void => {
      const matches = lookUp(groups.flatMap(({ rows }) => rows.map(({ activity }) => activity.row)));
      for (const { rows } of groups) {
        counts.rows += rows.length;
        const first = rows[0]!.activity;
        const match = first.row.reasons.length > 0 ? null : matches.find(first.row);
        const reason = groupReason(rows.map(({ activity }) => activity)) ?? (match === null ? null : 'reason' in match ? match.reason : match.known === undefined ? NOBODY : null);
        const done = reason === null && match !== null && 'known' in match ? carryOut(rows, match.known!.id) : reason;
        if (typeof done === 'string') {
          counts[done]++;
          if (rows.length > 1) counts.more = (counts.more ?? 0) + rows.length - 1;
          continue;
        }
        counts.rejected += rows.length;
        for (const { record, activity } of rows) {
          const reasons = reasonsOf(activity, rows, done);
          rejected.push({ line: record.line, cells: record.cells, reason: reasonText(reasons) });
          job.observe?.({ row: activity.row, known: undefined, reasons, outcome: 'rejected' });
        }
      }
      if (id !== null) setImportCounts(workspace, id, counts);
    };
    try {
      transaction(workspace.db, () => {
        if (id !== null) return work();
        // A dry run does all of it, too, and then none of it has happened.
        rolledBack(work);
      });
    } catch (error) {
      if (error !== UNDONE) {
        Object.assign(counts, before);
        throw error;
      }
    }
    for (const { line, cells, reason } of rejected) rejects?.add(line, cells, reason);
  };

  /** What becomes of it; or why it cannot be taken. */
  const carryOut = (rows: Group['rows'], contactId: number): OrderOutcome | Text => {
    const event = eventOf(rows.map(({ activity }) => activity), contactId, times);
    const who = `${contactId} ${event.type}`;
    const before = seen.get(event.eventId);
    const again = plan.kind === 'orders' ? orders.see(`${contactId} ${event.eventId}`, event) : null;
    try {
      if (before !== undefined && before !== who) refuseOther(event);
      if (again === 'other') return AGAIN;
      if (before !== undefined || again === 'same') return 'unchanged';
      const known = onChanged === undefined ? undefined : orderOf(event);
      const outcome = savepoint(workspace.db, () => recordIncoming(workspace, { ...event, importId: id ?? 0 }));
      if (outcome === 'updated' && known !== undefined) onChanged?.({ line: rows[0]!.record.line, contactId, before: known, after: orderOf(event)! });
      if (id === null) seen.set(event.eventId, who);
      return outcome;
    } catch (error) {
      if (error instanceof ProblemError) return error.problems[0]!.text;
      throw error;
    }
  };
  const orderOf = ({ type, data }: NewActivity): OrderContent | undefined => (type === 'order_placed' ? findOrder(workspace, String(data['order']))?.content : undefined);

  let bytesRead = 0;
  let waiting: Group[] = [];
  const workOff = async (least: number): Promise<boolean> => {
    while (waiting.length >= least && waiting.length > 0) {
      if (!job.goOn()) return false;
      slice(waiting.slice(0, AT_ONCE));
      waiting = waiting.slice(AT_ONCE);
      job.progress(counts, bytesRead);
      await turn();
    }
    return job.goOn();
  };
  for await (const records of recordsOf(file, plan.reading, hasSeparatorLine, (piece) => (bytesRead += piece.length))) {
    for (const record of records) {
      const activity = read(record);
      const last = waiting.at(-1)?.rows[0]?.activity;
      // The rows of an order stand one behind the other. Of those after the first, a shop often leaves out whose it is.
      if (plan.kind === 'orders' && last !== undefined && activity.key !== '' && last.key === activity.key) waiting.at(-1)!.rows.push({ record, activity });
      else waiting.push({ rows: [{ record, activity }] });
    }
    // The last order may go on in the next piece.
    if (!(await workOff(AT_ONCE + 1))) return { counts, finished: false, hash };
  }
  return { counts, finished: await workOff(1), hash };
}

const UNDONE = new Error('A dry run leaves nothing behind.');

function rolledBack(work: () => void): never {
  work();
  throw UNDONE;
}

/** Why the rows together cannot be taken; `null`: they can. What follows the first row of an order may be about nobody and nothing. */
function groupReason(rows: readonly Activity[]): Text | null {
  const faulty = rows.find(({ row }) => row.reasons.length > 0);
  if (faulty !== undefined) return faulty.row.reasons[0]!;
  const [first] = rows;
  if (first === undefined || first.type !== 'order_placed' || first.key === '') return null;
  if (rows.every(({ at }) => at === null)) return NO_TIME;
  const amounts = new Set(rows.flatMap(({ amount }) => (amount === null ? [] : [amount])));
  return amounts.size === 0 ? NO_AMOUNT : amounts.size > 1 ? AMOUNTS : null;
}

/** Why a row is rejected: what is wrong with it, or with another row of its order, or (`all`) with them all. */
function reasonsOf({ row }: Activity, rows: Group['rows'], all: Text | null): Text[] {
  if (row.reasons.length > 0) return row.reasons;
  const faulty = rows.find(({ activity }) => activity.row.reasons.length > 0);
  if (faulty !== undefined) return [say('Line {line}, of the same order, cannot be taken: {reason}', { line: String(faulty.record.line), reason: faulty.activity.row.reasons[0]! })];
  return all === null ? [] : [all];
}

type NewActivity = { contactId: number; type: string; at: number; eventId: string; data: Record<string, unknown> };

function eventOf(rows: readonly Activity[], contactId: number, times: Map<string, number>): NewActivity {
  const [first] = rows as [Activity];
  const data = propertiesOf(rows);
  const at = rows.find((row) => row.at !== null)!.at!;
  const amount = rows.find((row) => row.amount !== null)?.amount;
  if (amount !== null && amount !== undefined) {
    const products = rows.flatMap(({ product }) => (product === '' ? [] : [product]));
    const currency = rows.find((row) => row.currency !== null)?.currency;
    return { contactId, type: first.type, at, eventId: `order:${first.key}`, data: { ...data, order: first.key, amount, ...(currency && { currency }), ...(products.length > 0 && { products }) } };
  }
  if (first.key !== '') return { contactId, type: first.type, at, eventId: first.key, data };
  // Without an id of its own it is known again by what it is, and by how many such there are in the file.
  const what = JSON.stringify([contactId, first.type, at, data]);
  const nth = (times.get(what) ?? 0) + 1;
  times.set(what, nth);
  return { contactId, type: first.type, at, eventId: `import:${createHash('sha256').update(`${what}${nth}`).digest('hex').slice(0, 40)}`, data };
}

/** What the rows say besides: what differs from row to row, such as the number of pieces, is a list in their order. */
function propertiesOf(rows: readonly Activity[]): Record<string, unknown> {
  if (rows.length === 1) return rows[0]!.data;
  const names = new Set(rows.flatMap(({ data }) => Object.keys(data)));
  return Object.fromEntries(
    [...names].map((name) => {
      const said = rows.flatMap(({ data }) => (data[name] === undefined ? [] : [data[name]]));
      return [name, new Set(said).size === 1 ? said[0] : said];
    }),
  );
}

/** Reads the file to its end before anything is written, so that a fault further down leaves nothing half done; `null`: told to stop. */
async function hashOfWhole({ prepared: { file, plan, hasSeparatorLine }, goOn }: ImportRun): Promise<string | null> {
  const hash = createHash('sha256');
  const pieces = recordsOf(file, plan.reading, hasSeparatorLine, (piece) => hash.update(piece));
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    if (!goOn()) return null;
    await turn();
  }
  return hash.digest('hex');
}
