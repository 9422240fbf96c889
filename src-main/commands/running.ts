// The commands that stop everything in a workspace at once, and start it again: for machines without a window.
import { inEnglish } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';
import type { Command } from './command.ts';

const stop: Command = {
  name: 'stop',
  usage: 'WORKSPACE',
  help: 'Stops everything in a workspace until “start”: no flow moves and nothing is sent, in the window too.\nWhere the window or “run” has the workspace open, stop it there: Ctrl+C ends a run.',
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    await context.call(backend, 'runner.stopAll', { from: 'commandLine' });
    const { stopped } = await context.call(backend, 'runner.status', {});
    const since = stopped === null ? null : instantText(stopped.at);
    context.print(`Everything is stopped since ${since}. “start” lifts that.`, { stopped: since });
  },
};

const start: Command = {
  name: 'start',
  usage: 'WORKSPACE',
  help: 'Lifts the stop of everything in a workspace. Flows go on when it is opened in the window, or with “run”; paused ones stay paused.',
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const { stopped, sendingPaused } = await context.call(backend, 'runner.status', {});
    await context.call(backend, 'runner.startAll', { run: false });
    const lines = [stopped === null ? 'Nothing was stopped.' : 'Flows go on when the workspace is opened in the window, or with “run”.', ...(sendingPaused === null ? [] : [`Nothing is sent: ${inEnglish(sendingPaused.text)}`])];
    context.print(lines.join('\n'), { stopped: null, wasStopped: stopped === null ? null : instantText(stopped.at) });
  },
};

export const runningCommands: Command[] = [stop, start];
