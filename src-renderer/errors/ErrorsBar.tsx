// What can be done with those who are selected among the stuck, of one flow or of several.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallInput, ErrorRow } from '../../shared/api.ts';
import { call } from '../backend.ts';
import { MOST_SELECTED, useDeal, type What, type Who } from '../people/deal.ts';
import { RemoveDialog } from '../people/RemoveDialog.tsx';
import { SelectionBar } from '../people/SelectionBar.tsx';
import type { Selection } from './ErrorTable.tsx';

const PAGE = 500;

type Props = { query: Pick<CallInput<'errors.list'>, 'flow' | 'step'>; total: number; selected: Selection; onSelect(selected: Selection): void };

export function ErrorsBar({ query, total, selected, onSelect }: Props) {
  const { t } = useTranslation('live-flows');
  const { deal, busy } = useDeal();
  const [removing, setRemoving] = useState(false);

  async function selectAll() {
    const all = new Map<number, ErrorRow>();
    for (let offset = 0; offset < Math.min(total, MOST_SELECTED); offset += PAGE) {
      const { rows } = await call('errors.list', { ...query, offset, limit: PAGE });
      for (const row of rows) if (all.size < MOST_SELECTED) all.set(row.enrollment, row);
    }
    onSelect(all);
  }

  const doIt = async (what: What): Promise<boolean> => {
    const isDone = await deal(byFlow(selected), what);
    if (isDone) onSelect(new Map());
    return isDone;
  };

  return (
    <>
      <SelectionBar selected={selected.size} total={total} onAll={selectAll} onNone={() => onSelect(new Map())}>
        <Button size="xs" variant="default" disabled={busy} onClick={() => void doIt({ kind: 'retry' })}>
          {t('errors.retry')}
        </Button>
        <Button size="xs" variant="default" disabled={busy} onClick={() => void doIt({ kind: 'skip' })}>
          {t('errors.skip')}
        </Button>
        <Button size="xs" variant="default" c="var(--kanal-red)" disabled={busy} onClick={() => setRemoving(true)}>
          {t('errors.remove')} …
        </Button>
      </SelectionBar>
      {removing && <RemoveDialog count={selected.size} explain={t('errors.removeExplain')} busy={busy} onRemove={(reason) => doIt({ kind: 'remove', reason })} onClose={() => setRemoving(false)} />}
    </>
  );
}

/** A call is about one flow. */
function byFlow(selected: Selection): Who[] {
  const flows = Map.groupBy(selected.values(), ({ flow }) => flow);
  return [...flows].map(([flow, rows]) => ({ flow, enrollments: rows.map(({ enrollment }) => enrollment) }));
}
