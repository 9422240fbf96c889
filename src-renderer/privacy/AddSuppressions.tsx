// Asks for addresses, numbers and domains that are never to be written to again, one on each line, and why.
import { useState } from 'react';
import { Alert, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../shared/api.ts';
import { useText } from '../app/i18n.ts';
import { useKeptForm } from '../app/kept-form.ts';
import { showSuccess } from '../app/notices.tsx';
import { useAct } from '../backend.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';

export function AddSuppressions({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('privacy');
  const text = useText();
  const { act, busy } = useAct();
  const { values, set, forget } = useKeptForm('suppressions', { addresses: '', reason: '' });
  const { addresses, reason } = values;
  const [refused, setRefused] = useState<CallOutput<'suppressions.add'>['refused']>([]);
  const lines = addresses.split('\n').filter((line) => line.trim() !== '');

  const end = () => {
    forget();
    onClose();
  };

  async function add() {
    const answer = await act('suppressions.add', { addresses: lines, reason: reason.trim() === '' ? 'user' : reason.trim() });
    if (answer === undefined) return;
    if (answer.added + answer.known > 0) showSuccess(t('suppressions.added', { count: answer.added }));
    if (answer.refused.length === 0) return end();
    setRefused(answer.refused);
    set({ addresses: answer.refused.map((each) => each.address).join('\n') });
  }

  return (
    <Modal opened onClose={onClose} title={t('suppressions.addTitle')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (lines.length > 0) void add();
        }}
      >
        <Stack gap="lg">
          <Textarea data-autofocus label={t('suppressions.addresses')} description={t('suppressions.addressesHelp')} autosize minRows={4} maxRows={12} spellCheck={false} value={addresses} onChange={(event) => set({ addresses: event.currentTarget.value })} />
          {refused.length > 0 && (
            <Alert color="red" variant="light" role="alert">
              {refused.slice(0, 5).map(({ address, reason: why }) => (
                <div key={address}>{text(why)}</div>
              ))}
            </Alert>
          )}
          <TextInput label={t('suppressions.reason')} description={t('suppressions.reasonHelp')} maxLength={200} value={reason} onChange={(event) => set({ reason: event.currentTarget.value })} />
          <DialogFoot verb={t('suppressions.addDo')} danger busy={busy} disabled={lines.length === 0} onClose={end} />
        </Stack>
      </form>
    </Modal>
  );
}
