// What a person may ask for, in the menu of their page: to see all that is known of them, and to be erased.
import { useState } from 'react';
import { Button, Code, Group, List, Menu, Modal, Radio, Stack, Text } from '@mantine/core';
import { IconFileText, IconUserOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { currentLanguage } from '../app/i18n.ts';
import { go } from '../app/routes.ts';
import { useWorkspace } from '../app/workspace.tsx';
import { useAct } from '../backend.ts';
import { FilePath } from '../ui/FilePath.tsx';
import { folderOf, joinPath, safeFileName } from '../ui/paths.ts';
import { tellErased } from './tell-erased.ts';

export type PersonAsk = 'report' | 'erase';

export function PersonMenuItems({ onAsk }: { onAsk: (ask: PersonAsk) => void }) {
  const { t } = useTranslation('privacy');
  return (
    <>
      <Menu.Item leftSection={<IconFileText size={16} stroke={1.6} />} onClick={() => onAsk('report')}>
        {t('report.menu')}
      </Menu.Item>
      <Menu.Item color="red" leftSection={<IconUserOff size={16} stroke={1.6} />} onClick={() => onAsk('erase')}>
        {t('erase.menu')}
      </Menu.Item>
    </>
  );
}

type Props = { ask: PersonAsk | null; contact: { id: number; name: string }; onClose: () => void };

export function PersonDialogs({ ask, contact, onClose }: Props) {
  if (ask === 'report') return <AccessReport contact={contact} onClose={onClose} />;
  return ask === 'erase' ? <EraseContact contact={contact} onClose={onClose} /> : null;
}

function EraseContact({ contact, onClose }: Omit<Props, 'ask'>) {
  const { t } = useTranslation('privacy');
  const { act, busy } = useAct();

  async function erase() {
    const done = await act('erasure.erase', { contacts: [contact.id] });
    if (done === undefined) return;
    tellErased(done, t);
    go({ screen: 'contacts' });
  }

  return (
    <Modal opened onClose={onClose} title={t('erase.title')} centered size="lg">
      <Stack gap="md">
        <Text>{t('erase.ask', { name: contact.name })}</Text>
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t('erase.stays')}
          </Text>
          <List size="sm" spacing={2}>
            <List.Item>{t('erase.staysHash')}</List.Item>
            <List.Item>{t('erase.staysSums')}</List.Item>
            <List.Item>{t('erase.staysBackups')}</List.Item>
            <List.Item>{t('erase.staysFiles')}</List.Item>
          </List>
        </div>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button color="red" loading={busy} onClick={() => void erase()}>
            {t('erase.verb')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function AccessReport({ contact, onClose }: Omit<Props, 'ask'>) {
  const { t } = useTranslation('privacy');
  const { act, busy } = useAct();
  const workspace = useWorkspace();
  const pathFor = (ending: string) => joinPath(folderOf(workspace.file), `${safeFileName(contact.name)}.${ending}`);
  const [ending, setEnding] = useState<'pdf' | 'json'>('pdf');
  const [file, setFile] = useState(pathFor('pdf'));
  const [written, setWritten] = useState<string | null>(null);

  async function write() {
    const answer = await act('contacts.accessReport', { id: contact.id, file: file.trim(), language: currentLanguage() });
    if (answer !== undefined) setWritten(answer.file);
  }

  return (
    <Modal opened onClose={onClose} title={t('report.title')} centered size="lg">
      <Stack gap="lg">
        {written === null ? (
          <>
            <Text size="sm">{t('report.help', { name: contact.name })}</Text>
            <Radio.Group
              value={ending}
              aria-label={t('report.kind')}
              onChange={(value) => {
                const next = value === 'json' ? 'json' : 'pdf';
                setEnding(next);
                setFile(file.replace(/\.(pdf|json)$/i, '') + `.${next}`);
              }}
            >
              <Stack gap="xs">
                <Radio value="pdf" label={t('report.pdf')} />
                <Radio value="json" label={t('report.json')} />
              </Stack>
            </Radio.Group>
            <FilePath label={t('file.path')} value={file} kind="save" extensions={[ending]} onChange={setFile} />
          </>
        ) : (
          <>
            <Text role="status">{t('report.written')}</Text>
            <Code block>{written}</Code>
          </>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {written === null ? t('cancel') : t('close')}
          </Button>
          {written === null && (
            <Button loading={busy} disabled={file.trim() === ''} onClick={() => void write()}>
              {t('report.write')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
