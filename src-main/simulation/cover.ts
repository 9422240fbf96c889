// Finds a small set of invented contacts that walks every way through a flow: candidates from the boundaries of the flow's own
// rules, solved along the ways and verified by really walking them. A way that nobody walks is red (FEATURES B10).
import type { Condition, Rule } from '../../shared/contacts/rule.ts';
import { ruleText } from '../../shared/contacts/rule-words.ts';
import { chanceOf } from '../../shared/engine/chance.ts';
import { outletsOf, stepOf, titleOf } from '../../shared/flow/reading.ts';
import { namesChosenIn } from '../../shared/flow/references.ts';
import type { CoverPlan, CoverResult, TestContact } from '../../shared/simulation/cover.ts';
import type { SimulationProgress } from '../../shared/simulation/simulation.ts';
import { say, type Text } from '../../shared/text.ts';
import { addDays, atLocal, DAY, localDate, localTime, MINUTE, type Instant } from '../../shared/time.ts';
import type { Published } from '../runner/published.ts';
import { attributesOf } from '../store/attributes.ts';
import { flowRecord } from '../store/flows.ts';
import { workspaceNames } from '../store/names.ts';
import { answerForContacts } from '../store/rules.ts';
import { segmentsOf } from '../store/segments.ts';
import { readSettings } from '../store/settings.ts';
import { bareImage, type Image } from '../store/simulation-copy.ts';
import { openCopy } from './copy.ts';
import { nobodyYet, variableOf, variablesOf, type Person, type Scene } from './cover-candidates.ts';
import { hasValue, outletIds, pathsThrough, requirementsOf, type Literal, type Requirement, type Way } from './cover-paths.ts';
import { smallestCover } from './cover-smallest.ts';
import { anybody, conditionsMeant, solve, type Puzzle } from './cover-solve.ts';
import { add, preparedFlow, walk, type Walked } from './cover-walk.ts';

const PATHS = 40;
const TRIES_PER_WAY = 6;
const ROUNDS = 3;
const ANYBODY = 60;
const MOST_AT_ONCE = 1500;

const nameOf = ({ step, outlet }: Way) => `${step}>${outlet}`;

/** Covers the plan's flow in an empty copy of the workspace in `image`. Throws a ProblemError for a draft with errors. */
export async function cover(image: Image, now: Instant, plan: CoverPlan, tell: (progress: SimulationProgress) => void): Promise<CoverResult> {
  const bare = bareImage(image, plan.flow);
  const flow = await preparedFlow(bare, now, plan.flow, plan.version);
  const { puzzle, name, words } = await puzzleOf(bare, now, flow, plan.flow);
  const ways = [...flow.compiled.steps.values()].flatMap((step) => outletIds(step).map((outlet): Way => ({ step: step.id, outlet })));
  const around: Requirement[] = [
    ...(flow.flow.entry.audience === null ? [] : [{ rule: flow.flow.entry.audience, holds: true }]),
    ...[flow.compiled.goal, flow.compiled.exit].flatMap((rule) => (rule === null ? [] : [{ rule, holds: false }])),
  ];
  const people: Person[] = [];
  const walks: Walked[] = [];
  const held = new Map<string, string>();
  const seen = new Set<string>();
  let roll = 0;
  const pick = () => chanceOf(plan.flow, 'cover', ++roll);
  const missing = () => ways.filter((way) => !seen.has(nameOf(way)));
  for (let round = 0; round < ROUNDS && (round === 0 || missing().length > 0); round++) {
    const some: Person[] = [];
    for (const way of missing()) {
      const paths = pathsThrough(flow.compiled, way, PATHS);
      for (let n = 0; n < Math.min(paths.length, TRIES_PER_WAY * (round + 1)); n++) {
        const path = paths[n % paths.length]!;
        const solved = solve(puzzle, [...(round < 2 ? around : around.slice(0, 1)), ...asked(flow, path.ways, path.first)], pick);
        if ('person' in solved) some.push(solved.person);
      }
      // Where solving fails, luck may not.
      if (round > 0) for (let n = 0; n < 10; n++) some.push(anybody(puzzle, asked(flow, paths[n % Math.max(1, paths.length)]?.ways ?? []), pick));
    }
    for (let n = 0; n < ANYBODY; n++) some.push(anybody(puzzle, [], pick));
    const tried = some.slice(0, MOST_AT_ONCE);
    const walked = await walk(bare, now, plan.flow, plan.version, tried, (step, reason) => held.set(step, reason));
    people.push(...tried);
    walks.push(...walked);
    for (const { went } of walked) for (const way of went) seen.add(nameOf(way));
    tell({ day: round + 1, days: ROUNDS, at: now });
  }
  const known = new Set(ways.map(nameOf));
  const { chosen, proven } = smallestCover(walks.map(({ went }) => new Set(went.map(nameOf).filter((each) => known.has(each)))));
  const label = ({ step, outlet }: Way): Text => outletsOf(flow.flow, stepOf(flow.flow, step)).find(({ id }) => id === outlet)?.label ?? say('{label}', { label: outlet });
  return {
    flow: plan.flow,
    name,
    ways: ways.filter((way) => seen.has(nameOf(way))).map((way) => ({ ...way, label: label(way), to: flow.compiled.steps.get(way.step)!.next.get(way.outlet) ?? null, by: chosen.flatMap((place, index) => (walks[place]!.went.some((each) => nameOf(each) === nameOf(way)) ? [index] : [])) })),
    contacts: chosen.map((place) => described(people[place]!, walks[place]!)),
    red: missing().map((way) => ({ ...way, label: label(way), contradiction: heldOnTheWay(flow, way, held) ?? contradictionOf(puzzle, flow, way, around, words) })),
    odd: await oddOnes(bare, now, plan, puzzle.scene),
    tried: people.length,
    smallest: proven,
  };
}

/** What the steps of a way ask, one after the other; `first` is a goal where somebody is pulled to it. */
function asked({ compiled }: Published, ways: readonly Way[], first: string | null = compiled.first): Requirement[] {
  const pulled = first === compiled.first ? [] : compiled.goals.filter(({ stepId }) => stepId === first).map(({ rule }): Requirement => ({ rule, holds: true }));
  return [...pulled, ...ways.flatMap(({ step, outlet }) => requirementsOf(compiled.steps.get(step)!, outlet))];
}

async function puzzleOf(bare: Buffer, now: Instant, flow: Published, flowId: number): Promise<{ puzzle: Puzzle; name: string; words: (literal: Literal) => Text }> {
  const copy = openCopy({ image: bare, now, react: () => ({ opened: null, clicked: null, ordered: null, optedOut: null }) });
  try {
    const { workspace } = copy;
    const scene: Scene = { attributes: attributesOf(workspace), segments: segmentsOf(workspace), now, zone: readSettings(workspace).timeZone };
    const rules: Rule[] = [flow.flow.entry.audience, flow.compiled.goal, flow.compiled.exit, ...flow.compiled.goals.map(({ rule }) => rule)].filter((rule) => rule !== null);
    for (const { facts } of flow.compiled.steps.values()) for (const fact of Object.values(facts)) if ('rule' in fact) rules.push(fact.rule);
    for (const { facts } of flow.compiled.steps.values()) for (const fact of Object.values(facts)) if ('attribute' in fact) rules.push(hasValue(fact.attribute));
    for (const { type, config, next } of flow.compiled.steps.values()) for (const outlet of next.keys()) rules.push(...[type.asks?.(config, outlet) ?? []].flat());
    const conditions = conditionsMeant(rules, scene);
    const variables = variablesOf(conditions, scene);
    const table = new Map<string, boolean[]>();
    let index = 0;
    for (const variable of variables.values()) {
      const ids = variable.settings.map((setting) => {
        const person = nobodyYet();
        setting.apply(person);
        return add(workspace, person, index++, now);
      });
      for (const condition of conditions) {
        if (variableOf(condition) !== variable.name || isSince(condition)) continue;
        const met = answerForContacts(workspace, condition, ids, now);
        table.set(JSON.stringify(condition), ids.map((id) => met.has(id)));
      }
    }
    const changed = changedBy(flow);
    const names = workspaceNames(workspace);
    return {
      name: flowRecord(workspace, flowId)!.name,
      words: ({ condition, holds }) => ruleText(holds ? condition : { kind: 'none', rules: [condition] }, names),
      puzzle: {
        scene,
        variables,
        isFixed: (condition) => ['attribute', 'tag', 'consent', 'segment'].includes(condition.kind) && !('for' in condition && condition.for !== undefined) && !isRelative(condition) && !changed.has(variableOf(condition)!.split(':').slice(0, 2).join(':')),
        truth(condition, setting) {
          const { does, apply } = variables.get(variableOf(condition)!)!.settings[setting]!;
          if (condition.kind === 'message') return doesWith(apply, condition) === condition.did;
          if (isSince(condition)) return 'did' in condition ? does === condition.did : 'either';
          const holds = table.get(JSON.stringify(condition))?.[setting];
          return holds === undefined || (does && 'did' in condition) ? 'either' : holds;
        },
      },
    };
  } finally {
    await copy.close();
  }
}

const isSince = (condition: Condition): boolean => ('since' in condition && condition.since === 'enrollment') || condition.kind === 'message';

/** Whether somebody set like this does that with the message. */
function doesWith(apply: (person: Person) => void, { message, act }: Extract<Condition, { kind: 'message' }>): boolean {
  const person = nobodyYet();
  apply(person);
  const does = person.messages.get(message);
  return does === act || (act === 'opened' && does === 'clicked');
}

/** Whether a day that goes by alone can change the answer. */
function isRelative(condition: Condition): boolean {
  return condition.kind === 'attribute' && ['inLast', 'longerAgo', 'inNext', 'anniversaryToday', 'anniversaryInNext'].includes(condition.operator);
}

/** What the flow's own steps change, by the names of variables; of consent everything where it changes any, and opting out is never impossible. */
function changedBy({ compiled }: Published): Set<string> {
  const changed = new Set(['consent:email', 'consent:sms']);
  for (const { type, config, disabled } of compiled.steps.values()) {
    if (disabled || type.family === 'logic') continue;
    for (const { thing, key } of namesChosenIn(type.config, config)) changed.add(`${thing}:${key}`);
  }
  return changed;
}

/** Every path to it comes by a step whose message nobody gets past, at least not by itself. */
function heldOnTheWay({ compiled, flow }: Published, way: Way, held: ReadonlyMap<string, string>): Text | null {
  const paths = pathsThrough(compiled, way, PATHS);
  const stuck = paths[0]?.ways.find(({ step }) => held.has(step));
  if (stuck === undefined || !paths.every(({ ways }) => ways.some(({ step }) => held.has(step)))) return null;
  return say('The message of “{step}” is held until a person decides: {reason}.', { step: titleOf(stepOf(flow, stuck.step)), reason: held.get(stuck.step)! });
}

/** Why nobody can go a way, where that is certain: every path to it asks what cannot be. */
function contradictionOf(puzzle: Puzzle, flow: Published, way: Way, around: readonly Requirement[], words: (literal: Literal) => Text): Text | null {
  const paths = pathsThrough(flow.compiled, way, PATHS);
  if (paths.length === 0) return say('No way leads to this step.');
  if (paths.some(({ cutOff }) => cutOff)) return null;
  let first: [Literal, Literal] | null = null;
  for (const path of paths) {
    const solved = solve(puzzle, [...around.slice(0, flow.flow.entry.audience === null ? 0 : 1), ...asked(flow, path.ways, path.first)], () => 0);
    if ('person' in solved || solved.conflict === null) return null;
    first ??= solved.conflict;
  }
  return say('It takes: {one}. But on the way there: {other}. Nothing in the flow changes that.', { one: words(first![1]), other: words(first![0]) });
}

function described(person: Person, { went, end }: Walked): TestContact {
  const deedText = ({ type, data, amount, kind }: Person['happens'][number]) => [kind === 'tag' ? `tag_added ${type}` : type, ...(kind === 'order' ? [String(amount)] : []), ...(Object.keys(data).length > 0 ? [JSON.stringify(data)] : [])].join(' ');
  return {
    values: person.values,
    tags: [...person.tags],
    consent: [...new Set(['email', 'sms', ...person.consent])].filter((each) => !person.withoutConsent.has(each)),
    segments: [...person.segments],
    before: person.before.map(({ deed, at }) => `${new Date(at).toISOString().slice(0, 16)}Z ${deedText(deed)}`),
    happens: person.happens.map(deedText),
    messages: Object.fromEntries(person.messages),
    decide: Object.fromEntries(person.decide),
    chance: Object.fromEntries([...person.chance].filter(([step]) => went.some((way) => way.step === step))),
    went,
    end: { state: end!.state, reason: end!.reason },
  };
}

/** Unusual people walk, too: whatever they go through, nothing may fail. */
async function oddOnes(bare: Buffer, now: Instant, plan: CoverPlan, scene: Scene): Promise<CoverResult['odd']> {
  const of = (values: Person['values']): Person => ({ ...nobodyYet(), values });
  const dates = [...scene.attributes.values()].filter(({ kind }) => kind === 'date').map(({ key }): [string, string] => [key, '1984-02-29']);
  const odd: { what: Text; person: Person }[] = [
    { what: say('Nothing filled in'), person: of({}) },
    { what: say('A name of empty space and signs'), person: of({ first_name: ' ', last_name: '{{ <b>&"Ø漢🙂' }) },
    { what: say('Every date on 29 February'), person: of(Object.fromEntries(dates)) },
    { what: say('Fourteen hours ahead of UTC'), person: of({ time_zone: 'Pacific/Kiritimati' }) },
    { what: say('Eleven hours behind UTC'), person: of({ time_zone: 'Pacific/Pago_Pago' }) },
  ];
  const told = (what: Text, { went, end }: Walked) => ({ what, went, end });
  const walked = await walk(bare, now, plan.flow, plan.version, odd.map(({ person }) => person));
  const gap = nextGap(now, scene.zone);
  const late = gap === null ? [] : await walk(bare, gap - 40 * MINUTE, plan.flow, plan.version, [of({})]);
  return [...odd.map(({ what }, index) => told(what, walked[index]!)), ...late.map((each) => told(say('Comes in before the clock skips an hour'), each))];
}

/** When clocks next skip an hour in a zone, within a year; `null`: they do not. */
function nextGap(now: Instant, zone: string): Instant | null {
  for (let day = localDate(now, zone), n = 0; n < 366; day = addDays(day, 1), n++) {
    for (const time of ['00:30', '01:30', '02:30']) {
      const at = atLocal(day, time, zone);
      if (at > now + DAY && localTime(at, zone) !== time) return at;
    }
  }
  return null;
}
