// Asks for the name of something new.
import { useState, type ReactNode } from 'react';
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';

type Props = {
  opened: boolean;
  onClose: () => void;
  busy: boolean;
  /** Called with the trimmed name, which is not empty. */
  onName: (name: string) => Promise<void>;
  title: string;
  label: string;
  description?: ReactNode;
  placeholder?: string;
  words: { cancel: string; create: string };
};

export function NameDialog({ opened, onClose, busy, onName, title, label, description, placeholder, words }: Props) {
  const [name, setName] = useState('');
  const trimmed = name.trim();
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '') void onName(trimmed);
        }}
      >
        <Stack gap="lg">
          <TextInput data-autofocus label={label} description={description} placeholder={placeholder} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" loading={busy} disabled={trimmed === ''}>
              {words.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
