// A notice about something that was done, with a way to take it back while it is shown.
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

/** Shows it for some ten seconds; long enough to read it and to reach the button. */
export function showUndoable(message: string, verb: string, undo: () => void): void {
  const id = notifications.show({
    color: 'canal',
    autoClose: 12_000,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {verb}
        </Button>
      </Group>
    ),
  });
}
