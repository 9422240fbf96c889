// What is wrong with the ways through a flow: edges that lead nowhere, steps that nobody comes to, circles without a pause,
// and questions that are asked before anybody can have answered.
import { problem, warning, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { stepType } from '../steps/index.ts';
import { NEXT } from '../steps/step.ts';
import { askedTooEarly } from './asked-too-early.ts';
import { START, type Edge, type Flow, type Step } from './flow.ts';
import { circles, reached, reversed, type Graph } from './graph.ts';
import { parallelProblems, type Way } from './parallel-ways.ts';
import { configOf, jumpOf, takesTime, titleOf } from './reading.ts';

/** The problems of edges, and of the order in which steps follow each other. */
export function wayProblems(flow: Flow): Problem[] {
  const index = new Map<string, number>();
  flow.steps.forEach(({ id }, number) => index.set(id, number));
  const outlets = flow.steps.map(outletIds);
  const sound: Edge[] = [];
  const problems = edgeProblems(flow, index, outlets, sound);
  if (flow.steps.length === 0) return problems;
  problems.push(...jumpProblems(flow, index, sound));

  const starts: number[] = [];
  const all: number[][] = flow.steps.map(() => []);
  const taken: number[][] = flow.steps.map(() => []);
  const ways: Way[][] = flow.steps.map(() => []);
  const openOutlets = outlets.map((ids) => new Set(ids));
  for (const { from, outlet, to } of sound) {
    const target = index.get(to)!;
    const source = from === START ? undefined : index.get(from);
    if (source === undefined) {
      starts.push(target);
      continue;
    }
    all[source]!.push(target);
    const step = flow.steps[source]!;
    if (step.disabled !== true || outlets[source]?.[0] === outlet) {
      taken[source]!.push(target);
      ways[source]!.push({ outlet, to: target });
    }
    openOutlets[source]!.delete(outlet);
  }

  if (starts.length === 0)
    problems.push(problem('start-open', say('Nothing comes after the start. Connect the start to the first step.'), { field: 'edges' }));
  const isReached = reached(all, starts);
  if (starts.length > 0) {
    flow.steps.forEach((step, number) => {
      if (!isReached[number])
        problems.push(
          problem('unreachable', say('Nobody ever comes to “{step}”. Connect it, or remove it.', { step: titleOf(step) }), {
            step: step.id,
          }),
        );
    });
  }
  const hasty = circleProblems(flow, taken);
  // Whoever mends a circle without a pause decides anew how it is left.
  const endless = hasty.length > 0 ? [] : noWayOut(flow, taken, isReached, outlets, openOutlets);
  return [...problems, ...hasty, ...endless, ...parallelProblems(flow, ways), ...askedTooEarly(flow, all)];
}

/** Steps that go on elsewhere by their settings; those that lead to a step are added to the sound edges. */
function jumpProblems(flow: Flow, index: ReadonlyMap<string, number>, sound: Edge[]): Problem[] {
  return flow.steps.flatMap((step) => {
    const to = jumpOf(step);
    if (to === null) return [];
    if (index.has(to)) {
      sound.push({ from: step.id, outlet: NEXT, to });
      return [];
    }
    return [problem('jump-nowhere', say('“{step}” leads to a step that is not there any more. Choose another one.', { step: titleOf(step) }), { step: step.id, field: 'to' })];
  });
}

/** A step's outlets, or `null` where they cannot be told: then every edge from it is taken as it is. */
type Outlets = readonly string[] | null;

function outletIds(step: Step): Outlets {
  const config = configOf(step);
  return config === null
    ? null
    : (stepType(step.type)
        ?.outlets(config)
        .map(({ id }) => id) ?? null);
}

/** Also collects the edges that are sound, each spot's first only. */
function edgeProblems(flow: Flow, index: ReadonlyMap<string, number>, outlets: readonly Outlets[], sound: Edge[]): Problem[] {
  const problems: Problem[] = [];
  const spots = new Set<string>();
  flow.edges.forEach((edge, number) => {
    const { from, outlet, to } = edge;
    const field = `edges.${number}`;
    const source = from === START ? undefined : index.get(from);
    if (source === undefined && from !== START) {
      problems.push(
        problem('edge-dangling', say('An edge to “{to}” comes from the step “{from}”, which is not there.', { from, to }), {
          step: from,
          field,
        }),
      );
      return;
    }
    if (!index.has(to)) {
      problems.push(
        problem('edge-dangling', say('An edge from “{from}” leads to the step “{to}”, which is not there.', { from, to }), {
          step: from,
          field,
        }),
      );
      return;
    }
    const known = source === undefined ? [NEXT] : outlets[source]!;
    if (known !== null && known !== undefined && !known.includes(outlet)) {
      const text =
        known.length === 0
          ? say('An edge leaves “{from}” by “{outlet}”, but no way leads out of that step.', { from, outlet })
          : say('An edge leaves “{from}” by “{outlet}”, but its ways out are: {known}.', { from, outlet, known: known.join(', ') });
      problems.push(problem('edge-unknown-outlet', text, { step: from, field }));
      return;
    }
    const spot = `${from} ${outlet}`;
    if (spots.has(spot)) {
      problems.push(
        problem('edge-twice', say('Two edges leave “{from}” by “{outlet}”. A contact can only go one way.', { from, outlet }), {
          step: from,
          field,
        }),
      );
      return;
    }
    spots.add(spot);
    sound.push(edge);
  });
  return problems;
}

/** A contact would go round in the same instant for ever (FEATURES D19). One problem for each circle, at its first step. */
function circleProblems(flow: Flow, taken: Graph): Problem[] {
  const pauses = flow.steps.map(takesTime);
  const hasty = taken.map((targets, number) => (pauses[number] ? [] : targets.filter((target) => !pauses[target])));
  return circles(hasty).map((members) => {
    const steps = members.slice(0, 5).map((number) => say('“{step}”', { step: titleOf(flow.steps[number]!) }));
    const text = say('Contacts would go round in a circle without a pause: {steps}. Put a Wait step of at least a minute into it.', {
      steps,
    });
    return problem('loop-without-wait', text, { step: flow.steps[members[0]!]!.id });
  });
}

/** Steps from which no end can be come to: only a goal, an exit rule or an opt-out ever lets people out. */
function noWayOut(
  flow: Flow,
  taken: Graph,
  isReached: readonly boolean[],
  outlets: readonly Outlets[],
  openOutlets: readonly ReadonlySet<string>[],
): Problem[] {
  const ends: number[] = [];
  flow.steps.forEach((step, number) => {
    const first = outlets[number]?.[0];
    const isEnd =
      outlets[number] === null ||
      (first === undefined ? taken[number]!.length === 0 : step.disabled === true ? openOutlets[number]!.has(first) : openOutlets[number]!.size > 0);
    if (isEnd) ends.push(number);
  });
  const canEnd = reached(reversed(taken), ends);
  const caught = flow.steps.findIndex((_, number) => isReached[number] && !canEnd[number]);
  if (caught === -1) return [];
  const step = flow.steps[caught]!;
  const text =
    flow.goal === null && flow.exit === null
      ? say('From “{step}” no way leads out of the flow: contacts go round for ever.', { step: titleOf(step) })
      : say('From “{step}” contacts leave the flow only by its goal or its exit rule.', { step: titleOf(step) });
  return [warning('no-way-out', text, { step: step.id })];
}
