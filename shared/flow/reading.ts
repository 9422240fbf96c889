// Questions that one can ask of a flow: what a step's configuration is, which ways lead out of it, what comes next.
import type { z } from 'zod';
import { say, type Text } from '../text.ts';
import { stepType } from '../steps/index.ts';
import { NEXT, type Outlet } from '../steps/step.ts';
import { START, type Edge, type Flow, type Step } from './flow.ts';

/** A place where a step can stand: behind this outlet of that step (or of the start). Each spot has one edge at the most. */
export type Spot = { from: string; outlet: string };

/** The spot behind the triggers. */
export const FIRST_SPOT: Spot = { from: START, outlet: NEXT };

/** A configuration with its start values filled in, or what is wrong with it, or `unknown` for a type that this program has not. */
export type CheckedConfig = { config: Record<string, unknown> } | { issues: readonly z.core.$ZodIssue[] } | { unknown: true };

// Steps are never changed in place, so what was found out about one stays true.
const checked = new WeakMap<Step, CheckedConfig>();

/** Checks a step's configuration against its type; each step object is looked at once. */
export function checkConfig(step: Step): CheckedConfig {
  let result = checked.get(step);
  if (result === undefined) {
    const type = stepType(step.type);
    if (type === undefined) result = { unknown: true };
    else {
      const parsed = type.config.safeParse(step.config);
      result = parsed.success ? { config: parsed.data } : { issues: parsed.error.issues };
    }
    checked.set(step, result);
  }
  return result;
}

/** A step's configuration with its start values filled in; `null` where it is not valid, or the type is not known. */
export function configOf(step: Step): Record<string, unknown> | null {
  const result = checkConfig(step);
  return 'config' in result ? result.config : null;
}

/** The title on the card: the step's own name, or that of its type. */
export function titleOf(step: Step): Text {
  if (step.name !== undefined) return say('{name}', { name: step.name });
  return stepType(step.type)?.label ?? say('Unknown step: {type}', { type: step.type });
}

/** What a step met, as people read it: the machine notes the step's id before it. */
export function withoutStep(failure: string, step: string | null): string {
  return step !== null && failure.startsWith(`${step}: `) ? failure.slice(step.length + 2) : failure;
}

/** The step of an id. Throws when the flow has none. */
export function stepOf(flow: Flow, id: string): Step {
  const step = flow.steps.find((each) => each.id === id);
  if (step === undefined) throw new Error(`The flow has no step "${id}"`);
  return step;
}

/**
 * The ways out of a step, in their order; an exit has none. Where the configuration is not valid or the type not known,
 * they are the ones that edges leave by.
 */
export function outletsOf(flow: Flow, step: Step): Outlet[] {
  const config = configOf(step);
  const type = stepType(step.type);
  if (config !== null && type !== undefined) return type.outlets(config);
  const used = flow.edges.filter((edge) => edge.from === step.id).map((edge) => edge.outlet);
  return (used.length > 0 ? [...new Set(used)] : [NEXT]).map((id) => ({ id, label: say('{label}', { label: id }) }));
}

/** The id of the step that an outlet leads to; `null` where it leads out of the flow. `from` may be START. */
export function nextOf(flow: Flow, from: string, outlet: string): string | null {
  return flow.edges.find((edge) => edge.from === from && edge.outlet === outlet)?.to ?? null;
}

/** The spots from which edges lead to a step. */
export function waysInto(flow: Flow, id: string): Spot[] {
  return flow.edges.filter((edge) => edge.to === id).map(({ from, outlet }) => ({ from, outlet }));
}

/** For each source of edges, its edges in document order. */
export function edgesBySource(edges: readonly Edge[]): Map<string, Edge[]> {
  const bySource = new Map<string, Edge[]>();
  for (const edge of edges) {
    const list = bySource.get(edge.from);
    if (list === undefined) bySource.set(edge.from, [edge]);
    else list.push(edge);
  }
  return bySource;
}

/** All that can be come to from some steps, themselves included, nearest first; never through or to a step in `without`. */
export function reachableFrom(flow: Flow, starts: readonly string[], without?: ReadonlySet<string>): Set<string> {
  const bySource = edgesBySource(flow.edges);
  const reached = new Set(starts.filter((id) => !without?.has(id)));
  // A set hands out what is added to it while it is being walked.
  for (const id of reached) {
    for (const { to } of bySource.get(id) ?? []) if (!without?.has(to)) reached.add(to);
  }
  return reached;
}

/** Where contacts go on who leave a step by an outlet, by a line or by the step's settings; `null` where that is out of the flow. */
export function onwardFrom(flow: Flow, id: string, outlet: string): string | null {
  return jumpOf(stepOf(flow, id)) ?? nextOf(flow, id, outlet);
}

/** All steps that contacts at a step may come to, itself included, by lines and by settings that lead elsewhere. */
export function aheadOf(flow: Flow, id: string): Set<string> {
  const bySource = edgesBySource(flow.edges);
  const jumps = new Map(flow.steps.map((step) => [step.id, jumpOf(step)]));
  const reached = new Set([id]);
  for (const each of reached) {
    const jump = jumps.get(each) ?? null;
    for (const to of jump === null ? (bySource.get(each) ?? []).map((edge) => edge.to) : [jump]) reached.add(to);
  }
  return reached;
}

/** The ids of all steps that can be come to from a step, nearest first; the step itself only if a loop leads back to it. */
export function stepsBelow(flow: Flow, id: string): string[] {
  return [
    ...reachableFrom(
      flow,
      flow.edges.filter((edge) => edge.from === id).map((edge) => edge.to),
    ),
  ];
}

/**
 * Where the ways out of a step come together again: the nearest step that every connected way leads to. `null` where
 * fewer than two ways are connected, or where they stay apart.
 */
export function joinBelow(flow: Flow, id: string): string | null {
  const targets = [...new Set(outletsOf(flow, stepOf(flow, id)).map((outlet) => nextOf(flow, id, outlet.id)))].filter((to) => to !== null);
  const connected = outletsOf(flow, stepOf(flow, id)).filter((outlet) => nextOf(flow, id, outlet.id) !== null).length;
  if (connected < 2) return null;
  const itself = new Set([id]);
  const [first, ...others] = targets.map((to) => reachableFrom(flow, [to], itself));
  for (const each of first ?? []) if (others.every((reached) => reached.has(each))) return each;
  return null;
}

/**
 * The spot at the end of the way that begins at a step (or at the start): along first outlets to the first open one. A way
 * that ends in an exit, or runs in a circle, ends just before that. `null` where the step itself has no way out.
 */
export function endOfWay(flow: Flow, from: string): Spot | null {
  const seen = new Set<string>([from]);
  let spot: Spot | null = from === START ? FIRST_SPOT : firstSpotOf(flow, from);
  while (spot !== null) {
    const to: string | null = nextOf(flow, spot.from, spot.outlet);
    if (to === null || seen.has(to)) return spot;
    seen.add(to);
    const onward: Spot | null = firstSpotOf(flow, to);
    if (onward === null) return spot;
    spot = onward;
  }
  return null;
}

function firstSpotOf(flow: Flow, id: string): Spot | null {
  const outlet = outletsOf(flow, stepOf(flow, id))[0];
  return outlet === undefined ? null : { from: id, outlet: outlet.id };
}

/** Where a step goes on without a line, by its settings; `null` where it does not. A disabled step does not jump. */
export function jumpOf(step: Step): string | null {
  const type = stepType(step.type);
  if (type?.jump === undefined || step.disabled === true) return null;
  const config = configOf(step);
  return config === null ? null : type.jump(config);
}

/** Whether time passes at a step for certain: a minute at the least (FEATURES D19). */
export function takesTime(step: Step): boolean {
  const config = configOf(step);
  return step.disabled !== true && config !== null && stepType(step.type)?.takesTime?.(config) === true;
}

/** Where somebody stands, in one line: the step, and of a divided passage the steps on its paths. */
export function placeText(step: Text, onPaths: readonly Text[]): Text {
  return onPaths.length === 0 ? step : say('{step}: {paths}', { step, paths: onPaths });
}
