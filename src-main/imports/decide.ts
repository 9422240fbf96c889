// What a row does to a contact: pure, so that the preview and the import cannot disagree (FEATURES A6.3).
import { consentSubject, type AttributeKind, type Channel, type ConsentSubject } from '../../shared/contacts/contact.ts';
import { consentChannels, type ExistingRule, type ImportPlan } from '../../shared/contacts/import-plan.ts';
import { Temporal } from 'temporal-polyfill';
import type { PreparedImport } from './prepare.ts';
import type { ImportRow, Told } from './row-reader.ts';

/** A contact as the rows before this one have left it. */
export type KnownContact = {
  /** 0 in a dry run, for one that would be added. */
  id: number;
  /** What the store has as its address. */
  email: string | null;
  /** By attribute of the import, as the store holds it. */
  values: (string | number | null)[];
  tags: Set<string>;
  consents: Map<ConsentSubject, 'given' | 'withdrawn'>;
  /** Added by this import, or by an earlier one of the same file that was broken off: later rows of the file complete it. */
  ours: boolean;
};

type ConsentChange = { channel: ConsentSubject; given: boolean; source: string };

export type Decision = {
  outcome: 'added' | 'updated' | 'unchanged' | 'skipped';
  /** Attributes by their place in the import, with their new value. */
  changes: { slot: number; before: string | number | null; value: string | number }[];
  tags: readonly string[];
  consents: ConsentChange[];
  /** The address is suppressed, or the person has withdrawn what the row gives: that stays as it is. */
  held: boolean;
};

export type Deciding = {
  plan: Pick<ImportPlan, 'existing' | 'tags' | 'consent' | 'duplicates'>;
  kinds: readonly AttributeKind[];
  /** By attribute: what becomes of a value that is there; `undefined`: as the plan says. */
  rules: readonly (ExistingRule | undefined)[];
  zone: string;
  fileName: string;
  /** The channels for which the file has a column of its own. */
  columnChannels: ReadonlySet<Channel>;
};

const NOTHING: Omit<Decision, 'outcome' | 'held'> = { changes: [], tags: [], consents: [] };

/** Decides, and notes in `known` what will hold after it. `known` undefined: nobody is it yet. Reads no clock, writes nothing. */
export function decide(row: ImportRow, known: KnownContact | undefined, suppressed: boolean, deciding: Deciding): Decision {
  if (known === undefined && suppressed) return { ...NOTHING, outcome: 'skipped', held: true };
  // Somebody of whom nothing is to be changed; an opt-out is heard all the same (FEATURES D28).
  const leftAlone = known !== undefined && !known.ours && deciding.plan.existing === 'skip';
  const changes = valueChanges(row, known, deciding);
  const wantedTags = leftAlone ? [] : tagsOf(row.told, deciding);
  const tags = known === undefined ? wantedTags : wantedTags.filter((tag) => !known.tags.has(tag));
  const { consents, held } = consentChanges(row.told, known, suppressed, leftAlone, deciding);
  if (known !== undefined) {
    for (const { slot, value } of changes) known.values[slot] = value;
    for (const tag of tags) known.tags.add(tag);
    for (const { channel, given } of consents) known.consents.set(channel, given ? 'given' : 'withdrawn');
  }
  const changed = changes.length > 0 || tags.length > 0 || consents.length > 0;
  if (leftAlone && !changed) return { ...NOTHING, outcome: 'skipped', held: false };
  return { outcome: known === undefined ? 'added' : changed ? 'updated' : 'unchanged', changes, tags, consents, held: held || suppressed };
}

/**
 * What somebody comes with who is new, not suppressed, and in the file once: all values of the row, and this. The same as `decide`
 * says of them (a test holds the two together), without making an object of every value: most rows of a large file are such.
 */
export function arrivalFrom(told: Told, deciding: Deciding): Pick<Decision, 'tags' | 'consents'> {
  return { tags: tagsOf(told, deciding), consents: consentChanges(told, undefined, false, false, deciding).consents };
}

function tagsOf({ tags }: Told, { plan }: Deciding): readonly string[] {
  return plan.tags.length === 0 ? tags : [...new Set([...tags, ...plan.tags])];
}

const PLAN_RULES = { update: 'overwrite', fill: 'fill', skip: 'keep' } as const;

/** An empty cell changes nothing: it says that the file does not know, not that there is no value. */
function valueChanges(row: ImportRow, known: KnownContact | undefined, { plan, kinds, rules, zone }: Deciding): Decision['changes'] {
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
    if (rule !== 'append' && plan.duplicates === 'merge' && row.among.overruled.includes(slot)) return;
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
function consentChanges({ consents: saidOf }: Told, known: KnownContact | undefined, suppressed: boolean, onlyOptOuts: boolean, { plan, fileName, columnChannels }: Deciding): { consents: ConsentChange[]; held: boolean } {
  const given = new Map(consentChannels(plan).map((channel): [Channel, ConsentChange] => [channel, { channel: consentSubject(channel, plan.consent!.topic), given: true, source: plan.consent!.source }]));
  const told = [...given].flatMap(([channel, change]) => (columnChannels.has(channel) ? [] : [change]));
  for (const said of saidOf) {
    if (!said.given) told.push({ channel: said.channel, given: false, source: `${fileName}: ${said.header}` });
    else if (given.has(said.channel)) told.push(given.get(said.channel)!);
  }
  if (known === undefined && !suppressed) return { consents: told, held: false };
  const consents: ConsentChange[] = [];
  let held = false;
  for (const change of told) {
    const before = known?.consents.get(change.channel);
    if (change.given && onlyOptOuts) continue;
    if (change.given && (before === 'withdrawn' || (suppressed && !change.channel.startsWith('sms')))) held = true;
    else if (before !== (change.given ? 'given' : 'withdrawn')) consents.push(change);
  }
  return { consents, held };
}

/** What deciding needs to know of an import that is prepared. */
export function decidingFor({ plan, attributes, reading, fileName, columnChannels }: PreparedImport): Deciding {
  return { plan, kinds: attributes.map(({ kind }) => kind), rules: attributes.map(({ existing }) => existing), zone: reading.zone, fileName, columnChannels };
}
