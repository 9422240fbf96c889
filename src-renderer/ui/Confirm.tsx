// Asks before something that cannot be taken back. The sentence says what will be gone; the button repeats the verb.
import type { ReactNode } from 'react';
import { Box, Button, Group, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type Props = {
  opened: boolean;
  title: string;
  children: ReactNode;
  verb: string;
  busy?: boolean;
  danger?: boolean;
  onConfirm: () => void;
  onClose: () => void;
};

export function Confirm({ opened, title, children, verb, busy, danger = true, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered size="md">
      <Box mb="lg">{children}</Box>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('cancel')}
        </Button>
        <Button color={danger ? 'red' : undefined} loading={busy ?? false} onClick={onConfirm}>
          {verb}
        </Button>
      </Group>
    </Modal>
  );
}
