// Finds out what somebody must be like to go a way: which settings of which variables meet all that the steps on it ask.
import { conditionsOf, type Condition, type Rule } from '../../shared/contacts/rule.ts';
import { nobodyYet, dataFor, unfolded, variableOf, type Person, type Scene, type Variable } from './cover-candidates.ts';
import { alternatives, type Literal, type Requirement } from './cover-paths.ts';

/** Whether a condition holds for a setting of its variable; what can change while somebody is inside holds for either answer. */
export type Truth = (condition: Condition, setting: number) => boolean | 'either';

export type Puzzle = { scene: Scene; variables: ReadonlyMap<string, Variable>; truth: Truth; /** What nothing in the flow changes. */ isFixed(condition: Condition): boolean };

/** `conflict`: two that cannot both be, of conditions that nothing changes; only where all has been looked at. */
export type Solved = { person: Person } | { conflict: [Literal, Literal] | null };

const MOST_ALTERNATIVES = 16;
const MOST_LOOKS = 2000;

type Allowed = Map<string, { settings: number[]; by: Literal[] }>;

/** Solves requirements. `pick` chooses among what is left open: a number in [0, 1) for each question. */
export function solve(puzzle: Puzzle, requirements: readonly Requirement[], pick: () => number): Solved {
  let looks = 0;
  let incomplete = false;
  let conflict: [Literal, Literal] | null = null;
  const choices = requirements.flatMap((each) => ('rule' in each ? [alternatives(unfolded(each.rule, puzzle.scene), each.holds, MOST_ALTERNATIVES, () => (incomplete = true))] : []));

  function take(allowed: Allowed, literals: readonly Literal[]): Allowed | null {
    const after: Allowed = new Map(allowed);
    for (const literal of literals) {
      const name = variableOf(literal.condition);
      const variable = name === null ? undefined : puzzle.variables.get(name);
      if (name === null || variable === undefined) continue;
      const before = after.get(name) ?? { settings: variable.settings.map((_, index) => index), by: [] };
      const left = before.settings.filter((index) => puzzle.truth(literal.condition, index) === literal.holds || puzzle.truth(literal.condition, index) === 'either');
      if (left.length > 0) after.set(name, { settings: left, by: [...before.by, literal] });
      else if (puzzle.isFixed(literal.condition)) {
        conflict ??= [before.by.find((one) => !variable.settings.some((_, index) => fits(one, index) && fits(literal, index))) ?? before.by[0] ?? literal, literal];
        return null;
      }
      // What changes on the way cannot be told beforehand: the later answer is tried.
      else after.set(name, { settings: variable.settings.flatMap((_, index) => (fits(literal, index) ? [index] : [])), by: [literal] });
    }
    return after;
  }

  function fits({ condition, holds }: Literal, index: number): boolean {
    const holdsThen = puzzle.truth(condition, index);
    return holdsThen === holds || holdsThen === 'either';
  }

  function look(allowed: Allowed, at: number): Allowed | null {
    if (at === choices.length) return allowed;
    const open = choices[at]!;
    const turn = open.length > 1 ? Math.floor(pick() * open.length) : 0;
    for (let n = 0; n < open.length; n++) {
      if (++looks > MOST_LOOKS) {
        incomplete = true;
        return null;
      }
      const next = take(allowed, open[(turn + n) % open.length]!);
      const found = next === null ? null : look(next, at + 1);
      if (found !== null) return found;
    }
    return null;
  }

  const found = look(new Map(), 0);
  if (found === null) return { conflict: incomplete ? null : conflict };
  const person = nobodyYet();
  for (const [name, { settings }] of found) if (settings.length > 0) puzzle.variables.get(name)!.settings[settings[Math.floor(pick() * settings.length)]!]!.apply(person);
  for (const each of requirements) choose(person, each);
  return { person };
}

/** Somebody of whom everything is left to `pick`. */
export function anybody({ variables }: Puzzle, requirements: readonly Requirement[], pick: () => number): Person {
  const person = nobodyYet();
  for (const { settings } of variables.values()) settings[Math.floor(pick() * settings.length)]?.apply(person);
  for (const each of requirements) choose(person, each);
  return person;
}

function choose(person: Person, requirement: Requirement): void {
  if ('decide' in requirement) person.decide.set(requirement.decide, requirement.outcome);
  else if ('chance' in requirement) person.chance.set(requirement.chance, requirement.share);
  else if ('await' in requirement) {
    const { type, message, tag, where, amountAtLeast } = requirement.await;
    if (type === 'message_opened' || type === 'message_clicked' || type === 'message_replied') person.messages.set(message ?? 'any', type.slice('message_'.length) as 'opened');
    else if (type === 'tag_added') person.happens.push({ kind: 'tag', type: tag ?? '', data: {}, amount: 0 });
    else if (type === 'order_placed') person.happens.push({ kind: 'order', type, data: dataFor(where ?? []), amount: Math.max(10_000, (amountAtLeast ?? 0) * 100) });
    else person.happens.push({ kind: 'event', type, data: dataFor(where ?? []), amount: 0 });
  }
}

/** Every condition that some rules come to, segments unfolded. */
export function conditionsMeant(rules: readonly Rule[], scene: Scene): Condition[] {
  return rules.flatMap((rule) => conditionsOf(unfolded(rule, scene)));
}
