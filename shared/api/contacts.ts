// The calls about contacts: lists, segments, consent and suppression, duplicates, erasure, export.
import { z } from 'zod';
import { attributeSchema, attributeValueSchema, CHANNELS, type Attribute } from '../contacts/contact.ts';
import type { OrdersOfContact, ValueChange } from '../contacts/history.ts';
import { noteTextSchema, type Note } from '../contacts/task.ts';
import { EVENT_GROUPS } from '../contacts/event-groups.ts';
import { retentionSchema, type ConsentTopic, type RetentionRow, type RetentionRule, type SuppressionRow } from '../contacts/privacy.ts';
import { GRADES } from '../contacts/duplicates.ts';
import type { DuplicateList, MergePreview, MergeRow } from '../contacts/merge.ts';
import { ruleSchema, type Rule } from '../contacts/rule.ts';
import type { ImportCounts } from '../contacts/import-plan.ts';
import { contactSortSchema, contactViewSchema, type SavedView } from '../contacts/view.ts';
import { keySchema } from '../fields.ts';
import type { Problem } from '../problem.ts';
import type { Text } from '../text.ts';
import { call } from './call.ts';
import type { ExportProfile, ContactRow, ContactDetail, TimelineEntry, ScoreChange, SegmentRow, SegmentFill, SegmentChange } from './answers.ts';

const nothing = z.strictObject({});
const contactId = z.strictObject({ id: z.int() });
const filePath = z.string().min(1).max(4096);
/** Who asks, by a name that a window makes up: a newer question from there takes the place of the one before. */
const screen = z.string().min(1).max(60).optional();

export const contactsCalls = {
  /** `sort.attribute` may also be ":added" or ":consent". `screen`: an older question of the same screen is given up. `current` false: the order is that of a moment ago; ask again soon. */
  'contacts.list': call(z.strictObject({ screen, search: z.string().max(200).default(''), rule: ruleSchema.nullable().default(null), sort: contactSortSchema.nullable().default(null), offset: z.int().min(0).default(0), limit: z.int().min(0).max(500).default(100) })).returns<{ total: number; rows: ContactRow[]; current: boolean }>(),
  'contacts.get': call(contactId).returns<ContactDetail>(),
  'contacts.find': call(z.strictObject({ email: z.string().max(500) })).returns<{ id: number } | null>(),
  /** The latest first; `before` is the id of the last entry of the page above; `from` and `until` are instants, the latter excluded. */
  'contacts.timeline': call(z.strictObject({ id: z.int(), group: z.enum(EVENT_GROUPS).default('all'), from: z.int().nullable().default(null), until: z.int().nullable().default(null), before: z.int().nullable().default(null), limit: z.int().min(1).max(500).default(100) })).returns<TimelineEntry[]>(),
  'contacts.history': call(z.strictObject({ id: z.int(), attribute: z.string().max(100), limit: z.int().min(1).max(500).default(100) })).returns<ValueChange[]>(),
  /** The latest first; `before` is the id of the last order of the page above. */
  'contacts.orders': call(z.strictObject({ id: z.int(), before: z.int().nullable().default(null), limit: z.int().min(1).max(500).default(50) })).returns<OrdersOfContact>(),

  'notes.list': call(z.strictObject({ contact: z.int() })).returns<Note[]>(),
  'notes.add': call(z.strictObject({ contact: z.int(), text: noteTextSchema, pinned: z.boolean().default(false) })).returns<{ id: number }>(),
  'notes.update': call(z.strictObject({ id: z.int(), text: noteTextSchema.optional(), pinned: z.boolean().optional() })).returns<null>(),
  'notes.remove': call(z.strictObject({ id: z.int() })).returns<null>(),

  /** Contacts that may be one person. Looked for anew when something has changed, unless that takes long: then only with `again`. `grade` null: all. */
  'duplicates.list': call(z.strictObject({ grade: z.enum(GRADES).nullable().default(null), again: z.boolean().default(false), offset: z.int().min(0).default(0), limit: z.int().min(1).max(200).default(50) })).returns<DuplicateList<ContactRow>>(),
  /** None of these contacts is another of them; `apart` false takes that word back. */
  'duplicates.keepApart': call(z.strictObject({ contacts: z.array(z.int()).min(2).max(50), apart: z.boolean().default(true) })).returns<null>(),
  /** Merges all groups that are certain, into whom the list names first. */
  'duplicates.mergeCertain': call(nothing).returns<{ merged: number; merges: number[] }>(),

  /** `take`: attributes of which the survivor gets the other's value although it has its own. */
  'merges.preview': call(z.strictObject({ survivor: z.int(), other: z.int(), take: z.array(z.string().max(100)).max(2000).default([]) })).returns<MergePreview<ContactRow>>(),
  'merges.merge': call(z.strictObject({ survivor: z.int(), other: z.int(), take: z.array(z.string().max(100)).max(2000).default([]) })).returns<{ merge: number }>(),
  'merges.list': call(z.strictObject({ limit: z.int().min(1).max(500).default(100) })).returns<MergeRow[]>(),
  /** Both contacts as they were, apart from what has happened since. */
  'merges.undo': call(z.strictObject({ merge: z.int() })).returns<{ survivor: number; merged: number; name: string; kept: Text[] }>(),

  'contacts.add': call(z.strictObject({ values: z.record(z.string(), attributeValueSchema) })).returns<{ id: number }>(),
  'contacts.update': call(z.strictObject({ id: z.int(), values: z.record(z.string(), attributeValueSchema) })).returns<null>(),
  'contacts.tag': call(z.strictObject({ ids: z.array(z.int()).max(10_000), add: z.array(z.string().min(1).max(200)).default([]), remove: z.array(z.string().min(1).max(200)).default([]) })).returns<null>(),
  /** By a person, who alone may lift a withdrawal. `wording`: what was agreed to, word for word. */
  'contacts.consent': call(z.strictObject({ id: z.int(), channel: z.enum(CHANNELS), topic: keySchema.or(z.literal('')).default(''), given: z.boolean(), source: z.string().min(1).max(500), wording: z.string().max(5000).nullable().default(null) })).returns<null>(),

  'topics.list': call(nothing).returns<(ConsentTopic & { given: number })[]>(),
  /** `key` null: a new one. A topic that is archived is not offered any more; what was consented to stays in the ledger. */
  'topics.save': call(z.strictObject({ key: keySchema.nullable().default(null), name: z.string().trim().min(1).max(200).normalize(), archived: z.boolean().default(false) })).returns<{ key: string }>(),

  'retention.get': call(nothing).returns<RetentionRule & { listed: number; nextErasure: number | null }>(),
  'retention.save': call(retentionSchema).returns<null>(),
  /** Who would be on the list under such a rule today: how many, and the longest quiet. */
  'retention.preview': call(z.strictObject({ months: z.int().min(1).max(600) })).returns<{ total: number; rows: RetentionRow[] }>(),
  'retention.list': call(z.strictObject({ offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) })).returns<{ total: number; rows: RetentionRow[] }>(),
  /** A person's word that these are kept, for as long again as the rule says. */
  'retention.keep': call(z.strictObject({ contacts: z.array(z.int()).min(1).max(1000) })).returns<null>(),

  /** All that is known of a person, as .json or .pdf. `language`: of the PDF. */
  'contacts.accessReport': call(z.strictObject({ id: z.int(), file: filePath, language: z.string().min(2).max(20).default('en') })).returns<{ file: string }>(),

  /** People who are erased leave their flows and everything else; a keyed hash keeps them from coming back. `bytesGone` false: they leave the file later, because somebody still reads it. */
  'erasure.erase': call(z.strictObject({ contacts: z.array(z.int()).min(1).max(1000) })).returns<{ erased: number; flowsLeft: number; messagesCancelled: number; bytesGone: boolean }>(),
  /** A number that grows whenever somebody is erased: who keeps words about people beside the workspace forgets them then. */
  'erasure.latest': call(nothing).returns<{ erasure: number }>(),
  /** The hashes of those who were erased, with their key, for other workspaces: they are refused there too. */
  'erasure.exportHashes': call(z.strictObject({ file: filePath })).returns<{ rows: number }>(),
  'erasure.importHashes': call(z.strictObject({ file: filePath })).returns<{ added: number; known: number }>(),

  'suppressions.list': call(z.strictObject({ search: z.string().max(500).default(''), offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) })).returns<{ total: number; rows: SuppressionRow[] }>(),
  /** Addresses, phone numbers and domains ("*@example.com"); those that are none of these come back. */
  'suppressions.add': call(z.strictObject({ addresses: z.array(z.string().max(500)).min(1).max(10_000), reason: z.string().trim().min(1).max(200) })).returns<{ added: number; known: number; refused: { address: string; reason: Text }[] }>(),
  /** By a person, with a reason that the audit keeps. Complaints and erased people only with `confirmed`. */
  'suppressions.remove': call(z.strictObject({ id: z.int(), reason: z.string().trim().min(1).max(500), confirmed: z.boolean().default(false) })).returns<null>(),
  /** A block list as text (an address on each line) or CSV with an address, and perhaps a reason, in each row. `refused`: the first lines that are neither. */
  'suppressions.importFile': call(z.strictObject({ file: filePath, reason: z.string().trim().min(1).max(200).default('import') })).returns<{ added: number; known: number; refusedCount: number; refused: { line: number; address: string; reason: Text }[] }>(),
  'suppressions.exportFile': call(z.strictObject({ file: filePath })).returns<{ rows: number }>(),

  'contacts.suppress': call(z.strictObject({ address: z.string().min(1).max(500), reason: z.string().min(1).max(200) })).returns<null>(),
  'contacts.count': call(z.strictObject({ screen, rule: ruleSchema })).returns<{ matching: number; total: number }>(),

  'attributes.list': call(nothing).returns<(Attribute & { standard: boolean })[]>(),
  'attributes.add': call(attributeSchema).returns<null>(),

  'tags.list': call(nothing).returns<{ name: string; contacts: number }[]>(),

  /** `ids`: only these; otherwise all whom the rule and the search mean. */
  'exports.profiles': call(nothing).returns<ExportProfile[]>(),
  /** In place of the profile of that name, if there is one. */
  'exports.saveProfile': call(z.strictObject({ name: z.string().trim().min(1).max(200), columns: z.array(z.string().max(200)).min(1).max(1000).nullable(), for: z.enum(['excel', 'plain']) })).returns<{ key: string }>(),
  'exports.removeProfile': call(z.strictObject({ key: z.string().max(100) })).returns<null>(),
  'exports.contacts': call(z.strictObject({ file: filePath, columns: z.array(z.string()).nullable().default(null), rule: ruleSchema.nullable().default(null), search: z.string().max(200).default(''), ids: z.array(z.int()).max(100_000).nullable().default(null), for: z.enum(['excel', 'plain']).default('plain') })).returns<{ rows: number }>(),

  /** Events of the user's own, or opens and clicks from elsewhere. The same `eventId` twice changes nothing. */
  'events.record': call(z.strictObject({ events: z.array(z.strictObject({ email: z.string().max(500), type: z.string().max(63), at: z.int().nullable().default(null), eventId: z.string().max(200).nullable().default(null), data: z.record(z.string(), z.unknown()).default({}) })).max(10_000) })).returns<{ recorded: number; known: number; rejected: { index: number; problem: Problem }[] }>(),
  /** The events of a file, as the command line takes them: a table, or one JSON object on each line. An import of its own. */
  'events.importFile': call(z.strictObject({ file: filePath, rejectsFile: filePath.nullable().default(null) })).returns<{ import: number; counts: ImportCounts; rejected: { line: number; problem: Problem }[]; rejectsFile: string | null }>(),

  /** `sizes` true: all are counted before the answer comes; false: nobody is; known: the last sizes come at once, and those that may have changed are counted meanwhile (`outdated`). */
  'segments.list': call(z.strictObject({ sizes: z.union([z.boolean(), z.literal('known')]).default(true) })).returns<SegmentRow[]>(),
  /** `sizes`: how many were in it, by day ("YYYY-MM-DD"), the earliest first. */
  'segments.get': call(z.strictObject({ key: keySchema, sizes: z.union([z.literal(true), z.literal('known')]).default(true) })).returns<SegmentRow & { sizes: { day: string; size: number }[] }>(),
  /** The segments that a contact is in now, by name; `rule` null: a fixed set, out of which it can be taken. */
  'segments.ofContact': call(z.strictObject({ contact: z.int() })).returns<{ key: string; name: string; rule: Rule | null }[]>(),
  /** `key` null: a new one. Whether it is a fixed set (`rule` null) is decided when it is made. */
  'segments.save': call(z.strictObject({ key: keySchema.nullable().default(null), name: z.string().min(1).max(200).normalize(), rule: ruleSchema.nullable(), track: z.boolean().default(false) })).returns<{ key: string; size: number }>(),
  'segments.remove': call(z.strictObject({ key: keySchema })).returns<null>(),
  /** Into and out of a fixed set: contacts by id, and whoever meets `addRule` now. */
  'segments.members': call(z.strictObject({ key: keySchema, add: z.array(z.int()).max(100_000).default([]), addRule: ruleSchema.nullable().default(null), remove: z.array(z.int()).max(100_000).default([]) })).returns<{ added: number; removed: number }>(),
  /** A fixed set of those who are in it now, under a name of its own. */
  'segments.freeze': call(z.strictObject({ key: keySchema, name: z.string().min(1).max(200) })).returns<{ key: string; size: number }>(),
  /** Into a fixed set: whose e-mail addresses stand in a text, or in a file of any kind of text. `replace`: and nobody else stays in it. `unknown`: addresses that no contact has, the first of them. */
  'segments.fill': call(z.strictObject({ key: keySchema, text: z.string().max(20_000_000).nullable().default(null), file: filePath.nullable().default(null), mode: z.enum(['append', 'replace']).default('append') })).returns<SegmentFill>(),
  /** Who has come into a segment and left it, the latest first; `before` is the id of the last one of the page above. */
  'segments.changes': call(z.strictObject({ key: keySchema, before: z.int().nullable().default(null), limit: z.int().min(1).max(500).default(20) })).returns<SegmentChange[]>(),

  /** Saved ways to look at the list of contacts, by name. */
  'views.list': call(nothing).returns<SavedView[]>(),
  /** `id` null: a new one. */
  'views.save': call(z.strictObject({ id: z.int().nullable().default(null), name: z.string().min(1).max(100), view: contactViewSchema })).returns<{ id: number }>(),
  'views.remove': call(z.strictObject({ id: z.int() })).returns<null>(),

  /** Every change of a score (or of any attribute) of a contact that is on record, the latest first. */
  'scores.explain': call(z.strictObject({ contact: z.int(), attribute: keySchema, limit: z.int().min(1).max(500).default(100) })).returns<ScoreChange[]>(),
} as const;
