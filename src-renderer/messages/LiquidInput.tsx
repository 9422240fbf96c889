// A line of text into which merge tags can be put: subject and preheader.
import { useRef } from 'react';
import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { MergeTagMenu } from './MergeTagMenu.tsx';
import type { MergeTagChoice } from './merge-tag-names.ts';

type Props = { label: string; description?: string; value: string; choices: readonly MergeTagChoice[]; onChange: (value: string) => void };

export function LiquidInput({ label, description, value, choices, onChange }: Props) {
  const { t } = useTranslation('messages');
  const input = useRef<HTMLInputElement>(null);

  function insert(liquid: string) {
    const from = input.current?.selectionStart ?? value.length;
    const to = input.current?.selectionEnd ?? from;
    onChange(value.slice(0, from) + liquid + value.slice(to));
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(from + liquid.length, from + liquid.length);
    });
  }

  return (
    <TextInput
      ref={input}
      label={label}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value}
      maxLength={1000}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={
        <MergeTagMenu choices={choices} onChoose={insert}>
          <Tooltip label={t('insertTag')}>
            <ActionIcon variant="subtle" color="gray" aria-label={t('insertTagInto', { field: label })}>
              <IconBraces size={16} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        </MergeTagMenu>
      }
    />
  );
}
