// Takes a change of many contacts back after asking, and says what was given back, what was kept, and why.
import { useState } from 'react';
import { Button, Modal, Stack, Text } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { BulkEditRow, BulkUndo } from '../../shared/contacts/bulk-edit.ts';
import { useAct, useCall } from '../backend.ts';
import { KeptContacts } from '../contacts/KeptContacts.tsx';
import { Confirm } from '../ui/Confirm.tsx';

export function UndoEdit({ row }: { row: BulkEditRow }) {
  const { t } = useTranslation('edits');
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);
  const [undo, setUndo] = useState<BulkUndo | null>(null);

  async function takeBack() {
    const done = await act('bulkEdits.undo', { bulkEdit: row.id });
    setAsking(false);
    if (done !== undefined) setUndo(done);
  }

  return (
    <>
      {row.canUndo && undo === null && (
        <Button variant="default" leftSection={<IconArrowBackUp size={16} stroke={1.7} />} onClick={() => setAsking(true)}>
          {t('undo')}
        </Button>
      )}
      <Confirm opened={asking} title={t('undoTitle')} verb={t('undo')} busy={busy} onConfirm={() => void takeBack()} onClose={() => setAsking(false)}>
        {asking && <UndoQuestion row={row} />}
      </Confirm>
      <Modal opened={undo !== null} onClose={() => setUndo(null)} title={t('undoReport')} centered size="lg">
        {undo !== null && <UndoReport undo={undo} />}
      </Modal>
    </>
  );
}

/** What it would mean: for contacts and their values, and for those whom the change has sent into flows. */
function UndoQuestion({ row }: { row: BulkEditRow }) {
  const { t } = useTranslation('edits');
  const forecast = useCall('bulkEdits.undoForecast', { bulkEdit: row.id }).data;
  return (
    <>
      {t('undoAsk', { count: row.counts.changed })}
      {forecast !== undefined && forecast.people > 0 && (
        <Text size="sm" mt="xs" c="var(--kanal-red)">
          {t('undoFlows', { people: forecast.people, messages: forecast.messages })}
        </Text>
      )}
    </>
  );
}

export function UndoReport({ undo }: { undo: BulkUndo }) {
  const { t } = useTranslation('edits');
  return (
    <Stack gap="sm">
      <Text size="sm" role="status">
        {t('undone', { count: undo.restored })}
      </Text>
      {undo.takenOut > 0 && <Text size="sm">{t('undoneTakenOut', { people: undo.takenOut, messages: undo.cancelled })}</Text>}
      {undo.kept > 0 && (
        <>
          <Text size="sm">{t('undoneKept', { count: undo.kept })}</Text>
          <KeptContacts label={t('keptRows')} kept={undo.keptList} />
        </>
      )}
    </Stack>
  );
}
