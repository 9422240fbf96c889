// On publishing: what becomes of the people at steps that were taken away, and whether those who have gone by new steps get them
// too (FEATURES D2, D3).
import { List, Radio, Select, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallInput } from '../../shared/api.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { stepsTakenAway, type RemovedChoice } from '../../shared/flow/removed.ts';
import { useText } from '../app/i18n.ts';
import { useCall } from '../backend.ts';
import { RemovedChoices } from '../flows/RemovedChoices.tsx';
import { useEditor } from './editor-context.tsx';
import { useWaiting } from './KeptPeople.tsx';

export type Backfill = NonNullable<CallInput<'flows.publish'>['backfill']>;

type RemovedProps = { before: Flow; now: Flow; value: RemovedChoice[]; onChange(value: RemovedChoice[]): void };

/** One question for each step that was taken away and has people; shows nothing where there is none. */
export function RemovedQuestions({ before, now, value, onChange }: RemovedProps) {
  const waiting = useWaiting();
  const gone = [...stepsTakenAway(before, now)].map(([step, { title, disabled }]) => ({ step, title, disabled, people: waiting(step) }));
  return <RemovedChoices gone={gone.filter(({ people }) => people > 0)} now={now} value={value} onChange={onChange} />;
}

const SPANS = [7, 30, 90, 365];

type BackfillProps = { value: Backfill | undefined; onChange(value: Backfill | undefined): void };

/** Shows nothing where nobody has gone by. */
export function BackfillQuestion({ value, onChange }: BackfillProps) {
  const { t } = useTranslation('live-flows');
  const { store } = useEditor();
  const [days, setDays] = useState(30);
  // What was changed last may not be saved yet; it is asked again when it is.
  useEffect(() => void store.getState().flush(), [store]);
  const text = useText();
  const { count, steps } = useCall('flows.backfillable', { flow: store.getState().flowId, days }, ['flows']).data ?? { count: 0, steps: [] };
  if (count === 0 && value === undefined && days === 30) return null;
  return (
    <Stack gap={8}>
      <Radio.Group label={t('backfill.title', { count })} value={value === undefined ? 'no' : 'yes'} onChange={(next) => onChange(next === 'yes' ? { days } : undefined)}>
        <Stack gap={6} mt={6}>
          <Radio value="no" size="xs" label={t('backfill.no')} />
          <Radio value="yes" size="xs" label={t('backfill.yes')} />
        </Stack>
      </Radio.Group>
      {steps.length > 1 && (
        <List size="xs" c="dimmed">
          {steps.map(({ step, title, people }) => (
            <List.Item key={step}>{t('backfill.step', { step: text(title), count: people })}</List.Item>
          ))}
        </List>
      )}
      <Select
        label={t('backfill.days')}
        w={320}
        allowDeselect={false}
        data={SPANS.map((span) => ({ value: String(span), label: t('backfill.span', { days: span }) }))}
        value={String(days)}
        onChange={(next) => {
          const chosen = Number(next ?? 30);
          setDays(chosen);
          if (value !== undefined) onChange({ days: chosen });
        }}
      />
    </Stack>
  );
}
