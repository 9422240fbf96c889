// Which column of the file becomes what: one row per column, with samples and how sure the proposal is.
import { Alert, Anchor, Group, Select, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconHelp, IconMinus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ATTRIBUTE_KINDS, type AttributeKind } from '../../shared/contacts/contact.ts';
import { EVENT_FIELDS, EXISTING_RULES, MATCH_KEYS, ORDER_FIELDS, type ColumnTarget, type ExistingRule, type PlanColumn } from '../../shared/contacts/import-plan.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAttributes } from '../contacts/attributes.ts';
import { freeKey } from './attribute-key.ts';
import { ColumnValues } from './ColumnValues.tsx';
import { changeColumn, readFile, setTarget, useImport } from './import-store.ts';
import { ObstacleText } from './ObstacleText.tsx';
import { attributesOf, planObstacles } from './plan-obstacles.ts';

const MARKS = { certain: IconCheck, likely: IconHelp, none: IconMinus } as const;

export function MatchStep() {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const attributes = useAttributes();
  const { inspection, plan, file, override, uploaded, busy } = useImport();
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
        { value: 'consent:email', label: t('target.consent') },
        { value: 'consent:sms', label: t('target.consentSms') },
        { value: 'status:email', label: t('target.status') },
      ],
    },
    { group: t('target.attributes'), items: attributes.list.map(({ key, label }) => ({ value: `attribute:${key}`, label })) },
  ];

  function choose(index: number, header: string, value: string) {
    if (value === 'ignore' || value === 'tags') return setTarget(index, { kind: value });
    if (value === 'property') return setTarget(index, { kind: 'property', name: header.slice(0, 200) });
    const order = ORDER_FIELDS.find((field) => value === `order:${field}`);
    if (order !== undefined) return setTarget(index, { kind: 'order', field: order });
    const event = EVENT_FIELDS.find((field) => value === `event:${field}`);
    if (event !== undefined) return setTarget(index, { kind: 'event', field: event });
    if (value === 'consent:email') return setTarget(index, { kind: 'consent', channel: 'email' });
    if (value === 'consent:sms') return setTarget(index, { kind: 'consent', channel: 'sms' });
    if (value === 'status:email') return setTarget(index, { kind: 'status', channel: 'email', words: {}, unknown: 'reject' });
    if (value === 'newAttribute') return setTarget(index, { kind: 'newAttribute', attribute: freeKey(header, taken), label: header, attributeKind: 'text' });
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
          {plan.columns.map((planned, index) => {
            const { header, target } = planned;
            const column = inspection.columns[index];
            const confidence = column !== undefined && valueOf(column.target) === valueOf(target) ? column.confidence : 'certain';
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
                  <ColumnValues index={index} column={planned} attributes={attributes} />
                </Table.Td>
                <Table.Td>
                  <Select aria-label={t('targetOf', { header })} searchable data={choices} value={valueOf(target)} nothingFoundMessage={t('nothingFound')} onChange={(value) => value !== null && choose(index, header, value)} />
                  {target.kind === 'newAttribute' && <NewAttribute target={target} onChange={(changed) => changeColumn(index, (before) => ({ ...before, target: changed }))} />}
                </Table.Td>
                {plan.kind === 'contacts' && (
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
          })}
        </Table.Tbody>
      </Table>
    </Stack>
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
        onChange={(kind) => kind !== null && onChange({ ...target, attributeKind: kind as AttributeKind })}
      />
    </Group>
  );
}
