// Keeps a spreadsheet from running a cell as a formula, in a way that can be undone exactly (FEATURES A6.16).

/** What a spreadsheet takes for the beginning of a formula; behind apostrophes, so that guarding can be told from what was there. */
const DANGEROUS = /^'*[=+\-@\t\r]/;
const GUARDED = /^'+[=+\-@\t\r]/;

/** The cell with an apostrophe before it where a spreadsheet might run it. `unguard` takes off exactly that. */
export function guard(cell: string): string {
  return DANGEROUS.test(cell) ? `'${cell}` : cell;
}

/** The cell as it was before `guard`. */
export function unguard(cell: string): string {
  return cell.charCodeAt(0) === 0x27 && GUARDED.test(cell) ? cell.slice(1) : cell;
}
