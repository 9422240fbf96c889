// What a row does to a contact: pure, so that the preview and the import cannot disagree (FEATURES A6.3).
import type { AttributeKind, Channel } from '../../shared/contacts/contact.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { Temporal } from 'temporal-polyfill';
import type { ImportRow } from './row-reader.ts';

/** A contact as the rows before this one have left it. */
export type KnownContact = {
  /** 0 in a dry run, for one that would be added. */
  id: number;
  /** By attribute of the import, as the store holds it. */
  values: (string | number | null)[];
  tags: Set<string>;
  consents: Map<Channel, 'given' | 'withdrawn'>;
  /** Added by this import, or by an earlier one of the same file that was broken off: later rows of the file complete it. */
  ours: boolean;
};

type ConsentChange = { channel: Channel; given: boolean; source: string };

export type Decision = {
  outcome: 'added' | 'updated' | 'unchanged' | 'skipped';
  /** Attributes by their place in the import, with their new value. */
  changes: { slot: number; before: string | number | null; value: string | number }[];
  tags: string[];
  consents: ConsentChange[];
  /** The address is suppressed, or the person has withdrawn what the row gives: that stays as it is. */
  held: boolean;
};

export type Deciding = {
  plan: Pick<ImportPlan, 'existing' | 'tags' | 'consent'>;
  kinds: readonly AttributeKind[];
  zone: string;
  fileName: string;
  /** The channels for which the file has a column of its own. */
  columnChannels: ReadonlySet<Channel>;
  /** Whether a later row about the same contact gives this attribute another value: then this one would not last (survey.ts). */
  overruled(email: string, slot: number, line: number, value: string | number): boolean;
};

const NOTHING: Omit<Decision, 'outcome' | 'held'> = { changes: [], tags: [], consents: [] };

/** Decides, and notes in `known` what will hold after it. `known` undefined: nobody has this address. Reads no clock, writes nothing. */
export function decide(row: ImportRow, known: KnownContact | undefined, suppressed: boolean, deciding: Deciding): Decision {
  if (known === undefined && suppressed) return { ...NOTHING, outcome: 'skipped', held: true };
  if (known !== undefined && !known.ours && deciding.plan.existing === 'skip') return { ...NOTHING, outcome: 'skipped', held: false };
  const changes = valueChanges(row, known, deciding);
  const wantedTags = deciding.plan.tags.length === 0 ? row.tags : [...new Set([...row.tags, ...deciding.plan.tags])];
  const tags = known === undefined ? wantedTags : wantedTags.filter((tag) => !known.tags.has(tag));
  const { consents, held } = consentChanges(row, known, suppressed, deciding);
  if (known !== undefined) {
    for (const { slot, value } of changes) known.values[slot] = value;
    for (const tag of tags) known.tags.add(tag);
    for (const { channel, given } of consents) known.consents.set(channel, given ? 'given' : 'withdrawn');
  }
  const changed = changes.length > 0 || tags.length > 0 || consents.length > 0;
  return { outcome: known === undefined ? 'added' : changed ? 'updated' : 'unchanged', changes, tags, consents, held: held || suppressed };
}

/** An empty cell changes nothing: it says that the file does not know, not that there is no value. */
function valueChanges(row: ImportRow, known: KnownContact | undefined, { plan, kinds, zone, overruled }: Deciding): Decision['changes'] {
  const changes: Decision['changes'] = [];
  row.values.forEach((value, slot) => {
    if (value === null) return;
    const before = known?.values[slot] ?? null;
    if (value === before || isSame(before, value, row.cells[slot]!, kinds[slot]!, zone)) return;
    if (before !== null && plan.existing === 'fill' && !known!.ours) return;
    if (row.email !== null && overruled(row.email, slot, row.line, value)) return;
    changes.push({ slot, before, value });
  });
  return changes;
}

/** Whether the cell is how an export writes the value that is there: text with blanks around it, an instant to the second. */
function isSame(before: string | number | null, value: string | number, cell: string, kind: AttributeKind, zone: string): boolean {
  if (before === null) return false;
  if (typeof before === 'string' && kind !== 'date') return before === cell;
  if (kind !== 'dateTime' || /(Z|[+-]\d\d:?\d\d)$/.test(cell.trim())) return false;
  return Math.abs(Number(before) - Number(value)) <= 7_200_000 && toTheSecond(Number(before), zone) === toTheSecond(Number(value), zone);
}

function toTheSecond(instant: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' });
}

/**
 * Consent is given only where the plan states a source for the channel (FEATURES A6.7): to every row, or, where the file has a
 * column for it, to the rows that say yes. A no is always taken. A withdrawal or a suppression is never lifted (D28).
 */
function consentChanges(row: ImportRow, known: KnownContact | undefined, suppressed: boolean, { plan, fileName, columnChannels }: Deciding): { consents: ConsentChange[]; held: boolean } {
  const consents: ConsentChange[] = [];
  let held = false;
  const take = (channel: Channel, given: boolean, source: string): void => {
    const before = known?.consents.get(channel);
    if (given && (before === 'withdrawn' || (suppressed && channel === 'email'))) held = true;
    else if (before !== (given ? 'given' : 'withdrawn')) consents.push({ channel, given, source });
  };
  if (plan.consent !== null && !columnChannels.has(plan.consent.channel)) take(plan.consent.channel, true, plan.consent.source);
  for (const { channel, given, header } of row.consents) {
    if (!given) take(channel, false, `${fileName}: ${header}`);
    else if (plan.consent?.channel === channel) take(channel, true, plan.consent.source);
  }
  return { consents, held };
}
