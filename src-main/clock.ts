// The only real clock and timers of the program, and the virtual clock that stands in for them.
import { uptime } from 'node:os';
import type { Instant } from '../shared/time.ts';

export type Clock = {
  now(): Instant;
  /** Calls back after about `ms` (never a long wait: the scheduler ticks and compares). Returns a way to stop it. */
  after(ms: number, act: () => void): () => void;
  /** For how many ms the computer has been on or asleep, which setting its clock does not change; not every clock knows. */
  uptime?(): number;
};

/** The system's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  uptime: () => uptime() * 1000,
};

/** A clock that moves only when told to. It cannot travel back. */
export type VirtualClock = Clock & { setTo(instant: Instant): void };

export function virtualClock(start: Instant): VirtualClock {
  let now = start;
  return {
    now: () => now,
    setTo(instant) {
      if (instant > now) now = instant;
    },
    // Real callbacks, so that a host on a virtual clock still yields between batches.
    after: systemClock.after,
  };
}

/** Whether this clock moves only when told to. */
export function isVirtual(clock: Clock): clock is VirtualClock {
  return 'setTo' in clock;
}

/** Starts measuring how long work takes, whatever clock it happens on. Answers the milliseconds since. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}
