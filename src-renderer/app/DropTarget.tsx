// The whole window takes files: while one hangs over it, it says what will become of it. Drop zones of their own come first.
import { useEffect, useRef, useState } from 'react';
import { Portal, Stack, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { bringFile, fileDialog } from '../backend.ts';
import { takeFlow } from '../flows/take-flow.ts';
import { readFile } from '../imports/import-store.ts';
import { showFailure, showNote } from './notices.tsx';
import { go } from './routes.ts';

type Props = { help: string; onFile: (file: File) => void };

export function DropTarget({ help, onFile }: Props) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const take = useRef(onFile);
  take.current = onFile;

  useEffect(() => {
    // Entering a child comes before leaving its parent, so only the balance says whether the file has left the window.
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const isElsewhere = (event: DragEvent) => event.target instanceof Element && event.target.closest('.mantine-Dropzone-root') !== null;
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth++;
      setOver(!isElsewhere(event));
    };
    const leave = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    // Without this the browser would leave the program and show the file.
    const hover = (event: DragEvent) => holdsFiles(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth = 0;
      setOver(false);
      event.preventDefault();
      if (isElsewhere(event)) return;
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 1) return showNote(t('drop.one'));
      if (files[0] !== undefined) take.current(files[0]);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', hover);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', hover);
      window.removeEventListener('drop', drop);
    };
  }, [t]);

  if (!over) return null;
  return (
    <Portal>
      <div className="drop-overlay" role="status">
        <Stack align="center" gap={6} maw={440}>
          <IconFileImport size={40} stroke={1.2} color="var(--kanal-accent)" aria-hidden />
          <Text fw={600} size="lg">
            {t('drop.title')}
          </Text>
          <Text c="dimmed" ta="center">
            {help}
          </Text>
        </Stack>
      </div>
    </Portal>
  );
}

/** Brings a dropped file to where it belongs by its name: contacts to the import, a flow to the drafts. */
export async function takeDropped(file: File, wrongKind: string): Promise<void> {
  try {
    if (/\.(kanalflow|json)$/i.test(file.name)) return await takeFlow(await file.text(), file.name);
    if (!/\.(csv|txt|tsv|tab|xlsx|vcf)$/i.test(file.name)) return showNote(wrongKind);
    const path = await bringFile(file);
    go({ screen: 'import' });
    await readFile(path, {}, fileDialog() === null);
  } catch (error) {
    showFailure(error);
  }
}
