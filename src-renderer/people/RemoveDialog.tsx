// Asks whether people are to be taken out of a flow, and for a reason that stands in their history.
import { Modal, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useKeptForm } from '../app/kept-form.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';

type Props = { count: number; explain: string; busy: boolean; /** Answers whether it is done. */ onRemove(reason: string): Promise<boolean>; onClose(): void };

export function RemoveDialog({ count, explain, busy, onRemove, onClose }: Props) {
  const { t } = useTranslation('people');
  const { t: tApp } = useTranslation();
  const { t: tPage } = useTranslation('contact-page');
  const { values, set, forget } = useKeptForm('reason to take out', { reason: '' });
  const end = () => {
    forget();
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={t('removeTitle', { count })} centered size="md" closeButtonProps={{ 'aria-label': tApp('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void onRemove(values.reason.trim()).then((isDone) => isDone && end());
        }}
      >
        <Stack gap="md">
          <Text size="sm">{explain}</Text>
          <TextInput label={t('reason')} description={t('reasonHelp')} maxLength={200} value={values.reason} onChange={(event) => set({ reason: event.currentTarget.value })} data-autofocus />
          <DialogFoot verb={tPage('flow.remove')} danger busy={busy} onClose={end} />
        </Stack>
      </form>
    </Modal>
  );
}
