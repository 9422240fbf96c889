// A notice about what was just done to many contacts, with a button that takes it back.
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { call } from '../backend.ts';
import { showFailure, showSuccess } from '../app/notices.tsx';

const SHOWN_MS = 12_000;

/** Waits until an edit is done, and says so with a way back. Failures are shown; answers whether it was done. */
export async function tellDone(bulkEdit: number, sentence: (changed: number) => string): Promise<boolean> {
  try {
    const row = await call('bulkEdits.wait', { bulkEdit });
    const id = `edit-${bulkEdit}`;
    const undo = async () => {
      notifications.hide(id);
      try {
        const { restored, takenOut, cancelled } = await call('bulkEdits.undo', { bulkEdit });
        const out = takenOut === 0 ? '' : ` ${i18next.t('undoneTakenOut', { ns: 'edits', people: takenOut, messages: cancelled })}`;
        showSuccess(`${i18next.t('undone', { ns: 'edits', count: restored })}${out}`);
      } catch (error) {
        showFailure(error);
      }
    };
    notifications.show({
      id,
      color: 'canal',
      autoClose: SHOWN_MS,
      message: (
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm">{sentence(row.counts.changed)}</Text>
          {row.canUndo && (
            <Button size="compact-sm" variant="default" onClick={() => void undo()}>
              {i18next.t('undo', { ns: 'edits' })}
            </Button>
          )}
        </Group>
      ),
    });
    return true;
  } catch (error) {
    showFailure(error);
    return false;
  }
}
