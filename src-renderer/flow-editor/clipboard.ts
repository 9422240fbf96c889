// Steps on the clipboard, as JSON text that one can read, mail and paste again. Keys come as the browser's own clipboard events.
import i18next from 'i18next';
import { titleOf, stepOf } from '../../shared/flow/reading.ts';
import { removeStep } from '../../shared/flow/edits.ts';
import { showFailure, showSuccess } from '../app/notices.tsx';
import { copiedText, pasteText } from './actions.ts';
import { isField } from '../app/keys.ts';
import { cutStep, deletedSteps } from './edit-labels.ts';
import type { Editor } from './editor-context.tsx';
import { nothingSelected } from './selection.ts';
import { showUndo } from './undo-notice.tsx';

/** Takes the selected steps out after they were copied. Nothing is asked: they are on the clipboard. */
function removeCut(editor: Editor): void {
  const { flow, selection, edit } = editor.store.getState();
  if (selection.kind !== 'steps' || selection.ids.length === 0) return;
  const [only] = selection.ids;
  const label = selection.ids.length === 1 ? cutStep(titleOf(stepOf(flow, only!))) : deletedSteps(selection.ids.length);
  edit(
    label,
    (before) =>
      selection.ids.reduce((result, id) => (result.steps.some((step) => step.id === id) ? removeStep(result, id) : result), before),
    { select: nothingSelected },
  );
  showUndo(editor, label);
}

export async function copyToClipboard(editor: Editor): Promise<void> {
  const text = copiedText(editor);
  if (text === null) return;
  await navigator.clipboard.writeText(text);
  sayCopied(editor);
}

export async function cutToClipboard(editor: Editor): Promise<void> {
  const text = copiedText(editor);
  if (text === null) return;
  await navigator.clipboard.writeText(text);
  removeCut(editor);
}

function sayCopied({ store }: Editor): void {
  const { selection } = store.getState();
  showSuccess(i18next.t('toast.copied', { ns: 'editor', count: selection.kind === 'steps' ? selection.ids.length : 0 }));
}

/** Hears copy, cut and paste while no text field has the focus. Answers how to stop. */
export function listenToClipboard(editor: Editor): () => void {
  const elsewhere = () =>
    isField(document.activeElement) ||
    (document.getSelection()?.toString() ?? '') !== '' ||
    document.querySelector('[role=dialog]') !== null;
  const copy = (event: ClipboardEvent) => {
    const text = elsewhere() ? null : copiedText(editor);
    if (text === null) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
    if (event.type === 'cut') removeCut(editor);
    else sayCopied(editor);
  };
  const paste = (event: ClipboardEvent) => {
    if (elsewhere()) return;
    try {
      if (pasteText(editor, event.clipboardData?.getData('text/plain') ?? '') > 0) event.preventDefault();
    } catch (error) {
      showFailure(error);
    }
  };
  document.addEventListener('copy', copy);
  document.addEventListener('cut', copy);
  document.addEventListener('paste', paste);
  return () => {
    document.removeEventListener('copy', copy);
    document.removeEventListener('cut', copy);
    document.removeEventListener('paste', paste);
  };
}
