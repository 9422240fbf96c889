// The steps of a flow to which a passage may come back by itself.
import { START, type Flow } from './flow.ts';
import { circles } from './graph.ts';
import { jumpOf } from './reading.ts';

/** The ids of the steps that lie on a circle of lines and of settings that lead elsewhere. */
export function circlingSteps({ steps, edges }: Flow): Set<string> {
  const index = new Map(steps.map(({ id }, number) => [id, number]));
  const graph = steps.map((): number[] => []);
  const lead = (from: string, to: string) => {
    const [source, target] = [index.get(from), index.get(to)];
    if (source !== undefined && target !== undefined) graph[source]!.push(target);
  };
  for (const { from, to } of edges) if (from !== START) lead(from, to);
  for (const step of steps) {
    const to = jumpOf(step);
    if (to !== null) lead(step.id, to);
  }
  return new Set(circles(graph).flatMap((members) => members.map((number) => steps[number]!.id)));
}
