// The ledger of messages: what is planned, what went out, what did not and why; and the questions that only a person can answer.
import { useState } from 'react';
import { Alert, Anchor, Button, Group, SegmentedControl, Table, Text, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { OutboxRow } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { showNote, showSuccess } from '../app/notices.tsx';
import { addressOf } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { showUndoable } from '../app/undo-notice.tsx';
import { useFormats } from '../app/workspace.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { MessageState } from './MessageState.tsx';

const FILTERS = ['all', 'unknown', 'held', 'planned', 'sent', 'failed', 'cancelled'] as const;
type Filter = (typeof FILTERS)[number];

export function OutboxScreen() {
  const { t } = useTranslation('outbox');
  const { t: tLive } = useTranslation('live-flows');
  const [filter, setFilter] = useState<Filter>('all');
  const outbox = useCall('outbox.list', { state: filter === 'all' ? null : filter, limit: 500 }, ['counts', 'runner', 'messages']);
  const status = useCall('runner.status', {}, ['runner', 'counts']);
  return (
    <>
      <TopBar
        title={t('title')}
        middle={<SegmentedControl size="xs" value={filter} onChange={(value) => setFilter(value)} aria-label={t('filter')} data={FILTERS.map((value) => ({ value, label: t(`filter.${value}`) }))} />}
      >
        <Button component="a" variant="default" size="xs" href={addressOf({ screen: 'errors' })}>
          {tLive('errors.open', { count: status.data?.failedEnrollments ?? 0 })}
        </Button>
      </TopBar>
      <div className="screen-scroll">
        {(status.data?.unknownMessages ?? 0) > 0 && (
          <Alert m="lg" color="amber" variant="light" title={t('unknownTitle', { count: status.data?.unknownMessages ?? 0 })}>
            {t('unknownExplain')}
          </Alert>
        )}
        {outbox.state === 'loading' && <Loading />}
        {outbox.state === 'failed' && outbox.data === undefined && <Failed error={outbox.error} again={outbox.again} />}
        {outbox.data?.length === 0 && <Empty drawing="outbox">{filter === 'all' ? t('empty') : t('emptyFilter')}</Empty>}
        {outbox.data !== undefined && outbox.data.length > 0 && <OutboxTable rows={outbox.data} />}
      </div>
    </>
  );
}

function OutboxTable({ rows }: { rows: OutboxRow[] }) {
  const { t } = useTranslation('outbox');
  const formats = useFormats();
  const flows = useCall('flows.list', {}, ['flows']).data ?? [];
  const messages = useCall('messages.list', {}, ['messages']).data ?? [];
  const flowName = (id: number) => flows.find((flow) => flow.id === id)?.name ?? '';
  const messageName = (key: string) => messages.find((message) => message.key === key)?.name ?? key;
  return (
    <Table className="wide-table" verticalSpacing={8} horizontalSpacing="lg">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="27%">{t('column.to')}</Table.Th>
          <Table.Th w="26%">{t('column.message')}</Table.Th>
          <Table.Th>{t('column.state')}</Table.Th>
          <Table.Th w={200}>{t('column.when')}</Table.Th>
          <Table.Th w={240}>
            <VisuallyHidden>{t('column.decision')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.id}>
            <Table.Td maw={0}>
              <Anchor size="sm" className="plain-link" href={addressOf({ screen: 'contact', id: row.contactId })} display="block" truncate title={row.address}>
                {row.address}
              </Anchor>
            </Table.Td>
            <Table.Td>
              <Text size="sm">{row.subject ?? messageName(row.message)}</Text>
              <Text fz="xs" c="dimmed">
                {flowName(row.flow)}
              </Text>
            </Table.Td>
            <Table.Td>
              <MessageState row={row} />
            </Table.Td>
            <Table.Td>
              <Text size="sm" c="dimmed">
                {formats.dateTime(row.settledAt ?? row.dueAt)}
              </Text>
            </Table.Td>
            <Table.Td>{(row.state === 'unknown' || row.state === 'held') && <Decide row={row} />}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Decide({ row }: { row: OutboxRow }) {
  const { t } = useTranslation('outbox');
  const { act, busy } = useAct();
  const decide = (decision: 'markSent' | 'resend') => void act('outbox.decide', { id: row.id, decision });
  const drop = async () => {
    if ((await act('outbox.decide', { id: row.id, decision: 'cancel' })) !== undefined) showUndoable(t('dropped', { who: row.address }), () => void takeBack());
  };
  const takeBack = async () => {
    const answer = await act('outbox.takeBack', { id: row.id });
    if (answer === undefined) return;
    if (answer.goneOn) showNote(t('openAgainGoneOn', { who: row.address }));
    else showSuccess(t('openAgain'));
  };
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      {row.state === 'unknown' && (
        <Button size="compact-xs" variant="default" disabled={busy} onClick={() => decide('markSent')}>
          {t('markSent')}
        </Button>
      )}
      <Button size="compact-xs" variant="default" disabled={busy} onClick={() => decide('resend')}>
        {row.state === 'unknown' ? t('resend') : t('sendNow')}
      </Button>
      <Button size="compact-xs" variant="subtle" color="red" disabled={busy} onClick={() => void drop()}>
        {t('cancelMessage')}
      </Button>
    </Group>
  );
}
