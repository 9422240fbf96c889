// Takes an import back after asking, and says what was taken back, what was kept, and why.
import { useState } from 'react';
import { Button, Stack, Text } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ImportRow } from '../../shared/api.ts';
import type { ImportKind, ImportUndo } from '../../shared/contacts/import-plan.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { KeptContacts } from '../contacts/KeptContacts.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { renewResult } from './import-store.ts';

/** `inNote`: as small as the other buttons of a bar. */
export function UndoButton({ row, inNote = false, onDone }: { row: ImportRow; inNote?: boolean; onDone?: (row: ImportRow) => void }) {
  const { t } = useTranslation('imports');
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);

  async function undo() {
    const done = await act('imports.undo', { import: row.id });
    setAsking(false);
    if (done === undefined) return;
    const undone = { ...row, canUndo: false, undo: done };
    renewResult(undone);
    onDone?.(undone);
  }

  if (!row.canUndo) return null;
  return (
    <>
      <Button {...(inNote ? { size: 'compact-xs', variant: 'subtle' } : { variant: 'default', leftSection: <IconArrowBackUp size={16} stroke={1.7} /> })} onClick={() => setAsking(true)}>
        {t(row.undo === null ? 'undo' : 'undoGoOn')}
      </Button>
      <Confirm opened={asking} title={t('undoTitle', { file: row.fileName })} verb={t(row.undo === null ? 'undo' : 'undoGoOn')} busy={busy} onConfirm={() => void undo()} onClose={() => setAsking(false)}>
        <UndoQuestion row={row} />
      </Confirm>
    </>
  );
}

/** What it would mean: for people and their values, and for those whom the import has sent into flows. */
function UndoQuestion({ row }: { row: ImportRow }) {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const forecast = useCall('imports.undoForecast', { import: row.id }).data;
  return (
    <Stack gap="sm">
      <Text size="sm">{row.kind === 'contacts' ? t('undoAsk', { added: row.counts.added, updated: row.counts.updated }) : t(`undoAsk.${row.kind}`, { count: row.counts.added })}</Text>
      {row.kind === 'orders' && row.counts.updated > 0 && <Text size="sm">{t('undoAskBack.orders', { count: row.counts.updated })}</Text>}
      {forecast !== undefined && forecast.people > 0 && (
        <Text size="sm" c="var(--kanal-red)">
          {t('undoFlows', { people: forecast.people, messages: forecast.messages })}
        </Text>
      )}
      {row.undoUntil !== null && (
        <Text size="sm" c="dimmed">
          {t('undoUntil', { when: formats.date(row.undoUntil) })}
        </Text>
      )}
    </Stack>
  );
}

export function UndoReport({ undo, kind }: { undo: ImportUndo; kind: ImportKind }) {
  const { t } = useTranslation('imports');
  return (
    <Stack gap="sm">
      <Text size="sm" role="status">
        {kind === 'contacts' ? t('undone', { removed: undo.removed, restored: undo.restored }) : t(`undone.${kind}`, { count: undo.removed })}
      </Text>
      {kind !== 'contacts' && undo.restored > 0 && <Text size="sm">{t('undoneBack.orders', { count: undo.restored })}</Text>}
      {undo.takenOut > 0 && <Text size="sm">{t('undoneTakenOut', { people: undo.takenOut, messages: undo.cancelled })}</Text>}
      {undo.leftFlows > 0 && <Text size="sm">{t('undoneLeftFlows', { count: undo.leftFlows })}</Text>}
      {undo.inFlows > 0 && <Text size="sm">{t('undoneInFlows', { count: undo.inFlows })}</Text>}
      {undo.kept > 0 && (
        <>
          <Text size="sm">{t(kind === 'contacts' ? 'undoneKept' : 'undoneKept.orders', { count: undo.kept })}</Text>
          <KeptContacts label={t('keptRows')} kept={undo.keptList} />
        </>
      )}
    </Stack>
  );
}
