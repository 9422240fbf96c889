// The widget that chooses a topic of consent, or the channel as a whole.
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { inputProps, type FieldProps } from './field.ts';
import { asText } from './simple.tsx';
import { useSources } from './sources.tsx';

export function TopicField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const { topics } = useSources();
  const key = asText(props.value);
  const options = topics.filter((topic) => !topic.archived || topic.key === key).map((topic) => ({ value: topic.key, label: topic.name }));
  if (key !== '' && !options.some(({ value }) => value === key)) options.push({ value: key, label: key });
  return (
    <Select
      {...inputProps(props)}
      searchable
      placeholder={t('fields.wholeChannel')}
      nothingFoundMessage={t('fields.nothingFound')}
      data={options}
      value={key === '' ? null : key}
      clearable
      onChange={(next) => props.onChange(next)}
    />
  );
}
