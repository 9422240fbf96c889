// A field for the path of a file, with the system's dialog beside it where the host has one.
import { Button, Group, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fileDialog } from '../backend.ts';
import { nameOf } from './paths.ts';

type Props = {
  label: string;
  description?: string;
  value: string;
  kind: 'open' | 'save';
  extensions: string[];
  error?: string | null;
  onChange: (path: string) => void;
};

export function FilePath({ label, description, value, kind, extensions, error, onChange }: Props) {
  const { t } = useTranslation();
  const choose = fileDialog();
  async function browse() {
    const chosen = await choose?.({ kind, name: nameOf(value), extensions });
    if (chosen != null) onChange(chosen);
  }
  return (
    <Group align="flex-end" gap="sm" wrap="nowrap">
      <TextInput
        flex={1}
        label={label}
        description={description}
        value={value}
        error={error}
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {choose !== null && (
        <Button variant="default" onClick={() => void browse()}>
          {t('browse')}
        </Button>
      )}
    </Group>
  );
}
