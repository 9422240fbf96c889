// Lets a flow run empty, or has it take people in again.
import { Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Drain, FlowRow } from '../../shared/api.ts';
import { useAct } from '../backend.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';

type Flow = Pick<FlowRow, 'id' | 'name' | 'drain' | 'inside'>;

/** `open` asks first, or (where it runs empty already) takes that back; `dialog` must be drawn. `done` is called when it has changed. */
export function useDrain(flow: Flow, done: () => void = () => undefined) {
  const { t } = useTranslation('live-flows');
  const { t: tFlows } = useTranslation('flows');
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);
  const [end, setEnd] = useState<Drain>('pause');

  async function set(to: Drain | null) {
    if ((await act('flows.drain', { flow: flow.id, end: to }, t(to === null ? 'drain.ended' : 'drain.begun', { name: flow.name }))) === undefined) return;
    setAsking(false);
    done();
  }

  const dialog = (
    <Modal opened={asking} onClose={() => setAsking(false)} title={t('drain.title', { name: flow.name })} size="md" closeButtonProps={{ 'aria-label': tFlows('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void set(end);
        }}
      >
        <Stack gap="md">
          <Text>{t('drain.explain', { count: flow.inside })}</Text>
          <Radio.Group label={t('drain.then')} value={end} onChange={(value) => setEnd(value)}>
            <Stack gap="xs" mt="xs">
              <Radio value="pause" label={t('drain.pause')} data-autofocus />
              <Radio value="archive" label={t('drain.archive')} />
            </Stack>
          </Radio.Group>
          <DialogFoot verb={t('drain.confirm')} busy={busy} onClose={() => setAsking(false)} />
        </Stack>
      </form>
    </Modal>
  );
  return { open: () => (flow.drain === null ? setAsking(true) : void set(null)), label: t(flow.drain === null ? 'drain.open' : 'drain.back'), dialog };
}
