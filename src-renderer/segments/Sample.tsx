// Some of the contacts whom a rule means, while it is being written; of a fixed set its members, who can be looked for and
// taken out.
import { useEffect, useState } from 'react';
import { ActionIcon, Anchor, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../shared/contacts/rule.ts';
import { problemsOf, useCall } from '../backend.ts';
import { useText } from '../app/i18n.ts';
import { addressOf } from '../app/routes.ts';
import { useFormats } from '../app/workspace.tsx';
import { contactTitle } from '../contacts/contact-name.ts';

const SHOWN = 10;
const MORE = 50;
const MOST = 500;
const PAUSE = 300;

type Props = { rule: Rule | null; onTakeOut?: (contact: number) => void };

export function Sample({ rule, onTakeOut }: Props) {
  const { t } = useTranslation('segments');
  const text = useText();
  const formats = useFormats();
  const [asked, setAsked] = useState(rule);
  // What a rule meant before its last letter is given up by the machine.
  const [screen] = useState(() => `sample-${Math.random().toString(36).slice(2)}`);
  const [limit, setLimit] = useState(SHOWN);
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 180);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(rule), PAUSE);
    return () => clearTimeout(timer);
  }, [rule]);
  const found = useCall(asked === null ? null : 'contacts.list', { screen, rule: asked, limit, search }, ['contacts', 'segments']);
  if (asked === null) {
    return (
      <Text size="sm" c="dimmed">
        {t('noRule')}
      </Text>
    );
  }
  const problem = found.error === null ? undefined : problemsOf(found.error)[0];
  if (problem !== undefined && problem.code !== 'read-given-up') {
    return (
      <Text size="sm" c="var(--kanal-red)">
        {text(problem.text)}
      </Text>
    );
  }
  if (found.data === undefined) return null;
  const { rows, total } = found.data;
  return (
    <Stack gap="xs">
      <Text fw={600} aria-live="polite" data-segment-size={total}>
        {t('members', { count: total })}
      </Text>
      {onTakeOut !== undefined && (total > SHOWN || typed !== '') && (
        <TextInput
          size="xs"
          type="search"
          aria-label={t('searchMembers')}
          placeholder={t('searchMembers')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <Stack gap={0} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {rows.map((row) => (
          <Group key={row.id} component="li" justify="space-between" wrap="nowrap" gap="sm" py={4}>
            <Anchor href={addressOf({ screen: 'contact', id: row.id })} size="sm" truncate>
              {contactTitle(row)}
            </Anchor>
            <Group gap={4} wrap="nowrap">
              <Text size="xs" c="dimmed" truncate maw={180}>
                {String(row.values['email'] ?? row.values['phone'] ?? '')}
              </Text>
              {onTakeOut !== undefined && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label={t('takeOut', { name: contactTitle(row) })}
                  onClick={() => onTakeOut(row.id)}
                >
                  <IconX size={14} />
                </ActionIcon>
              )}
            </Group>
          </Group>
        ))}
      </Stack>
      {total > rows.length && (
        <Group gap="sm">
          <Text size="xs" c="dimmed">
            {t('andMore', { count: total - rows.length, number: formats.number(total - rows.length) })}
          </Text>
          {limit < MOST && (
            <Anchor component="button" type="button" size="xs" onClick={() => setLimit(Math.min(MOST, limit + MORE))}>
              {t('showMore')}
            </Anchor>
          )}
        </Group>
      )}
    </Stack>
  );
}
