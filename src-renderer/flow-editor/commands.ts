// The editor's commands: what each is called, which keys ask for it, when it can be done. Keys, menus, buttons and tooltips read
// this list. Letters without a modifier only count while the canvas has the focus (UX 2.5).
import i18next from 'i18next';
import { START } from '../../shared/flow/flow.ts';
import { FIRST_SPOT, outletsOf, stepOf } from '../../shared/flow/reading.ts';
import { platformKeys } from '../app/keys.ts';
import { deleteSelected, deleteWithBelow, duplicateSelected, moveBy, spotForNew, swapBranches, toggleDisabled } from './actions.ts';
import type { Editor } from './editor-context.tsx';
import { nextProblem } from './problem-list.ts';
import { endId, nothingSelected, selectedCard } from './selection.ts';
import { showUndo } from './undo-notice.tsx';

export type CommandName =
  | 'undo'
  | 'redo'
  | 'add'
  | 'addBefore'
  | 'delete'
  | 'deleteBelow'
  | 'duplicate'
  | 'copy'
  | 'cut'
  | 'paste'
  | 'disable'
  | 'rename'
  | 'swap'
  | 'moveUp'
  | 'moveDown'
  | 'inspect'
  | 'fit'
  | 'fullSize'
  | 'zoomIn'
  | 'zoomOut'
  | 'nextProblem'
  | 'previousProblem'
  | 'problems'
  | 'publish'
  | 'palette'
  | 'inspector'
  | 'all';

export type Command = {
  name: CommandName;
  /** As shown to the user; "Ctrl" is shown as the platform's. */
  keys: string;
  /** `canvas`: only while the canvas has the focus. `everywhere`: also in text fields. `screen`: everywhere but in text fields. */
  where: 'canvas' | 'screen' | 'everywhere';
  /** Copy, cut and paste come as events of the clipboard, so they have no key of their own here. */
  key?(event: KeyLike): boolean;
  can?(editor: Editor): boolean;
  run?(editor: Editor): void;
};

type KeyLike = { key: string; code: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean };

const plain = (event: KeyLike) => !event.ctrlKey && !event.metaKey && !event.altKey;
const mod = (event: KeyLike) => (event.ctrlKey || event.metaKey) && !event.altKey;
/** Letters by what they type, digits by where they are (UX 2.5 f). */
const letter = (event: KeyLike, wanted: string) => event.key.toLowerCase() === wanted;

const hasSteps = ({ store }: Editor) => store.getState().selection.kind === 'steps';
const one = ({ store }: Editor) => {
  const { selection } = store.getState();
  return selection.kind === 'steps' && selection.ids.length === 1 ? selection.ids[0]! : null;
};

/** Opens the picker for the place behind the selected card, beside that card. */
function pick(editor: Editor, at = spotForNew(editor), before?: string): void {
  const { selection } = editor.store.getState();
  const card = selectedCard(selection) ?? (editor.drawing.current?.byId.has(endId(at)) === true ? endId(at) : at.from);
  editor.canvas.current?.reveal(card);
  const point = editor.canvas.current?.screenPoint(card) ?? { x: 0, y: 0 };
  editor.ui.getState().set({ picker: { at, before, ...point } });
}

export const commands: readonly Command[] = [
  {
    name: 'undo',
    keys: 'Ctrl+Z',
    where: 'screen',
    key: (event) => mod(event) && !event.shiftKey && letter(event, 'z'),
    can: ({ store }) => store.getState().history.past.length > 0,
    run: ({ store }) => store.getState().undo(),
  },
  {
    name: 'redo',
    keys: 'Ctrl+Y',
    where: 'screen',
    key: (event) => mod(event) && ((!event.shiftKey && letter(event, 'y')) || (event.shiftKey && letter(event, 'z'))),
    can: ({ store }) => store.getState().history.future.length > 0,
    run: ({ store }) => store.getState().redo(),
  },
  {
    name: 'add',
    keys: 'A',
    where: 'canvas',
    key: (event) => plain(event) && !event.shiftKey && (letter(event, 'a') || event.key === 'Insert'),
    run: (editor) => pick(editor),
  },
  {
    name: 'addBefore',
    keys: 'Shift+A',
    where: 'canvas',
    key: (event) => plain(event) && event.shiftKey && letter(event, 'a'),
    can: (editor) => one(editor) !== null,
    run: (editor) => {
      const id = one(editor);
      const into = editor.drawing.current?.lines.find((line) => line.to === id);
      pick(editor, into?.spot ?? FIRST_SPOT, id ?? undefined);
    },
  },
  {
    name: 'delete',
    keys: 'Delete',
    where: 'canvas',
    key: (event) => plain(event) && !event.shiftKey && (event.key === 'Delete' || event.key === 'Backspace'),
    can: ({ store }) => {
      const { selection } = store.getState();
      return selection.kind === 'steps' || (selection.kind === 'start' && selection.trigger !== null);
    },
    run: (editor) => showUndo(editor, deleteSelected(editor)),
  },
  {
    name: 'deleteBelow',
    keys: 'Shift+Delete',
    where: 'canvas',
    key: (event) => plain(event) && event.shiftKey && (event.key === 'Delete' || event.key === 'Backspace'),
    can: (editor) => one(editor) !== null,
    run: (editor) => showUndo(editor, deleteWithBelow(editor, one(editor)!)),
  },
  {
    name: 'duplicate',
    keys: 'Ctrl+D',
    where: 'screen',
    key: (event) => mod(event) && !event.shiftKey && letter(event, 'd'),
    can: hasSteps,
    run: (editor) => duplicateSelected(editor, (name) => i18next.t('copyOf', { ns: 'editor', name })),
  },
  { name: 'copy', keys: 'Ctrl+C', where: 'canvas', can: hasSteps },
  { name: 'cut', keys: 'Ctrl+X', where: 'canvas', can: hasSteps },
  { name: 'paste', keys: 'Ctrl+V', where: 'canvas' },
  {
    name: 'disable',
    keys: 'D',
    where: 'canvas',
    key: (event) => plain(event) && !event.shiftKey && letter(event, 'd'),
    can: hasSteps,
    run: toggleDisabled,
  },
  {
    name: 'rename',
    keys: 'F2',
    where: 'screen',
    key: (event) => event.key === 'F2',
    can: (editor) => one(editor) !== null,
    run: (editor) => editor.ui.getState().set({ renaming: one(editor) }),
  },
  {
    name: 'swap',
    keys: '',
    where: 'canvas',
    can: (editor) => {
      const id = one(editor);
      const { flow } = editor.store.getState();
      return id !== null && outletsOf(flow, stepOf(flow, id)).length > 1;
    },
    run: (editor) => swapBranches(editor, one(editor)!),
  },
  {
    name: 'moveUp',
    keys: 'Alt+↑',
    where: 'canvas',
    key: (event) => event.altKey && event.key === 'ArrowUp',
    can: (editor) => one(editor) !== null,
    run: (editor) => void moveBy(editor, one(editor)!, -1),
  },
  {
    name: 'moveDown',
    keys: 'Alt+↓',
    where: 'canvas',
    key: (event) => event.altKey && event.key === 'ArrowDown',
    can: (editor) => one(editor) !== null,
    run: (editor) => void moveBy(editor, one(editor)!, 1),
  },
  { name: 'inspect', keys: 'Enter', where: 'canvas', key: (event) => plain(event) && event.key === 'Enter', run: inspect },
  {
    name: 'fit',
    keys: 'Shift+1',
    where: 'canvas',
    key: (event) => plain(event) && ((event.shiftKey && event.code === 'Digit1') || event.key === 'Home'),
    run: ({ canvas }) => canvas.current?.fit(),
  },
  {
    name: 'fullSize',
    keys: 'Ctrl+0',
    where: 'screen',
    key: (event) => mod(event) && event.code === 'Digit0',
    run: ({ canvas }) => canvas.current?.fullSize(),
  },
  {
    name: 'zoomIn',
    keys: '+',
    where: 'canvas',
    key: (event) => plain(event) && event.key === '+',
    run: ({ canvas }) => canvas.current?.zoomBy(1.25),
  },
  {
    name: 'zoomOut',
    keys: '-',
    where: 'canvas',
    key: (event) => plain(event) && event.key === '-',
    run: ({ canvas }) => canvas.current?.zoomBy(0.8),
  },
  {
    name: 'nextProblem',
    keys: 'F8',
    where: 'everywhere',
    key: (event) => event.key === 'F8' && !event.shiftKey,
    run: (editor) => nextProblem(editor, 1),
  },
  {
    name: 'previousProblem',
    keys: 'Shift+F8',
    where: 'everywhere',
    key: (event) => event.key === 'F8' && event.shiftKey,
    run: (editor) => nextProblem(editor, -1),
  },
  {
    name: 'problems',
    keys: 'Ctrl+Shift+M',
    where: 'everywhere',
    key: (event) => mod(event) && event.shiftKey && letter(event, 'm'),
    run: ({ ui }) => ui.getState().set({ problemsOpen: !ui.getState().problemsOpen }),
  },
  {
    name: 'publish',
    keys: 'Ctrl+Enter',
    where: 'everywhere',
    key: (event) => mod(event) && event.key === 'Enter',
    run: ({ ui }) => ui.getState().set({ dialog: { kind: 'publish' } }),
  },
  {
    name: 'palette',
    keys: 'Ctrl+B',
    where: 'screen',
    key: (event) => mod(event) && !event.shiftKey && letter(event, 'b'),
    run: ({ ui }) => ui.getState().set({ paletteOpen: !ui.getState().paletteOpen }),
  },
  {
    name: 'inspector',
    keys: 'Ctrl+I',
    where: 'screen',
    key: (event) => mod(event) && !event.shiftKey && letter(event, 'i'),
    run: ({ ui }) => ui.getState().set({ inspectorOpen: !ui.getState().inspectorOpen }),
  },
  {
    name: 'all',
    keys: 'Ctrl+A',
    where: 'canvas',
    key: (event) => mod(event) && !event.shiftKey && letter(event, 'a'),
    can: ({ store }) => store.getState().flow.steps.length > 0,
    run: ({ store }) => store.getState().select({ kind: 'steps', ids: store.getState().flow.steps.map((step) => step.id) }),
  },
];

export function command(name: CommandName): Command {
  return commands.find((each) => each.name === name)!;
}

/** Performs a command if it can be done now. Says whether it was. */
export function perform(editor: Editor, name: CommandName): boolean {
  const { can, run } = command(name);
  if (run === undefined || can?.(editor) === false) return false;
  run(editor);
  return true;
}

/** Opens what a card is about: its settings, or for an open end the picker. */
function inspect(editor: Editor): void {
  const { selection, select } = editor.store.getState();
  if (selection.kind === 'end') return pick(editor, selection.at);
  if (selection.kind === 'flow') {
    if (editor.store.getState().flow.steps.length === 0) pick(editor, FIRST_SPOT);
    else select(nothingSelected);
    return;
  }
  if (selection.kind === 'start' && selection.trigger === null) {
    const first = editor.store.getState().flow.triggers[0];
    if (first === undefined) {
      document.querySelector<HTMLElement>(`.react-flow__node[data-id="${START}"] button`)?.focus();
      return;
    }
    select({ kind: 'start', trigger: first.id });
  }
  editor.ui.getState().focusField(null);
}

/** The shortcut as this platform writes it. */
export function keysShown(name: CommandName): string {
  return platformKeys(command(name).keys);
}
