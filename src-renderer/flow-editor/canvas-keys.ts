// Keys while the canvas has the focus: arrows walk the graph, letters and editing keys are commands.
import type { KeyboardEvent } from 'react';
import { START } from '../../shared/flow/flow.ts';
import { isField } from '../app/keys.ts';
import { commands } from './commands.ts';
import type { Editor } from './editor-context.tsx';
import { nothingSelected, selectedCard, selectStep, toggleStep, type Selection } from './selection.ts';
import type { Drawing } from './to-canvas.ts';
import { walk, type Direction } from './walk.ts';

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowDown: 'down',
  ArrowUp: 'up',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  End: 'last',
};

/** `lastBelow` remembers which branch each card was left by; it is changed by walking. */
export function canvasKey(event: KeyboardEvent<HTMLElement>, editor: Editor, lastBelow: Map<string, string>): void {
  const target = event.target as HTMLElement;
  if (isField(target) || event.defaultPrevented) return;
  const card = target.closest<HTMLElement>('.react-flow__node')?.dataset.id;
  const drawing = editor.drawing.current;
  const direction = ARROWS[event.key];
  const { store, ui } = editor;

  if (direction !== undefined && drawing !== null && !event.ctrlKey && !event.altKey && !event.metaKey) {
    const from = card ?? selectedCard(store.getState().selection) ?? START;
    // Inside the start card, up and down go through its triggers first.
    if (from === START && target !== target.closest('.react-flow__node') && stepThroughButtons(target, direction)) {
      event.preventDefault();
      return;
    }
    const to = walk(drawing, from, direction, lastBelow);
    event.preventDefault();
    if (direction === 'down' && to !== from) lastBelow.set(from, to);
    if (direction === 'up' && to !== from) lastBelow.set(to, from);
    const selection = selectionOf(drawing, to);
    store.getState().select(event.shiftKey && selection.kind === 'steps' ? extended(store.getState().selection, to) : selection);
    editor.canvas.current?.focus(to);
    return;
  }
  if (event.key === 'Escape') {
    if (ui.getState().menu !== null) ui.getState().set({ menu: null });
    else store.getState().select(nothingSelected);
    return;
  }
  // A button inside a card does what it says.
  const onButton = target.closest('button') !== null;
  const wanted = commands.find((each) => each.where === 'canvas' && each.key?.(event) === true);
  if (wanted === undefined || (onButton && event.key === 'Enter')) return;
  if (card !== undefined) {
    const { selection } = store.getState();
    const chosen = selectedCard(selection) === card || (selection.kind === 'steps' && selection.ids.includes(card));
    if (!chosen && drawing !== null) store.getState().select(selectionOf(drawing, card));
  }
  if (wanted.can?.(editor) === false || wanted.run === undefined) return;
  event.preventDefault();
  wanted.run(editor);
}

/** What is selected when a card has the focus. */
function selectionOf(drawing: Drawing, id: string): Selection {
  const card = drawing.byId.get(id);
  if (card?.kind === 'step') return selectStep(id);
  if (card?.kind === 'end') return { kind: 'end', at: card.spot };
  return card?.kind === 'start' ? { kind: 'start', trigger: null } : nothingSelected;
}

function extended(selection: Selection, id: string): Selection {
  return selection.kind === 'steps' && selection.ids.includes(id) ? selection : toggleStep(selection, id);
}

function stepThroughButtons(from: HTMLElement, direction: Direction): boolean {
  if (direction !== 'down' && direction !== 'up') return false;
  const buttons = [...(from.closest('.start-card')?.querySelectorAll<HTMLElement>('button') ?? [])];
  const next = buttons[buttons.indexOf(from) + (direction === 'down' ? 1 : -1)];
  next?.focus();
  return next !== undefined;
}
