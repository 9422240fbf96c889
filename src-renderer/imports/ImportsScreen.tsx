// What was imported: which file, when, how many, whether it was there before, and a way to take it back.
import { useState } from 'react';
import { Anchor, Button, Code, Group, Modal, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportRow } from '../../shared/api.ts';
import { useCall } from '../backend.ts';
import { go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { forgetImport, useImport } from './import-store.ts';
import { Recipes, SaveRecipe } from './Recipes.tsx';
import { RejectsButton } from './RejectsButton.tsx';
import { UndoButton, UndoReport } from './UndoImport.tsx';

export function ImportsScreen() {
  const { t } = useTranslation('imports');
  const imports = useCall('imports.list', {}, ['imports']);
  const [shown, setShown] = useState<ImportRow | null>(null);
  const start = () => {
    if (useImport.getState().step === 'result') forgetImport();
    go({ screen: 'import' });
  };
  const list = imports.data ?? [];
  return (
    <>
      <TopBar back={{ route: { screen: 'contacts' }, label: t('toContacts') }} title={t('past')}>
        <Button onClick={start}>{t('title')}</Button>
      </TopBar>
      {imports.state === 'loading' && <Loading />}
      {imports.state === 'failed' && imports.data === undefined && <Failed error={imports.error} again={imports.again} />}
      {imports.data?.length === 0 && (
        <Empty drawing="people" action={<Button onClick={start}>{t('title')}</Button>}>
          {t('pastNone')}
        </Empty>
      )}
      {list.length > 0 && (
        <div className="screen-scroll">
          <Recipes />
          <Table className="wide-table" verticalSpacing={10} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('past.file')}</Table.Th>
                <Table.Th w={170}>{t('past.when')}</Table.Th>
                <Table.Th>{t('past.result')}</Table.Th>
                <Table.Th w={320}>
                  <VisuallyHidden>{t('past.actions')}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {list.map((row) => (
                <PastRow key={row.id} row={row} earlier={earlierOf(row, list)} onShow={setShown} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <Modal opened={shown !== null} onClose={() => setShown(null)} title={t('undoReport', { file: shown?.fileName ?? '' })} centered size="lg">
        {shown?.undo != null && <UndoReport undo={shown.undo} kind={shown.kind} />}
      </Modal>
    </>
  );
}

/** The import of the very same file before this one, if it was not taken back. */
function earlierOf(row: ImportRow, all: ImportRow[]): ImportRow | undefined {
  return all.find((other) => other.id < row.id && other.fileHash === row.fileHash && row.fileHash !== '' && other.state === 'done' && other.undo === null);
}

type RowProps = { row: ImportRow; earlier: ImportRow | undefined; onShow: (row: ImportRow) => void };

function PastRow({ row, earlier, onShow }: RowProps) {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {row.fileName}
        </Text>
        {row.recipe !== null && (
          <Text fz="xs" c="dimmed">
            {t(row.watched ? 'byWatchedFolder' : 'byRecipe', { name: row.recipe })}
          </Text>
        )}
        {earlier !== undefined && (
          <Text fz="xs" c="var(--kanal-amber)">
            {t('importedBefore', { when: formats.dateTime(earlier.startedAt) })}
          </Text>
        )}
        {row.rejectsFile !== null && row.counts.rejected > 0 && (
          <Text fz="xs" c="dimmed">
            {t('rejectsFile')} <Code>{row.rejectsFile}</Code> <RejectsButton row={row} />
          </Text>
        )}
      </Table.Td>
      <Table.Td>{formats.dateTime(row.startedAt)}</Table.Td>
      <Table.Td>
        <Stack gap={2}>
          {row.state !== 'done' && <Text size="sm">{t(`state.${row.state}`)}</Text>}
          <Text size="sm" c={row.state === 'done' ? undefined : 'dimmed'}>
            {t('pastCounts', { added: row.counts.added, updated: row.counts.updated, unchanged: row.counts.unchanged + row.counts.skipped, rejected: row.counts.rejected })}
          </Text>
          {row.undo !== null && (
            <Anchor component="button" type="button" size="sm" ta="start" onClick={() => onShow(row)}>
              {row.undo.state === 'running' ? t('takenBackNotAll') : row.undo.kept > 0 ? t('takenBackPartly', { count: row.undo.kept }) : t('takenBack')}
            </Anchor>
          )}
        </Stack>
      </Table.Td>
      <Table.Td ta="right">
        <Group gap="xs" justify="flex-end">
          <SaveRecipe row={row} subtle />
          <UndoButton row={row} onDone={onShow} />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
