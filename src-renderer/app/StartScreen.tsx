// Shown while no workspace is open: try with sample data, a new workspace, a file, or one of the last ones (UX 4.1).
import { useEffect, useState, type ReactNode } from 'react';
import { Badge, Box, Group, Modal, Paper, SimpleGrid, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { IconFilePlus, IconFolderOpen, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RecentWorkspace } from '../../shared/api.ts';
import { bringFile, fileDialog, useAct, useCall, useConnection } from '../backend.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { FilePath } from '../ui/FilePath.tsx';
import { DropTarget } from './DropTarget.tsx';
import { currentLanguage } from './i18n.ts';
import { LanguageSelect } from './LanguageSelect.tsx';
import { ownTimeZone, proposedLocale } from './locales.ts';
import { NewWorkspace } from './NewWorkspace.tsx';
import { workspaceColour } from './theme.ts';

export function StartScreen() {
  const { t } = useTranslation();
  const connection = useConnection();
  const recent = useCall('workspace.recent', {}, ['workspace']);
  const { act, busy } = useAct();
  const [asking, setAsking] = useState<'new' | 'open' | null>(null);
  useEffect(() => {
    document.title = 'Kanal';
  }, []);

  const open = (file: string) => act('workspace.open', { file });
  const trySample = () =>
    act('workspace.create', { name: t('start.sampleName'), file: null, timeZone: ownTimeZone(), locale: proposedLocale(currentLanguage(), navigator.languages), sample: true });

  async function chooseOrAsk() {
    const choose = fileDialog();
    if (choose == null) return setAsking('open');
    const file = await choose({ kind: 'open', extensions: ['kanal'] });
    if (file !== null) await open(file);
  }

  /** Only where the window learns the file's own path: a workspace is never opened as a copy. */
  async function openDropped(file: File) {
    if (fileDialog() === null || !file.name.toLowerCase().endsWith('.kanal')) return setAsking('open');
    await open(await bringFile(file));
  }

  return (
    <main className="screen-scroll">
      {connection !== 'open' && connection !== 'connecting' && (
        <div className="note" data-tone="wrong" role="alert">
          {connection === 'lost' ? t('unreachable.lost') : t('unreachable.refused')}
        </div>
      )}
      <Box maw={760} mx="auto" px="xl" py={56}>
        <Group justify="space-between" mb={32} align="flex-start">
          <div>
            <Group gap={12} mb={6}>
              <img src="./favicon.svg" width={36} height={36} alt="" />
              <Title order={1} fz={28}>
                Kanal
              </Title>
            </Group>
            <Text c="dimmed">{t('start.motto')}</Text>
          </div>
          <LanguageSelect />
        </Group>

        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md" mb={40}>
          <Choice icon={<IconPlayerPlay stroke={1.5} />} title={t('start.sample')} about={t('start.sampleAbout')} main disabled={busy} onClick={() => void trySample()} />
          <Choice icon={<IconFilePlus stroke={1.5} />} title={t('start.new')} about={t('start.newAbout')} disabled={busy} onClick={() => setAsking('new')} />
          <Choice icon={<IconFolderOpen stroke={1.5} />} title={t('start.open')} about={t('start.openAbout')} disabled={busy} onClick={() => void chooseOrAsk()} />
        </SimpleGrid>

        {recent.data !== undefined && recent.data.recent.length > 0 && (
          <section aria-labelledby="recent">
            <Title order={2} id="recent" mb="sm">
              {t('start.recent')}
            </Title>
            <Paper withBorder>
              {recent.data.recent.map((each, index) => (
                <RecentRow key={each.file} recent={each} first={index === 0} disabled={busy} onOpen={() => void open(each.file)} />
              ))}
            </Paper>
          </section>
        )}
        <Text fz="xs" c="dimmed" mt="xl">
          {t('start.privacy')}
        </Text>
      </Box>
      <DropTarget help={t('drop.helpStart')} onFile={(file) => void openDropped(file)} />
      <NewWorkspace opened={asking === 'new'} folder={recent.data?.folder ?? ''} onClose={() => setAsking(null)} />
      <OpenFile opened={asking === 'open'} busy={busy} onOpen={(file) => void open(file)} onClose={() => setAsking(null)} />
    </main>
  );
}

type ChoiceProps = { icon: ReactNode; title: string; about: string; main?: boolean; disabled: boolean; onClick: () => void };

function Choice({ icon, title, about, main = false, disabled, onClick }: ChoiceProps) {
  return (
    <UnstyledButton className="choice" data-main={main || undefined} disabled={disabled} onClick={onClick}>
      {icon}
      <Text fw={600} mt={10} mb={4}>
        {title}
      </Text>
      <Text fz="sm" className="choice-about">
        {about}
      </Text>
    </UnstyledButton>
  );
}

type RecentProps = { recent: RecentWorkspace; first: boolean; disabled: boolean; onOpen: () => void };

function RecentRow({ recent, first, disabled, onOpen }: RecentProps) {
  const { t } = useTranslation();
  return (
    <UnstyledButton className="row-button" data-first={first || undefined} disabled={disabled || recent.missing} onClick={onOpen}>
      <Box w={4} h={28} bdrs={2} bg={workspaceColour(recent.file)} style={{ flex: 'none' }} />
      <Box miw={0} flex={1}>
        <Text fw={600} truncate>
          {recent.name}
        </Text>
        <Text fz="xs" c="dimmed" truncate>
          {recent.file}
        </Text>
      </Box>
      {recent.missing && (
        <Badge variant="light" color="amber">
          {t('start.missing')}
        </Badge>
      )}
    </UnstyledButton>
  );
}

type OpenProps = { opened: boolean; busy: boolean; onOpen: (file: string) => void; onClose: () => void };

function OpenFile({ opened, busy, onOpen, onClose }: OpenProps) {
  const { t } = useTranslation();
  const [file, setFile] = useState('');
  return (
    <Modal opened={opened} onClose={onClose} title={t('start.open')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (file.trim() !== '') onOpen(file.trim());
        }}
      >
        <Stack gap="lg">
          <FilePath label={t('start.path')} description={t('start.pathHelp')} value={file} kind="open" extensions={['kanal']} onChange={setFile} />
          <DialogFoot verb={t('open')} busy={busy} disabled={file.trim() === ''} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
