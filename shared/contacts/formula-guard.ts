// Keeps a spreadsheet from running a cell as a formula, in a way that can be undone exactly (FEATURES A6.16).

/** What a spreadsheet takes for the beginning of a formula; behind apostrophes, so that guarding can be told from what was there. */
const DANGEROUS = /^'*[=+\-@\t\r]/;
const GUARDED = /^'+[=+\-@\t\r]/;

/** The cell with an apostrophe before it where a spreadsheet might run it. `unguard` takes off exactly that. */
export function guard(cell: string): string {
  return DANGEROUS.test(cell) ? `'${cell}` : cell;
}

/** A formula that is nothing but a text, with which leading zeros are kept from Excel: ="00124". */
const TEXT_FORMULA = /^="((?:[^"]|"")*)"$/;

/** The cell as it was before `guard`; of a formula that is a text alone, which only others write, that text. */
export function unguard(cell: string): string {
  if (cell.charCodeAt(0) === 0x3d && TEXT_FORMULA.test(cell)) return cell.slice(2, -1).replaceAll('""', '"');
  return cell.charCodeAt(0) === 0x27 && GUARDED.test(cell) ? cell.slice(1) : cell;
}
