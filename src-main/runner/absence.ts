// Notices that the computer slept or was off for long, or that its clock has jumped, and lets nothing happen until a person has
// said what becomes of what fell due meanwhile, or that the clock is right (FAULTS F14-F17). It compares the clock with when it
// last looked; wake-up events, missing, doubled or late, make no difference.
import type { AwayReport, ReturnChoice } from '../../shared/flow/resuming.ts';
import { DAY, HOUR, MINUTE, type Instant } from '../../shared/time.ts';
import { transaction } from '../store/database.ts';
import { publishedFlows, resumeFlow } from '../store/flows.ts';
import { overdueByFlow, shiftBy, spreadOverdue } from '../store/overdue.ts';
import { listRecipes } from '../store/recipes.ts';
import { retentionRule } from '../store/retention.ts';
import { readSettings } from '../store/settings.ts';
import { recordAudit, remember, remembered } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';

/** Away for longer than this, with something overdue: a person is asked. A night is not an absence. */
const LONG = DAY;
/** Longer than any holiday: a clock that has come so far is believed when a person says so, also where nothing is overdue. */
const UNBELIEVABLE = 31 * DAY;

const LOOKED = 'clock-looked';
const ABSENCE = 'absence';
const CAME_BACK = 'came-back';

/** `before`: where the clock stood when it went back, and what it showed then; coming there again is no jump. */
type Look = { at: Instant; before: { until: Instant; since: Instant } | null };
/** `clock`: it is in doubt whether the clock is right. */
type Away = { from: Instant; to: Instant; clock: boolean };

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

/** When a person last let things go on after an absence; `null`: never. Gates keep two overdue messages to one person apart. What a clock has said that was ahead, and is right again, does not count. */
export function cameBackAt(workspace: Workspace): Instant | null {
  const at = remembered<Instant>(workspace, CAME_BACK);
  return at === null || at > workspace.clock.now() ? null : at;
}

/** Whether something may happen here that nobody does: flows run, contacts are erased when their time is over, files are imported from watched folders. */
function actsByItself(workspace: Workspace): boolean {
  return retentionRule(workspace).months > 0 || publishedFlows(workspace).some(({ state }) => state === 'live') || listRecipes(workspace).some(({ watching }) => watching);
}

/** `asks`: of everything that fell due, or, where there is nobody to ask and the rules of flows decide that, of a clock in doubt alone. */
export function watchAbsence(workspace: Workspace, asks: 'everything' | 'clock' = 'everything'): Absence {
  const { clock } = workspace;
  const left = remembered<Away>(workspace, ABSENCE);
  let away = asks === 'everything' || left?.clock === true ? left : null;
  let last = remembered<Look>(workspace, LOOKED) ?? { at: clock.now(), before: null };
  let saved: Look | null = null;
  /** The last look of this process, by the clock and by how long the computer has been on. */
  let here: { now: Instant; uptime: number } | null = null;

  function setAway(found: Away | null): void {
    away = found;
    remember(workspace, ABSENCE, found);
    workspace.changed('runner');
  }

  function looked(now: Instant): void {
    let { before } = last;
    if (now < last.at) before = { until: Math.max(last.at, before?.until ?? last.at), since: now };
    // Back where it was, or gone on for a day from where it went back to: that is what counts now.
    else if (before !== null && (now >= before.until || now - before.since > LONG)) before = null;
    last = { at: now, before };
    if (saved !== null && Math.abs(now - saved.at) < MINUTE && (saved.before === null) === (before === null)) return;
    saved = last;
    remember(workspace, LOOKED, last);
  }

  /** How far the clock has moved in this process without the computer having been on, or asleep, for as long: somebody has set it. */
  function setBy(now: Instant): number {
    const uptime = clock.uptime?.();
    const ms = here === null || uptime === undefined ? 0 : now - here.now - (uptime - here.uptime);
    here = uptime === undefined ? null : { now, uptime };
    return ms;
  }

  /** An absence that a person must hear of, if it is one; `isSet`: the clock was set meanwhile. */
  function absenceSince(from: Instant, now: Instant, isSet: boolean): Away | null {
    if (now - from <= LONG) return null;
    const doubtful = (isSet || now - from > UNBELIEVABLE) && actsByItself(workspace);
    return doubtful || (asks === 'everything' && overdueByFlow(workspace, now).flows.length > 0) ? { from, to: now, clock: doubtful } : null;
  }

  function isAway(): boolean {
    const now = clock.now();
    const isSet = setBy(now) > LONG;
    if (away !== null) {
      // The clock was wrong and has been set right: nothing has happened, nothing has to be decided (F16).
      const isRight = now < away.from || now - away.from <= LONG || (now < away.to - LONG && absenceSince(away.from, now, false) === null);
      if (!isRight) {
        if (now > away.to) away = { ...away, to: now };
        return true;
      }
      transaction(workspace.db, () => {
        recordAudit(workspace, 'runner', 'clock-set-back', { from: away!.from, to: away!.to });
        setAway(null);
        looked(now);
      });
      return false;
    }
    const { at, before } = last;
    const found = before !== null && before.until <= now + LONG ? absenceSince(Math.max(at, before.until), now, false) : absenceSince(at, now, isSet);
    if (found === null) {
      looked(now);
      return false;
    }
    transaction(workspace.db, () => {
      recordAudit(workspace, 'runner', 'was-away', { from: found.from, to: now });
      setAway(found);
    });
    return true;
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
