// Writes one message, with the preview beside it. Also opened from the flow editor, beside the step that sends it.
import { useEffect, useState } from 'react';
import { Button, Group, Input, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Message } from '../../shared/flow/flow.ts';
import { useCall } from '../backend.ts';
import { useScreenKeys } from '../app/keys.ts';
import { useFormats, useNow } from '../app/workspace.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { BodyEditor } from './BodyEditor.tsx';
import { LiquidInput } from './LiquidInput.tsx';
import { useMergeTagChoices } from './merge-tag-names.ts';
import { useMessageDraft, type SaveState } from './message-draft.ts';
import { Preview } from './Preview.tsx';
import { TopicSelect } from './TopicSelect.tsx';
import { SendTest } from './SendTest.tsx';

type Props = {
  messageKey: string;
  /** Told the message whenever it changes, for a title outside. */
  onName?: (name: string) => void;
};

export function MessageEditor({ messageKey, onName }: Props) {
  const loaded = useCall('messages.get', { key: messageKey });
  if (loaded.state === 'loading') return <Loading />;
  if (loaded.data === undefined) return <Failed error={loaded.error} again={loaded.again} />;
  return <Editor key={messageKey} loaded={loaded.data} onName={onName} />;
}

function Editor({ loaded, onName }: { loaded: Message; onName: Props['onName'] }) {
  const { t } = useTranslation('messages');
  const now = useNow();
  const { message, change, saving, flush } = useMessageDraft(loaded, () => now);
  const { t: keys } = useTranslation('keys');
  // Beside a flow, the key is the flow's.
  useScreenKeys(onName === undefined ? {} : { save: { does: keys('saveMessage'), run: () => void flush() } });
  const choices = useMergeTagChoices();
  const [contact, setContact] = useState<number | null>(null);
  const [testing, setTesting] = useState(false);
  useEffect(() => {
    onName?.(message.name);
  }, [onName, message.name]);

  return (
    <div className="message-editor">
      <Stack gap="md" className="message-form">
        <Group justify="space-between" wrap="nowrap">
          <SaveText saving={saving} />
          <Button size="xs" variant="default" leftSection={<IconSend size={15} stroke={1.7} />} onClick={() => void flush().then((kept) => kept && setTesting(true))}>
            {t('sendTest')}
          </Button>
        </Group>
        <Group align="flex-start" grow>
          <TextInput label={t('name')} value={message.name} maxLength={200} error={message.name.trim() === '' ? t('nameMissing') : null} onChange={(event) => change({ name: event.currentTarget.value })} />
          <Select
            label={t('purpose')}
            description={message.purpose === 'marketing' ? t('purpose.marketingHelp') : t('purpose.transactionalHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            data={[
              { value: 'marketing', label: t('purpose.marketing') },
              { value: 'transactional', label: t('purpose.transactional') },
            ]}
            value={message.purpose}
            onChange={(purpose) => purpose !== null && change({ purpose: purpose })}
          />
        </Group>
        {message.purpose === 'marketing' && <TopicSelect value={message.topic} onChange={(topic) => change({ topic })} />}
        <LiquidInput label={t('subject')} value={message.subject} choices={choices} onChange={(subject) => change({ subject })} />
        <LiquidInput label={t('preheader')} description={t('preheaderHelp')} value={message.preheader} choices={choices} onChange={(preheader) => change({ preheader })} />
        <div>
          <Input.Label component="div" size="sm" mb={4}>
            {t('body')}
          </Input.Label>
          <BodyEditor body={loaded.body} choices={choices} onChange={(body) => change({ body })} />
        </div>
      </Stack>
      <Preview message={message} contact={contact} onContact={setContact} />
      <SendTest opened={testing} message={message} contact={contact} onClose={() => setTesting(false)} />
    </div>
  );
}

function SaveText({ saving }: { saving: SaveState }) {
  const { t } = useTranslation('messages');
  const formats = useFormats();
  const words = { unchanged: '', waiting: t('saving'), failed: t('notSaved'), saved: saving.kind === 'saved' ? t('saved', { time: formats.time(saving.at) }) : '' };
  return (
    <Text size="sm" c={saving.kind === 'failed' ? 'var(--kanal-red)' : 'dimmed'} role="status">
      {words[saving.kind]}
    </Text>
  );
}
