// Commands about flows: checking and bringing in files, publishing, and who goes in.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { FlowRow } from '../../shared/api.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { readFlowFile } from '../../shared/flow/flow-file.ts';
import { flowJsonSchema } from '../../shared/flow/flow-schema.ts';
import { flowProblems } from '../../shared/flow/problems.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { branchesOf, comparableWays, MOST_COMPARED } from '../../shared/flow/overlap.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { branchLabel } from '../../shared/steps/branch.ts';
import { ProblemError, refuse, type Problem } from '../../shared/problem.ts';
import { RESUME_CHOICES } from '../../shared/flow/resuming.ts';
import { inEnglish, say } from '../../shared/text.ts';
import type { Backend } from '../backend.ts';
import type { Command, CommandContext } from './command.ts';
import { segmentNamed } from './rule-option.ts';
import { EXISTING_OPTIONS, existingFrom } from './existing-option.ts';
import { flowNamed } from './flow-named.ts';
import { backfillFrom, liveFlowCommands, removedFrom } from './live-flows.ts';
import { peopleCommands } from './people.ts';
import { report } from './report.ts';
import { run } from './run.ts';
import { wrongUsage } from './usage.ts';

const check: Command = {
  name: 'flow check',
  usage: 'FILE [--contacts WORKSPACE]',
  help: 'Names everything that is wrong with a flow file, with its step.\nExit code 0: it could be published as it is, in a workspace that has nothing else under the same names.\nWith --contacts also how many contacts of a workspace match more than one way of a branch; they go the first.',
  options: { contacts: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const file = context.positionals[0]!;
    const carried = readFlowFile(readText(file), file);
    const problems = flowProblems(carried.flow, namesFrom(carried)).map((each) => ({ ...each, place: { file, ...each.place } }));
    if (problems.some(({ severity }) => severity === 'error')) throw new ProblemError(...problems);
    const lines = problems.map((each) => `${each.severity}: ${inEnglish(each.text)}`);
    const overlaps = await overlapsIn(context, carried.flow);
    const told = overlaps.map(({ title, count, first }) => `note: ${count} ${count === 1 ? 'contact matches' : 'contacts match'} more than one way of “${title}”; the first takes them: ${first.map((each) => `${each.contact} (${each.ways.join(', ')})`).join('; ')}${count > first.length ? '; …' : ''}`);
    context.print([`${file}: “${carried.flow.name}” can be published.`, ...lines, ...told].join('\n'), { file, name: carried.flow.name, problems: problems.map(plainProblem), overlaps });
  },
};

type StepOverlap = { step: string; title: string; count: number; first: { contact: string; ways: string[] }[] };

/** Of each branch of a flow whom more than one of its ways is open to, among the contacts of the workspace that --contacts names. */
async function overlapsIn(context: CommandContext, flow: Flow): Promise<StepOverlap[]> {
  const workspace = context.options['contacts'] as string | undefined;
  if (workspace === undefined) return [];
  const backend = await context.open(workspace);
  const overlaps: StepOverlap[] = [];
  for (const step of flow.steps) {
    const branches = branchesOf(step);
    const ways = comparableWays(branches).slice(0, MOST_COMPARED);
    if (ways.length < 2) continue;
    const { count, first } = await context.call(backend, 'flows.overlap', { ways });
    const labelOf = (id: string) => branches.flatMap((each, index) => (each.id === id ? [inEnglish(branchLabel(each, index))] : [])).join('');
    if (count > 0) overlaps.push({ step: step.id, title: inEnglish(titleOf(step)), count, first: first.map(({ id, values, ways: met }) => ({ contact: String(values['email'] ?? values['phone'] ?? values['external_id'] ?? `#${id}`), ways: met.map(labelOf) })) });
  }
  return overlaps;
}

const add: Command = {
  name: 'flow add',
  usage: 'WORKSPACE FILE',
  help: 'Brings a flow file into a workspace, as a draft, with the messages, attributes, segments, calendars and topics of consent that it carries.\nNothing runs until it is published.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const [workspace, file] = context.positionals;
    const text = readText(file!);
    const backend = await context.open(workspace!);
    const { id, created } = await context.call(backend, 'flows.importFile', { text, fileName: basename(file!) });
    const { draft } = await context.call(backend, 'flows.get', { flow: id });
    const list = (what: string, keys: string[]) => (keys.length === 0 ? [] : [`New ${what}: ${keys.join(', ')}`]);
    context.print([`Flow ${id}: “${draft.name}” is a draft now. Publish it to start it.`, ...list('messages', created.messages), ...list('attributes', created.attributes), ...list('topics of consent', created.topics)].join('\n'), { id, name: draft.name, created });
  },
};

const publish: Command = {
  name: 'flow publish',
  usage: 'WORKSPACE FLOW [--existing [--over 3d]] [--removed STEP=next|exit|STEP]... [--keep] [--backfill DAYS]',
  help: 'Makes the draft of a flow the version that runs. FLOW is its name or number.\nRefused, with every problem named, while the flow has errors. Only what happens from now on lets contacts in;\nwith --existing also whoever meets its triggers already, at once or evenly over some time (12h, 3d, 2w).\n--removed says what becomes of those at a step that is deleted or switched off: on to the next (the default), out, or to another step.\n--keep leaves everybody inside on the version that they are in until they leave; “people follow” brings them over. Closing date, conditions of entry and priority are the new ones for everybody. Without it they go on in the new one.\n--backfill has those who went past new steps in the last DAYS days go through these alone.',
  options: { ...EXISTING_OPTIONS, removed: { type: 'string', multiple: true }, keep: { type: 'boolean' }, backfill: { type: 'string' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const wanted = existingFrom(context.options);
    const removed = removedFrom(context.options['removed'] as string[] | undefined);
    const backfill = backfillFrom(context.options['backfill'] as string | undefined);
    const { backend, flow } = await openFlow(context);
    const choices = { ...(wanted !== undefined && { existing: wanted }), ...(removed !== undefined && { removed }), ...(backfill !== undefined && { backfill }), keep: context.options['keep'] === true };
    const { version, existing, backfilled, kept, warnings } = await context.call(backend, 'flows.publish', { flow: flow.id, ...choices });
    const also = [
      ...(wanted !== undefined ? [`Contacts who match already and come in: ${existing}.`] : []),
      ...(kept > 0 ? [`Stay on the version before until they leave: ${kept}.`] : []),
      ...(backfill !== undefined ? [`Contacts who went past the new steps and go through them now: ${backfilled}.`] : []),
    ];
    context.print([`“${flow.name}” runs now, as version ${version}.`, ...also, ...warnings.map(({ text }) => `Note: ${inEnglish(text)}`)].join('\n'), { id: flow.id, version, existing, backfilled, kept, warnings: warnings.map(plainProblem) });
  },
};

const pause: Command = {
  name: 'flow pause',
  usage: 'WORKSPACE FLOW',
  help: 'Stops a flow for a while: nobody moves, nobody comes in, nothing of it is sent.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { backend, flow } = await openFlow(context);
    await context.call(backend, 'flows.pause', { flow: flow.id });
    context.print(`“${flow.name}” is paused.`, { id: flow.id, state: 'paused' });
  },
};

const resume: Command = {
  name: 'flow resume',
  usage: 'WORKSPACE FLOW [--overdue rule|send|skip|shift|exit]',
  help: 'Lets a paused flow go on.\n--overdue says what becomes of what fell due meanwhile: rule (each step decides by its rule for late\nmessages; this is the default), send (all of it leaves now), skip (messages are left out, people go on), shift (everything waits as\nmuch longer as the pause took) or exit (whoever is overdue leaves the flow).',
  options: { overdue: { type: 'string' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { backend, flow } = await openFlow(context);
    const overdue = RESUME_CHOICES.find((each) => each === (context.options['overdue'] ?? 'rule'));
    if (overdue === undefined) wrongUsage('no-such-choice', say('--overdue is one of: {choices}.', { choices: RESUME_CHOICES.join(', ') }));
    await context.call(backend, 'flows.resume', { flow: flow.id, overdue });
    context.print(`“${flow.name}” goes on.`, { id: flow.id, state: 'live' });
  },
};

const exportFile: Command = {
  name: 'flow export',
  usage: 'WORKSPACE FLOW [FILE]',
  help: 'Writes the draft of a flow, with all that it refers to, as a flow file. Without FILE it goes to standard output.\nNever overwrites a file.',
  positionals: { min: 2, max: 3 },
  async run(context) {
    const { backend, flow } = await openFlow(context);
    const { text } = await context.call(backend, 'flows.exportFile', { flow: flow.id });
    const target = context.positionals[2];
    if (target === undefined) return context.print(text, JSON.parse(text));
    const file = resolve(target);
    try {
      writeFileSync(file, text, { flag: 'wx' });
    } catch (error) {
      unwritable(file, error);
    }
    context.print(`“${flow.name}” is in ${file}.`, { id: flow.id, file });
  },
};

const list: Command = {
  name: 'flow list',
  usage: 'WORKSPACE',
  help: 'Lists the flows of a workspace, with who is inside, and how many of these are still on an earlier version.',
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const flows = await context.call(backend, 'flows.list', {});
    const line = ({ id, name, state, liveVersion, entered, inside, kept, problems }: FlowRow) =>
      `${String(id).padStart(4)}  ${state.padEnd(8)}  ${liveVersion === null ? '  -' : `v${liveVersion}`.padStart(3)}  entered ${entered}, inside ${inside}${kept > 0 ? ` (${kept} on earlier versions)` : ''}${problems > 0 ? `, ${problems} to fix` : ''}  ${name}`;
    const over = flows.some(({ kept }) => kept > 0) ? ['“people follow WORKSPACE FLOW” brings those on earlier versions over to the one that runs.'] : [];
    context.print(flows.length === 0 ? 'There are no flows yet.' : [...flows.map(line), ...over].join('\n'), flows.map((flow) => ({ ...flow, halted: flow.halted && plainProblem(flow.halted) })));
  },
};

const schema: Command = {
  name: 'schema flow',
  usage: '',
  help: 'Prints the JSON Schema of a flow file, made from the very definitions that the program runs by.',
  positionals: { min: 0, max: 0 },
  async run(context) {
    const document = flowJsonSchema();
    context.print(JSON.stringify(document, null, 2), document);
  },
};

const enroll: Command = {
  name: 'enroll',
  usage: 'WORKSPACE FLOW [--segment S | --contact EMAIL]...',
  help: 'Takes contacts into a running flow by hand, as far as its entry policy and its audience let them in.\nWithout --segment and --contact: all contacts.',
  options: { segment: { type: 'string' }, contact: { type: 'string', multiple: true } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { backend, flow } = await openFlow(context);
    const emails = context.options['contact'] as string[] | undefined;
    const segment = context.options['segment'] as string | undefined;
    if (emails !== undefined && segment !== undefined) wrongUsage('two-choices', say('Give either --segment or --contact, not both.'));
    const everybody: Rule = { kind: 'all', rules: [] };
    const rule: Rule = segment === undefined ? everybody : { kind: 'segment', segment: segmentNamed(await context.call(backend, 'segments.list', { sizes: false }), segment).key, member: true };
    const contacts = emails === undefined ? null : await Promise.all(emails.map((email) => contactByEmail(context, backend, email)));
    const result = await context.call(backend, 'flows.enroll', { flow: flow.id, contacts, rule: contacts === null ? rule : null });
    context.print(`Taken in: ${result.enrolled}. Not taken in, because they are or were inside, or do not belong to the audience: ${result.skipped}.`, result);
  },
};

export const flowCommands: Command[] = [check, add, publish, pause, resume, exportFile, list, schema, enroll, ...peopleCommands, ...liveFlowCommands, run, report];

async function openFlow(context: CommandContext): Promise<{ backend: Backend; flow: FlowRow }> {
  const backend = await context.open(context.positionals[0]!);
  return { backend, flow: flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!) };
}

async function contactByEmail(context: CommandContext, backend: Backend, email: string): Promise<number> {
  const found = await context.call(backend, 'contacts.find', { email });
  return found?.id ?? refuse('contact-unknown', say('There is no contact with the address {email}. Nobody was taken in.', { email }));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    refuse('file-missing', say('{file} cannot be read ({reason}). Check the path.', { file, reason: codeOf(error) }), { file });
  }
}

function unwritable(file: string, error: unknown): never {
  if (codeOf(error) === 'EEXIST') refuse('file-exists', say('{file} already exists. Choose another name; nothing was changed.', { file }), { file });
  refuse('file-unwritable', say('{file} cannot be written ({reason}). Check the folder.', { file, reason: codeOf(error) }), { file });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function plainProblem({ code, severity, text, place }: Problem) {
  return { code, severity, message: inEnglish(text), ...(place === undefined ? {} : { place }) };
}
