// Which steps belong to which parallel path: those between the step that divides a passage and the joins that bring it together.
import type { CompiledStep } from './compiled.ts';

/** By step, the path on which it lies, as "step outlet"; a step before, after or beside all paths is left out. */
export function pathsOfSteps(steps: ReadonlyMap<string, CompiledStep>): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const { id, type, next, disabled } of steps.values()) {
    if (type.forks !== true || disabled) continue;
    for (const [outlet, first] of next) {
      const open = [first];
      for (let step = open.pop(); step !== undefined; step = open.pop()) {
        const found = step === null ? undefined : steps.get(step);
        if (found === undefined || found.type.joins === true || paths.has(found.id) || found.id === id) continue;
        paths.set(found.id, `${id} ${outlet}`);
        open.push(...found.next.values());
      }
    }
  }
  return paths;
}
