// Asks for one line of text: a name, a reason.
import type { ReactNode } from 'react';
import { Modal, Stack, TextInput } from '@mantine/core';
import { useKeptForm } from '../app/kept-form.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';

/** `place`: what is typed is kept by this name until it is sent or cancelled. */
type Props = { place: string; title: string; children?: ReactNode; label: string; start?: string; verb: string; danger?: boolean; busy: boolean; /** Answers whether it is done with. */ onText: (text: string) => Promise<boolean>; onClose: () => void };

export function TextDialog({ place, title, children, label, start = '', verb, danger = false, busy, onText, onClose }: Props) {
  const { values, set, forget } = useKeptForm(place, { text: start });
  const text = values.text.trim();
  const end = () => {
    forget();
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== '') void onText(text).then((isDone) => isDone && end());
        }}
      >
        <Stack gap="lg">
          {children}
          <TextInput data-autofocus label={label} maxLength={200} value={values.text} onChange={(event) => set({ text: event.currentTarget.value })} />
          <DialogFoot verb={verb} danger={danger} busy={busy} disabled={text === ''} onClose={end} />
        </Stack>
      </form>
    </Modal>
  );
}
