// Commands that look ahead: what a flow would do, on a copy of the workspace. Nothing of it reaches the file or anybody.
import { readFileSync } from 'node:fs';
import type { Rule } from '../../shared/contacts/rule.ts';
import { parseAttribute, readingFor } from '../../shared/contacts/values.ts';
import { problem, ProblemError, refuse } from '../../shared/problem.ts';
import { checksSchema, type Check } from '../../shared/simulation/checks.ts';
import { publishPreviewPlanSchema } from '../../shared/simulation/publish-preview.ts';
import { daysSchema, seedSchema } from '../../shared/simulation/simulation.ts';
import { say } from '../../shared/text.ts';
import type { Backend } from '../backend.ts';
import { assumedTasks, assumptionsFrom, chosenOutcomes } from './assumed.ts';
import type { Command, CommandContext } from './command.ts';
import { EXISTING_OPTIONS, existingFrom } from './existing-option.ts';
import { backfillFrom } from './live-flows.ts';
import { flowNamed } from './flow-named.ts';
import { segmentNamed } from './rule-option.ts';
import { humanChecks, humanPreview, humanResult, humanTrial, humanWhy } from './simulate-report.ts';
import { withNearest, wrongUsage } from './usage.ts';

const EVERYBODY: Rule = { kind: 'all', rules: [] };

const simulate: Command = {
  name: 'simulate',
  usage: 'WORKSPACE FLOW --days N [--seed S] [--assume opened=0.3,clicked=0.05] [--decide STEP=OUTCOME:0.4]... [--everyone | --segment KEY] [--live]',
  help: `Runs a flow for N days on a copy of the workspace, in memory and on a virtual clock. Nothing is sent, nothing is changed.
The draft is simulated as if it were published now; with --live the version that runs. The other flows run along.
Without --everyone and --segment only the flow's own triggers let contacts in.
It says how many messages leave on each day and from each account, who met the frequency cap, and who got what (--json lists them).
--assume: shares of those who get a message that do something with it, and the hours after which half of them have: opened, openedHours, clicked, clickedHours, ordered, orderedHours, optedOut. For one message only: welcome.opened=0.5.
--decide: the share of the cards of a task that somebody decides so; the rest times out.
--seed: another number, another roll of the dice; the same number gives the same answer.`,
  options: { days: { type: 'string' }, seed: { type: 'string' }, assume: { type: 'string' }, decide: { type: 'string', multiple: true }, everyone: { type: 'boolean' }, segment: { type: 'string' }, live: { type: 'boolean' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { options } = context;
    const days = wholeNumber(options['days'], daysSchema, '--days') ?? wrongUsage('days-missing', say('Say how many days: --days 30.'), { field: '--days' });
    const seed = wholeNumber(options['seed'], seedSchema, '--seed') ?? 1;
    const assume = { ...assumptionsFrom((options['assume'] as string | undefined) ?? ''), tasks: assumedTasks((options['decide'] as string[] | undefined) ?? []) };
    oneOfBoth(options);
    const backend = await context.open(context.positionals[0]!);
    const who = await chosen(context, backend);
    const { id } = flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!);
    const { draft, live } = await context.call(backend, 'flows.get', { flow: id });
    const version = options['live'] === true ? 'live' : 'draft';
    const result = await context.call(backend, 'simulations.run', { flow: id, version, who, days, seed, assume });
    context.print(humanResult(result, version === 'live' && live !== null ? live.flow : draft), result);
  },
};

const tryIt: Command = {
  name: 'try',
  usage: 'WORKSPACE FLOW [--contact EMAIL | --value attribute=value]... [--tag T]... [--opens MESSAGE]... [--clicks MESSAGE]... [--decide STEP=OUTCOME]... [--live]',
  help: `Takes one contact through a flow on a copy of the workspace, waits skipped: every step with its instant, the way taken, and why.
Without --contact the contact is invented, with the values and tags given; it has consented to e-mail.
--opens, --clicks: the contact does that with the message of this key. --decide: what somebody chooses at a task; the others time out. The draft is tried; with --live the version that runs.`,
  options: { contact: { type: 'string' }, value: { type: 'string', multiple: true }, tag: { type: 'string', multiple: true }, opens: { type: 'string', multiple: true }, clicks: { type: 'string', multiple: true }, decide: { type: 'string', multiple: true }, live: { type: 'boolean' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { options } = context;
    const list = (name: string) => (options[name] as string[] | undefined) ?? [];
    const email = options['contact'] as string | undefined;
    if (email !== undefined && (list('value').length > 0 || list('tag').length > 0)) wrongUsage('two-choices', say('--value and --tag are for an invented contact. Leave out --contact, or them.'));
    const backend = await context.open(context.positionals[0]!);
    const { id } = flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!);
    await knownMessages(context, backend, [...list('opens'), ...list('clicks')]);
    const choose = Object.fromEntries([...list('opens'), ...list('clicks')].map((key) => [key, { opened: true, clicked: list('clicks').includes(key) }]));
    const contact = email === undefined ? { values: await invented(context, backend, list('value')), tags: list('tag') } : await contactWith(context, backend, email);
    const result = await context.call(backend, 'simulations.try', { flow: id, version: options['live'] === true ? 'live' : 'draft', contact, choose, decide: chosenOutcomes(list('decide')) });
    context.print(humanTrial(result), result);
  },
};

const preview: Command = {
  name: 'preview',
  usage: 'WORKSPACE FLOW [--days N] [--keep] [--existing [--over 3d]] [--backfill DAYS]',
  help: 'Says what publishing the draft of a flow would mean for the people inside it: who goes on when, who stands at a step that is gone, who would get a message twice.\nBoth versions run on copies of the workspace for N days (7 unless told otherwise), supposing that nobody reacts. Nothing is sent, nothing is changed.\n--keep: as if those inside stayed on the version that they are in.\n--existing: as if those who match its triggers already came in too, at once or evenly over some time (12h, 3d, 2w).\n--backfill: as if those who went past new steps in the last DAYS days went through these alone.',
  options: { days: { type: 'string' }, keep: { type: 'boolean' }, backfill: { type: 'string' }, ...EXISTING_OPTIONS },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const days = wholeNumber(context.options['days'], publishPreviewPlanSchema.shape.days.unwrap(), '--days') ?? 7;
    const existing = existingFrom(context.options);
    const backfill = backfillFrom(context.options['backfill'] as string | undefined);
    const backend = await context.open(context.positionals[0]!);
    const { id, name } = flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!);
    const result = await context.call(backend, 'simulations.previewPublish', { flow: id, days, keep: context.options['keep'] === true, ...(existing !== undefined && { existing }), ...(backfill !== undefined && { backfill }) });
    context.print(humanPreview(name, result), result);
  },
};

const check: Command = {
  name: 'checks',
  usage: 'WORKSPACE [--days N] [--flow FLOW [--everyone | --segment KEY]] [--seed S] [--assume opened=0.3,ordered=0.02] [--set FILE]',
  help: `Looks in a simulation of all live flows whether what must always hold does hold for N days (90 unless told otherwise), and shows somebody for whom it does not.
--flow: its draft runs along, as if it were published now.
--set: first keeps the checks in FILE, a JSON list such as [{"kind":"mostMessages","most":2,"days":7},{"kind":"notToBuyers","message":"offer","days":14},{"kind":"neverAfterOptOut"}].`,
  options: { days: { type: 'string' }, flow: { type: 'string' }, everyone: { type: 'boolean' }, segment: { type: 'string' }, seed: { type: 'string' }, assume: { type: 'string' }, set: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const { options } = context;
    const file = options['set'] as string | undefined;
    const checks = file === undefined ? null : checksFrom(file);
    const plan = { days: wholeNumber(options['days'], daysSchema, '--days') ?? 90, seed: wholeNumber(options['seed'], seedSchema, '--seed') ?? 1, assume: assumptionsFrom((options['assume'] as string | undefined) ?? '') };
    oneOfBoth(options);
    const backend = await context.open(context.positionals[0]!);
    const who = await chosen(context, backend);
    if (checks !== null) await context.call(backend, 'checks.save', { checks });
    const flow = options['flow'] === undefined ? null : flowNamed(await context.call(backend, 'flows.list', {}), options['flow'] as string).id;
    const reports = await context.call(backend, 'simulations.check', { ...plan, who, flow });
    context.print(humanChecks(reports), reports);
  },
};

function checksFrom(file: string): Check[] {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) refuse('checks-not-json', say('{file} is not JSON: {reason}', { file, reason: error.message }), { file });
    refuse('file-missing', say('The checks cannot be read from {file}. Check the path.', { file }), { file });
  }
  const checked = checksSchema.safeParse(read);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.map((part) => (typeof part === 'number' ? `entry ${part + 1}` : String(part))).join(', ');
  refuse('bad-checks', say('{file} is no list of checks ({place}: {reason}). Write it like [{example}]; “checks --help” shows more.', { file, place, reason: issue?.message ?? '', example: '{"kind":"mostMessages","most":2,"days":7}' }), { file });
}

function oneOfBoth(options: CommandContext['options']): void {
  if (options['segment'] !== undefined && options['everyone'] === true) wrongUsage('two-choices', say('Give either --segment or --everyone, not both.'));
}

/** Who is let in at the beginning. */
async function chosen(context: CommandContext, backend: Backend): Promise<Rule | null> {
  const segment = context.options['segment'] as string | undefined;
  if (segment !== undefined) return { kind: 'segment', segment: segmentNamed(await context.call(backend, 'segments.list', { sizes: false }), segment).key, member: true };
  return context.options['everyone'] === true ? EVERYBODY : null;
}

const why: Command = {
  name: 'why',
  usage: 'WORKSPACE FLOW EMAIL MESSAGE',
  help: 'Says why a contact did, or did not, get a message of a flow: the steps taken, what decided, with the values of that time, and by how much it failed.\nMESSAGE is its key. What the history does not tell is said to be not known.',
  positionals: { min: 4, max: 4 },
  async run(context) {
    const [workspace, wanted, email, message] = context.positionals as [string, string, string, string];
    const backend = await context.open(workspace);
    const { id } = flowNamed(await context.call(backend, 'flows.list', {}), wanted);
    const contact = await contactWith(context, backend, email);
    await context.call(backend, 'messages.get', { key: message });
    const result = await context.call(backend, 'simulations.why', { flow: id, contact, message });
    context.print(humanWhy(result), result);
  },
};

export const simulationCommands: Command[] = [simulate, tryIt, preview, check, why];

async function contactWith(context: CommandContext, backend: Backend, email: string): Promise<number> {
  const found = await context.call(backend, 'contacts.find', { email });
  return found?.id ?? refuse('contact-unknown', say('There is no contact with the address {email}.', { email }));
}

/** Refuses a key that no message has, so that nobody waits for a reaction that cannot come. */
async function knownMessages(context: CommandContext, backend: Backend, keys: readonly string[]): Promise<void> {
  const known = (await context.call(backend, 'messages.list', {})).map(({ key }) => key);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined) refuse('message-unknown', withNearest(say('There is no message “{key}”. There are: {known}.', { key: unknown, known: known.slice(0, 30).join(', ') }), unknown, known));
}

/** "points=38": read like a cell of a file. */
async function invented(context: CommandContext, backend: Backend, given: readonly string[]): Promise<Record<string, string | number | boolean | string[] | null>> {
  const attributes = await context.call(backend, 'attributes.list', {});
  const { locale, timeZone, currency } = await context.call(backend, 'settings.get', {});
  return Object.fromEntries(
    given.map((each) => {
      const at = each.indexOf('=');
      const attribute = attributes.find(({ key }) => key === each.slice(0, at));
      if (at < 1 || attribute === undefined) refuse('bad-value', say('"{each}" does not name an attribute. Write --value attribute=value; there are: {names}.', { each, names: attributes.map(({ key }) => key).join(', ') }), { field: '--value' });
      const read = parseAttribute(each.slice(at + 1), attribute, readingFor(locale, timeZone, currency));
      if ('reason' in read) throw new ProblemError(problem('value-unfit', read.reason, { field: attribute.key }));
      const { value } = read;
      return [attribute.key, value !== null && typeof value === 'object' ? [...value] : value];
    }),
  );
}

/** An option that is a whole number; `undefined` where it was not given. */
export function wholeNumber(given: CommandContext['options'][string], schema: typeof daysSchema, option: string): number | undefined {
  if (given === undefined) return undefined;
  const checked = schema.safeParse(typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : Number.NaN);
  if (!checked.success) wrongUsage('bad-number', say('{option} must be a whole number from {low} to {high}.', { option, low: schema.minValue ?? 0, high: schema.maxValue ?? 0 }), { field: option });
  return checked.data;
}
