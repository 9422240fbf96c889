// The tasks about one contact, on their page: decided where they stand, added, put away, opened again.
import { useState } from 'react';
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Task } from '../../shared/contacts/task.ts';
import { useAct, useCall } from '../backend.ts';
import { useNow } from '../app/workspace.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { TaskDialog } from './TaskDialog.tsx';
import { answersOf, isOverdue, useTaskWords } from './task-words.ts';

export function ContactTasks({ contact }: { contact: number }) {
  const { t } = useTranslation('tasks');
  const [adding, setAdding] = useState(false);
  const list = useCall('tasks.list', { contact, which: 'all', limit: 200 }, ['tasks', 'counts']);
  if (list.data === undefined) return list.state === 'failed' ? <Failed error={list.error} again={list.again} /> : <Loading />;
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {list.data.rows.length === 0 ? t('noneOfContact') : ''}
        </Text>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
          {t('add')}
        </Button>
      </Group>
      {list.data.rows.map((task) => (
        <OneTask key={task.id} task={task} />
      ))}
      {adding && <TaskDialog contact={contact} onClose={() => setAdding(false)} />}
    </Stack>
  );
}

function OneTask({ task }: { task: Task }) {
  const { t } = useTranslation('tasks');
  const words = useTaskWords();
  const now = useNow();
  const { act, busy } = useAct();
  const [editing, setEditing] = useState(false);
  return (
    <section className="jotting" aria-label={task.title}>
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        {task.title}
      </Text>
      <Text fz="xs" c={isOverdue(task, now) ? 'var(--kanal-red)' : 'dimmed'}>
        {[words.state(task), task.priority === 'high' && task.state === 'open' ? t('priority.high') : '', task.assignee, task.flowName ?? ''].filter((part) => part !== '').join(' · ')}
      </Text>
      {[task.state === 'open' ? task.text : task.comment].filter((part) => part !== '').map((part) => (
        <Text key={part} size="sm" mt={6} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {part}
        </Text>
      ))}
      <Group gap={6} mt="xs">
        {task.state === 'open' ? (
          <>
            {answersOf(task).map(({ id }) => (
              <Button key={id} size="compact-xs" variant="default" disabled={busy} onClick={() => void act('tasks.decide', { id: task.id, outcome: id }, t('decided', { title: task.title, outcome: words.outcome(task, id) }))}>
                {words.outcome(task, id)}
              </Button>
            ))}
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setEditing(true)}>
              {t('edit')}
            </Button>
            {task.enrollment === null && (
              <Button size="compact-xs" variant="subtle" color="gray" disabled={busy} onClick={() => void act('tasks.close', { id: task.id })}>
                {t('close')}
              </Button>
            )}
          </>
        ) : (
          <Button size="compact-xs" variant="subtle" disabled={busy} onClick={() => void act('tasks.reopen', { id: task.id }, t('reopened'))}>
            {t('reopen')}
          </Button>
        )}
      </Group>
      {editing && <TaskDialog contact={task.contact} task={task} onClose={() => setEditing(false)} />}
    </section>
  );
}
