// "Deleted 'Wait 2 days' – Undo": said after what takes something away.
import i18next from 'i18next';
import type { Text } from '../../shared/text.ts';
import { showUndoable } from '../app/undo-notice.tsx';
import type { Editor } from './editor-context.tsx';

/** `label` is the edit's name; `null` when there was none. The button takes back that edit, and only while it is the newest. */
export function showUndo(editor: Editor, label: Text | null): void {
  if (label === null) return;
  const entry = editor.store.getState().history.past.at(-1);
  showUndoable(i18next.t('toast.done', { ns: 'editor', what: editor.text(label) }), () => {
    const { history, undo } = editor.store.getState();
    if (history.past.at(-1) === entry) undo();
  });
}

/** After a branch was put above steps: they stand on its first way, and can be put on the other. */
export function showSwap(swap: () => void): void {
  showUndoable(i18next.t('toast.swap', { ns: 'editor' }), swap, i18next.t('command.swap', { ns: 'editor' }));
}
