// What differs between two versions of a flow: for "changed since published" and for the list before publishing.
import type { Flow, Step, Trigger } from '../../shared/flow/flow.ts';

/** Whether two values of a document say the same. A property that is `undefined` is as good as missing. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const one = a as Record<string, unknown>;
  const other = b as Record<string, unknown>;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const key of keys) if (!sameValue(one[key], other[key])) return false;
  return true;
}

export type FlowChange =
  | { kind: 'stepAdded' | 'stepRemoved'; step: Step }
  /** `fields`: names of the configuration's fields that differ, or "name", "note", "disabled", "type". */
  | { kind: 'stepChanged'; step: Step; fields: string[] }
  | { kind: 'triggerAdded' | 'triggerRemoved' | 'triggerChanged'; trigger: Trigger }
  /** The order or the connections of steps. */
  | { kind: 'connections' }
  | { kind: 'setting'; setting: 'name' | 'entry' | 'goal' | 'exit' | 'optOut' | 'priority' };

/** What publishing would change, in the order of the document; `live` null: everything is new. */
export function changesBetween(live: Flow | null, draft: Flow): FlowChange[] {
  const changes: FlowChange[] = [];
  const before = live ?? { ...draft, triggers: [], steps: [], edges: [] };
  const triggers = new Map(before.triggers.map((each) => [each.id, each]));
  for (const trigger of draft.triggers) {
    const old = triggers.get(trigger.id);
    if (old === undefined) changes.push({ kind: 'triggerAdded', trigger });
    else if (!sameValue(old, trigger)) changes.push({ kind: 'triggerChanged', trigger });
  }
  for (const trigger of before.triggers)
    if (!draft.triggers.some((each) => each.id === trigger.id)) changes.push({ kind: 'triggerRemoved', trigger });
  const steps = new Map(before.steps.map((each) => [each.id, each]));
  for (const step of draft.steps) {
    const old = steps.get(step.id);
    if (old === undefined) changes.push({ kind: 'stepAdded', step });
    else if (!sameValue(old, step)) changes.push({ kind: 'stepChanged', step, fields: changedFields(old, step) });
  }
  const kept = new Set(draft.steps.map((each) => each.id));
  for (const step of before.steps) if (!kept.has(step.id)) changes.push({ kind: 'stepRemoved', step });
  if (live === null) return changes;
  const sameSteps = draft.steps.length === before.steps.length && draft.steps.every((each) => steps.has(each.id));
  if (sameSteps && !sameValue(edgeNames(before), edgeNames(draft))) changes.push({ kind: 'connections' });
  for (const setting of ['name', 'entry', 'goal', 'exit', 'optOut', 'priority'] as const) {
    if (!sameValue(before[setting], draft[setting])) changes.push({ kind: 'setting', setting });
  }
  return changes;
}

function edgeNames(flow: Flow): string[] {
  return flow.edges.map((edge) => `${edge.from} ${edge.outlet} ${edge.to}`).toSorted();
}

function changedFields(old: Step, step: Step): string[] {
  const own = (['type', 'name', 'note', 'disabled'] as const).filter((each) => !sameValue(old[each], step[each]));
  const names = new Set([...Object.keys(old.config), ...Object.keys(step.config)]);
  return [...own, ...[...names].filter((name) => !sameValue(old.config[name], step.config[name]))];
}
