// What becomes of the people at steps that are gone or switched off, one question for each: the same on publishing and on bringing
// people over from an earlier version (FEATURES D2).
import { Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Flow } from '../../shared/flow/flow.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import type { Text as Words } from '../../shared/text.ts';
import { useText } from '../app/i18n.ts';

/** A step that is gone, or (`disabled`) switched off, with how many stand there. */
export type GoneStep = { step: string; title: Words; disabled: boolean; people: number };

type Props = { gone: readonly GoneStep[]; now: Flow; value: readonly RemovedChoice[]; onChange(value: RemovedChoice[]): void };

/** Shows nothing where there is no such step. */
export function RemovedChoices({ gone, now, value, onChange }: Props) {
  const { t } = useTranslation('live-flows');
  const text = useText();
  if (gone.length === 0) return null;
  const targets = now.steps.filter((step) => step.disabled !== true).map((step) => ({ value: `to:${step.id}`, label: t('removed.to', { step: text(titleOf(step)) }) }));
  const options = [{ value: 'next', label: t('removed.next') }, { value: 'exit', label: t('removed.exit') }, ...targets];
  const chosen = (id: string) => {
    const go = value.find(({ step }) => step === id)?.go ?? 'next';
    return typeof go === 'string' ? go : `to:${go.to}`;
  };
  const choose = (id: string, next: string | null) => {
    const others = value.filter(({ step }) => step !== id);
    if (next === null || next === 'next') onChange(others);
    else onChange([...others, { step: id, go: next === 'exit' ? 'exit' : { to: next.slice('to:'.length) } }]);
  };
  return (
    <Stack gap={8}>
      <Text fw={600} size="sm">
        {t('removed.title')}
      </Text>
      {gone.map(({ step, title, disabled, people }) => (
        <Select
          key={step}
          size="sm"
          searchable
          allowDeselect={false}
          label={t('removed.step', { step: text(title), disabled: disabled ? 'yes' : 'no', count: people })}
          data={options}
          value={chosen(step)}
          onChange={(next) => choose(step, next)}
        />
      ))}
    </Stack>
  );
}
