// On publishing: whether those who meet a trigger already come in too, and over how long a time they are spread (FEATURES D8).
import { Radio, Select, Stack } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallInput } from '../../shared/api.ts';
import { useCall } from '../backend.ts';
import { useEditor } from './editor-context.tsx';

export type Existing = NonNullable<CallInput<'flows.publish'>['existing']>;

/** In days; none is at once. */
const SPREADS = [0, 1, 3, 7, 14, 30];

type Props = { value: Existing | undefined; onChange(value: Existing | undefined): void };

/** Shows nothing where nobody meets a trigger. */
export function ExistingMatches({ value, onChange }: Props) {
  const { t } = useTranslation('editor');
  const { store } = useEditor();
  const flow = store.getState().flowId;
  // What was changed last may not be saved yet; it is asked again when it is.
  useEffect(() => void store.getState().flush(), [store]);
  const count = useCall('flows.existingMatches', { flow }, ['flows']).data?.count ?? 0;
  if (count === 0) return null;
  return (
    <Stack gap={8}>
      <Radio.Group label={t('existing.title', { count })} value={value === undefined ? 'future' : 'all'} onChange={(next) => onChange(next === 'all' ? {} : undefined)}>
        <Stack gap={6} mt={6}>
          <Radio value="future" size="xs" label={t('existing.future')} />
          <Radio value="all" size="xs" label={t('existing.all')} />
        </Stack>
      </Radio.Group>
      {value !== undefined && (
        <Select
          label={t('existing.over')}
          w={220}
          allowDeselect={false}
          data={SPREADS.map((days) => ({ value: String(days), label: t('existing.spread', { days }) }))}
          value={String(value.over?.amount ?? 0)}
          onChange={(days) => onChange(days === '0' || days === null ? {} : { over: { amount: Number(days), unit: 'days' } })}
        />
      )}
    </Stack>
  );
}
