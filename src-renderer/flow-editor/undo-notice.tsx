// "Deleted 'Wait 2 days' – Undo": said after what takes something away.
import { Button, Group, Text as Words } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import type { Text } from '../../shared/text.ts';
import type { Editor } from './editor-context.tsx';

/** `label` is the edit's name; `null` when there was none. The button takes back that edit, and only while it is the newest. */
export function showUndo(editor: Editor, label: Text | null): void {
  if (label === null) return;
  const entry = editor.store.getState().history.past.at(-1);
  const id = notifications.show({
    autoClose: 8000,
    withCloseButton: true,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Words size="sm">{i18next.t('toast.done', { ns: 'editor', what: editor.text(label) })}</Words>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            const { history, undo } = editor.store.getState();
            if (history.past.at(-1) === entry) undo();
            notifications.hide(id);
          }}
        >
          {i18next.t('command.undo', { ns: 'editor' })}
        </Button>
      </Group>
    ),
  });
}

/** After a branch was put above steps: they stand on its first way, and can be put on the other. */
export function showSwap(swap: () => void): void {
  const id = notifications.show({
    autoClose: 10_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Words size="sm">{i18next.t('toast.swap', { ns: 'editor' })}</Words>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            swap();
            notifications.hide(id);
          }}
        >
          {i18next.t('command.swap', { ns: 'editor' })}
        </Button>
      </Group>
    ),
  });
}
