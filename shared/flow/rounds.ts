// Whether somebody has come to a step again by going round a circle of the flow, or only because an edit has moved the step behind
// them (FEATURES D4, D19).
import { stepType } from '../steps/index.ts';
import { waitsAt } from '../steps/step.ts';
import { START, type Flow, type Step } from './flow.ts';
import { configOf, jumpOf } from './reading.ts';

type Way = readonly [from: string, to: string];

/** What somebody has done since they last stood at a step. `ways`: the steps between which they were taken otherwise than by a line, such as by a goal. */
export type Since = {
  /** The version that they followed then. */
  version: Flow | undefined;
  visited: ReadonlySet<string>;
  ways: readonly Way[];
  /** Where they come from now. */
  from: string;
};

/**
 * Whether the flow has a circle from the step back to itself by where they come from now, at all of whose waits they have been
 * since, or could not be: those are new. Whoever stands in the middle of a circle has not been round it when the step is moved to a
 * place before them; nor has anybody who has come from outside of it.
 */
export function hasComeRound(now: Flow, step: string, { version, visited, ways, from }: Since): boolean {
  const before = new Set(version?.steps.map(({ id }) => id));
  const held = now.steps.filter(holds);
  const missed = new Set(held.filter(({ id }) => !visited.has(id) && (version === undefined || before.has(id))).map(({ id }) => id));
  const lines = [...linesOf(now), ...ways];
  if (!reached(lines.filter(([, to]) => !missed.has(to)), step).has(from)) return false;
  const circles = [circleOf(lines, step), ...(version === undefined ? [] : [circleOf([...linesOf(version), ...ways], step)])];
  return held.every(({ id }) => !visited.has(id) || circles.some((circle) => circle.has(id)));
}

/** The steps on any circle through a step. */
function circleOf(lines: readonly Way[], step: string): ReadonlySet<string> {
  const back = reached(lines.map(([from, to]) => [to, from]), step);
  return new Set([...reached(lines, step)].filter((id) => back.has(id)));
}

function linesOf({ steps, edges }: Flow): Way[] {
  const jumps = steps.flatMap((each): Way[] => {
    const to = jumpOf(each);
    return to === null ? [] : [[each.id, to]];
  });
  return [...edges.flatMap(({ from, to }): Way[] => (from === START ? [] : [[from, to]])), ...jumps];
}

/** A step and all to which one comes from it. */
function reached(lines: readonly Way[], step: string): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const [from, to] of lines) next.set(from, [...(next.get(from) ?? []), to]);
  const seen = new Set<string>();
  const open = [step];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(next.get(at) ?? []));
  }
  return seen;
}

/** Whether contacts stay at a step for a while: what happens in passing makes no difference to when they come round. */
function holds(step: Step): boolean {
  const type = stepType(step.type);
  if (type === undefined) return true;
  return step.disabled !== true && (type.asksPeople === true || waitsAt(type, configOf(step) ?? step.config));
}
