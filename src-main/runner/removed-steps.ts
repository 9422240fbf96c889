// Steps that were published once and are gone: where the people who stood there go on (FEATURES D2).
import type { Flow } from '../../shared/flow/flow.ts';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { onwardFrom, outletsOf, stepOf } from '../../shared/flow/reading.ts';
import { NEXT } from '../../shared/steps/step.ts';
import { remember, remembered } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';

/** `to`: the step to go on at; `null`: leave the flow. `version` is the last one that had the step. */
export type RemovedStep = { to: string | null; version: number };

const key = (flowId: number, keptVersion: number | null) => `removed-steps:${flowId}${keptVersion === null ? '' : `:${keptVersion}`}`;

/** The steps that were published once and that the live version does not have; or, of `keptVersion`, that were gone when people were kept on that. */
export function removedSteps(workspace: Workspace, flowId: number, keptVersion: number | null): Record<string, RemovedStep> {
  return remembered<Record<string, RemovedStep>>(workspace, key(flowId, keptVersion)) ?? {};
}

/** Whoever is kept on the live version, and stands at a step that it does not have, goes on as if no other were published. */
export function keepRemoved(workspace: Workspace, flowId: number, version: number): void {
  remember(workspace, key(flowId, version), removedSteps(workspace, flowId, null));
}

/**
 * Writes down, when a version is published, what becomes of those who stand at steps that it does not have; answers all such
 * steps. They go on at the next that is left, unless a choice says otherwise.
 */
export function rememberRemoved(workspace: Workspace, flowId: number, before: { flow: Flow; version: number }, now: Flow, choices: readonly RemovedChoice[] = []): Record<string, RemovedStep> {
  const remain = new Set(now.steps.map(({ id }) => id));
  const survivor = (id: string | null): string | null => firstSurvivor(before.flow, id, remain);
  const removed: Record<string, RemovedStep> = {};
  for (const [id, { to, version }] of Object.entries(removedSteps(workspace, flowId, null))) {
    if (!remain.has(id)) removed[id] = { to: survivor(to), version };
  }
  for (const { id } of before.flow.steps) {
    if (!remain.has(id)) removed[id] = { to: survivor(id), version: before.version };
  }
  for (const { step, go } of choices) {
    if (go !== 'next' && Object.hasOwn(removed, step)) removed[step] = { ...removed[step]!, to: go === 'exit' ? null : go.to };
  }
  remember(workspace, key(flowId, null), removed);
  return removed;
}

/** Along the first outlets of the old version, and where its steps lead by their settings, to the first step that is still there. */
function firstSurvivor(old: Flow, from: string | null, remain: ReadonlySet<string>): string | null {
  const seen = new Set<string>();
  let id = from;
  while (id !== null && !remain.has(id)) {
    if (seen.has(id)) return null;
    seen.add(id);
    id = onwardFrom(old, id, outletsOf(old, stepOf(old, id))[0]?.id ?? NEXT);
  }
  return id;
}
