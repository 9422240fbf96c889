// What is selected in the editor. Selecting is not an edit: it is neither undone nor saved.
import { START, type Flow } from '../../shared/flow/flow.ts';

/** `flow`: nothing in particular, the inspector shows the flow itself. The last of `ids` is the one the inspector shows. */
export type Selection = { kind: 'flow' } | { kind: 'start'; trigger: string | null } | { kind: 'steps'; ids: readonly string[] };

export const nothingSelected: Selection = { kind: 'flow' };

export function selectStep(id: string): Selection {
  return { kind: 'steps', ids: [id] };
}

/** The step that the inspector shows, or `null`. */
export function selectedStep(selection: Selection): string | null {
  return selection.kind === 'steps' ? (selection.ids.at(-1) ?? null) : null;
}

/** The selected card: a step's id, "start", or `null`. */
export function selectedCard(selection: Selection): string | null {
  return selection.kind === 'start' ? START : selectedStep(selection);
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
    return selection.trigger === null || flow.triggers.some((each) => each.id === selection.trigger) ? selection : { kind: 'start', trigger: null };
  }
  if (selection.kind === 'flow') return selection;
  const known = new Set(flow.steps.map((step) => step.id));
  const ids = selection.ids.filter((id) => known.has(id));
  if (ids.length === selection.ids.length) return selection;
  return ids.length === 0 ? nothingSelected : { kind: 'steps', ids };
}
