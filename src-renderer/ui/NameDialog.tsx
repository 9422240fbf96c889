// Asks for the name of something new.
import { useState, type ReactNode } from 'react';
import { Modal, Stack, TextInput } from '@mantine/core';
import { DialogFoot } from './DialogFoot.tsx';

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
  verb: string;
};

export function NameDialog({ opened, onClose, busy, onName, title, label, description, placeholder, verb }: Props) {
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
          <DialogFoot verb={verb} busy={busy} disabled={trimmed === ''} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
