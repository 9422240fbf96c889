// A part of a flow on its own: what copying takes along, as readable text, and how it is put into a flow again.
import { z } from 'zod';
import type { Rename } from '../contacts/naming.ts';
import { ProblemError, problem } from '../problem.ts';
import { say } from '../text.ts';
import { addStep, connect } from './edits.ts';
import { edgeSchema, stepSchema, type Edge, type Flow, type Step } from './flow.ts';
import { nextOf, outletsOf, stepOf, waysInto, type Spot } from './reading.ts';
import { renamedStep } from './references.ts';

export const FRAGMENT_KIND = 'flow-steps';

const fragmentSchema = z.strictObject({
  kind: z.literal(FRAGMENT_KIND),
  version: z.literal(1),
  steps: z.array(stepSchema).min(1).max(5000),
  edges: z.array(edgeSchema).max(20_000),
});
export type Fragment = z.infer<typeof fragmentSchema>;

/** Steps with the edges between them, in the order of the document; `null` when none of the ids is a step. */
export function fragmentOf(flow: Flow, ids: readonly string[]): Fragment | null {
  const wanted = new Set(ids);
  const steps = flow.steps.filter((step) => wanted.has(step.id));
  const edges = flow.edges.filter((edge) => wanted.has(edge.from) && wanted.has(edge.to));
  return steps.length === 0 ? null : { kind: FRAGMENT_KIND, version: 1, steps, edges };
}

/** The text that goes onto the clipboard: JSON that one can read, send and paste again. */
export function fragmentText(fragment: Fragment): string {
  return JSON.stringify(fragment, null, 2);
}

/** Reads copied text; `null` when it is no copied steps at all. Throws ProblemError when it is, but broken or too new. */
export function readFragment(text: string): Fragment | null {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== FRAGMENT_KIND) return null;
  const result = fragmentSchema.safeParse(value);
  if (result.success) return result.data;
  const isNewer = 'version' in value && typeof value.version === 'number' && value.version > 1;
  throw new ProblemError(
    isNewer
      ? problem('fragment-newer', say('These steps were copied in a newer version of Kanal. Update Kanal to paste them here.'))
      : problem('fragment-broken', say('The copied steps are damaged. Copy them again and paste the whole text.')),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Puts copied steps at a spot, under new ids from `newId`; answers the flow and the ids in the order of the fragment. Its first
 * step without a way in takes the spot; what stood there comes after the last step that the copied chain leads to. Other
 * parts of the fragment that hang together with nothing are put in unconnected.
 */
export function pasteFragment(flow: Flow, fragment: Fragment, at: Spot, newId: () => string): { flow: Flow; ids: string[] } {
  const ids = new Map(fragment.steps.map((step) => [step.id, newId()]));
  // What named a step that was copied with it names its copy.
  const named: Rename = (thing, key) => ((thing === 'step' && ids.get(String(key))) || key) as typeof key;
  const steps = fragment.steps.map((step): Step => ({ ...renamedStep(step, named), id: ids.get(step.id)! }));
  const edges = fragment.edges.flatMap((edge): Edge[] => {
    const from = ids.get(edge.from);
    const to = ids.get(edge.to);
    return from === undefined || to === undefined ? [] : [{ from, outlet: edge.outlet, to }];
  });
  const entered = new Set(edges.map((edge) => edge.to));
  const head = steps.find((step) => !entered.has(step.id)) ?? steps[0]!;
  const below = nextOf(flow, at.from, at.outlet);
  const placed = addStep(flow, head, at);
  // The head takes its own edges; what came after the spot goes to the end of the copied way instead.
  const without = placed.edges.filter((edge) => edge.from !== head.id);
  const whole = { ...placed, steps: [...placed.steps, ...steps.filter((step) => step.id !== head.id)], edges: [...without, ...edges] };
  const end = below === null ? null : openEnd(whole, head.id, new Set(ids.values()));
  return { flow: end === null || below === null ? whole : connect(whole, end, below), ids: steps.map((step) => step.id) };
}

/** The first open way out along first outlets, within the pasted steps. */
function openEnd(flow: Flow, from: string, inside: ReadonlySet<string>): Spot | null {
  const seen = new Set<string>();
  for (let id = from; inside.has(id) && !seen.has(id); ) {
    seen.add(id);
    const outlet = outletsOf(flow, stepOf(flow, id))[0];
    if (outlet === undefined) return null;
    const next = nextOf(flow, id, outlet.id);
    if (next === null) return { from: id, outlet: outlet.id };
    id = next;
  }
  return null;
}

/** Puts a new step before a step: all ways into it lead to the new one first. */
export function addStepBefore(flow: Flow, step: Step, id: string): Flow {
  const ways = waysInto(flow, id);
  const first = ways[0];
  if (first === undefined) return connect({ ...flow, steps: [...flow.steps, step] }, { from: step.id, outlet: firstOutlet(flow, step) }, id);
  return ways.slice(1).reduce((result, way) => connect(result, way, step.id), addStep(flow, step, first));
}

function firstOutlet(flow: Flow, step: Step): string {
  const outlet = outletsOf(flow, step)[0];
  if (outlet === undefined) throw new Error(`Nothing can follow "${step.id}"`);
  return outlet.id;
}

/** Exchanges what stands behind two ways out of a step ("flip branches"). */
export function swapOutlets(flow: Flow, id: string, one: string, other: string): Flow {
  stepOf(flow, id);
  const swapped: Record<string, string> = { [one]: other, [other]: one };
  return { ...flow, edges: flow.edges.map((edge) => (edge.from === id ? { ...edge, outlet: swapped[edge.outlet] ?? edge.outlet } : edge)) };
}
