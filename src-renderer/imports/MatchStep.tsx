// Which column of the file becomes what: one row per column, with samples and how sure the proposal is.
import { useState } from 'react';
import { Alert, Anchor, Button, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CHANNELS } from '../../shared/contacts/contact.ts';
import { inferKind } from '../../shared/contacts/columns.ts';
import { EVENT_FIELDS, MATCH_KEYS, ORDER_FIELDS } from '../../shared/contacts/import-plan.ts';
import { attributesOf } from '../../shared/contacts/match-keys.ts';
import { useAttributes } from '../contacts/attributes.ts';
import { freeKey } from './attribute-key.ts';
import { MatchRow } from './MatchRow.tsx';
import { readFile, setTarget, useImport } from './import-store.ts';
import { ObstacleText } from './ObstacleText.tsx';
import { planObstacles } from './plan-obstacles.ts';

/** So many columns are drawn at once: each has several lists, and a file may have ten thousand columns. */
const COLUMNS_AT_ONCE = 40;

export function MatchStep() {
  const { t } = useTranslation('imports');
  const attributes = useAttributes();
  const { inspection, plan, file, override, uploaded, busy } = useImport();
  const [search, setSearch] = useState('');
  const [most, setMost] = useState(COLUMNS_AT_ONCE);
  if (inspection === null || plan === null || file === null) return null;
  const obstacle = planObstacles(plan);
  const taken = [...attributes.list.map(({ key }) => key), ...attributesOf(plan)];

  const keys = attributes.list.filter(({ key }) => MATCH_KEYS.some((each) => each === key)).map(({ key, label }) => ({ value: `attribute:${key}`, label }));
  const activity = plan.kind === 'orders' ? ORDER_FIELDS.map((field) => ({ value: `order:${field}`, label: t(`order.${field}`) })) : EVENT_FIELDS.map((field) => ({ value: `event:${field}`, label: t(`event.${field}`) }));
  const choices = plan.kind !== 'contacts' ? [
    { group: t(`kind.${plan.kind}`), items: activity },
    { group: t('target.whose'), items: keys },
    { group: t('target.other'), items: [{ value: 'property', label: t('target.property') }, { value: 'ignore', label: t('target.ignore') }] },
  ] : [
    {
      group: t('target.other'),
      items: [
        { value: 'ignore', label: t('target.ignore') },
        { value: 'newAttribute', label: t('target.new') },
        { value: 'tags', label: t('target.tags') },
        ...CHANNELS.map((channel) => ({ value: `consent:${channel}`, label: t(`target.consent.${channel}`) })),
        ...CHANNELS.map((channel) => ({ value: `status:${channel}`, label: t(`target.status.${channel}`) })),
      ],
    },
    { group: t('target.attributes'), items: attributes.list.map(({ key, label }) => ({ value: `attribute:${key}`, label })) },
  ];

  const isLong = plan.columns.length > COLUMNS_AT_ONCE;
  const sought = search.trim().toLowerCase();
  const found = plan.columns.flatMap(({ header }, index) => (sought === '' || header.toLowerCase().includes(sought) ? [index] : []));
  // Of a very wide file first those that were recognised: the others would hide them.
  const isProposed = (index: number): boolean => inspection.columns[index]?.target.kind !== 'ignore';
  const ordered = isLong ? [...found.filter(isProposed), ...found.filter((index) => !isProposed(index))] : found;
  const shown = ordered.slice(0, most);
  const left = plan.columns.filter(({ target }) => target.kind === 'ignore').length;
  const valuesIn = (index: number): string[] => inspection.rows.flatMap((row) => ((row[index] ?? '').trim() === '' ? [] : [row[index]!.trim()]));

  function choose(index: number, header: string, value: string) {
    if (value === 'ignore' || value === 'tags') return setTarget(index, { kind: value });
    if (value === 'property') return setTarget(index, { kind: 'property', name: header.slice(0, 200) });
    const order = ORDER_FIELDS.find((field) => value === `order:${field}`);
    if (order !== undefined) return setTarget(index, { kind: 'order', field: order });
    const event = EVENT_FIELDS.find((field) => value === `event:${field}`);
    if (event !== undefined) return setTarget(index, { kind: 'event', field: event });
    const channel = CHANNELS.find((each) => value.endsWith(`:${each}`));
    if (channel !== undefined && value.startsWith('consent:')) return setTarget(index, { kind: 'consent', channel });
    if (channel !== undefined && value.startsWith('status:')) return setTarget(index, { kind: 'status', channel, words: {}, unknown: 'reject' });
    if (value === 'newAttribute') return setTarget(index, { kind: 'newAttribute', attribute: freeKey(header, taken), label: header, attributeKind: inferKind(header, { filled: valuesIn(index) }) });
    setTarget(index, { kind: 'attribute', attribute: value.slice('attribute:'.length) });
  }

  return (
    <Stack gap="lg">
      {inspection.profile === null ? (
        <Text c="dimmed">{t(plan.kind === 'contacts' ? 'matchHelp' : 'matchHelpActivity')}</Text>
      ) : (
        <Alert color="canal" variant="light">
          <Group justify="space-between" gap="sm">
            <Text size="sm">{t('profileUsed', { name: inspection.profile.name })}</Text>
            <Anchor component="button" type="button" size="sm" disabled={busy} onClick={() => void readFile(file, override, uploaded, false)}>
              {t('profileForget')}
            </Anchor>
          </Group>
        </Alert>
      )}
      {obstacle !== null && obstacle.kind !== 'noSource' && <ObstacleText obstacle={obstacle} attributes={attributes} />}
      {isLong && (
        <Group justify="space-between" gap="sm">
          <Text size="sm">{t('manyColumns', { count: plan.columns.length, left })}</Text>
          <TextInput size="xs" w={220} type="search" aria-label={t('findHeader')} placeholder={t('findHeader')} leftSection={<IconSearch size={14} stroke={1.7} aria-hidden />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
        </Group>
      )}
      <Table verticalSpacing={10} className="match-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="18%">{t('column.file')}</Table.Th>
            <Table.Th w="24%">{t('column.samples')}</Table.Th>
            <Table.Th>{t('column.becomes')}</Table.Th>
            {plan.kind === 'contacts' && <Table.Th w={190}>{t('column.existing')}</Table.Th>}
            <Table.Th w={110}>{t('column.confidence')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((index) => (
            <MatchRow key={index} index={index} planned={plan.columns[index]!} sample={inspection.columns[index]} rows={inspection.rows.length} choices={choices} attributes={attributes} hasRules={plan.kind === 'contacts'} onChoose={(value) => choose(index, plan.columns[index]!.header, value)} />
          ))}
        </Table.Tbody>
      </Table>
      {shown.length < ordered.length && (
        <Group justify="center">
          <Button variant="default" onClick={() => setMost(most + COLUMNS_AT_ONCE)}>
            {t('moreColumns', { count: Math.min(COLUMNS_AT_ONCE, ordered.length - shown.length) })}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
