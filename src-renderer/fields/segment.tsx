// The widget that chooses a segment.
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { inputProps, type FieldProps } from './field.ts';
import { asText } from './simple.tsx';
import { useSources } from './sources.tsx';

export function SegmentField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const { segments } = useSources();
  const key = asText(props.value);
  const options = segments
    .filter(({ rule }) => props.meta.fixedOnly !== true || rule === null)
    .map((each) => ({ value: each.key, label: each.name }));
  if (key !== '' && !options.some(({ value }) => value === key))
    options.push({ value: key, label: segments.find((each) => each.key === key)?.name ?? key });
  return (
    <Select
      {...inputProps(props)}
      searchable
      placeholder={t('fields.chooseSegment')}
      nothingFoundMessage={t(segments.length === 0 ? 'fields.noSegments' : 'fields.nothingFound')}
      data={options}
      value={key === '' ? null : key}
      clearable={props.meta.required !== true}
      onChange={(next) => props.onChange(next)}
    />
  );
}
