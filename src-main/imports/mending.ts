// What people have mended in a file before it is imported: cells of single lines, texts found and replaced in a column, and
// suggestions taken. Applied to each record before anything else reads it, by preview, import and file of rejected rows alike.
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { unguard } from '../../shared/contacts/formula-guard.ts';
import { suggestionFor } from '../../shared/contacts/suggestions.ts';
import type { CsvRecord } from './records.ts';
import type { ImportAttribute } from './row-reader.ts';

/**
 * Makes the mender of a plan, which changes a record's cells in place, once however often it is given the same one; `null`
 * where nothing is to be mended. A cell mended by hand stays as it was typed. A row that is too short grows up to the mended cell.
 */
export function createMender(plan: Pick<ImportPlan, 'columns' | 'mends'>, attributes: readonly ImportAttribute[]): ((record: CsvRecord) => void) | null {
  const byLine = new Map(Object.entries(plan.mends).map(([line, cells]) => [Number(line), Object.entries(cells).map(([position, cell]) => [Number(position), cell] as const)]));
  const byColumn = plan.columns.flatMap(({ replace = [], accept = [] }, position) => {
    const attribute = attributes.find((each) => each.position === position);
    const accepted = attribute === undefined ? [] : accept;
    return replace.length + accepted.length === 0 ? [] : [{ position, replace, accepted, attribute }];
  });
  if (byLine.size === 0 && byColumn.length === 0) return null;
  const mended = new WeakSet<CsvRecord>();
  return (record) => {
    if (mended.has(record)) return;
    mended.add(record);
    const { cells } = record;
    for (const { position, replace, accepted, attribute } of byColumn) {
      let cell = cells[position];
      if (cell === undefined || cell === '') continue;
      for (const { find, by } of replace) cell = cell.replaceAll(find, by);
      const suggestion = attribute === undefined || accepted.length === 0 ? null : suggestionFor(unguard(cell), attribute);
      cells[position] = suggestion !== null && accepted.includes(suggestion.kind) ? suggestion.text : cell;
    }
    for (const [position, cell] of byLine.get(record.line) ?? []) {
      while (cells.length <= position) cells.push('');
      cells[position] = cell;
      if (record.strayQuote === position) record.strayQuote = -1;
    }
    // A row that had too many cells fits once those that are beyond the header are emptied.
    while (cells.length > plan.columns.length && cells.at(-1) === '' && byLine.has(record.line)) cells.pop();
  };
}
