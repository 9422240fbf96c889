// How the list of contacts is looked at: which columns in which order, sorted by what, and who is in it.
import { z } from 'zod';
import { ruleSchema } from './rule.ts';

/** `attribute`: the key of an attribute, or ":added" or ":consent". */
export const contactSortSchema = z.strictObject({ attribute: z.string().min(1).max(100), descending: z.boolean() });

/** Columns are keys of attributes, or ":tags", ":consent" and ":added", which no attribute is called. */
export const contactViewSchema = z.strictObject({
  columns: z.array(z.string().min(1).max(100)).min(1).max(500),
  sort: contactSortSchema.nullable(),
  search: z.string().max(200),
  rule: ruleSchema.nullable(),
});
export type ContactView = z.infer<typeof contactViewSchema>;

/** A view that was saved under a name. */
export type SavedView = { id: number; name: string; view: ContactView };
