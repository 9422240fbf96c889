// Asks for one line of text: a name, a reason.
import { useState, type ReactNode } from 'react';
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type Props = { title: string; children?: ReactNode; label: string; start?: string; verb: string; danger?: boolean; busy: boolean; onText: (text: string) => void; onClose: () => void };

export function TextDialog({ title, children, label, start = '', verb, danger = false, busy, onText, onClose }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(start);
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') onText(text.trim());
        }}
      >
        <Stack gap="lg">
          {children}
          <TextInput data-autofocus label={label} maxLength={200} value={text} onChange={(event) => setText(event.currentTarget.value)} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" color={danger ? 'red' : undefined} loading={busy} disabled={text.trim() === ''}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
