// Sends the message to an address of the user's own, to see it where it will be read.
import { useState } from 'react';
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Message } from '../../shared/flow/flow.ts';
import { useAct } from '../backend.ts';

type Props = { opened: boolean; message: Message; contact: number | null; onClose: () => void };

export function SendTest({ opened, message, contact, onClose }: Props) {
  const { t } = useTranslation('messages');
  const { act, busy } = useAct();
  const [to, setTo] = useLocalStorage({ key: 'kanal.testAddress', defaultValue: '' });
  const [response, setResponse] = useState<string | null>(null);

  async function send() {
    setResponse(null);
    const answer = await act('messages.sendTest', { key: message.key, to: to.trim(), contact });
    if (answer !== undefined) setResponse(answer.response);
  }

  return (
    <Modal
      opened={opened}
      onClose={() => {
        setResponse(null);
        onClose();
      }}
      title={t('sendTest')}
      centered
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (to.trim() !== '') void send();
        }}
      >
        <Stack gap="md">
          <TextInput data-autofocus type="email" label={t('testTo')} description={t('testHelp')} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
          {response !== null && (
            <Text size="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
              {t('testSent', { response })}
            </Text>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('close')}
            </Button>
            <Button type="submit" loading={busy} disabled={to.trim() === ''}>
              {t('send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
