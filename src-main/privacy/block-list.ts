// Block lists as files: addresses, numbers and domains that are never written to, from other programs and for them (FEATURES A15.8).
import { basename } from 'node:path';
import { blockedAddress } from '../../shared/contacts/blocked-address.ts';
import { guard } from '../../shared/contacts/formula-guard.ts';
import { foldName } from '../../shared/contacts/header-names.ts';
import { instantText } from '../../shared/time.ts';
import type { Text } from '../../shared/text.ts';
import { createDecoder, guessEncoding } from '../imports/encoding.ts';
import { createRecordReader, writeRecord, type CsvRecord } from '../imports/records.ts';
import { piecesOf, readHead, sourceSize } from '../imports/source.ts';
import { transaction } from '../store/database.ts';
import { readSettings } from '../store/settings.ts';
import { addSuppression, suppressionsAfter } from '../store/suppressions.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
import { writeWhole } from './write-whole.ts';

type Read = { added: number; known: number; refusedCount: number; refused: { line: number; address: string; reason: Text }[] };

/** So many lines that are no address are named; all are counted. */
const MOST_REFUSED = 1000;
const SEPARATORS = [';', ',', '\t'] as const;
/** How other programs call the column of reasons, folded. */
const REASON_NAMES = new Set(['reason', 'grund', 'arsag', 'aarsag', 'orsak', 'powod', 'reden', 'type', 'status']);

/**
 * Suppresses every address, number and domain of a file, some at a time: one on each line, or in the rows of a table. A column of
 * reasons is taken over; where there is none, all have `reason`. What is no address comes back with its line. Throws a ProblemError
 * for a file that cannot be read.
 */
export async function importBlockList(workspace: Workspace, file: string, reason: string, country: string): Promise<Read> {
  sourceSize(file);
  const head = readHead(file, 65_536);
  const { encoding } = guessEncoding(head, readSettings(workspace).locale);
  const decoder = createDecoder(encoding);
  const start = createDecoder(encoding).write(head);
  const separator = SEPARATORS.map((each) => ({ each, n: start.split(each).length })).reduce((a, b) => (b.n > a.n ? b : a)).each;
  const reader = createRecordReader({ separator, quote: '"', fileName: basename(file) });
  const answer: Read = { added: 0, known: 0, refusedCount: 0, refused: [] };
  let columns: { address: number; reason: number } | null = null;
  const take = (records: readonly CsvRecord[]): void => {
    transaction(workspace.db, () => {
      for (const { line, cells } of records) {
        if (cells.every((cell) => cell.trim() === '')) continue;
        if (columns === null) {
          columns = columnsOf(cells);
          if (columns.address < 0) {
            columns.address = headerColumn(cells);
            continue;
          }
        }
        const address = (cells[columns.address] ?? '').trim();
        const read = blockedAddress(address, country);
        if ('reason' in read) {
          answer.refusedCount++;
          if (answer.refused.length < MOST_REFUSED) answer.refused.push({ line, address: address.slice(0, 100), reason: read.reason });
          continue;
        }
        const said = columns.reason < 0 ? '' : (cells[columns.reason] ?? '').trim().slice(0, 200);
        if (addSuppression(workspace, { ...read, reason: said === '' ? reason : said, source: basename(file).slice(0, 200) })) answer.added++;
        else answer.known++;
      }
    });
  };
  const reads = (cells: readonly string[]): number => cells.findIndex((cell) => 'address' in blockedAddress(cell, country));
  function columnsOf(cells: readonly string[]): { address: number; reason: number } {
    return { address: reads(cells), reason: cells.findIndex((cell) => REASON_NAMES.has(foldName(cell))) };
  }
  for await (const piece of piecesOf(file)) {
    take(reader.push(decoder.write(piece)));
    await turn();
  }
  take([...reader.push(decoder.end()), ...reader.end()]);
  return answer;
}

const ADDRESS_NAMES = /e-?mail|adress|address|recipient|domain|phone|telefon/i;

/** Of a header: the column whose name says that addresses stand in it, or the first. */
function headerColumn(cells: readonly string[]): number {
  return Math.max(0, cells.findIndex((cell) => ADDRESS_NAMES.test(cell)));
}

const AT_ONCE = 500;

/** Writes the list as CSV (address, reason, since when, from where); erased people are not in it, since nobody has their addresses. */
export async function exportBlockList(workspace: Workspace, file: string): Promise<{ rows: number }> {
  let rows = 0;
  await writeWhole(file, async (write) => {
    await write(csvLine(['address', 'reason', 'since', 'source']));
    for (let after = 0; ; ) {
      const page = suppressionsAfter(workspace, after, AT_ONCE);
      const shown = page.filter(({ kind }) => kind !== 'erased');
      rows += shown.length;
      await write(shown.map(({ address, reason, at, source }) => csvLine([guard(address!), guard(reason), instantText(at), guard(source)])).join(''));
      if (page.length < AT_ONCE) return;
      after = page.at(-1)!.id;
      await turn();
    }
  });
  return { rows };
}

function csvLine(cells: string[]): string {
  return writeRecord(cells, ',', '"', '\r\n');
}
