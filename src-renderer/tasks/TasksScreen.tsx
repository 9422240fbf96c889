// What waits for a person: the list of cards, the card at hand, and what flows have told. J and K go through the list, digits
// choose an outcome, Enter goes to the buttons.
import { useEffect, useRef, useState } from 'react';
import { Kbd, SegmentedControl, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Task } from '../../shared/contacts/task.ts';
import { useKeptForm } from '../app/kept-form.ts';
import { useToldKeys } from '../app/keys.ts';
import { useAct, useCall } from '../backend.ts';
import { TopBar } from '../app/TopBar.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { NoticeList } from './NoticeList.tsx';
import { answersOf, useTaskWords } from './task-words.ts';
import { TaskCard } from './TaskCard.tsx';
import { TaskList } from './TaskList.tsx';
import './tasks.css';

const VIEWS = ['open', 'overdue', 'settled', 'notices'] as const;
type View = (typeof VIEWS)[number];
const MOST = 500;

export function TasksScreen() {
  const { t } = useTranslation('tasks');
  const [view, setView] = useState<View>('open');
  const [flow, setFlow] = useState<string | null>(null);
  const flows = useCall('flows.list', {}, ['flows']).data ?? [];
  const counts = useCall('tasks.list', { limit: 0 }, ['tasks', 'counts']).data?.counts;
  const unread = useCall('notices.list', { unread: true, limit: 1 }, ['tasks', 'counts']).data?.unread ?? 0;
  const numbers: Record<View, number> = { open: counts?.open ?? 0, overdue: counts?.overdue ?? 0, settled: 0, notices: unread };
  const labelOf = (value: View) => (numbers[value] === 0 ? t(`view.${value}`) : t('viewCount', { view: t(`view.${value}`), count: numbers[value] }));
  return (
    <>
      <TopBar
        title={t('title')}
        middle={<SegmentedControl size="xs" value={view} onChange={(value) => setView(value)} aria-label={t('filter')} data={VIEWS.map((value) => ({ value, label: labelOf(value) }))} />}
      >
        {view !== 'notices' && (
          <Select size="xs" w={190} clearable searchable aria-label={t('ofFlow')} placeholder={t('allFlows')} data={flows.map(({ id, name }) => ({ value: String(id), label: name }))} value={flow} onChange={setFlow} />
        )}
      </TopBar>
      {view === 'notices' ? <NoticeList /> : <Cards key={`${view} ${flow}`} which={view} flow={flow === null ? null : Number(flow)} />}
    </>
  );
}

function Cards({ which, flow }: { which: Exclude<View, 'notices'>; flow: number | null }) {
  const { t } = useTranslation('tasks');
  const words = useTaskWords();
  const list = useCall('tasks.list', { which, flow, limit: MOST }, ['tasks', 'counts', 'contacts']);
  const { act, busy } = useAct();
  const [wanted, setWanted] = useState<number | null>(null);
  // A comment that is being written stays with its card, whichever card or screen is looked at in between.
  const { values: comments, set: setComments } = useKeptForm<Record<number, string>>('task comments', {});
  const first = useRef<HTMLButtonElement>(null);
  const tasks = list.data?.rows ?? [];
  const chosen = tasks.find(({ id }) => id === wanted) ?? tasks[0];

  const choose = (task: Task | undefined) => {
    if (task === undefined) return;
    setWanted(task.id);
    document.querySelector<HTMLElement>(`[data-task="${task.id}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const step = (by: number) => choose(tasks[tasks.findIndex(({ id }) => id === chosen?.id) + by]);

  async function decide(task: Task, outcome: string) {
    if (busy || task.state !== 'open') return;
    const at = tasks.findIndex(({ id }) => id === task.id);
    const next = tasks[at + 1] ?? tasks[at - 1];
    if ((await act('tasks.decide', { id: task.id, outcome, comment: comments[task.id] ?? '' }, t('decided', { title: task.title, outcome: words.outcome(task, outcome) }))) === undefined) return;
    setComments({ [task.id]: '' });
    choose(next);
  }

  const { t: keys } = useTranslation('keys');
  useToldKeys([{ keys: ['J', 'K'], does: keys('walkTasks') }, { keys: ['1', '2', '3'], does: keys('decideTask') }]);
  useKeys((key, isOnList) => {
    if (key === 'j') step(1);
    else if (key === 'k') step(-1);
    else if (key === 'Enter' && isOnList) first.current?.focus();
    else if (/^[1-9]$/.test(key)) {
      const answer = chosen === undefined ? undefined : answersOf(chosen)[Number(key) - 1];
      if (chosen === undefined || answer === undefined) return false;
      void decide(chosen, answer.id);
    } else return false;
    return true;
  });

  if (list.data === undefined) return list.state === 'failed' ? <Failed error={list.error} again={list.again} /> : <Loading />;
  if (chosen === undefined) return <Empty drawing="tasks">{flow === null ? t(`empty.${which}`) : t('emptyFlow')}</Empty>;
  return (
    <div className="tasks">
      <div className="tasks-list">
        <TaskList tasks={tasks} chosen={chosen.id} onChoose={choose} />
        {list.data.total > tasks.length && (
          <Text fz="xs" c="dimmed" p="md">
            {t('more', { count: list.data.total - tasks.length })}
          </Text>
        )}
        {which !== 'settled' && (
          <Text fz="xs" c="dimmed" className="task-keys">
            <Kbd size="xs">J</Kbd> <Kbd size="xs">K</Kbd> {t('keys.walk')} <Kbd size="xs">1</Kbd>–<Kbd size="xs">9</Kbd> {t('keys.decide')}
          </Text>
        )}
      </div>
      <div className="tasks-card">
        <TaskCard key={chosen.id} task={chosen} busy={busy} first={first} comment={comments[chosen.id] ?? ''} onComment={(comment) => setComments({ [chosen.id]: comment })} onDecide={(outcome) => void decide(chosen, outcome)} />
      </div>
    </div>
  );
}

/**
 * Hears keys wherever the focus is but in a field or a dialog. `isOnList`: on no button or link but those of the list. `act`
 * answers whether the key means something.
 */
function useKeys(act: (key: string, isOnList: boolean) => boolean): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const target = event.target instanceof Element ? event.target : document.body;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.matches('textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]') || document.querySelector('[role=dialog]') !== null) return;
      if (act(event.key, !target.matches('button:not(.task-row), a'))) event.preventDefault();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}
