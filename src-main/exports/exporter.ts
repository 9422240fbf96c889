// Writes contacts to a file that a spreadsheet opens, or that any program reads, and that an import reads back unchanged.
import type { Rule } from '../../shared/contacts/rule.ts';
import { regionOf } from '../../shared/contacts/locale-words.ts';
import { excelStyle, plainStyle } from '../../shared/contacts/value-text.ts';
import { writeRecord } from '../imports/records.ts';
import { writeWhole } from '../privacy/write-whole.ts';
import { attributesOf } from '../store/attributes.ts';
import { consentStatesFor } from '../store/consents.ts';
import { contactParts, type ContactPart } from '../store/contact-stream.ts';
import { stopIfUnwanted } from '../store/interruption.ts';
import { atOneMoment } from '../store/reading-connection.ts';
import { readSettings } from '../store/settings.ts';
import { tagsFor } from '../store/tags.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
import { exportColumns, type ExportColumn, type Facts } from './export-columns.ts';

/** On a connection that others share, nobody waits long; a reader thread has nobody who waits. */
const AT_ONCE = 300;
const AT_ONCE_ALONE = 4000;

export type ExportOrder = {
  file: string;
  /** Keys; `null`: all attributes, tags and consent to e-mail. */
  columns: string[] | null;
  /** `null`: all contacts. */
  rule: Rule | null;
  /** What they are found by besides. */
  search?: string;
  /** Only these, if any are named; the rule and the search do not count then. */
  ids?: readonly number[] | null;
  /** `excel`: separator, decimal mark and dates of the workspace's region, a byte order mark, CRLF. `plain`: commas, ISO dates. */
  for: 'excel' | 'plain';
};

/**
 * Writes the file, whole or not at all: it is written beside its place and then renamed. Other calls are answered meanwhile.
 * Answers the number of contacts. Throws a ProblemError for unknown columns and places that cannot be written to.
 */
export async function exportContacts(workspace: Pick<Workspace, 'db' | 'clock'>, order: ExportOrder): Promise<{ rows: number }> {
  // What is written while a shared connection is in turns with others may be of several moments; a reader's is of one.
  return workspace.db.readonly ? atOneMoment(workspace.db, () => writeFile(workspace, order, AT_ONCE_ALONE)) : writeFile(workspace, order, AT_ONCE);
}

async function writeFile(workspace: Pick<Workspace, 'db' | 'clock'>, order: ExportOrder, atOnce: number): Promise<{ rows: number }> {
  const { locale, timeZone, currency } = readSettings(workspace);
  const attributes = attributesOf(workspace);
  const excel = order.for === 'excel';
  const style = excel ? excelStyle(locale, timeZone, currency) : plainStyle(currency);
  const separator = excel && regionOf(locale).decimal === ',' ? ';' : ',';
  const columns = exportColumns(order.columns, attributes, style, excel);
  const line = (cells: string[]): string => writeRecord(cells, separator, '"', '\r\n');
  let rows = 0;
  await writeWhole(order.file, async (write) => {
    await write(`${excel ? '\ufeff' : ''}${line(columns.map(({ name }) => name))}`);
    const linesOf = lineWriter(workspace, columns, separator);
    for (const part of contactParts(workspace, order, columns.flatMap((column) => ('attribute' in column ? [column.attribute] : [])), atOnce)) {
      rows += part.ids.length;
      await write(linesOf(part));
      await turn();
      stopIfUnwanted(workspace.db);
    }
  });
  return { rows };
}

/** Writes the lines of some contacts at a time; the facts that no column shows are not read. */
function lineWriter(workspace: Pick<Workspace, 'db'>, columns: readonly ExportColumn[], separator: string): (part: ContactPart) => string {
  const needs = new Set(columns.flatMap((column) => ('fact' in column ? [column.fact] : [])));
  const writers = columns.map((column, index) => {
    if ('fact' in column) return (part: ContactPart, n: number, facts: Facts) => column.cell(part.ids[n]!, facts);
    const at = columns.slice(0, index).filter((each) => 'attribute' in each).length;
    return (part: ContactPart, n: number) => column.cell(part.rows[n]![at]!);
  });
  // As writeRecord does it, with one look at each cell.
  const special = new RegExp(`[${separator}"\\r\\n]|^ | $`);
  const quoted = (cell: string): string => (special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return (part) => {
    const facts: Facts = {
      tags: needs.has('tags') ? tagsFor(workspace, part.ids) : new Map(),
      email: needs.has('email') ? consentStatesFor(workspace, part.ids, 'email') : new Map(),
      sms: needs.has('sms') ? consentStatesFor(workspace, part.ids, 'sms') : new Map(),
    };
    let text = '';
    for (let n = 0; n < part.ids.length; n++) {
      let record = '';
      for (let index = 0; index < writers.length; index++) {
        const cell = writers[index]!(part, n, facts);
        record += (index > 0 ? separator : '') + (cell === '' ? cell : quoted(cell));
      }
      text += `${record === '' ? '""' : record}\r\n`;
    }
    return text;
  };
}
