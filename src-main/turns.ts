// Whose turn it is on the thread that writes and answers calls. Long work comes in slices of some ten milliseconds and asks for its
// turn before each: between two slices, whoever's they are, everybody who has called meanwhile is heard, and answers go out.

const waiting: (() => void)[] = [];
let isPlanned = false;
let holds = 0;

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

function plan(): void {
  if (isPlanned || holds > 0 || waiting.length === 0) return;
  isPlanned = true;
  setImmediate(give);
}

function give(): void {
  isPlanned = false;
  if (holds > 0) return;
  const next = waiting.shift();
  // Planned from in here, the turn after this one comes when calls and answers have been looked for again.
  plan();
  next?.();
}
