// Writes a task about a contact by hand, or changes one that is open. When a task of a flow is due, its step says.
import { Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { DateTimePicker } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import { TASK_PRIORITIES, type Task, type TaskPriority } from '../../shared/contacts/task.ts';
import { atLocal, localDate, localTime } from '../../shared/time.ts';
import { useAct } from '../backend.ts';
import { useKeptForm } from '../app/kept-form.ts';
import { useWorkspace } from '../app/workspace.tsx';
import { useLocalTime } from '../fields/times.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';

type Typed = { title: string; text: string; assignee: string; priority: TaskPriority; /** In the workspace's zone: "2026-03-04 09:00:00". */ due: string | null };
type Props = { contact: number; task?: Task; onClose: () => void };

export function TaskDialog({ contact, task, onClose }: Props) {
  const { t } = useTranslation('tasks');
  const { timeZone } = useWorkspace();
  const { act, busy } = useAct();
  const shownTime = useLocalTime();
  const { values, set, forget } = useKeptForm<Typed>(task === undefined ? `task of ${contact}` : `task ${task.id}`, {
    title: task?.title ?? '',
    text: task?.text ?? '',
    assignee: task?.assignee ?? '',
    priority: task?.priority ?? 'normal',
    due: task?.dueAt == null ? null : `${localDate(task.dueAt, timeZone)} ${localTime(task.dueAt, timeZone)}:00`,
  });
  const { title, text, assignee, priority, due } = values;
  const end = () => {
    forget();
    onClose();
  };
  const isOfFlow = task !== undefined && task.enrollment !== null;
  const verb = task === undefined ? t('add') : t('keep');

  async function keep() {
    const words = { title, text: text.trim(), assignee: assignee.trim(), priority };
    const dueAt = due === null ? null : atLocal(due.slice(0, 10), due.slice(11, 16), timeZone);
    const done = task === undefined ? await act('tasks.add', { contact, ...words, dueAt }, t('added')) : await act('tasks.update', { id: task.id, ...words, ...(!isOfFlow && { dueAt }) });
    if (done !== undefined) end();
  }

  return (
    <Modal opened onClose={onClose} title={task === undefined ? t('add') : t('edit')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() !== '') void keep();
        }}
      >
        <Stack gap="md">
          <TextInput data-autofocus label={t('field.title')} maxLength={300} value={title} onChange={(event) => set({ title: event.currentTarget.value })} />
          <Textarea label={t('field.text')} autosize minRows={3} maxRows={10} maxLength={20_000} value={text} onChange={(event) => set({ text: event.currentTarget.value })} />
          <Group grow align="flex-start">
            {!isOfFlow && <DateTimePicker label={t('field.due')} clearable valueFormat={shownTime} value={due} onChange={(next) => set({ due: next })} />}
            <Select label={t('field.priority')} allowDeselect={false} data={TASK_PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))} value={priority} onChange={(value) => set({ priority: value ?? 'normal' })} />
          </Group>
          <TextInput label={t('field.assignee')} maxLength={200} value={assignee} onChange={(event) => set({ assignee: event.currentTarget.value })} />
          <DialogFoot verb={verb} busy={busy} disabled={title.trim() === ''} onClose={end} />
        </Stack>
      </form>
    </Modal>
  );
}
