// Whether a contact may be written to, about what, since when and on what grounds; all that was recorded; and the way to record a new answer.
import { useState } from 'react';
import { Button, Collapse, Group, Modal, Select, Stack, Text, Textarea, TextInput, Timeline as Line } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CHANNELS, type Channel, type ConsentState } from '../../shared/contacts/contact.ts';
import type { ConsentRecord, ContactDetail } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { useFormats } from '../app/workspace.tsx';
import { useSuppressionReason } from '../privacy/reasons.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';

type Asking = { channel: Channel; topic: string; given: boolean };
type Topics = { key: string; name: string; archived: boolean }[];

export function ConsentCard({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation('privacy');
  const formats = useFormats();
  const reason = useSuppressionReason();
  const topics: Topics = useCall('topics.list', {}, ['settings']).data ?? [];
  const [asking, setAsking] = useState<Asking | null>(null);
  const [isOpen, setOpen] = useState(false);
  const latest = (channel: Channel, topic: string): ConsentRecord | undefined => contact.consents.find((each) => each.channel === channel && each.topic === topic);
  const lines = CHANNELS.flatMap((channel) => [
    ...(channel === 'email' || latest(channel, '') !== undefined ? [{ channel, topic: '', name: '' }] : []),
    ...topics.filter(({ key, archived }) => latest(channel, key) !== undefined || (channel === 'email' && !archived)).map(({ key, name }) => ({ channel, topic: key, name })),
  ]);

  return (
    <Stack gap="sm">
      {contact.suppressions.map((suppression) => (
        <Text key={`${suppression.reason} ${suppression.domain}`} size="sm" c="var(--kanal-red)">
          {suppression.domain === null
            ? t('card.suppressed', { reason: reason(suppression.reason), date: formats.date(suppression.at) })
            : t('card.suppressedDomain', { domain: suppression.domain, reason: reason(suppression.reason), date: formats.date(suppression.at) })}
        </Text>
      ))}
      {lines.map(({ channel, topic, name }) => {
        const own = latest(channel, topic);
        const state = holds(own, latest(channel, ''), topic);
        return (
          <div key={`${channel} ${topic}`} style={{ paddingLeft: topic === '' ? 0 : 14 }}>
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Text size="sm" fw={topic === '' ? 600 : 400}>
                {topic === '' ? t(`channel.${channel}`) : name}: {t(`state.${state}`)}
              </Text>
              <Button size="compact-xs" variant="subtle" onClick={() => setAsking({ channel, topic, given: state !== 'given' })}>
                {state === 'given' ? t('card.withdraw') : t('card.record')}
              </Button>
            </Group>
            {own !== undefined && topic === '' && <Evidence record={own} />}
          </div>
        );
      })}
      {contact.consents.length > 0 && (
        <Button size="compact-xs" variant="subtle" color="gray" style={{ alignSelf: 'flex-start' }} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t('card.history', { count: contact.consents.length })}
        </Button>
      )}
      <Collapse expanded={isOpen}>
        <Line bulletSize={12} lineWidth={2} color="gray" active={-1} mt="xs">
          {contact.consents.map((record, index) => (
            <Line.Item key={`${record.at} ${index}`} title={<Text size="sm">{`${subject(record, topics, t(`channel.${record.channel}`))}: ${t(`state.${record.state}`)}`}</Text>}>
              <Evidence record={record} />
            </Line.Item>
          ))}
        </Line>
      </Collapse>
      {asking !== null && <RecordConsent contact={contact} asking={asking} topics={topics} onClose={() => setAsking(null)} />}
    </Stack>
  );
}

function subject({ topic }: ConsentRecord, topics: Topics, channel: string): string {
  return topic === '' ? channel : `${channel}, ${topics.find(({ key }) => key === topic)?.name ?? topic}`;
}

/** What the machine goes by (store/consents.ts): the topic's own word, unless the whole channel was withdrawn later. */
function holds(own: ConsentRecord | undefined, whole: ConsentRecord | undefined, topic: string): ConsentState {
  if (topic === '') return own?.state ?? 'none';
  if (whole?.state === 'withdrawn' && (own === undefined || whole.at > own.at)) return 'withdrawn';
  return own === undefined || own.state === 'none' ? (whole?.state ?? 'none') : own.state;
}

function Evidence({ record }: { record: ConsentRecord }) {
  const { t } = useTranslation('privacy');
  const formats = useFormats();
  const by = (['user', 'import', 'api', 'channel', 'guard', 'sample'] as const).find((each) => each === record.actor);
  const parts = [formats.dateTime(record.at), by === undefined ? record.actor : t(`actor.${by}`), record.source, record.wording === null ? '' : `“${record.wording}”`, record.file ?? ''];
  return (
    <Text fz="xs" c="dimmed">
      {parts.filter((part) => part !== '').join(' · ')}
    </Text>
  );
}

type RecordProps = { contact: ContactDetail; asking: Asking; topics: Topics; onClose: () => void };

function RecordConsent({ contact, asking, topics, onClose }: RecordProps) {
  const { t } = useTranslation('privacy');
  const { act, busy } = useAct();
  const [source, setSource] = useState('');
  const [wording, setWording] = useState('');
  const [topic, setTopic] = useState(asking.topic);
  const title = asking.given ? t('card.record') : t('card.withdraw');
  const offered = topics.filter(({ key, archived }) => !archived || key === asking.topic);

  async function record() {
    const done = await act('contacts.consent', { id: contact.id, channel: asking.channel, topic, given: asking.given, source: source.trim(), wording: wording.trim() === '' ? null : wording.trim() });
    if (done !== undefined) onClose();
  }

  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (source.trim() !== '') void record();
        }}
      >
        <Stack gap="lg">
          {offered.length > 0 && (
            <Select
              label={t('card.about')}
              allowDeselect={false}
              data={[{ value: '', label: t('card.whole', { channel: t(`channel.${asking.channel}`) }) }, ...offered.map(({ key, name }) => ({ value: key, label: name }))]}
              value={topic}
              onChange={(next) => setTopic(next ?? '')}
            />
          )}
          <TextInput data-autofocus label={t('card.source')} description={asking.given ? t('card.sourceGiven') : t('card.sourceWithdrawn')} value={source} maxLength={500} onChange={(event) => setSource(event.currentTarget.value)} />
          {asking.given && <Textarea label={t('card.wording')} description={t('card.wordingHelp')} autosize minRows={2} maxRows={8} maxLength={5000} value={wording} onChange={(event) => setWording(event.currentTarget.value)} />}
          <DialogFoot verb={title} busy={busy} disabled={source.trim() === ''} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
