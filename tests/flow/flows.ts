// Flows for tests, written briefly: steps as "id: type", edges as "from outlet to".
import { flowSchema, START, type Flow, type Step } from '../../shared/flow/flow.ts';

/** A flow of steps (id -> type, or type and configuration) and edges ("a next b"; "start" is the start). */
export function flowOf(steps: Record<string, string | Partial<Step>>, edges: readonly string[], rest: Partial<Flow> = {}): Flow {
  return flowSchema.parse({
    name: 'Test',
    triggers: [{ id: 't1', type: 'contactAdded' }],
    steps: Object.entries(steps).map(([id, step]) => ({ id, ...(typeof step === 'string' ? { type: step } : step) })),
    edges: edges.map((edge) => {
      const [from, outlet, to] = edge.split(' ');
      return { from, outlet, to };
    }),
    ...rest,
  });
}

/** The edges as text, sorted: what a test compares. */
export function edgesOf(flow: Flow): string[] {
  return flow.edges.map(({ from, outlet, to }) => `${from} ${outlet} ${to}`).sort();
}

/** What must hold of every flow after every edit. */
export function brokenEdges(flow: Flow): string[] {
  const ids = new Set(flow.steps.map((step) => step.id));
  const broken: string[] = [];
  if (ids.size !== flow.steps.length) broken.push('an id is there twice');
  const spots = new Set<string>();
  for (const { from, outlet, to } of flow.edges) {
    if (from !== START && !ids.has(from)) broken.push(`${from} is not there`);
    if (!ids.has(to)) broken.push(`${to} is not there`);
    if (spots.has(`${from} ${outlet}`)) broken.push(`two edges from ${from} ${outlet}`);
    spots.add(`${from} ${outlet}`);
  }
  return broken;
}
