// The command that runs a flow over what has really happened, on a copy of the workspace.
import { seedSchema } from '../../shared/simulation/simulation.ts';
import type { BacktestMoment, BacktestResult } from '../../shared/simulation/backtest.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { atLocal, instantText, isDate, type Instant } from '../../shared/time.ts';
import { assumptionsFrom } from './assumed.ts';
import type { Command } from './command.ts';
import { flowNamed } from './flow-named.ts';
import { wholeNumber } from './simulate.ts';
import { section } from './simulate-report.ts';
import { wrongUsage } from './usage.ts';

export const backtestCommand: Command = {
  name: 'backtest',
  usage: 'WORKSPACE FLOW [--from DATE] [--until DATE] [--seed S] [--assume opened=0.3,clicked=0.05] [--live]',
  help: `Runs a flow over what has really happened: a copy of the workspace is put back to a past day, and everything on record (orders, events, changes, imports) happens again, in virtual time, with the flow in it. Nothing is sent, nothing is changed.
It says how many would have come in and what they would have been sent, what consent, the frequency cap and quiet hours would have stopped, and how many had ordered already when a message was due. What the record cannot tell is said at the end.
The draft is tested; with --live the version that runs. Only this flow acts; what other flows really sent counts for the frequency cap.
--from, --until: days such as 2025-11-22, or instants such as 2025-11-22T09:00:00Z. Without --from a year back, or from where the record begins; without --until up to now.
--assume: what people would have done with messages that they never had (opened, clicked, optedOut and the hours; see simulate). Without it: nothing. Orders are the real ones.
--seed: another number, another roll of the dice; the same number gives the same answer.`,
  options: { from: { type: 'string' }, until: { type: 'string' }, seed: { type: 'string' }, assume: { type: 'string' }, live: { type: 'boolean' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { options } = context;
    const seed = wholeNumber(options['seed'], seedSchema, '--seed') ?? 1;
    const assume = assumptionsFrom((options['assume'] as string | undefined) ?? '');
    const backend = await context.open(context.positionals[0]!);
    const { timeZone } = await context.call(backend, 'settings.get', {});
    const { id } = flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!);
    const result = await context.call(backend, 'simulations.backtest', { flow: id, version: options['live'] === true ? 'live' : 'draft', from: instantOf(options['from'], '--from', timeZone), until: instantOf(options['until'], '--until', timeZone), seed, assume });
    context.print(humanBacktest(result), result);
  },
};

/** A day begins at midnight in the workspace's zone. */
function instantOf(given: unknown, option: string, zone: string): Instant | null {
  if (typeof given !== 'string') return null;
  const at = isDate(given) ? atLocal(given, '00:00', zone) : /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isFinite(at) ? at : wrongUsage('bad-date', say('{option} must be a day such as 2026-03-31, or an instant such as 2026-03-31T09:00:00Z.', { option }), { field: option });
}

function humanBacktest(result: BacktestResult): string {
  const { people, history, messages } = result;
  const sent = messages.reduce((sum, each) => sum + each.sent, 0);
  return [
    `“${result.name}” (${result.version}) over what happened from ${instantText(result.from)} to ${instantText(result.until)}. Tested on a copy: nothing was sent, nothing was changed.`,
    `On record: ${history.contacts} contacts at the beginning and ${history.contactsLater} who came later, ${history.events} events, ${history.orders} orders.`,
    `It would have let in ${people.contacts} contacts (${people.entered} passages) and sent ${sent} messages; inside at the end ${people.inside}, finished ${people.finished}, exited ${people.exited}, failed ${people.failed}.`,
    '',
    ...section('Messages', messages.map(({ message, step, due, sent: left, bought }) => `${message} (${step}): due ${due}, sent ${left}; ${bought} had already ordered when it was due`)),
    ...section('Messages that did not leave', result.outcomes.filter(({ state }) => state !== 'sent').map(({ message, state, reason, count }) => `${message}: ${state}, ${reason ?? 'no reason'}: ${count}`)),
    ...section('Messages that had to wait', result.putOff.map(({ reason, count }) => `${reason}: ${count}`)),
    ...section('How passages ended', result.ends.map(({ reason, count }) => `${reason}: ${count}`)),
    ...section('Messages per day', result.days.filter((day) => day.entered + day.sent + day.stopped > 0).map((day) => `${day.day}  entered ${day.entered}, sent ${day.sent}, stopped ${day.stopped}, opened ${day.opened}, clicked ${day.clicked}; other flows ${day.sentByOthers}`)),
    ...result.samples.flatMap(({ contact, email, timeline, cutOff }) => section(email ?? `contact ${contact}`, [...timeline.map(momentText), ...(cutOff ? ['...'] : [])])),
    ...section('What this cannot tell', result.limits.map(inEnglish)),
  ].join('\n');
}

function momentText({ at, kind, name, detail }: BacktestMoment): string {
  return `${instantText(at)}  ${kind} ${name}${detail === null ? '' : `: ${detail}`}`;
}
