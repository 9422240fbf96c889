// Whether a contact may be written to, since when and on what grounds; and the way to record a new answer.
import { useState } from 'react';
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CHANNELS, type Channel } from '../../shared/contacts/contact.ts';
import type { ConsentRecord, ContactDetail } from '../../shared/api.ts';
import { useAct } from '../backend.ts';
import { useFormats } from '../app/workspace.tsx';

/** Why an address is never written to, as codes; any other reason is shown as it was given. */
const REASONS = ['user', 'unsubscribed', 'complaint', 'bounced', 'import'] as const;

export function ConsentCard({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation('contacts');
  const formats = useFormats();
  const [asking, setAsking] = useState<{ channel: Channel; given: boolean } | null>(null);
  const latest = (channel: Channel): ConsentRecord | undefined => contact.consents.filter((consent) => consent.channel === channel).sort((a, b) => b.at - a.at)[0];
  const reason = (code: string) => {
    const known = REASONS.find((each) => each === code);
    return known === undefined ? code : t(`reason.${known}`);
  };

  return (
    <Stack gap="md">
      {contact.suppressions.map((suppression) => (
        <Text key={suppression.reason} size="sm" c="var(--kanal-red)">
          {t('suppressedSince', { reason: reason(suppression.reason), date: formats.date(suppression.at) })}
        </Text>
      ))}
      {CHANNELS.filter((channel) => channel === 'email' || latest(channel) !== undefined).map((channel) => {
        const consent = latest(channel);
        const state = consent?.state ?? 'none';
        return (
          <div key={channel}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" fw={600}>
                {t(`channel.${channel}`)}: {t(`consent.${state}`)}
              </Text>
              <Button size="compact-xs" variant="subtle" onClick={() => setAsking({ channel, given: state !== 'given' })}>
                {state === 'given' ? t('withdraw') : t('recordConsent')}
              </Button>
            </Group>
            {consent !== undefined && (
              <Text fz="xs" c="dimmed">
                {[formats.dateTime(consent.at), consent.source, consent.wording, consent.file].filter((part) => part !== null && part !== '').join(' · ')}
              </Text>
            )}
          </div>
        );
      })}
      {asking !== null && <RecordConsent contact={contact} asking={asking} onClose={() => setAsking(null)} />}
    </Stack>
  );
}

type RecordProps = { contact: ContactDetail; asking: { channel: Channel; given: boolean }; onClose: () => void };

function RecordConsent({ contact, asking, onClose }: RecordProps) {
  const { t } = useTranslation('contacts');
  const { act, busy } = useAct();
  const [source, setSource] = useState('');
  const title = asking.given ? t('recordConsent') : t('withdraw');

  async function record() {
    if ((await act('contacts.consent', { id: contact.id, channel: asking.channel, given: asking.given, source: source.trim() })) !== undefined) onClose();
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
          <TextInput
            data-autofocus
            label={t('source')}
            description={asking.given ? t('sourceGiven') : t('sourceWithdrawn')}
            value={source}
            maxLength={500}
            onChange={(event) => setSource(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={source.trim() === ''}>
              {title}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
