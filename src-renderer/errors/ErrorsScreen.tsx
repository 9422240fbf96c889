// People whose step has failed, in all flows: where, why, since when; and what becomes of them (FEATURES A14.8).
import { ActionIcon, Alert, Anchor, Button, Group, Menu, Paper, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput, ErrorRow, FailingStep } from '../../shared/api.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { useText } from '../app/i18n.ts';
import { showSuccess } from '../app/notices.tsx';
import { addressOf } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';

const SHOWN = 200;

type Who = { flow: number; enrollments: number[] | null; step: string | null };
type What = { kind: 'retry' | 'skip' | 'remove' } | { kind: 'move'; to: string };

/** Does it with some people, or with all who failed at a step, and says for how many it worked. */
function useDeal() {
  const { t } = useTranslation('live-flows');
  const { act, busy } = useAct();
  const deal = async (who: Who, what: What) => {
    const done = what.kind === 'move' ? await act('enrollments.move', { ...who, to: what.to }) : await act(`enrollments.${what.kind}`, who);
    if (done !== undefined) showSuccess(t('errors.done', { count: done.done }));
  };
  return { deal, busy };
}

export function ErrorsScreen() {
  const { t } = useTranslation('live-flows');
  const errors = useCall('errors.list', { limit: SHOWN }, ['counts', 'runner', 'flows']);
  return (
    <>
      <TopBar title={t('errors.title')} />
      <div className="screen-scroll">
        <HaltedFlows />
        {errors.state === 'loading' && <Loading />}
        {errors.state === 'failed' && errors.data === undefined && <Failed error={errors.error} again={errors.again} />}
        {errors.data?.total === 0 && <Empty drawing="outbox">{t('errors.empty')}</Empty>}
        {errors.data !== undefined && errors.data.total > 0 && <Errors {...errors.data} />}
      </div>
    </>
  );
}

/** Flows that were paused by themselves, because a step failed for too many. */
function HaltedFlows() {
  const { t } = useTranslation('live-flows');
  const text = useText();
  const halted = (useCall('flows.list', {}, ['flows']).data ?? []).filter((flow) => flow.halted !== null);
  return halted.map((flow) => (
    <Alert key={flow.id} m="lg" color="red" variant="light" title={t('errors.halted', { name: flow.name })}>
      <Stack gap={6} align="flex-start">
        {text(flow.halted!.text)}
        <Anchor size="sm" href={addressOf({ screen: 'flow', id: flow.id })}>
          {t('errors.toFlow')}
        </Anchor>
      </Stack>
    </Alert>
  ));
}

function Errors({ total, rows, steps }: CallOutput<'errors.list'>) {
  const { t } = useTranslation('live-flows');
  const formats = useFormats();
  const text = useText();
  return (
    <>
      <Stack gap={8} m="lg">
        {steps.map((step) => (
          <StepRow key={`${step.flow} ${step.step}`} at={step} />
        ))}
      </Stack>
      <Table className="wide-table" verticalSpacing={8} horizontalSpacing="lg">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="24%">{t('errors.contact')}</Table.Th>
            <Table.Th w="22%">{t('errors.where')}</Table.Th>
            <Table.Th>{t('errors.error')}</Table.Th>
            <Table.Th w={190}>{t('errors.since')}</Table.Th>
            <Table.Th w={180}>
              <VisuallyHidden>{t('errors.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.enrollment}>
              <Table.Td maw={0}>
                <Anchor size="sm" className="plain-link" href={addressOf({ screen: 'contact', id: row.contact })} display="block" truncate>
                  {row.email ?? row.contact}
                </Anchor>
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
      {total > rows.length && (
        <Text size="xs" c="dimmed" p="lg">
          {t('errors.more', { count: total - rows.length })}
        </Text>
      )}
    </>
  );
}

function StepRow({ at }: { at: FailingStep }) {
  const { t } = useTranslation('live-flows');
  const text = useText();
  const { deal, busy } = useDeal();
  return (
    <Paper withBorder px="md" py={8}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{t('errors.at', { step: text(at.stepTitle), flow: at.flowName, count: at.people })}</Text>
        <Button size="compact-sm" variant="default" loading={busy} onClick={() => void deal({ flow: at.flow, enrollments: null, step: at.step }, { kind: 'retry' })}>
          {t('errors.retryAll')}
        </Button>
      </Group>
    </Paper>
  );
}

function RowActions({ row }: { row: ErrorRow }) {
  const { t } = useTranslation('live-flows');
  const { t: tPage } = useTranslation('contact-page');
  const { deal, busy } = useDeal();
  const [removing, setRemoving] = useState(false);
  const who = { flow: row.flow, enrollments: [row.enrollment], step: null };
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Button size="compact-xs" variant="default" disabled={busy} onClick={() => void deal(who, { kind: 'retry' })}>
        {t('errors.retry')}
      </Button>
      <Menu position="bottom-end" keepMounted={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('errors.menu', { who: row.email ?? String(row.contact) })}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
          <Menu.Item onClick={() => void deal(who, { kind: 'skip' })}>{t('errors.skip')}</Menu.Item>
          <Menu.Item color="red" onClick={() => setRemoving(true)}>
            {t('errors.remove')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t('errors.move')}</Menu.Label>
          <Targets row={row} onChoose={(to) => void deal(who, { kind: 'move', to })} />
        </Menu.Dropdown>
      </Menu>
      <Confirm opened={removing} title={t('errors.remove')} verb={t('errors.remove')} busy={busy} onConfirm={() => void deal(who, { kind: 'remove' }).then(() => setRemoving(false))} onClose={() => setRemoving(false)}>
        {tPage('flow.removeAsk', { flow: row.flowName })}
      </Confirm>
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
