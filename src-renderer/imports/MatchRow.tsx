// One column of the file: what it holds, what it becomes, and what happens to a value that is there already.
import { Group, Select, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconHelp, IconMinus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ATTRIBUTE_KINDS, type AttributeKind } from '../../shared/contacts/contact.ts';
import { EXISTING_RULES, MATCH_KEYS, type ColumnTarget, type ExistingRule, type PlanColumn, type SampleColumn } from '../../shared/contacts/import-plan.ts';
import { useFormats } from '../app/workspace.tsx';
import type { Attributes } from '../contacts/attributes.ts';
import { ColumnValues } from './ColumnValues.tsx';
import { changeColumn } from './import-store.ts';

const MARKS = { certain: IconCheck, likely: IconHelp, none: IconMinus } as const;

type Props = {
  index: number;
  planned: PlanColumn;
  sample: SampleColumn | undefined;
  /** How many rows were looked at. */
  rows: number;
  choices: { group: string; items: { value: string; label: string }[] }[];
  attributes: Attributes;
  /** Whether it can be said what becomes of existing values. */
  hasRules: boolean;
  onChoose: (value: string) => void;
};

export function MatchRow({ index, planned, sample, rows, choices, attributes, hasRules, onChoose }: Props) {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const { header, target } = planned;
  const confidence = sample !== undefined && valueOf(sample.target) === valueOf(target) ? sample.confidence : 'certain';
  const Mark = MARKS[confidence];
  return (
    <Table.Tr data-ignored={target.kind === 'ignore' || undefined}>
      <Table.Td>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {header}
        </Text>
        <Text fz="xs" c="dimmed">
          {t('filled', { share: formats.percent((sample?.filled ?? 0) / Math.max(1, rows)) })}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed" lineClamp={2}>
          {(sample?.samples ?? []).slice(0, 3).join(' · ')}
        </Text>
        <ColumnValues index={index} column={planned} attributes={attributes} />
      </Table.Td>
      <Table.Td>
        <Select aria-label={t('targetOf', { header })} searchable data={choices} value={valueOf(target)} nothingFoundMessage={t('nothingFound')} onChange={(value) => value !== null && onChoose(value)} />
        {target.kind === 'newAttribute' && <NewAttribute target={target} onChange={(changed) => changeColumn(index, (before) => ({ ...before, target: changed }))} />}
      </Table.Td>
      {hasRules && (
        <Table.Td>
          <ColumnRule column={planned} kind={kindOf(target, attributes.list)} onChange={(existing) => changeColumn(index, (before) => withRule(before, existing))} />
        </Table.Td>
      )}
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
}

function valueOf(target: ColumnTarget): string {
  if (target.kind === 'attribute') return `attribute:${target.attribute}`;
  if (target.kind === 'order' || target.kind === 'event') return `${target.kind}:${target.field}`;
  return target.kind === 'consent' || target.kind === 'status' ? `${target.kind}:${target.channel}` : target.kind;
}

function kindOf(target: ColumnTarget, list: { key: string; kind: AttributeKind }[]): AttributeKind | null {
  if (target.kind === 'newAttribute') return target.attributeKind;
  return target.kind === 'attribute' ? (list.find(({ key }) => key === target.attribute)?.kind ?? 'text') : null;
}

function withRule(column: PlanColumn, existing: ExistingRule | null): PlanColumn {
  const { existing: _, ...plain } = column;
  return existing === null ? plain : { ...plain, existing };
}

type RuleProps = { column: PlanColumn; kind: AttributeKind | null; onChange: (existing: ExistingRule | null) => void };

/** What becomes of a value that somebody has already, for this column alone. */
function ColumnRule({ column: { header, target, existing }, kind, onChange }: RuleProps) {
  const { t } = useTranslation('imports');
  if (kind === null) return null;
  const isKey = 'attribute' in target && MATCH_KEYS.some((key) => key === target.attribute);
  const rules = EXISTING_RULES.filter((rule) => rule !== 'append' || (!isKey && (kind === 'text' || kind === 'choices')));
  return (
    <Select
      size="xs"
      aria-label={t('existingOf', { header })}
      data={[{ value: 'plan', label: t('rule.plan') }, ...rules.map((rule) => ({ value: rule, label: t(`rule.${rule}`) }))]}
      value={existing ?? 'plan'}
      onChange={(rule) => onChange(rules.find((known) => known === rule) ?? null)}
    />
  );
}

type NewProps = { target: Extract<ColumnTarget, { kind: 'newAttribute' }>; onChange: (target: ColumnTarget) => void };

function NewAttribute({ target, onChange }: NewProps) {
  const { t } = useTranslation('imports');
  return (
    <Group gap="sm" mt={6} wrap="nowrap">
      <TextInput size="xs" flex={1} aria-label={t('newLabel')} value={target.label} maxLength={200} onChange={(event) => onChange({ ...target, label: event.currentTarget.value })} />
      <Select
        size="xs"
        w={120}
        aria-label={t('newKind')}
        data={ATTRIBUTE_KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
        value={target.attributeKind}
        onChange={(kind) => kind !== null && onChange({ ...target, attributeKind: kind })}
      />
    </Group>
  );
}
