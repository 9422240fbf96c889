// Says what was just done to many contacts, with a button that takes it back.
import i18next from 'i18next';
import { call } from '../backend.ts';
import { showFailure, showSuccess } from '../app/notices.tsx';
import { showUndoable } from '../app/undo-notice.tsx';

/** Waits until an edit is done, and says so with a way back. Failures are shown; answers whether it was done. */
export async function tellDone(bulkEdit: number, sentence: (changed: number) => string): Promise<boolean> {
  try {
    const { counts, canUndo } = await call('bulkEdits.wait', { bulkEdit });
    showUndoable(sentence(counts.changed), canUndo ? () => void takeBack(bulkEdit) : null);
    return true;
  } catch (error) {
    showFailure(error);
    return false;
  }
}

async function takeBack(bulkEdit: number): Promise<void> {
  try {
    const { restored, takenOut, cancelled } = await call('bulkEdits.undo', { bulkEdit });
    const out = takenOut === 0 ? '' : ` ${i18next.t('undoneTakenOut', { ns: 'edits', people: takenOut, messages: cancelled })}`;
    showSuccess(`${i18next.t('undone', { ns: 'edits', count: restored })}${out}`);
  } catch (error) {
    showFailure(error);
  }
}
