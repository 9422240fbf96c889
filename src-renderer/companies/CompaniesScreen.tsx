// All companies: how many contacts each has, and what they have ordered; search, sort, add.
import { useState } from 'react';
import { Anchor, Button, Group, Table, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useScreenKeys } from '../app/keys.ts';
import { addressOf, go } from '../app/routes.ts';
import { useAct, useCall } from '../backend.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { NameDialog } from '../ui/NameDialog.tsx';
import { SearchBox } from '../ui/SearchBox.tsx';
import { useMoney } from './money.ts';

const PAGE = 100;
const NO_DETAILS = { domain: null, phone: null, website: null, city: null, country: null, note: null };

export function CompaniesScreen() {
  const { t } = useTranslation('companies');
  const formats = useFormats();
  const money = useMoney();
  const { act, busy } = useAct();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 180);
  const [sort, setSort] = useState<'name' | 'contacts'>('name');
  const [shown, setShown] = useState(PAGE);
  const [adding, setAdding] = useState(false);
  const list = useCall('companies.list', { search, sort, limit: Math.min(500, shown) }, ['contacts', 'companies']);
  const { data } = list;
  const [box, setBox] = useState<HTMLInputElement | null>(null);
  useScreenKeys({ new: { does: t('add'), run: () => setAdding(true) }, find: { does: t('search'), run: () => box?.focus() } });

  async function add(name: string) {
    const made = await act('companies.save', { name, details: NO_DETAILS });
    if (made === undefined) return;
    setAdding(false);
    go({ screen: 'company', key: made.key });
  }

  const sortButton = (by: 'name' | 'contacts', label: string) => (
    <button type="button" className="plain-head" aria-pressed={sort === by} onClick={() => setSort(by)}>
      {label}
    </button>
  );
  return (
    <>
      <TopBar
        back={{ route: { screen: 'contacts' }, label: t('toContacts') }}
        title={t('title')}
        middle={
          <Group gap="md" wrap="nowrap">
            <SearchBox ref={setBox} value={typed} onChange={setTyped} words={{ search: t('search'), clear: t('clearSearch') }} />
            {data !== undefined && (
              <Text size="sm" c="dimmed" role="status" style={{ whiteSpace: 'nowrap' }}>
                {t('count', { count: data.total })}
              </Text>
            )}
          </Group>
        }
      >
        <Button leftSection={<IconPlus size={16} stroke={1.7} />} onClick={() => setAdding(true)}>
          {t('add')}
        </Button>
      </TopBar>
      <div className="screen-scroll">
        {list.state === 'loading' && <Loading />}
        {list.state === 'failed' && data === undefined && <Failed error={list.error} again={list.again} />}
        {data?.total === 0 && (
          <Empty drawing={search === '' ? 'people' : 'search'} action={null}>
            {search === '' ? t('none') : t('notFound', { search })}
          </Empty>
        )}
        {data !== undefined && data.total > 0 && (
          <Table className="wide-table" verticalSpacing={8} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th aria-sort={sort === 'name' ? 'ascending' : undefined}>{sortButton('name', t('name'))}</Table.Th>
                <Table.Th ta="right" aria-sort={sort === 'contacts' ? 'descending' : undefined}>
                  {sortButton('contacts', t('contacts'))}
                </Table.Th>
                <Table.Th ta="right">{t('orders')}</Table.Th>
                <Table.Th ta="right">{t('orderSum')}</Table.Th>
                <Table.Th>{t('domain')}</Table.Th>
                <Table.Th>{t('city')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.rows.map((row) => (
                <Table.Tr key={row.key}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <Anchor className="grid-link" href={addressOf({ screen: 'company', key: row.key })}>
                      {row.name}
                    </Anchor>
                  </Table.Td>
                  <Table.Td ta="right">{formats.number(row.contacts)}</Table.Td>
                  <Table.Td ta="right">{row.orders === 0 ? '' : formats.number(row.orders)}</Table.Td>
                  <Table.Td ta="right">{row.orders === 0 ? '' : money(row.orderSum)}</Table.Td>
                  <Table.Td>{row.domain}</Table.Td>
                  <Table.Td>{[row.city, row.country].filter(Boolean).join(', ')}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        {data !== undefined && data.rows.length < data.total && (
          <Group justify="center" p="md">
            {shown < 500 ? (
              <Button variant="default" onClick={() => setShown(shown + 200)}>
                {t('showMore')}
              </Button>
            ) : (
              <Text size="sm" c="dimmed">
                {t('searchForMore')}
              </Text>
            )}
          </Group>
        )}
      </div>
      <NameDialog opened={adding} onClose={() => setAdding(false)} busy={busy} onName={add} title={t('add')} label={t('name')} verb={t('add')} />
    </>
  );
}
