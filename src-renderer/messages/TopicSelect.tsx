// Chooses the topic of consent that a marketing message is about. Where there are no topics, there is nothing to choose.
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCall } from '../backend.ts';

export function TopicSelect({ value, onChange }: { value: string | undefined; onChange: (topic: string | undefined) => void }) {
  const { t } = useTranslation('privacy');
  const topics = useCall('topics.list', {}, ['settings']).data ?? [];
  const offered = topics.filter(({ key, archived }) => !archived || key === value);
  if (offered.length === 0 && value === undefined) return null;
  const options = [{ value: '', label: t('message.whole') }, ...offered.map(({ key, name }) => ({ value: key, label: name }))];
  if (value !== undefined && !offered.some(({ key }) => key === value)) options.push({ value, label: value });
  return <Select label={t('message.topic')} description={t('message.topicHelp')} inputWrapperOrder={['label', 'input', 'description', 'error']} allowDeselect={false} data={options} value={value ?? ''} onChange={(next) => onChange(next === null || next === '' ? undefined : next)} />;
}
