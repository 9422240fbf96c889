// One card: what is to be decided about whom, what to say, what has happened lately, and a button for each outcome.
import { useState, type Ref } from 'react';
import { ActionIcon, Anchor, Badge, Button, Group, Kbd, Stack, Text, Textarea, Title, Tooltip } from '@mantine/core';
import { IconCopy, IconFlag3, IconPencil, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Task } from '../../shared/contacts/task.ts';
import { useAct, useCall } from '../backend.ts';
import { showSuccess } from '../app/notices.tsx';
import { addressOf } from '../app/routes.ts';
import { useFormats, useNow } from '../app/workspace.tsx';
import { useAttributes } from '../contacts/attributes.ts';
import { TimelineEntries } from '../contacts/TimelineEntries.tsx';
import { TaskDialog } from './TaskDialog.tsx';
import { answersOf, isOverdue, useTaskWords } from './task-words.ts';

const LATEST = 6;

type Props = {
  task: Task;
  /** What is to stay with the decision. */
  comment: string;
  onComment: (comment: string) => void;
  onDecide: (outcome: string) => void;
  busy: boolean;
  first?: Ref<HTMLButtonElement>;
};

export function TaskCard({ task, comment, onComment, onDecide, busy, first }: Props) {
  const { t } = useTranslation('tasks');
  const words = useTaskWords();
  const now = useNow();
  const [editing, setEditing] = useState(false);
  const person = task.contactName ?? task.email ?? t('contactNumber', { number: task.contact });
  return (
    <article className="task-card" aria-label={task.title}>
      <Stack gap="lg">
        <div>
          <Group gap="sm" mb={4}>
            <Badge variant="light" color={isOverdue(task, now) ? 'red' : task.state === 'done' ? 'green' : 'gray'} tt="none" fw={600}>
              {words.state(task)}
            </Badge>
            {task.state === 'open' && task.priority === 'high' && (
              <Badge variant="light" color="amber" tt="none" fw={600} leftSection={<IconFlag3 size={12} aria-hidden />}>
                {t('priority.high')}
              </Badge>
            )}
            {task.state === 'open' && (
              <ActionIcon variant="subtle" color="gray" size="sm" ms="auto" aria-label={t('edit')} title={t('edit')} onClick={() => setEditing(true)}>
                <IconPencil size={15} />
              </ActionIcon>
            )}
          </Group>
          {editing && <TaskDialog contact={task.contact} task={task} onClose={() => setEditing(false)} />}
          <Title order={2} fz="xl" style={{ overflowWrap: 'anywhere' }}>
            {task.title}
          </Title>
          <Text size="sm" mt={4}>
            <Anchor className="plain-link" fw={600} href={addressOf({ screen: 'contact', id: task.contact })}>
              {person}
            </Anchor>
            {task.email !== null && task.email !== person && ` · ${task.email}`}
          </Text>
          <Origin task={task} />
        </div>
        {task.text !== '' && <Suggestion text={task.text} />}
        {task.state === 'open' ? (
          <Stack gap="sm">
            <Textarea label={t('comment')} description={t('commentHelp')} autosize minRows={2} maxRows={6} maxLength={5000} value={comment} onChange={(event) => onComment(event.currentTarget.value)} />
            <Group gap="sm" role="group" aria-label={t('outcomes')}>
              {answersOf(task).map(({ id }, index) => (
                <Button key={id} {...(index === 0 && first !== undefined ? { ref: first } : {})} variant={index === 0 ? 'filled' : 'default'} disabled={busy} onClick={() => onDecide(id)} rightSection={<Kbd size="xs">{index + 1}</Kbd>}>
                  {words.outcome(task, id)}
                </Button>
              ))}
            </Group>
          </Stack>
        ) : (
          <Settled task={task} />
        )}
        <Lately contact={task.contact} />
      </Stack>
    </article>
  );
}

/** Who asks: the flow, or a person; and which card this one opens again. */
function Origin({ task }: { task: Task }) {
  const { t } = useTranslation('tasks');
  const formats = useFormats();
  const since = t('askedAt', { when: formats.dateTime(task.createdAt) });
  return (
    <Text fz="xs" c="dimmed" mt={2}>
      {task.flow !== null && task.flowName !== null && (
        <>
          <Anchor inherit underline="always" href={addressOf({ screen: 'flow', id: task.flow })}>
            {task.flowName}
          </Anchor>
          {' · '}
        </>
      )}
      {[since, task.assignee === '' ? '' : t('for', { name: task.assignee }), task.reopens === null ? '' : t('reopens', { number: task.reopens })].filter((part) => part !== '').join(' · ')}
    </Text>
  );
}

function Suggestion({ text }: { text: string }) {
  const { t } = useTranslation('tasks');
  return (
    <div className="task-text">
      <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Text>
      <Tooltip label={t('copy')}>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('copy')} onClick={() => void navigator.clipboard.writeText(text).then(() => showSuccess(t('copied')))}>
          <IconCopy size={15} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function Settled({ task }: { task: Task }) {
  const { t } = useTranslation('tasks');
  const { act, busy } = useAct();
  return (
    <Stack gap="sm" align="flex-start">
      {task.comment !== '' && (
        <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {task.comment}
        </Text>
      )}
      <Button variant="default" size="xs" loading={busy} leftSection={<IconRefresh size={15} />} onClick={() => void act('tasks.reopen', { id: task.id }, t('reopened'))}>
        {t('reopen')}
      </Button>
      <Text fz="xs" c="dimmed">
        {t('reopenHelp')}
      </Text>
    </Stack>
  );
}

/** What has happened to the contact lately, so that nobody calls without knowing. */
function Lately({ contact }: { contact: number }) {
  const { t } = useTranslation('tasks');
  const attributes = useAttributes();
  const latest = useCall('contacts.timeline', { id: contact, limit: LATEST }, ['contacts', 'counts', 'tasks']).data ?? [];
  const notes = useCall('notes.list', { contact }, ['contacts']).data ?? [];
  const pinned = notes.filter((note) => note.pinned);
  return (
    <section aria-label={t('lately')}>
      <Title order={3} fz="sm" mb="sm">
        {t('lately')}
      </Title>
      {pinned.map((note) => (
        <div key={note.id} className="jotting" data-pinned>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {note.text}
          </Text>
        </div>
      ))}
      <TimelineEntries entries={latest} attributes={attributes} />
    </section>
  );
}
