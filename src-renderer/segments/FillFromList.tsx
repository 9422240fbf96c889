// Puts contacts into a fixed set by a list of e-mail addresses: pasted, or from a file that has them somewhere in it.
import { useState } from 'react';
import { Button, FileButton, Group, Modal, Radio, Stack, Text, Textarea } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../shared/api.ts';
import { bringFile, useAct } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';

type Props = { segment: string; onClose: () => void };
type Filled = CallOutput<'segments.fill'>;

export function FillFromList({ opened, ...props }: Props & { opened: boolean }) {
  const { t } = useTranslation('segments');
  return (
    <Modal opened={opened} onClose={props.onClose} title={t('fillTitle')} size="lg" centered>
      <FillForm {...props} />
    </Modal>
  );
}

function FillForm({ segment, onClose }: Props) {
  const { t } = useTranslation('segments');
  const { act, busy } = useAct();
  const [text, setText] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [mode, setMode] = useState<'append' | 'replace'>('append');
  const [filled, setFilled] = useState<Filled | null>(null);

  async function fill() {
    try {
      const source = file === null ? { text } : { file: await bringFile(file) };
      const answer = await act('segments.fill', { key: segment, mode, ...source });
      if (answer !== undefined) setFilled(answer);
    } catch (error) {
      showFailure(error);
    }
  }

  if (filled !== null) return <Outcome filled={filled} onClose={onClose} />;
  return (
    <Stack gap="md">
      <Textarea
        data-autofocus
        label={t('fillPaste')}
        description={t('fillHelp')}
        autosize
        minRows={5}
        maxRows={12}
        disabled={file !== null}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group gap="sm">
        <FileButton onChange={setFile} accept=".csv,.txt,.tsv,text/*">
          {(props) => (
            <Button {...props} variant="default" size="xs" leftSection={<IconFileText size={15} stroke={1.7} />}>
              {t('fillFile')}
            </Button>
          )}
        </FileButton>
        {file !== null && (
          <>
            <Text size="sm" truncate maw={280}>
              {file.name}
            </Text>
            <Button variant="subtle" color="gray" size="xs" onClick={() => setFile(null)}>
              {t('fillNoFile')}
            </Button>
          </>
        )}
      </Group>
      <Radio.Group label={t('fillMode')} value={mode} onChange={(value) => setMode(value)}>
        <Stack gap={8} mt={6}>
          <Radio value="append" label={t('fillAppend')} />
          <Radio value="replace" label={t('fillReplace')} description={t('fillReplaceHelp')} />
        </Stack>
      </Radio.Group>
      <DialogFoot verb={t(mode === 'append' ? 'add' : 'fillReplaceDo')} busy={busy} disabled={file === null && text.trim() === ''} onAnswer={() => void fill()} onClose={onClose} />
    </Stack>
  );
}

function Outcome({ filled: { found, added, removed, unknown, unknownCount }, onClose }: { filled: Filled; onClose: () => void }) {
  const { t } = useTranslation('segments');
  return (
    <Stack gap="md">
      <Text role="status">{t('filled', { found, added, removed })}</Text>
      {unknownCount > 0 && (
        <div>
          <Text size="sm" mb={4}>
            {t('fillUnknown', { count: unknownCount })}
          </Text>
          <Textarea readOnly autosize maxRows={8} aria-label={t('fillUnknown', { count: unknownCount })} value={unknown.join('\n')} />
        </div>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>{t('close')}</Button>
      </Group>
    </Stack>
  );
}
