// A field to search a list by, with a way to empty it: the cross, or Escape.
import type { KeyboardEvent, Ref } from 'react';
import { ActionIcon, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';

type Props = {
  value: string;
  onChange: (value: string) => void;
  words: { search: string; clear: string };
  ref?: Ref<HTMLInputElement>;
  /** The arrow down leads into the list. */
  onDown?: () => void;
};

export function SearchBox({ value, onChange, words, ref, onDown }: Props) {
  function press(event: KeyboardEvent) {
    if (event.key === 'Escape') onChange('');
    if (event.key !== 'ArrowDown' || onDown === undefined) return;
    event.preventDefault();
    onDown();
  }
  return (
    <TextInput
      ref={ref}
      w={300}
      size="xs"
      type="search"
      placeholder={words.search}
      aria-label={words.search}
      leftSection={<IconSearch size={16} stroke={1.7} />}
      rightSection={
        value !== '' && (
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={words.clear} onClick={() => onChange('')}>
            <IconX size={14} />
          </ActionIcon>
        )
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={press}
    />
  );
}
