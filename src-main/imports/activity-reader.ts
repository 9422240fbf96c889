// A record becomes what it says happened to a contact: an event, or a part of an order; or the reasons why not.
import { eventTypeSchema } from '../../shared/contacts/event.ts';
import { unguard } from '../../shared/contacts/formula-guard.ts';
import { foldWords } from '../../shared/contacts/header-names.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { currencyNamed } from '../../shared/contacts/locale-words.ts';
import { notACurrency, parseValue, type ValueReading } from '../../shared/contacts/values.ts';
import { say, type Text } from '../../shared/text.ts';
import type { CsvRecord } from './records.ts';
import { inColumn, type ImportRow, type RowReader } from './row-reader.ts';

export type Activity = {
  row: ImportRow;
  type: string;
  /** `null` only of the further rows of an order. */
  at: number | null;
  /** The event's own id or the order's number; empty: an event that has none. */
  key: string;
  amount: number | null;
  currency: string | null;
  product: string;
  data: Record<string, string | number>;
};

type Field = { position: number; header: string };

/** Makes the reader of a plan's events or orders. `rows` finds out who each is about. */
export function createActivityReader(plan: ImportPlan, rows: RowReader, reading: ValueReading): (record: CsvRecord) => Activity {
  const fields = new Map<string, Field>();
  const properties: { position: number; name: string }[] = [];
  plan.columns.forEach(({ header, target }, position) => {
    if (target.kind === 'event' || target.kind === 'order') fields.set(target.field, { position, header });
    if (target.kind === 'property') properties.push({ position, name: target.name });
  });
  const cellOf = (record: CsvRecord, field: string): string => {
    const at = fields.get(field)?.position;
    return at === undefined ? '' : unguard(record.cells[at] ?? '').trim();
  };
  const wrong = (row: ImportRow, field: string, reason: Text): null => {
    row.reasons.push(inColumn(fields.get(field)?.header ?? field, reason));
    return null;
  };

  return (record) => {
    const row = rows.read(record);
    const activity: Activity = { row, type: plan.eventType ?? 'order_placed', at: null, key: '', amount: null, currency: null, product: '', data: {} };
    if (row.reasons.length > 0) return activity;
    const at = cellOf(record, 'at');
    if (at !== '') activity.at = instantOf(at, reading) ?? wrong(row, 'at', say('"{cell}" is no point in time.', { cell: at.slice(0, 80) }));
    for (const { position, name } of properties) {
      const cell = unguard(record.cells[position]!).trim();
      if (cell !== '') activity.data[name] = plainNumber(cell);
    }
    if (plan.kind === 'events') {
      activity.key = cellOf(record, 'id');
      if (fields.has('type')) activity.type = typeOf(cellOf(record, 'type')) ?? wrong(row, 'type', say('"{cell}" cannot be the name of an event.', { cell: cellOf(record, 'type').slice(0, 80) })) ?? '';
      if (activity.at === null && row.reasons.length === 0) wrong(row, 'at', say('It does not say when it happened.'));
      return activity;
    }
    activity.key = cellOf(record, 'number');
    if (activity.key === '') wrong(row, 'number', say('The row has no order number.'));
    activity.product = cellOf(record, 'product');
    const currency = cellOf(record, 'currency');
    if (currency !== '') activity.currency = currencyNamed(currency, reading.currency) ?? wrong(row, 'currency', notACurrency(currency));
    const amount = cellOf(record, 'amount');
    if (amount !== '' && row.reasons.length === 0) {
      const read = parseValue(amount, { kind: 'money' }, { ...reading, currency: activity.currency ?? reading.currency });
      activity.amount = 'reason' in read ? wrong(row, 'amount', read.reason) : (read.value as number | null);
    }
    return activity;
  };
}

/** The name of an event as the program writes it: "Visited shop" is `visited_shop`. */
function typeOf(cell: string): string | null {
  const name = eventTypeSchema.safeParse(cell).success ? cell : foldWords(cell).replaceAll(' ', '_');
  return eventTypeSchema.safeParse(name).success ? name : null;
}

/** A time, or milliseconds since 1970: those have thirteen digits until the year 2286. More or fewer are a date without marks, or seconds. */
export function instantOf(cell: string, reading: ValueReading): number | null {
  if (/^\d{13}$/.test(cell)) return Number(cell);
  const read = parseValue(cell, { kind: 'dateTime' }, reading);
  return 'value' in read && typeof read.value === 'number' ? read.value : null;
}

/** Numbers are meant as numbers, unless writing them as one would lose something. */
export function plainNumber(cell: string): string | number {
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(cell) && String(Number(cell)) === cell ? Number(cell) : cell;
}
