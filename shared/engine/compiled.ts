// A flow made ready to run: every configuration read once, every edge found without searching. The runner keeps one for
// each published version.
import { conditionsOf, type Rule } from '../contacts/rule.ts';
import { START, type Flow } from '../flow/flow.ts';
import { checkConfig, jumpOf } from '../flow/reading.ts';
import { stepType } from '../steps/index.ts';
import type { Enrollment } from './enrollment.ts';
import { pathsOfSteps } from './paths.ts';
import { NEXT, type FactRequest, type StepType } from '../steps/step.ts';
import { triggerType } from '../triggers/index.ts';

export type CompiledStep = {
  id: string;
  type: StepType;
  config: Record<string, unknown>;
  disabled: boolean;
  /** For each outlet, in their order, the step that it leads to; `null`: out of the flow. */
  next: ReadonlyMap<string, string | null>;
  facts: Readonly<Record<string, FactRequest>>;
  /** The types of events that have those who wait here looked at again. */
  wakesOn: ReadonlySet<string> | 'any';
};

/** A step to which whoever meets the rule is pulled; `keepsOut`: whoever meets it already does not come in. */
export type CompiledGoal = { stepId: string; rule: Rule; keepsOut: boolean };

export type CompiledFlow = {
  /** The first step; `null` in a flow without steps. */
  first: string | null;
  steps: ReadonlyMap<string, CompiledStep>;
  goal: Rule | null;
  exit: Rule | null;
  /** By trigger, when those whom it has let in leave. */
  exits: ReadonlyMap<string, Rule>;
  /** The steps that are goals, in the order of the document. */
  goals: readonly CompiledGoal[];
  /** For each step, the goals that it stands above, the one that is furthest down first. */
  goalsBelow: ReadonlyMap<string, readonly CompiledGoal[]>;
  /** The parallel path on which a step lies; steps on none are left out. */
  paths: ReadonlyMap<string, string>;
  /** The property of events that tells one passage of a contact from another, where several may be beside each other. */
  key: string | null;
  /** Whoever opts out leaves. */
  optOutEnds: boolean;
};

const NO_FACTS: Readonly<Record<string, FactRequest>> = {};

/**
 * Makes a flow ready to run. The flow must have been published, so have no problems: an unknown type or a configuration
 * that is not valid is thrown as an Error.
 */
export function compileFlow(flow: Flow): CompiledFlow {
  const targets = new Map<string, Map<string, string>>();
  for (const { from, outlet, to } of flow.edges) {
    const ofSource = targets.get(from) ?? new Map<string, string>();
    targets.set(from, ofSource.set(outlet, to));
  }
  const steps = new Map<string, CompiledStep>();
  const goals: CompiledGoal[] = [];
  for (const step of flow.steps) {
    const type = stepType(step.type);
    const result = checkConfig(step);
    if (type === undefined || !('config' in result))
      throw new Error(`Step "${step.id}" of type "${step.type}" cannot be run as it is configured`);
    const ofStep = targets.get(step.id);
    const next = new Map<string, string | null>(type.outlets(result.config).map((outlet) => [outlet.id, ofStep?.get(outlet.id) ?? null]));
    const disabled = step.disabled === true;
    const jump = jumpOf(step);
    if (jump !== null) next.set(NEXT, jump);
    const pulls = disabled ? null : (type.pulls?.(result.config) ?? null);
    if (pulls !== null) goals.push({ stepId: step.id, ...pulls });
    steps.set(step.id, {
      id: step.id,
      type,
      config: result.config,
      disabled,
      next,
      facts: disabled ? NO_FACTS : (type.facts?.(result.config) ?? NO_FACTS),
      wakesOn: disabled ? new Set() : wakesOn(type.wakesOn?.(result.config) ?? []),
    });
  }
  return { paths: pathsOfSteps(steps), first: targets.get(START)?.get(NEXT) ?? null, steps, goal: flow.goal, exit: flow.exit, exits: exitsOf(flow), key: flow.entry.reentry === 'perKey' ? (flow.entry.key ?? null) : null, goals, goalsBelow: goalsBelowEach(steps, goals), optOutEnds: flow.optOut === 'exit' };
}

/** By trigger, when those whom it has let in leave. Throws where a trigger's configuration is not valid. */
export function exitsOf({ triggers }: Flow): ReadonlyMap<string, Rule> {
  return new Map(triggers.flatMap(({ id, type, config }): [string, Rule][] => {
    const known = triggerType(type);
    const exit = known?.exit?.(known.config.parse(config)) ?? null;
    return exit === null ? [] : [[id, exit]];
  }));
}

/** What keeps somebody out who meets it already: goals that say so. What has happened "since this enrollment" is nothing yet (FEATURES D18). */
export function goalsThatKeepOut({ goals }: CompiledFlow): Rule[] {
  return goals.flatMap(({ rule, keepsOut }) => (!keepsOut || conditionsOf(rule).some((each) => 'since' in each && each.since === 'enrollment') ? [] : [rule]));
}

/** Walks up from each goal; the goal that most others lead to comes first. */
function goalsBelowEach(steps: ReadonlyMap<string, CompiledStep>, goals: readonly CompiledGoal[]): ReadonlyMap<string, readonly CompiledGoal[]> {
  const below = new Map<string, CompiledGoal[]>();
  if (goals.length === 0) return below;
  const before = new Map<string, string[]>();
  for (const { id, next } of steps.values()) for (const to of next.values()) if (to !== null) before.set(to, [...(before.get(to) ?? []), id]);
  const above = new Map(goals.map(({ stepId }): [string, Set<string>] => {
    const found = new Set<string>();
    const open = [stepId];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const each of before.get(id) ?? []) {
        if (found.has(each)) continue;
        found.add(each);
        open.push(each);
      }
    }
    found.delete(stepId);
    return [stepId, found];
  }));
  const rank = ({ stepId }: CompiledGoal) => goals.filter((other) => above.get(stepId)!.has(other.stepId)).length;
  for (const each of goals.toSorted((one, other) => rank(other) - rank(one))) for (const id of above.get(each.stepId)!) below.set(id, [...(below.get(id) ?? []), each]);
  return below;
}

function wakesOn(types: readonly string[] | 'any'): CompiledStep['wakesOn'] {
  return types === 'any' ? types : new Set(types);
}

/** Whether wherever they stand people may leave by what they are. */
function hasAims({ goal, exit, exits }: CompiledFlow): boolean {
  return goal !== null || exit !== null || exits.size > 0;
}

/** Whether an event of this type has somebody looked at who waits at the step: the goal and the exit rule are about any event (FEATURES D18). */
export function isWokenBy(flow: CompiledFlow, stepId: string, type: string): boolean {
  if (hasAims(flow) || flow.goalsBelow.has(stepId)) return true;
  const types = flow.steps.get(stepId)?.wakesOn;
  return types === 'any' || types?.has(type) === true;
}

/** The types of events that can have anybody in the flow looked at, wherever they wait. */
export function wakingTypes(flow: CompiledFlow): ReadonlySet<string> | 'any' {
  if (hasAims(flow) || flow.goals.length > 0) return 'any';
  return allTypes([...flow.steps.values()].map((step) => step.wakesOn));
}

/** The types of several sets together. */
export function allTypes(sets: readonly (ReadonlySet<string> | 'any')[]): ReadonlySet<string> | 'any' {
  return sets.includes('any') ? 'any' : new Set(sets.flatMap((types) => [...types]));
}

/** Whether an event can have anybody in the flow looked at. */
export function hasWakers(flow: CompiledFlow): boolean {
  const types = wakingTypes(flow);
  return types === 'any' || types.size > 0;
}

/** What must be known of a contact before it is advanced at a step: by the names under which `advance` expects the answers. */
export function factsNeeded(flow: CompiledFlow, stepId: string | null): Readonly<Record<string, FactRequest>> {
  return (stepId === null ? undefined : flow.steps.get(stepId)?.facts) ?? NO_FACTS;
}

/**
 * Whether somebody at a step may be pulled to a goal: on a parallel path to those of that path; otherwise to all that are not on a
 * path, which divides nobody who comes to its middle (FEATURES D18).
 */
export function mayPull(flow: CompiledFlow, { stepId, parentId }: Pick<Enrollment, 'stepId' | 'parentId'>, goal: string): boolean {
  const [from, to] = [flow.paths.get(stepId ?? ''), flow.paths.get(goal)];
  return from === to ? parentId === null || from !== undefined : parentId === null && to === undefined;
}
