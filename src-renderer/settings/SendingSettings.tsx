// The account by which mails go out: where it is, who it is, and whether it answers.
import { useState } from 'react';
import { Button, Group, Modal, Paper, Stack, Text } from '@mantine/core';
import { IconCheck, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AccountRow } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { TestMail } from '../messages/TestMail.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { AccountForm } from './AccountForm.tsx';

export function SendingSettings() {
  const { t } = useTranslation('settings');
  const accounts = useCall('accounts.list', {}, ['settings']);
  const [editing, setEditing] = useState<AccountRow | 'new' | null>(null);
  if (accounts.state === 'loading') return <Loading />;
  if (accounts.data === undefined) return <Failed error={accounts.error} again={accounts.again} />;
  return (
    <Stack gap="lg">
      {accounts.data.length === 0 ? (
        <Empty drawing="letter" action={<Button onClick={() => setEditing('new')}>{t('account.add')}</Button>}>
          {t('account.none')}
        </Empty>
      ) : (
        <>
          {accounts.data.map((account) => (
            <AccountCard key={account.id} account={account} onEdit={() => setEditing(account)} />
          ))}
          <div>
            <Button variant="default" leftSection={<IconPlus size={16} stroke={1.8} />} onClick={() => setEditing('new')}>
              {t('account.add')}
            </Button>
          </div>
        </>
      )}
      <Modal opened={editing !== null} onClose={() => setEditing(null)} title={editing === 'new' ? t('account.add') : t('account.edit')} centered size="lg">
        {editing !== null && <AccountForm account={editing === 'new' ? null : editing} onDone={() => setEditing(null)} />}
      </Modal>
    </Stack>
  );
}

function AccountCard({ account, onEdit }: { account: AccountRow; onEdit: () => void }) {
  const { t } = useTranslation('settings');
  const checking = useAct();
  const removing = useAct();
  const [greeting, setGreeting] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [testing, setTesting] = useState(false);
  const sending = useAct();

  async function check() {
    setGreeting(null);
    const answer = await checking.act('accounts.check', { id: account.id });
    if (answer !== undefined) setGreeting(answer.greeting);
  }

  return (
    <Paper withBorder p="lg">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Text fw={600}>{account.name}</Text>
          <Text size="sm">{account.fromName === '' ? account.fromAddress : `${account.fromName} <${account.fromAddress}>`}</Text>
          <Text size="sm" c="dimmed">
            {`${account.host}:${account.port} · ${t(`security.${account.security}`)}`}
          </Text>
          {!account.hasPassword && account.user !== '' && (
            <Text size="sm" c="var(--kanal-amber)">
              {t('account.noPassword')}
            </Text>
          )}
        </div>
        <Group gap="sm" wrap="nowrap">
          <Button variant="default" loading={checking.busy} onClick={() => void check()}>
            {t('account.check')}
          </Button>
          <Button variant="default" onClick={() => setTesting(true)}>
            {t('account.test')}
          </Button>
          <Button variant="default" onClick={onEdit}>
            {t('account.change')}
          </Button>
          <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
            {t('account.remove')}
          </Button>
        </Group>
      </Group>
      {greeting !== null && (
        <Group gap={8} mt="sm" role="status" wrap="nowrap" align="flex-start">
          <IconCheck size={16} color="var(--kanal-green)" style={{ flex: 'none', marginTop: 2 }} aria-hidden />
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {t('account.answers', { greeting })}
          </Text>
        </Group>
      )}
      <TestMail opened={testing} help={t('account.testHelp', { name: account.name })} busy={sending.busy} send={(to) => sending.act('accounts.sendTest', { id: account.id, to })} onClose={() => setTesting(false)} />
      <Confirm
        opened={asking}
        title={t('account.removeTitle', { name: account.name })}
        verb={t('account.remove')}
        busy={removing.busy}
        onConfirm={() => void removing.act('accounts.remove', { id: account.id }).then((answer) => answer !== undefined && setAsking(false))}
        onClose={() => setAsking(false)}
      >
        {t('account.removeAsk')}
      </Confirm>
    </Paper>
  );
}
