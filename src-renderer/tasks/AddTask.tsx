// Writes a task about a contact by hand.
import { useState } from 'react';
import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { DateTimePicker } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import { TASK_PRIORITIES, type TaskPriority } from '../../shared/contacts/task.ts';
import { atLocal } from '../../shared/time.ts';
import { useAct } from '../backend.ts';
import { useWorkspace } from '../app/workspace.tsx';

export function AddTask({ contact, onClose }: { contact: number; onClose: () => void }) {
  const { t } = useTranslation('tasks');
  const { timeZone } = useWorkspace();
  const { act, busy } = useAct();
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [assignee, setAssignee] = useState('');
  const [priority, setPriority] = useState<TaskPriority>('normal');
  const [due, setDue] = useState<string | null>(null);

  async function add() {
    const dueAt = due === null ? null : atLocal(due.slice(0, 10), due.slice(11, 16), timeZone);
    if ((await act('tasks.add', { contact, title, text: text.trim(), assignee: assignee.trim(), priority, dueAt }, t('added'))) !== undefined) onClose();
  }

  return (
    <Modal opened onClose={onClose} title={t('add')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() !== '') void add();
        }}
      >
        <Stack gap="md">
          <TextInput data-autofocus label={t('field.title')} maxLength={300} value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
          <Textarea label={t('field.text')} autosize minRows={3} maxRows={10} maxLength={20_000} value={text} onChange={(event) => setText(event.currentTarget.value)} />
          <Group grow align="flex-start">
            <DateTimePicker label={t('field.due')} clearable valueFormat="YYYY-MM-DD HH:mm" value={due} onChange={setDue} />
            <Select label={t('field.priority')} allowDeselect={false} data={TASK_PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))} value={priority} onChange={(value) => setPriority((value ?? 'normal') as TaskPriority)} />
          </Group>
          <TextInput label={t('field.assignee')} maxLength={200} value={assignee} onChange={(event) => setAssignee(event.currentTarget.value)} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={title.trim() === ''}>
              {t('add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
