// The bar that says that the end of the program has broken off an import, or taking one back, until somebody has dealt with it (FAULTS F36).
import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { go } from '../app/routes.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { takeUpImport } from './import-store.ts';
import { UndoButton } from './UndoImport.tsx';

/** One at a time: with the newest dealt with, the one before it is told. */
export function BrokenOffNote() {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const latest = useCall('imports.brokenOff', {}, ['imports', 'workspace']).data?.[0];
  const { act, busy } = useAct();
  if (latest === undefined) return null;
  const { import: row, file } = latest;
  const isUndo = row.undo !== null;
  const sentence = isUndo ? t('brokenOff.undo', { file: row.fileName }) : t('brokenOff.import', { file: row.fileName, when: formats.dateTime(row.startedAt), count: row.counts.rows });
  const remedy = isUndo ? '' : file === null ? t('brokenOff.chooseAgain') : row.canUndo ? t('brokenOff.either') : t('brokenOff.again');
  return (
    <div className="note" data-tone="wrong" role="status">
      {[sentence, remedy].join(' ')}
      <Group gap={12} justify="center">
        {!isUndo && (
          <Button size="compact-xs" variant="subtle" onClick={() => void takeUpImport(latest).then(() => go({ screen: 'import' }))}>
            {t(file === null ? 'brokenOff.choose' : 'brokenOff.takeUp')}
          </Button>
        )}
        <UndoButton row={row} inNote onDone={() => go({ screen: 'imports' })} />
        <Button size="compact-xs" variant="subtle" loading={busy} onClick={() => void act('imports.leaveSo', { import: row.id })}>
          {t('brokenOff.leave')}
        </Button>
      </Group>
    </div>
  );
}
