// The topics that people may consent to: added, renamed, archived.
import { useState } from 'react';
import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConsentTopic } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { TextDialog } from './TextDialog.tsx';

export function Topics() {
  const { t } = useTranslation('privacy');
  const topics = useCall('topics.list', {}, ['settings', 'contacts']);
  const { act, busy } = useAct();
  const [naming, setNaming] = useState<ConsentTopic | 'new' | null>(null);

  /** Answers whether it is saved. */
  async function save(name: string): Promise<boolean> {
    const topic = naming === 'new' || naming === null ? { key: null, archived: false } : { key: naming.key, archived: naming.archived };
    return (await act('topics.save', { ...topic, name })) !== undefined;
  }

  if (topics.state === 'loading') return <Loading />;
  if (topics.data === undefined) return <Failed error={topics.error} again={topics.again} />;
  return (
    <Stack gap="sm" align="flex-start">
      {topics.data.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('topics.none')}
        </Text>
      )}
      {topics.data.length > 0 && (
        <Table verticalSpacing={6}>
          <Table.Tbody>
            {topics.data.map((topic) => (
              <Table.Tr key={topic.key}>
                <Table.Td>
                  <Group gap="xs">
                    {topic.name}
                    {topic.archived && (
                      <Badge size="sm" variant="light" color="gray">
                        {t('topics.archived')}
                      </Badge>
                    )}
                  </Group>
                </Table.Td>
                <Table.Td c="dimmed">{t('topics.given', { count: topic.given })}</Table.Td>
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    <Button size="compact-xs" variant="subtle" onClick={() => setNaming(topic)}>
                      {t('topics.rename')}
                    </Button>
                    <Button size="compact-xs" variant="subtle" color="gray" disabled={busy} onClick={() => void act('topics.save', { key: topic.key, name: topic.name, archived: !topic.archived })}>
                      {topic.archived ? t('topics.offer') : t('topics.archive')}
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Button variant="default" onClick={() => setNaming('new')}>
        {t('topics.add')}
      </Button>
      {naming !== null && (
        <TextDialog
          place={`topic ${naming === 'new' ? '' : naming.key}`}
          title={naming === 'new' ? t('topics.add') : t('topics.rename')}
          label={t('topics.name')}
          start={naming === 'new' ? '' : naming.name}
          verb={t('save')}
          busy={busy}
          onText={save}
          onClose={() => setNaming(null)}
        />
      )}
    </Stack>
  );
}
