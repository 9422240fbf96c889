// Commands about flows while people are inside: running them empty, what becomes of those at steps taken away, and who is stuck.
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import type { Command } from './command.ts';
import { flowNamed } from './flow-named.ts';
import { wrongUsage } from './usage.ts';

const drain: Command = {
  name: 'flow drain',
  usage: 'WORKSPACE FLOW [--end pause|archive|go-on]',
  help: 'Lets a flow run empty: nobody comes in any more, those inside finish, then it is paused (the default) or archived.\ngo-on takes that back: people come in again.',
  options: { end: { type: 'string' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const flow = flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!);
    const end = (context.options['end'] as string | undefined) ?? 'pause';
    if (end !== 'pause' && end !== 'archive' && end !== 'go-on') wrongUsage('no-such-choice', say('--end is one of: {choices}.', { choices: 'pause, archive, go-on' }));
    const { inside } = await context.call(backend, 'flows.drain', { flow: flow.id, end: end === 'go-on' ? null : end });
    const sentence = end === 'go-on' ? `“${flow.name}” takes people in again.` : `“${flow.name}” takes nobody in any more. Inside: ${inside}. When the last one has left, it is ${end === 'pause' ? 'paused' : 'archived'}.`;
    context.print(sentence, { id: flow.id, end, inside });
  },
};

const remove: Command = {
  name: 'flow remove',
  usage: 'WORKSPACE FLOW [--confirm]',
  help: 'Removes a draft that was never published; archives a flow that was: whoever is inside leaves at once, and nobody can come in any more. Its figures stay.\nWith people inside it asks for --confirm.',
  options: { confirm: { type: 'boolean' } },
  positionals: { min: 2, max: 2 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const { id, name, inside, liveVersion } = flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!);
    if (inside > 0 && context.options['confirm'] !== true) refuse('people-inside', say('{inside, plural, one {# person is} other {# people are}} inside “{name}” and would leave at once. Add --confirm, or let it run empty with “flow drain”. Nothing was changed.', { inside, name }));
    await context.call(backend, 'flows.remove', { flow: id });
    context.print(liveVersion === null ? `“${name}” is removed.` : `“${name}” is archived.${inside > 0 ? ` Left: ${inside}.` : ''}`, { id, state: liveVersion === null ? 'removed' : 'archived', left: inside });
  },
};

const errors: Command = {
  name: 'errors',
  usage: 'WORKSPACE [--flow FLOW] [--limit N]',
  help: 'Lists the people whose step failed, in all flows or in one, with what the step met, who failed last coming first.\n“people retry”, “people skip”, “people move” and “people remove” deal with them.',
  options: { flow: { type: 'string' }, limit: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const wanted = context.options['flow'] as string | undefined;
    const flow = wanted === undefined ? null : flowNamed(await context.call(backend, 'flows.list', {}), wanted).id;
    const limit = (context.options['limit'] as string | undefined) ?? '100';
    if (!/^\d{1,3}$/.test(limit) || Number(limit) > 500) wrongUsage('number-unfit', say('--{name} takes a whole number from 1 to 500.', { name: 'limit' }));
    const found = await context.call(backend, 'errors.list', { flow, limit: Number(limit) });
    const lines = found.rows.map(({ failedAt, flowName, step, email, contact, error, attempts }) => `${failedAt === null ? '-' : new Date(failedAt).toISOString()}  ${flowName}, ${step}  ${email ?? `contact ${contact}`}  ${error}  (attempts: ${attempts})`);
    const plain = { ...found, rows: found.rows.map((row) => ({ ...row, stepTitle: inEnglish(row.stepTitle) })), steps: found.steps.map((row) => ({ ...row, stepTitle: inEnglish(row.stepTitle) })) };
    context.print(found.total === 0 ? 'Nobody is stuck.' : [found.people === found.total ? `Stuck: ${found.total}.` : `Stuck: ${found.people} (at ${found.total} places).`, ...lines].join('\n'), plain);
  },
};

export const liveFlowCommands: Command[] = [drain, remove, errors];

/** "STEP=next", "STEP=exit" and "STEP=OTHER" as choices. */
export function removedFrom(texts: readonly string[] | undefined): RemovedChoice[] | undefined {
  return texts?.map((text) => {
    const [step, go, ...rest] = text.split('=').map((part) => part.trim());
    if (step === undefined || step === '' || go === undefined || go === '' || rest.length > 0) wrongUsage('choice-unreadable', say('“{text}” is not understood. Write --removed STEP=next, STEP=exit, or STEP=OTHER-STEP.', { text }));
    return { step, go: go === 'next' || go === 'exit' ? go : { to: go } };
  });
}

/** "--backfill 30" as days. */
export function backfillFrom(text: string | undefined): { days: number } | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > 3650) wrongUsage('number-unfit', say('--backfill takes a number of days from 1 to 3650.'));
  return { days: Number(text) };
}
