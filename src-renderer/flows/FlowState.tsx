// What a flow is doing, in words; the dot says it again in colour.
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FlowRow } from '../../shared/api.ts';

const DOTS = { draft: 'var(--kanal-line-drawing)', live: 'var(--kanal-green)', paused: 'var(--kanal-amber)', archived: 'var(--kanal-line-drawing)' } as const;

export function FlowState({ flow }: { flow: Pick<FlowRow, 'state' | 'liveVersion' | 'changedSincePublished'> }) {
  const { t } = useTranslation('flows');
  return (
    <div>
      <Group gap={8} wrap="nowrap">
        <span style={{ width: 8, height: 8, borderRadius: 4, flex: 'none', background: DOTS[flow.state] }} />
        <Text size="sm">
          {t(`state.${flow.state}`)}
          {flow.liveVersion !== null && ` · ${t('version', { number: flow.liveVersion })}`}
        </Text>
      </Group>
      {flow.changedSincePublished && flow.liveVersion !== null && (
        <Text fz="xs" c="dimmed" pl={16}>
          {t('changedSince')}
        </Text>
      )}
    </div>
  );
}
