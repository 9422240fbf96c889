// The list of addresses and domains that are never written to: searched, added to, taken off, read in and written out.
import { useState } from 'react';
import { Anchor, Button, Group, Menu, Pagination, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDownload, IconFingerprint, IconPlus, IconSearch, IconUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SuppressionRow } from '../../shared/api.ts';
import { addressOf } from '../app/routes.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { Failed } from '../ui/Failed.tsx';
import { AddSuppressions } from './AddSuppressions.tsx';
import { ListFile, type ListFileKind } from './ListFile.tsx';
import { useSuppressionReason } from './reasons.ts';
import { TextDialog } from './TextDialog.tsx';

const PAGE = 12;

export function Suppressions() {
  const { t } = useTranslation('privacy');
  const formats = useFormats();
  const reasonText = useSuppressionReason();
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 200);
  const [page, setPage] = useState(1);
  const list = useCall('suppressions.list', { search: asked, offset: (page - 1) * PAGE, limit: PAGE }, ['contacts']);
  const [adding, setAdding] = useState(false);
  const [file, setFile] = useState<ListFileKind | null>(null);
  const [removing, setRemoving] = useState<SuppressionRow | null>(null);
  const { act, busy } = useAct();

  /** Answers whether it is off the list. */
  async function remove(reason: string): Promise<boolean> {
    if (removing === null) return true;
    const needsWord = removing.reason === 'complaint' || removing.kind === 'erased';
    return (await act('suppressions.remove', { id: removing.id, reason, confirmed: needsWord }, t('suppressions.removed'))) !== undefined;
  }

  const total = list.data?.total ?? 0;
  return (
    <Stack gap="sm">
      <Group gap="sm" wrap="nowrap">
        <TextInput
          flex={1}
          aria-label={t('suppressions.search')}
          placeholder={t('suppressions.search')}
          leftSection={<IconSearch size={15} aria-hidden />}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setPage(1);
          }}
        />
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          {t('suppressions.add')}
        </Button>
        <Menu position="bottom-end" width={290}>
          <Menu.Target>
            <Button variant="default">{t('suppressions.files')}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconUpload size={16} stroke={1.6} />} onClick={() => setFile('import')}>
              {t('file.import')}
            </Menu.Item>
            <Menu.Item leftSection={<IconDownload size={16} stroke={1.6} />} onClick={() => setFile('export')}>
              {t('file.export')}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item leftSection={<IconFingerprint size={16} stroke={1.6} />} onClick={() => setFile('importHashes')}>
              {t('file.importHashes')}
            </Menu.Item>
            <Menu.Item leftSection={<IconFingerprint size={16} stroke={1.6} />} onClick={() => setFile('exportHashes')}>
              {t('file.exportHashes')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      {list.state === 'failed' && list.data === undefined && <Failed error={list.error} again={list.again} />}
      {list.data !== undefined && total === 0 && (
        <Text size="sm" c="dimmed">
          {asked === '' ? t('suppressions.none') : t('suppressions.nothingFound')}
        </Text>
      )}
      {list.data !== undefined && total > 0 && (
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('suppressions.address')}</Table.Th>
              <Table.Th>{t('suppressions.reason')}</Table.Th>
              <Table.Th>{t('suppressions.since')}</Table.Th>
              <Table.Th>
                <VisuallyHidden>{t('suppressions.remove')}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data.rows.map((row) => (
              <Table.Tr key={row.id}>
                <Table.Td style={{ wordBreak: 'break-all' }}>
                  {row.kind === 'erased' && (
                    <Text span size="sm" c="dimmed">
                      {t('suppressions.erased')}
                    </Text>
                  )}
                  {row.kind !== 'erased' && row.contact !== null && <Anchor size="sm" href={addressOf({ screen: 'contact', id: row.contact })}>{row.address}</Anchor>}
                  {row.kind !== 'erased' && row.contact === null && row.address}
                </Table.Td>
                <Table.Td>{reasonText(row.reason)}</Table.Td>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>{formats.date(row.at)}</Table.Td>
                <Table.Td ta="right">
                  <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setRemoving(row)}>
                    {t('suppressions.remove')}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {total > PAGE && <Pagination size="sm" total={Math.ceil(total / PAGE)} value={page} onChange={setPage} />}
      {adding && <AddSuppressions onClose={() => setAdding(false)} />}
      {file !== null && <ListFile kind={file} onClose={() => setFile(null)} />}
      {removing !== null && (
        <TextDialog place={`suppression ${removing.id}`} title={t('suppressions.removeTitle')} label={t('suppressions.why')} verb={t('suppressions.remove')} danger busy={busy} onText={remove} onClose={() => setRemoving(null)}>
          <Text size="sm">
            {removing.kind === 'erased' ? t('suppressions.removeErased') : removing.reason === 'complaint' ? t('suppressions.removeComplaint', { address: removing.address ?? '' }) : t('suppressions.removeAsk', { address: removing.address ?? '' })}
          </Text>
        </TextDialog>
      )}
    </Stack>
  );
}
