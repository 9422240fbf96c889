// Finds the flow that a command line means.
import type { FlowRow } from '../../shared/api.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';

/** The flow with this name, or else with this number. Refuses a name that no flow has, or that several have. */
export function flowNamed(flows: readonly FlowRow[], wanted: string): FlowRow {
  const named = flows.filter(({ name }) => name === wanted);
  if (named.length === 1) return named[0]!;
  if (named.length > 1) {
    refuse('flow-ambiguous', say('{count} flows are named “{name}”. Give the number of the one that you mean: {ids}.', { count: named.length, name: wanted, ids: named.map(({ id }) => id).join(', ') }));
  }
  const numbered = /^\d+$/.test(wanted) ? flows.find(({ id }) => id === Number(wanted)) : undefined;
  if (numbered !== undefined) return numbered;
  if (flows.length === 0) refuse('flow-unknown', say('This workspace has no flows yet. Add one with: kanal flow add.'));
  refuse('flow-unknown', say('There is no flow “{name}”. There are: {names}.', { name: wanted, names: flows.slice(0, 20).map(({ name }) => `“${name}”`).join(', ') }));
}
