// Where the contacts come from: a dropped file, a chosen one, a path, pasted rows, or a file that was read lately.
import { useEffect, useRef, useState } from 'react';
import { Anchor, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useLocalStorage } from '@mantine/hooks';
import { IconClipboardText, IconFileTypeCsv } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { bringFile, call, fileDialog } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { useScreenKeys } from '../app/keys.ts';
import { addressOf } from '../app/routes.ts';
import { useWorkspace } from '../app/workspace.tsx';
import { FilePath } from '../ui/FilePath.tsx';
import { nameOf } from '../ui/paths.ts';
import { KindChoice } from './KindChoice.tsx';
import { readFile, useImport } from './import-store.ts';
import { SampleFile } from './SampleFile.tsx';

const MOST_RECENT = 5;

export function SourceStep() {
  const { t } = useTranslation('imports');
  const workspace = useWorkspace();
  const busy = useImport((state) => state.busy);
  const [path, setPath] = useState('');
  const [bringing, setBringing] = useState(false);
  const [pasted, setPasted] = useState<string | null>(null);
  const [recent, setRecent] = useLocalStorage<string[]>({ key: `kanal.importFiles.${workspace.file}`, defaultValue: [] });

  async function bring(how: () => Promise<string>) {
    setBringing(true);
    try {
      await readFile(await how(), {}, true);
    } catch (error) {
      showFailure(error);
    } finally {
      setBringing(false);
    }
  }

  async function read(file: string) {
    await readFile(file, {}, false);
    // What could not be read is not worth remembering.
    if (useImport.getState().file === file) setRecent((before) => [file, ...before.filter((each) => each !== file)].slice(0, MOST_RECENT));
  }

  async function take(file: File) {
    if (fileDialog() === null) return bring(() => bringFile(file));
    await read(await bringFile(file));
  }

  async function choose() {
    const chosen = await fileDialog()?.({ kind: 'open', extensions: ['csv', 'txt', 'tsv', 'xlsx', 'vcf'] });
    if (chosen != null) await read(chosen);
  }

  const keys = useTranslation('keys').t;
  const openPicker = useRef<() => void>(null);
  useScreenKeys({ open: { does: keys('openFile'), run: fileDialog() === null ? () => openPicker.current?.() : () => void choose() } });

  const readText = (text: string) => bring(async () => (await call('imports.fromText', { text })).file);

  // Rows copied in a spreadsheet need no field to be pasted into.
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text') ?? '';
      if (text.trim() === '' || (event.target instanceof Element && event.target.closest('input, textarea, [contenteditable]') !== null)) return;
      event.preventDefault();
      setPasted(text);
    };
    window.addEventListener('paste', paste);
    return () => window.removeEventListener('paste', paste);
  }, []);

  return (
    <Stack gap="xl" maw={720}>
      <KindChoice />
      <Dropzone openRef={openPicker} multiple={false} loading={bringing || busy} aria-label={t('drop')} onDrop={(files) => files[0] !== undefined && void take(files[0])}>
        <Stack align="center" gap={6} py={32}>
          <IconFileTypeCsv size={36} stroke={1.2} color="var(--kanal-line-drawing)" aria-hidden />
          <Text fw={600}>{t('drop')}</Text>
          <Text size="sm" c="dimmed">
            {t('dropKinds')}
          </Text>
        </Stack>
      </Dropzone>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== '') void read(path.trim());
        }}
      >
        <Group align="flex-end" gap="sm" wrap="nowrap">
          {fileDialog() === null ? (
            <>
              <div style={{ flex: 1 }}>
                <FilePath label={t('path')} value={path} kind="open" extensions={['csv']} onChange={setPath} />
              </div>
              <Button type="submit" variant="default" loading={busy} disabled={path.trim() === ''}>
                {t('readFile')}
              </Button>
            </>
          ) : (
            <Button onClick={() => void choose()}>{t('choose')}</Button>
          )}
          <Button variant="default" leftSection={<IconClipboardText size={16} stroke={1.7} />} onClick={() => setPasted(pasted === null ? '' : null)}>
            {t('paste')}
          </Button>
        </Group>
      </form>
      {pasted !== null && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (pasted.trim() !== '') void readText(pasted);
          }}
        >
          <Stack gap="sm">
            <Textarea
              data-autofocus
              autoFocus
              label={t('pasteLabel')}
              description={t('pasteHelp')}
              autosize
              minRows={5}
              maxRows={12}
              spellCheck={false}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
              value={pasted}
              onChange={(event) => setPasted(event.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={bringing} disabled={pasted.trim() === ''}>
                {t('pasteRead')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {recent.length > 0 && (
        <section aria-label={t('recentFiles')}>
          <Text size="sm" fw={600} mb={6}>
            {t('recentFiles')}
          </Text>
          <Stack gap={4} align="flex-start">
            {recent.map((file) => (
              <Anchor key={file} component="button" type="button" size="sm" title={file} disabled={busy} onClick={() => void read(file)}>
                {nameOf(file)}
              </Anchor>
            ))}
          </Stack>
        </section>
      )}
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed">
          {t('privacy')}
        </Text>
        <SampleFile />
        <Anchor size="sm" href={addressOf({ screen: 'imports' })}>
          {t('past')}
        </Anchor>
      </Group>
    </Stack>
  );
}
