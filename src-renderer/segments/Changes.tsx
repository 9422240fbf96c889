// Who has come into a segment and left it, the latest first.
import { useState } from 'react';
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { IconArrowRight, IconLogout } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCall } from '../backend.ts';
import { addressOf } from '../app/routes.ts';
import { useFormats } from '../app/workspace.tsx';
import { contactTitle } from '../contacts/contact-name.ts';

const SHOWN = 8;
const MOST = 200;

/** `isKept`: whether anybody writes down who comes and goes. */
export function Changes({ segment, isKept }: { segment: string; isKept: boolean }) {
  const { t } = useTranslation('segments');
  const formats = useFormats();
  const [limit, setLimit] = useState(SHOWN);
  // One more than is shown tells whether there are more.
  const found = useCall('segments.changes', { key: segment, limit: limit + 1 }, ['segments', 'contacts']).data;
  if (found === undefined) return null;
  if (found.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t(isKept ? 'noChanges' : 'changesNotKept')}
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      <Stack gap={0} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {found.slice(0, limit).map(({ id, contact, values, entered, at, flow }) => (
          <Group key={id} component="li" gap="sm" wrap="nowrap" py={4}>
            {entered ? <IconArrowRight size={15} stroke={1.7} aria-hidden color="var(--kanal-green)" /> : <IconLogout size={15} stroke={1.7} aria-hidden color="var(--kanal-caption)" />}
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {t(entered ? 'cameIn' : 'left')}
            </Text>
            <Anchor href={addressOf({ screen: 'contact', id: contact })} size="sm" truncate flex={1}>
              {contactTitle({ id: contact, values })}
            </Anchor>
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }} title={flow === null ? undefined : t('byFlow', { flow })}>
              {formats.dateTime(at)}
            </Text>
          </Group>
        ))}
      </Stack>
      {found.length > limit && limit < MOST && (
        <Anchor component="button" type="button" size="xs" onClick={() => setLimit(Math.min(MOST, limit * 4))}>
          {t('showMore')}
        </Anchor>
      )}
    </Stack>
  );
}
