// Adds an attribute: its name, its kind, and for choices what may be chosen. The key follows from the name, and can be typed.
import { useState } from 'react';
import { Modal, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ATTRIBUTE_KINDS, type AttributeKind } from '../../shared/contacts/contact.ts';
import { useAct } from '../backend.ts';
import { freeKey } from '../imports/attribute-key.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';

export function AddAttribute({ taken, onClose }: { taken: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation('attributes');
  const { act, busy } = useAct();
  const [label, setLabel] = useState('');
  const [typedKey, setTypedKey] = useState<string | null>(null);
  const [kind, setKind] = useState<AttributeKind>('text');
  const [choices, setChoices] = useState<string[]>([]);
  const key = typedKey ?? (label.trim() === '' ? '' : freeKey(label, taken));
  const hasChoices = kind === 'choice' || kind === 'choices';

  async function add() {
    const attribute = { key, label: label.trim(), kind, ...(hasChoices && choices.length > 0 && { choices }) };
    if ((await act('attributes.add', attribute, t('added', { attribute: attribute.label }))) !== undefined) onClose();
  }

  return (
    <Modal opened onClose={onClose} title={t('add')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (label.trim() !== '') void add();
        }}
      >
        <Stack gap="md">
          <TextInput data-autofocus label={t('label')} maxLength={200} value={label} onChange={(event) => setLabel(event.currentTarget.value)} />
          <Select label={t('kind')} description={t(`kindHelp.${kind}`)} allowDeselect={false} data={ATTRIBUTE_KINDS.map((each) => ({ value: each, label: t(`kind.${each}`) }))} value={kind} onChange={(chosen) => setKind(chosen as AttributeKind)} />
          {hasChoices && <TagsInput label={t('choices')} description={t('choicesHelp')} value={choices} onChange={setChoices} />}
          <TextInput label={t('key')} description={t('keyHelp')} maxLength={63} value={key} onChange={(event) => setTypedKey(event.currentTarget.value === '' ? null : event.currentTarget.value)} />
          <DialogFoot verb={t('add')} busy={busy} disabled={label.trim() === ''} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
