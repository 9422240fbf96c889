// Calls about what runs: the state of the runner, the big switch, and the clock where it is a virtual one.
import type { StoppedByUser } from '../../shared/api.ts';
import { ProblemError, refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { isVirtual } from '../clock.ts';
import type { Handlers } from '../dispatch.ts';
import { lookAtPublished } from '../runner/overdue.ts';
import { runUntil } from '../runner/run-until.ts';
import type { OpenOutbox } from '../runner/outbox.ts';
import type { Runner } from '../runner/runner.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';

/** Kept in the workspace, so that what the user has stopped stays stopped when the program starts again. */
const STOPPED = 'stoppedByUser';

/** Whether the user has stopped everything in this workspace: when, and where; `null`: no. */
export function stoppedByUser(workspace: Workspace): StoppedByUser | null {
  return readSetting<StoppedByUser | null>(workspace, STOPPED) ?? null;
}

export function runnerHandlers(
  workspace: Workspace,
  runner: Runner,
  outbox: Pick<OpenOutbox, 'halt' | 'isSending'>,
): Pick<Handlers, 'runner.status' | 'runner.away' | 'runner.comeBack' | 'runner.stopAll' | 'runner.startAll' | 'clock.advance'> {
  return {
    'runner.status': () => ({ ...runner.status(), sending: outbox.isSending(), stopped: stoppedByUser(workspace) }),
    'runner.away': async () => {
      const away = runner.absence.report();
      if (away !== null) await lookAtPublished(workspace, away.from);
      return away && runner.absence.report();
    },
    'runner.comeBack': ({ choice, spreadHours }) => {
      runner.absence.comeBack(choice, spreadHours);
      workspace.changed('runner', 'counts');
      return null;
    },
    'runner.stopAll': async ({ from }) => {
      // Written down first: whatever happens while things come to rest, they stay stopped. Twice is as good as once.
      if (stoppedByUser(workspace) === null) {
        writeSetting(workspace, STOPPED, { at: workspace.clock.now(), from } satisfies StoppedByUser);
        recordAudit(workspace, 'user', 'everything-stopped', { from });
      }
      await Promise.all([runner.stop(), outbox.halt()]);
      workspace.changed('runner');
      return null;
    },
    'runner.startAll': ({ run }) => {
      if (run && runner.refused !== null) throw new ProblemError(runner.refused);
      if (stoppedByUser(workspace) !== null) {
        writeSetting(workspace, STOPPED, null);
        recordAudit(workspace, 'user', 'everything-started', {});
      }
      if (run) runner.start();
      workspace.changed('runner');
      return null;
    },
    'clock.advance': async ({ to }) => {
      const clock = workspace.clock;
      if (!isVirtual(clock))
        refuse('real-clock', say('Time passes by itself here. Only a host that was started with --virtual-clock can jump ahead.'));
      if (stoppedByUser(workspace) !== null) refuse('stopped', say('Everything is stopped in this workspace. Start it again before time goes on.'));
      if (to < clock.now()) refuse('backwards', say('Time cannot go back.'));
      await runUntil(workspace, runner, clock, to);
      workspace.tell({ type: 'clock', now: clock.now() });
      return { now: clock.now() };
    },
  };
}
