// What is selected in the editor. Selecting is not an edit: it is neither undone nor saved.
import { START, type Flow } from '../../shared/flow/flow.ts';
import type { Spot } from '../../shared/flow/reading.ts';

/** `flow`: nothing in particular, the inspector shows the flow itself. The last of `ids` is the one the inspector shows. */
export type Selection =
  | { kind: 'flow' }
  | { kind: 'start'; trigger: string | null }
  | { kind: 'steps'; ids: readonly string[] }
  /** The end of a branch that has no step. */
  | { kind: 'end'; at: Spot };

export const nothingSelected: Selection = { kind: 'flow' };

export function selectStep(id: string): Selection {
  return { kind: 'steps', ids: [id] };
}

/** The step that the inspector shows, or `null`. */
export function selectedStep(selection: Selection): string | null {
  return selection.kind === 'steps' ? (selection.ids.at(-1) ?? null) : null;
}

/** Names a spot: the id of its line on the canvas. */
export function spotId({ from, outlet }: Spot): string {
  return `${from}:${outlet}`;
}

/** Names the card at the end of a branch without a step. Step ids hold no colon, so it cannot be one of theirs. */
export function endId(spot: Spot): string {
  return `end:${spotId(spot)}`;
}

/** The selected card: a step's id, "start", the name of an end, or `null`. */
export function selectedCard(selection: Selection): string | null {
  if (selection.kind === 'end') return endId(selection.at);
  return selection.kind === 'start' ? START : selectedStep(selection);
}

function sameSpot(a: Spot, b: Spot): boolean {
  return a.from === b.from && a.outlet === b.outlet;
}

/** Adds a card to the selection or takes it out (Shift or Ctrl with a click). */
export function toggleStep(selection: Selection, id: string): Selection {
  const ids = selection.kind === 'steps' ? selection.ids : [];
  const rest = ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id];
  return rest.length === 0 ? nothingSelected : { kind: 'steps', ids: rest };
}

/** The part of a selection that a flow still has. */
export function stillThere(selection: Selection, flow: Flow): Selection {
  if (selection.kind === 'start') {
    return selection.trigger === null || flow.triggers.some((each) => each.id === selection.trigger)
      ? selection
      : { kind: 'start', trigger: null };
  }
  if (selection.kind === 'flow') return selection;
  if (selection.kind === 'end') {
    const { at } = selection;
    const there = at.from === START || flow.steps.some((step) => step.id === at.from);
    return there && !flow.edges.some((edge) => sameSpot(edge, at)) ? selection : nothingSelected;
  }
  const known = new Set(flow.steps.map((step) => step.id));
  const ids = selection.ids.filter((id) => known.has(id));
  if (ids.length === selection.ids.length) return selection;
  return ids.length === 0 ? nothingSelected : { kind: 'steps', ids };
}
