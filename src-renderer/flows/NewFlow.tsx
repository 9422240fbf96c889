// Asks for the name of a new flow and opens it.
import { useState } from 'react';
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAct } from '../backend.ts';
import { go } from '../app/routes.ts';

export function NewFlow({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('flows');
  const { act, busy } = useAct();
  const [name, setName] = useState('');

  async function create() {
    const made = await act('flows.create', { name: name.trim() });
    if (made === undefined) return;
    onClose();
    go({ screen: 'flow', id: made.id });
  }

  return (
    <Modal opened={opened} onClose={onClose} title={t('new')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void create();
        }}
      >
        <Stack gap="lg">
          <TextInput label={t('column.name')} placeholder={t('namePlaceholder')} data-autofocus maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={name.trim() === ''}>
              {t('create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
