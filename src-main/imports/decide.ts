// What a row does to a contact: pure, so that the preview and the import cannot disagree (FEATURES A6.3).
import type { AttributeKind, Channel } from '../../shared/contacts/contact.ts';
import type { ExistingRule, ImportPlan } from '../../shared/contacts/import-plan.ts';
import { Temporal } from 'temporal-polyfill';
import type { ImportRow } from './row-reader.ts';

/** A contact as the rows before this one have left it. */
export type KnownContact = {
  /** 0 in a dry run, for one that would be added. */
  id: number;
  /** What the store has as its address. */
  email: string | null;
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
  /** By attribute: what becomes of a value that is there; `undefined`: as the plan says. */
  rules: readonly (ExistingRule | undefined)[];
  zone: string;
  fileName: string;
  /** The channels for which the file has a column of its own. */
  columnChannels: ReadonlySet<Channel>;
  /** Whether a later row about the same contact gives this attribute another value: then this one would not last (survey.ts). */
  overruled(identity: string, slot: number, line: number, value: string | number): boolean;
};

const NOTHING: Omit<Decision, 'outcome' | 'held'> = { changes: [], tags: [], consents: [] };

/** Decides, and notes in `known` what will hold after it. `known` undefined: nobody is it yet. Reads no clock, writes nothing. */
export function decide(row: ImportRow, known: KnownContact | undefined, suppressed: boolean, deciding: Deciding): Decision {
  if (known === undefined && suppressed) return { ...NOTHING, outcome: 'skipped', held: true };
  // Somebody of whom nothing is to be changed; an opt-out is heard all the same (FEATURES D28).
  const leftAlone = known !== undefined && !known.ours && deciding.plan.existing === 'skip';
  const changes = valueChanges(row, known, deciding);
  const wantedTags = leftAlone ? [] : deciding.plan.tags.length === 0 ? row.tags : [...new Set([...row.tags, ...deciding.plan.tags])];
  const tags = known === undefined ? wantedTags : wantedTags.filter((tag) => !known.tags.has(tag));
  const { consents, held } = consentChanges(row, known, suppressed, leftAlone, deciding);
  if (known !== undefined) {
    for (const { slot, value } of changes) known.values[slot] = value;
    for (const tag of tags) known.tags.add(tag);
    for (const { channel, given } of consents) known.consents.set(channel, given ? 'given' : 'withdrawn');
  }
  const changed = changes.length > 0 || tags.length > 0 || consents.length > 0;
  if (leftAlone && !changed) return { ...NOTHING, outcome: 'skipped', held: false };
  return { outcome: known === undefined ? 'added' : changed ? 'updated' : 'unchanged', changes, tags, consents, held: held || suppressed };
}

const PLAN_RULES = { update: 'overwrite', fill: 'fill', skip: 'keep' } as const;

/** An empty cell changes nothing: it says that the file does not know, not that there is no value. */
function valueChanges(row: ImportRow, known: KnownContact | undefined, { plan, kinds, rules, zone, overruled }: Deciding): Decision['changes'] {
  const changes: Decision['changes'] = [];
  row.values.forEach((given, slot) => {
    if (given === null) return;
    const before = known?.values[slot] ?? null;
    const rule = rules[slot] ?? PLAN_RULES[plan.existing];
    const value = rule === 'append' ? appended(before, given, kinds[slot]!) : given;
    if (value === before || isSame(before, value, row.cells[slot]!, kinds[slot]!, zone)) return;
    // What this file has put there itself, a later row of it may change.
    const isForeign = known !== undefined && !known.ours;
    if (isForeign && (rule === 'keep' || (rule === 'fill' && before !== null))) return;
    if (rule !== 'append' && row.identity !== null && overruled(row.identity, slot, row.line, value)) return;
    changes.push({ slot, before, value });
  });
  return changes;
}

/** The value with the new one behind it, where it does not hold it yet. */
function appended(before: string | number | null, given: string | number, kind: AttributeKind): string | number {
  if (before === null) return given;
  if (kind === 'choices') return JSON.stringify([...new Set([...(JSON.parse(String(before)) as string[]), ...(JSON.parse(String(given)) as string[])])]);
  const parts = String(before).split(';').map((part) => part.trim());
  const more = String(given).split(';').map((part) => part.trim()).filter((part) => part !== '' && !parts.includes(part));
  return more.length === 0 ? before : `${before}; ${more.join('; ')}`;
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
function consentChanges(row: ImportRow, known: KnownContact | undefined, suppressed: boolean, onlyOptOuts: boolean, { plan, fileName, columnChannels }: Deciding): { consents: ConsentChange[]; held: boolean } {
  const consents: ConsentChange[] = [];
  let held = false;
  const take = (channel: Channel, given: boolean, source: string): void => {
    const before = known?.consents.get(channel);
    if (given && onlyOptOuts) return;
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
