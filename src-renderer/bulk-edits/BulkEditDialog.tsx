// Changes many contacts at once: what to do, what would happen (who is changed, who is skipped, before and after), then it is
// done with a bar and a way to stop, and can be taken back.
import { useEffect, useState } from 'react';
import { Button, Group, Modal, Progress, Radio, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BulkEditRow, BulkPreview, BulkProgress, BulkWhom } from '../../shared/contacts/bulk-edit.ts';
import { call, onEvent } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { FieldSources } from '../fields/sources.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { ChangeRows, completed, type DraftChange } from './ChangeRows.tsx';
import { PreviewStep } from './PreviewStep.tsx';
import { UndoEdit } from './UndoEdit.tsx';

type Props = {
  opened: boolean;
  onClose: () => void;
  /** Those who are ticked; none: everybody who is shown. */
  selected: ReadonlySet<number>;
  /** Everybody who is shown: how they were found, and how many they are. */
  shown: Pick<BulkWhom, 'rule' | 'search'>;
  total: number;
};

export function BulkEditDialog({ opened, onClose, ...props }: Props) {
  const { t } = useTranslation('edits');
  return (
    <Modal opened={opened} onClose={onClose} title={t('title')} centered size={760} closeOnClickOutside={false}>
      <FieldSources>
        <Steps {...props} onClose={onClose} />
      </FieldSources>
    </Modal>
  );
}

type Step = { at: 'changes' } | { at: 'preview'; preview: BulkPreview | null } | { at: 'running'; id: number } | { at: 'done'; row: BulkEditRow };

function Steps({ selected, shown, total, onClose }: Omit<Props, 'opened'>) {
  const { t } = useTranslation('edits');
  const [whom, setWhom] = useState<'selected' | 'shown'>(selected.size > 0 ? 'selected' : 'shown');
  const [drafts, setDrafts] = useState<DraftChange[]>([{ id: 1, kind: 'set', target: '', value: null }]);
  const [startFlows, setStartFlows] = useState(false);
  const [step, setStep] = useState<Step>({ at: 'changes' });
  const progress = useProgress(step.at === 'running' ? step.id : 0);

  const changes = drafts.flatMap((draft) => completed(draft) ?? []);
  const asked = { changes, whom: whom === 'selected' ? { contacts: [...selected] } : { ...shown }, startFlows };
  const isComplete = changes.length === drafts.length;

  async function look(mayStart: boolean) {
    setStartFlows(mayStart);
    setStep({ at: 'preview', preview: null });
    try {
      const preview = await call('bulkEdits.preview', { ...asked, startFlows: mayStart });
      if (!preview.cancelled) setStep((now) => (now.at === 'preview' ? { at: 'preview', preview } : now));
    } catch (error) {
      showFailure(error);
      setStep({ at: 'changes' });
    }
  }

  async function apply() {
    try {
      const { bulkEdit } = await call('bulkEdits.start', asked);
      setStep({ at: 'running', id: bulkEdit });
      setStep({ at: 'done', row: await call('bulkEdits.wait', { bulkEdit }) });
    } catch (error) {
      showFailure(error);
      setStep({ at: 'changes' });
    }
  }

  function leavePreview() {
    void call('bulkEdits.cancel', { bulkEdit: 0 });
    setStep({ at: 'changes' });
  }

  if (step.at === 'changes') {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete) void look(startFlows);
        }}
      >
        <Stack gap="lg">
          {selected.size > 0 && selected.size < total ? (
            <Radio.Group label={t('whom')} value={whom} onChange={setWhom}>
              <Group gap="lg" mt={6}>
                <Radio value="selected" label={t('whomSelected', { count: selected.size })} />
                <Radio value="shown" label={t('whomShown', { count: total })} />
              </Group>
            </Radio.Group>
          ) : (
            <Text size="sm">{t('whomAll', { count: selected.size > 0 ? selected.size : total })}</Text>
          )}
          <ChangeRows changes={drafts} onChange={setDrafts} />
          <DialogFoot verb={t('look')} disabled={!isComplete} onClose={onClose} />
        </Stack>
      </form>
    );
  }
  if (step.at === 'preview') {
    return <PreviewStep changes={changes} preview={step.preview} progress={progress} startFlows={startFlows} onStartFlows={(on) => void look(on)} onBack={leavePreview} onApply={() => void apply()} />;
  }
  if (step.at === 'running') {
    return (
      <Stack gap="lg">
        <Progress value={progress === null || progress.total === 0 ? 0 : (100 * progress.done) / progress.total} animated aria-label={t('running')} />
        <Group justify="space-between">
          <Text size="sm" role="status">
            {t('running')}
          </Text>
          <Button variant="default" onClick={() => void call('bulkEdits.cancel', { bulkEdit: step.id })}>
            {t('stop')}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack gap="lg">
      <Text role="status">{step.row.state === 'done' ? t('done', { count: step.row.counts.changed, skipped: step.row.counts.unchanged }) : t('stopped', { count: step.row.counts.changed })}</Text>
      <Text size="sm" c="dimmed">
        {t('undoLater')}
      </Text>
      <Group justify="flex-end" gap="sm">
        <UndoEdit row={step.row} />
        <Button onClick={onClose} data-autofocus>
          {t('close')}
        </Button>
      </Group>
    </Stack>
  );
}

/** How far an edit has come, as the machine tells it; 0: a preview. */
function useProgress(id: number): BulkProgress | null {
  const [progress, setProgress] = useState<BulkProgress | null>(null);
  useEffect(() => {
    setProgress(null);
    return onEvent((event) => {
      if (event.type === 'bulkEdit' && event.progress.bulkEdit === id) setProgress(event.progress);
    });
  }, [id]);
  return progress;
}
