// Decides when: ticks once a second and compares, does what is due until nothing is left for this instant, never twice at once.
// Long timers do not exist here, so sleep, a missing wake-up and a clock set back or forth make no difference (FAULTS F14-F17).
import type { Clock } from '../clock.ts';
import { turn as nextTurn } from '../turns.ts';

/** How long nothing is looked at, at the most. */
const TICK_MS = 1000;
/** After trouble with the file or the disk, how long until the next try (FAULTS F5: no loop at full speed). */
const TROUBLE_MS = 5000;

export type Scheduler = {
  start(): void;
  stop(): Promise<void>;
  wake(): void;
  isRunning(): boolean;
  /** Does what is due until nothing is left for this instant. Calls made meanwhile join the turn at hand. */
  runDue(): Promise<void>;
  /** What stopped the last turn; `null` when it went well. */
  trouble(): unknown;
};

/** `work` does one batch and answers whether there was anything to do; `sending` goes on beside it. `failed` hears of each turn that threw. */
export function createScheduler(clock: Clock, outbox: { performDue(): Promise<number> }, work: () => boolean, failed: (error: unknown) => void = () => undefined): Scheduler {
  let isTicking = false;
  let isStopping = false;
  let cancelTick: (() => void) | null = null;
  let turn: Promise<void> | null = null;
  let ring: (() => void) | null = null;
  let trouble: unknown = null;

  const mayGoOn = () => !isStopping;

  function tickAfter(ms: number): void {
    cancelTick?.();
    cancelTick = isTicking ? clock.after(ms, tick) : null;
  }

  function tick(): void {
    cancelTick = null;
    runDue().then(
      () => tickAfter(TICK_MS),
      () => tickAfter(TROUBLE_MS),
    );
  }

  function runDue(): Promise<void> {
    turn ??= untilIdle().finally(() => (turn = null));
    return turn;
  }

  async function untilIdle(): Promise<void> {
    let sending: Promise<void> | null = null;
    let settled = 0;
    let failure: { error: unknown } | null = null;
    const send = () =>
      outbox
        .performDue()
        .then((count) => void (settled = count), (error: unknown) => void (failure = { error }))
        .finally(() => (sending = null));
    try {
      while (mayGoOn()) {
        const worked = work();
        if (worked) {
          // Mail leaves beside the work; both take turns on the one connection.
          sending ??= send();
          await nextTurn();
        } else {
          settled = 0;
          await waitFor((sending ??= send()));
          if (sending === null && settled === 0 && failure === null && !work()) break;
        }
        if (failure !== null) throw (failure as { error: unknown }).error;
      }
      trouble = null;
    } catch (error) {
      if (String(error) !== String(trouble)) failed(error);
      trouble = error;
      throw error;
    } finally {
      // When everything stops, the outbox itself ends what is on its way.
      if (sending !== null && !isStopping) await sending;
    }
  }

  /** While mail is on its way, whoever wakes the runner does not wait for it. */
  async function waitFor(sending: Promise<void>): Promise<void> {
    let cancel: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => {
      ring = resolve;
      cancel = clock.after(TICK_MS, resolve);
    });
    await Promise.race([sending, woken]);
    cancel();
    ring = null;
  }

  return {
    start() {
      if (isTicking) return;
      isTicking = true;
      isStopping = false;
      tickAfter(0);
    },
    async stop() {
      isTicking = false;
      cancelTick?.();
      cancelTick = null;
      isStopping = true;
      ring?.();
      // Whoever asked for the turn hears of its trouble; stopping goes on all the same.
      await turn?.catch(() => undefined);
      isStopping = false;
    },
    wake() {
      ring?.();
      if (isTicking && turn === null) tickAfter(0);
    },
    isRunning: () => isTicking,
    runDue,
    trouble: () => trouble,
  };
}
