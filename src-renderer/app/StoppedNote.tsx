// The bar that says that everything stands still because somebody has said so, here or at the icon beside the clock.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAct, useCall } from '../backend.ts';
import { useFormats, useNow } from './workspace.tsx';

export function StoppedNote() {
  const { t } = useTranslation('desktop');
  const formats = useFormats();
  const now = useNow();
  const stopped = useCall('runner.status', {}, ['runner', 'workspace']).data?.stopped;
  const { act, busy } = useAct();
  if (stopped === undefined || stopped === null) return null;
  return (
    <div className="note" data-tone="wrong" role="status">
      {t('stopped.note', { place: stopped.from, when: formats.soon(stopped.at, now) })}
      <Button size="compact-xs" variant="subtle" loading={busy} onClick={() => void act('runner.startAll', {})}>
        {t('stopped.start')}
      </Button>
    </div>
  );
}
