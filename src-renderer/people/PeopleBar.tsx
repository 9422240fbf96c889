// What can be done by hand with the people who are selected: moved, let go on, begun anew, taken out, tried again, brought over.
import { Anchor, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallInput } from '../../shared/api.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { useText } from '../app/i18n.ts';
import { showFailure, showNote, showSuccess } from '../app/notices.tsx';
import { call, useAct } from '../backend.ts';

/** As many as one call takes. */
const MOST_SELECTED = 10_000;
const PAGE = 500;

type Asking = 'move' | 'restart' | 'remove';
type Act = Exclude<Asking, 'move'> | 'skip' | 'retry' | 'follow';
type Props = {
  query: Pick<CallInput<'enrollments.list'>, 'flow' | 'step' | 'state'>;
  name: string;
  total: number;
  selected: ReadonlySet<number>;
  live: Flow['steps'];
  /** Whether somebody is on an earlier version. */
  hasKept: boolean;
  onSelect(selected: ReadonlySet<number>): void;
};

export function PeopleBar({ query, name, total, selected, live, hasKept, onSelect }: Props) {
  const { t } = useTranslation('people');
  const { t: tPage } = useTranslation('contact-page');
  const { t: tLive } = useTranslation('live-flows');
  const { act, busy } = useAct();
  const [gathering, setGathering] = useState(false);
  const [asking, setAsking] = useState<Asking | null>(null);
  // Kept here, so that a question that is closed and asked again has it still.
  const [reason, setReason] = useState('');
  const who = { flow: query.flow, enrollments: [...selected] };

  async function selectAll() {
    setGathering(true);
    try {
      const ids = new Set<number>();
      for (let offset = 0; offset < Math.min(total, MOST_SELECTED); offset += PAGE) {
        const { rows } = await call('enrollments.list', { ...query, offset, limit: PAGE });
        for (const { enrollment } of rows) if (ids.size < MOST_SELECTED) ids.add(enrollment);
      }
      onSelect(ids);
    } catch (error) {
      showFailure(error);
    } finally {
      setGathering(false);
    }
  }

  function tell(result: { done: number; skipped: number } | undefined) {
    if (result === undefined) return;
    if (result.done > 0) showSuccess(t('done', { count: result.done }));
    if (result.skipped > 0) showNote(t('notPossible', { count: result.skipped }));
    setAsking(null);
    onSelect(new Set());
  }
  const doIt = async (what: Act, more: { reason?: string } = {}) => tell(await act(`enrollments.${what}`, { ...who, ...more }));

  return (
    <>
      <Group className="bulk-bar" data-below gap="md" role="region" aria-label={t('selection')}>
        <Text size="sm" fw={600} role="status">
          {t('selected', { count: selected.size })}
        </Text>
        {selected.size < Math.min(total, MOST_SELECTED) && (
          <Anchor component="button" type="button" size="sm" c="var(--kanal-accent-text)" disabled={gathering} onClick={() => void selectAll()}>
            {t('selectAll', { count: Math.min(total, MOST_SELECTED) })}
          </Anchor>
        )}
        <Anchor component="button" type="button" size="sm" c="var(--kanal-accent-text)" onClick={() => onSelect(new Set())}>
          {t('selectNone')}
        </Anchor>
        <div style={{ flex: 1 }} />
        <Group gap="xs">
          <Button size="xs" variant="default" disabled={busy || live.length === 0} onClick={() => setAsking('move')}>
            {t('move')}
          </Button>
          {query.state === 'failed' && (
            <Button size="xs" variant="default" disabled={busy} onClick={() => void doIt('retry')}>
              {tPage('flow.retry')}
            </Button>
          )}
          {hasKept && (
            <Button size="xs" variant="default" disabled={busy} onClick={() => void doIt('follow')}>
              {tLive('keep.one')}
            </Button>
          )}
          <Button size="xs" variant="default" disabled={busy} onClick={() => void doIt('skip')}>
            {query.state === 'failed' ? tLive('errors.skip') : tPage('flow.skip')}
          </Button>
          <Button size="xs" variant="default" disabled={busy} onClick={() => setAsking('restart')}>
            {tPage('flow.restart')} …
          </Button>
          <Button size="xs" variant="default" c="var(--kanal-red)" disabled={busy} onClick={() => setAsking('remove')}>
            {tPage('flow.remove')} …
          </Button>
        </Group>
      </Group>
      <Question asking={asking === 'move'} title={t('moveTitle', { count: selected.size })} explain={t('moveExplain')} onClose={() => setAsking(null)}>
        <MoveForm live={live} at={query.step ?? null} busy={busy} onClose={() => setAsking(null)} onMove={async (to) => tell(await act('enrollments.move', { ...who, to }))} />
      </Question>
      <Question asking={asking === 'restart'} title={t('restartTitle', { count: selected.size })} explain={t('restartExplain', { name })} onClose={() => setAsking(null)}>
        <Answer busy={busy} verb={tPage('flow.restart')} onClose={() => setAsking(null)} onAnswer={() => void doIt('restart')} />
      </Question>
      <Question asking={asking === 'remove'} title={t('removeTitle', { count: selected.size })} explain={t('removeExplain', { name })} onClose={() => setAsking(null)}>
        <RemoveForm busy={busy} reason={reason} onReason={setReason} onClose={() => setAsking(null)} onRemove={() => void doIt('remove', { reason: reason.trim() })} />
      </Question>
    </>
  );
}

type QuestionProps = { asking: boolean; title: string; explain: string; onClose(): void; children: ReactNode };

function Question({ asking, title, explain, onClose, children }: QuestionProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={asking} onClose={onClose} title={title} centered size="md" closeButtonProps={{ 'aria-label': t('close') }}>
      <Text size="sm" mb="md">
        {explain}
      </Text>
      {children}
    </Modal>
  );
}

type AnswerProps = { busy: boolean; verb: string; danger?: boolean; disabled?: boolean; onClose(): void; onAnswer?(): void };

/** Without `onAnswer` the button sends the form that it stands in. */
function Answer({ busy, verb, danger = false, disabled = false, onClose, onAnswer }: AnswerProps) {
  const { t } = useTranslation();
  return (
    <Group justify="flex-end" gap="sm">
      <Button variant="default" onClick={onClose}>
        {t('cancel')}
      </Button>
      <Button type={onAnswer === undefined ? 'submit' : 'button'} color={danger ? 'red' : undefined} loading={busy} disabled={disabled} onClick={onAnswer}>
        {verb}
      </Button>
    </Group>
  );
}

function MoveForm({ live, at, busy, onClose, onMove }: { live: Flow['steps']; at: string | null; busy: boolean; onClose(): void; onMove(to: string): Promise<void> }) {
  const { t } = useTranslation('people');
  const text = useText();
  const [to, setTo] = useState<string | null>(null);
  const targets = live.filter(({ id, disabled }) => id !== at && disabled !== true).map((step) => ({ value: step.id, label: text(titleOf(step)) }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (to !== null) void onMove(to);
      }}
    >
      <Stack gap="md">
        <Select label={t('moveTo')} data={targets} value={to} onChange={setTo} searchable data-autofocus nothingFoundMessage={t('noSuchStep')} />
        <Answer busy={busy} verb={t('moveDo')} disabled={to === null} onClose={onClose} />
      </Stack>
    </form>
  );
}

function RemoveForm({ busy, reason, onReason, onClose, onRemove }: { busy: boolean; reason: string; onReason(reason: string): void; onClose(): void; onRemove(): void }) {
  const { t } = useTranslation('people');
  const { t: tPage } = useTranslation('contact-page');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onRemove();
      }}
    >
      <Stack gap="md">
        <TextInput label={t('reason')} description={t('reasonHelp')} maxLength={200} value={reason} onChange={(event) => onReason(event.currentTarget.value)} data-autofocus />
        <Answer busy={busy} verb={tPage('flow.remove')} danger onClose={onClose} />
      </Stack>
    </form>
  );
}
