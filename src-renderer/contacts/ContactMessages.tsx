// Every message to a contact, from the ledger: what was sent, what was not and why, what is planned.
import { Anchor, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCall } from '../backend.ts';
import { addressOf } from '../app/routes.ts';
import { useFormats } from '../app/workspace.tsx';
import { MessageState } from '../outbox/MessageState.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';

export function ContactMessages({ id }: { id: number }) {
  const { t } = useTranslation('contact-page');
  const formats = useFormats();
  const list = useCall('outbox.list', { contact: id, limit: 500 }, ['contacts', 'counts', 'messages']);
  const flows = useCall('flows.list', {}, ['flows']).data ?? [];
  const messages = useCall('messages.list', {}, ['messages']).data ?? [];
  if (list.data === undefined) return list.state === 'failed' ? <Failed error={list.error} again={list.again} /> : <Loading />;
  if (list.data.length === 0) {
    return (
      <Text size="sm" c="dimmed" py="xl" ta="center">
        {t('noMessages')}
      </Text>
    );
  }
  return (
    <Table verticalSpacing={8}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('messages.message')}</Table.Th>
          <Table.Th>{t('messages.state')}</Table.Th>
          <Table.Th w={150}>{t('messages.when')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {list.data.map((row) => (
          <Table.Tr key={row.id}>
            <Table.Td>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {row.subject ?? messages.find(({ key }) => key === row.message)?.name ?? row.message}
              </Text>
              <Anchor fz="xs" c="dimmed" href={addressOf({ screen: 'flow', id: row.flow })}>
                {flows.find((flow) => flow.id === row.flow)?.name ?? ''}
              </Anchor>
            </Table.Td>
            <Table.Td>
              <MessageState row={row} />
            </Table.Td>
            <Table.Td>
              <Text size="sm" c="dimmed">
                {formats.dateTime(row.settledAt ?? row.dueAt)}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
