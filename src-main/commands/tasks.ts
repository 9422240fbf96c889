// Commands about tasks: what waits for a person, and what they decide.
import type { CallOutput } from '../../shared/api.ts';
import type { Task } from '../../shared/contacts/task.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Command } from './command.ts';
import { flowNamed } from './flow-named.ts';
import { withNearest, wrongUsage } from './usage.ts';

const WHICH = ['open', 'overdue', 'done', 'closed', 'settled', 'all'] as const;

const tasks: Command = {
  name: 'tasks',
  usage: `WORKSPACE [--state ${WHICH.join('|')}] [--flow FLOW] [--contact EMAIL]`,
  help: 'Lists the tasks that wait for a person, urgent ones first, then those that are due first; each with its number and its outcomes. With --state also those that are decided or closed.',
  options: { state: { type: 'string' }, flow: { type: 'string' }, contact: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const { options } = context;
    const asked = (options['state'] as string | undefined) ?? 'open';
    const which = WHICH.find((each) => each === asked) ?? wrongUsage('state-unknown', withNearest(say('There is no state {state}. Choose one of: {states}.', { state: asked, states: WHICH.join(', ') }), asked, WHICH));
    const backend = await context.open(context.positionals[0]!);
    const wanted = options['flow'] as string | undefined;
    const flow = wanted === undefined ? null : flowNamed(await context.call(backend, 'flows.list', {}), wanted).id;
    const email = options['contact'] as string | undefined;
    const contact = email === undefined ? null : ((await context.call(backend, 'contacts.find', { email })) ?? refuse('contact-unknown', say('There is no contact with the address {email}.', { email }))).id;
    const found = await context.call(backend, 'tasks.list', { which, flow, contact, limit: 500 });
    context.print(listText(found), found);
  },
};

function listText({ total, rows, counts }: CallOutput<'tasks.list'>): string {
  return [`${total} in all; ${counts.open} open, ${counts.overdue} of them overdue.`, ...rows.map(lineOf)].join('\n');
}

function lineOf({ id, title, contactName, email, contact, priority, dueAt, state, outcome, outcomes, closedReason, flowName }: Task): string {
  const answers = outcomes.length === 0 ? 'done' : outcomes.map((each) => each.id).join('|');
  const stands = state === 'open' ? answers : state === 'done' ? `decided: ${outcome}` : `closed: ${closedReason}`;
  const about = [contactName ?? email ?? `contact ${contact}`, flowName ?? '', dueAt === null ? '' : `due ${new Date(dueAt).toISOString()}`, priority === 'high' ? 'urgent' : ''].filter((part) => part !== '');
  return `${String(id).padStart(6)}  ${title}  (${about.join(', ')})  [${stands}]`;
}

const decide: Command = {
  name: 'decide',
  usage: 'WORKSPACE TASK OUTCOME [--comment TEXT]',
  help: 'Decides a task by its number: OUTCOME is one of those that it lists, or "done" where it has none. Whoever waits for it in a flow goes on that way when the flow runs next.',
  options: { comment: { type: 'string' } },
  positionals: { min: 3, max: 3 },
  async run(context) {
    const [file, number, outcome] = context.positionals as [string, string, string];
    if (!/^\d{1,15}$/.test(number)) wrongUsage('number-unfit', say('“{number}” is not the number of a task. The command “tasks” lists them.', { number }));
    const backend = await context.open(file);
    const id = Number(number);
    await context.call(backend, 'tasks.decide', { id, outcome, comment: (context.options['comment'] as string | undefined) ?? '' });
    context.print(`Task ${id} is decided: ${outcome}.`, { task: id, outcome });
  },
};

export const taskCommands: Command[] = [tasks, decide];
