// Every change that one can make to a flow: (flow, ...) -> flow. None changes its argument, and each leaves the edges
// consistent: they join steps that are there, one at the most from each outlet. Ids come from the caller. What a step has
// room for (an outlet that its configuration does not know) is kept too; see problems.ts for what is merely unwise.
import { stepType } from '../steps/index.ts';
import { NEXT } from '../steps/step.ts';
import type { Rule } from '../contacts/rule.ts';
import { START, type Edge, type Flow, type Step, type Trigger } from './flow.ts';
import { endOfWay, FIRST_SPOT, joinBelow, nextOf, outletsOf, reachableFrom, stepOf, stepsBelow, waysInto, type Spot } from './reading.ts';

// ---- steps ----

/** Where the steps go that stood at the spot: on the new step's first way out, on another one, or on all (so that they come together again). */
export type Rest = 'first' | 'every' | { outlet: string };

/** Puts a new step at a spot; what stood there comes after it. Behind a step without a way out, nothing can: it is cut off. */
export function addStep(flow: Flow, step: Step, at: Spot, rest: Rest = 'first'): Flow {
  mustBeNew(flow, step.id);
  mustBeSpot(flow, at);
  const below = nextOf(flow, at.from, at.outlet);
  const withStep = connect({ ...flow, steps: [...flow.steps, step] }, at, step.id);
  return below === null ? withStep : putBehind(withStep, step.id, below, rest);
}

/** Puts a new step after a step, or at the end of the way that begins there (`after` left out: of the whole flow). */
export function appendStep(flow: Flow, step: Step, after?: string): Flow {
  const behind = after === undefined ? undefined : outletsOf(flow, stepOf(flow, after))[0];
  const spot = behind === undefined ? (endOfWay(flow, START) ?? FIRST_SPOT) : { from: after as string, outlet: behind.id };
  return addStep(flow, step, spot);
}

/** Whose steps stay when a step with several ways out goes: those of one outlet, or `null` for none. */
export type Keep = string | null;

/**
 * Takes a step out and closes the chain. Of a step with several ways out, the steps of one stay (by default of the first
 * that leads anywhere); what only the others led to goes too. `null` keeps none of them but what comes after they meet.
 */
export function removeStep(flow: Flow, id: string, keep?: Keep): Flow {
  const successor = successorOf(flow, id, keep);
  const before = reachableFrom(flow, [START]);
  const below = stepsBelow(flow, id);
  const closed = bypass(flow, id, successor);
  const after = reachableFrom(closed, [START]);
  const lost = new Set(below.filter((each) => each !== id && before.has(each) && !after.has(each)));
  // Where the step itself could not be come to, nothing else tells what belongs to the way that stays.
  return before.has(id) ? dropSteps(closed, lost) : closed;
}

/** The steps that removing a step would take along; what a dialog must say before it does. */
export function stepsLostWith(flow: Flow, id: string, keep?: Keep): string[] {
  const remaining = new Set(removeStep(flow, id, keep).steps.map((step) => step.id));
  return flow.steps.map((step) => step.id).filter((each) => each !== id && !remaining.has(each));
}

/** Takes out a step and all that can only be come to through it. */
export function removeWithBelow(flow: Flow, id: string): Flow {
  stepOf(flow, id);
  const otherwise = reachableFrom(flow, [START], new Set([id]));
  return dropSteps(flow, new Set([id, ...stepsBelow(flow, id).filter((each) => !otherwise.has(each))]));
}

/** What moves with a step: itself, and of a step with several ways out the steps on them, up to where they meet. */
export function blockOf(flow: Flow, id: string): Set<string> {
  if (outletsOf(flow, stepOf(flow, id)).length < 2) return new Set([id]);
  const join = joinBelow(flow, id);
  const inside = new Set(stepsBelow(flow, id));
  if (join !== null) for (const each of reachableFrom(flow, [join], new Set([id]))) inside.delete(each);
  return inside.add(id);
}

/** Whether moving a step to a spot is possible and would change anything; only such targets are offered. */
export function canMoveTo(flow: Flow, id: string, at: Spot): boolean {
  const block = blockOf(flow, id);
  if (block.has(at.from)) return false;
  const target = nextOf(flow, at.from, at.outlet);
  return target === null || (target !== id && !block.has(target));
}

/** Moves a step (with its block) to another spot. The chain closes where it was; what stood at the spot comes after it. */
export function moveStep(flow: Flow, id: string, at: Spot): Flow {
  mustBeSpot(flow, at);
  if (!canMoveTo(flow, id, at)) return flow;
  const block = blockOf(flow, id);
  const isSingle = block.size === 1;
  const onward = isSingle ? successorOf(flow, id) : joinBelow(flow, id);
  // Close the chain where the block was: what led into its head goes on to where the block led.
  const isExitOfBlock = (edge: Edge) => block.has(edge.from) && !block.has(edge.to);
  const lifted = flow.edges.flatMap((edge): Edge[] => {
    if (isExitOfBlock(edge)) return [];
    if (edge.to !== id || block.has(edge.from)) return [edge];
    return onward === null ? [] : [{ ...edge, to: onward }];
  });
  const below = nextOf({ ...flow, edges: lifted }, at.from, at.outlet);
  const placed = connect({ ...flow, edges: lifted }, at, id);
  if (below === null) return placed;
  const exits = flow.edges.filter(isExitOfBlock);
  if (isSingle || exits.length === 0) {
    const end = endOfWay(placed, id);
    return end === null || nextOf(placed, end.from, end.outlet) !== null ? placed : connect(placed, end, below);
  }
  return { ...placed, edges: [...placed.edges, ...exits.map((edge) => ({ ...edge, to: below }))] };
}

/** Puts a copy of a step right after it. A copy of a step without a way out stands alone, to be connected. */
export function duplicateStep(flow: Flow, id: string, newId: string, name?: string): Flow {
  const step = stepOf(flow, id);
  const copy: Step = { ...step, id: newId, ...(name !== undefined && { name }) };
  const outlet = outletsOf(flow, step)[0];
  if (outlet !== undefined) return addStep(flow, copy, { from: id, outlet: outlet.id });
  mustBeNew(flow, newId);
  return { ...flow, steps: [...flow.steps, copy] };
}

/** Gives a step a new configuration. Edges of outlets that are gone go with them; the others stay. */
export function updateStepConfig(flow: Flow, id: string, config: Record<string, unknown>): Flow {
  return dropVanishedOutlets(changeStep(flow, id, { config }), id);
}

/** Names a step; an empty name gives it back the name of its type. */
export function renameStep(flow: Flow, id: string, name: string): Flow {
  return changeStep(flow, id, { name: name.trim() === '' ? undefined : name.trim() });
}

export function setNote(flow: Flow, id: string, note: string): Flow {
  return changeStep(flow, id, { note: note.trim() === '' ? undefined : note });
}

/** People pass through a disabled step by its first outlet. */
export function setDisabled(flow: Flow, id: string, disabled: boolean): Flow {
  return changeStep(flow, id, { disabled: disabled ? true : undefined });
}

/**
 * Makes a step one of another type. It keeps its id, place and name, the values of fields that both types have and both
 * accept, and its edges: outlets of the same name theirs, the first outlet that of the old first.
 */
export function replaceType(flow: Flow, id: string, type: string): Flow {
  const step = stepOf(flow, id);
  const firstBefore = outletsOf(flow, step)[0]?.id;
  const replaced = changeStep(flow, id, { type, config: sharedValues(step, type) });
  const outlets = outletsOf(replaced, stepOf(replaced, id)).map((outlet) => outlet.id);
  const first = outlets[0];
  const onward = firstBefore === undefined ? null : nextOf(flow, id, firstBefore);
  const kept = dropVanishedOutlets(replaced, id);
  if (first === undefined || onward === null || firstBefore === first || outlets.includes(firstBefore as string)) return kept;
  return nextOf(kept, id, first) === null ? connect(kept, { from: id, outlet: first }, onward) : kept;
}

function sharedValues(step: Step, type: string): Record<string, unknown> {
  const shape: Record<string, { safeParse(value: unknown): { success: boolean } }> = stepType(type)?.config.shape ?? {};
  return Object.fromEntries(
    Object.entries(step.config).filter(([name, value]) => Object.hasOwn(shape, name) && shape[name]!.safeParse(value).success),
  );
}

// ---- edges ----

/** Leads an outlet to a step, instead of where it led before. */
export function connect(flow: Flow, from: Spot, to: string): Flow {
  mustBeSpot(flow, from);
  stepOf(flow, to);
  return { ...flow, edges: [...disconnect(flow, from).edges, { from: from.from, outlet: from.outlet, to }] };
}

/** Lets an outlet lead out of the flow. */
export function disconnect(flow: Flow, from: Spot): Flow {
  return { ...flow, edges: flow.edges.filter((edge) => edge.from !== from.from || edge.outlet !== from.outlet) };
}

// ---- triggers and the flow itself ----

export function addTrigger(flow: Flow, trigger: Trigger): Flow {
  if (flow.triggers.some((each) => each.id === trigger.id)) throw new Error(`The flow has a trigger "${trigger.id}" already`);
  return { ...flow, triggers: [...flow.triggers, trigger] };
}

export function updateTrigger(flow: Flow, id: string, config: Record<string, unknown>): Flow {
  if (!flow.triggers.some((each) => each.id === id)) throw new Error(`The flow has no trigger "${id}"`);
  return { ...flow, triggers: flow.triggers.map((each) => (each.id === id ? { ...each, config } : each)) };
}

export function removeTrigger(flow: Flow, id: string): Flow {
  return { ...flow, triggers: flow.triggers.filter((each) => each.id !== id) };
}

export function setName(flow: Flow, name: string): Flow {
  return { ...flow, name };
}

export function setEntry(flow: Flow, entry: Partial<Flow['entry']>): Flow {
  return { ...flow, entry: { ...flow.entry, ...entry } };
}

export function setGoal(flow: Flow, goal: Rule | null): Flow {
  return { ...flow, goal };
}

export function setExit(flow: Flow, exit: Rule | null): Flow {
  return { ...flow, exit };
}

export function setOptOut(flow: Flow, optOut: Flow['optOut']): Flow {
  return { ...flow, optOut };
}

export function setPriority(flow: Flow, priority: Flow['priority']): Flow {
  return { ...flow, priority };
}

/** Where steps stand in the Free view. Positions of steps that are gone are forgotten. */
export function setPositions(flow: Flow, positions: Readonly<Record<string, { x: number; y: number }>>): Flow {
  const ids = new Set([START, ...flow.steps.map((step) => step.id)]);
  const all = Object.entries({ ...flow.layout.positions, ...positions });
  return { ...flow, layout: { ...flow.layout, positions: Object.fromEntries(all.filter(([id]) => ids.has(id))) } };
}

export function setLayoutMode(flow: Flow, mode: Flow['layout']['mode']): Flow {
  return { ...flow, layout: { ...flow.layout, mode } };
}

// ---- inside ----

function mustBeNew(flow: Flow, id: string): void {
  if (id === START || flow.steps.some((step) => step.id === id)) throw new Error(`The id "${id}" is taken`);
}

function mustBeSpot(flow: Flow, { from, outlet }: Spot): void {
  const isThere = from === START ? outlet === NEXT : outletsOf(flow, stepOf(flow, from)).some((each) => each.id === outlet);
  if (!isThere) throw new Error(`"${from}" has no outlet "${outlet}"`);
}

function changeStep(flow: Flow, id: string, change: Partial<Step>): Flow {
  stepOf(flow, id);
  return { ...flow, steps: flow.steps.map((step) => (step.id === id ? withoutEmpty({ ...step, ...change }) : step)) };
}

/** Without the optional parts that are not set, so that a step looks the same as it would read from a file. */
function withoutEmpty({ name, note, disabled, ...step }: Step): Step {
  return { ...step, ...(name !== undefined && { name }), ...(note !== undefined && { note }), ...(disabled !== undefined && { disabled }) };
}

function dropVanishedOutlets(flow: Flow, id: string): Flow {
  const outlets = new Set(outletsOf(flow, stepOf(flow, id)).map((outlet) => outlet.id));
  return { ...flow, edges: flow.edges.filter((edge) => edge.from !== id || outlets.has(edge.outlet)) };
}

/** Where people go on who would have come to a step that is taken out. */
function successorOf(flow: Flow, id: string, keep?: Keep): string | null {
  const outlets = outletsOf(flow, stepOf(flow, id));
  if (keep === null) return outlets.length < 2 ? null : joinBelow(flow, id);
  if (keep !== undefined) return nextOf(flow, id, keep);
  for (const outlet of outlets) {
    const to = nextOf(flow, id, outlet.id);
    if (to !== null && to !== id) return to;
  }
  return null;
}

/** Takes a step out; the ways into it lead on to `successor`, or out of the flow. */
function bypass(flow: Flow, id: string, successor: string | null): Flow {
  const edges = flow.edges.flatMap((edge): Edge[] => {
    if (edge.from === id) return [];
    if (edge.to !== id) return [edge];
    return successor === null || successor === id ? [] : [{ ...edge, to: successor }];
  });
  return dropSteps({ ...flow, edges }, new Set([id]));
}

function dropSteps(flow: Flow, ids: ReadonlySet<string>): Flow {
  return {
    ...flow,
    steps: flow.steps.filter((step) => !ids.has(step.id)),
    edges: flow.edges.filter((edge) => !ids.has(edge.from) && !ids.has(edge.to)),
    layout: { ...flow.layout, positions: Object.fromEntries(Object.entries(flow.layout.positions).filter(([id]) => !ids.has(id))) },
  };
}

function putBehind(flow: Flow, id: string, below: string, rest: Rest): Flow {
  const outlets = outletsOf(flow, stepOf(flow, id));
  const chosen =
    rest === 'every' ? outlets : rest === 'first' ? outlets.slice(0, 1) : outlets.filter((outlet) => outlet.id === rest.outlet);
  return chosen.reduce((result, outlet) => connect(result, { from: id, outlet: outlet.id }, below), flow);
}

/** Whether taking this step out needs the question which steps stay. */
export function asksWhatToKeep(flow: Flow, id: string): boolean {
  return outletsOf(flow, stepOf(flow, id)).length > 1 && waysInto(flow, id).length > 0 && stepsBelow(flow, id).length > 0;
}
