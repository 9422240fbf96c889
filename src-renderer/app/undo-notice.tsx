// A notice about something that was done, with a way to take it back while it is shown: the same wherever something can be.
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';

/** Long enough to read it and to reach the button. */
const SHOWN_MS = 12_000;

/** `undo` null: it cannot be taken back, and is only told. `verb`: what the button says instead of "Undo". */
export function showUndoable(message: string, undo: (() => void) | null, verb = i18next.t('undo')): void {
  const id = notifications.show({
    color: 'canal',
    autoClose: SHOWN_MS,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text size="sm">{message}</Text>
        {undo !== null && (
          <Button
            size="compact-sm"
            variant="default"
            style={{ flex: 'none' }}
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            {verb}
          </Button>
        )}
      </Group>
    ),
  });
}
