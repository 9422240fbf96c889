// Brings the people who are still on earlier versions of a flow over to the one that runs (FEATURES A14.6).
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlowRow } from '../../shared/api.ts';
import { showSuccess } from '../app/notices.tsx';
import { useAct } from '../backend.ts';
import { Confirm } from '../ui/Confirm.tsx';

/** `open` asks first; `dialog` must be drawn. */
export function useFollow(flow: Pick<FlowRow, 'id' | 'name' | 'kept'>) {
  const { t } = useTranslation('live-flows');
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);

  async function follow() {
    const result = await act('enrollments.follow', { flow: flow.id });
    if (result === undefined) return;
    setAsking(false);
    showSuccess(t('keep.done', { count: result.done }));
  }

  const dialog = (
    <Confirm opened={asking} title={t('keep.ask', { name: flow.name })} verb={t('keep.all')} busy={busy} danger={false} onConfirm={() => void follow()} onClose={() => setAsking(false)}>
      {t('keep.askBody', { count: flow.kept })} {t('keep.explain')}
    </Confirm>
  );
  return { open: () => setAsking(true), dialog };
}
