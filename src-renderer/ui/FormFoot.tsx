// The foot of a form on a screen: its button sends the form, and Ctrl+S does, too. Whatever is not saved says so, and can be thrown away.
import { useRef } from 'react';
import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useScreenKeys } from '../app/keys.ts';

type Props = { isChanged: boolean; busy: boolean; onDiscard: () => void };

export function FormFoot({ isChanged, busy, onDiscard }: Props) {
  const { t } = useTranslation();
  const save = useRef<HTMLButtonElement>(null);
  useScreenKeys({ save: { does: t('save'), run: isChanged && !busy ? () => save.current?.form?.requestSubmit() : null } });
  return (
    <Group justify="flex-end" gap="sm">
      <Text size="sm" c="dimmed" role="status">
        {isChanged ? t('notSaved') : ''}
      </Text>
      {isChanged && (
        <Button variant="subtle" color="gray" disabled={busy} onClick={onDiscard}>
          {t('discard')}
        </Button>
      )}
      <Button ref={save} type="submit" loading={busy} disabled={!isChanged}>
        {t('save')}
      </Button>
    </Group>
  );
}
