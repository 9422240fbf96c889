// Tasks: cards that a person must decide, asked by a step of a flow or written by hand (FEATURES A4.9, D32).
import { z } from 'zod';
import { outletIdSchema } from '../fields.ts';
import type { Instant } from '../time.ts';

/** `done`: somebody has decided it. `closed`: nobody needs to any more, with a reason. */
export const TASK_STATES = ['open', 'done', 'closed'] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const TASK_PRIORITIES = ['normal', 'high'] as const;
export type TaskPriority = (typeof TASK_PRIORITIES)[number];

/** What a person may answer; on the card of a flow the id names the way out of the step. */
export const taskOutcomeSchema = z.strictObject({ id: outletIdSchema, label: z.string().max(200) });
export type TaskOutcome = z.infer<typeof taskOutcomeSchema>;

/** What is said of a card that has no outcomes: it was done. */
export const DONE = 'done';

/** Each has a digit on the keyboard. */
export const MOST_OUTCOMES = 9;

/** Why a card was closed without a decision, besides the reasons with which people leave flows. */
export const CLOSED_TIMED_OUT = 'timed-out';
export const CLOSED_STEP_REMOVED = 'step-removed';
export const CLOSED_STEP_DISABLED = 'step-disabled';
export const CLOSED_MOVED = 'moved-by-hand';
export const CLOSED_BY_USER = 'by-user';

const taskText = z.strictObject({
  title: z.string().trim().min(1).max(300),
  text: z.string().max(20_000).default(''),
  assignee: z.string().max(200).default(''),
  priority: z.enum(TASK_PRIORITIES).default('normal'),
});

/** A task written by hand, about a contact. */
export const newTaskSchema = taskText.extend({
  contact: z.int(),
  outcomes: z.array(taskOutcomeSchema).max(MOST_OUTCOMES).default([]),
  dueAt: z.int().nullable().default(null),
});

/** Changes of an open task; what is left out stays. When a task of a flow is due, its step says. */
export const taskChangesSchema = z.strictObject({
  id: z.int(),
  title: z.string().trim().min(1).max(300).optional(),
  text: z.string().max(20_000).optional(),
  assignee: z.string().max(200).optional(),
  priority: z.enum(TASK_PRIORITIES).optional(),
  dueAt: z.int().nullable().optional(),
});

export const noteTextSchema = z.string().trim().min(1).max(20_000);

export type Task = {
  id: number;
  contact: number;
  /** What the contact is called: a name, else the address, else nothing. */
  contactName: string | null;
  email: string | null;
  flow: number | null;
  flowName: string | null;
  enrollment: number | null;
  stepId: string | null;
  title: string;
  text: string;
  outcomes: TaskOutcome[];
  priority: TaskPriority;
  assignee: string;
  dueAt: Instant | null;
  /** When nobody had decided it in time, and its priority was raised. */
  escalatedAt: Instant | null;
  state: TaskState;
  outcome: string | null;
  comment: string;
  closedReason: string | null;
  settledBy: string | null;
  settledAt: Instant | null;
  createdAt: Instant;
  /** The settled card that this one opens again. */
  reopens: number | null;
};

export type Note = { id: number; text: string; pinned: boolean; source: string; flowName: string | null; createdAt: Instant; editedAt: Instant | null };

/** `flow`: a step tells something. `overdue`: a task was not decided in time. */
export type Notice = { id: number; kind: 'flow' | 'overdue' | 'import' | 'recipe'; contact: number | null; contactName: string | null; flowName: string | null; task: number | null; title: string; text: string; at: Instant; readAt: Instant | null };
