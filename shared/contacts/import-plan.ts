// How a file of contacts is read and what is done with it. The plan is data: proposed by the program, changed by the user,
// carried out by the importer, and kept with the import.
import { z } from 'zod';
import type { Problem } from '../problem.ts';
import type { Text } from '../text.ts';
import { ATTRIBUTE_KINDS, CHANNELS, IDENTIFYING, type Channel } from './contact.ts';
import { keySchema } from '../fields.ts';
import { eventTypeSchema } from './event.ts';
import { SUGGESTION_KINDS, type SuggestionKind } from './suggestions.ts';

/** How the bytes become rows. Lines count from 1. */
export const fileReadingSchema = z.strictObject({
  encoding: z.enum(['utf8', 'utf16le', 'utf16be', 'windows1252', 'windows1250', 'macintosh', 'cp850']),
  separator: z.string().length(1),
  quote: z.string().length(1),
  /** The line of the header; 0: the file has none. Lines above it are left out (`sep=;`, titles). */
  headerLine: z.int().min(0),
  decimal: z.enum([',', '.']),
  dateOrder: z.enum(['dmy', 'mdy', 'ymd']),
  /** Of a workbook: which sheet; without it the first one with anything in it. */
  sheet: z.string().max(200).optional(),
  /** False: the program is guessing, and asks. */
  sure: z.boolean(),
});
export type FileReading = z.infer<typeof fileReadingSchema>;

/** What a word about a subscription says: consent was given, it was withdrawn, or neither (not confirmed, never asked). */
export const STATUS_MEANINGS = ['given', 'withdrawn', 'none'] as const;
export type StatusMeaning = (typeof STATUS_MEANINGS)[number];

export const EVENT_FIELDS = ['type', 'at', 'id'] as const;
export const ORDER_FIELDS = ['number', 'at', 'amount', 'currency', 'product'] as const;

/** What a column becomes. */
export const columnTargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('attribute'), attribute: z.string() }),
  /** An attribute that the import creates. */
  z.strictObject({ kind: z.literal('newAttribute'), attribute: z.string(), label: z.string(), attributeKind: z.enum(ATTRIBUTE_KINDS) }),
  z.strictObject({ kind: z.literal('tags') }),
  /** Yes or no per contact. A no is always taken; a yes only where the plan's `consent` states a source for the channel. */
  z.strictObject({ kind: z.literal('consent'), channel: z.enum(CHANNELS) }),
  /**
   * Where somebody stands on another program's list, in words: "subscribed", "cleaned", "pending" (FEATURES D28). `words` says
   * what a word means where the program does not know it, or means otherwise; it is compared without case and punctuation.
   * What no one knows is rejected, or passed over. Opt-outs are always taken; a yes only where the plan's `consent` has a source.
   */
  z.strictObject({
    kind: z.literal('status'),
    channel: z.enum(CHANNELS),
    words: z.record(z.string().max(200), z.enum(STATUS_MEANINGS)).default({}),
    unknown: z.enum(['reject', 'ignore']).default('reject'),
  }),
  /** Of rows that are events: what happened, when, and the id by which the same one is known again. */
  z.strictObject({ kind: z.literal('event'), field: z.enum(EVENT_FIELDS) }),
  /** Of rows that are orders. The rows of one order stand one behind the other; each may name a product. */
  z.strictObject({ kind: z.literal('order'), field: z.enum(ORDER_FIELDS) }),
  /** What else is to be kept of an event or order, under a name. */
  z.strictObject({ kind: z.literal('property'), name: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('ignore') }),
]);
export type ColumnTarget = z.infer<typeof columnTargetSchema>;

export const IMPORT_KINDS = ['contacts', 'events', 'orders'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** By what a row and a contact are known to be about the same person. */
export const MATCH_KEYS = IDENTIFYING;
export type MatchKey = (typeof MATCH_KEYS)[number];

/**
 * What becomes of a value that a contact has already: it stays (`keep`: also where it is empty), the file's stands instead, only
 * an empty one is filled, or the file's is put behind it (choices, and texts that are lists between semicolons).
 */
export const EXISTING_RULES = ['keep', 'overwrite', 'fill', 'append'] as const;
export type ExistingRule = (typeof EXISTING_RULES)[number];

const columnSchema = z.strictObject({
  header: z.string(),
  target: columnTargetSchema,
  /** Instead of the plan's `existing`. */
  existing: z.enum(EXISTING_RULES).optional(),
  /** What a cell is taken for instead, by the cell without blanks around it: "m" is "Male", "DK" is "Denmark". Empty: no value. */
  values: z.record(z.string().max(1000), z.string().max(10_000)).optional(),
  /** Texts that are replaced wherever they stand in a cell of this column, in this order, before anything else is read from it. */
  replace: z.array(z.strictObject({ find: z.string().min(1).max(1000), by: z.string().max(1000) })).max(50).optional(),
  /** The kinds of suggestions that are taken for all cells of the column. */
  accept: z.array(z.enum(SUGGESTION_KINDS)).max(SUGGESTION_KINDS.length).optional(),
});
export type PlanColumn = z.infer<typeof columnSchema>;

export const importPlanSchema = z.strictObject({
  /** What the rows of the file are. Events and orders are about contacts that are there: they add nobody. */
  kind: z.enum(IMPORT_KINDS).default('contacts'),
  /** The type of the events, where no column says it. */
  eventType: eventTypeSchema.nullable().default(null),
  reading: fileReadingSchema,
  columns: z.array(columnSchema).max(10_000),
  /** Cells that somebody has typed anew, by line and position (from 0): they stand instead of those of the file. */
  mends: z.record(z.string().regex(/^\d{1,10}$/), z.record(z.string().regex(/^\d{1,4}$/), z.string().max(10_000))).default({}),
  /**
   * By what contacts are found, in this order: the first that finds somebody decides. By e-mail alone, a row without an address
   * is still about the contact without one that has its external id or phone, and makes nobody.
   */
  match: z.array(z.enum(MATCH_KEYS)).min(1).max(MATCH_KEYS.length).default(['email']),
  /** Rows about the same person: each completes the one before it, or only the first or the last of them is taken. */
  duplicates: z.enum(['merge', 'first', 'last']).default('merge'),
  /** What happens to values that a contact already has, where a column does not say otherwise. An opt-out is taken even by `skip`. */
  existing: z.enum(['update', 'fill', 'skip']).default('update'),
  tags: z.array(z.string().min(1).max(200).normalize()).max(100).default([]),
  /** A fixed segment that everybody of the file is put into; `replace`: and everybody else is taken out of. `key` null: a new one of this name. */
  segment: z.strictObject({ key: z.string().max(63).nullable(), name: z.string().trim().min(1).max(200).normalize(), mode: z.enum(['append', 'replace']) }).nullable().default(null),
  /**
   * Off by default: no file raises consent without a stated source (FEATURES A6.7). Given to every row; where a column is about
   * the same channel, to the rows that say yes. No withdrawal or suppression is lifted. `also`: the same holds for these channels.
   */
  consent: z
    .strictObject({ channel: z.enum(CHANNELS), also: z.array(z.enum(CHANNELS)).max(CHANNELS.length).optional(), /** One topic, by key; without it the channels as a whole. */ topic: keySchema.optional(), source: z.string().min(1).max(500) })
    .nullable()
    .default(null),
  /** Imports are silent by default (FEATURES D27). */
  startFlows: z.boolean().default(false),
});
export type ImportPlan = z.infer<typeof importPlanSchema>;

/** The channels for which a plan states that consent was given; none: it states nothing. */
export function consentChannels({ consent }: Pick<ImportPlan, 'consent'>): Channel[] {
  return consent === null ? [] : [...new Set([consent.channel, ...(consent.also ?? [])])];
}

/** A column as the beginning of the file shows it; `filled` counts the rows of the inspection that have a value in it. */
export type SampleColumn = { header: string; samples: string[]; filled: number; target: ColumnTarget; confidence: 'certain' | 'likely' | 'none' };

/**
 * rows = added + updated + unchanged + skipped + rejected + more; `suppressed` counts those among them that are held back by an
 * opt-out, and `erased` those of these that are refused because the person was erased. `more`: rows that go on with the order
 * above them, which is counted once (neither of them there: none).
 */
export type ImportCounts = { rows: number; added: number; updated: number; unchanged: number; skipped: number; rejected: number; suppressed: number; erased?: number | undefined; more?: number | undefined };
/** `checking`: the first pass over the file, in which nothing is written; rows, bytes and speed are those of the pass at hand. `null`: too early to say. */
export type ImportProgress = { import: number; checking: boolean; state: 'running' | 'done' | 'cancelled' | 'failed'; counts: ImportCounts; bytesRead: number; bytesTotal: number; rowsPerSecond: number | null; secondsLeft: number | null };

/** A field of a contact before and after, as text for people; `null`: empty. */
export type FieldChange = { attribute: string; label: string; before: string | null; after: string | null };
export type PreviewRow = { line: number; name: string; contact: number | null; changes: FieldChange[]; tags: string[]; consents: { channel: 'email' | 'sms'; given: boolean }[] };
/**
 * What is wrong with a cell: a value that its column cannot take, by the kind of what the column becomes; `shape`: the row has
 * too few or too many cells; `person`: who the row is about cannot be told. Of warnings: `doubtful` is a domain that no customer
 * has, `undialable` a phone number that no country dials; the others are what a suggestion is known for.
 */
export type FindingKind = (typeof ATTRIBUTE_KINDS)[number] | 'email' | 'tags' | 'consent' | 'status' | 'event' | 'order' | 'shape' | 'person' | 'doubtful' | 'undialable' | 'mistyped' | 'lookalike' | 'garbled';
/** An error keeps a row out; a warning does not. `column` is its position; `null`: the row as a whole. */
export type RowFinding = { severity: 'error' | 'warning'; kind: FindingKind; column: number | null; text: Text; suggestion: { kind: SuggestionKind; text: string } | null };
export type ProblemRow = { line: number; cells: string[]; findings: RowFinding[] };
/** How often something is found in the whole file, in how many of these cases something better is known, and of which kinds. */
export type ProblemGroup = Pick<RowFinding, 'severity' | 'kind' | 'column'> & { count: number; suggested: number; accept: SuggestionKind[] };

/**
 * What an import would do: its counts, and some rows of each kind. `fields` is how many values of contacts would change.
 * `flows` is what would start if the plan lets flows start: contacts that enter, and mails of their first moment.
 */
export type ImportPreview = {
  counts: ImportCounts;
  fields: number;
  added: PreviewRow[];
  updated: PreviewRow[];
  notTaken: { line: number; name: string; outcome: 'skipped' | 'rejected'; reasons: Text[] }[];
  suppressed: { line: number; name: string }[];
  /** What was found in the whole file, and the first rows of each of these, with their cells. */
  problems: ProblemGroup[];
  problemRows: ProblemRow[];
  flows: { flow: number; name: string; contacts: number; mails: number }[];
  /** Set where the preview was stopped before the end of the file. */
  cancelled: boolean;
  /** Of the file as it was looked at: an import that is given it is refused once the file is another one. */
  stamp: string | null;
};

/** What taking an import back has done, so far or altogether. `keptList` names the first of those that stay as they are, or a part of them. */
export type ImportUndo = {
  state: 'running' | 'done';
  at: number;
  /** Contacts that it had added; of an import of events or orders: those. */
  removed: number;
  /** Contacts, or orders, with something given back or taken away; and how many values, tags and consents that were. */
  restored: number;
  values: number;
  tags: number;
  consents: number;
  kept: number;
  /** Contacts of the import that are in a flow for another reason, and stay in it. */
  inFlows: number;
  /** Contacts that the import had sent into a flow, and that were taken out of it; and messages that were planned for them. */
  takenOut: number;
  cancelled: number;
  /** Contacts who left flows because the import said that they opt out. What they consented to is given back; into a flow they do not come back for it (FEATURES D14). */
  leftFlows: number;
  keptList: { contact: number; name: string; reason: Text }[];
};

/** An import to be done again. `folder` is watched for files that fit the pattern (* and ?); `problem`: why it has stopped watching. */
export type ImportRecipe = { id: number; name: string; kind: ImportKind; folder: string | null; pattern: string; watching: boolean; problem: Problem | null; lastAt: number | null; imports: number };

/** How files with these headers were matched the last time. */
export type ImportProfile = { key: string; name: string; headers: string[]; usedAt: number };

/** A value of a column, how often the file has it, and whether it can be taken as it stands; if not, what was most likely meant. */
export type ColumnValue = { value: string; count: number; understood: boolean; suggestion: string | null };
