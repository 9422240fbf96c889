// Brings in a file of events as the command line takes it (a table, or one object on each line): as an import, so that it is in
// the history, its rejected lines are in a file to be mended, and it can be taken back.
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { LINE_COLUMN, REASON_COLUMN } from '../../shared/contacts/columns.ts';
import { importPlanSchema, type ImportCounts } from '../../shared/contacts/import-plan.ts';
import { readingFor } from '../../shared/contacts/values.ts';
import { problem, ProblemError, type Problem } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { savepoint, transaction } from '../store/database.ts';
import { beginImport, endImport, noCounts, setImportCounts, setImportHash } from '../store/imports.ts';
import { isOrder, recordIncoming } from '../store/incoming-events.ts';
import { readSettings } from '../store/settings.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
import { contactWithAddress } from './event-contact.ts';
import { readEvents, type EventLine, type RawLine } from './event-file.ts';
import { AGAIN, ordersOfFile } from './orders-of-file.ts';
import { writeRecord } from './records.ts';
import { checkRejectsPath, writeRejects } from './rejects.ts';
import { fileHash } from './source.ts';

const AT_ONCE = 250;
/** So many rejected lines are named in the answer; all are in the file. */
const MOST_NAMED = 10_000;

type Done = { import: number; counts: ImportCounts; rejected: { line: number; problem: Problem }[]; rejectsFile: string | null };

/** Records the events of a file; flows hear of them as of any event that comes from outside. Throws a ProblemError where the file cannot be read. */
export async function importEventFile(workspace: Workspace, file: string, rejectsFile: string): Promise<Done> {
  const { locale, timeZone, currency } = readSettings(workspace);
  const lines = readEvents(file, locale, readingFor(locale, timeZone, currency));
  // A file that cannot be read at all leaves no trace in the history.
  let next = await lines.next();
  checkRejectsPath(rejectsFile);
  const reading = { encoding: 'utf8', separator: ',', quote: '"', headerLine: 1, decimal: '.', dateOrder: 'ymd', sure: true } as const;
  const id = beginImport(workspace, basename(file), importPlanSchema.parse({ kind: 'events', reading, columns: [], startFlows: true }));
  const done: Done = { import: id, counts: noCounts(), rejected: [], rejectsFile: null };
  const rejects = createLineRejects(rejectsFile);
  const orders = ordersOfFile();
  try {
    setImportHash(workspace, id, await fileHash(file));
    for (let batch: EventLine[] = []; batch.length > 0 || next.done !== true; batch = []) {
      for (; next.done !== true && batch.length < AT_ONCE; next = await lines.next()) batch.push(next.value);
      const failed = recordAll(workspace, id, batch, done.counts, orders);
      for (const { line, raw, problem: why } of failed) {
        rejects.add(line, raw, inEnglish(why.text));
        if (done.rejected.length < MOST_NAMED) done.rejected.push({ line, problem: why });
      }
      await turn();
    }
    done.rejectsFile = rejects.finish();
    endImport(workspace, id, 'done', done.counts, done.rejectsFile);
    return done;
  } catch (error) {
    rejects.discard();
    if (workspace.db.open) endImport(workspace, id, 'failed', done.counts, null);
    throw error;
  }
}

type FileEvent = Extract<EventLine, { event: unknown }>['event'];
type Orders = ReturnType<typeof ordersOfFile>;
type Failed = { line: number; raw: RawLine; problem: Problem };

/** Records a batch in one transaction with its counts; answers the lines that could not be taken. */
function recordAll(workspace: Workspace, id: number, batch: readonly EventLine[], counts: ImportCounts, orders: Orders): Failed[] {
  const failed: Failed[] = [];
  const after = { ...counts };
  transaction(workspace.db, () => {
    for (const each of batch) {
      after.rows++;
      const why = 'problem' in each ? each.problem : recordOne(workspace, id, each.event, after, orders);
      if (why === null) continue;
      after.rejected++;
      failed.push({ line: each.line, raw: each.raw, problem: why });
    }
    setImportCounts(workspace, id, after);
  });
  Object.assign(counts, after);
  return failed;
}

function recordOne(workspace: Workspace, importId: number, event: FileEvent, counts: ImportCounts, orders: Orders): Problem | null {
  const { email, type, at, eventId, data } = event;
  const long = email.length > 500 ? 'email' : type.length > 63 ? 'type' : (eventId?.length ?? 0) > 200 ? 'eventId' : null;
  if (long !== null) return problem('event-too-long', say('{field} is too long.', { field: long }));
  if (type === 'order_placed' && isOrder(data) && orders.see(String(data.order), event) === 'other') return problem('order-again', AGAIN);
  try {
    const outcome = savepoint(workspace.db, () => recordIncoming(workspace, { contactId: contactWithAddress(workspace, email), type, at, eventId, data, importId }));
    counts[outcome]++;
    return null;
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0]!;
    throw error;
  }
}

/** Rejected lines as they were written, with their number and the reason; both are passed over when the file comes in again. */
function createLineRejects(path: string) {
  const unfinished = `${path}.part`;
  let handle: number | null = null;
  const textOf = (line: number, raw: RawLine, reason: string): string => {
    if (raw.kind === 'cells') return writeRecord([...raw.cells.slice(0, raw.names.length), ...Array.from({ length: Math.max(0, raw.names.length - raw.cells.length) }, () => ''), String(line), reason], raw.separator, '"', '\r\n');
    const object = raw.kind === 'object' ? raw.value : { _text: raw.text };
    return `${JSON.stringify({ ...object, [LINE_COLUMN]: line, [REASON_COLUMN]: reason })}\n`;
  };
  return {
    add(line: number, raw: RawLine, reason: string): void {
      if (handle === null) {
        handle = openSync(unfinished, 'w');
        const names = raw.kind === 'cells' ? raw.names.filter((name) => name !== LINE_COLUMN && name !== REASON_COLUMN) : [];
        if (raw.kind === 'cells') writeRejects(handle, path, `\ufeff${writeRecord([...names, LINE_COLUMN, REASON_COLUMN], raw.separator, '"', '\r\n')}`);
      }
      writeRejects(handle, path, textOf(line, raw, reason));
    },
    finish(): string | null {
      if (handle === null) return null;
      closeSync(handle);
      handle = null;
      renameSync(unfinished, path);
      return path;
    },
    discard(): void {
      if (handle === null) return;
      closeSync(handle);
      handle = null;
      rmSync(unfinished, { force: true });
    },
  };
}
