// Every call that a window or a command line may make of the machine, and every event that it hears from it. One line each:
// the input's schema and the output's type. The gate (src-main/dispatch.ts) checks the input; handlers implement the rest.
import { z } from 'zod';
import { attributeCalls, bulkEditCalls, companyCalls } from './api/many.ts';
import { call } from './api/call.ts';
import { attributeSchema, attributeValueSchema, CHANNELS, type Attribute, type AttributeValue, type Channel, type ConsentState } from './contacts/contact.ts';
import type { OrdersOfContact, ValueChange } from './contacts/history.ts';
import { newTaskSchema, noteTextSchema, taskChangesSchema, type Note, type Notice, type Task } from './contacts/task.ts';
import { EVENT_GROUPS } from './contacts/event-groups.ts';
import type { BulkProgress } from './contacts/bulk-edit.ts';
import { retentionSchema, type ConsentTopic, type GuardNotice, type RetentionRow, type RetentionRule, type SuppressionRow } from './contacts/privacy.ts';
import { GRADES } from './contacts/duplicates.ts';
import type { DuplicateList, MergePreview, MergeRow } from './contacts/merge.ts';
import { ruleSchema, type Rule } from './contacts/rule.ts';
import { IMPORT_KINDS, importPlanSchema, type FileReading, type ColumnValue, type ImportCounts, type ImportKind, type ImportPlan, type ImportPreview, type ImportProfile, type ImportProgress, type ImportRecipe, type ImportUndo, type SampleColumn } from './contacts/import-plan.ts';
import { contactSortSchema, contactViewSchema, type SavedView } from './contacts/view.ts';
import { calendarSchema, type Calendar } from './calendar/calendars.ts';
import { durationSchema, keySchema } from './fields.ts';
import { flowSchema, idSchema, messageSchema, type Flow, type Message } from './flow/flow.ts';
import { RESUME_CHOICES, RETURN_CHOICES, type AwayReport, type Overdue } from './flow/resuming.ts';
import { SENDING_SETTINGS } from './messages/sending-rules.ts';
import type { Problem } from './problem.ts';
import type { Text } from './text.ts';
import type { EnrollmentState } from './engine/enrollment.ts';
import { publishPreviewPlanSchema, type PublishPreview } from './simulation/publish-preview.ts';
import { whyQuestionSchema, type Why } from './simulation/why.ts';
import { checkPlanSchema, checksSchema, type Check, type CheckReport } from './simulation/checks.ts';
import { tryPlanSchema, type TryResult } from './simulation/try.ts';
import { simulationPlanSchema, type SimulationProgress, type SimulationResult } from './simulation/simulation.ts';

const nothing = z.strictObject({});
const contactId = z.strictObject({ id: z.int() });
const flowId = z.strictObject({ flow: z.int() });
const people = z.strictObject({ flow: z.int(), enrollments: z.array(z.int()).max(10_000).nullable().default(null), step: idSchema.nullable().default(null) });
const filePath = z.string().min(1).max(4096);

// ---- what comes back ----

/** `columns` null: all attributes, tags and consent to e-mail. */
export type ExportProfile = { key: string; name: string; columns: string[] | null; for: 'excel' | 'plain' };

export type { ConsentTopic, GuardNotice, RetentionRow, SuppressionRow };

export type WorkspaceInfo = {
  file: string;
  name: string;
  timeZone: string;
  locale: string;
  isSample: boolean;
  /** Set where the host runs on a virtual clock: what the window shows as "now". */
  virtualNow: number | null;
};
export type RecentWorkspace = { file: string; name: string; openedAt: number; missing: boolean };

export type ContactRow = { id: number; values: Record<string, AttributeValue>; tags: string[]; emailConsent: ConsentState; suppressed: boolean; addedAt: number };
/** `state` none: what an import had given was taken back with it. */
export type ConsentRecord = { channel: Channel; /** '': the channel as a whole. */ topic: string; state: ConsentState; actor: string; source: string; wording: string | null; file: string | null; at: number };
export type ContactInFlow = { enrollment: number; flow: number; flowName: string; state: EnrollmentState; stepId: string | null; stepName: string | null; enteredAt: number; dueAt: number | null; exitReason: string | null };
export type ContactDetail = ContactRow & { consents: ConsentRecord[]; flows: ContactInFlow[]; suppressions: { reason: string; at: number; /** Not the address, but its domain. */ domain: string | null }[] };
export type AuditEntry = { id: number; at: number; actor: string; action: string; details: Record<string, unknown> };
/** `failure`: which step threw, and what. */
export type EnrollmentRow = ContactInFlow & { contact: number; email: string | null; failure: string | null; leftAt: number | null };
type Dealt = { done: number; skipped: number };
export type TimelineEntry = { id: number; type: string; at: number; recordedAt: number; source: string; flow: string | null; importFile: string | null; bulkEdit: number | null; data: Record<string, unknown> };


export type { AttributeOverview, AttributeUses } from './api/many.ts';

/** `by`: null where it is no number. `flow`: the name of the flow that did it. */
export type ScoreChange = { at: number; now: number | string | null; by: number | null; source: string; flow: string | null; reason: string | null };

export type FlowState = 'draft' | 'live' | 'paused' | 'archived';
export type FlowRow = { id: number; name: string; state: FlowState; liveVersion: number | null; changedSincePublished: boolean; entered: number; inside: number; problems: number; updatedAt: number };
export type FlowDetail = { id: number; state: FlowState; draft: Flow; revision: number; savedAt: number; live: { version: number; publishedAt: number; flow: Flow } | null };

/** Per step: passes, not people (FEATURES D30). `left` is by outlet; an exit counts under "exit". `reasons` is by code: why messages are held or cancelled. */
export type StepCounts = { entered: number; waiting: number; left: Record<string, number>; planned: number; sent: number; failed: number; unknown: number; held: number; cancelled: number; reasons: Record<string, number> };
export type FlowCounts = { entered: number; active: number; finished: number; exited: number; failed: number; held: number; steps: Record<string, StepCounts> };

/** The account's password is kept by the host, never in the workspace file; `hasPassword` says whether it is known now. */
export const accountSchema = z.strictObject({
  name: z.string().min(1).max(200),
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
  security: z.enum(['tls', 'starttls', 'none']),
  user: z.string().max(320),
  fromName: z.string().max(200),
  fromAddress: z.string().min(3).max(320),
});
export type Account = z.infer<typeof accountSchema>;
export type AccountRow = Account & { id: number; hasPassword: boolean };

export const settingsSchema = z.strictObject({
  name: z.string().min(1).max(200),
  timeZone: z.string().min(1).max(100),
  locale: z.string().min(2).max(20),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Printed below every marketing message; the law asks for it (FAULTS 1.6). */
  postalAddress: z.string().max(1000),
  ...SENDING_SETTINGS,
});
export type Settings = z.infer<typeof settingsSchema>;

export type RunnerStatus = {
  running: boolean;
  /** Why nothing is sent: no account, offline, stopped by the user, a sample workspace ... */
  sendingPaused: Problem | null;
  nextDueAt: number | null;
  unknownMessages: number;
  heldMessages: number;
  failedEnrollments: number;
};

export type OutboxRow = { id: number; contactId: number; address: string; flow: number; stepId: string; message: string; subject: string | null; state: string; reason: string | null; response: string | null; dueAt: number; settledAt: number | null };
export type ImportRow = { id: number; kind: ImportKind; fileName: string; fileHash: string; startedAt: number; finishedAt: number | null; state: 'running' | 'done' | 'cancelled' | 'interrupted' | 'failed'; counts: ImportCounts; rejectsFile: string | null; /** Whether `imports.undo` has something to do, and until when it can be asked. */ canUndo: boolean; undoUntil: number | null; /** The recipe that it was carried out by; `watched`: because the file lay in its folder. */ recipe: string | null; watched: boolean; undo: ImportUndo | null };
/** `profile`: the plan's columns are those of an earlier import of such a file. */
export type FileInspection = { reading: FileReading; columns: SampleColumn[]; rows: string[][]; plan: ImportPlan; /** Of a workbook, in their order. */ sheets: string[]; importedBefore: { at: number } | null; profile: { key: string; name: string } | null };

/** `rule` null: a fixed set. `size` null: it was not counted yet, or its rule cannot be asked any more; then `problems` say why. `outdated`: it is being counted again. */
export type SegmentRow = { key: string; name: string; rule: Rule | null; track: boolean; size: number | null; outdated: boolean; problems: Problem[]; usedBy: { flows: { id: number; name: string }[]; segments: { key: string; name: string }[] } };

export type SegmentFill = { found: number; added: number; removed: number; unknown: string[]; unknownCount: number };
export type SegmentChange = { id: number; contact: number; values: Record<string, AttributeValue>; entered: boolean; at: number; flow: string | null };

const readingOverride = z.strictObject({ encoding: z.string().optional(), separator: z.string().length(1).optional(), quote: z.string().length(1).optional(), headerLine: z.int().min(0).optional(), sheet: z.string().max(200).optional() });

/** Who asks, by a name that a window makes up: a newer question from there takes the place of the one before. */
const screen = z.string().min(1).max(60).optional();

// ---- the calls ----

export const calls = {
  'workspace.current': call(nothing).returns<WorkspaceInfo | null>(),
  'workspace.recent': call(nothing).returns<{ recent: RecentWorkspace[]; folder: string }>(),
  /** `file` null: a file named after the workspace in the user's documents. */
  'workspace.create': call(z.strictObject({ name: z.string().min(1).max(200), file: filePath.nullable(), timeZone: z.string().nullable(), locale: z.string().nullable(), sample: z.boolean() })).returns<WorkspaceInfo>(),
  'workspace.open': call(z.strictObject({ file: filePath })).returns<WorkspaceInfo>(),
  'workspace.close': call(nothing).returns<null>(),
  'workspace.backup': call(z.strictObject({ file: filePath.nullable() })).returns<{ file: string }>(),

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
  /** Open ones by priority and by when they are due; settled ones the latest first. `counts`: of all open ones, whatever is listed. */
  'tasks.list': call(z.strictObject({ which: z.enum(['open', 'overdue', 'done', 'closed', 'settled', 'all']).default('open'), flow: z.int().nullable().default(null), contact: z.int().nullable().default(null), offset: z.int().min(0).default(0), limit: z.int().min(0).max(500).default(100) })).returns<{ total: number; rows: Task[]; counts: { open: number; overdue: number } }>(),
  'tasks.add': call(newTaskSchema).returns<{ id: number }>(),
  'tasks.update': call(taskChangesSchema).returns<null>(),
  /** `outcome`: one of the task's; "done" where it has none. */
  'tasks.decide': call(z.strictObject({ id: z.int(), outcome: z.string().max(60), comment: z.string().max(5000).default('') })).returns<null>(),
  'tasks.close': call(z.strictObject({ id: z.int() })).returns<null>(),
  /** As a new card, which leads nobody anywhere in a flow. */
  'tasks.reopen': call(z.strictObject({ id: z.int(), dueAt: z.int().nullable().default(null) })).returns<{ id: number }>(),
  'notices.list': call(z.strictObject({ unread: z.boolean().default(false), limit: z.int().min(1).max(500).default(100) })).returns<{ unread: number; rows: Notice[] }>(),
  'notices.read': call(z.strictObject({ ids: z.array(z.int()).max(1000).nullable().default(null) })).returns<null>(),
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
  'topics.save': call(z.strictObject({ key: keySchema.nullable().default(null), name: z.string().trim().min(1).max(200), archived: z.boolean().default(false) })).returns<{ key: string }>(),
  'retention.get': call(nothing).returns<RetentionRule & { listed: number; nextErasure: number | null }>(),
  'retention.save': call(retentionSchema).returns<null>(),
  /** Who would be on the list under such a rule today: how many, and the longest quiet. */
  'retention.preview': call(z.strictObject({ months: z.int().min(1).max(600) })).returns<{ total: number; rows: RetentionRow[] }>(),
  'retention.list': call(z.strictObject({ offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) })).returns<{ total: number; rows: RetentionRow[] }>(),
  /** A person's word that these are kept, for as long again as the rule says. */
  'retention.keep': call(z.strictObject({ contacts: z.array(z.int()).min(1).max(1000) })).returns<null>(),
  /** All that is known of a person, as .json or .pdf. `language`: of the PDF. */
  'contacts.accessReport': call(z.strictObject({ id: z.int(), file: filePath, language: z.string().min(2).max(20).default('en') })).returns<{ file: string }>(),
  /** People who are erased leave their flows and everything else; a keyed hash keeps them from coming back. */
  'erasure.erase': call(z.strictObject({ contacts: z.array(z.int()).min(1).max(1000) })).returns<{ erased: number; flowsLeft: number; messagesCancelled: number }>(),
  /** The hashes of those who were erased, with their key, for other workspaces: they are refused there too. */
  'erasure.exportHashes': call(z.strictObject({ file: filePath })).returns<{ rows: number }>(),
  'erasure.importHashes': call(z.strictObject({ file: filePath })).returns<{ added: number; known: number }>(),
  'suppressions.list': call(z.strictObject({ search: z.string().max(500).default(''), offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) })).returns<{ total: number; rows: SuppressionRow[] }>(),
  /** Addresses, phone numbers and domains ("*@example.com"); those that are none of these come back. */
  'suppressions.add': call(z.strictObject({ addresses: z.array(z.string().max(500)).min(1).max(10_000), reason: z.string().trim().min(1).max(200) })).returns<{ added: number; known: number; refused: { address: string; reason: Text }[] }>(),
  /** By a person, with a reason that the audit keeps. Complaints and erased people only with `confirmed`. */
  'suppressions.remove': call(z.strictObject({ id: z.int(), reason: z.string().trim().min(1).max(500), confirmed: z.boolean().default(false) })).returns<null>(),
  /** A block list as text (an address on each line) or CSV with an address, and perhaps a reason, in each row. */
  'suppressions.importFile': call(z.strictObject({ file: filePath, reason: z.string().trim().min(1).max(200).default('import') })).returns<{ added: number; known: number; refused: { line: number; address: string; reason: Text }[] }>(),
  'suppressions.exportFile': call(z.strictObject({ file: filePath })).returns<{ rows: number }>(),
  /** What opening this workspace has taken over from its guard file; `null`: nothing that was not seen. */
  'guard.notice': call(nothing).returns<GuardNotice | null>(),
  'guard.dismiss': call(nothing).returns<null>(),
  'contacts.suppress': call(z.strictObject({ address: z.string().min(1).max(500), reason: z.string().min(1).max(200) })).returns<null>(),
  'contacts.count': call(z.strictObject({ screen, rule: ruleSchema })).returns<{ matching: number; total: number }>(),
  'attributes.list': call(nothing).returns<(Attribute & { standard: boolean })[]>(),
  'attributes.add': call(attributeSchema).returns<null>(),
  ...attributeCalls,
  ...companyCalls,
  ...bulkEditCalls,
  'tags.list': call(nothing).returns<{ name: string; contacts: number }[]>(),

  /** Reads the beginning of a file and proposes how to read and match it. */
  'imports.inspect': call(z.strictObject({ file: filePath, reading: readingOverride.default({}), kind: z.enum(IMPORT_KINDS).default('contacts'), useProfile: z.boolean().default(true) })).returns<FileInspection>(),
  /** Text from the clipboard becomes a file that the other calls take. */
  'imports.fromText': call(z.strictObject({ text: z.string().min(1).max(50_000_000) })).returns<{ file: string }>(),
  /** A dry run that answers what would happen, with samples; its progress comes as `import` events under a negative id. A new one stops the one before. */
  'imports.preview': call(z.strictObject({ file: filePath, plan: importPlanSchema })).returns<ImportPreview>(),
  /** All values of a column in the whole file, by its position; those that are not understood come first. */
  'imports.values': call(z.strictObject({ file: filePath, plan: importPlanSchema, column: z.int().min(0).max(10_000) })).returns<{ values: ColumnValue[]; distinct: number }>(),
  /** Starts; progress comes as `import` events. `dryRun` does everything but write. */
  'imports.start': call(z.strictObject({ file: filePath, plan: importPlanSchema, rejectsFile: filePath.nullable().default(null), dryRun: z.boolean().default(false) })).returns<{ import: number }>(),
  'imports.wait': call(z.strictObject({ import: z.int() })).returns<ImportRow>(),
  'imports.cancel': call(z.strictObject({ import: z.int() })).returns<null>(),
  'imports.list': call(nothing).returns<ImportRow[]>(),
  /** Takes an import back as far as nobody has built on it; one that was broken off goes on. */
  'imports.undo': call(z.strictObject({ import: z.int() })).returns<ImportUndo>(),
  /** What taking an import back would mean for people in flows: so many taken out, and so many planned messages cancelled. */
  'imports.undoForecast': call(z.strictObject({ import: z.int() })).returns<{ people: number; messages: number; until: number | null }>(),
  /** The file of an import's rejected rows, for a window that has no folder to look into; its bytes in base64. */
  'imports.rejects': call(z.strictObject({ import: z.int() })).returns<{ name: string; base64: string }>(),
  'recipes.list': call(nothing).returns<ImportRecipe[]>(),
  /** Keeps the plan of an import under a name, to be carried out again. */
  'recipes.save': call(z.strictObject({ import: z.int(), name: z.string().trim().min(1).max(200) })).returns<{ recipe: number }>(),
  'recipes.change': call(z.strictObject({ recipe: z.int(), name: z.string().trim().min(1).max(200), folder: filePath.nullable(), pattern: z.string().trim().min(1).max(200), watching: z.boolean() })).returns<null>(),
  'recipes.remove': call(z.strictObject({ recipe: z.int() })).returns<null>(),
  /** Starts the import of a file by a recipe, by its id or name; the same headers are needed. */
  'recipes.run': call(z.strictObject({ recipe: z.union([z.int(), z.string().min(1).max(200)]), file: filePath, rejectsFile: filePath.nullable().default(null) })).returns<{ import: number; plan: ImportPlan }>(),
  /** Looks into the watched folders now; a file is imported once it was the same in two looks. */
  'recipes.look': call(nothing).returns<{ imported: { import: number; file: string }[] }>(),
  'imports.profiles': call(nothing).returns<ImportProfile[]>(),
  'imports.renameProfile': call(z.strictObject({ key: z.string().max(100), name: z.string().min(1).max(200) })).returns<null>(),
  'imports.forgetProfile': call(z.strictObject({ key: z.string().max(100) })).returns<null>(),
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

  'flows.list': call(nothing).returns<FlowRow[]>(),
  'flows.create': call(z.strictObject({ name: z.string().min(1).max(200) })).returns<{ id: number }>(),
  'flows.get': call(flowId).returns<FlowDetail>(),
  /** Refused when `revision` is not the one last read: two windows cannot overwrite each other (FAULTS F49). */
  'flows.saveDraft': call(z.strictObject({ flow: z.int(), draft: flowSchema, revision: z.int() })).returns<{ revision: number; savedAt: number }>(),
  'flows.problems': call(flowId).returns<Problem[]>(),
  /** How many contacts meet the draft's triggers already and would be let in (FEATURES D8). */
  'flows.existingMatches': call(flowId).returns<{ count: number }>(),
  /** `existing`: those who meet its triggers already come in too, evenly over a time or (without `over`) at once; answers how many that are. */
  'flows.publish': call(flowId.extend({ existing: z.strictObject({ over: durationSchema.optional() }).optional() })).returns<{ version: number; existing: number; warnings: Problem[] }>(),
  'flows.pause': call(flowId).returns<null>(),
  /** `overdue`: what becomes of what fell due during the pause; `flows.overdue` counts it. */
  'flows.resume': call(z.strictObject({ flow: z.int(), overdue: z.enum(RESUME_CHOICES).default('rule') })).returns<null>(),
  'flows.overdue': call(flowId).returns<Overdue>(),
  'flows.remove': call(flowId).returns<null>(),
  'flows.counts': call(flowId).returns<FlowCounts>(),
  'flows.waiting': call(z.strictObject({ flow: z.int(), step: idSchema, limit: z.int().min(1).max(500).default(100) })).returns<(ContactInFlow & { contact: number; email: string | null })[]>(),
  'flows.enroll': call(z.strictObject({ flow: z.int(), contacts: z.array(z.int()).max(100_000).nullable().default(null), rule: ruleSchema.nullable().default(null) })).returns<{ enrolled: number; skipped: number }>(),
  /** A flow's people: inside by who is due first, or those who have left by who left last. */
  'enrollments.list': call(z.strictObject({ flow: z.int(), step: idSchema.nullable().default(null), state: z.enum(['inside', 'active', 'held', 'failed', 'left', 'finished', 'exited']).default('inside'), offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) })).returns<{ total: number; rows: EnrollmentRow[] }>(),
  /** By hand, with some of those inside, or with everybody at a step. `skipped`: of whom it could not be asked. */
  'enrollments.move': call(people.extend({ to: idSchema })).returns<Dealt>(),
  /** Only out of steps that wait; `outlet` null: by the last way out, which is the time-out's where there is one. */
  'enrollments.skip': call(people.extend({ outlet: z.string().max(60).nullable().default(null) })).returns<Dealt>(),
  /** Out, and in again from the first step as a passage of its own. */
  'enrollments.restart': call(people).returns<Dealt>(),
  'enrollments.remove': call(people.extend({ reason: z.string().max(200).default('') })).returns<Dealt>(),
  /** Those whose step failed; without anybody named, all of them. */
  'enrollments.retry': call(people).returns<Dealt>(),
  'flows.importFile': call(z.strictObject({ text: z.string().max(20_000_000), fileName: z.string().max(1000) })).returns<{ id: number; created: { messages: string[]; attributes: string[] } }>(),
  'flows.exportFile': call(flowId).returns<{ text: string }>(),

  /** Runs the executor on a copy of the workspace in memory; progress comes as `simulation` events. One at a time: a new one stops the one before. */
  'simulations.run': call(simulationPlanSchema).returns<SimulationResult>(),
  /** One contact, real or invented, through a flow: step by step, with chosen reactions. */
  'simulations.try': call(tryPlanSchema).returns<TryResult>(),
  /** What publishing the draft would mean for the people inside. */
  'simulations.previewPublish': call(publishPreviewPlanSchema).returns<PublishPreview>(),
  /** Why a contact did, or did not, get a message of a flow. */
  'simulations.why': call(whyQuestionSchema).returns<Why>(),
  /** Looks in a simulation of all flows whether what must always hold does; `checks.save` says what must. */
  'simulations.check': call(checkPlanSchema).returns<CheckReport[]>(),
  'checks.list': call(nothing).returns<Check[]>(),
  'checks.save': call(z.strictObject({ checks: checksSchema })).returns<null>(),
  'simulations.stop': call(nothing).returns<null>(),

  /** `sizes` true: all are counted before the answer comes; false: nobody is; known: the last sizes come at once, and those that may have changed are counted meanwhile (`outdated`). */
  'segments.list': call(z.strictObject({ sizes: z.union([z.boolean(), z.literal('known')]).default(true) })).returns<SegmentRow[]>(),
  /** `sizes`: how many were in it, by day ("YYYY-MM-DD"), the earliest first. */
  'segments.get': call(z.strictObject({ key: keySchema, sizes: z.union([z.literal(true), z.literal('known')]).default(true) })).returns<SegmentRow & { sizes: { day: string; size: number }[] }>(),
  /** The segments that a contact is in now, by name; `rule` null: a fixed set, out of which it can be taken. */
  'segments.ofContact': call(z.strictObject({ contact: z.int() })).returns<{ key: string; name: string; rule: Rule | null }[]>(),
  /** `key` null: a new one. Whether it is a fixed set (`rule` null) is decided when it is made. */
  'segments.save': call(z.strictObject({ key: keySchema.nullable().default(null), name: z.string().min(1).max(200), rule: ruleSchema.nullable(), track: z.boolean().default(false) })).returns<{ key: string; size: number }>(),
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

  'messages.list': call(nothing).returns<(Message & { usedBy: string[] })[]>(),
  'messages.get': call(z.strictObject({ key: z.string() })).returns<Message>(),
  'messages.save': call(messageSchema).returns<null>(),
  'messages.create': call(z.strictObject({ name: z.string().min(1).max(200) })).returns<Message>(),
  'messages.remove': call(z.strictObject({ key: z.string() })).returns<null>(),
  /** Rendered by the very code that renders for sending. `contact` null: a made-up person. */
  'messages.preview': call(z.strictObject({ message: messageSchema, contact: z.int().nullable() })).returns<{ subject: string; preheader: string; html: string; text: string; problems: Problem[] }>(),
  'messages.sendTest': call(z.strictObject({ key: z.string(), to: z.string().max(320), contact: z.int().nullable() })).returns<{ response: string }>(),

  /** Every change of a score (or of any attribute) of a contact that is on record, the latest first. */
  'scores.explain': call(z.strictObject({ contact: z.int(), attribute: keySchema, limit: z.int().min(1).max(500).default(100) })).returns<ScoreChange[]>(),

  /** The workspace's own lists of days; the countries' holidays are reckoned, `calendars.holidays` tells them by year ("YYYY-MM-DD"). */
  'calendars.list': call(nothing).returns<Calendar[]>(),
  /** `key` null: a new one. */
  'calendars.save': call(calendarSchema.extend({ key: keySchema.nullable().default(null) })).returns<{ key: string }>(),
  'calendars.remove': call(z.strictObject({ key: keySchema })).returns<null>(),
  'calendars.holidays': call(z.strictObject({ key: keySchema, year: z.int().min(1900).max(2200) })).returns<string[]>(),

  'settings.get': call(nothing).returns<Settings>(),
  /** What is left out of the rules for sending stays as it is. */
  'settings.save': call(settingsSchema.partial({ frequencyCap: true, quietHours: true, quietDays: true, lateness: true })).returns<null>(),
  'accounts.list': call(nothing).returns<AccountRow[]>(),
  'accounts.save': call(z.strictObject({ id: z.int().nullable(), account: accountSchema, password: z.string().max(1000).nullable() })).returns<{ id: number }>(),
  'accounts.remove': call(z.strictObject({ id: z.int() })).returns<null>(),
  /** Connects and signs in, sends nothing. */
  'accounts.check': call(z.strictObject({ id: z.int() })).returns<{ greeting: string }>(),
  /** A plain mail of the program's own words, by this account; it stands in no ledger. */
  'accounts.sendTest': call(z.strictObject({ id: z.int(), to: z.string().max(320) })).returns<{ response: string }>(),

  'runner.status': call(nothing).returns<RunnerStatus>(),
  /** What fell due while the computer slept or was off for long; nothing happens until `runner.comeBack`. `null`: nothing to decide. */
  'runner.away': call(nothing).returns<AwayReport | null>(),
  'runner.comeBack': call(z.strictObject({ choice: z.enum(RETURN_CHOICES), spreadHours: z.number().min(0).max(168).default(0) })).returns<null>(),
  'runner.stopAll': call(nothing).returns<null>(),
  'runner.startAll': call(nothing).returns<null>(),
  /** What people have changed, and what the machine has decided by itself; the latest first. `before` is the id of the last entry of the page above. */
  'audit.list': call(z.strictObject({ flow: z.int().nullable().default(null), before: z.int().nullable().default(null), limit: z.int().min(1).max(500).default(100) })).returns<AuditEntry[]>(),
  'outbox.list': call(z.strictObject({ flow: z.int().nullable().default(null), contact: z.int().nullable().default(null), state: z.string().nullable().default(null), limit: z.int().min(1).max(500).default(100) })).returns<OutboxRow[]>(),
  /** A person's decision about a message in `unknown` or `held`. */
  'outbox.decide': call(z.strictObject({ id: z.int(), decision: z.enum(['markSent', 'resend', 'cancel']) })).returns<null>(),

  /** Only on a host with a virtual clock: runs everything that falls due until then. */
  'clock.advance': call(z.strictObject({ to: z.int() })).returns<{ now: number }>(),
} as const;

export type CallName = keyof typeof calls;
export type CallInput<Name extends CallName> = z.input<(typeof calls)[Name]['input']>;
export type CheckedInput<Name extends CallName> = z.output<(typeof calls)[Name]['input']>;
export type CallOutput<Name extends CallName> = (typeof calls)[Name] extends { output?: infer Output } ? Exclude<Output, undefined> : never;

/** What a call comes back with. A bug is neither: it is thrown on the machine's side, logged, and answered as `bug`. */
export type Answer<Output = unknown> = { value: Output } | { problems: readonly Problem[] } | { bug: string };

/** What the machine tells without being asked. `changed` names what a screen should read again. */
export type Topic = 'workspace' | 'contacts' | 'attributes' | 'imports' | 'flows' | 'counts' | 'messages' | 'segments' | 'calendars' | 'settings' | 'bulkEdits' | 'companies' | 'runner' | 'tasks' | 'views' | 'duplicates';
export type MachineEvent = { type: 'changed'; topics: Topic[] } | { type: 'import'; progress: ImportProgress } | { type: 'bulkEdit'; progress: BulkProgress } | { type: 'simulation'; progress: SimulationProgress } | { type: 'clock'; now: number } | /** For the desktop: something that a person should know of even while the window is not in front. */ { type: 'notice'; title: string; body: string };

/** What every host offers to a window. */
export type Bridge = {
  call(method: string, input: unknown): Promise<Answer>;
  on(listener: (event: MachineEvent) => void): () => void;
};
