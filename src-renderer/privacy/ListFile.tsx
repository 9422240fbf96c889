// Reads a list of addresses or of hashes from a file, or writes one.
import { useState } from 'react';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useWorkspace } from '../app/workspace.tsx';
import { useAct } from '../backend.ts';
import { FilePath } from '../ui/FilePath.tsx';
import { folderOf, joinPath } from '../ui/paths.ts';

export type ListFileKind = 'import' | 'export' | 'importHashes' | 'exportHashes';

const NAMES = { import: 'block-list.csv', export: 'block-list.csv', importHashes: 'erased.json', exportHashes: 'erased.json' } as const;

export function ListFile({ kind, onClose }: { kind: ListFileKind; onClose: () => void }) {
  const { t } = useTranslation('privacy');
  const { act, busy } = useAct();
  const workspace = useWorkspace();
  const isExport = kind === 'export' || kind === 'exportHashes';
  const [file, setFile] = useState(isExport ? joinPath(folderOf(workspace.file), NAMES[kind]) : '');
  const [done, setDone] = useState<string | null>(null);

  async function run() {
    const path = file.trim();
    if (kind === 'import') {
      const answer = await act('suppressions.importFile', { file: path });
      if (answer !== undefined) setDone(t('file.imported', { added: answer.added, known: answer.known, refused: answer.refusedCount }));
    } else if (kind === 'importHashes') {
      const answer = await act('erasure.importHashes', { file: path });
      if (answer !== undefined) setDone(t('file.imported', { ...answer, refused: 0 }));
    } else {
      const answer = await act(kind === 'export' ? 'suppressions.exportFile' : 'erasure.exportHashes', { file: path });
      if (answer !== undefined) setDone(t('file.exported', { count: answer.rows }));
    }
  }

  return (
    <Modal opened onClose={onClose} title={t(`file.${kind}`)} centered size="lg">
      <Stack gap="lg">
        <Text size="sm">{t(`file.${kind}Help`)}</Text>
        {done === null ? (
          <FilePath label={t('file.path')} value={file} kind={isExport ? 'save' : 'open'} extensions={kind.endsWith('Hashes') ? ['json'] : ['csv', 'txt']} onChange={setFile} />
        ) : (
          <Text fw={600} role="status">
            {done}
          </Text>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {done === null ? t('cancel') : t('close')}
          </Button>
          {done === null && (
            <Button loading={busy} disabled={file.trim() === ''} onClick={() => void run()}>
              {isExport ? t('file.write') : t('file.read')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
