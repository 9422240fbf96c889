// How a file of contacts is read and what is done with it. The plan is data: proposed by the program, changed by the user,
// carried out by the importer, and kept with the import.
import { z } from 'zod';
import { ATTRIBUTE_KINDS, CHANNELS } from './contact.ts';

/** How the bytes become rows. Lines count from 1. */
export const fileReadingSchema = z.strictObject({
  encoding: z.enum(['utf8', 'utf16le', 'utf16be', 'windows1252', 'windows1250', 'macintosh', 'cp850']),
  separator: z.string().length(1),
  quote: z.string().length(1),
  /** The line of the header; 0: the file has none. Lines above it are left out (`sep=;`, titles). */
  headerLine: z.int().min(0),
  decimal: z.enum([',', '.']),
  dateOrder: z.enum(['dmy', 'mdy', 'ymd']),
  /** False: the program is guessing, and asks. */
  sure: z.boolean(),
});
export type FileReading = z.infer<typeof fileReadingSchema>;

/** What a column becomes. */
export const columnTargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('attribute'), attribute: z.string() }),
  /** An attribute that the import creates. */
  z.strictObject({ kind: z.literal('newAttribute'), attribute: z.string(), label: z.string(), attributeKind: z.enum(ATTRIBUTE_KINDS) }),
  z.strictObject({ kind: z.literal('tags') }),
  /** Yes or no per contact. A no is always taken; a yes only where the plan's `consent` states a source for the channel. */
  z.strictObject({ kind: z.literal('consent'), channel: z.enum(CHANNELS) }),
  z.strictObject({ kind: z.literal('ignore') }),
]);
export type ColumnTarget = z.infer<typeof columnTargetSchema>;

export const importPlanSchema = z.strictObject({
  reading: fileReadingSchema,
  columns: z.array(z.strictObject({ header: z.string(), target: columnTargetSchema })).max(10_000),
  /** What happens to values that a contact already has. */
  existing: z.enum(['update', 'fill', 'skip']).default('update'),
  tags: z.array(z.string().min(1).max(200)).max(100).default([]),
  /**
   * Off by default: no file raises consent without a stated source (FEATURES A6.7). Given to every row; where a column is about
   * the same channel, to the rows that say yes. No withdrawal or suppression is lifted.
   */
  consent: z.strictObject({ channel: z.enum(CHANNELS), source: z.string().min(1).max(500) }).nullable().default(null),
  /** Imports are silent by default (FEATURES D27). */
  startFlows: z.boolean().default(false),
});
export type ImportPlan = z.infer<typeof importPlanSchema>;

/** A column as the beginning of the file shows it; `filled` counts the rows of the inspection that have a value in it. */
export type SampleColumn = { header: string; samples: string[]; filled: number; target: ColumnTarget; confidence: 'certain' | 'likely' | 'none' };

/** rows = added + updated + unchanged + skipped + rejected; `suppressed` counts those among them that are held back by an opt-out. */
export type ImportCounts = { rows: number; added: number; updated: number; unchanged: number; skipped: number; rejected: number; suppressed: number };
export type ImportProgress = { import: number; state: 'running' | 'done' | 'cancelled' | 'failed'; counts: ImportCounts; bytesRead: number; bytesTotal: number; rowsPerSecond: number };
