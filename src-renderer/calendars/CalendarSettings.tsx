// The workspace's own calendars: lists of days that flows start on, or leave out when they wait. Below them a look at the public
// holidays that are known anyway.
import { Fragment, useState } from 'react';
import { Button, Group, Modal, Select, Stack, Table, Text, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../shared/api.ts';
import { daysText, readDays } from '../../shared/calendar/days-text.ts';
import { HOLIDAY_COUNTRIES } from '../../shared/calendar/holidays.ts';
import { localDate } from '../../shared/time.ts';
import { useText } from '../app/i18n.ts';
import { useKeptForm } from '../app/kept-form.ts';
import { useFormats, useNow, useWorkspace } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';

type Calendar = CallOutput<'calendars.list'>[number];

export function CalendarSettings() {
  const { t } = useTranslation('calendars');
  const calendars = useCall('calendars.list', {}, ['calendars', 'workspace']);
  const { act, busy } = useAct();
  const [edited, setEdited] = useState<Calendar | 'new' | null>(null);
  const [removed, setRemoved] = useState<Calendar | null>(null);

  if (calendars.state === 'loading') return <Loading />;
  if (calendars.data === undefined) return <Failed error={calendars.error} again={calendars.again} />;
  return (
    <Stack gap="lg" maw={640}>
      <Text size="sm">{t('explain')}</Text>
      {calendars.data.length > 0 && (
        <Table verticalSpacing={6}>
          <Table.Tbody>
            {calendars.data.map((calendar) => (
              <Table.Tr key={calendar.key}>
                <Table.Td>{calendar.name}</Table.Td>
                <Table.Td c="dimmed">{t('days', { count: calendar.days.length })}</Table.Td>
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    <Button size="compact-xs" variant="subtle" onClick={() => setEdited(calendar)}>
                      {t('change')}
                    </Button>
                    <Button size="compact-xs" variant="subtle" color="red" disabled={busy} onClick={() => setRemoved(calendar)}>
                      {t('remove')}
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Group>
        <Button variant="default" onClick={() => setEdited('new')}>
          {t('add')}
        </Button>
      </Group>
      <Holidays />
      {removed !== null && (
        <Confirm opened title={t('removeTitle', { name: removed.name })} verb={t('remove')} busy={busy} onConfirm={() => void act('calendars.remove', { key: removed.key }).then(() => setRemoved(null))} onClose={() => setRemoved(null)}>
          {t('removeAsk', { count: removed.days.length })}
        </Confirm>
      )}
      {edited !== null && <CalendarDialog calendar={edited === 'new' ? null : edited} close={() => setEdited(null)} />}
    </Stack>
  );
}

function CalendarDialog({ calendar, close }: { calendar: Calendar | null; close(): void }) {
  const { t } = useTranslation('calendars');
  const text = useText();
  const { act, busy } = useAct();
  const { t: tApp } = useTranslation();
  const { values, set, forget } = useKeptForm(`calendar ${calendar?.key ?? ''}`, { name: calendar?.name ?? '', typed: daysText(calendar?.days ?? []) });
  const { name, typed } = values;
  const { days, problems } = readDays(typed);
  const isReady = name.trim() !== '' && problems.length === 0;
  const end = () => {
    forget();
    close();
  };
  const save = async () => {
    if ((await act('calendars.save', { key: calendar?.key ?? null, name, days })) !== undefined) end();
  };
  return (
    <Modal opened onClose={close} title={calendar === null ? t('add') : t('change')} centered closeButtonProps={{ 'aria-label': tApp('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void save();
        }}
      >
        <Stack gap="md">
          <TextInput data-autofocus label={t('name')} maxLength={200} value={name} onChange={(event) => set({ name: event.currentTarget.value })} />
          <Textarea
            label={t('daysLabel')}
            description={t('daysHelp')}
            autosize
            minRows={6}
            maxRows={16}
            value={typed}
            error={problems.length > 0 ? text(problems[0]!.text) : undefined}
            onChange={(event) => set({ typed: event.currentTarget.value })}
          />
          <DialogFoot verb={t('save')} busy={busy} disabled={!isReady} onClose={end} />
        </Stack>
      </form>
    </Modal>
  );
}

/** Which days a country's holidays are, so that nobody has to guess what a flow leaves out. */
function Holidays() {
  const { t } = useTranslation('calendars');
  const text = useText();
  const formats = useFormats();
  const now = Number(localDate(useNow(), useWorkspace().timeZone).slice(0, 4));
  const [country, setCountry] = useState<string>(HOLIDAY_COUNTRIES[0]!.key);
  const [year, setYear] = useState(String(now));
  const days = useCall('calendars.holidays', { key: country, year: Number(year) }).data ?? [];
  return (
    <Stack gap="xs">
      <Group align="flex-end">
        <Select
          label={t('holidays')}
          w={280}
          allowDeselect={false}
          data={HOLIDAY_COUNTRIES.map(({ key, label }) => ({ value: key, label: text(label) }))}
          value={country}
          onChange={(next) => next !== null && setCountry(next)}
        />
        <Select label={t('year')} w={110} allowDeselect={false} data={[-1, 0, 1, 2].map((more) => String(now + more))} value={year} onChange={(next) => next !== null && setYear(next)} />
      </Group>
      <Text size="sm" c="dimmed">
        {days.map((day, index) => (
          <Fragment key={day}>
            {index > 0 && ' · '}
            <Text span inherit style={{ whiteSpace: 'nowrap' }}>
              {formats.day(day)}
            </Text>
          </Fragment>
        ))}
      </Text>
    </Stack>
  );
}
