// The command that runs the flows of a workspace: in real time, or on a virtual clock that jumps from one due instant to the next.
import { channelFromTransport, isLoopback } from '../channels/transport.ts';
import { isLoopbackHost } from '../channels/loopback.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { instantText, parseInstant, type Instant } from '../../shared/time.ts';
import type { Backend } from '../backend.ts';
import { systemClock, virtualClock, type VirtualClock } from '../clock.ts';
import { stoppedByUser } from '../handlers/runner.ts';
import { runUntil, runUntilNobodyWaits } from '../runner/run-until.ts';
import type { Runner } from '../runner/runner.ts';
import type { Command, CommandContext } from './command.ts';
import { wrongUsage } from './usage.ts';

/** How often a run that has an end looks whether it is there. */
const LOOK_MS = 200;

export const run: Command = {
  name: 'run',
  usage: 'WORKSPACE [--until INSTANT] [--transport smtp://HOST:PORT | folder:DIR] [--virtual-clock | --clock-is-right]',
  help: `Runs the published flows.
Without --until it goes on until it is told to stop (Ctrl+C). INSTANT is like 2026-12-24T18:00, in the time zone of the workspace, or with an offset.
--transport: where mail goes instead of to the accounts of the workspace.
--virtual-clock: time jumps to whatever is due next, and goes on where the last such run has ended. Mail may then only go to a folder, or to a server on this computer. Without --until it ends when nobody inside a flow waits for a time any more; after a year at the latest.
--clock-is-right: the clock of this computer is right, although it is far ahead of when Kanal last looked. Without it nothing happens then.`,
  options: { until: { type: 'string' }, transport: { type: 'string' }, 'virtual-clock': { type: 'boolean' }, 'clock-is-right': { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const transport = context.options['transport'] as string | undefined;
    const clock = context.options['virtual-clock'] === true ? virtualClock(systemClock.now()) : null;
    if (clock !== null && transport !== undefined && !isLoopback(transport)) farFromHere(transport);
    const backend = await context.open(context.positionals[0]!, { ...(clock === null ? { watchesClock: true } : { clock }), ...(transport !== undefined && { channel: channelFromTransport(transport) }) });
    const { workspace } = backend.current()!;
    if (stoppedByUser(workspace) !== null) refuse('stopped', say('Everything is stopped in this workspace. Lift that with “kanal start”, or in the window.'));
    const until = untilOf(context, await context.call(backend, 'settings.get', {}));
    if (clock === null) await runInRealTime(context, backend, until);
    else {
      if (transport === undefined) await onlyLoopbackAccounts(context, backend);
      await runInVirtualTime(backend, clock, until);
    }
    const { sendingPaused, unknownMessages, heldMessages, failedEnrollments } = await context.call(backend, 'runner.status', {});
    if (sendingPaused !== null) context.progress(`Nothing is sent: ${inEnglish(sendingPaused.text)}`);
    const now = workspace.clock.now();
    const notes = [
      ...(unknownMessages > 0 ? [`Messages that may or may not have been delivered: ${unknownMessages}. They are not sent again; see “outbox” in the window.`] : []),
      ...(heldMessages > 0 ? [`Messages that wait for your decision: ${heldMessages}.`] : []),
      ...(failedEnrollments > 0 ? [`Contacts at a step that failed: ${failedEnrollments}.`] : []),
    ];
    context.print([`Ran until ${instantText(now)}.`, ...notes].join('\n'), { now: instantText(now), unknownMessages, heldMessages, failedEnrollments, sendingPaused: sendingPaused === null ? null : inEnglish(sendingPaused.text) });
  },
};

function untilOf(context: CommandContext, settings: { timeZone: string }): Instant | null {
  const text = context.options['until'] as string | undefined;
  if (text === undefined) return null;
  return parseInstant(text, settings.timeZone) ?? wrongUsage('bad-instant', say('"{text}" is not a moment. Write 2026-12-24T18:00, or 2026-12-24T18:00+01:00.', { text }), { field: '--until' });
}

function farFromHere(transport: string): never {
  refuse('virtual-clock', say('With --virtual-clock mail may go only to a folder or to a server on this computer, and {transport} is neither.', { transport }), { field: '--transport' });
}

async function onlyLoopbackAccounts(context: CommandContext, backend: Backend): Promise<void> {
  const accounts = await context.call(backend, 'accounts.list', {});
  const far = accounts.find(({ host }) => !isLoopbackHost(host));
  if (far !== undefined) {
    refuse('virtual-clock', say('With --virtual-clock nothing may go to {host}, the mail account of this workspace. Say where mail goes instead: --transport folder:DIRECTORY.', { host: far.host }), { field: '--transport' });
  }
}

async function runInVirtualTime(backend: Backend, clock: VirtualClock, until: Instant | null): Promise<void> {
  const { workspace, runner } = backend.current()!;
  if (until === null) await runUntilNobodyWaits(workspace, runner, clock);
  else await runUntil(workspace, runner, clock, until);
}

async function runInRealTime(context: CommandContext, backend: Backend, until: Instant | null): Promise<void> {
  const { workspace, runner } = backend.current()!;
  if (context.options['clock-is-right'] === true) runner.absence.comeBack('rule', 0);
  refuseDoubtfulClock(runner);
  if (until !== null && until <= workspace.clock.now()) {
    await runner.runDue();
    return;
  }
  const told = { toStop: false };
  const stopped = context.untilStopped().then(() => void (told.toStop = true));
  runner.start();
  context.progress(until === null ? 'Running. Ctrl+C stops it.' : `Running until ${instantText(until)}. Ctrl+C stops it.`);
  const isThere = () => told.toStop || runner.absence.isAway() || (until !== null && workspace.clock.now() >= until);
  while (!isThere()) await Promise.race([stopped, new Promise<void>((resolve) => workspace.clock.after(LOOK_MS, resolve))]);
  if (!told.toStop) await runner.runDue();
  await runner.stop();
  refuseDoubtfulClock(runner);
}

/** Nobody can be asked here whether the clock is right: nothing happens until it is said, or the clock is set right (FAULTS F16). */
function refuseDoubtfulClock({ absence }: Runner): void {
  const away = absence.report();
  if (away !== null) {
    const [from, to] = [away.from, away.to].map(instantText) as [string, string];
    refuse('clock-in-doubt', say('The clock of this computer shows {to}, and Kanal last looked at it when it showed {from}. Nothing happens until it is set right. If it is right, say so: --clock-is-right.', { from, to }));
  }
}
