// How many tasks wait for a person, beside their name in the rail; red when some have waited for too long. Also tells of new
// notices; on the desktop the program itself does (src-main/electron.ts).
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCall } from '../backend.ts';
import { showNote } from '../app/notices.tsx';
import './tasks.css';

/** So many are told one by one; of more than that only the number is told. */
const ONE_BY_ONE = 3;

export function TaskCount() {
  const { t } = useTranslation('tasks');
  const counts = useCall('tasks.list', { limit: 0 }, ['tasks', 'counts']).data?.counts;
  useNewNotices();
  if (counts === undefined || counts.open === 0) return null;
  return (
    <b className="rail-count" data-overdue={counts.overdue > 0 || undefined} title={counts.overdue > 0 ? t('overdueCount', { count: counts.overdue }) : undefined}>
      {counts.open > 999 ? '999+' : counts.open}
    </b>
  );
}

/** Tells of what has come since the window was opened. */
function useNewNotices(): void {
  const { t } = useTranslation('tasks');
  const notices = useCall('notices.list', { unread: true, limit: 20 }, ['tasks', 'counts']).data;
  const told = useRef<number | null>(null);
  useEffect(() => {
    if (notices === undefined) return;
    const newest = Math.max(0, ...notices.rows.map(({ id }) => id));
    const before = told.current;
    told.current = Math.max(newest, before ?? 0);
    if (before === null) return;
    const fresh = notices.rows.filter(({ id }) => id > before).reverse();
    const lines = fresh.length > ONE_BY_ONE ? [t('newNotices', { count: fresh.length })] : fresh.map(({ kind, title, contactName }) => [kind === 'overdue' ? t('overdueNotice', { title }) : title, contactName ?? ''].filter((part) => part !== '').join(' · '));
    for (const line of lines) showNote(line);
  }, [notices, t]);
}
