// Which ways lead to a way out of a step, and what somebody must be like to go them: the requirements of each step on the way,
// solved by going back and forth over the alternatives that a rule leaves.
import { isGroup, type Condition, type Rule } from '../../shared/contacts/rule.ts';
import type { CompiledFlow, CompiledStep } from '../../shared/engine/compiled.ts';
import type { EventQuestion } from '../../shared/contacts/event-question.ts';

/** A condition that must hold, or must not. */
export type Literal = { condition: Condition; holds: boolean };

/** What a way out of a step asks: rules with their answers, and choices. */
export type Requirement = { rule: Rule; holds: boolean } | { await: EventQuestion } | { decide: string; outcome: string } | { chance: string; share: string };

export type Way = { step: string; outlet: string };

/** The ways out of a step that anybody can take. A step that is switched off lets everybody on by its first. */
export function outletIds({ disabled, next }: CompiledStep): string[] {
  const ids = [...next.keys()];
  return disabled ? ids.slice(0, 1) : ids;
}

/** Ways from the start to each step, the shortest first; `pulled`: from a goal that pulls people to it. `most` for each. */
export function pathsThrough(flow: CompiledFlow, target: Way, most: number): { ways: Way[]; first: string; cutOff: boolean }[] {
  const starts = [...(flow.first === null ? [] : [flow.first]), ...flow.goals.map(({ stepId }) => stepId).filter((id) => id !== flow.first)];
  const found: { ways: Way[]; first: string; cutOff: boolean }[] = [];
  let looked = 0;
  let cutOff = false;
  for (const first of starts) {
    const open: { at: string; ways: Way[] }[] = [{ at: first, ways: [] }];
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      if (++looked > 3000 || found.length >= most) {
        cutOff = true;
        break;
      }
      const { at, ways } = next;
      if (at === target.step) {
        found.push({ ways: [...ways, target], first, cutOff: false });
        continue;
      }
      const step = flow.steps.get(at);
      if (step === undefined) continue;
      for (const outlet of outletIds(step)) {
        const to = step.next.get(outlet) ?? null;
        if (to !== null && !ways.some((way) => way.step === to)) open.push({ at: to, ways: [...ways, { step: at, outlet }] });
      }
    }
  }
  return found.map((each) => ({ ...each, cutOff }));
}

/** The condition that an attribute has a value. */
export function hasValue(attribute: string): Condition {
  return { kind: 'attribute', attribute, operator: 'isNotEmpty' };
}

/** What it takes to leave a step by an outlet, as far as its facts tell. */
export function requirementsOf(step: CompiledStep, outlet: string): Requirement[] {
  if (step.disabled) return [];
  const asked = step.type.asks?.(step.config, outlet) ?? null;
  if (asked !== null) return [{ rule: asked, holds: true }];
  const outlets = [...step.next.keys()];
  const facts = Object.entries(step.facts);
  const rules = facts.flatMap(([name, fact]) => ('rule' in fact ? [{ name, rule: fact.rule }] : []));
  // A date that is waited for must be there.
  const needed = facts.flatMap(([, fact]): Requirement[] => ('attribute' in fact ? [{ rule: hasValue(fact.attribute), holds: true }] : []));
  const isLast = outlets.length > 1 && outlet === outlets.at(-1);
  const place = rules.findIndex(({ name }) => name === outlet);
  if (rules.length > 0) {
    if (place >= 0) return rules.slice(0, place + 1).map(({ rule }, index) => ({ rule, holds: index === place }));
    return rules.map(({ rule }) => ({ rule, holds: !isLast }));
  }
  if (step.type.asksPeople === true) return isLast ? needed : [...needed, { decide: step.id, outcome: outlet }];
  if (step.type.type === 'split') return [{ chance: step.id, share: outlet }];
  const awaited = facts.flatMap(([, fact]) => ('firstEvent' in fact ? fact.firstEvent : [])).find(({ id }) => id === outlet);
  return awaited === undefined ? needed : [...needed, { await: awaited.question }];
}

/** The sets of conditions with which a rule has the wanted answer, `most` at the most; `cutOff` is set where there are more. */
export function alternatives(rule: Rule, holds: boolean, most: number, cutOff: () => void): Literal[][] {
  if (!isGroup(rule)) return [[{ condition: rule, holds }]];
  const wantAll = rule.kind === 'all' ? holds : rule.kind === 'none' ? holds : !holds;
  const inner = rule.kind === 'none' ? !holds : holds;
  const parts = rule.rules.map((each) => alternatives(each, inner, most, cutOff));
  const all = wantAll ? parts.reduce<Literal[][]>((before, part) => limited(before.flatMap((one) => part.map((other) => [...one, ...other])), most, cutOff), [[]]) : parts.flat();
  return limited(all, most, cutOff);
}

function limited(list: Literal[][], most: number, cutOff: () => void): Literal[][] {
  if (list.length > most) cutOff();
  return list.slice(0, most);
}
