// One contact's passage through a flow, as the engine sees it.
import type { Instant } from '../time.ts';
import type { MessageResult } from '../steps/step.ts';

/**
 * `active`: waits at a step, or is due there. `held`: a person must look. `failed`: the step threw; can be re-run.
 * `finished`: came to an end of the flow. `exited`: left before, with a reason (FAULTS I3: nobody vanishes).
 */
export const ENROLLMENT_STATES = ['active', 'held', 'failed', 'finished', 'exited'] as const;
export type EnrollmentState = (typeof ENROLLMENT_STATES)[number];

export type Enrollment = {
  id: number;
  flowId: number;
  contactId: number;
  state: EnrollmentState;
  stepId: string | null;
  /** When it came to the step it stands on. */
  stepEnteredAt: Instant;
  /** The last event that was recorded when it came there: of those of that very instant, later ones are what happened since. */
  stepAfterEvent: number;
  /** For how many ms this stay was frozen by pauses that moved everything on: the step reckons as if the contact had come so much later (FEATURES D5). */
  stepShift: number;
  /** Whether the step has run at least once in this visit. */
  started: boolean;
  /** When it is to be looked at next; `null`: when something wakes it. */
  dueAt: Instant | null;
  /** Number of the visit, from 1: with the step's id it names an occurrence, which a ledger key needs (FAULTS 2.0). */
  visit: number;
  messageResult: MessageResult | null;
  exitReason: string | null;
  enteredAt: Instant;
  /** Of a path: the enrollment that was divided, with which it is one passage; `null`: it is that passage itself. */
  parentId: number | null;
  /** Of a path: the way out by which it left the step that divided the passage. */
  path: string;
};

/** How a passage stands that has been divided: of its latest division, the paths that are still being gone, and that have ended. */
export type Paths = {
  open: number;
  done: number;
  /** The join to which the first of them has come. */
  cameTo: string | null;
  /** The passage's visit in which it was divided. */
  fork: number;
};

const CAME = 'came:';

/** The reason with which a path ends that has come to a join. */
export function cameTo(join: string): string {
  return `${CAME}${join}`;
}

/** The join to which a path has come that ended for this reason; `null`: it ended otherwise. */
export function joinOf(exitReason: string | null): string | null {
  return exitReason?.startsWith(CAME) === true ? exitReason.slice(CAME.length) : null;
}

/** A stay at one step that has ended. `outlet` is null when it ended in an exit. */
export type Visit = { enrollmentId: number; visit: number; stepId: string; enteredAt: Instant; leftAt: Instant; outlet: string | null };
