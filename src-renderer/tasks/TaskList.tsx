// The cards at hand, one below the other: whom they are about, what is to be decided, until when.
import { Text } from '@mantine/core';
import { IconAlertCircle, IconCircleCheck, IconCircleDashed, IconCircleX, IconFlag3 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Task } from '../../shared/contacts/task.ts';
import { useNow } from '../app/workspace.tsx';
import { isOverdue, useTaskWords } from './task-words.ts';

type Props = { tasks: readonly Task[]; chosen: number | null; onChoose: (task: Task) => void };

export function TaskList({ tasks, chosen, onChoose }: Props) {
  const { t } = useTranslation('tasks');
  const words = useTaskWords();
  const now = useNow();
  return (
    <ul className="task-list" aria-label={t('title')}>
      {tasks.map((task) => (
        <li key={task.id}>
          <button type="button" className="task-row" aria-current={task.id === chosen ? 'true' : undefined} data-task={task.id} onClick={() => onChoose(task)}>
            <TaskMark task={task} overdue={isOverdue(task, now)} />
            <span className="task-row-words">
              <Text span size="sm" fw={600} truncate display="block">
                {task.title}
              </Text>
              <Text span size="sm" truncate display="block">
                {task.contactName ?? task.email ?? t('contactNumber', { number: task.contact })}
              </Text>
              <Text span fz="xs" display="block" c={isOverdue(task, now) ? 'var(--kanal-red)' : 'dimmed'}>
                {[words.state(task), task.assignee].filter((part) => part !== '').join(' · ')}
              </Text>
            </span>
            {task.state === 'open' && task.priority === 'high' && <IconFlag3 size={15} stroke={1.8} color="var(--kanal-amber)" aria-label={t('priority.high')} />}
          </button>
        </li>
      ))}
    </ul>
  );
}

function TaskMark({ task, overdue }: { task: Task; overdue: boolean }) {
  const size = { size: 18, stroke: 1.7, 'aria-hidden': true } as const;
  if (task.state === 'done') return <IconCircleCheck {...size} color="var(--kanal-green)" />;
  if (task.state === 'closed') return <IconCircleX {...size} color="var(--kanal-caption)" />;
  return overdue ? <IconAlertCircle {...size} color="var(--kanal-red)" /> : <IconCircleDashed {...size} color="var(--kanal-family-people)" />;
}
