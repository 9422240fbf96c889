// The small lists of which a condition's sentence is made: a word, yes or no, a period, a length of time.
import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { durationSchema, type Duration } from '../../shared/fields.ts';
import { DurationInput } from './times.tsx';

type WordsProps = {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  /** For words that are whole phrases or names. */
  wide?: boolean;
  onChange(value: string): void;
};

/** A small list that reads as a word of the sentence. */
export function Words({ label, value, options, wide = false, onChange }: WordsProps) {
  const chosen = options.find((option) => option.value === value)?.label ?? '';
  return (
    <NativeSelect
      size="xs"
      // As wide as the word that it shows, which another language may need three for; beside it the mark of a list.
      flex={`1 1 max(${wide ? 190 : 100}px, calc(${chosen.length}ch + 44px))`}
      maw="100%"
      fz="xs"
      aria-label={label}
      data={options}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

type YesNoProps = { value: boolean; yes: string; no: string; wide?: boolean; onChange(value: boolean): void };

export function YesNo({ value, yes, no, wide = false, onChange }: YesNoProps) {
  const { t } = useTranslation('editor');
  return (
    <Words
      wide={wide}
      label={t('rule.yesOrNo')}
      value={value ? 'yes' : 'no'}
      options={[
        { value: 'yes', label: yes },
        { value: 'no', label: no },
      ]}
      onChange={(next) => onChange(next === 'yes')}
    />
  );
}

const A_MONTH: Duration = { amount: 30, unit: 'days' };

export type SinceValue = 'enrollment' | 'ever' | Duration;
type SinceProps = { value: SinceValue; inFlow: boolean; onChange(value: SinceValue, typing?: boolean): void };

/** The period that counts is always said (FEATURES D10). */
export function Since({ value, inFlow, onChange }: SinceProps) {
  const { t } = useTranslation('editor');
  const duration = durationSchema.safeParse(value);
  const kind = duration.success ? 'within' : (value as 'enrollment' | 'ever');
  const kinds = (['enrollment', 'ever', 'within'] as const).filter((each) => each !== 'enrollment' || inFlow || kind === 'enrollment');
  return (
    <>
      <Words
        wide
        label={t('rule.since')}
        value={kind}
        options={kinds.map((each) => ({ value: each, label: t(`since.${each}`) }))}
        onChange={(next) => onChange(next === 'within' ? A_MONTH : (next as 'enrollment' | 'ever'))}
      />
      {duration.success && <DurationInput size="xs" value={duration.data} onChange={onChange} />}
    </>
  );
}

type LastingProps = { value: Duration | undefined; onChange(value: Duration | undefined, typing?: boolean): void };

/** Whether something must only hold now, or have held for some time. */
export function Lasting({ value, onChange }: LastingProps) {
  const { t } = useTranslation('editor');
  return (
    <>
      <Words
        label={t('rule.for')}
        value={value === undefined ? 'now' : 'long'}
        options={(['now', 'long'] as const).map((each) => ({ value: each, label: t(`for.${each}`) }))}
        onChange={(next) => onChange(next === 'now' ? undefined : A_MONTH)}
      />
      {value !== undefined && <DurationInput size="xs" value={value} onChange={onChange} />}
    </>
  );
}
