// What is to be done to many contacts: a list of changes, each with a widget of its own kind.
import { ActionIcon, Button, Group, Select, Stack } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { BulkChange } from '../../shared/contacts/bulk-edit.ts';
import { IDENTIFYING, type Attribute } from '../../shared/contacts/contact.ts';
import { useText } from '../app/i18n.ts';
import { attributeName, TagInput, ValueInput } from '../fields/attributes.tsx';
import { useSources } from '../fields/sources.tsx';

type Kind = Exclude<BulkChange['kind'], 'replace'>;
const KINDS: readonly Kind[] = ['set', 'clear', 'append', 'addTag', 'removeTag', 'addToSegment', 'removeFromSegment'];

/** A change while it is being put together: nothing of it need be chosen yet. */
export type DraftChange = { id: number; kind: Kind; target: string; value: unknown };

/** They say who a contact is; nobody shares them. */

/** The change, where it is complete. */
export function completed({ kind, target, value }: DraftChange): BulkChange | null {
  const name = target.trim();
  if (name === '') return null;
  if (kind === 'addTag' || kind === 'removeTag') return { kind, tag: name };
  if (kind === 'addToSegment' || kind === 'removeFromSegment') return { kind, segment: name };
  if (kind === 'clear') return { kind, attribute: name };
  const isEmpty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty ? null : { kind, attribute: name, value: value as string };
}

type Props = { changes: DraftChange[]; onChange: (changes: DraftChange[]) => void };

export function ChangeRows({ changes, onChange }: Props) {
  const { t } = useTranslation('edits');
  const put = (changed: DraftChange) => onChange(changes.map((each) => (each.id === changed.id ? changed : each)));
  const nextId = Math.max(0, ...changes.map(({ id }) => id)) + 1;
  return (
    <Stack gap="sm">
      {changes.map((change) => (
        <Group key={change.id} gap="sm" align="flex-start" wrap="nowrap" role="group" aria-label={t('change')}>
          <Select
            w={190}
            aria-label={t('whatToDo')}
            allowDeselect={false}
            data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
            value={change.kind}
            onChange={(kind) => put({ ...change, kind: kind as Kind, target: isSameTarget(change.kind, kind as Kind) ? change.target : '', value: kind === 'append' ? null : change.value })}
          />
          <Target change={change} onChange={put} />
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('dropChange')} title={t('dropChange')} disabled={changes.length === 1} onClick={() => onChange(changes.filter(({ id }) => id !== change.id))}>
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button variant="subtle" size="xs" leftSection={<IconPlus size={15} />} style={{ alignSelf: 'flex-start' }} onClick={() => onChange([...changes, { id: nextId, kind: 'set', target: '', value: null }])}>
        {t('addChange')}
      </Button>
    </Stack>
  );
}

function isSameTarget(one: Kind, other: Kind): boolean {
  const family = (kind: Kind) => (kind.endsWith('Tag') ? 'tag' : kind.endsWith('Segment') ? 'segment' : 'attribute');
  return family(one) === family(other);
}

function Target({ change, onChange }: { change: DraftChange; onChange: (change: DraftChange) => void }) {
  const { t } = useTranslation('edits');
  const text = useText();
  const { attributes, segments } = useSources();
  const { kind, target } = change;
  if (kind === 'addTag' || kind === 'removeTag') {
    return (
      <div style={{ flex: 1 }}>
        <TagInput aria-label={t('tag')} value={target} onChange={(tag) => onChange({ ...change, target: tag })} />
      </div>
    );
  }
  if (kind === 'addToSegment' || kind === 'removeFromSegment') {
    return (
      <Select
        flex={1}
        searchable
        aria-label={t('segment')}
        placeholder={t('chooseSegment')}
        nothingFoundMessage={t('noFixedSegment')}
        data={segments.filter(({ rule }) => rule === null).map(({ key, name }) => ({ value: key, label: name }))}
        value={target === '' ? null : target}
        onChange={(segment) => onChange({ ...change, target: segment ?? '' })}
      />
    );
  }
  const offered = attributes.filter((each) => !(IDENTIFYING as readonly string[]).includes(each.key) && (kind !== 'append' || each.kind === 'text' || each.kind === 'choices'));
  const attribute: Attribute | undefined = attributes.find(({ key }) => key === target);
  return (
    <>
      <Select
        flex={1}
        searchable
        aria-label={t('attribute')}
        placeholder={t('chooseAttribute')}
        nothingFoundMessage={t('noAttribute')}
        data={offered.map((each) => ({ value: each.key, label: attributeName(each, text) }))}
        value={target === '' ? null : target}
        onChange={(key) => onChange({ ...change, target: key ?? '', value: null })}
      />
      {kind !== 'clear' && attribute !== undefined && (
        <div style={{ flex: 1 }}>
          <ValueInput aria-label={t('value')} attribute={attribute} value={change.value} onChange={(value) => onChange({ ...change, value })} />
        </div>
      )}
    </>
  );
}
