// One company: what is known of it, its people, and what can be done with it: rename, merge, remove; each can be taken back.
import { useState } from 'react';
import { ActionIcon, Anchor, Autocomplete, Button, Group, Menu, Modal, Paper, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { IconArrowMerge, IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { companyKey, type Company } from '../../shared/contacts/company.ts';
import { addressOf, go } from '../app/routes.ts';
import { useAct, useCall } from '../backend.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { tellDone } from '../bulk-edits/tell-done.ts';
import { contactName } from '../contacts/contact-name.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { CompanyDetails } from './CompanyDetails.tsx';
import { useMoney } from './money.ts';

export function CompanyPage({ companyKey: key }: { companyKey: string }) {
  const { t } = useTranslation('companies');
  const formats = useFormats();
  const money = useMoney();
  const company = useCall('companies.get', { key }, ['contacts', 'companies']);
  const { data } = company;
  return (
    <>
      <TopBar back={{ route: { screen: 'companies' }, label: t('title') }} title={data?.name ?? t('company')}>
        {data !== undefined && <CompanyMenu company={data} />}
      </TopBar>
      <div className="screen-scroll">
        {company.state === 'loading' && <Loading />}
        {company.state === 'failed' && data === undefined && <Failed error={company.error} again={company.again} />}
        {data !== undefined && (
          <div className="contact-page">
            <Stack gap="lg" miw={0}>
              <Paper withBorder p="lg" component="section">
                <Title order={2} fz="sm" mb="sm">
                  {t('details')}
                </Title>
                <CompanyDetails key={data.key} company={data} />
              </Paper>
              <Paper withBorder p="lg" component="section">
                <Title order={2} fz="sm" mb="sm">
                  {t('orders')}
                </Title>
                <Text size="sm">{data.orders === 0 ? t('noOrders') : t('ordersOf', { count: data.orders, sum: money(data.orderSum) })}</Text>
              </Paper>
              {data.spellings.length > 1 && (
                <Paper withBorder p="lg" component="section">
                  <Title order={2} fz="sm" mb="sm">
                    {t('spellings')}
                  </Title>
                  <Stack gap={4}>
                    {data.spellings.map((spelling) => (
                      <Group key={spelling.name} justify="space-between" wrap="nowrap">
                        <Text size="sm">{spelling.name}</Text>
                        <Text size="sm" c="dimmed">
                          {formats.number(spelling.contacts)}
                        </Text>
                      </Group>
                    ))}
                  </Stack>
                </Paper>
              )}
            </Stack>
            <People company={data} />
          </div>
        )}
      </div>
    </>
  );
}

function People({ company }: { company: Company }) {
  const { t } = useTranslation('companies');
  const [limit, setLimit] = useState(50);
  const people = useCall('companies.people', { key: company.key, limit }, ['contacts', 'companies']).data;
  return (
    <Paper withBorder p="lg" component="section" style={{ minWidth: 0, alignSelf: 'start' }}>
      <Title order={2} fz="sm" mb="sm">
        {t('people', { count: company.contacts })}
      </Title>
      {company.contacts === 0 && (
        <Text size="sm" c="dimmed">
          {t('noPeople')}
        </Text>
      )}
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {(people?.rows ?? []).map(({ id, values }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Anchor className="grid-link" href={addressOf({ screen: 'contact', id })}>
                  {contactName(values) ?? String(values['email'] ?? values['phone'] ?? id)}
                </Anchor>
              </Table.Td>
              <Table.Td c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {String(values['email'] ?? '')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {people !== undefined && people.rows.length < people.total && limit < 500 && (
        <Button mt="sm" variant="default" size="xs" onClick={() => setLimit(Math.min(500, limit + 150))}>
          {t('showMore')}
        </Button>
      )}
    </Paper>
  );
}

function CompanyMenu({ company }: { company: Company }) {
  const { t } = useTranslation('companies');
  const { act, busy } = useAct();
  const [asking, setAsking] = useState<'rename' | 'merge' | 'remove' | null>(null);
  const [name, setName] = useState('');
  const others = useCall(asking === 'merge' ? 'companies.list' : null, { search: name, limit: 20 }, []).data?.rows.filter(({ key }) => key !== company.key) ?? [];
  const close = () => setAsking(null);
  const ask = (what: 'rename' | 'merge' | 'remove') => {
    setName(what === 'rename' ? company.name : '');
    setAsking(what);
  };
  const told = (bulkEdit: number | null) => {
    close();
    if (bulkEdit !== null) void tellDone(bulkEdit, (count) => t('moved', { count }));
  };

  async function rename() {
    const answer = await act('companies.rename', { key: company.key, name });
    if (answer === undefined) return;
    go({ screen: 'company', key: answer.key });
    told(answer.bulkEdit);
  }

  async function merge() {
    const into = companyKey(name);
    const answer = await act('companies.merge', { key: company.key, into });
    if (answer === undefined) return;
    go({ screen: 'company', key: into });
    told(answer.bulkEdit);
  }

  async function remove() {
    const answer = await act('companies.remove', { key: company.key });
    if (answer === undefined) return;
    go({ screen: 'companies' });
    told(answer.bulkEdit);
  }

  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('more')}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} stroke={1.6} />} onClick={() => ask('rename')}>
            {t('rename')}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowMerge size={16} stroke={1.6} />} onClick={() => ask('merge')}>
            {t('merge')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} stroke={1.6} />} onClick={() => ask('remove')}>
            {t('removeDots')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking === 'rename' || asking === 'merge'} onClose={close} title={asking === 'merge' ? t('mergeTitle', { company: company.name }) : t('rename')} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') void (asking === 'merge' ? merge() : rename());
          }}
        >
          <Stack gap="lg">
            {asking === 'merge' ? (
              <Autocomplete data-autofocus label={t('mergeInto')} description={t('mergeHelp', { count: company.contacts })} data={others.map((other) => other.name)} value={name} onChange={setName} />
            ) : (
              <TextInput data-autofocus label={t('name')} description={t('renameHelp', { count: company.contacts })} maxLength={1000} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            )}
            <DialogFoot verb={asking === 'merge' ? t('mergeDo') : t('renameDo')} busy={busy} disabled={name.trim() === ''} onClose={close} />
          </Stack>
        </form>
      </Modal>
      <Confirm opened={asking === 'remove'} title={t('removeTitle', { company: company.name })} verb={t('remove')} busy={busy} onConfirm={() => void remove()} onClose={close}>
        {t('removeAsk', { count: company.contacts })}
      </Confirm>
    </>
  );
}
