// Widgets for time: how long, at what time of day, on which days, when, in whose zone.
import { Chip, Group, Input, NativeSelect, Select } from '@mantine/core';
import { DateInput, DateTimePicker } from '@mantine/dates';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { durationSchema, DURATION_UNITS, type Duration } from '../../shared/fields.ts';
import { atLocal, localDate, localTime } from '../../shared/time.ts';
import { ClockInput } from './ClockInput.tsx';
import { writeClock } from './clock-text.ts';
import { inputProps, type FieldProps } from './field.ts';
import { parseValue, readingFor } from '../../shared/contacts/values.ts';
import { useFormats, useWorkspace } from '../app/workspace.tsx';
import { asText, PatientNumber } from './simple.tsx';
import { useSources } from './sources.tsx';

export function DurationField(props: FieldProps) {
  const parsed = durationSchema.safeParse(props.value);
  return (
    <Input.Wrapper {...inputProps(props)} inputWrapperOrder={['label', 'input', 'description', 'error']}>
      <DurationInput id={props.id} value={parsed.success ? parsed.data : { amount: 1, unit: 'days' }} onChange={props.onChange} />
    </Input.Wrapper>
  );
}

type DurationInputProps = { id?: string; value: Duration; onChange(value: Duration, typing?: boolean): void; size?: 'xs' | 'sm' };

/** "2 days": an amount and a unit side by side. */
export function DurationInput({ id, value, onChange, size = 'sm' }: DurationInputProps) {
  const { t } = useTranslation('editor');
  return (
    <Group gap="xs" wrap="nowrap" flex="1 1 160px">
      <PatientNumber
        id={id}
        aria-label={t('fields.amount')}
        size={size}
        w={84}
        min={0}
        max={100_000}
        allowDecimal={false}
        allowNegative={false}
        value={value.amount}
        onChange={(amount, typing) => amount !== null && onChange({ ...value, amount }, typing)}
      />
      <NativeSelect
        aria-label={t('fields.unit')}
        size={size}
        flex={1}
        value={value.unit}
        onChange={(event) => onChange({ ...value, unit: event.currentTarget.value as Duration['unit'] })}
        data={DURATION_UNITS.map((unit) => ({ value: unit, label: t(`units.${unit}`, { count: value.amount }) }))}
      />
    </Group>
  );
}

export function TimeOfDayField(props: FieldProps) {
  return (
    <ClockInput {...inputProps(props)} w={140} value={asText(props.value)} onChange={(time) => props.onChange(time, true)} />
  );
}

export function WeekdaysField(props: FieldProps) {
  const { i18n } = useTranslation('editor');
  const days = useMemo(() => weekdayNames(i18n.language), [i18n.language]);
  const chosen = Array.isArray(props.value) ? props.value.map(String) : [];
  const { id, ...wrapper } = inputProps(props);
  return (
    <Input.Wrapper {...wrapper} labelElement="div" labelProps={{ id: `${id}-label` }}>
      <Chip.Group multiple value={chosen} onChange={(next: string[]) => props.onChange(next.map(Number).toSorted((a, b) => a - b))}>
        <Group gap={4} mt={4} role="group" aria-labelledby={`${id}-label`}>
          {days.map((day) => (
            <Chip key={day.value} id={day.value === '1' ? id : undefined} value={day.value} size="xs" radius="sm" aria-label={day.long}>
              {day.short}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  );
}

/** Monday first; 2024-01-01 was a Monday. */
function weekdayNames(locale: string): { value: string; short: string; long: string }[] {
  const short = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  const long = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  return [1, 2, 3, 4, 5, 6, 7].map((day) => {
    const date = new Date(Date.UTC(2024, 0, day));
    return { value: String(day), short: short.format(date), long: long.format(date) };
  });
}

/** A day of the calendar, wherever that is: "2026-12-24". */
export function DateField(props: FieldProps) {
  return <DayInput {...inputProps(props)} clearable value={asText(props.value)} onChange={(day) => props.onChange(day)} />;
}

/** A date and clock time as a calendar shows it, "2026-12-24T09:00"; whose clock is said by another field. */
export function DateTimeField(props: FieldProps) {
  const value = asText(props.value);
  const shown = useLocalTime();
  return (
    <DateTimePicker
      {...inputProps(props)}
      clearable
      valueFormat={shown}
      value={value === '' ? null : `${value.replace('T', ' ')}:00`}
      onChange={(next) => props.onChange(next === null ? null : `${next.slice(0, 10)}T${next.slice(11, 16) || '00:00'}`)}
    />
  );
}

/** "2026-12-24 09:00:00" as people of the workspace write it. */
export function useLocalTime(): (at: string) => string {
  const formats = useFormats();
  const { locale } = useWorkspace();
  return (at) => `${formats.day(at.slice(0, 10))}, ${writeClock(at.slice(11, 16) || '00:00', locale)}`;
}

type DateTimeInputProps = Omit<React.ComponentProps<typeof DateTimePicker>, 'value' | 'onChange'> & {
  value: number | null;
  onChange(value: number | null): void;
};

/** An instant, shown and typed in the workspace's zone. */
export function DateTimeInput({ value, onChange, ...rest }: DateTimeInputProps) {
  const { timeZone } = useSources();
  const shown = useLocalTime();
  return (
    <DateTimePicker
      {...rest}
      clearable
      valueFormat={shown}
      value={value === null ? null : `${localDate(value, timeZone)} ${localTime(value, timeZone)}:00`}
      onChange={(next) =>
        onChange(typeof next === 'string' ? atLocal(next.slice(0, 10), next.slice(11, 16) || '00:00', timeZone) : null)
      }
    />
  );
}

type DayInputProps = Omit<React.ComponentProps<typeof DateInput>, 'value' | 'onChange'> & {
  value: string;
  onChange(value: string | null): void;
};

/** A day of the calendar, as "YYYY-MM-DD"; shown and typed as people of the workspace write it. */
export function DayInput({ value, onChange, ...rest }: DayInputProps) {
  const formats = useFormats();
  const { locale, timeZone } = useWorkspace();
  const read = (typed: string): string | null => {
    const found = parseValue(typed, { kind: 'date' }, readingFor(locale, timeZone, 'EUR'));
    return 'value' in found && typeof found.value === 'string' ? found.value : null;
  };
  return <DateInput {...rest} valueFormat={formats.day} dateParser={read} value={value === '' ? null : value} onChange={onChange} />;
}

export function TimeZoneField(props: FieldProps) {
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const value = asText(props.value);
  return (
    <Select
      {...inputProps(props)}
      searchable
      clearable={props.meta.required !== true}
      limit={50}
      data={value === '' || zones.includes(value) ? zones : [value, ...zones]}
      value={value === '' ? null : value}
      onChange={(next) => props.onChange(next)}
    />
  );
}
