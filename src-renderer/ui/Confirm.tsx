// Asks before something that cannot be taken back. The sentence says what will be gone; the button repeats the verb.
import type { ReactNode } from 'react';
import { Box, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DialogFoot } from './DialogFoot.tsx';

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

export function Confirm({ opened, title, children, verb, busy = false, danger = true, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered size="md" closeButtonProps={{ 'aria-label': t('close') }}>
      <Box mb="lg">{children}</Box>
      <DialogFoot verb={verb} danger={danger} busy={busy} focus="away" onAnswer={onConfirm} onClose={onClose} />
    </Modal>
  );
}
