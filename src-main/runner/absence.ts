// Notices that the computer slept or was off for long, or that its clock has jumped, and lets nothing happen until a person has
// said what becomes of what fell due meanwhile (FAULTS F14-F17). It compares the clock with when it last looked; wake-up events,
// missing, doubled or late, make no difference.
import type { AwayReport, ReturnChoice } from '../../shared/flow/resuming.ts';
import { DAY, HOUR, MINUTE, type Instant } from '../../shared/time.ts';
import { transaction } from '../store/database.ts';
import { publishedFlows, resumeFlow } from '../store/flows.ts';
import { overdueByFlow, shiftBy, spreadOverdue } from '../store/overdue.ts';
import { readSettings } from '../store/settings.ts';
import { recordAudit, remember, remembered } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';

/** Away for longer than this, with something overdue: a person is asked. A night is not an absence. */
const LONG = DAY;

const LAST_LOOK = 'last-look';
const ABSENCE = 'absence';
const CAME_BACK = 'came-back';

type Away = { from: Instant; to: Instant };

export type Absence = {
  /** Whether everything waits for a person's decision. Looks at the clock; ask before anything is done. */
  isAway(): boolean;
  /** What the person is told; `null` when there is nothing to decide. */
  report(): AwayReport | null;
  /** The decision, for all flows that run. `spreadHours`: over so many hours what is sent leaves (0: at once). Nothing to decide: does nothing. */
  comeBack(choice: ReturnChoice, spreadHours: number): void;
};

/** For simulations and runs in virtual time: time jumps there because it was told to. */
export const NEVER_AWAY: Absence = { isAway: () => false, report: () => null, comeBack: () => undefined };

/** When a person last let things go on after an absence; `null`: never. Gates keep two overdue messages to one person apart. */
export function cameBackAt(workspace: Workspace): Instant | null {
  return remembered<Instant>(workspace, CAME_BACK);
}

export function watchAbsence(workspace: Workspace): Absence {
  const { clock } = workspace;
  let away = remembered<Away>(workspace, ABSENCE);
  let last = remembered<Instant>(workspace, LAST_LOOK) ?? clock.now();
  let saved: Instant | null = null;

  function setAway(found: Away | null): void {
    away = found;
    remember(workspace, ABSENCE, found);
    workspace.changed('runner');
  }

  function looked(now: Instant): void {
    last = now;
    if (saved !== null && Math.abs(now - saved) < MINUTE) return;
    saved = now;
    remember(workspace, LAST_LOOK, now);
  }

  function isAway(): boolean {
    const now = clock.now();
    if (away !== null) {
      if (now >= away.from && now - away.from > LONG) {
        if (now > away.to) away = { ...away, to: now };
        return true;
      }
      // The clock was wrong and has been set right: nothing has happened, nothing has to be decided (F16).
      transaction(workspace.db, () => {
        recordAudit(workspace, 'runner', 'clock-set-back', { from: away!.from, to: away!.to });
        setAway(null);
        looked(now);
      });
      return false;
    }
    if (now - last > LONG && overdueByFlow(workspace, now).flows.length > 0) {
      transaction(workspace.db, () => {
        recordAudit(workspace, 'runner', 'was-away', { from: last, to: now });
        setAway({ from: last, to: now });
      });
      return true;
    }
    looked(now);
    return false;
  }

  return {
    isAway,
    report() {
      if (!isAway() || away === null) return null;
      const { hours } = readSettings(workspace).lateness;
      return { ...away, ...overdueByFlow(workspace, hours === 0 ? 0 : clock.now() - hours * HOUR) };
    },
    comeBack(choice, spreadHours) {
      if (!isAway() || away === null) return;
      const { from, to } = away;
      transaction(workspace.db, () => {
        const now = clock.now();
        const live = publishedFlows(workspace).filter(({ state }) => state === 'live');
        for (const { id } of live) {
          if (choice === 'shift') shiftBy(workspace, id, from);
          else resumeFlow(workspace, id, choice === 'rule' ? null : choice);
        }
        if (choice === 'send' && spreadHours > 0) spreadOverdue(workspace, spreadHours * HOUR);
        recordAudit(workspace, 'user', 'came-back', { from, to, choice, spreadHours });
        remember(workspace, CAME_BACK, now);
        setAway(null);
        looked(now);
      });
      workspace.wake();
    },
  };
}
