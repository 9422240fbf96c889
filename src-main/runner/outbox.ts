// Performs the effects that reach people: the ledger of messages, from planned to settled, each at most once.
import type { Problem } from '../../shared/problem.ts';
import type { Instant } from '../../shared/time.ts';

export type Outbox = {
  /** After a crash: what was claimed is planned again, what was handed over is unknown (FAULTS 2.0). Call once, before anything runs. */
  recover(): void;
  /** Sends what is due now, some at a time; answers how many were settled or put off. */
  performDue(): Promise<number>;
  /** When a planned message is due next; `null`: none is planned, or sending is paused. */
  nextDueAt(): Instant | null;
  /** Why nothing is sent at present. */
  paused(): Problem | null;
  close(): Promise<void>;
};
