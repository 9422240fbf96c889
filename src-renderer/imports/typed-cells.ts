// What somebody has typed while preparing an import: cells, and texts to be replaced. Unlike the settings around it, it says something
// about people, so it is not kept for long, and not beyond anybody's erasure.
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';

/** So long it outlives the window: a few days, as somebody needs to ask about a wrong address. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** When it was written down, and the number of the latest erasure then. */
export type TypedMark = { at: number; erasure: number };

export function hasTyped({ mends, columns }: ImportPlan): boolean {
  return Object.keys(mends).length > 0 || columns.some(({ replace = [] }) => replace.length > 0);
}

/** The plan with nothing in it that was typed for this file. */
export function withoutTyped(plan: ImportPlan): ImportPlan {
  return hasTyped(plan) ? { ...plan, mends: {}, columns: plan.columns.map((column) => ({ ...column, replace: undefined })) } : plan;
}

/** Whether what was typed may still be kept. `erasure`: the latest one by now. */
export function mayKeepTyped(mark: TypedMark | undefined, now: number, erasure: number): boolean {
  return mark !== undefined && mark.erasure === erasure && now - mark.at < KEPT_MS && mark.at <= now;
}
