// What the values of one column are taken for: "m" is "Male", "cleaned" is an opt-out. Shown are those of the whole file, first
// those that nobody understands yet, each with how often it is there.
import { useState, type ReactNode } from 'react';
import { Anchor, Autocomplete, Button, Group, Modal, Select, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { STATUS_MEANINGS, type ColumnTarget, type ColumnValue, type PlanColumn } from '../../shared/contacts/import-plan.ts';
import { statusReader } from '../../shared/contacts/status-words.ts';
import { useFormats } from '../app/workspace.tsx';
import { useCall } from '../backend.ts';
import type { Attributes } from '../contacts/attributes.ts';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { changeColumn, useImport } from './import-store.ts';

type Props = { index: number; column: PlanColumn; attributes: Attributes };

export function ColumnValues({ index, column, attributes }: Props) {
  const { t } = useTranslation('imports');
  const [opened, setOpened] = useState(false);
  const { header, target } = column;
  if (target.kind === 'ignore' || target.kind === 'tags') return null;
  const mapped = target.kind === 'status' ? Object.keys(target.words).length : Object.keys(column.values ?? {}).length;
  return (
    <>
      <Anchor component="button" type="button" fz="xs" aria-label={t('valuesOf', { header })} onClick={() => setOpened(true)}>
        {mapped === 0 ? t('values') : t('valuesMapped', { count: mapped })}
      </Anchor>
      <Modal opened={opened} onClose={() => setOpened(false)} title={t('valuesOf', { header })} centered size="lg">
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {target.kind === 'status' ? t('statusHelp') : t('valuesHelp')}
          </Text>
          <WholeFile index={index}>{(values) => (target.kind === 'status' ? <StatusWords index={index} target={target} values={values} /> : <Values index={index} column={column} values={values} choices={choicesOf(target, attributes)} />)}</WholeFile>
          <Group justify="flex-end">
            <Button onClick={() => setOpened(false)}>{t('close')}</Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function choicesOf(target: ColumnTarget, attributes: Attributes): string[] {
  return target.kind === 'attribute' ? (attributes.list.find(({ key }) => key === target.attribute)?.choices ?? []) : [];
}

/** The values as the file has them: what each is taken for is said by the plan, and does not make the file be read again. */
function WholeFile({ index, children }: { index: number; children: (values: ColumnValue[]) => ReactNode }) {
  const { t } = useTranslation('imports');
  const { file, plan } = useImport();
  const [asked] = useState(plan);
  const found = useCall(file === null || asked === null ? null : 'imports.values', { file: file ?? '-', plan: asked!, column: index });
  if (found.state === 'failed' && found.data === undefined) return <Failed error={found.error} again={found.again} />;
  if (found.data === undefined) return <Loading />;
  const { values, distinct } = found.data;
  return (
    <>
      {values.length === 0 ? <Text size="sm">{t('valuesNone')}</Text> : children(values)}
      {values.length < distinct && (
        <Text size="sm" c="dimmed">
          {t('firstOnly', { shown: values.length, all: distinct })}
        </Text>
      )}
    </>
  );
}

function ValueTable({ becomes, children }: { becomes: string; children: ReactNode }) {
  const { t } = useTranslation('imports');
  return (
    <div className="preview-table" tabIndex={0} role="region" aria-label={t('column.file')}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="40%">{t('column.file')}</Table.Th>
            <Table.Th w={80}>{t('valueRows')}</Table.Th>
            <Table.Th>{becomes}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </div>
  );
}

function ValueName({ value, count, isKnown }: { value: string; count: number; isKnown: boolean }) {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  return (
    <>
      <Table.Td style={{ overflowWrap: 'anywhere', whiteSpace: 'normal' }}>
        {value}
        {!isKnown && (
          <Text fz="xs" c="var(--kanal-amber)">
            {t('valueUnknown')}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{formats.number(count)}</Table.Td>
    </>
  );
}

type ValueProps = { index: number; column: PlanColumn; values: ColumnValue[]; choices: string[] };

function Values({ index, column, values, choices }: ValueProps) {
  const { t } = useTranslation('imports');
  const set = (word: string, to: string) =>
    changeColumn(index, ({ values: mapped, ...before }) => {
      const { [word]: _, ...others } = mapped ?? {};
      const next = to === word ? others : { ...others, [word]: to };
      return Object.keys(next).length === 0 ? before : { ...before, values: next };
    });
  return (
    <ValueTable becomes={t('valueBecomes')}>
      {values.map(({ value, count, understood, suggestion }) => {
        const to = column.values?.[value];
        return (
          <Table.Tr key={value}>
            <ValueName value={value} count={count} isKnown={understood || to !== undefined} />
            <Table.Td>
              <Autocomplete size="xs" aria-label={t('wordOf', { value })} data={choices} maxLength={1000} value={to ?? value} onChange={(next) => set(value, next)} />
              {suggestion !== null && to === undefined && (
                <Button mt={4} size="compact-xs" variant="default" onClick={() => set(value, suggestion)}>
                  {t('takeSuggestion', { text: suggestion })}
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </ValueTable>
  );
}

type StatusProps = { index: number; target: Extract<ColumnTarget, { kind: 'status' }>; values: ColumnValue[] };

function StatusWords({ index, target, values }: StatusProps) {
  const { t } = useTranslation('imports');
  const read = statusReader(target.words);
  const change = (changed: Partial<typeof target>) => changeColumn(index, (column) => ({ ...column, target: { ...target, ...changed } }));
  const meanings = STATUS_MEANINGS.map((value) => ({ value, label: t(`status.${value}`) }));
  return (
    <>
      <ValueTable becomes={t('statusMeans')}>
        {values.map(({ value, count }) => (
          <Table.Tr key={value}>
            <ValueName value={value} count={count} isKnown={read(value) !== null} />
            <Table.Td>
              <Select
                size="xs"
                aria-label={t('wordOf', { value })}
                placeholder={t('status.unknown')}
                data={meanings}
                value={read(value)}
                onChange={(meaning) => meaning !== null && change({ words: { ...target.words, [value]: meaning } })}
              />
            </Table.Td>
          </Table.Tr>
        ))}
      </ValueTable>
      <Select
        label={t('statusOthers')}
        data={[
          { value: 'reject', label: t('statusOthers.reject') },
          { value: 'ignore', label: t('statusOthers.ignore') },
        ]}
        value={target.unknown}
        onChange={(unknown) => unknown !== null && change({ unknown: unknown === 'ignore' ? 'ignore' : 'reject' })}
      />
    </>
  );
}
