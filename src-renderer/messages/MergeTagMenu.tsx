// The menu from which a merge tag is put into a text.
import { useState, type ReactElement } from 'react';
import { Menu, ScrollArea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { writeMergeTag } from './merge-tag.ts';
import type { MergeTagChoice } from './merge-tag-names.ts';

type Props = { choices: readonly MergeTagChoice[]; children: ReactElement; onChoose: (liquid: string) => void };

export function MergeTagMenu({ choices, children, onChoose }: Props) {
  const { t } = useTranslation('messages');
  const [search, setSearch] = useState('');
  const found = choices.filter(({ label }) => label.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase()));
  // A name is the one thing that reads badly when it is missing, so it comes with a fallback at once.
  const liquidFor = (name: string) => writeMergeTag({ name, fallback: name === 'contact.first_name' ? t('fallback.firstName') : null });
  return (
    <Menu position="bottom-end" width={240} onClose={() => setSearch('')} returnFocus={false}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        <TextInput size="xs" mb={4} placeholder={t('searchTags')} aria-label={t('searchTags')} value={search} onChange={(event) => setSearch(event.currentTarget.value)} data-autofocus />
        <ScrollArea.Autosize mah={280}>
          {found.map(({ name, label }) => (
            <Menu.Item key={name} onClick={() => onChoose(liquidFor(name))}>
              {label}
            </Menu.Item>
          ))}
          {found.length === 0 && <Menu.Label>{t('nothingFound')}</Menu.Label>}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}
