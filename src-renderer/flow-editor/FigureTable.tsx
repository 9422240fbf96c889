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
import { keptAt } from './KeptPeople.tsx';
import { leftBy } from './left-by.ts';

const SHOWN = 20;

export function FigureTable({ step }: { step: Step }) {
  const { t } = useTranslation('editor');
  const { t: live } = useTranslation('live-flows');
  const { t: outbox } = useTranslation('outbox');
  const { t: tPeople } = useTranslation('people');
  const text = useText();
  const formats = useFormats();
  const counts = useUi((ui) => ui.counts?.steps[step.id]);
  const earlier = useUi((ui) => (ui.counts === null ? 0 : keptAt(ui.counts, step.id)));
  const flow = useFlowState((state) => state.flow);
  const running = useFlowState((state) => state.live?.flow);
  const flowId = useFlowState((state) => state.flowId);
  const waiting = useCall(
    counts === undefined || counts.waiting === 0 ? null : 'flows.waiting',
    { flow: flowId, step: step.id, limit: SHOWN },
    ['counts'],
  ).data;
  // Of the moment at which the step was opened: it reads the whole log.
  const people = useCall(counts === undefined ? null : 'flows.people', { flow: flowId }).data?.[step.id];
  if (counts === undefined) return null;
  const asItRuns = running?.steps.find(({ id }) => id === step.id);
  const outlets = [...(asItRuns === undefined ? [] : outletsOf(running!, asItRuns)), ...outletsOf(flow, step)];
  const labels = new Map(outlets.map((outlet) => [outlet.id, text(outlet.label)]));
  const otherReasons = Object.entries(counts.reasons).reduce((sum, [code, value]) => sum + (isKnownReason(code) ? 0 : value), 0);
  const rows: [key: string, label: string, value: number][] = [
    ['entered', t('figures.passes'), counts.entered],
    ...(people === undefined ? [] : [['people', t('figures.people'), people] as [string, string, number]]),
    ['waiting', t('figures.waiting'), counts.waiting],
    ...(earlier > 0 ? [['earlier', `– ${live('figures.earlier')}`, earlier] as [string, string, number]] : []),
    ...leftBy(counts.left, labels).map(({ way, people: gone }, number): [string, string, number] => [
      `left-${number}`,
      way === 'gone' ? live('figures.gone') : 'end' in way ? live(`figures.${way.end}`) : t('figures.leftBy', way),
      gone,
    ]),
    ...(['planned', 'sent', 'failed', 'unknown', 'held', 'cancelled'] as const)
      .filter((each) => counts[each] > 0)
      .map((each): [string, string, number] => [each, t(`figures.${each}`), counts[each]]),
    ...(counts.late > 0 ? [['late', live('figures.late'), counts.late] as [string, string, number]] : []),
    // Why messages are held or were cancelled: words of the outbox.
    ...Object.entries(counts.reasons).flatMap(([code, value]): [string, string, number][] => (isKnownReason(code) ? [[`reason-${code}`, `– ${outbox(`reason.${code}`)}`, value]] : [])),
    ...(otherReasons > 0 ? [['reason-other', `– ${live('figures.otherReason')}`, otherReasons] as [string, string, number]] : []),
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
          <Anchor size="xs" fw={600} href={addressOf({ screen: 'people', flow: flowId, step: step.id })}>
            {tPeople('openAll', { count: counts.waiting })}
          </Anchor>
          {waiting.map((each) => (
            <Anchor key={each.enrollment} size="xs" href={addressOf({ screen: 'contact', id: each.contact })}>
              {t('figures.whoUntil', {
                who: each.email ?? String(each.contact),
                at: each.dueAt === null ? '' : formats.dateTime(each.dueAt),
                known: each.dueAt === null ? 'no' : 'yes',
              })}
              {each.keptVersion !== null && ` · ${live('keep.version', { version: each.keptVersion })}`}
            </Anchor>
          ))}
        </Stack>
      )}
    </Stack>
  );
}
