// What can be done with the contacts that are selected: edit them, give them a tag, take one off; all of it can be taken back.
import { useState } from 'react';
import { Anchor, Autocomplete, Button, Group, Popover, Text } from '@mantine/core';
import { IconEditCircle, IconTagMinus, IconTagPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallInput } from '../../shared/api.ts';
import type { BulkWhom } from '../../shared/contacts/bulk-edit.ts';
import { call, useAct, useCall } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { BulkEditDialog } from '../bulk-edits/BulkEditDialog.tsx';
import { MergeSelected } from '../duplicates/MergeSelected.tsx';
import { tellDone } from '../bulk-edits/tell-done.ts';

/** As many as one call takes. */
const MOST_SELECTED = 10_000;
const PAGE = 500;

type Query = Pick<CallInput<'contacts.list'>, 'sort'> & Pick<BulkWhom, 'rule' | 'search'>;
type Props = { query: Query; total: number; selected: ReadonlySet<number>; onSelect: (selected: ReadonlySet<number>) => void };

export function BulkBar({ query, total, selected, onSelect }: Props) {
  const { t } = useTranslation('contacts');
  const [gathering, setGathering] = useState(false);

  async function selectAll() {
    setGathering(true);
    try {
      const ids = new Set<number>();
      const wanted = Math.min(total, MOST_SELECTED);
      for (let offset = 0; offset < wanted; offset += PAGE) {
        const { rows } = await call('contacts.list', { ...query, offset, limit: Math.min(PAGE, wanted - offset) });
        for (const { id } of rows) ids.add(id);
      }
      onSelect(ids);
    } catch (error) {
      showFailure(error);
    } finally {
      setGathering(false);
    }
  }

  return (
    <Group className="bulk-bar" gap="md" role="region" aria-label={t('selection')}>
      <Text size="sm" fw={600} role="status">
        {t('selected', { count: selected.size })}
      </Text>
      {selected.size < Math.min(total, MOST_SELECTED) && (
        <Anchor component="button" type="button" size="sm" c="var(--kanal-accent-text)" disabled={gathering} onClick={() => void selectAll()}>
          {total > MOST_SELECTED ? t('selectMost', { count: MOST_SELECTED }) : t('selectAll', { count: total })}
        </Anchor>
      )}
      <Anchor component="button" type="button" size="sm" c="var(--kanal-accent-text)" onClick={() => onSelect(new Set())}>
        {t('selectNone')}
      </Anchor>
      <div style={{ flex: 1 }} />
      <TagButton kind="add" selected={selected} />
      <TagButton kind="remove" selected={selected} />
      <MergeSelected selected={selected} onDone={() => onSelect(new Set())} />
      <EditButton query={query} total={total} selected={selected} />
    </Group>
  );
}

function EditButton({ query, total, selected }: Omit<Props, 'onSelect'>) {
  const { t } = useTranslation('edits');
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconEditCircle size={15} stroke={1.7} />} onClick={() => setOpened(true)}>
        {t('edit')}
      </Button>
      <BulkEditDialog opened={opened} onClose={() => setOpened(false)} selected={selected} shown={{ rule: query.rule, search: query.search }} total={total} />
    </>
  );
}

function TagButton({ kind, selected }: { kind: 'add' | 'remove'; selected: ReadonlySet<number> }) {
  const { t } = useTranslation('contacts');
  const { act, busy } = useAct();
  const [opened, setOpened] = useState(false);
  const [tag, setTag] = useState('');
  const tags = useCall('tags.list', {}, ['contacts']).data ?? [];
  const Icon = kind === 'add' ? IconTagPlus : IconTagMinus;
  const label = kind === 'add' ? t('bulkAdd') : t('bulkRemove');

  async function apply() {
    const name = tag.trim();
    const answer = await act('bulkEdits.start', { changes: [{ kind: kind === 'add' ? 'addTag' : 'removeTag', tag: name }], whom: { contacts: [...selected] } });
    if (answer === undefined) return;
    void tellDone(answer.bulkEdit, (count) => (kind === 'add' ? t('bulkAdded', { tag: name, count }) : t('bulkRemoved', { tag: name, count })));
    setTag('');
    setOpened(false);
  }

  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} trapFocus>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<Icon size={15} stroke={1.7} />} onClick={() => setOpened(!opened)}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (tag.trim() !== '') void apply();
          }}
        >
          <Group gap="sm" wrap="nowrap">
            <Autocomplete flex={1} size="xs" data-autofocus aria-label={label} maxLength={200} data={tags.map(({ name }) => name)} comboboxProps={{ withinPortal: false }} value={tag} onChange={setTag} />
            <Button type="submit" size="xs" loading={busy} disabled={tag.trim() === ''}>
              {t('apply', { count: selected.size })}
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
