// Takes an import back after asking, and says what was taken back, what was kept, and why.
import { useState } from 'react';
import { Anchor, Button, Stack, Table, Text } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ImportRow } from '../../shared/api.ts';
import type { ImportUndo } from '../../shared/contacts/import-plan.ts';
import { useText } from '../app/i18n.ts';
import { addressOf } from '../app/routes.ts';
import { useAct } from '../backend.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { renewResult } from './import-store.ts';

export function UndoButton({ row, onDone }: { row: ImportRow; onDone?: (row: ImportRow) => void }) {
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
      <Button variant="default" leftSection={<IconArrowBackUp size={16} stroke={1.7} />} onClick={() => setAsking(true)}>
        {t('undo')}
      </Button>
      <Confirm opened={asking} title={t('undoTitle', { file: row.fileName })} verb={t('undo')} busy={busy} onConfirm={() => void undo()} onClose={() => setAsking(false)}>
        {t('undoAsk', { added: row.counts.added, updated: row.counts.updated })}
      </Confirm>
    </>
  );
}

export function UndoReport({ undo }: { undo: ImportUndo }) {
  const { t } = useTranslation('imports');
  const text = useText();
  return (
    <Stack gap="sm">
      <Text size="sm" role="status">
        {t('undone', { removed: undo.removed, restored: undo.restored })}
      </Text>
      {undo.inFlows > 0 && <Text size="sm">{t('undoneInFlows', { count: undo.inFlows })}</Text>}
      {undo.kept > 0 && (
        <>
          <Text size="sm">{t('undoneKept', { count: undo.kept })}</Text>
          <div className="preview-table" tabIndex={0} role="region" aria-label={t('keptRows')}>
            <Table verticalSpacing={6}>
              <Table.Tbody>
                {undo.keptList.map((kept, index) => (
                  <Table.Tr key={index}>
                    <Table.Td w="35%" style={{ overflowWrap: 'anywhere' }}>
                      <Anchor size="sm" href={addressOf({ screen: 'contact', id: kept.contact })}>
                        {kept.name}
                      </Anchor>
                    </Table.Td>
                    <Table.Td>{text(kept.reason)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </>
      )}
    </Stack>
  );
}
