// Commands about people inside flows: who they are, and what somebody does with them by hand; and the audit of all such acts.
import type { AuditEntry, CallOutput } from '../../shared/api.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import type { Backend } from '../backend.ts';
import type { Command, CommandContext } from './command.ts';
import { flowNamed } from './flow-named.ts';
import { removedFrom } from './live-flows.ts';
import { textOption } from './import-options.ts';
import { withNearest, wrongUsage } from './usage.ts';

const STATES = ['inside', 'active', 'held', 'failed', 'left', 'finished', 'exited'] as const;
/** Those who are to come in later: they stand at no step. */
const LINE = 'line';
const SELECTED = '[--step STEP] [--contact EMAIL]...';
const selection = { step: { type: 'string' }, contact: { type: 'string', multiple: true } } as const;

const list: Command = {
  name: 'people list',
  usage: `WORKSPACE FLOW [--step STEP] [--state ${[...STATES, LINE].join('|')}] [--limit N]`,
  help: 'Lists who is inside a flow, who is due first coming first; or who has left, the last one coming first. FLOW is its name or number.\n--state line: who is to come in later, with their place in the line and since when they stand there.',
  options: { step: { type: 'string' }, state: { type: 'string' }, limit: { type: 'string' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { backend, flow } = await openFlow(context);
    const asked = (context.options['state'] as string | undefined) ?? 'inside';
    if (asked === LINE) return listLine(context, backend, flow);
    const state = STATES.find((each) => each === asked) ?? wrongUsage('state-unknown', withNearest(say('There is no state {state}. Choose one of: {states}.', { state: asked, states: [...STATES, LINE].join(', ') }), asked, [...STATES, LINE]));
    const step = stepOption(context);
    const found = await context.call(backend, 'enrollments.list', { flow, step, state, limit: numberOption(context, 'limit', 100) });
    const lines = found.rows.map((each) => `${String(each.enrollment).padStart(6)}  ${each.state.padEnd(8)}  ${(each.stepId ?? '-').padEnd(16)}  ${each.email ?? `contact ${each.contact}`}${notes(each)}`);
    const { inLine } = await context.call(backend, 'flows.counts', { flow });
    const later = inLine === 0 ? [] : [`${inLine} in line to come in later: “people list ... --state ${LINE}” shows them.`];
    context.print([`${found.total} in all.`, ...lines, ...later].join('\n'), { ...found, inLine, rows: found.rows.map((each) => ({ ...each, stepName: each.stepName && inEnglish(each.stepName) })) });
  },
};

async function listLine(context: CommandContext, backend: Backend, flow: number): Promise<void> {
  if (context.options['step'] !== undefined) refuse('line-step', say('Who stands in line is at no step yet. Leave out --step.'));
  const found = await context.call(backend, 'line.list', { flow, limit: numberOption(context, 'limit', 100) });
  const lines = found.rows.map(({ place, email, contact, key, since, dueAt }) => {
    const when = dueAt === null ? 'comes in when out' : `comes in ${iso(dueAt)}`;
    return `${String(place).padStart(6)}  ${email ?? `contact ${contact}`}  (since ${iso(since)}, ${when}${key === '' ? '' : `, key ${key}`})`;
  });
  context.print([`${found.total} in line.`, ...lines].join('\n'), found);
}

function notes({ dueAt, leftAt, exitReason, failure, keptVersion }: CallOutput<'enrollments.list'>['rows'][number]): string {
  const parts = [keptVersion === null ? '' : `version ${keptVersion}`, dueAt === null ? '' : `due ${iso(dueAt)}`, leftAt === null ? '' : `left ${iso(leftAt)}`, exitReason ?? '', failure ?? ''].filter((part) => part !== '');
  return parts.length === 0 ? '' : `  (${parts.join(', ')})`;
}

type Result = { done: number; skipped: number };
type ActOnPeople = Pick<Command, 'name' | 'help'> & {
  /** What follows the words for who is meant, and its options. */
  further?: string;
  options?: Command['options'];
  /** Looks at the options, before anything is opened, and answers what is done. */
  act(context: CommandContext): (backend: Backend, who: Who) => Promise<Result>;
};

/** A command that does something with people inside a flow: all of them, those at a step, or some by their address. */
function actOnPeople({ name, help, further, options, act }: ActOnPeople): Command {
  return {
    name,
    usage: `WORKSPACE FLOW ${SELECTED}${further === undefined ? '' : ` ${further}`}`,
    help,
    options: { ...selection, ...options },
    positionals: { min: 2, max: 2 },
    async run(context) {
      const perform = act(context);
      const { backend, who } = await chosen(context);
      const result = await perform(backend, who);
      context.print(doneText(result), result);
    },
  };
}

const move = actOnPeople({
  name: 'people move',
  further: '--to STEP',
  help: 'Puts people inside a flow at another step of it, where they are due at once. What was planned to be sent from where they stood is cancelled.',
  options: { to: { type: 'string' } },
  act(context) {
    const to = textOption(context.options, 'to') ?? wrongUsage('step-missing', say('Say with --to at which step they go on.'));
    return (backend, who) => context.call(backend, 'enrollments.move', { ...who, to });
  },
});

const skip = actOnPeople({
  name: 'people skip',
  further: '[--outlet OUTLET]',
  help: 'Lets people who wait go on as if the wait were over: by the given way out, or by that of the time-out.',
  options: { outlet: { type: 'string' } },
  act: (context) => (backend, who) => context.call(backend, 'enrollments.skip', { ...who, outlet: textOption(context.options, 'outlet') ?? null }),
});

const restart = actOnPeople({
  name: 'people restart',
  help: 'Takes people out and in again from the first step, as a passage of its own.',
  act: (context) => (backend, who) => context.call(backend, 'enrollments.restart', who),
});

const remove: Command = {
  name: 'people remove',
  usage: `WORKSPACE FLOW ${SELECTED} [--reason TEXT]`,
  help: 'Takes people out of a flow, and out of the line to come into it. Nothing more is sent to them from it.',
  options: { ...selection, reason: { type: 'string' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const { backend, flow } = await openFlow(context);
    const emails = context.options['contact'] as string[] | undefined;
    const contacts = emails === undefined ? null : await Promise.all(emails.map((email) => inFlowOrLine(context, backend, flow, email)));
    const who: Who = { flow, enrollments: contacts?.flatMap((each) => each.enrollments) ?? null, step: stepOption(context) };
    // Whoever stands in line is at no step.
    const entries = who.step === null ? (contacts?.flatMap((each) => each.entries) ?? []) : [];
    const { removed } = entries.length === 0 ? { removed: 0 } : await context.call(backend, 'line.remove', { flow, entries });
    // Whoever stood in line alone is in no step from which to take them.
    const isInLineOnly = entries.length > 0 && who.enrollments!.length === 0;
    const result = isInLineOnly ? { done: 0, skipped: 0 } : await context.call(backend, 'enrollments.remove', { ...who, reason: (context.options['reason'] as string | undefined) ?? '' });
    const parts = [...(isInLineOnly ? [] : [doneText(result)]), ...(removed > 0 ? [`Out of the line: ${removed}.`] : [])];
    context.print(parts.join(' '), { ...result, removed });
  },
};

const retry = actOnPeople({
  name: 'people retry',
  help: 'Has the step run again at which people failed. Without --step and --contact: for all who failed.',
  act: (context) => (backend, who) => context.call(backend, 'enrollments.retry', who),
});

const follow = actOnPeople({
  name: 'people follow',
  further: '[--removed STEP=next|exit|STEP]...',
  help: 'Brings people who were kept on an earlier version over to the one that is published. They go on at the step where they are; if it is gone or switched off, at the next.\n--removed says otherwise for those at such a step: out of the flow, or on to another step.\nWithout --step and --contact: all of them.',
  options: { removed: { type: 'string', multiple: true } },
  act(context) {
    const removed = removedFrom(context.options['removed'] as string[] | undefined);
    return (backend, who) => context.call(backend, 'enrollments.follow', { ...who, ...(removed !== undefined && { removed }) });
  },
});

/** So many entries are asked for at once. */
const AUDIT_PAGE = 500;

const audit: Command = {
  name: 'audit',
  usage: 'WORKSPACE [--flow FLOW] [--limit N|all] [--before NUMBER]',
  help: 'Says who has changed what, and what the program has decided by itself, the latest first: 100 entries unless told otherwise.\n--before: those that are older than the entry with this number.',
  options: { flow: { type: 'string' }, limit: { type: 'string' }, before: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const wanted = context.options['flow'] as string | undefined;
    const flow = wanted === undefined ? null : flowNamed(await context.call(backend, 'flows.list', {}), wanted).id;
    const limit = context.options['limit'] === 'all' ? Infinity : wholeOption(context, 'limit', 100);
    const entries: AuditEntry[] = [];
    for (let before = context.options['before'] === undefined ? null : wholeOption(context, 'before', 1), more = true; more && entries.length < limit; ) {
      const page = Math.min(AUDIT_PAGE, limit - entries.length);
      const found = await context.call(backend, 'audit.list', { flow, before, limit: page });
      entries.push(...found);
      more = found.length === page;
      before = found.at(-1)?.id ?? before;
    }
    const lines = entries.map(({ id, at, actor, action, details }) => `${String(id).padStart(6)}  ${iso(at)}  ${actor.padEnd(6)}  ${action}  ${JSON.stringify(details)}`);
    const older = entries.length === limit ? [`Older ones: --before ${entries.at(-1)!.id}`] : [];
    context.print(lines.length === 0 ? 'Nothing has been changed yet.' : [...lines, ...older].join('\n'), entries);
  },
};

export const peopleCommands: Command[] = [list, move, skip, restart, remove, retry, follow, audit];

async function openFlow(context: CommandContext): Promise<{ backend: Backend; flow: number }> {
  const backend = await context.open(context.positionals[0]!);
  return { backend, flow: flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!).id };
}

type Who = { flow: number; enrollments: number[] | null; step: string | null };

/** Whom the options mean; a contact who is not inside is refused, so that nobody believes to have moved them. */
async function chosen(context: CommandContext): Promise<{ backend: Backend; who: Who }> {
  const { backend, flow } = await openFlow(context);
  const step = stepOption(context);
  const emails = context.options['contact'] as string[] | undefined;
  const enrollments = emails === undefined ? null : (await Promise.all(emails.map((email) => enrollmentsOf(context, backend, flow, email)))).flat();
  return { backend, who: { flow, enrollments, step } };
}

function stepOption(context: CommandContext): string | null {
  return (context.options['step'] as string | undefined) ?? null;
}

/** All passages of the contact: where each order or shop has its own, there are several. */
async function enrollmentsOf(context: CommandContext, backend: Backend, flow: number, email: string): Promise<number[]> {
  const { enrollments } = await standingOf(context, backend, flow, email);
  return enrollments.length > 0 ? enrollments : refuse('not-inside', say('{email} is not in this flow. Nothing was changed.', { email }));
}

/** Where a contact is inside the flow, and stands in line for it. */
async function standingOf(context: CommandContext, backend: Backend, flow: number, email: string): Promise<{ enrollments: number[]; entries: number[] }> {
  const contact = await context.call(backend, 'contacts.find', { email });
  if (contact === null) refuse('contact-unknown', say('There is no contact with the address {email}. Nothing was changed.', { email }));
  const { flows, lines } = await context.call(backend, 'contacts.get', { id: contact.id });
  const inside = flows.filter((each) => each.flow === flow && each.state !== 'finished' && each.state !== 'exited');
  return { enrollments: inside.map(({ enrollment }) => enrollment), entries: lines.filter((each) => each.flow === flow).map(({ entry }) => entry) };
}

/** The same of somebody who must be one of both. */
async function inFlowOrLine(context: CommandContext, backend: Backend, flow: number, email: string): Promise<{ enrollments: number[]; entries: number[] }> {
  const standing = await standingOf(context, backend, flow, email);
  if (standing.enrollments.length === 0 && standing.entries.length === 0) refuse('not-inside', say('{email} is not in this flow. Nothing was changed.', { email }));
  return standing;
}

function doneText(result: { done: number; skipped: number }): string {
  return `Done for ${result.done}.${result.skipped > 0 ? ` Not possible for ${result.skipped}, who stay where they are.` : ''}`;
}

function numberOption(context: CommandContext, name: string, fallback: number): number {
  const given = context.options[name] as string | undefined;
  if (given === undefined) return fallback;
  return /^\d{1,3}$/.test(given) && Number(given) >= 1 && Number(given) <= 500 ? Number(given) : wrongUsage('number-unfit', say('--{name} takes a whole number from 1 to 500.', { name }));
}

/** A whole number from 1 on. */
function wholeOption(context: CommandContext, name: string, fallback: number): number {
  const given = context.options[name] as string | undefined;
  if (given === undefined) return fallback;
  return /^\d{1,9}$/.test(given) && Number(given) >= 1 ? Number(given) : wrongUsage('number-unfit', say('--{name} takes a whole number from 1 on.', { name }));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
