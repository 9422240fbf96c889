// All figures of a step as a table, for reading where the card has only room for some; and who is waiting there now.
import { Anchor, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Step } from '../../shared/flow/flow.ts';
import { outletsOf } from '../../shared/flow/reading.ts';
import { addressOf } from '../app/routes.ts';
import { useText } from '../app/i18n.ts';
import { useFormats } from '../app/workspace.tsx';
import { useCall } from '../backend.ts';
import { isKnownReason } from '../outbox/reasons.ts';
import { useFlowState, useUi } from './editor-context.tsx';

const SHOWN = 20;

/** Ways in which a visit ends that are no outlets of a step. */
const NO_OUTLETS = ['exit', 'moved', 'goal', 'joined'] as const;

function isNoOutlet(id: string): id is (typeof NO_OUTLETS)[number] {
  return (NO_OUTLETS as readonly string[]).includes(id);
}

export function FigureTable({ step }: { step: Step }) {
  const { t } = useTranslation('editor');
  const { t: live } = useTranslation('live-flows');
  const { t: outbox } = useTranslation('outbox');
  const text = useText();
  const formats = useFormats();
  const counts = useUi((ui) => ui.counts?.steps[step.id]);
  const flow = useFlowState((state) => state.flow);
  const flowId = useFlowState((state) => state.flowId);
  const waiting = useCall(
    counts === undefined || counts.waiting === 0 ? null : 'flows.waiting',
    { flow: flowId, step: step.id, limit: SHOWN },
    ['counts'],
  ).data;
  if (counts === undefined) return null;
  const labels = new Map(outletsOf(flow, step).map((outlet) => [outlet.id, text(outlet.label)]));
  const rows: [key: string, label: string, value: number][] = [
    ['entered', t('figures.entered'), counts.entered],
    ['waiting', t('figures.waiting'), counts.waiting],
    ...Object.entries(counts.left).map(([id, value]): [string, string, number] => [
      `left-${id}`,
      isNoOutlet(id) && !labels.has(id) ? live(`figures.${id}`) : t('figures.leftBy', { outlet: labels.get(id) ?? id }),
      value,
    ]),
    ...(['planned', 'sent', 'failed', 'unknown', 'held', 'cancelled'] as const)
      .filter((each) => counts[each] > 0)
      .map((each): [string, string, number] => [each, t(`figures.${each}`), counts[each]]),
    ...(counts.late > 0 ? [['late', live('figures.late'), counts.late] as [string, string, number]] : []),
    // Why messages are held or were cancelled: words of the outbox.
    ...Object.entries(counts.reasons).map(([code, value]): [string, string, number] => [
      `reason-${code}`,
      `– ${isKnownReason(code) ? outbox(`reason.${code}`) : code}`,
      value,
    ]),
  ];
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t('figures.title')}
      </Text>
      <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} fz="xs">
        <Table.Tbody>
          {rows.map(([key, label, value]) => (
            <Table.Tr key={key}>
              <Table.Th fw={400}>{label}</Table.Th>
              <Table.Td ta="right">{formats.number(value)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {waiting !== undefined && waiting.length > 0 && counts.waiting > 0 && (
        <Stack gap={2}>
          <Text size="xs" fw={600}>
            {t('figures.who')}
          </Text>
          {waiting.map((each) => (
            <Anchor key={each.enrollment} size="xs" href={addressOf({ screen: 'contact', id: each.contact })}>
              {t('figures.whoUntil', {
                who: each.email ?? String(each.contact),
                at: each.dueAt === null ? '' : formats.dateTime(each.dueAt),
                known: each.dueAt === null ? 'no' : 'yes',
              })}
            </Anchor>
          ))}
        </Stack>
      )}
    </Stack>
  );
}
