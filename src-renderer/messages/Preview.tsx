// The message as it will arrive: the inbox line, the mail, the plain text; as a person of the user's choice. Rendered by the
// machine with the very code that renders for sending. The mail is shown in a frame that may run and load nothing.
import { Box, Center, SegmentedControl, Skeleton, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '../../shared/flow/flow.ts';
import { useCall } from '../backend.ts';
import { Problems } from '../ui/Problems.tsx';
import { ContactPick } from './ContactPick.tsx';

type Props = { message: Message; contact: number | null; onContact: (contact: number | null) => void };

export function Preview({ message, contact, onContact }: Props) {
  const { t } = useTranslation('messages');
  const [kind, setKind] = useState<'mail' | 'text'>('mail');
  const [shown] = useDebouncedValue(message, 250);
  const preview = useCall(shown.name.trim() === '' ? null : 'messages.preview', { message: shown, contact }, ['settings', 'attributes']);
  const data = preview.data;

  return (
    <section className="message-preview" aria-label={t('preview')}>
      <div className="message-preview-head">
        <ContactPick value={contact} onChange={onContact} />
        <SegmentedControl
          size="xs"
          value={kind}
          onChange={(value) => setKind(value)}
          aria-label={t('previewKind')}
          data={[
            { value: 'mail', label: t('asMail') },
            { value: 'text', label: t('asText') },
          ]}
        />
      </div>
      {data === undefined ? (
        <Box p="lg">{preview.state === 'failed' ? <Center c="dimmed">{t('noPreview')}</Center> : <Skeleton height={200} />}</Box>
      ) : (
        <>
          <div className="inbox-line" data-empty={data.subject === '' || undefined}>
            <Text fw={600} truncate>
              {data.subject === '' ? t('noSubject') : data.subject}
            </Text>
            <Text size="sm" c="dimmed" truncate>
              {data.preheader}
            </Text>
          </div>
          {data.problems.length > 0 && (
            <Box px="lg" py="sm" className="preview-problems">
              <Problems problems={data.problems} />
            </Box>
          )}
          {kind === 'mail' ? (
            <iframe className="mail-frame" sandbox="" referrerPolicy="no-referrer" srcDoc={data.html} title={t('preview')} />
          ) : (
            <pre className="mail-text" tabIndex={0}>
              {data.text}
            </pre>
          )}
        </>
      )}
    </section>
  );
}
