// All contacts: search, filter by a rule, sort, choose columns, keep all of it as a view, open one.
import { useCallback, useEffect, useMemo, useState } from 'react';
import { ActionIcon, Anchor, Button, Group, Menu, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowsJoin, IconDots, IconFileExport, IconFileImport, IconFilter, IconUserPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { conditionsOf, type Rule } from '../../shared/contacts/rule.ts';
import type { ContactView } from '../../shared/contacts/view.ts';
import { askFor, useQuestion } from '../app/asked.ts';
import { useScreenKeys } from '../app/keys.ts';
import { useCall } from '../backend.ts';
import { addressOf, go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { BulkEditDialog } from '../bulk-edits/BulkEditDialog.tsx';
import { ContactsMenu } from '../bulk-edits/ContactsMenu.tsx';
import { useFormats } from '../app/workspace.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { SearchBox } from '../ui/SearchBox.tsx';
import { AddContact } from './AddContact.tsx';
import { useAttributes, type Attributes } from './attributes.ts';
import { BulkBar } from './BulkBar.tsx';
import { useContactPages } from './contact-pages.ts';
import { ColumnChoice, type Column } from './ColumnChoice.tsx';
import { useContactView } from './contact-view.ts';
import { ContactTable } from './ContactTable.tsx';
import './contact-list.css';
import { ExportContacts } from './ExportContacts.tsx';
import { FilterPanel } from './FilterPanel.tsx';
import { ViewMenu } from './ViewMenu.tsx';

/** The search and the filter of a segment's list: looked at once, and not kept. */
const NARROWED_NOT: Narrowed = { search: '', rule: null };
type Narrowed = Pick<ContactView, 'search' | 'rule'>;

/** `segment`: the key of the segment whose contacts are shown; null: all. */
export function ContactsScreen({ segment = null }: { segment?: string | null }) {
  const { t } = useTranslation('contacts');
  const formats = useFormats();
  const attributes = useAttributes();
  const state = useContactView();
  const { view, change } = state;
  const [inside, setInside] = useState(NARROWED_NOT);
  const narrowed = segment === null ? view : inside;
  const narrow = (part: Partial<Narrowed>) => (segment === null ? change(part) : setInside((before) => ({ ...before, ...part })));
  const typed = narrowed.search;
  const setTyped = (next: string) => narrow({ search: next });
  const [search] = useDebouncedValue(typed.trim(), 180);
  const [filter] = useDebouncedValue(narrowed.rule, 250);
  const [filtering, setFiltering] = useState(false);
  const columns = useColumns(attributes);
  const shown = view.columns.flatMap((key) => columns.find((each) => each.key === key) ?? []);
  const [asking, setAsking] = useState<'add' | 'export' | 'edit' | null>(null);
  const rule = both(inSegment(segment), filter);
  // A view may outlive the attribute that it sorts by.
  const isSortable = attributes.list.length === 0 || columns.some(({ key }) => key === view.sort?.attribute);
  const query = { search, sort: isSortable ? view.sort : null, rule };
  const pages = useContactPages(query);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const searchKey = JSON.stringify([search, rule]);
  // Nobody is changed who is out of sight because of another search.
  useEffect(() => setSelected(new Set()), [searchKey]);
  useQuestion('addContact', useCallback(() => setAsking('add'), []));
  const [box, setBox] = useState<HTMLInputElement | null>(null);
  const keys = useTranslation('keys').t;
  useScreenKeys(
    {
      new: { does: t('add'), run: () => setAsking('add') },
      open: { does: keys('openFile'), run: () => go({ screen: 'import' }) },
      find: { does: t('search'), run: () => box?.focus() },
      edit: { does: keys('editContact'), run: () => editContact(selected) },
    },
    [
      { keys: ['↑', '↓', 'PgUp', 'PgDn', 'Home', 'End'], does: keys('walkList') },
      { keys: ['Enter'], does: keys('openContact') },
      { keys: ['Space', 'Shift+Space'], does: keys('tick') },
      { keys: ['Alt+←', 'Alt+→'], does: keys('moveColumn') },
    ],
  );

  const isEmpty = pages.state === 'ready' && pages.total === 0;
  return (
    <>
      <TopBar
        title={t('title')}
        middle={
          <Group gap="md" wrap="nowrap">
            <SearchBox ref={setBox} value={typed} onChange={setTyped} words={{ search: t('search'), clear: t('clearSearch') }} onDown={() => document.querySelector<HTMLElement>('.grid-row .grid-link')?.focus()} />
            {segment !== null && <SegmentChip segment={segment} />}
          </Group>
        }
      >
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
      <div className="contact-list">
        <Group className="contact-tools" gap={4} wrap="nowrap">
          {segment === null && <ViewMenu state={state} />}
          <FilterButton rule={narrowed.rule} opened={filtering} onToggle={() => setFiltering(!filtering)} />
          <ColumnChoice all={columns} chosen={view.columns} onChange={(next) => change({ columns: next })} />
          <div style={{ flex: 1 }} />
          {pages.state === 'ready' && (
            <Text size="sm" c="dimmed" role="status" style={{ whiteSpace: 'nowrap' }}>
              {t('count', { count: pages.total })}
            </Text>
          )}
        </Group>
        <div className="contact-body">
          <div className="contact-rows">
            {pages.state === 'loading' && <Loading rows={12} />}
            {pages.state === 'failed' && <Failed error={pages.error} again={pages.again} />}
            {isEmpty && <NobodyShown narrowed={{ search, rule: narrowed.rule }} segment={segment} onClear={() => narrow(NARROWED_NOT)} />}
            {selected.size > 0 && <BulkBar query={query} total={pages.total} selected={selected} onSelect={setSelected} />}
            {pages.state !== 'failed' && pages.total > 0 && (
              <ContactTable
                pages={pages}
                columns={shown}
                onColumns={(chosen) => change({ columns: chosen })}
                attributes={attributes}
                formats={formats}
                sort={view.sort}
                onSort={(sort) => change({ sort })}
                searchKey={searchKey}
                selected={selected}
                onSelect={setSelected}
              />
            )}
          </div>
          {filtering && <FilterPanel rule={narrowed.rule} onChange={(next) => narrow({ rule: next })} onClose={() => setFiltering(false)} />}
        </div>
      </div>
      <BulkEditDialog opened={asking === 'edit'} onClose={() => setAsking(null)} selected={selected} shown={{ rule: query.rule, search }} total={pages.total} />
      <AddContact opened={asking === 'add'} attributes={attributes} onClose={() => setAsking(null)} />
      <ExportContacts opened={asking === 'export'} attributes={attributes} shown={view.columns} who={{ rule, search, selected, total: pages.total }} onClose={() => setAsking(null)} />
    </>
  );
}

/** Opens the contact on whose row the focus is, or the only one ticked, with its first value to be edited; else the first row is gone to. */
function editContact(selected: ReadonlySet<number>): void {
  const row = document.activeElement?.closest<HTMLElement>('.grid-row[data-contact]') ?? null;
  const id = row === null ? (selected.size === 1 ? [...selected][0]! : null) : Number(row.dataset['contact']);
  if (id === null) return document.querySelector<HTMLElement>('.grid-row .grid-link')?.focus();
  askFor('edit');
  go({ screen: 'contact', id });
}

function inSegment(segment: string | null): Rule | null {
  return segment === null ? null : { kind: 'segment', segment, member: true };
}

/** Which segment the list is narrowed to, and the way back to everybody. */
function SegmentChip({ segment }: { segment: string }) {
  const { t } = useTranslation('contacts');
  const found = useCall('segments.get', { key: segment, sizes: 'known' }, ['segments']).data;
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

/** Both of two rules, either of which may be none. */
function both(one: Rule | null, other: Rule | null): Rule | null {
  if (one === null || other === null) return one ?? other;
  return { kind: 'all', rules: [one, other] };
}

/** All columns that the list can have, by the names under which people know them. */
function useColumns(attributes: Attributes): Column[] {
  const { t } = useTranslation('contacts');
  return useMemo(
    () => [
      ...attributes.list.map(({ key, label }) => ({ key, label })),
      { key: ':tags', label: t('column.tags') },
      { key: ':consent', label: t('column.consent') },
      { key: ':added', label: t('column.added') },
    ],
    [attributes.list, t],
  );
}

function FilterButton({ rule, opened, onToggle }: { rule: Rule | null; opened: boolean; onToggle: () => void }) {
  const { t } = useTranslation('contact-list');
  const count = rule === null ? 0 : conditionsOf(rule).length;
  return (
    <Button variant={opened || count > 0 ? 'light' : 'subtle'} color={count > 0 ? undefined : 'gray'} size="xs" leftSection={<IconFilter size={16} stroke={1.7} />} aria-expanded={opened} onClick={onToggle}>
      {count === 0 ? t('filter') : t('filtered', { count })}
    </Button>
  );
}

function NobodyShown({ narrowed: { search, rule }, segment, onClear }: { narrowed: Narrowed; segment: string | null; onClear: () => void }) {
  const { t } = useTranslation('contacts');
  const list = useTranslation('contact-list').t;
  if (search === '' && rule === null) {
    if (segment !== null) return <Empty drawing="people">{t('emptySegment')}</Empty>;
    return (
      <Empty drawing="people" action={<Button onClick={() => go({ screen: 'import' })}>{t('import')}</Button>}>
        {t('empty')}
      </Empty>
    );
  }
  return (
    <Empty
      drawing="search"
      action={
        <Button variant="default" onClick={onClear}>
          {rule === null ? t('clearSearch') : list('clearFilter')}
        </Button>
      }
    >
      {rule === null ? t('notFound', { search }) : list('nobodyFiltered')}
    </Empty>
  );
}
