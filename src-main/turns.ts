// Whose turn it is on the thread that writes and answers calls. Long work comes in slices of some ten milliseconds and asks for its
// turn before each: between two slices, whoever's they are, everybody who has called meanwhile is heard, and answers go out.
import { stopwatch, systemClock } from './clock.ts';

/** How long a slice should take while somebody calls again and again, and while nobody does: each transaction has a cost of its own. */
const SLICE_MS = { called: 10, quiet: 40 };
/** So long after a call the next one is expected. */
const QUIET_AFTER_MS = 300;

/** So long works wait for an answer that is on its way; most pages of a list are found in less. */
const ANSWER_MS = 5;

const waiting: (() => void)[] = [];
let isPlanned = false;
let holds = 0;
/** Whether somebody had a turn since an answer was last waited for. */
let wasGiven = true;

let sinceCall = stopwatch();

/** Notes that somebody has called, and may call again soon: slices are short then. */
export function noteCall(): void {
  sinceCall = stopwatch();
}

/** How long the next slice should take, in milliseconds: a call waits for no more than one. */
export function sliceTime(): number {
  return sinceCall() < QUIET_AFTER_MS ? SLICE_MS.called : SLICE_MS.quiet;
}

/** Resolves when it is the caller's turn for a slice. Turns are given in the order in which they were asked for. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    plan();
  });
}

/** While `act` is under way nobody gets a turn, so that nothing long is written. */
export async function holdTurns<Value>(act: () => Promise<Value>): Promise<Value> {
  holds++;
  try {
    return await act();
  } finally {
    holds--;
    plan();
  }
}

/**
 * Waits with the next turn for an answer that another thread is about to give, so that it goes out at once; but only some
 * milliseconds, and not twice between two turns: whoever asks and asks again holds up no work.
 */
export function holdForAnswer(answer: Promise<unknown>, most = ANSWER_MS): void {
  if (!wasGiven) return;
  wasGiven = false;
  void holdTurns(
    () =>
      new Promise<void>((resolve) => {
        const stop = systemClock.after(most, resolve);
        const done = (): void => {
          stop();
          resolve();
        };
        answer.then(done, done);
      }),
  );
}

function plan(): void {
  if (isPlanned || holds > 0 || waiting.length === 0) return;
  isPlanned = true;
  setImmediate(give);
}

function give(): void {
  isPlanned = false;
  if (holds > 0) return;
  const next = waiting.shift();
  wasGiven = true;
  // Planned from in here, the turn after this one comes when calls and answers have been looked for again.
  plan();
  next?.();
}
