// Runs the flows of a workspace: takes what is due, advances it, saves it.
import type { RunnerStatus } from '../../shared/api.ts';
import { problem, ProblemError, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import { stopwatch } from '../clock.ts';
import { messagesToDecide } from '../store/counts.ts';
import { changesSoFar, isDatabaseTrouble, transaction } from '../store/database.ts';
import { failedEnrollments, nextEnrollmentDue } from '../store/enrollments.ts';
import { LeaseLost } from '../store/lease.ts';
import { publishedFlows } from '../store/flows.ts';
import { troubleOf } from '../store/trouble.ts';
import { nextWaitingEntry } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';
import { closeFlows, nextClosing } from './closing.ts';
import { NEVER_AWAY, watchAbsence, type Absence } from './absence.ts';
import { endDrained } from './draining.ts';
import { createDateWatch } from './date-watch.ts';
import { lookAtGoals, nextGoalLook } from './goal-watch.ts';
import { takeFromLine } from './entering.ts';
import { followed, type Followed } from './following.ts';
import { hasUnreadEvents, readEvents } from './event-triggers.ts';
import { keepMemberships, nextMembershipLook } from './memberships.ts';
import type { Outbox } from './outbox.ts';
import { publishedOrError, type Published } from './published.ts';
import { keepRetention, nextRetention } from './retaining.ts';
import { goOnInVirtualTime } from './run-until.ts';
import { createScheduler } from './scheduler.ts';
import { doorProblem } from './unaskable.ts';
import { advanceDue, type Observe } from './wave.ts';

export type Runner = {
  /** Begins to tick. */
  start(): void;
  /** Stops after the batch at hand. */
  stop(): Promise<void>;
  /** Something may be due now. */
  wake(): void;
  status(): Omit<RunnerStatus, 'stopped' | 'sending'>;
  /** Does everything that is due now (events, enrollments, messages), until nothing is left for this instant. */
  runDue(): Promise<void>;
  /** When something is due next, or next after an instant; `null`: never, as things stand. */
  nextDueAt(after?: Instant): Instant | null;
  /** Why flows do not run where this workspace lies; `null`: they do. */
  refused: Problem | null;
  /** Whether it waits for a person after a long absence. */
  absence: Absence;
};

/** How much work one transaction should be: others wait no longer than this (DESIGN 4). */
const BATCH_MS = 10;
const SMALLEST_BATCH = 20;
const LARGEST_BATCH = 2000;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}

const CLOCK = problem('away', say('The clock of this computer is far ahead of when Kanal last looked. Nothing happens until you have said that it is right, or have set it right.'));
const AWAY = problem('away', say('Kanal was not running for a while, and things fell due. Nothing happens until you have said what becomes of them.'));

/** The live versions, by flow. */
function byId(flows: readonly Followed[]): Map<number, Published> {
  return new Map(flows.map(({ live }) => [live.flowId, live]));
}

/** How often windows are told at the most that counts have changed. */
const TELL_MS = 300;

/**
 * `asksAfterAbsence`: there is somebody to ask what becomes of what fell due while the computer slept; 'clock': only whether the clock is right. `refused`: why flows must
 * not run where this workspace lies. For simulations: `batch`, always so many at once, so that nothing depends on how fast the
 * computer is; `observe` sees every step taken.
 */
export type RunnerOptions = { asksAfterAbsence?: boolean | 'clock'; refused?: Problem | null; batch?: number; observe?: Observe };

/**
 * Runs the published flows of an open workspace; messages go through the outbox. Nothing moves before `start` or `runDue`. A
 * virtual clock is set to where virtual time has come in this workspace.
 */
export function createRunner(workspace: Workspace, outbox: Outbox, options: RunnerOptions = {}): Runner {
  goOnInVirtualTime(workspace);
  const { refused = null } = options;
  let batch = options.batch ?? 200;
  let cancelTelling: (() => void) | null = null;
  /** When there was nothing to do, and how much had been written by then. */
  let idle: { at: Instant; changes: number } | null = null;
  /** The first live flow that cannot run, if there is one. */
  let broken: Problem | null = null;

  const dates = createDateWatch(workspace);
  const { asksAfterAbsence = false } = options;
  const absence = asksAfterAbsence === false ? NEVER_AWAY : watchAbsence(workspace, asksAfterAbsence === 'clock' ? 'clock' : 'everything');
  const sending = { performDue: () => (absence.isAway() ? Promise.resolve(0) : outbox.performDue(() => !absence.isAway())) };
  const scheduler = createScheduler(workspace.clock, sending, work, (error) => {
    // The disk's trouble is the user's to mend and told in the status; anything else is a bug.
    if (!isDatabaseTrouble(error)) workspace.log?.('The runner could not go on', error);
    if (error instanceof LeaseLost) void scheduler.stop();
  });

  /** One batch of whatever comes first: events beat waits that end at the same instant (FEATURES D25). */
  function work(): boolean {
    if (absence.isAway()) return false;
    const at = workspace.clock.now();
    // Every turn ends by asking twice; within an instant in which nothing was written there is still nothing to do.
    if (idle?.at === at && idle.changes === changesSoFar(workspace.db)) return false;
    const worked = keepRetention(workspace) || keepMemberships(workspace) || readEvents(workspace) || workOn(followedFlows());
    if (worked) tellSoon();
    idle = worked ? null : { at, changes: changesSoFar(workspace.db) };
    return worked;
  }

  /** What follows from the flows as they are now: as soon as one thing was done, they may be others. */
  function workOn(flows: readonly Followed[]): boolean {
    const live = byId(flows);
    return closeFlows(workspace, live) || endDrained(workspace) || lookAtGoals(workspace, flows) || takeFromLine(workspace, live) || dates.work(live) || advanceBatch(live);
  }

  function advanceBatch(live: ReadonlyMap<number, Published>): boolean {
    const elapsed = stopwatch();
    // Without the wait for the disk at the end: it is as long for fewer people, and a slow disk would be asked only more often.
    const [moved, worked] = transaction(workspace.db, () => [advanceDue(workspace, live, batch, options.observe), elapsed()] as const);
    // A small batch says little about a full one.
    if (options.batch === undefined && moved >= batch / 2) batch = Math.round(Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, batch / 2, Math.min(batch * 2, (batch * BATCH_MS) / Math.max(0.1, worked)))));
    return moved > 0;
  }

  /** Those that run, with the earlier versions that people follow. One that cannot run is told in the status, and does not stop the others. */
  function followedFlows(): Followed[] {
    const flows: Followed[] = [];
    broken = null;
    for (const { id, version, state, kept } of publishedFlows(workspace)) {
      if (state !== 'live') continue;
      const found = publishedOrError(workspace, id, version);
      if (found instanceof Error) broken ??= problem('flow-broken', say('Flow number {id} cannot run in this version of Kanal: {reason}. Correct it and publish it again.', { id: String(id), reason: found.message }));
      else flows.push(followed(workspace, found, kept));
    }
    return flows;
  }

  function tellSoon(): void {
    cancelTelling ??= workspace.clock.after(TELL_MS, tellNow);
  }

  function tellNow(): void {
    cancelTelling?.();
    cancelTelling = null;
    workspace.changed('counts', 'runner');
  }

  function trouble(): Problem | null {
    const error = scheduler.trouble();
    if (refused !== null) return refused;
    if (error instanceof LeaseLost) return troubleOf(error);
    if (error === null) return absence.isAway() ? (absence.report()?.clock === true ? CLOCK : AWAY) : (broken ?? closedDoor());
    return problem('runner-trouble', say('Kanal could not go on: {reason}. It tries again every few seconds; nothing is lost.', { reason: messageOf(error) }));
  }

  /** The first live flow into which nobody can come by itself. */
  function closedDoor(): Problem | null {
    for (const { live: flow } of followedFlows()) {
      const found = doorProblem(workspace, flow);
      if (found !== null) return found;
    }
    return null;
  }

  return {
    start() {
      if (refused === null) scheduler.start();
    },
    wake: scheduler.wake,
    runDue: () => (refused === null ? scheduler.runDue() : Promise.reject(new ProblemError(refused))),
    async stop() {
      await scheduler.stop();
      if (cancelTelling !== null) tellNow();
    },
    status() {
      const { unknown, held } = messagesToDecide(workspace);
      const next = nextDueAt();
      return {
        running: scheduler.isRunning(),
        sendingPaused: trouble() ?? outbox.paused(),
        nextDueAt: next,
        unknownMessages: unknown,
        heldMessages: held,
        failedEnrollments: failedEnrollments(workspace),
        liveFlows: followedFlows().length,
      };
    },
    nextDueAt,
    refused,
    absence,
  };

  function nextDueAt(after?: Instant): Instant | null {
    // Whoever has been overtaken writes nothing any more, not even that it looked at the clock.
    if (scheduler.trouble() instanceof LeaseLost || absence.isAway()) return null;
    const running = followedFlows();
    const live = byId(running);
    const flows = [...live.keys()];
    const candidates = [nextClosing(workspace, live), nextGoalLook(workspace, running), nextWaitingEntry(workspace, flows), hasUnreadEvents(workspace) ? workspace.clock.now() : null, nextEnrollmentDue(workspace, flows), dates.next(live), nextMembershipLook(workspace), nextRetention(workspace), outbox.nextDueAt()];
    const due = candidates.filter((each) => each !== null && (after === undefined || each > after)) as Instant[];
    return due.length === 0 ? null : Math.min(...due);
  }
}
