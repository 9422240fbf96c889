// The segments that a contact is in. Into fixed sets it can be put, and out of them it can be taken.
import { ActionIcon, Anchor, Group, Select, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useAct, useCall } from '../backend.ts';
import { addressOf } from '../app/routes.ts';

export function ContactSegments({ contact }: { contact: number }) {
  const { t } = useTranslation('segments');
  const { act, busy } = useAct();
  const mine = useCall('segments.ofContact', { contact }, ['segments', 'contacts', 'flows']).data;
  const all = useCall('segments.list', { sizes: false }, ['segments']).data ?? [];
  if (mine === undefined) return null;
  const others = all.filter(({ key, rule }) => rule === null && !mine.some((each) => each.key === key));
  return (
    <Stack gap="xs">
      {mine.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('inNone')}
        </Text>
      )}
      {mine.map(({ key, name, rule }) => (
        <Group key={key} justify="space-between" wrap="nowrap" gap="sm">
          <Anchor href={addressOf({ screen: 'segment', key })} size="sm" truncate>
            {name}
          </Anchor>
          {rule === null ? (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              disabled={busy}
              aria-label={t('takeOutOf', { name })}
              onClick={() => void act('segments.members', { key, remove: [contact] })}
            >
              <IconX size={14} />
            </ActionIcon>
          ) : (
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {t('kind.rule')}
            </Text>
          )}
        </Group>
      ))}
      {others.length > 0 && (
        <Select
          size="xs"
          searchable
          aria-label={t('putInto')}
          placeholder={t('putInto')}
          data={others.map(({ key, name }) => ({ value: key, label: name }))}
          value={null}
          onChange={(key) => key !== null && void act('segments.members', { key, add: [contact] })}
        />
      )}
    </Stack>
  );
}
