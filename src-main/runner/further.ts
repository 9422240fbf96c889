// Which of two passages through one flow has come further: what counts when a contact is in it twice.
import type { CompiledFlow } from '../../shared/engine/compiled.ts';
import { flowNow, passageOf, type Passage } from '../store/merges.ts';
import type { Workspace } from '../workspace.ts';
import { publishedOrError } from './published.ts';
import { removedSteps } from './removed-steps.ts';

/**
 * Of two enrollments inside one flow, the one that is further: whose step can still be come to from the other's, and not the
 * other way round. Where the flow does not say so (another branch, a circle), who has left more steps behind; then who came in first.
 */
export function furtherOf(workspace: Workspace, flow: number, one: number, other: number): number {
  const [a, b] = [passageOf(workspace, one), passageOf(workspace, other)];
  // Of two who follow different versions, the newer one says what comes after what.
  const kept = a.keptVersion === null || b.keptVersion === null ? null : Math.max(a.keptVersion, b.keptVersion);
  const version = kept ?? flowNow(workspace, flow)?.liveVersion ?? null;
  const published = version === null ? undefined : publishedOrError(workspace, flow, version);
  if (published !== undefined && !(published instanceof Error)) {
    const removed = removedSteps(workspace, flow, kept);
    const [fromA, fromB] = [placeOf(a, published.compiled, removed), placeOf(b, published.compiled, removed)];
    const [aheadOfA, aheadOfB] = [reachable(published.compiled, fromA), reachable(published.compiled, fromB)];
    const [bIsAhead, aIsAhead] = [fromA !== fromB && isIn(aheadOfA, fromB), fromA !== fromB && isIn(aheadOfB, fromA)];
    if (aIsAhead !== bIsAhead) return aIsAhead ? one : other;
  }
  if (a.visit !== b.visit) return a.visit > b.visit ? one : other;
  return a.enteredAt < b.enteredAt || (a.enteredAt === b.enteredAt && a.id < b.id) ? one : other;
}

/** The step at which somebody stands, or goes on where theirs is gone; `null`: out of the flow. */
function placeOf({ stepId }: Passage, flow: CompiledFlow, removed: Readonly<Record<string, { to: string | null }>>): string | null {
  return stepId === null || flow.steps.has(stepId) ? stepId : (removed[stepId]?.to ?? null);
}

/** The steps that come after one, however far; itself only by way of a circle. */
function reachable(flow: CompiledFlow, from: string | null): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = from === null ? [] : [from];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    for (const next of flow.steps.get(step)?.next.values() ?? []) {
      if (next === null || seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}

/** Out of the flow is ahead of every step. */
function isIn(steps: ReadonlySet<string>, step: string | null): boolean {
  return step === null || steps.has(step);
}
