// The messages of the workspace, and which flows use them.
import { useCallback, useState } from 'react';
import { Anchor, Button, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { useQuestion } from '../app/asked.ts';
import { useScreenKeys } from '../app/keys.ts';
import { addressOf, go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { Listing } from '../ui/Listing.tsx';
import { NameDialog } from '../ui/NameDialog.tsx';
import { RowMenu } from '../ui/RowMenu.tsx';

type Row = CallOutput<'messages.list'>[number];

export function MessagesScreen() {
  const { t } = useTranslation('messages');
  const messages = useCall('messages.list', {}, ['messages', 'flows']);
  const [asking, setAsking] = useState(false);
  useQuestion('newMessage', useCallback(() => setAsking(true), []));
  useScreenKeys({ new: { does: t('new'), run: () => setAsking(true) } });
  return (
    <>
      <TopBar title={t('title')}>
        <Button leftSection={<IconPlus size={16} stroke={1.9} />} onClick={() => setAsking(true)}>
          {t('new')}
        </Button>
      </TopBar>
      <Listing of={messages} empty={{ drawing: 'letter', sentence: t('empty'), action: <Button onClick={() => setAsking(true)}>{t('new')}</Button> }}>
        {(items) => <MessageTable messages={items} />}
      </Listing>
      <NewMessage opened={asking} onClose={() => setAsking(false)} />
    </>
  );
}

function MessageTable({ messages }: { messages: Row[] }) {
  const { t } = useTranslation('messages');
  const formats = useFormats();
  return (
    <Table className="wide-table" highlightOnHover verticalSpacing={10} horizontalSpacing="lg">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('name')}</Table.Th>
          <Table.Th>{t('subject')}</Table.Th>
          <Table.Th w={150}>{t('purpose')}</Table.Th>
          <Table.Th w={240}>{t('usedBy')}</Table.Th>
          <Table.Th w={56}>
            <VisuallyHidden>{t('actions')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {messages.map((message) => (
          <Table.Tr key={message.key} onClick={() => go({ screen: 'message', key: message.key })} style={{ cursor: 'pointer' }}>
            <Table.Td>
              <Anchor href={addressOf({ screen: 'message', key: message.key })} fw={600} c="inherit" onClick={(event) => event.stopPropagation()}>
                {message.name}
              </Anchor>
            </Table.Td>
            <Table.Td maw={380}>
              <Text size="sm" truncate c={message.subject === '' ? 'dimmed' : undefined}>
                {message.subject === '' ? t('noSubject') : message.subject}
              </Text>
            </Table.Td>
            <Table.Td>{t(`purpose.${message.purpose}`)}</Table.Td>
            <Table.Td>
              <Text size="sm" c="dimmed">
                {message.usedBy.length === 0 ? t('unused') : formats.list(message.usedBy)}
              </Text>
            </Table.Td>
            <Table.Td onClick={(event) => event.stopPropagation()}>
              <MessageMenu message={message} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function MessageMenu({ message: { key, name } }: { message: Row }) {
  const { t } = useTranslation('messages');
  const { act, busy } = useAct();
  const remove = async () => (await act('messages.remove', { key })) !== undefined;
  return <RowMenu label={t('menu', { name })} remove={{ verb: t('remove'), title: t('removeTitle', { name }), ask: t('removeAsk') }} busy={busy} onRemove={remove} />;
}

function NewMessage({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('messages');
  const { act, busy } = useAct();

  async function create(name: string) {
    const made = await act('messages.create', { name });
    if (made === undefined) return;
    onClose();
    go({ screen: 'message', key: made.key });
  }

  return <NameDialog opened={opened} onClose={onClose} busy={busy} onName={create} title={t('new')} label={t('name')} description={t('nameHelp')} verb={t('create')} />;
}
