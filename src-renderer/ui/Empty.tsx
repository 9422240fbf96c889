// An empty state: one drawing, one sentence, one action (UX 0).
import type { ReactNode } from 'react';
import { Center, Stack, Text } from '@mantine/core';
import { Drawing, type DrawingName } from './Drawing.tsx';

type Props = { drawing: DrawingName; children: ReactNode; action?: ReactNode };

export function Empty({ drawing, children, action }: Props) {
  return (
    <div className="screen-scroll">
      <Center p="xl" mih="max(260px, 100%)">
        <Stack align="center" gap="lg" maw={400}>
          <Drawing name={drawing} />
          <Text ta="center" c="dimmed">
            {children}
          </Text>
          {action}
        </Stack>
      </Center>
    </div>
  );
}
