// The people whose step has failed, one on each line: where, why, since when; to be tried again, let on, taken out or moved.
import { ActionIcon, Anchor, Button, Group, Menu, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorRow } from '../../shared/api.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { useText } from '../app/i18n.ts';
import { addressOf } from '../app/routes.ts';
import { useFormats } from '../app/workspace.tsx';
import { useCall } from '../backend.ts';
import { useDeal } from '../people/deal.ts';
import { RemoveDialog } from '../people/RemoveDialog.tsx';
import { Tick, TickAll, useWho, WhoLink } from '../people/row-parts.tsx';

/** By enrollment. */
export type Selection = ReadonlyMap<number, ErrorRow>;
type Props = { rows: ErrorRow[]; selected: Selection; onSelect(selected: Selection): void };

export function ErrorTable({ rows, selected, onSelect }: Props) {
  const { t } = useTranslation('live-flows');
  const formats = useFormats();
  const text = useText();
  return (
    <Table className="wide-table" verticalSpacing={8} horizontalSpacing="lg">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={52}>
            <TickAll rows={rows} selected={selected} onSelect={onSelect} />
          </Table.Th>
          <Table.Th w="24%">{t('errors.contact')}</Table.Th>
          <Table.Th w="22%">{t('errors.where')}</Table.Th>
          <Table.Th>{t('errors.error')}</Table.Th>
          <Table.Th w={200}>{t('errors.since')}</Table.Th>
          <Table.Th w={170}>
            <VisuallyHidden>{t('errors.actions')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.enrollment}>
            <Table.Td>
              <Tick row={row} selected={selected} onSelect={onSelect} />
            </Table.Td>
            <Table.Td maw={0}>
              <WhoLink row={row} />
            </Table.Td>
            <Table.Td>
              <Text size="sm">{text(row.stepTitle)}</Text>
              <Anchor fz="xs" href={addressOf({ screen: 'flow', id: row.flow })}>
                {row.flowName}
              </Anchor>
            </Table.Td>
            <Table.Td>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {row.error}
              </Text>
            </Table.Td>
            <Table.Td>
              <Text size="sm">{row.failedAt === null ? '' : formats.dateTime(row.failedAt)}</Text>
              <Text fz="xs" c="dimmed">
                {t('errors.attempts', { count: row.attempts })}
              </Text>
            </Table.Td>
            <Table.Td>
              <RowActions row={row} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function RowActions({ row }: { row: ErrorRow }) {
  const { t } = useTranslation('live-flows');
  const { t: tPeople } = useTranslation('people');
  const { deal, busy } = useDeal();
  const who = useWho();
  const [removing, setRemoving] = useState(false);
  const one = [{ flow: row.flow, enrollments: [row.enrollment] }];
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Button size="compact-xs" variant="default" disabled={busy} onClick={() => void deal(one, { kind: 'retry' })}>
        {t('errors.retry')}
      </Button>
      <Menu position="bottom-end" keepMounted={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('errors.menu', { who: who(row) })}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
          <Menu.Item onClick={() => void deal(one, { kind: 'skip' })}>{t('errors.skip')}</Menu.Item>
          <Menu.Item color="red" onClick={() => setRemoving(true)}>
            {t('errors.remove')} …
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t('errors.move')}</Menu.Label>
          <Targets row={row} onChoose={(to) => void deal(one, { kind: 'move', to })} />
        </Menu.Dropdown>
      </Menu>
      {removing && <RemoveDialog count={1} explain={tPeople('removeExplain', { name: row.flowName })} busy={busy} onRemove={(reason) => deal(one, { kind: 'remove', reason })} onClose={() => setRemoving(false)} />}
    </Group>
  );
}

/** The steps of the version that runs. */
function Targets({ row, onChoose }: { row: ErrorRow; onChoose(step: string): void }) {
  const text = useText();
  const live = useCall('flows.get', { flow: row.flow }).data?.live;
  return (live?.flow.steps ?? [])
    .filter(({ id }) => id !== row.step)
    .map((step) => (
      <Menu.Item key={step.id} onClick={() => onChoose(step.id)}>
        {text(titleOf(step))}
      </Menu.Item>
    ));
}
