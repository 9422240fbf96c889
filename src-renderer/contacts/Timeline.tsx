// All that happened to a contact, newest first, in sentences: by group, between two days, page by page.
import { useState } from 'react';
import { Button, Group, Select, Text } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import type { TimelineEntry } from '../../shared/api.ts';
import { EVENT_GROUPS, type EventGroup } from '../../shared/contacts/event-groups.ts';
import { addDays, atLocal } from '../../shared/time.ts';
import { call, useCall } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { useFormats, useWorkspace } from '../app/workspace.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import type { Attributes } from './attributes.ts';
import { TimelineEntries } from './TimelineEntries.tsx';

const PAGE = 50;

type Days = [string | null, string | null];

export function Timeline({ id, attributes }: { id: number; attributes: Attributes }) {
  const { t } = useTranslation('contact-page');
  const { timeZone } = useWorkspace();
  const [group, setGroup] = useState<EventGroup>('all');
  const formats = useFormats();
  const [days, setDays] = useState<Days>([null, null]);
  // Days of the workspace, the last one included.
  const [first, last] = days;
  const from = first === null ? null : atLocal(first, '00:00', timeZone);
  const until = first === null ? null : atLocal(addDays(last ?? first, 1), '00:00', timeZone);
  return (
    <>
      <Group mb="md" gap="sm">
        <Select size="xs" w={190} allowDeselect={false} aria-label={t('filter')} data={EVENT_GROUPS.map((value) => ({ value, label: t(`group.${value}`) }))} value={group} onChange={(value) => setGroup((value ?? 'all'))} />
        <DatePickerInput size="xs" miw={190} type="range" allowSingleDateInRange clearable aria-label={t('days')} placeholder={t('days')} valueFormatter={({ date }) => (Array.isArray(date) ? date : [date]).flatMap((day) => (day === null ? [] : [formats.day(String(day))])).join(' – ')} value={days} onChange={(value) => setDays(value)} />
      </Group>
      <Pages key={`${id} ${group} ${from} ${until}`} asked={{ id, group, from, until, limit: PAGE }} attributes={attributes} narrowed={group !== 'all' || from !== null} />
    </>
  );
}

type Asked = { id: number; group: EventGroup; from: number | null; until: number | null; limit: number };

function Pages({ asked, attributes, narrowed }: { asked: Asked; attributes: Attributes; narrowed: boolean }) {
  const { t } = useTranslation('contact-page');
  const newest = useCall('contacts.timeline', asked, ['contacts', 'counts', 'tasks']);
  const [older, setOlder] = useState<TimelineEntry[]>([]);
  const [ended, setEnded] = useState(false);
  if (newest.data === undefined) return newest.state === 'failed' ? <Failed error={newest.error} again={newest.again} /> : <Loading />;

  const known = new Set(newest.data.map((entry) => entry.id));
  const entries = [...newest.data, ...older.filter((entry) => !known.has(entry.id))];

  async function readOlder() {
    try {
      const more = await call('contacts.timeline', { ...asked, before: entries.at(-1)?.id ?? null });
      if (more.length < PAGE) setEnded(true);
      setOlder((before) => [...before, ...more]);
    } catch (error) {
      showFailure(error);
    }
  }

  if (entries.length === 0) {
    return (
      <Text c="dimmed" py="xl" ta="center">
        {narrowed ? t('nothingOfThis') : t('nothingHappened')}
      </Text>
    );
  }
  return (
    <>
      <TimelineEntries entries={entries} attributes={attributes} />
      {!ended && newest.data.length === PAGE && (
        <Button variant="subtle" size="compact-sm" mt="sm" onClick={() => void readOlder()}>
          {t('older')}
        </Button>
      )}
    </>
  );
}
