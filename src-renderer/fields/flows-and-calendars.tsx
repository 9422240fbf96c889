// The widgets that choose a flow, and a calendar: a country's public holidays or a list of days of the workspace.
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { HOLIDAY_COUNTRIES } from '../../shared/calendar/holidays.ts';
import { useText } from '../app/i18n.ts';
import { inputProps, type FieldProps } from './field.ts';
import { asText } from './simple.tsx';
import { useSources } from './sources.tsx';

export function FlowField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const { flows } = useSources();
  const value = typeof props.value === 'number' ? String(props.value) : null;
  const data = flows.map(({ id, name }) => ({ value: String(id), label: name }));
  return (
    <Select
      {...inputProps(props)}
      searchable
      placeholder={t('fields.chooseFlow')}
      nothingFoundMessage={t('fields.nothingFound')}
      data={data}
      value={data.some((each) => each.value === value) ? value : null}
      clearable={props.meta.required !== true}
      onChange={(next) => props.onChange(next === null ? null : Number(next))}
    />
  );
}

export function CalendarField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const text = useText();
  const { calendars: own } = useSources();
  const key = asText(props.value);
  const data = [...HOLIDAY_COUNTRIES.map((country) => ({ value: country.key, label: text(country.label) })), ...own.map(({ key: value, name }) => ({ value, label: name }))];
  if (key !== '' && !data.some(({ value }) => value === key)) data.push({ value: key, label: key });
  return (
    <Select
      {...inputProps(props)}
      searchable
      placeholder={t('fields.chooseCalendar')}
      nothingFoundMessage={t('fields.nothingFound')}
      data={data}
      value={key === '' ? null : key}
      clearable={props.meta.required !== true}
      onChange={(next) => props.onChange(next)}
    />
  );
}
