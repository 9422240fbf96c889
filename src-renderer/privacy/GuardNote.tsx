// The bar that tells what an older or copied workspace has taken over from its guard file, until it was seen.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAct, useCall } from '../backend.ts';

export function GuardNote() {
  const { t } = useTranslation('privacy');
  const notice = useCall('guard.notice', {}, ['workspace']).data;
  const { act, busy } = useAct();
  if (notice === undefined || notice === null) return null;
  const { suppressions, erasures, withdrawals, messages, flowsPaused, trouble } = notice;
  const parts = [
    suppressions + withdrawals > 0 ? t('guard.optOuts', { count: suppressions + withdrawals }) : '',
    erasures > 0 ? t('guard.erasures', { count: erasures }) : '',
    messages > 0 ? t('guard.messages', { count: messages }) : '',
  ].filter((part) => part !== '');
  const isMerged = parts.length > 0;
  return (
    <div className="note" data-tone={isMerged ? 'calm' : 'wrong'} role="status">
      {isMerged && t('guard.merged', { what: parts.join(', ') })} {isMerged && flowsPaused > 0 && t('guard.paused', { count: flowsPaused })} {trouble !== null && t(`guard.${trouble}`)}
      <Button size="compact-xs" variant="subtle" loading={busy} onClick={() => void act('guard.dismiss', {})}>
        {t('guard.seen')}
      </Button>
    </div>
  );
}
