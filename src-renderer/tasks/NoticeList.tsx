// What flows and watched folders have told, and which tasks nobody decided in time; the latest first.
import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconAlertCircle, IconBell } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useAct, useCall } from '../backend.ts';
import { addressOf } from '../app/routes.ts';
import { useFormats } from '../app/workspace.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';

export function NoticeList() {
  const { t } = useTranslation('tasks');
  const formats = useFormats();
  const { act, busy } = useAct();
  const list = useCall('notices.list', { limit: 200 }, ['tasks', 'counts']);
  if (list.data === undefined) return list.state === 'failed' ? <Failed error={list.error} again={list.again} /> : <Loading />;
  const { rows, unread } = list.data;
  if (rows.length === 0) return <Empty drawing="tasks">{t('noNotices')}</Empty>;
  return (
    <div className="screen-scroll">
      <div className="notices">
        <Group justify="flex-end" mb="sm">
          <Button size="xs" variant="default" disabled={unread === 0} loading={busy} onClick={() => void act('notices.read', {})}>
            {t('readAll')}
          </Button>
        </Group>
        <ul className="task-list">
          {rows.map((notice) => (
            <li key={notice.id} className="notice" data-unread={notice.readAt === null || undefined}>
              {notice.kind === 'overdue' || notice.kind === 'recipe' ? <IconAlertCircle size={18} stroke={1.7} color="var(--kanal-red)" aria-hidden /> : <IconBell size={18} stroke={1.7} color="var(--kanal-family-people)" aria-hidden />}
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={notice.readAt === null ? 600 : 400} style={{ overflowWrap: 'anywhere' }}>
                  {notice.kind === 'overdue' ? t('overdueNotice', { title: notice.title }) : notice.title}
                </Text>
                {notice.text !== '' && (
                  <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                    {notice.text}
                  </Text>
                )}
                <Text fz="xs" c="dimmed">
                  {notice.contact !== null && (
                    <>
                      <Anchor inherit underline="always" href={addressOf({ screen: 'contact', id: notice.contact })}>
                        {notice.contactName ?? t('contactNumber', { number: notice.contact })}
                      </Anchor>
                      {' · '}
                    </>
                  )}
                  {[notice.flowName ?? '', formats.dateTime(notice.at)].filter((part) => part !== '').join(' · ')}
                </Text>
              </div>
              {notice.readAt === null && (
                <Button size="compact-xs" variant="subtle" disabled={busy} onClick={() => void act('notices.read', { ids: [notice.id] })}>
                  {t('read')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
