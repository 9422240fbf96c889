// Adds one contact by hand. Whether it may be written to is asked apart, on its page, with a source.
import { useState } from 'react';
import { Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { call, problemsOf } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { useText } from '../app/i18n.ts';
import { go } from '../app/routes.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import type { Attributes } from './attributes.ts';

const ASKED = ['email', 'first_name', 'last_name', 'phone'] as const;

type Props = { opened: boolean; attributes: Attributes; onClose: () => void };

export function AddContact({ opened, attributes, onClose }: Props) {
  const { t } = useTranslation('contacts');
  const text = useText();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { email: '', first_name: '', last_name: '', phone: '' },
    validate: { email: (email, values) => (email.trim() === '' && values.phone.trim() === '' ? t('addMissing') : null) },
  });

  async function add(values: typeof form.values) {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== '').map(([key, value]) => [key, value.trim()]));
    setBusy(true);
    try {
      const { id } = await call('contacts.add', { values: given });
      form.reset();
      onClose();
      go({ screen: 'contact', id });
    } catch (error) {
      const problems = problemsOf(error);
      const placed = problems.filter(({ place }) => ASKED.some((key) => key === place?.field));
      for (const { place, text: reason } of placed) form.setFieldError(place!.field!, text(reason));
      // What belongs to no field of the form is told beside it.
      if (placed.length < problems.length || problems.length === 0) showFailure(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={opened} onClose={onClose} title={t('add')} centered>
      <form onSubmit={form.onSubmit((values) => void add(values))}>
        <Stack gap="md">
          {ASKED.map((key, index) => (
            <TextInput key={key} label={attributes.labelOf(key)} data-autofocus={index === 0 || undefined} type={key === 'phone' ? 'tel' : 'text'} {...form.getInputProps(key)} />
          ))}
          <DialogFoot verb={t('add')} busy={busy} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
