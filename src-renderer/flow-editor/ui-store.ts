// What the editor shows beside the document: open panels, the picker, a drag under way, the latest figures. None of it is
// undone, and only the panels' sizes outlive the window.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FlowCounts } from '../../shared/api.ts';
import type { Spot } from '../../shared/flow/reading.ts';
import { sameValue } from './changes.ts';

/** A new step from the palette, or a step of the flow on its way to another spot. */
export type Dragged = { kind: 'new'; type: string } | { kind: 'move'; id: string };

export type UiState = {
  /** The step picker: for which spot, and where on the screen. With `before`, the step goes before that one, on all ways to it. */
  readonly picker: { at: Spot; before?: string | undefined; x: number; y: number } | null;
  /** `target`: the id of the line that the drop would go to. */
  readonly drag: { what: Dragged; x: number; y: number; targets: ReadonlySet<string>; target: string | null } | null;
  readonly dialog: { kind: 'publish' } | { kind: 'enroll' } | { kind: 'keep'; step: string } | null;
  /** The step whose title is being changed on its card. */
  readonly renaming: string | null;
  readonly menu: { step: string; x: number; y: number } | null;
  readonly problemsOpen: boolean;
  readonly paletteOpen: boolean;
  readonly inspectorOpen: boolean;
  readonly inspectorWidth: number;
  /** Problems are shown at fields that were never left, too. */
  readonly showAllProblems: boolean;
  /** A field that is to have the focus; `serial` grows with each wish. */
  readonly wish: { field: string | null; serial: number } | null;
  readonly counts: FlowCounts | null;
  set(part: Partial<UiState>): void;
  setCounts(counts: FlowCounts): void;
  /** Opens the inspector and puts the focus into a field, or into the first one. */
  focusField(field: string | null): void;
};

export type UiStore = StoreApi<UiState>;

export const INSPECTOR_WIDTH = { least: 300, usual: 360, most: 640 } as const;
const WIDTH_KEY = 'kanal.inspectorWidth';

export function createUiStore(): UiStore {
  const stored = Number(localStorage.getItem(WIDTH_KEY));
  // Where there is no room for both beside the flow, each is opened when it is wanted.
  const isNarrow = window.innerWidth <= 900;
  return createStore<UiState>()((set, get) => ({
    picker: null,
    drag: null,
    dialog: null,
    renaming: null,
    menu: null,
    problemsOpen: false,
    paletteOpen: !isNarrow,
    inspectorOpen: !isNarrow,
    inspectorWidth: stored >= INSPECTOR_WIDTH.least && stored <= INSPECTOR_WIDTH.most ? stored : INSPECTOR_WIDTH.usual,
    showAllProblems: false,
    wish: null,
    counts: null,
    set(part) {
      set(part);
      if (part.inspectorWidth !== undefined) localStorage.setItem(WIDTH_KEY, String(part.inspectorWidth));
    },
    /** Figures that did not change keep their identity, so that their cards are not drawn again. */
    setCounts(counts) {
      const before = get().counts;
      if (before === null) {
        set({ counts });
        return;
      }
      if (sameValue(before, counts)) return;
      const steps = Object.fromEntries(
        Object.entries(counts.steps).map(([id, figures]) => [
          id,
          before.steps[id] !== undefined && sameValue(before.steps[id], figures) ? before.steps[id] : figures,
        ]),
      );
      set({ counts: { ...counts, steps } });
    },
    focusField(field) {
      set({ inspectorOpen: true, wish: { field, serial: (get().wish?.serial ?? 0) + 1 } });
    },
  }));
}
