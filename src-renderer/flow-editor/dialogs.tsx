// The smaller questions of the editor: which side of a branch stays, whose version counts, who is put in by hand.
import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../shared/contacts/rule.ts';
import { stepsLostWith } from '../../shared/flow/edits.ts';
import { nextOf, outletsOf, stepOf, titleOf } from '../../shared/flow/reading.ts';
import { START } from '../../shared/flow/flow.ts';
import { useText } from '../app/i18n.ts';
import { showFailure, showSuccess } from '../app/notices.tsx';
import { useAct } from '../backend.ts';
import { RuleBuilder } from '../fields/rule-builder.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { deleteStep } from './actions.ts';
import { useEditor, useFlowState, useUi } from './editor-context.tsx';
import { selectedCard } from './selection.ts';
import { showUndo } from './undo-notice.tsx';

export function EditorDialogs() {
  return (
    <>
      <KeepDialog />
      <ConflictDialog />
      <EnrollDialog />
    </>
  );
}

const NONE = '#none';

/** Deleting a step with several ways out: the steps of one stay (UX 1.4.8). */
function KeepDialog() {
  const { t } = useTranslation('editor');
  const editor = useEditor();
  const step = useUi((ui) => (ui.dialog?.kind === 'keep' ? ui.dialog.step : null));
  const close = () => editor.ui.getState().set({ dialog: null });
  return (
    <Modal
      opened={step !== null}
      onClose={close}
      title={t('keep.title')}
      centered
      closeButtonProps={{ 'aria-label': t('close') }}
      onExitTransitionEnd={() => editor.canvas.current?.focus(selectedCard(editor.store.getState().selection) ?? START)}
    >
      {step !== null && <KeepQuestion id={step} close={close} />}
    </Modal>
  );
}

function KeepQuestion({ id, close }: { id: string; close(): void }) {
  const { t } = useTranslation('editor');
  const text = useText();
  const editor = useEditor();
  const flow = useFlowState((state) => state.flow);
  const outlets = outletsOf(flow, stepOf(flow, id));
  const connected = outlets.filter((outlet) => nextOf(flow, id, outlet.id) !== null);
  const [keep, setKeep] = useState(connected[0]?.id ?? NONE);
  const lost = stepsLostWith(flow, id, keep === NONE ? null : keep);
  return (
    <Stack gap="md">
      <Text size="sm">{t('keep.question', { step: text(titleOf(stepOf(flow, id))) })}</Text>
      <Radio.Group value={keep} onChange={setKeep} aria-label={t('keep.title')}>
        <Stack gap="sm">
          {connected.map((outlet) => (
            <Radio key={outlet.id} value={outlet.id} label={t('keep.side', { outlet: text(outlet.label) })} />
          ))}
          <Radio value={NONE} label={t('keep.none')} />
        </Stack>
      </Radio.Group>
      <Text size="xs" c="dimmed" aria-live="polite">
        {t('keep.lost', { count: lost.length })}
      </Text>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={close}>
          {t('cancel')}
        </Button>
        <Button
          color="red"
          data-autofocus
          onClick={() => {
            close();
            showUndo(editor, deleteStep(editor, id, keep === NONE ? null : keep));
          }}
        >
          {t('command.delete')}
        </Button>
      </Group>
    </Stack>
  );
}

/** Another window saved the same flow: nothing is overwritten without being asked (FAULTS F49). */
function ConflictDialog() {
  const { t } = useTranslation('editor');
  const { store } = useEditor();
  const conflict = useFlowState((state) => state.saving.kind === 'conflict');
  const name = useFlowState((state) => state.flow.name);
  const [busy, setBusy] = useState(false);

  async function settle(action: () => Promise<unknown>, done?: string) {
    setBusy(true);
    try {
      await action();
      if (done !== undefined) showSuccess(done);
    } catch (error) {
      showFailure(error);
    } finally {
      setBusy(false);
    }
  }

  const copy = t('copyOf', { name }).slice(0, 200);
  return (
    <Modal
      opened={conflict}
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('conflict.title')}
      centered
    >
      <Stack gap="md">
        <Text size="sm">{t('conflict.explain')}</Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" loading={busy} onClick={() => void settle(() => store.getState().takeTheirs())}>
            {t('conflict.theirs')}
          </Button>
          <Button
            data-autofocus
            loading={busy}
            onClick={() => void settle(() => store.getState().keepMineAsCopy(copy), t('conflict.kept', { name: copy }))}
          >
            {t('conflict.mine')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Putting contacts into a live flow by hand: everybody, or whoever meets a rule. */
function EnrollDialog() {
  const { t } = useTranslation('editor');
  const { ui } = useEditor();
  const opened = useUi((state) => state.dialog?.kind === 'enroll');
  const close = () => ui.getState().set({ dialog: null });
  return (
    <Modal opened={opened} onClose={close} title={t('enroll.title')} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
      {opened && <EnrollQuestion close={close} />}
    </Modal>
  );
}

function EnrollQuestion({ close }: { close(): void }) {
  const { t } = useTranslation('editor');
  const flow = useFlowState((state) => state.flowId);
  const { act, busy } = useAct();
  const [who, setWho] = useState<'rule' | 'all'>('rule');
  const [rule, setRule] = useState<Rule | null>(null);

  async function enroll() {
    const result = await act('flows.enroll', { flow, rule: who === 'all' ? { kind: 'all', rules: [] } : rule });
    if (result === undefined) return;
    showSuccess(t('enroll.done', { enrolled: result.enrolled, skipped: result.skipped }));
    close();
  }

  return (
    <Stack gap="md">
      <Text size="sm">{t('enroll.explain')}</Text>
      <Radio.Group value={who} onChange={(value) => setWho(value)} aria-label={t('enroll.title')}>
        <Stack gap="sm">
          <Radio value="rule" label={t('enroll.byRule')} />
          {who === 'rule' && <RuleBuilder value={rule} onChange={(next) => setRule(next)} />}
          <Radio value="all" label={t('enroll.everybody')} />
        </Stack>
      </Radio.Group>
      <DialogFoot verb={t('enroll.confirm')} busy={busy} disabled={who === 'rule' && rule === null} onAnswer={() => void enroll()} onClose={close} />
    </Stack>
  );
}
