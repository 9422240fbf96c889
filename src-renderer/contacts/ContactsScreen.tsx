// All contacts: search, sort by a column, choose columns, open one.
import { useCallback, useEffect, useState } from 'react';
import { ActionIcon, Anchor, Button, Checkbox, Group, Menu, Popover, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useHotkeys, useLocalStorage } from '@mantine/hooks';
import { IconArrowsJoin, IconColumns3, IconDots, IconFileExport, IconFileImport, IconSearch, IconUserPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../shared/contacts/rule.ts';
import { useQuestion } from '../app/asked.ts';
import { useCall } from '../backend.ts';
import { addressOf, go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { BulkEditDialog } from '../bulk-edits/BulkEditDialog.tsx';
import { ContactsMenu } from '../bulk-edits/ContactsMenu.tsx';
import { useFormats, useWorkspace } from '../app/workspace.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { AddContact } from './AddContact.tsx';
import { useAttributes, type Attributes } from './attributes.ts';
import { BulkBar } from './BulkBar.tsx';
import { useContactPages } from './contact-pages.ts';
import { ContactTable, type Sort } from './ContactTable.tsx';
import { ExportContacts } from './ExportContacts.tsx';

/** Columns that are not attributes are named with a leading colon, which no key of an attribute has. */
const USUAL_COLUMNS = ['email', 'first_name', 'last_name', ':tags', ':consent', ':added'];

/** `segment`: the key of the segment whose contacts are shown; null: all. */
export function ContactsScreen({ segment = null }: { segment?: string | null }) {
  const { t } = useTranslation('contacts');
  const formats = useFormats();
  const { file } = useWorkspace();
  const attributes = useAttributes();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 180);
  const [sort, setSort] = useState<Sort | null>(null);
  const [columns, setColumns] = useLocalStorage({ key: `kanal.columns.${file}`, defaultValue: USUAL_COLUMNS });
  const [asking, setAsking] = useState<'add' | 'export' | 'edit' | null>(null);
  const query = { search, sort, rule: inSegment(segment) };
  const pages = useContactPages(query);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  // Nobody is changed who is out of sight because of another search.
  useEffect(() => setSelected(new Set()), [search, segment]);
  useQuestion('addContact', useCallback(() => setAsking('add'), []));
  const [box, setBox] = useState<HTMLInputElement | null>(null);
  useHotkeys([['mod+F', () => box?.focus()]], []);

  const isEmpty = pages.state === 'ready' && pages.total === 0;
  return (
    <>
      <TopBar
        title={t('title')}
        middle={
          <Group gap="md" wrap="nowrap">
            <TextInput
              ref={setBox}
              w={300}
              size="xs"
              type="search"
              placeholder={t('search')}
              aria-label={t('search')}
              leftSection={<IconSearch size={16} stroke={1.7} />}
              rightSection={
                typed !== '' && (
                  <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('clearSearch')} onClick={() => setTyped('')}>
                    <IconX size={14} />
                  </ActionIcon>
                )
              }
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Escape' && setTyped('')}
            />
            {segment !== null && <SegmentChip segment={segment} />}
            {pages.state === 'ready' && (
              <Text size="sm" c="dimmed" role="status" style={{ whiteSpace: 'nowrap' }}>
                {t('count', { count: pages.total })}
              </Text>
            )}
          </Group>
        }
      >
        <ColumnChoice attributes={attributes} columns={columns} onChange={setColumns} />
        <Menu position="bottom-end" width={210}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('more')}>
              <IconDots size={18} stroke={1.7} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconArrowsJoin size={16} stroke={1.6} />} onClick={() => go({ screen: 'duplicates' })}>
              {t('findDuplicates')}
            </Menu.Item>
            <ContactsMenu onChangeMany={() => setAsking('edit')} />
            <Menu.Item leftSection={<IconFileExport size={16} stroke={1.6} />} onClick={() => setAsking('export')}>
              {t('export')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button variant="default" leftSection={<IconFileImport size={16} stroke={1.7} />} onClick={() => go({ screen: 'import' })}>
          {t('import')}
        </Button>
        <Button leftSection={<IconUserPlus size={16} stroke={1.7} />} onClick={() => setAsking('add')}>
          {t('add')}
        </Button>
      </TopBar>
      {pages.state === 'loading' && <Loading rows={12} />}
      {pages.state === 'failed' && pages.total === 0 && <Failed error={pages.error} again={pages.again} />}
      {isEmpty && search === '' && segment !== null && <Empty drawing="people">{t('emptySegment')}</Empty>}
      {isEmpty && search === '' && segment === null && (
        <Empty drawing="people" action={<Button onClick={() => go({ screen: 'import' })}>{t('import')}</Button>}>
          {t('empty')}
        </Empty>
      )}
      {isEmpty && search !== '' && (
        <Empty
          drawing="search"
          action={
            <Button variant="default" onClick={() => setTyped('')}>
              {t('clearSearch')}
            </Button>
          }
        >
          {t('notFound', { search })}
        </Empty>
      )}
      {selected.size > 0 && <BulkBar query={query} total={pages.total} selected={selected} onSelect={setSelected} />}
      {pages.total > 0 && <ContactTable pages={pages} columns={columns} attributes={attributes} formats={formats} sort={sort} onSort={setSort} searchKey={`${search} ${segment ?? ''}`} selected={selected} onSelect={setSelected} />}
      <BulkEditDialog opened={asking === 'edit'} onClose={() => setAsking(null)} selected={selected} shown={{ rule: query.rule, search }} total={pages.total} />
      <AddContact opened={asking === 'add'} attributes={attributes} onClose={() => setAsking(null)} />
      <ExportContacts opened={asking === 'export'} attributes={attributes} shown={columns} rule={inSegment(segment)} onClose={() => setAsking(null)} />
    </>
  );
}

function inSegment(segment: string | null): Rule | null {
  return segment === null ? null : { kind: 'segment', segment, member: true };
}

/** Which segment the list is narrowed to, and the way back to everybody. */
function SegmentChip({ segment }: { segment: string }) {
  const { t } = useTranslation('contacts');
  const found = useCall('segments.get', { key: segment }, ['segments']).data;
  return (
    <Group gap={2} wrap="nowrap" className="segment-chip">
      <Anchor href={addressOf({ screen: 'segment', key: segment })} size="sm" truncate maw={220}>
        {found?.name ?? segment}
      </Anchor>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('leaveSegment')} title={t('leaveSegment')} onClick={() => go({ screen: 'contacts' })}>
        <IconX size={14} />
      </ActionIcon>
    </Group>
  );
}

type ChoiceProps = { attributes: Attributes; columns: string[]; onChange: (columns: string[]) => void };

function ColumnChoice({ attributes, columns, onChange }: ChoiceProps) {
  const { t } = useTranslation('contacts');
  const all = [
    ...attributes.list.map(({ key, label }) => ({ key, label })),
    { key: ':tags', label: t('column.tags') },
    { key: ':consent', label: t('column.consent') },
    { key: ':added', label: t('column.added') },
  ];
  const set = (key: string, on: boolean) => onChange(all.map((each) => each.key).filter((each) => (each === key ? on : columns.includes(each))));
  return (
    <Popover position="bottom-end" width={260} trapFocus>
      <Popover.Target>
        <Button variant="subtle" color="gray" leftSection={<IconColumns3 size={16} stroke={1.7} />}>
          {t('columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <ScrollArea.Autosize mah={380} p="md">
          <Stack gap={10}>
            {all.map(({ key, label }) => (
              <Checkbox key={key} size="xs" label={label} checked={columns.includes(key)} disabled={columns.length === 1 && columns[0] === key} onChange={(event) => set(key, event.currentTarget.checked)} />
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
