// Brings people who are still on earlier versions of a flow over to the one that runs, and asks where those go on whose step that one
// does not have (FEATURES A14.6, D2).
import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput, ContactInFlow, FlowRow } from '../../shared/api.ts';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { showSuccess } from '../app/notices.tsx';
import { useAct, useCall } from '../backend.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { RemovedChoices, type GoneStep } from './RemovedChoices.tsx';

/** A passage that was kept on an earlier version; `onPaths`: of a divided one, the steps on its paths. */
type Kept = Pick<ContactInFlow, 'enrollment' | 'stepId'> & { onPaths?: readonly string[] };

/** `open` asks first; `dialog` must be drawn. `some`: only these passages; otherwise all that were kept. `done` is called when they are brought over. */
export function useFollow(flow: Pick<FlowRow, 'id' | 'name' | 'kept'>, some?: readonly Kept[], done: () => void = () => undefined) {
  const { t } = useTranslation('live-flows');
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);
  const [removed, setRemoved] = useState<RemovedChoice[]>([]);
  const counts = useCall(asking ? 'flows.counts' : null, { flow: flow.id }, ['counts', 'flows']).data;
  const live = useCall(asking ? 'flows.get' : null, { flow: flow.id }, ['flows']).data?.live?.flow;
  const all = counts === undefined || live === undefined ? [] : goneSteps(counts.kept, live.steps);
  const gone = some === undefined ? all : all.map((each) => ({ ...each, people: some.filter((one) => standsAt(one, each.step)).length })).filter(({ people }) => people > 0);

  async function follow() {
    // Of a step that everybody has left meanwhile nothing has to be said.
    const choices = removed.filter(({ step }) => gone.some((each) => each.step === step));
    const result = await act('enrollments.follow', { flow: flow.id, removed: choices, ...(some !== undefined && { enrollments: some.map(({ enrollment }) => enrollment) }) });
    if (result === undefined) return;
    setAsking(false);
    showSuccess(t('keep.done', { count: result.done }));
    done();
  }

  const open = () => {
    setRemoved([]);
    setAsking(true);
  };
  const dialog = (
    <Confirm opened={asking} title={some === undefined ? t('keep.ask', { name: flow.name }) : t('keep.one')} verb={some === undefined ? t('keep.all') : t('keep.one')} busy={busy || live === undefined || counts === undefined} danger={false} onConfirm={() => void follow()} onClose={() => setAsking(false)}>
      <Stack gap="md">
        <Text size="sm">
          {flow.kept > 1 && t('keep.askBody', { count: flow.kept })} {t('keep.explain')}
        </Text>
        {live !== undefined && <RemovedChoices gone={gone} now={live} value={removed} onChange={setRemoved} />}
      </Stack>
    </Confirm>
  );
  return { open, dialog };
}

function standsAt({ stepId, onPaths = [] }: Kept, step: string): boolean {
  return stepId === step || onPaths.includes(step);
}

/** The steps at which people of earlier versions stand, and that the flow as it runs does not have, or has switched off. */
function goneSteps(kept: CallOutput<'flows.counts'>['kept'], live: readonly { id: string; disabled?: boolean | undefined }[]): GoneStep[] {
  const gone = new Map<string, GoneStep>();
  for (const { step, title, here } of kept.flatMap(({ steps }) => steps)) {
    const now = live.find(({ id }) => id === step);
    if (now !== undefined && now.disabled !== true) continue;
    gone.set(step, { step, title, disabled: now !== undefined, people: (gone.get(step)?.people ?? 0) + here });
  }
  return [...gone.values()];
}
