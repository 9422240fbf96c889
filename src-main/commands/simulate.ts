// Commands that look ahead: what a flow would do, on a copy of the workspace. Nothing of it reaches the file or anybody.
import { titleOf } from '../../shared/flow/reading.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { refuse } from '../../shared/problem.ts';
import { daysSchema, seedSchema, type SimulationResult } from '../../shared/simulation/simulation.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';
import { assumptionsFrom } from './assumed.ts';
import type { Command, CommandContext } from './command.ts';
import { flowNamed } from './flow-named.ts';

const EVERYBODY: Rule = { kind: 'all', rules: [] };

const simulate: Command = {
  name: 'simulate',
  usage: 'WORKSPACE FLOW --days N [--seed S] [--assume opened=0.3,clicked=0.05] [--everyone | --segment KEY] [--live]',
  help: `Runs a flow for N days on a copy of the workspace, in memory and on a virtual clock. Nothing is sent, nothing is changed.
The draft is simulated as if it were published now; with --live the version that runs. The other flows run along.
Without --everyone and --segment only the flow's own triggers let contacts in.
--assume: shares of those who get a message that do something with it, and the hours after which half of them have: opened, openedHours, clicked, clickedHours, ordered, orderedHours, optedOut. For one message only: welcome.opened=0.5.
--seed: another number, another roll of the dice; the same number gives the same answer.`,
  options: { days: { type: 'string' }, seed: { type: 'string' }, assume: { type: 'string' }, everyone: { type: 'boolean' }, segment: { type: 'string' }, live: { type: 'boolean' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { options } = context;
    const days = wholeNumber(options['days'], daysSchema, '--days') ?? refuse('days-missing', say('Say how many days: --days 30.'), { field: '--days' });
    const seed = wholeNumber(options['seed'], seedSchema, '--seed') ?? 1;
    const assume = assumptionsFrom((options['assume'] as string | undefined) ?? '');
    const segment = options['segment'] as string | undefined;
    if (segment !== undefined && options['everyone'] === true) refuse('two-choices', say('Give either --segment or --everyone, not both.'));
    const who: Rule | null = segment !== undefined ? { kind: 'segment', segment, member: true } : options['everyone'] === true ? EVERYBODY : null;
    const backend = await context.open(context.positionals[0]!);
    const { id } = flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!);
    const { draft, live } = await context.call(backend, 'flows.get', { flow: id });
    const version = options['live'] === true ? 'live' : 'draft';
    const result = await context.call(backend, 'simulations.run', { flow: id, version, who, days, seed, assume });
    context.print(humanResult(result, version === 'live' && live !== null ? live.flow : draft), result);
  },
};

export const simulationCommands: Command[] = [simulate];

/** An option that is a whole number; `undefined` where it was not given. */
function wholeNumber(given: CommandContext['options'][string], schema: typeof daysSchema, option: string): number | undefined {
  if (given === undefined) return undefined;
  const checked = schema.safeParse(/^\d+$/.test(String(given)) ? Number(given) : Number.NaN);
  if (!checked.success) refuse('bad-number', say('{option} must be a whole number from {low} to {high}.', { option, low: schema.minValue ?? 0, high: schema.maxValue ?? 0 }), { field: option });
  return checked.data;
}

function humanResult(result: SimulationResult, flow: Flow): string {
  const { people } = result;
  const title = (id: string) => {
    const step = flow.steps.find((each) => each.id === id);
    return step === undefined ? id : `${id}: ${inEnglish(titleOf(step))}`;
  };
  const width = Math.max(4, ...Object.keys(result.steps).map((id) => title(id).length));
  const sent = result.outcomes.filter(({ state }) => state === 'sent').reduce((sum, { count }) => sum + count, 0);
  return [
    `“${result.name}” (${result.version}), ${instantText(result.from)} to ${instantText(result.until)}, seed ${result.seed}. Simulated: nothing was sent, nothing was changed.`,
    `entered ${people.entered} (of ${people.chosen} chosen, ${people.skipped} kept out), inside ${people.inside}, finished ${people.finished}, exited ${people.exited}, failed ${people.failed}; ${sent} messages`,
    '',
    `${'step'.padEnd(width)}  entered  waiting     sent  stopped`,
    ...Object.entries(result.steps).map(([id, step]) => `${title(id).padEnd(width)}  ${[step.entered, step.waiting, step.sent, step.stopped].map((n) => String(n).padStart(7)).join('  ')}`),
    '',
    ...section('Messages that did not leave', result.outcomes.filter(({ state }) => state !== 'sent').map(({ message, state, reason, count }) => `${message}: ${state}, ${reason ?? 'no reason'}: ${count}`)),
    ...section('How passages ended', result.ends.map(({ reason, count }) => `${reason}: ${count}`)),
    ...section('Messages per day', result.days.filter((day) => day.sent + day.stopped + day.sentByOthers > 0).map((day) => `${day.day}  sent ${day.sent}, stopped ${day.stopped}, opened ${day.opened}, clicked ${day.clicked}, ordered ${day.ordered}; other flows ${day.sentByOthers}`)),
  ].join('\n');
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${heading}:`, ...lines.map((line) => `  ${line}`)];
}
