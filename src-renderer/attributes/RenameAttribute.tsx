// Gives an attribute another name. Its key stays, and so does everything that uses it.
import { useState } from 'react';
import { Modal, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AttributeOverview } from '../../shared/api.ts';
import { useAct } from '../backend.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';

export function RenameAttribute({ attribute, onClose }: { attribute: AttributeOverview; onClose: () => void }) {
  const { t } = useTranslation('attributes');
  const { act, busy } = useAct();
  const [label, setLabel] = useState(attribute.label);

  async function rename() {
    if ((await act('attributes.rename', { key: attribute.key, label })) !== undefined) onClose();
  }

  return (
    <Modal opened onClose={onClose} title={t('rename')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (label.trim() !== '') void rename();
        }}
      >
        <Stack gap="lg">
          <TextInput data-autofocus label={t('label')} description={t('renameHelp', { key: attribute.key })} maxLength={200} value={label} onChange={(event) => setLabel(event.currentTarget.value)} />
          <DialogFoot verb={t('save')} busy={busy} disabled={label.trim() === ''} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
