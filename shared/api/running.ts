// The calls about what runs: the runner, the ledger of messages, tasks, the audit.
import { z } from 'zod';
import { newTaskSchema, taskChangesSchema, type Notice, type Task } from '../contacts/task.ts';
import { RETURN_CHOICES, type AwayReport } from '../flow/resuming.ts';
import { call } from './call.ts';
import { STOP_PLACES, type AuditEntry, type RunnerStatus, type OutboxRow } from './answers.ts';

const nothing = z.strictObject({});

export const runningCalls = {
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

  'runner.status': call(nothing).returns<RunnerStatus>(),
  /** What fell due while the computer slept or was off for long; nothing happens until `runner.comeBack`. `null`: nothing to decide. */
  'runner.away': call(nothing).returns<AwayReport | null>(),
  'runner.comeBack': call(z.strictObject({ choice: z.enum(RETURN_CHOICES), spreadHours: z.number().min(0).max(168).default(0) })).returns<null>(),
  /** No flow moves and no mail is handed over any more, until `runner.startAll`; answered when those on their way have ended. */
  'runner.stopAll': call(z.strictObject({ from: z.enum(STOP_PLACES).default('window') })).returns<null>(),
  /** `run` false: only lifts the stop; flows go on when they are run the next time. */
  'runner.startAll': call(z.strictObject({ run: z.boolean().default(true) })).returns<null>(),

  /** What people have changed, and what the machine has decided by itself; the latest first. `before` is the id of the last entry of the page above. */
  'audit.list': call(z.strictObject({ flow: z.int().nullable().default(null), before: z.int().nullable().default(null), limit: z.int().min(1).max(500).default(100) })).returns<AuditEntry[]>(),

  'outbox.list': call(z.strictObject({ flow: z.int().nullable().default(null), contact: z.int().nullable().default(null), state: z.string().nullable().default(null), limit: z.int().min(1).max(500).default(100) })).returns<OutboxRow[]>(),
  /** A person's decision about a message in `unknown` or `held`. */
  'outbox.decide': call(z.strictObject({ id: z.int(), decision: z.enum(['markSent', 'resend', 'cancel']) })).returns<null>(),

  /** Takes back `cancel`: the message is as open as before. `goneOn`: its contact has gone on in the flow without it, and stays there. */
  'outbox.takeBack': call(z.strictObject({ id: z.int() })).returns<{ goneOn: boolean }>(),

  /** Only on a host with a virtual clock: runs everything that falls due until then. */
  'clock.advance': call(z.strictObject({ to: z.int() })).returns<{ now: number }>(),
} as const;
