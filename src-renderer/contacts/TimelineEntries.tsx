// Events as a list of sentences: the timeline of a contact, and the few latest on a task's card.
import { useMemo } from 'react';
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TimelineEntry } from '../../shared/api.ts';
import { useCall } from '../backend.ts';
import { useFormats } from '../app/workspace.tsx';
import type { Attributes } from './attributes.ts';
import { EventIcon, useEventSentence, type Names } from './event-sentence.tsx';
import { useOrigin } from './event-origin.ts';
import { useTopicName } from './topics.ts';

export function TimelineEntries({ entries, attributes }: { entries: readonly TimelineEntry[]; attributes: Attributes }) {
  const messages = useCall('messages.list', {}, ['messages']).data;
  const topic = useTopicName();
  const names = useMemo(() => {
    const byKey = new Map((messages ?? []).map(({ key, name }) => [key, name]));
    return { message: (key: string) => byKey.get(key) ?? key, topic };
  }, [messages, topic]);
  return (
    <ol className="timeline">
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} attributes={attributes} names={names} />
      ))}
    </ol>
  );
}

type EntryProps = { entry: TimelineEntry; attributes: Attributes; names: Names };

function Entry({ entry, attributes, names }: EntryProps) {
  const formats = useFormats();
  const origin = useOrigin();
  const { t } = useTranslation('contact-page');
  const { sentence, details } = useEventSentence(entry, attributes, names);
  // What became known only later says so.
  const late = entry.recordedAt - entry.at > LATE ? t('knownLater', { when: formats.dateTime(entry.recordedAt) }) : '';
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
          {[formats.dateTime(entry.at), origin(entry), late].filter((part) => part !== '').join(' · ')}
        </Text>
      </div>
    </li>
  );
}

const LATE = 24 * 60 * 60 * 1000;
