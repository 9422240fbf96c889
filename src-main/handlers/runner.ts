// Calls about what runs: the state of the runner, the big switch, and the clock where it is a virtual one.
import { ProblemError, refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { isVirtual } from '../clock.ts';
import type { Handlers } from '../dispatch.ts';
import { runUntil } from '../runner/run-until.ts';
import type { Runner } from '../runner/runner.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';

/** Kept in the workspace, so that what the user has stopped stays stopped when the program starts again. */
const STOPPED = 'stoppedByUser';

/** Whether the user has stopped everything in this workspace. */
export function isStoppedByUser(workspace: Workspace): boolean {
  return readSetting<boolean>(workspace, STOPPED) === true;
}

export function runnerHandlers(
  workspace: Workspace,
  runner: Runner,
): Pick<Handlers, 'runner.status' | 'runner.away' | 'runner.comeBack' | 'runner.stopAll' | 'runner.startAll' | 'clock.advance'> {
  return {
    'runner.status': () => runner.status(),
    'runner.away': () => runner.absence.report(),
    'runner.comeBack': ({ choice, spreadHours }) => {
      runner.absence.comeBack(choice, spreadHours);
      workspace.changed('runner', 'counts');
      return null;
    },
    'runner.stopAll': async () => {
      writeSetting(workspace, STOPPED, true);
      recordAudit(workspace, 'user', 'everything-stopped', {});
      await runner.stop();
      workspace.changed('runner');
      return null;
    },
    'runner.startAll': () => {
      if (runner.refused !== null) throw new ProblemError(runner.refused);
      writeSetting(workspace, STOPPED, false);
      recordAudit(workspace, 'user', 'everything-started', {});
      runner.start();
      workspace.changed('runner');
      return null;
    },
    'clock.advance': async ({ to }) => {
      const clock = workspace.clock;
      if (!isVirtual(clock))
        refuse('real-clock', say('Time passes by itself here. Only a host that was started with --virtual-clock can jump ahead.'));
      if (to < clock.now()) refuse('backwards', say('Time cannot go back.'));
      await runUntil(workspace, runner, clock, to);
      workspace.tell({ type: 'clock', now: clock.now() });
      return { now: clock.now() };
    },
  };
}
