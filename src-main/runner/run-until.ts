// Virtual time: everything that falls due until an instant happens, in order, without anybody waiting for it.
import { DAY, type Instant } from '../../shared/time.ts';
import { isVirtual, type VirtualClock } from '../clock.ts';
import { nextEnrollmentDue } from '../store/enrollments.ts';
import { publishedFlows } from '../store/flows.ts';
import { nextMessageDue } from '../store/outbox.ts';
import { remember, remembered } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';
import type { Runner } from './runner.ts';

const POSITION = 'virtual-clock';

/** Sets a virtual clock to where virtual time has come in this workspace, so that it never goes back. A real clock is left alone. */
export function goOnInVirtualTime(workspace: Workspace): void {
  const { clock } = workspace;
  if (!isVirtual(clock)) return;
  const position = remembered<Instant>(workspace, POSITION);
  if (position !== null) clock.setTo(position);
}

/**
 * Does what is due, jumps to the next due instant, and so on; ends exactly at `until`, or where the clock stands when that
 * is later. The position is committed before anything happens there, so that a killed run goes on from it and never back; not
 * in a copy (`isCopy`), with which nobody goes on.
 */
export async function runUntil(workspace: Workspace, runner: Runner, clock: VirtualClock, until: Instant, isCopy = false): Promise<void> {
  const jump = (to: Instant) => {
    clock.setTo(to);
    if (!isCopy) remember(workspace, POSITION, clock.now());
  };
  for (;;) {
    await runner.runDue();
    const next = runner.nextDueAt(clock.now());
    // What is due already, and yet was not done, waits for something else than time: sending is paused, say.
    if (next === null || next > until) break;
    jump(next);
  }
  if (clock.now() < until) {
    jump(until);
    await runner.runDue();
  }
}

/** Nobody is followed for longer when no end is given: birthdays come round for ever. */
const LONGEST_WAY = 366 * DAY;

/** Does what is due and jumps on, until nobody inside a flow waits for a time any more and no message is planned; a year at the most. */
export async function runUntilNobodyWaits(workspace: Workspace, runner: Runner, clock: VirtualClock): Promise<void> {
  const end = clock.now() + LONGEST_WAY;
  for (;;) {
    await runUntil(workspace, runner, clock, clock.now());
    const live = publishedFlows(workspace).filter(({ state }) => state === 'live');
    const due = [nextEnrollmentDue(workspace, live.map(({ id }) => id)), nextMessageDue(workspace)].filter((each) => each !== null);
    const next = Math.min(...due);
    // What is due now and still there waits for something else than time.
    if (due.length === 0 || next <= clock.now() || next > end) return;
    await runUntil(workspace, runner, clock, next);
  }
}
