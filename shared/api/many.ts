// The calls about what many contacts have in common: their attributes, their companies, and changing many of them at once.
import { z } from 'zod';
import { bulkChangesSchema, bulkWhomSchema, type BulkEditRow, type BulkPreview, type BulkUndo } from '../contacts/bulk-edit.ts';
import { companyDetailsSchema, type Company, type CompanyRow } from '../contacts/company.ts';
import { ATTRIBUTE_KINDS, type Attribute, type AttributeValue } from '../contacts/contact.ts';
import type { Conversion } from '../contacts/conversion.ts';
import { keySchema } from '../fields.ts';
import { call } from './call.ts';

const companyName = z.string().trim().min(1).max(1000);

export type AttributeUses = {
  flows: { id: number; name: string }[];
  segments: { key: string; name: string }[];
  messages: { key: string; name: string }[];
  /** Remembered ways of matching columns. */
  imports: { key: string; name: string }[];
};
export type AttributeOverview = Attribute & { standard: boolean; filled: number; usedBy: AttributeUses };

export const attributeCalls = {
  /** With how many contacts have a value of each, and what uses it. */
  'attributes.overview': call(z.strictObject({})).returns<AttributeOverview[]>(),
  /** How many contacts have each choice; also of those that are no choice any more. */
  'attributes.choices': call(z.strictObject({ key: keySchema })).returns<{ choice: string; contacts: number }[]>(),
  'attributes.rename': call(z.strictObject({ key: keySchema, label: z.string().trim().min(1).max(200).normalize() })).returns<null>(),
  /** `was`: the choice's name until now; null: a new one. `gone`: what becomes of those who have a choice that goes. The contacts follow as a bulk edit. */
  'attributes.setChoices': call(z.strictObject({ key: keySchema, choices: z.array(z.strictObject({ was: z.string().max(200).nullable(), name: z.string().trim().min(1).max(200).normalize() })).max(1000), gone: z.array(z.strictObject({ choice: z.string().max(200), to: z.string().max(200).nullable() })).max(1000).default([]) })).returns<{ bulkEdit: number | null }>(),
  /** `dryRun` tells what would be lost, and changes nothing. */
  'attributes.convert': call(z.strictObject({ key: keySchema, kind: z.enum(ATTRIBUTE_KINDS), dryRun: z.boolean().default(false) })).returns<Conversion>(),
  /** Refused while a flow, a segment or a message uses it. */
  'attributes.remove': call(z.strictObject({ key: keySchema })).returns<null>(),
} as const;

export const companyCalls = {
  'companies.list': call(z.strictObject({ search: z.string().max(200).default(''), sort: z.enum(['name', 'contacts']).default('name'), offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) })).returns<{ total: number; rows: CompanyRow[] }>(),
  'companies.get': call(z.strictObject({ key: companyName })).returns<Company>(),
  'companies.people': call(z.strictObject({ key: companyName, offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) })).returns<{ total: number; rows: { id: number; values: Record<string, AttributeValue> }[] }>(),
  /** `key` null: a new company; otherwise `name` stays as it is (see `companies.rename`). */
  'companies.save': call(z.strictObject({ key: companyName.nullable().default(null), name: companyName, details: companyDetailsSchema })).returns<{ key: string }>(),
  /** Renaming, merging and removing change the people by a bulk edit, which can be taken back; null: nobody is in it. */
  'companies.rename': call(z.strictObject({ key: companyName, name: companyName })).returns<{ key: string; bulkEdit: number | null }>(),
  'companies.merge': call(z.strictObject({ key: companyName, into: companyName })).returns<{ bulkEdit: number | null }>(),
  'companies.remove': call(z.strictObject({ key: companyName })).returns<{ bulkEdit: number | null }>(),
} as const;

export const bulkEditCalls = {
  /** What a bulk edit would do; nothing is changed. A new preview stops the one before. `startFlows` asks which flows would start. */
  'bulkEdits.preview': call(z.strictObject({ changes: bulkChangesSchema, whom: bulkWhomSchema, startFlows: z.boolean().default(false) })).returns<BulkPreview>(),
  /** Starts; progress comes as `bulkEdit` events. Flows do not start because of it unless it says so. */
  'bulkEdits.start': call(z.strictObject({ changes: bulkChangesSchema, whom: bulkWhomSchema, startFlows: z.boolean().default(false) })).returns<{ bulkEdit: number }>(),
  'bulkEdits.wait': call(z.strictObject({ bulkEdit: z.int() })).returns<BulkEditRow>(),
  /** What was changed until then stays, and can be taken back. 0: the preview. */
  'bulkEdits.cancel': call(z.strictObject({ bulkEdit: z.int() })).returns<null>(),
  'bulkEdits.list': call(z.strictObject({ limit: z.int().min(1).max(1000).default(200) })).returns<BulkEditRow[]>(),
  /** Takes an edit back as far as nobody has built on it; one that was broken off goes on. */
  /** Whom taking it back would take out of flows that it had sent them into, and how many planned messages that cancels. */
  'bulkEdits.undoForecast': call(z.strictObject({ bulkEdit: z.int() })).returns<{ people: number; messages: number }>(),
  'bulkEdits.undo': call(z.strictObject({ bulkEdit: z.int() })).returns<BulkUndo>(),
} as const;
