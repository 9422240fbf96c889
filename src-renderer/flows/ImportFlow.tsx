// Takes a flow from a .kanalflow file or from pasted text. What comes in is a draft: nothing runs before it is published.
import { useState } from 'react';
import { Modal, Stack, Text, Textarea } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useTranslation } from 'react-i18next';
import { LARGEST_FLOW_FILE } from '../../shared/flow/limits.ts';
import type { Problem } from '../../shared/problem.ts';
import { problemsOf } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { Problems } from '../ui/Problems.tsx';
import { takeFlow } from './take-flow.ts';

export function ImportFlow({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('flows');
  const [pasted, setPasted] = useState('');
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [busy, setBusy] = useState(false);

  async function take(text: string, fileName: string) {
    setBusy(true);
    setProblems([]);
    try {
      await takeFlow(text, fileName);
      setPasted('');
      onClose();
    } catch (error) {
      const known = problemsOf(error);
      if (known.length > 0) setProblems(known);
      else showFailure(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={opened} onClose={onClose} title={t('importTitle')} centered size="lg">
      <Stack gap="md">
        <Dropzone
          multiple={false}
          maxSize={LARGEST_FLOW_FILE}
          loading={busy}
          aria-label={t('importDrop')}
          onDrop={(files) => files[0] !== undefined && void files[0].text().then((text) => take(text, files[0]!.name))}
        >
          <Text ta="center" c="dimmed" py="lg">
            {t('importDrop')}
          </Text>
        </Dropzone>
        <Textarea
          label={t('importPaste')}
          autosize
          minRows={4}
          maxRows={10}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={pasted}
          onChange={(event) => setPasted(event.currentTarget.value)}
        />
        {problems.length > 0 && <Problems problems={problems} />}
        <DialogFoot verb={t('importDo')} busy={busy} disabled={pasted.trim() === ''} onAnswer={() => void take(pasted, t('pastedName'))} onClose={onClose} />
      </Stack>
    </Modal>
  );
}
