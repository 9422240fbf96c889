// A fixed segment for everybody of the file: one that is there, or a new one; and whether those who are in it stay.
import { Autocomplete, Radio, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { useCall } from '../backend.ts';
import { changePlan } from './import-store.ts';

export function SegmentTarget({ plan }: { plan: ImportPlan }) {
  const { t } = useTranslation('imports');
  const all = useCall('segments.list', { sizes: 'known' }, ['segments']).data ?? [];
  const fixed = all.filter(({ rule }) => rule === null);
  const { segment } = plan;
  const isTaken = segment !== null && segment.key === null && all.some(({ name, rule }) => rule !== null && name === segment.name);

  function choose(name: string) {
    const known = fixed.find((each) => each.name === name);
    changePlan({ segment: name.trim() === '' ? null : { key: known?.key ?? null, name, mode: segment?.mode ?? 'append' } });
  }

  return (
    <Stack gap="sm">
      <Autocomplete
        label={t('segment')}
        description={t('segmentHelp')}
        data={[...new Set(fixed.map(({ name }) => name))]}
        maxLength={200}
        value={segment?.name ?? ''}
        error={isTaken ? t('segmentByRule') : null}
        onChange={choose}
      />
      {segment !== null && (
        <Radio.Group aria-label={t('segment')} value={segment.mode} onChange={(mode) => changePlan({ segment: { ...segment, mode: mode === 'replace' ? 'replace' : 'append' } })}>
          <Stack gap={8}>
            <Radio value="append" label={t('segment.append')} />
            <Radio value="replace" label={t('segment.replace')} />
          </Stack>
        </Radio.Group>
      )}
    </Stack>
  );
}
