// The bars below the top bar: the machine is not reachable; everything is stopped; an import was broken off; this is the sample.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAct, useConnection } from '../backend.ts';
import { BrokenOffNote } from '../imports/BrokenOffNote.tsx';
import { GuardNote } from '../privacy/GuardNote.tsx';
import { StoppedNote } from './StoppedNote.tsx';
import { useWorkspace } from './workspace.tsx';

export function Notes() {
  const { t } = useTranslation();
  const { isSample } = useWorkspace();
  const connection = useConnection();
  const { act, busy } = useAct();
  return (
    <>
      {(connection === 'lost' || connection === 'refused') && (
        <div className="note" data-tone="wrong" role="alert">
          {connection === 'lost' ? t('unreachable.lost') : t('unreachable.refused')}
        </div>
      )}
      <StoppedNote />
      <GuardNote />
      <BrokenOffNote />
      {isSample && (
        <div className="note" data-tone="calm" role="note">
          {t('sample.bar')}
          <Button size="compact-xs" variant="subtle" loading={busy} onClick={() => void act('workspace.close', {})}>
            {t('sample.leave')}
          </Button>
        </div>
      )}
    </>
  );
}
