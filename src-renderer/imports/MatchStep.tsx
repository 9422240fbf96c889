// Which column of the file becomes what: one row per column, with samples and how sure the proposal is.
import { Group, Select, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconHelp, IconMinus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ATTRIBUTE_KINDS, type AttributeKind } from '../../shared/contacts/contact.ts';
import type { ColumnTarget } from '../../shared/contacts/import-plan.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAttributes } from '../contacts/attributes.ts';
import { freeKey } from './attribute-key.ts';
import { setTarget, useImport } from './import-store.ts';
import { planObstacles } from './plan-obstacles.ts';

const MARKS = { certain: IconCheck, likely: IconHelp, none: IconMinus } as const;

export function MatchStep() {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const attributes = useAttributes();
  const { inspection, plan } = useImport();
  if (inspection === null || plan === null) return null;
  const obstacle = planObstacles(plan);
  const taken = [...attributes.list.map(({ key }) => key), ...plan.columns.flatMap(({ target }) => (target.kind === 'newAttribute' ? [target.attribute] : []))];

  const choices = [
    { group: t('target.other'), items: [{ value: 'ignore', label: t('target.ignore') }, { value: 'newAttribute', label: t('target.new') }, { value: 'tags', label: t('target.tags') }, { value: 'consent:email', label: t('target.consent') }] },
    { group: t('target.attributes'), items: attributes.list.map(({ key, label }) => ({ value: `attribute:${key}`, label })) },
  ];

  function choose(index: number, header: string, value: string) {
    if (value === 'ignore' || value === 'tags') return setTarget(index, { kind: value });
    if (value === 'consent:email') return setTarget(index, { kind: 'consent', channel: 'email' });
    if (value === 'newAttribute') return setTarget(index, { kind: 'newAttribute', attribute: freeKey(header, taken), label: header, attributeKind: 'text' });
    setTarget(index, { kind: 'attribute', attribute: value.slice('attribute:'.length) });
  }

  return (
    <Stack gap="lg">
      <Text c="dimmed">{t('matchHelp')}</Text>
      {obstacle !== null && obstacle.kind !== 'noSource' && (
        <Text role="alert" c="var(--kanal-red)">
          {obstacle.kind === 'noKey' ? t('obstacle.noKey') : t('obstacle.twice', { attribute: attributes.labelOf(obstacle.attribute) })}
        </Text>
      )}
      <Table verticalSpacing={10}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="22%">{t('column.file')}</Table.Th>
            <Table.Th w="30%">{t('column.samples')}</Table.Th>
            <Table.Th>{t('column.becomes')}</Table.Th>
            <Table.Th w={130}>{t('column.confidence')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {plan.columns.map(({ header, target }, index) => {
            const column = inspection.columns[index];
            const confidence = column !== undefined && sameTarget(column.target, target) ? column.confidence : 'certain';
            const Mark = MARKS[confidence];
            return (
              <Table.Tr key={index} data-ignored={target.kind === 'ignore' || undefined}>
                <Table.Td>
                  <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                    {header}
                  </Text>
                  <Text fz="xs" c="dimmed">
                    {t('filled', { share: formats.percent((column?.filled ?? 0) / Math.max(1, inspection.rows.length)) })}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed" lineClamp={2}>
                    {(column?.samples ?? []).slice(0, 3).join(' · ')}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Select aria-label={t('targetOf', { header })} searchable data={choices} value={valueOf(target)} nothingFoundMessage={t('nothingFound')} onChange={(value) => value !== null && choose(index, header, value)} />
                  {target.kind === 'newAttribute' && <NewAttribute target={target} onChange={(changed) => setTarget(index, changed)} />}
                </Table.Td>
                <Table.Td>
                  {target.kind === 'ignore' ? (
                    <VisuallyHidden>{t('target.ignore')}</VisuallyHidden>
                  ) : (
                    <Group gap={6} wrap="nowrap">
                      <Mark size={15} stroke={1.9} color={confidence === 'certain' ? 'var(--kanal-green)' : 'var(--kanal-amber)'} aria-hidden />
                      <Text size="sm">{t(`confidence.${confidence}`)}</Text>
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function sameTarget(a: ColumnTarget, b: ColumnTarget): boolean {
  return valueOf(a) === valueOf(b);
}

function valueOf(target: ColumnTarget): string {
  if (target.kind === 'attribute') return `attribute:${target.attribute}`;
  return target.kind === 'consent' ? `consent:${target.channel}` : target.kind;
}

type NewProps = { target: Extract<ColumnTarget, { kind: 'newAttribute' }>; onChange: (target: ColumnTarget) => void };

function NewAttribute({ target, onChange }: NewProps) {
  const { t } = useTranslation('imports');
  return (
    <Group gap="sm" mt={6} wrap="nowrap">
      <TextInput size="xs" flex={1} aria-label={t('newLabel')} value={target.label} maxLength={200} onChange={(event) => onChange({ ...target, label: event.currentTarget.value })} />
      <Select
        size="xs"
        w={140}
        aria-label={t('newKind')}
        data={ATTRIBUTE_KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
        value={target.attributeKind}
        onChange={(kind) => kind !== null && onChange({ ...target, attributeKind: kind as AttributeKind })}
      />
    </Group>
  );
}
