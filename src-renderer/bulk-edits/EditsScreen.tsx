// What was changed on many contacts at once: what, on whom, when, how many, and a way to take it back.
import { useState } from 'react';
import { Anchor, Modal, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BulkEditRow } from '../../shared/contacts/bulk-edit.ts';
import { useCall } from '../backend.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { Listing } from '../ui/Listing.tsx';
import { useChangeWords } from './change-words.ts';
import { UndoEdit, UndoReport } from './UndoEdit.tsx';

export function EditsScreen() {
  const { t } = useTranslation('edits');
  const edits = useCall('bulkEdits.list', {}, ['bulkEdits']);
  const [shown, setShown] = useState<BulkEditRow | null>(null);
  return (
    <>
      <TopBar back={{ route: { screen: 'contacts' }, label: t('toContacts') }} title={t('past')} />
      <Listing of={edits} empty={{ drawing: 'people', sentence: t('pastNone'), action: null }}>
        {(rows) => (
          <Table className="wide-table" verticalSpacing={10} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('past.what')}</Table.Th>
                <Table.Th>{t('past.whom')}</Table.Th>
                <Table.Th w={170}>{t('past.when')}</Table.Th>
                <Table.Th w={240}>{t('past.result')}</Table.Th>
                <Table.Th w={170}>
                  <VisuallyHidden>{t('past.actions')}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <PastRow key={row.id} row={row} onShow={setShown} />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Listing>
      <Modal opened={shown !== null} onClose={() => setShown(null)} title={t('undoReport')} centered size="lg">
        {shown?.undo != null && <UndoReport undo={shown.undo} />}
      </Modal>
    </>
  );
}

function PastRow({ row, onShow }: { row: BulkEditRow; onShow: (row: BulkEditRow) => void }) {
  const { t } = useTranslation('edits');
  const formats = useFormats();
  const words = useChangeWords();
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={2}>
          {row.changes.map((change, index) => (
            <Text key={index} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {words(change)}
            </Text>
          ))}
          {row.startFlows && (
            <Text fz="xs" c="var(--kanal-amber)">
              {t('startedFlows')}
            </Text>
          )}
        </Stack>
      </Table.Td>
      <Table.Td>
        <Whom row={row} />
      </Table.Td>
      <Table.Td>{formats.dateTime(row.startedAt)}</Table.Td>
      <Table.Td>
        <Stack gap={2}>
          {row.state !== 'done' && <Text size="sm">{t(`state.${row.state}`)}</Text>}
          <Text size="sm">{t('pastCounts', { changed: row.counts.changed, skipped: row.counts.unchanged })}</Text>
          {row.undo !== null && (
            <Anchor component="button" type="button" size="sm" ta="start" onClick={() => onShow(row)}>
              {row.undo.kept > 0 ? t('takenBackPartly', { count: row.undo.kept }) : t('takenBack')}
            </Anchor>
          )}
        </Stack>
      </Table.Td>
      <Table.Td ta="right">
        <UndoEdit row={row} />
      </Table.Td>
    </Table.Tr>
  );
}

function Whom({ row }: { row: BulkEditRow }) {
  const { t } = useTranslation('edits');
  const segments = useCall('segments.list', { sizes: false }, ['segments']).data;
  const { whom, origin } = row;
  if (origin !== 'contacts') return <Text size="sm">{t(`origin.${origin}`)}</Text>;
  if ('picked' in whom) return <Text size="sm">{t('whomPicked', { count: whom.picked })}</Text>;
  const { rule, search } = whom;
  const parts = [rule?.kind === 'segment' ? t('whomSegment', { segment: segments?.find(({ key }) => key === rule.segment)?.name ?? rule.segment }) : rule === null ? '' : t('whomRule'), search === '' ? '' : t('whomSearch', { search })];
  return <Text size="sm">{parts.filter((part) => part !== '').join(' · ') || t('whomEverybody')}</Text>;
}
