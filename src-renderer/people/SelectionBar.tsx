// The bar below a list while some of it is selected: how many, all of them or none, and what can be done with them.
import { Anchor, Group, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { showFailure } from '../app/notices.tsx';
import { MOST_SELECTED } from './deal.ts';

type Props = { selected: number; total: number; onAll(): Promise<void>; onNone(): void; children: ReactNode };

export function SelectionBar({ selected, total, onAll, onNone, children }: Props) {
  const { t } = useTranslation('people');
  const [gathering, setGathering] = useState(false);
  const most = Math.min(total, MOST_SELECTED);
  async function selectAll() {
    setGathering(true);
    await onAll().catch(showFailure);
    setGathering(false);
  }
  return (
    <Group className="bulk-bar" data-below gap="md" role="region" aria-label={t('selection')}>
      <Text size="sm" fw={600} role="status">
        {t('selected', { count: selected })}
      </Text>
      {selected < most && (
        <Anchor component="button" type="button" size="sm" c="var(--kanal-accent-text)" disabled={gathering} onClick={() => void selectAll()}>
          {t('selectAll', { count: most })}
        </Anchor>
      )}
      <Anchor component="button" type="button" size="sm" c="var(--kanal-accent-text)" onClick={onNone}>
        {t('selectNone')}
      </Anchor>
      <div style={{ flex: 1 }} />
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
