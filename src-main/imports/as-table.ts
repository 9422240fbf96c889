// Files that are no tables of text, made into one: the values of a sheet of a workbook, and address cards. Everything else
// about importing then knows only tables.
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import readWorkbook from 'read-excel-file/node';
import { decimalText } from '../../shared/contacts/values.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { writeRecord } from './records.ts';
import { sourceSize } from './source.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';
import { readCards } from './vcard.ts';

/** Workbooks are read into memory as a whole. */
const MOST_BYTES = 60 * 1024 * 1024;
const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** At the end of an archive stands what is in it. */
const DIRECTORY = 64 * 1024;

export type Tables = {
  /** The file itself where it is a table of text; else a table with what is in it. Of a workbook that is the sheet, or the first one with anything in it. */
  of(file: string, sheet?: string): Promise<string>;
  /** The sheets with anything in them of a workbook that was read, in their order; none for any other file. */
  sheetsOf(file: string): string[];
  /** Forgets the tables that nothing is read from at the moment: they hold people's data. Whoever asks again gets them anew. */
  letGo(): void;
  /** Where rejected rows go by default: a table, beside the file that the user chose. */
  besides(file: string): string;
};

/** Makes tables and remembers those of one file, so that it is read once however often it is looked at. `inUse`: the tables that are being read. */
export function createTables(inUse: () => ReadonlySet<string>): Tables {
  const made = new Map<string, { version: string; table: string }>();
  const sheets = new Map<string, string[]>();
  const letGo = (kept: ReadonlySet<string>): void => {
    for (const [key, { table }] of made) {
      if (kept.has(table)) continue;
      removeFolder(dirname(table));
      made.delete(key);
    }
  };
  return {
    letGo: () => letGo(inUse()),
    async of(file, sheet) {
      const size = sourceSize(file);
      const kind = kindOf(file);
      if (kind === 'text') return file;
      const version = `${size} ${statSync(file).mtimeMs}`;
      const key = `${file}\n${sheet ?? ''}`;
      const known = made.get(key);
      if (known?.version === version) return known.table;
      if (size > MOST_BYTES) refuse('file-too-large', say('{name} is too large to be read as a workbook or cards. Save it as CSV, and import that file.', { name: basename(file) }), { file });
      const all = kind === 'workbook' ? await readSheets(file) : null;
      if (all !== null) sheets.set(file, all.filter((each) => each.rows.length > 0).map(({ name }) => name));
      const rows = all === null ? readCards(readFileSync(file)) : rowsOfSheet(file, all, sheet);
      if (rows.length === 0) refuse('no-rows', say('{name} has nothing in it that could be imported.', { name: basename(file) }), { file });
      // Of another file, or of this one before it was changed.
      letGo(new Set([...inUse(), ...[...made].flatMap(([each, { version: of, table }]) => (each.startsWith(`${file}\n`) && of === version ? [table] : []))]));
      // Under its own name, which is what the history of imports and the evidence of consents know it by.
      const table = join(temporaryFolder(), basename(file));
      const width = Math.max(...rows.map((row) => row.length));
      writeFileSync(table, rows.map((row) => writeRecord(Array.from({ length: width }, (_, column) => row[column] ?? ''), ',', '"', '\r\n')).join(''));
      made.set(key, { version, table });
      return table;
    },
    sheetsOf: (file) => sheets.get(file) ?? [],
    besides: (file) => (kindOf(file) === 'text' ? file : `${file.slice(0, file.length - extname(file).length)}.csv`),
  };
}

function kindOf(file: string): 'text' | 'workbook' | 'cards' {
  const head = Buffer.alloc(64);
  const end = Buffer.alloc(DIRECTORY);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, head.length, 0);
    const isArchive = ZIP.every((byte, index) => head[index] === byte);
    if (isArchive) readSync(handle, end, 0, end.length, Math.max(0, fstatSync(handle).size - end.length));
    // Whatever it is called: a workbook is saved as "kunder.csv" more often than one should think.
    if (isArchive && (/\.xls[xm]$/i.test(file) || end.includes('xl/workbook.xml'))) return 'workbook';
  } finally {
    closeSync(handle);
  }
  return /^(\ufeff)?\s*BEGIN:VCARD/i.test(head.toString('utf8')) ? 'cards' : 'text';
}

type Sheet = { name: string; rows: string[][] };

/** The values of all sheets as text that an import reads to the same values; without the rows at their ends that hold nothing. */
async function readSheets(file: string): Promise<Sheet[]> {
  let found: { sheet: string; data: readonly (readonly unknown[])[] }[];
  try {
    found = await readWorkbook(readFileSync(file), { trim: false });
  } catch {
    return refuse('not-a-workbook', say('{name} cannot be read as a workbook. Open it in your spreadsheet, save it as CSV UTF-8, and import that file.', { name: basename(file) }), { file });
  }
  return found.map(({ sheet, data }) => {
    const rows = data.map((row) => row.map(cellText));
    while (rows.length > 0 && rows.at(-1)!.every((cell) => cell.trim() === '')) rows.pop();
    return { name: sheet, rows };
  });
}

function rowsOfSheet(file: string, sheets: readonly Sheet[], wanted: string | undefined): string[][] {
  const chosen = wanted === undefined ? (sheets.find(({ rows }) => rows.length > 0) ?? sheets[0]) : sheets.find(({ name }) => name === wanted);
  if (chosen !== undefined) return chosen.rows;
  return refuse('sheet-unknown', say('{name} has no sheet {sheet}. It has {sheets}.', { name: basename(file), sheet: wanted ?? '', sheets: sheets.map(({ name }) => name).join(', ') }), { file });
}

function cellText(value: unknown): string {
  if (typeof value === 'string') return value;
  // A spreadsheet keeps and shows fifteen digits; what a calculation leaves behind them is no part of the value.
  if (typeof value === 'number') return decimalText(Number(value.toPrecision(15)));
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return value instanceof Date ? dateText(value) : '';
}

/** A workbook's date has no zone: it is a day, or a day and a time of the clock. */
function dateText(date: Date): string {
  // A time of the clock is stored as a fraction of a day, which misses whole seconds by a little.
  const whole = new Date(Math.round(date.getTime() / 1000) * 1000).toISOString();
  return whole.endsWith('T00:00:00.000Z') ? whole.slice(0, 10) : whole.slice(0, 19).replace('T', ' ');
}
