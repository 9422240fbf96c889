// What the values of one column are taken for: "m" is "Male", "cleaned" is an opt-out. Shown are those of the file's beginning.
import { useState } from 'react';
import { Anchor, Autocomplete, Button, Group, Modal, Select, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { STATUS_MEANINGS, type ColumnTarget, type PlanColumn, type StatusMeaning } from '../../shared/contacts/import-plan.ts';
import { statusReader } from '../../shared/contacts/status-words.ts';
import type { Attributes } from '../contacts/attributes.ts';
import { changeColumn } from './import-store.ts';

const MOST_VALUES = 40;

type Props = { index: number; column: PlanColumn; cells: string[]; attributes: Attributes };

export function ColumnValues({ index, column, cells, attributes }: Props) {
  const { t } = useTranslation('imports');
  const [opened, setOpened] = useState(false);
  const { header, target } = column;
  if (target.kind === 'ignore' || target.kind === 'tags') return null;
  const words = [...new Set(cells.map((cell) => cell.trim()).filter((cell) => cell !== ''))].slice(0, MOST_VALUES);
  if (words.length === 0) return null;
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
          {target.kind === 'status' ? <StatusWords index={index} target={target} words={words} /> : <Values index={index} column={column} words={words} choices={choicesOf(target, attributes)} />}
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

type ValueProps = { index: number; column: PlanColumn; words: string[]; choices: string[] };

function Values({ index, column, words, choices }: ValueProps) {
  const { t } = useTranslation('imports');
  const set = (word: string, to: string) =>
    changeColumn(index, ({ values, ...before }) => {
      const { [word]: _, ...others } = values ?? {};
      const next = to === word ? others : { ...others, [word]: to };
      return Object.keys(next).length === 0 ? before : { ...before, values: next };
    });
  return (
    <Table verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="45%">{t('column.file')}</Table.Th>
          <Table.Th>{t('valueBecomes')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {words.map((word) => (
          <Table.Tr key={word}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{word}</Table.Td>
            <Table.Td>
              <Autocomplete size="xs" aria-label={t('wordOf', { value: word })} data={choices} maxLength={1000} value={column.values?.[word] ?? word} onChange={(to) => set(word, to)} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

type StatusProps = { index: number; target: Extract<ColumnTarget, { kind: 'status' }>; words: string[] };

function StatusWords({ index, target, words }: StatusProps) {
  const { t } = useTranslation('imports');
  const read = statusReader(target.words);
  const change = (changed: Partial<typeof target>) => changeColumn(index, (column) => ({ ...column, target: { ...target, ...changed } }));
  const meanings = STATUS_MEANINGS.map((value) => ({ value, label: t(`status.${value}`) }));
  return (
    <>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="45%">{t('column.file')}</Table.Th>
            <Table.Th>{t('statusMeans')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {words.map((word) => (
            <Table.Tr key={word}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{word}</Table.Td>
              <Table.Td>
                <Select
                  size="xs"
                  aria-label={t('wordOf', { value: word })}
                  placeholder={t('status.unknown')}
                  data={meanings}
                  value={read(word)}
                  onChange={(meaning) => meaning !== null && change({ words: { ...target.words, [word]: meaning as StatusMeaning } })}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
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
