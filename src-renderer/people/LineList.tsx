// Who stands in line to come into a flow, in their order, since when, and when they come in; each can be taken out of it.
import { Anchor, Button, Table, Text, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { addressOf } from '../app/routes.ts';
import { useFormats, useNow } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';

const SHOWN = 500;

export function LineList({ flow, isOpen }: { flow: number; isOpen: boolean }) {
  const { t } = useTranslation('people');
  const { t: tApp } = useTranslation();
  const formats = useFormats();
  const now = useNow();
  const { act, busy } = useAct();
  const line = useCall('line.list', { flow, limit: SHOWN }, ['counts', 'flows', 'contacts']);
  if (line.state === 'failed' && line.data === undefined) return <Failed error={line.error} again={line.again} />;
  if (line.data === undefined) return <Loading />;
  const { total, rows } = line.data;
  if (total === 0) return <Empty drawing="people">{t('empty.line')}</Empty>;
  return (
    <div className="screen-scroll">
      <Table className="wide-table" verticalSpacing={8} horizontalSpacing="lg">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={90} ta="right">
              {t('column.place')}
            </Table.Th>
            <Table.Th>{t('column.who')}</Table.Th>
            <Table.Th w={190}>{t('column.since')}</Table.Th>
            <Table.Th w={220}>{t('column.comesIn')}</Table.Th>
            <Table.Th w={200}>
              <VisuallyHidden>{t('column.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ entry, place, contact, email, since, dueAt }) => (
            <Table.Tr key={entry}>
              <Table.Td ta="right">{formats.number(place)}</Table.Td>
              <Table.Td maw={0}>
                <Anchor size="sm" className="plain-link" href={addressOf({ screen: 'contact', id: contact })} display="block" truncate title={email ?? undefined}>
                  {email ?? t('noAddress', { id: contact })}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {formats.dateTime(since)}
                </Text>
              </Table.Td>
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {dueAt === null ? t('whenOut') : formats.soon(dueAt, now)}
                </Text>
              </Table.Td>
              <Table.Td ta="right">
                {isOpen && (
                  <Button size="compact-xs" variant="default" disabled={busy} onClick={() => void act('line.remove', { flow, entries: [entry] }, t('outOfLine', { who: email ?? t('noAddress', { id: contact }) }))}>
                    {t('leaveLine')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {total > rows.length && (
        <Text size="xs" c="dimmed" p="lg">
          {tApp('page.range', { from: 1, to: rows.length, total })}
        </Text>
      )}
    </div>
  );
}
