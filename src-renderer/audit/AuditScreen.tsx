// What people have changed, and what Kanal has decided by itself, in words; the latest first (FEATURES A14.10).
import { Anchor, Button, Center, Select, Table, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../shared/api.ts';
import { withoutStep } from '../../shared/flow/reading.ts';
import { addressOf, go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { PAGE, withNewest, withOlder, type Pages } from './audit-pages.ts';

/** Acts that have a sentence. A test compares them with what the machine writes down. */
const KNOWN = [
  'flow-published', 'flow-paused', 'flow-resumed', 'flow-archived', 'flow-closed', 'flow-draining', 'flow-drain-ended', 'flow-drained',
  'flow-backfilled', 'people-enrolled', 'people-move', 'people-skip', 'people-restart', 'people-remove', 'people-retry', 'people-follow', 'line-left',
  'entry-cap-reached', 'dates-missed', 'everything-stopped', 'everything-started', 'was-away', 'came-back', 'clock-set-back',
  'contact-erased', 'contacts-merged', 'merge-undone', 'outbox.markSent', 'outbox.resend', 'outbox.cancel', 'outbox.takeBack', 'segment-added', 'segment-saved',
  'segment-removed', 'suppression-removed', 'attribute-removed', 'attribute-converted', 'attribute-renamed', 'choices-changed',
  'retention-changed', 'topic-changed', 'attribute-added', 'companies-merged', 'company-removed', 'company-renamed', 'existing-enrolled',
  'guard-merged', 'retention-kept', 'retention-listed', 'segment-frozen', 'accounts.sendTest', 'messages.sendTest',
  'settings-changed', 'account-saved', 'account-removed', 'calendar-saved', 'calendar-removed', 'checks-changed',
] as const;

export function AuditScreen({ flow }: { flow: number | null }) {
  const { t } = useTranslation('audit');
  const flows = useCall('flows.list', {}, ['flows']).data ?? [];
  const nameOf = (id: unknown) => flows.find((each) => each.id === id)?.name ?? null;
  return (
    <>
      <TopBar title={t('title')} back={flow === null ? { route: { screen: 'settings', section: 'workspace' }, label: t('title', { ns: 'settings' }) } : { route: { screen: 'flows' }, label: t('title', { ns: 'flows' }) }}>
        <Select
          size="xs"
          w={220}
          clearable
          searchable
          aria-label={t('ofFlow')}
          placeholder={t('allFlows')}
          data={flows.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={flow === null ? null : String(flow)}
          onChange={(id) => go(id === null ? { screen: 'audit' } : { screen: 'audit', flow: Number(id) })}
        />
      </TopBar>
      <div className="screen-scroll">
        <Audit key={flow} flow={flow} nameOf={nameOf} />
      </div>
    </>
  );
}

type NameOf = (flow: unknown) => string | null;

/** Page by page, back to the beginning. */
function Audit({ flow, nameOf }: { flow: number | null; nameOf: NameOf }) {
  const { t } = useTranslation('audit');
  const [pages, setPages] = useState<Pages | null>(null);
  const { act, busy } = useAct();
  const { state, data: newest, error, again } = useCall('audit.list', { flow, limit: PAGE }, ['flows', 'counts', 'runner', 'contacts', 'segments', 'attributes', 'settings']);

  useEffect(() => {
    if (newest !== undefined) setPages((known) => withNewest(known, newest));
  }, [newest]);

  async function more() {
    const before = pages?.entries.at(-1)?.id ?? null;
    const older = await act('audit.list', { flow, before, limit: PAGE });
    // Where the list was begun anew meanwhile, this page is no continuation of it.
    if (older !== undefined) setPages((known) => (known?.entries.at(-1)?.id === before && known !== null ? withOlder(known, older) : known));
  }

  if (pages === null) return state === 'failed' ? <Failed error={error} again={again} /> : <Loading />;
  if (pages.entries.length === 0) return <Empty drawing="flow">{t('empty')}</Empty>;
  return (
    <>
      <Entries entries={pages.entries} nameOf={nameOf} />
      {pages.more && (
        <Center p="md">
          <Button variant="default" size="xs" loading={busy} onClick={() => void more()}>
            {t('more')}
          </Button>
        </Center>
      )}
    </>
  );
}

function Entries({ entries, nameOf }: { entries: readonly AuditEntry[]; nameOf: NameOf }) {
  const { t } = useTranslation('audit');
  const formats = useFormats();
  return (
    <Table className="wide-table" verticalSpacing={8} horizontalSpacing="lg">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={190}>{t('when')}</Table.Th>
          <Table.Th w={110}>{t('who')}</Table.Th>
          <Table.Th>{t('what')}</Table.Th>
          <Table.Th w="26%">{t('ofFlow')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Table.Tr key={entry.id}>
            <Table.Td>
              <Text size="sm" c="dimmed">
                {formats.dateTime(entry.at)}
              </Text>
            </Table.Td>
            <Table.Td>
              <Text size="sm">{t(entry.actor === 'user' || entry.actor === 'cli' ? 'actor.user' : 'actor.machine')}</Text>
            </Table.Td>
            <Table.Td>
              <What entry={entry} />
            </Table.Td>
            <Table.Td>
              {nameOf(entry.details['flow']) !== null && (
                <Anchor size="sm" href={addressOf({ screen: 'flow', id: Number(entry.details['flow']) })}>
                  {nameOf(entry.details['flow'])}
                </Anchor>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function What({ entry: { action, details } }: { entry: AuditEntry }) {
  const { t } = useTranslation('audit');
  const known = action === 'flow-published' && 'kept' in details ? 'flow-published-keeping' : KNOWN.find((each) => each === action);
  const { enrollments } = details;
  const number = (value: unknown) => (typeof value === 'number' ? value : 0);
  const name = (value: unknown) => (typeof value === 'string' ? value : '');
  const values = {
    version: number(details['version']),
    enrolled: number(details['enrolled']),
    most: number(details['most']),
    contacts: number(details['contacts']),
    people: number(details['people']) || (Array.isArray(enrollments) ? enrollments.length : 0),
    segment: name(details['name']) || name(details['segment']),
    attribute: name(details['label']) || name(details['attribute']),
    address: name(details['address']),
    name: name(details['name']),
    label: name(details['label']),
    company: name(details['company']),
    into: name(details['into']),
    as: name(details['as']),
    message: name(details['message']),
    months: number(details['months']),
    place: name(details['from']),
    account: name(details['account']),
    calendar: name(details['calendar']),
    isNew: String(details['isNew'] === true),
  };
  const failure = details['failure'];
  return (
    <>
      <Text size="sm">{known === undefined ? action : t(known, values)}</Text>
      {typeof failure === 'string' && (
        <Text fz="xs" c="dimmed">
          {withoutStep(failure, name(details['step']) || null)}
        </Text>
      )}
    </>
  );
}
