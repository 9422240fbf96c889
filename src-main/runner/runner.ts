// Runs the flows of a workspace: takes what is due, advances it, saves it.
import type { RunnerStatus } from '../../shared/api.ts';
import type { Instant } from '../../shared/time.ts';

export type Runner = {
  /** Begins to tick. */
  start(): void;
  /** Stops after the batch at hand. */
  stop(): Promise<void>;
  /** Something may be due now. */
  wake(): void;
  status(): RunnerStatus;
  /** Does everything that is due now (events, enrollments, messages), until nothing is left for this instant. */
  runDue(): Promise<void>;
  /** When something is due next; `null`: never, as things stand. */
  nextDueAt(): Instant | null;
};
