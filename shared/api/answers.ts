// What calls come back with, and the schemas of settings and accounts.
import { SENDING_SETTINGS } from '../messages/sending-rules.ts';
import { z } from 'zod';
import type { AttributeValue, Channel, ConsentState } from '../contacts/contact.ts';
import type { ConsentTopic, GuardNotice, RetentionRow, SuppressionRow } from '../contacts/privacy.ts';
import type { Rule } from '../contacts/rule.ts';
import type { FileReading, ImportCounts, ImportKind, ImportPlan, ImportUndo, SampleColumn } from '../contacts/import-plan.ts';
import type { Flow } from '../flow/flow.ts';
import type { Problem } from '../problem.ts';
import type { Text } from '../text.ts';
import type { EnrollmentState } from '../engine/enrollment.ts';

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
export type ContactInFlow = { enrollment: number; flow: number; flowName: string; state: EnrollmentState; stepId: string | null; /** What the step is called; of a divided passage with the steps on its paths. */ stepName: Text | null; enteredAt: number; dueAt: number | null; exitReason: string | null; /** The earlier version of the flow on which they were kept; `null`: they follow the one that is live. */ keptVersion: number | null };
/** Somebody who is to come into a flow later. `key`: of which passage beside others; `dueAt` null: when the passage that they are in has ended. */
export type LineEntry = { entry: number; flow: number; flowName: string; contact: number; email: string | null; key: string; /** From 1. */ place: number; since: number; dueAt: number | null };
export type ContactDetail = ContactRow & { consents: ConsentRecord[]; /** Those that they are in, then the latest of those that they have left. */ flows: ContactInFlow[]; /** How many there are in all. */ passages: number; /** The flows that they stand in line for. */ lines: LineEntry[]; suppressions: { reason: string; at: number; /** Not the address, but its domain. */ domain: string | null }[] };
export type AuditEntry = { id: number; at: number; actor: string; action: string; details: Record<string, unknown> };
/** `failure`: which step threw, and what. `onPaths`: the steps of those who go several ways at once. */
export type EnrollmentRow = ContactInFlow & { contact: number; email: string | null; failure: string | null; leftAt: number | null; onPaths: string[] };
/** `error`: what the step met, as the machine tells it. */
export type ErrorRow = { enrollment: number; flow: number; flowName: string; step: string; stepTitle: Text; contact: number; email: string | null; error: string; failedAt: number | null; attempts: number };
export type FailingStep = { flow: number; flowName: string; step: string; stepTitle: Text; people: number };
/** People, each counted once. */
export type Dealt = { done: number; skipped: number };
export type TimelineEntry = { id: number; type: string; at: number; recordedAt: number; source: string; flow: string | null; importFile: string | null; bulkEdit: number | null; data: Record<string, unknown> };


export type { AttributeOverview, AttributeUses } from './many.ts';

/** `by`: null where it is no number. `flow`: the name of the flow that did it. */
export type ScoreChange = { at: number; now: number | string | null; by: number | null; source: string; flow: string | null; reason: string | null };

export type FlowState = 'draft' | 'live' | 'paused' | 'archived';
/** What becomes of a flow that takes nobody in any more, when the last one has left it. */
export type Drain = 'pause' | 'archive';
/** `halted`: why it was paused by itself. */
/** `kept`: how many of those inside are on earlier versions; `enrollments.follow` brings them over. */
export type FlowRow = { id: number; name: string; state: FlowState; drain: Drain | null; halted: Problem | null; liveVersion: number | null; changedSincePublished: boolean; entered: number; inside: number; kept: number; failed: number; held: number; problems: number; updatedAt: number };
export type FlowDetail = { id: number; state: FlowState; drain: Drain | null; halted: Problem | null; draft: Flow; revision: number; savedAt: number; live: { version: number; publishedAt: number; flow: Flow } | null };

/** `ways`: which of the ways of a branch a contact matches, in their order; they go the first. */
export type Overlap = { count: number; first: { id: number; values: Record<string, AttributeValue>; ways: string[] }[] };

/** Per step: passes, not people (FEATURES D30). `left` is by outlet; an exit counts under "exit". `reasons` is by code: why messages are held or cancelled. */
export type StepCounts = { entered: number; waiting: number; left: Record<string, number>; planned: number; sent: number; failed: number; unknown: number; held: number; cancelled: number; /** Events that somebody had waited for here, and that came after the time-out (FEATURES D9). */ late: number; reasons: Record<string, number> };
export type FlowCounts = { entered: number; /** Who is to come in later. */ inLine: number; active: number; finished: number; exited: number; failed: number; held: number; steps: Record<string, StepCounts>; /** Who is inside on earlier versions, the newest first. */ kept: KeptCount[] };
/** People who were kept on a version; `here` are passes, at steps that the live version need not have. */
export type KeptCount = { version: number; people: number; steps: { step: string; title: Text; here: number }[] };

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
  /** People at a step that failed, each counted once. */
  failedEnrollments: number;
  /** Mail is leaving at this moment. */
  sending: boolean;
  /** Published flows that are neither paused nor archived, whether or not anything runs now. */
  liveFlows: number;
  /** Since when everything stands still because a person has said so, and where they said it; `null`: nobody has. */
  stopped: StoppedByUser | null;
};

export const STOP_PLACES = ['window', 'tray', 'commandLine'] as const;
export type StoppedByUser = { at: number; from: (typeof STOP_PLACES)[number] };

export type OutboxRow = { id: number; contactId: number; address: string; flow: number; stepId: string; message: string; subject: string | null; state: string; reason: string | null; response: string | null; dueAt: number; settledAt: number | null };
export type ImportRow = { id: number; kind: ImportKind; fileName: string; fileHash: string; startedAt: number; finishedAt: number | null; state: 'running' | 'done' | 'cancelled' | 'interrupted' | 'failed'; counts: ImportCounts; rejectsFile: string | null; /** Whether `imports.undo` has something to do, and until when it can be asked. */ canUndo: boolean; undoUntil: number | null; /** The recipe that it was carried out by; `watched`: because the file lay in its folder. */ recipe: string | null; watched: boolean; undo: ImportUndo | null };
/** `file`: where it still lies, `null`: it must be chosen anew. */
export type BrokenOffImport = { import: ImportRow; file: string | null };
/** `profile`: the plan's columns are those of an earlier import of such a file. */
export type FileInspection = { reading: FileReading; /** Why it cannot be read further than its first rows, as far as they tell. */ fault: Problem | null; columns: SampleColumn[]; rows: string[][]; plan: ImportPlan; /** Of a workbook, in their order. */ sheets: string[]; importedBefore: { at: number } | null; /** By which the file is told from what it becomes when somebody changes it. */ stamp: string | null; profile: { key: string; name: string } | null };

/** `rule` null: a fixed set. `size` null: it was not counted yet, or its rule cannot be asked any more; then `problems` say why. `outdated`: it is being counted again. */
export type SegmentRow = { key: string; name: string; rule: Rule | null; track: boolean; size: number | null; outdated: boolean; problems: Problem[]; usedBy: { flows: { id: number; name: string }[]; segments: { key: string; name: string }[] } };

export type SegmentFill = { found: number; added: number; removed: number; unknown: string[]; unknownCount: number };
export type SegmentChange = { id: number; contact: number; values: Record<string, AttributeValue>; entered: boolean; at: number; flow: string | null };
