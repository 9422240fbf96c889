// The command that says what a flow has done: per step, in totals that add up (FAULTS I10).
import type { FlowCounts, FlowDetail, StepCounts } from '../../shared/api.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { inEnglish } from '../../shared/text.ts';
import type { Command } from './command.ts';
import { flowNamed } from './flow-named.ts';

/** Columns of numbers; what is planned has either ended in one of the others, or is still open. */
const COLUMNS = ['entered', 'people', 'waiting', 'planned', 'open', 'sent', 'failed', 'unknown', 'held', 'cancelled'] as const;

type StepReport = StepCounts & { id: string; name: string; open: number; people: number };

const NONE: StepCounts = { entered: 0, waiting: 0, left: {}, planned: 0, sent: 0, failed: 0, unknown: 0, held: 0, cancelled: 0, late: 0, reasons: {} };

export const report: Command = {
  name: 'report',
  usage: 'WORKSPACE FLOW',
  help: 'Says what a flow has done, step by step.\nEntered counts passes: entered = waiting + left, by whichever way. People counts everybody who was there once. Planned messages = open + sent + failed + unknown + held + cancelled; held and cancelled are given by reason, too.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const backend = await context.open(context.positionals[0]!);
    const found = flowNamed(await context.call(backend, 'flows.list', {}), context.positionals[1]!);
    const flow = await context.call(backend, 'flows.get', { flow: found.id });
    const counts = await context.call(backend, 'flows.counts', { flow: found.id });
    const { steps: _, kept: earlier, ...people } = counts;
    const kept = earlier.map(({ steps: at, ...each }) => ({ ...each, steps: at.map(({ title, ...rest }) => ({ ...rest, name: inEnglish(title) })) }));
    const steps = stepReports(flow, counts, await context.call(backend, 'flows.people', { flow: found.id }));
    const total = Object.fromEntries(COLUMNS.filter((column) => column !== 'entered' && column !== 'people' && column !== 'waiting').map((column) => [column, steps.reduce((sum, step) => sum + step[column], 0)]));
    const document = { id: found.id, name: found.name, state: flow.state, version: flow.live?.version ?? null, people, kept, messages: total, steps };
    context.print(humanReport(document.name, people, kept, steps), document);
  },
};

/** The steps in the order of the flow, then those that are not in it any more but have a history. */
function stepReports(flow: FlowDetail, counts: FlowCounts, people: Readonly<Record<string, number>>): StepReport[] {
  const shown = flow.live?.flow ?? flow.draft;
  const names = new Map(shown.steps.map((step) => [step.id, inEnglish(titleOf(step))]));
  const gone = Object.keys(counts.steps).filter((id) => !names.has(id));
  const earlier = new Map(counts.kept.flatMap(({ version, steps }) => steps.map(({ step, title }): [string, string] => [step, `${inEnglish(title)} (version ${version})`])));
  return [...names, ...gone.map((id): [string, string] => [id, earlier.get(id) ?? '(removed)'])].map(([id, name]) => {
    const step = counts.steps[id] ?? NONE;
    return { id, name, ...step, people: people[id] ?? 0, open: step.planned - step.sent - step.failed - step.unknown - step.held - step.cancelled };
  });
}

function humanReport(name: string, people: Omit<FlowCounts, 'steps' | 'kept'>, kept: readonly { version: number; people: number }[], steps: readonly StepReport[]): string {
  const table = [
    ['step', ...COLUMNS, 'left by', 'held or cancelled because'],
    ...steps.map((step) => [`${step.id}: ${step.name}`, ...COLUMNS.map((column) => String(step[column])), sumsText(step.left), sumsText(step.reasons)]),
  ];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const lines = table.map((line) => line.map((cell, column) => (column === 0 || column > COLUMNS.length ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ').trimEnd());
  const { entered, active, held, failed, finished, exited } = people;
  const earlier = kept.length === 0 ? [] : [`On earlier versions: ${kept.map(({ version, people: n }) => `version ${version}: ${n}`).join(', ')}`];
  return [`“${name}”: entered ${entered} = inside ${active} + held ${held} + failed ${failed} + finished ${finished} + exited ${exited}`, ...earlier, '', ...lines].join('\n');
}

function sumsText(sums: Record<string, number>): string {
  return Object.entries(sums).map(([what, n]) => `${what} ${n}`).join(', ');
}
