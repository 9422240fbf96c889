// All that happened to a contact, newest first, in sentences, with a filter by kind.
import { useEffect, useMemo, useState } from 'react';
import { Button, Group, SegmentedControl, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TimelineEntry } from '../../shared/api.ts';
import { call, useCall } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { useFormats } from '../app/workspace.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import type { Attributes } from './attributes.ts';
import { EVENT_GROUPS, groupOf, type EventGroup } from './event-groups.ts';
import { EventIcon, useEventSentence } from './event-sentence.tsx';

const PAGE = 100;

type Props = { id: number; attributes: Attributes };

export function Timeline({ id, attributes }: Props) {
  const { t } = useTranslation('contacts');
  const newest = useCall('contacts.timeline', { id, limit: PAGE }, ['contacts', 'counts']);
  const [older, setOlder] = useState<TimelineEntry[]>([]);
  const [ended, setEnded] = useState(false);
  const [group, setGroup] = useState<EventGroup>('all');
  const messages = useCall('messages.list', {}, ['messages']).data;
  const messageNames = useMemo(() => new Map((messages ?? []).map((message) => [message.key, message.name])), [messages]);
  useEffect(() => {
    setOlder([]);
    setEnded(false);
  }, [id]);
  if (newest.data === undefined) return newest.state === 'failed' ? <Failed error={newest.error} again={newest.again} /> : <Loading />;

  const known = new Set(newest.data.map((entry) => entry.id));
  const entries = [...newest.data, ...older.filter((entry) => !known.has(entry.id))];
  const shown = entries.filter((entry) => group === 'all' || groupOf(entry.type) === group);
  const mayHaveMore = !ended && newest.data.length === PAGE;

  async function readOlder() {
    try {
      const more = await call('contacts.timeline', { id, before: entries.at(-1)?.id ?? null, limit: PAGE });
      if (more.length < PAGE) setEnded(true);
      setOlder((before) => [...before, ...more]);
    } catch (error) {
      showFailure(error);
    }
  }

  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={2} fz="sm">
          {t('section.timeline')}
        </Title>
        <SegmentedControl size="xs" value={group} onChange={(value) => setGroup(value as EventGroup)} aria-label={t('filter')} data={EVENT_GROUPS.map((value) => ({ value, label: t(`group.${value}`) }))} />
      </Group>
      {shown.length === 0 ? (
        <Text c="dimmed" py="xl" ta="center">
          {entries.length === 0 ? t('nothingHappened') : t('nothingOfThis')}
        </Text>
      ) : (
        <ol className="timeline">
          {shown.map((entry) => (
            <Entry key={entry.id} entry={entry} attributes={attributes} messages={messageNames} />
          ))}
        </ol>
      )}
      {mayHaveMore && (
        <Button variant="subtle" size="compact-sm" mt="sm" onClick={() => void readOlder()}>
          {t('older')}
        </Button>
      )}
    </>
  );
}

const SOURCES = ['user', 'import', 'flow', 'channel', 'cli', 'sample'] as const;

type EntryProps = { entry: TimelineEntry; attributes: Attributes; messages: ReadonlyMap<string, string> };

function Entry({ entry, attributes, messages }: EntryProps) {
  const { t } = useTranslation('contacts');
  const formats = useFormats();
  const { sentence, details } = useEventSentence(entry, attributes, messages);
  const source = SOURCES.find((each) => each === entry.source);
  const origin = entry.flow !== null ? t('by.flowNamed', { flow: entry.flow }) : source === undefined ? entry.source : t(`by.${source}`);
  return (
    <li>
      <span className="timeline-mark">
        <EventIcon type={entry.type} />
      </span>
      <div>
        <Text size="sm">{sentence}</Text>
        {details.map((detail) => (
          <Text key={detail} size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {detail}
          </Text>
        ))}
        <Text fz="xs" c="dimmed">
          {[formats.dateTime(entry.at), origin].filter((part) => part !== '').join(' · ')}
        </Text>
      </div>
    </li>
  );
}
