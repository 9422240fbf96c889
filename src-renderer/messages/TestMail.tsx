// Asks to which address of the user's own a test mail goes, sends it, and shows what the server said.
import { useState } from 'react';
import { Modal, Stack, Text, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { DialogFoot } from '../ui/DialogFoot.tsx';

type Props = {
  opened: boolean;
  help: string;
  busy: boolean;
  /** Answers what the server said; undefined where it did not go, which has been said already. */
  send(to: string): Promise<{ response: string } | undefined>;
  onClose: () => void;
};

export function TestMail({ opened, help, busy, send, onClose }: Props) {
  const { t } = useTranslation('messages');
  const [to, setTo] = useLocalStorage({ key: 'kanal.testAddress', defaultValue: '' });
  const [response, setResponse] = useState<string | null>(null);
  const close = () => {
    setResponse(null);
    onClose();
  };

  async function submit() {
    setResponse(null);
    const answer = await send(to.trim());
    if (answer !== undefined) setResponse(answer.response);
  }

  return (
    <Modal opened={opened} onClose={close} title={t('sendTest')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (to.trim() !== '') void submit();
        }}
      >
        <Stack gap="md">
          <TextInput data-autofocus type="email" label={t('testTo')} description={help} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
          {response !== null && (
            <Text size="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
              {t('testSent', { response })}
            </Text>
          )}
          <DialogFoot verb={t('send')} busy={busy} disabled={to.trim() === ''} away={t('close')} onClose={close} />
        </Stack>
      </form>
    </Modal>
  );
}
