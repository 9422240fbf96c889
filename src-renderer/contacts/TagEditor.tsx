// Adds and removes the tags of one contact.
import { useState } from 'react';
import { Autocomplete, Group, Pill, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ContactDetail } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';

export function TagEditor({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation('contacts');
  const { act } = useAct();
  const known = useCall('tags.list', {}, ['contacts']);
  const [typed, setTyped] = useState('');
  const others = (known.data ?? []).map((tag) => tag.name).filter((name) => !contact.tags.includes(name));

  async function add(tag: string) {
    const name = tag.trim();
    if (name === '') return;
    setTyped('');
    await act('contacts.tag', { ids: [contact.id], add: [name] });
  }

  return (
    <Stack gap="sm">
      {contact.tags.length > 0 && (
        <Group gap={6}>
          {contact.tags.map((tag) => (
            <Pill
              key={tag}
              className="tag"
              withRemoveButton
              removeButtonProps={{ 'aria-label': t('removeTag', { tag }), 'aria-hidden': false, tabIndex: 0 }}
              onRemove={() => void act('contacts.tag', { ids: [contact.id], remove: [tag] })}
            >
              {tag}
            </Pill>
          ))}
        </Group>
      )}
      <Autocomplete
        size="xs"
        placeholder={t('addTag')}
        aria-label={t('addTag')}
        data={others}
        limit={8}
        value={typed}
        onChange={setTyped}
        onOptionSubmit={(tag) => void add(tag)}
        onKeyDown={(event) => event.key === 'Enter' && void add(typed)}
      />
    </Stack>
  );
}
