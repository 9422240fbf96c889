// How a message of the ledger stands: its state, the reason, and the server's own words.
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { OutboxRow } from '../../shared/api.ts';
import { isKnownReason } from './reasons.ts';

const STATES = ['planned', 'claimed', 'handed', 'sent', 'failed', 'unknown', 'held', 'cancelled'] as const;

const COLOURS: Record<string, string> = { sent: 'var(--kanal-green)', failed: 'var(--kanal-red)', unknown: 'var(--kanal-amber)', held: 'var(--kanal-amber)' };

export function MessageState({ row }: { row: OutboxRow }) {
  const { t } = useTranslation('outbox');
  const state = STATES.find((each) => each === row.state);
  const reason = row.reason === null ? null : isKnownReason(row.reason) ? t(`reason.${row.reason}`) : row.reason;
  return (
    <>
      <Group gap={8} wrap="nowrap">
        <span style={{ width: 8, height: 8, borderRadius: 4, flex: 'none', background: COLOURS[row.state] ?? 'var(--kanal-line-drawing)' }} />
        <Text size="sm">
          {state === undefined ? row.state : t(`state.${state}`)}
          {reason !== null && `: ${reason}`}
        </Text>
      </Group>
      {row.response !== null && row.state !== 'sent' && (
        <Text fz="xs" c="dimmed" pl={16} style={{ overflowWrap: 'anywhere' }}>
          {row.response}
        </Text>
      )}
    </>
  );
}
