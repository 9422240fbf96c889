// What a flow is doing, in words; the dot says it again in colour.
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FlowRow } from '../../shared/api.ts';
import { useText } from '../app/i18n.ts';

const DOTS = { draft: 'var(--kanal-line-drawing)', live: 'var(--kanal-green)', paused: 'var(--kanal-amber)', archived: 'var(--kanal-line-drawing)' } as const;

export function FlowState({ flow }: { flow: Pick<FlowRow, 'state' | 'drain' | 'halted' | 'inside' | 'liveVersion' | 'changedSincePublished'> }) {
  const { t } = useTranslation('flows');
  const { t: tLive } = useTranslation('live-flows');
  const text = useText();
  const isDraining = flow.drain !== null && flow.state === 'live';
  return (
    <div>
      <Group gap={8} wrap="nowrap">
        <span style={{ width: 8, height: 8, borderRadius: 4, flex: 'none', background: isDraining ? 'var(--kanal-amber)' : DOTS[flow.state] }} />
        <Text size="sm">
          {isDraining ? tLive('drain.state') : t(`state.${flow.state}`)}
          {flow.liveVersion !== null && ` · ${t('version', { number: flow.liveVersion })}`}
        </Text>
      </Group>
      {isDraining && (
        <Text fz="xs" c="dimmed" pl={16}>
          {tLive('drain.note', { count: flow.inside })}
        </Text>
      )}
      {flow.halted !== null && (
        <Text fz="xs" c="var(--kanal-red)" pl={16} lineClamp={2} title={text(flow.halted.text)}>
          {text(flow.halted.text)}
        </Text>
      )}
      {flow.changedSincePublished && flow.liveVersion !== null && (
        <Text fz="xs" c="dimmed" pl={16}>
          {t('changedSince')}
        </Text>
      )}
    </div>
  );
}
