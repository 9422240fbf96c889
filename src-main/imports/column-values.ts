// All values of one column of a whole file, with how often each is there and whether the program understands it: what a choice,
// a status word or a yes and no is taken for is decided before the import, not by its rejects.
import type { ColumnValue, ImportPlan } from '../../shared/contacts/import-plan.ts';
import { unguard } from '../../shared/contacts/formula-guard.ts';
import { consentWord } from '../../shared/contacts/header-names.ts';
import { statusReader } from '../../shared/contacts/status-words.ts';
import { suggestionFor } from '../../shared/contacts/suggestions.ts';
import { parseAttribute } from '../../shared/contacts/values.ts';
import { turn } from '../turns.ts';
import { createMender } from './mending.ts';
import type { PreparedImport } from './prepare.ts';
import { detached } from './records.ts';
import { recordsOf } from './survey.ts';

/** More values than this are no list of words any more, and no more are counted. */
const MOST_DISTINCT = 20_000;
const MOST_SHOWN = 300;

/** The values, those not understood first and the frequent ones before the rare; `distinct` is how many there are. Writes nothing. */
export async function valuesOfColumn({ file, plan, attributes, reading, hasSeparatorLine }: PreparedImport, column: number, goOn: () => boolean): Promise<{ values: ColumnValue[]; distinct: number }> {
  const mend = createMender(plan, attributes);
  const counts = new Map<string, number>();
  for await (const records of recordsOf(file, plan.reading, hasSeparatorLine)) {
    if (!goOn()) break;
    for (const record of records) {
      mend?.(record);
      const cell = unguard(record.cells[column] ?? '').trim();
      if (cell === '') continue;
      const known = counts.get(cell);
      if (known !== undefined) counts.set(cell, known + 1);
      else if (counts.size < MOST_DISTINCT) counts.set(detached(cell.toWellFormed()), 1);
    }
    await turn();
  }
  const isUnderstood = understanding(plan, column, attributes, reading);
  const attribute = attributes.find(({ position }) => position === column);
  const values = [...counts].map(([value, count]): ColumnValue => {
    const understood = isUnderstood(value);
    return { value, count, understood, suggestion: understood || attribute === undefined ? null : (suggestionFor(value, attribute)?.text ?? null) };
  });
  values.sort((one, other) => Number(one.understood) - Number(other.understood) || other.count - one.count || one.value.localeCompare(other.value));
  return { values: values.slice(0, MOST_SHOWN), distinct: counts.size };
}

/** Whether the column could take a value as it stands in the file, by what the plan makes of the column. */
function understanding(plan: ImportPlan, column: number, attributes: PreparedImport['attributes'], reading: PreparedImport['reading']): (value: string) => boolean {
  const planned = plan.columns[column];
  const mapped = planned?.values ?? {};
  const target = planned?.target;
  const attribute = attributes.find(({ position }) => position === column);
  const read = target?.kind === 'status' ? statusReader(target.words) : null;
  return (value) => {
    if (Object.hasOwn(mapped, value)) return true;
    if (read !== null) return read(value) !== null;
    if (target?.kind === 'consent') return consentWord(value) !== null;
    return attribute === undefined || !('reason' in parseAttribute(value, attribute, reading));
  };
}
