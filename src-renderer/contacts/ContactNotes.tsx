// Notes on a contact: written, edited where they stand, pinned to the top of the page, removed.
import { useState } from 'react';
import { ActionIcon, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconPencil, IconPin, IconPinnedOff, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Note } from '../../shared/contacts/task.ts';
import { useAct } from '../backend.ts';
import { useFormats } from '../app/workspace.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { useOrigin } from './event-origin.ts';

const LONGEST = 20_000;

export function ContactNotes({ contact, notes }: { contact: number; notes: readonly Note[] }) {
  const { t } = useTranslation('contact-page');
  const { act, busy } = useAct();
  const [text, setText] = useState('');

  async function add() {
    if ((await act('notes.add', { contact, text })) !== undefined) setText('');
  }

  return (
    <Stack gap="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') void add();
        }}
      >
        <Textarea aria-label={t('newNote')} placeholder={t('newNote')} autosize minRows={2} maxRows={12} maxLength={LONGEST} value={text} onChange={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && event.currentTarget.form?.requestSubmit()} />
        <Group justify="flex-end" mt="xs">
          <Button type="submit" size="xs" loading={busy} disabled={text.trim() === ''}>
            {t('addNote')}
          </Button>
        </Group>
      </form>
      {notes.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noNotes')}
        </Text>
      ) : (
        <div>
          {notes.map((note) => (
            <OneNote key={note.id} note={note} />
          ))}
        </div>
      )}
    </Stack>
  );
}

export function OneNote({ note }: { note: Note }) {
  const { t } = useTranslation('contact-page');
  const formats = useFormats();
  const origin = useOrigin();
  const { act, busy } = useAct();
  const [editing, setEditing] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const about = [formats.dateTime(note.createdAt), origin({ source: note.source, flow: note.flowName }), note.editedAt === null ? '' : t('editedAt', { when: formats.dateTime(note.editedAt) })];

  async function keep(text: string) {
    if (text.trim() === note.text || (await act('notes.update', { id: note.id, text })) !== undefined) setEditing(null);
  }

  return (
    <div className="jotting" data-pinned={note.pinned || undefined}>
      {editing === null ? (
        <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {note.text}
        </Text>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (editing.trim() !== '') void keep(editing);
          }}
        >
          <Textarea autoFocus aria-label={t('editNote')} autosize minRows={2} maxRows={12} maxLength={LONGEST} value={editing} onChange={(event) => setEditing(event.currentTarget.value)} onKeyDown={(event) => event.key === 'Escape' && setEditing(null)} />
          <Group gap="xs" mt="xs">
            <Button type="submit" size="compact-xs" loading={busy} disabled={editing.trim() === ''}>
              {t('keep')}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => setEditing(null)}>
              {t('cancel')}
            </Button>
          </Group>
        </form>
      )}
      <Group justify="space-between" wrap="nowrap" mt={4}>
        <Text fz="xs" c="dimmed">
          {about.filter((part) => part !== '').join(' · ')}
        </Text>
        <Group gap={2} wrap="nowrap">
          <ActionIcon variant="subtle" color="gray" size="sm" disabled={busy} aria-label={note.pinned ? t('unpin') : t('pin')} title={note.pinned ? t('unpin') : t('pin')} onClick={() => void act('notes.update', { id: note.id, pinned: !note.pinned })}>
            {note.pinned ? <IconPinnedOff size={15} /> : <IconPin size={15} />}
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('editNote')} title={t('editNote')} onClick={() => setEditing(note.text)}>
            <IconPencil size={15} />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('removeNote')} title={t('removeNote')} onClick={() => setRemoving(true)}>
            <IconTrash size={15} />
          </ActionIcon>
        </Group>
      </Group>
      <Confirm opened={removing} title={t('removeNote')} verb={t('removeNote')} busy={busy} onConfirm={() => void act('notes.remove', { id: note.id })} onClose={() => setRemoving(false)}>
        {t('removeNoteAsk')}
      </Confirm>
    </div>
  );
}
