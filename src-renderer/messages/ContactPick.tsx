// Chooses the contact as whom a message is shown; nobody chosen is a made-up person.
import { useState } from 'react';
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useCall } from '../backend.ts';
import { contactTitle } from '../contacts/contact-name.ts';

type Props = { value: number | null; onChange: (contact: number | null) => void };

export function ContactPick({ value, onChange }: Props) {
  const { t } = useTranslation('messages');
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null);
  const [search] = useDebouncedValue(typed === chosen?.label ? '' : typed.trim(), 180);
  const found = useCall('contacts.list', { search, limit: 20 }, ['contacts']);
  const options = (found.data?.rows ?? []).map((row) => ({ value: String(row.id), label: contactTitle(row), email: String(row.values['email'] ?? '') }));
  const data = chosen !== null && !options.some((option) => option.value === chosen.value) ? [{ ...chosen, email: '' }, ...options] : options;
  return (
    <Select
      size="xs"
      flex={1}
      searchable
      clearable
      allowDeselect
      aria-label={t('previewAs')}
      placeholder={t('madeUp')}
      nothingFoundMessage={t('nothingFound')}
      data={data}
      filter={({ options: all }) => all}
      renderOption={({ option }) => (
        <div>
          <div>{option.label}</div>
          <div style={{ fontSize: 12, color: 'var(--kanal-caption)' }}>{data.find((each) => each.value === option.value)?.email}</div>
        </div>
      )}
      value={value === null ? null : String(value)}
      onSearchChange={setTyped}
      onChange={(next, option) => {
        setChosen(next === null ? null : { value: next, label: option?.label ?? next });
        onChange(next === null ? null : Number(next));
      }}
    />
  );
}
