// Before a flow goes live: what would change, what is wrong, and whom it concerns.
import { Alert, Modal, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flow } from '../../shared/flow/flow.ts';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { lostWays } from '../../shared/flow/lost-ways.ts';
import { mayPublish } from '../../shared/flow/problems.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { fieldsOf } from '../../shared/fields.ts';
import { stepType } from '../../shared/steps/index.ts';
import { useText } from '../app/i18n.ts';
import { showFailure, showSuccess } from '../app/notices.tsx';
import { useFormats } from '../app/workspace.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { changesBetween, type FlowChange } from './changes.ts';
import { triggerTitle } from './describe.ts';
import { useEditor, useEditorData, useFlowState, useUi } from './editor-context.tsx';
import { ExistingMatches, type Existing } from './ExistingMatches.tsx';
import { KeepQuestion, useWaiting } from './KeptPeople.tsx';
import { BackfillQuestion, RemovedQuestions, type Backfill } from './LivePeople.tsx';
import { ProblemRows } from './ProblemsPanel.tsx';
import { PublishEffect } from './PublishEffect.tsx';

const SHOWN = 30;
const NONE_REMOVED: RemovedChoice[] = [];

export function PublishDialog() {
  const { t } = useTranslation('editor');
  const { ui } = useEditor();
  const opened = useUi((state) => state.dialog?.kind === 'publish');
  const close = () => ui.getState().set({ dialog: null });
  return (
    <Modal opened={opened} onClose={close} title={t('publish.title')} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
      {opened && <Content close={close} />}
    </Modal>
  );
}

function Content({ close }: { close(): void }) {
  const { t } = useTranslation('editor');
  const formats = useFormats();
  const { store } = useEditor();
  const { problems } = useEditorData();
  const flow = useFlowState((state) => state.flow);
  const live = useFlowState((state) => state.live);
  const flowState = useFlowState((state) => state.flowState);
  const inside = useUi((ui) => ui.counts?.active ?? 0);
  const [busy, setBusy] = useState(false);
  const [removed, setRemoved] = useState<RemovedChoice[]>([]);
  const [keep, setKeep] = useState(false);
  const [backfill, setBackfill] = useState<Backfill | undefined>();
  const [existing, setExisting] = useState<Existing | undefined>();
  const changes = useMemo(() => changesBetween(live?.flow ?? null, flow), [live, flow]);
  const free = mayPublish(problems);
  const errors = problems.filter((problem) => problem.severity === 'error');
  const others = problems.filter((problem) => problem.severity !== 'error');
  const nothing = live !== null && changes.length === 0;

  async function publish() {
    setBusy(true);
    try {
      const { version } = await store.getState().publish({ ...(existing !== undefined && { existing }), ...(keep ? { keep } : removed.length > 0 && { removed }), ...(backfill !== undefined && { backfill }) });
      close();
      showSuccess(t('publish.done', { version }));
    } catch (error) {
      showFailure(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Stack gap="md">
      {nothing ? <Text size="sm">{t('publish.nothing')}</Text> : <Changes changes={changes} isFirst={live === null} />}
      {errors.length > 0 && (
        <Stack gap={4}>
          <Text fw={600} size="sm">
            {t('publish.errors', { count: errors.length })}
          </Text>
          <ProblemRows problems={errors} onGo={close} />
        </Stack>
      )}
      {others.length > 0 && (
        <Stack gap={4}>
          <Text fw={600} size="sm">
            {t('publish.warnings', { count: others.length })}
          </Text>
          <ProblemRows problems={others} onGo={close} />
        </Stack>
      )}
      {live !== null && !keep && <LostWays before={live.flow} now={flow} />}
      {inside > 0 && !nothing && !free && <Alert color="canal">{t('publish.inside', { count: inside, number: formats.number(inside) })}</Alert>}
      {live !== null && free && !nothing && (
        <>
          <KeepQuestion version={live.version} value={keep} onChange={setKeep} />
          {!keep && <RemovedQuestions before={live.flow} now={flow} value={removed} onChange={setRemoved} />}
          {changes.some(({ kind }) => kind === 'stepAdded') && <BackfillQuestion value={backfill} onChange={setBackfill} />}
        </>
      )}
      {free && !nothing && asksAgain(changes, live === null) && <ExistingMatches value={existing} onChange={setExisting} />}
      {free && !nothing && ((live !== null && inside > 0) || existing !== undefined || backfill !== undefined) && <PublishEffect removed={keep ? NONE_REMOVED : removed} keep={keep} existing={existing} backfill={backfill} />}
      {flowState === 'paused' && <Text size="sm">{t('publish.paused')}</Text>}
      <DialogFoot verb={t('publish.confirm', { version: (live?.version ?? 0) + 1 })} focus="verb" busy={busy} disabled={!free || nothing} onAnswer={() => void publish()} onClose={close} />
    </Stack>
  );
}

/** Ways out that people wait before, and that are gone in the draft. */
function LostWays({ before, now }: { before: Flow; now: Flow }) {
  const { t, i18n } = useTranslation('editor');
  const text = useText();
  const list = new Intl.ListFormat(i18n.language);
  const waiting = useWaiting();
  const lost = [...lostWays(before, now)].flatMap(([id, { title, ways }]) => {
    const people = waiting(id);
    return people === 0 ? [] : [{ id, line: t('publish.lostWays', { count: people, step: text(title), ways: list.format(ways.map(text)) }) }];
  });
  if (lost.length === 0) return null;
  return (
    <Alert color="amber">
      {lost.map(({ id, line }) => (
        <Text key={id} size="sm">
          {line}
        </Text>
      ))}
    </Alert>
  );
}

/** Who matches already is asked at the first time, and whenever something has changed about how people come in. */
function asksAgain(changes: readonly FlowChange[], isFirst: boolean): boolean {
  return isFirst || changes.some((change) => 'trigger' in change || (change.kind === 'setting' && change.setting === 'entry'));
}

function Changes({ changes, isFirst }: { changes: readonly FlowChange[]; isFirst: boolean }) {
  const { t } = useTranslation('editor');
  const text = useText();
  const words = (change: FlowChange): string => {
    if (change.kind === 'connections') return t('change.connections');
    if (change.kind === 'setting') return t('change.setting', { setting: t(`setting.${change.setting}`) });
    if ('trigger' in change) return t(`change.${change.kind}`, { name: text(triggerTitle(change.trigger)) });
    const name = text(titleOf(change.step));
    if (change.kind !== 'stepChanged') return t(`change.${change.kind}`, { name });
    const type = stepType(change.step.type);
    const labels = new Map(type === undefined ? [] : fieldsOf(type.config).map((field) => [field.name, text(field.meta.label)]));
    const own = { name: t('inspector.name'), note: t('inspector.note'), disabled: t('inspector.disabled'), type: t('change.type') };
    return t('change.stepChanged', {
      name,
      fields: change.fields.map((field) => labels.get(field) ?? own[field as 'name'] ?? field).join(', '),
    });
  };
  return (
    <Stack gap={4}>
      <Text fw={600} size="sm">
        {isFirst ? t('publish.first') : t('publish.changes', { count: changes.length })}
      </Text>
      <ul className="change-list">
        {changes.slice(0, SHOWN).map((change, index) => (
          <li key={index} data-kind={change.kind}>
            {words(change)}
          </li>
        ))}
      </ul>
      {changes.length > SHOWN && <Text size="xs">{t('publish.more', { count: changes.length - SHOWN })}</Text>}
    </Stack>
  );
}
