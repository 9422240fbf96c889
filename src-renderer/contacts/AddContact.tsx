// Adds one contact by hand. Whether it may be written to is asked apart, on its page, with a source.
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useAct } from '../backend.ts';
import { go } from '../app/routes.ts';
import type { Attributes } from './attributes.ts';

const ASKED = ['email', 'first_name', 'last_name', 'phone'] as const;

type Props = { opened: boolean; attributes: Attributes; onClose: () => void };

export function AddContact({ opened, attributes, onClose }: Props) {
  const { t } = useTranslation('contacts');
  const { act, busy } = useAct();
  const form = useForm({
    initialValues: { email: '', first_name: '', last_name: '', phone: '' },
    validate: { email: (email, values) => (email.trim() === '' && values.phone.trim() === '' ? t('addMissing') : null) },
  });

  async function add(values: typeof form.values) {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== '').map(([key, value]) => [key, value.trim()]));
    const made = await act('contacts.add', { values: given });
    if (made === undefined) return;
    form.reset();
    onClose();
    go({ screen: 'contact', id: made.id });
  }

  return (
    <Modal opened={opened} onClose={onClose} title={t('add')} centered>
      <form onSubmit={form.onSubmit((values) => void add(values))}>
        <Stack gap="md">
          {ASKED.map((key, index) => (
            <TextInput key={key} label={attributes.labelOf(key)} data-autofocus={index === 0 || undefined} type={key === 'phone' ? 'tel' : 'text'} {...form.getInputProps(key)} />
          ))}
          <Group justify="flex-end" gap="sm" mt="sm">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={busy}>
              {t('add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
