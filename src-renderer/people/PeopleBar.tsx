// What can be done by hand with the people who are selected: moved, let go on, begun anew, taken out, tried again, brought over.
import { Button, Modal, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallInput, EnrollmentRow } from '../../shared/api.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { useText } from '../app/i18n.ts';
import { call } from '../backend.ts';
import { useFollow } from '../flows/FollowVersion.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { MOST_SELECTED, useDeal, type What } from './deal.ts';
import { RemoveDialog } from './RemoveDialog.tsx';
import { SelectionBar } from './SelectionBar.tsx';

const PAGE = 500;

export type Selection = ReadonlyMap<number, EnrollmentRow>;
type Props = {
  query: Pick<CallInput<'enrollments.list'>, 'flow' | 'step' | 'state'>;
  name: string;
  total: number;
  selected: Selection;
  live: Flow['steps'];
  onSelect(selected: Selection): void;
};

export function PeopleBar({ query, name, total, selected, live, onSelect }: Props) {
  const { t } = useTranslation('people');
  const { t: tPage } = useTranslation('contact-page');
  const { t: tLive } = useTranslation('live-flows');
  const { deal, busy } = useDeal();
  const [asking, setAsking] = useState<'move' | 'restart' | 'remove' | null>(null);
  const close = () => setAsking(null);
  const none = () => onSelect(new Map());
  const kept = [...selected.values()].filter(({ keptVersion }) => keptVersion !== null);
  const follow = useFollow({ id: query.flow, name, kept: kept.length }, kept, none);

  async function selectAll() {
    const all = new Map<number, EnrollmentRow>();
    for (let offset = 0; offset < Math.min(total, MOST_SELECTED); offset += PAGE) {
      const { rows } = await call('enrollments.list', { ...query, offset, limit: PAGE });
      for (const row of rows) if (all.size < MOST_SELECTED) all.set(row.enrollment, row);
    }
    onSelect(all);
  }

  /** Whoever is done with is selected no more. */
  const doIt = async (what: What): Promise<boolean> => {
    const isDone = await deal([{ flow: query.flow, enrollments: [...selected.keys()] }], what);
    if (isDone) none();
    return isDone;
  };

  return (
    <>
      <SelectionBar selected={selected.size} total={total} onAll={selectAll} onNone={none}>
        <Button size="xs" variant="default" disabled={busy || live.length === 0} onClick={() => setAsking('move')}>
          {t('move')}
        </Button>
        {query.state === 'failed' && (
          <Button size="xs" variant="default" disabled={busy} onClick={() => void doIt({ kind: 'retry' })}>
            {tPage('flow.retry')}
          </Button>
        )}
        {kept.length > 0 && (
          <Button size="xs" variant="default" disabled={busy} onClick={follow.open}>
            {tLive('keep.one')} …
          </Button>
        )}
        <Button size="xs" variant="default" disabled={busy} onClick={() => void doIt({ kind: 'skip' })}>
          {query.state === 'failed' ? tLive('errors.skip') : tPage('flow.skip')}
        </Button>
        <Button size="xs" variant="default" disabled={busy} onClick={() => setAsking('restart')}>
          {tPage('flow.restart')} …
        </Button>
        <Button size="xs" variant="default" c="var(--kanal-red)" disabled={busy} onClick={() => setAsking('remove')}>
          {tPage('flow.remove')} …
        </Button>
      </SelectionBar>
      {asking === 'move' && <MoveDialog count={selected.size} live={live} at={query.step ?? null} busy={busy} onClose={close} onMove={(to) => doIt({ kind: 'move', to })} />}
      <Confirm opened={asking === 'restart'} title={t('restartTitle', { count: selected.size })} verb={tPage('flow.restart')} danger={false} busy={busy} onConfirm={() => void doIt({ kind: 'restart' })} onClose={close}>
        <Text size="sm">{t('restartExplain', { name })}</Text>
      </Confirm>
      {asking === 'remove' && <RemoveDialog count={selected.size} explain={t('removeExplain', { name })} busy={busy} onClose={close} onRemove={(reason) => doIt({ kind: 'remove', reason })} />}
      {follow.dialog}
    </>
  );
}

type MoveProps = { count: number; live: Flow['steps']; at: string | null; busy: boolean; onClose(): void; onMove(to: string): Promise<boolean> };

function MoveDialog({ count, live, at, busy, onClose, onMove }: MoveProps) {
  const { t } = useTranslation('people');
  const { t: tApp } = useTranslation();
  const text = useText();
  const [to, setTo] = useState<string | null>(null);
  const targets = live.filter(({ id, disabled }) => id !== at && disabled !== true).map((step) => ({ value: step.id, label: text(titleOf(step)) }));
  return (
    <Modal opened onClose={onClose} title={t('moveTitle', { count })} centered size="md" closeButtonProps={{ 'aria-label': tApp('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (to !== null) void onMove(to);
        }}
      >
        <Stack gap="md">
          <Text size="sm">{t('moveExplain')}</Text>
          <Select label={t('moveTo')} data={targets} value={to} onChange={setTo} searchable data-autofocus nothingFoundMessage={t('noSuchStep')} />
          <DialogFoot verb={t('moveDo')} busy={busy} disabled={to === null} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
