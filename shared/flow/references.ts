// Which segments and attributes a flow names: in its own rules, its triggers and its steps.
import { attributesIn, conditionsOf, segmentsIn, type Rule } from '../contacts/rule.ts';
import { stepType } from '../steps/index.ts';
import { triggerType } from '../triggers/index.ts';
import type { Flow } from './flow.ts';
import { configOf } from './reading.ts';

/** The keys of the segments that a flow names itself, not by way of other segments; each once. */
export function segmentsOfFlow(flow: Flow): string[] {
  const { parts, rules } = namedBy(flow);
  return [...new Set([...parts.flatMap((part) => part?.segments ?? []), ...rules.flatMap(segmentsIn)])];
}

/** The keys of the segments of which a flow asks since when somebody is in them; each once. */
export function segmentsAskedSince(flow: Flow): string[] {
  return askedSince(namedBy(flow).rules);
}

/** The keys of the segments of which some rules ask since when somebody is in them; each once. */
export function askedSince(rules: readonly Rule[]): string[] {
  return [...new Set(rules.flatMap(conditionsOf).flatMap((each) => (each.kind === 'segment' && each.for !== undefined ? [each.segment] : [])))];
}

/** The keys of the attributes that a flow names itself, in its rules, triggers and steps; each once. */
export function attributesOfFlow(flow: Flow): string[] {
  const { parts, rules } = namedBy(flow);
  return [...new Set([...parts.flatMap((part) => part?.attributes ?? []), ...rules.flatMap(attributesIn)])];
}

function namedBy(flow: Flow) {
  const steps = flow.steps.map((step) => {
    const config = configOf(step);
    return config === null ? undefined : stepType(step.type)?.refers?.(config);
  });
  const triggers = flow.triggers.map((trigger) => {
    const type = triggerType(trigger.type);
    const config = type?.config.safeParse(trigger.config);
    return config?.success === true ? type!.refers?.(config.data) : undefined;
  });
  const parts = [...triggers, ...steps];
  const rules = [flow.entry.audience, flow.goal, flow.exit, ...parts.flatMap((part) => part?.rules ?? [])].filter((rule): rule is Rule => rule !== null);
  return { parts, rules };
}
