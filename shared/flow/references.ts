// Which segments a flow names: in its own rules, its triggers and its steps.
import { segmentsIn, type Rule } from '../contacts/rule.ts';
import { stepType } from '../steps/index.ts';
import { triggerType } from '../triggers/index.ts';
import type { Flow } from './flow.ts';
import { configOf } from './reading.ts';

/** The keys of the segments that a flow names itself, not by way of other segments; each once. */
export function segmentsOfFlow(flow: Flow): string[] {
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
  const rules = [flow.entry.audience, flow.goal, flow.exit, ...parts.flatMap((part) => part?.rules ?? [])].filter(
    (rule): rule is Rule => rule !== null,
  );
  return [...new Set([...parts.flatMap((part) => part?.segments ?? []), ...rules.flatMap(segmentsIn)])];
}
