// The flows a contact is in, or was in, and where it stands; with what can be done about that by hand.
import { useState } from 'react';
import { ActionIcon, Anchor, Group, Menu, Stack, Text } from '@mantine/core';
import { IconArrowRight, IconDots, IconDoorExit, IconPlayerTrackNext, IconRefresh, IconRotateClockwise, IconVersions } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactDetail, ContactInFlow, LineEntry } from '../../shared/api.ts';
import { configOf } from '../../shared/flow/reading.ts';
import { stepType } from '../../shared/steps/index.ts';
import { waitsAt } from '../../shared/steps/step.ts';
import { useAct, useCall } from '../backend.ts';
import { useText } from '../app/i18n.ts';
import { showNote, showSuccess } from '../app/notices.tsx';
import { addressOf } from '../app/routes.ts';
import { useFormats, useNow } from '../app/workspace.tsx';
import { useFollow } from '../flows/FollowVersion.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { useExitReason } from './exit-reasons.ts';

export function InFlows({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation('contacts');
  const { t: tLive } = useTranslation('live-flows');
  const formats = useFormats();
  const now = useNow();
  const exitReason = useExitReason();
  const text = useText();
  if (contact.flows.length === 0 && contact.lines.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('inNoFlow')}
      </Text>
    );
  }
  const stepName = ({ stepName: name }: ContactInFlow) => (name === null ? '' : text(name));
  const where = (entry: ContactInFlow) => {
    if (entry.state === 'exited') return t('flow.exited', { reason: exitReason(entry.exitReason ?? '') });
    if (entry.state === 'active' && entry.dueAt !== null) return t('flow.waitsUntil', { step: stepName(entry), when: formats.soon(entry.dueAt, now) });
    return t(`flow.${entry.state}`, { step: stepName(entry) });
  };
  return (
    <Stack gap="sm">
      {contact.lines.map((entry) => (
        <InLine key={entry.entry} entry={entry} />
      ))}
      {contact.flows.map((entry) => (
        <Group key={entry.enrollment} justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
          <div style={{ minWidth: 0 }}>
            <Anchor size="sm" fw={600} className="plain-link" href={addressOf({ screen: 'flow', id: entry.flow })}>
              {entry.flowName}
            </Anchor>
            <Text size="sm">
              {where(entry)}
              {entry.keptVersion !== null && ` · ${tLive('keep.version', { version: entry.keptVersion })}`}
            </Text>
            <Text fz="xs" c="dimmed">
              {t('enteredAt', { when: formats.dateTime(entry.enteredAt) })}
            </Text>
          </div>
          {entry.state !== 'finished' && entry.state !== 'exited' && <ByHand entry={entry} />}
        </Group>
      ))}
      {contact.flows.length < contact.passages && (
        <Text fz="xs" c="dimmed">
          {t('flow.earlier', { shown: contact.flows.length, total: contact.passages })}
        </Text>
      )}
    </Stack>
  );
}

/** A flow that the contact is to come into later (FEATURES D7). */
function InLine({ entry: { entry, flow, flowName, place, since, dueAt } }: { entry: LineEntry }) {
  const { t } = useTranslation('contact-page');
  const formats = useFormats();
  const now = useNow();
  const { act, busy } = useAct();
  return (
    <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
      <div style={{ minWidth: 0 }}>
        <Anchor size="sm" fw={600} className="plain-link" href={addressOf({ screen: 'flow', id: flow })}>
          {flowName}
        </Anchor>
        <Text size="sm">{dueAt === null ? t('line.whenOut', { place }) : t('line.due', { place, when: formats.soon(dueAt, now) })}</Text>
        <Text fz="xs" c="dimmed">
          {t('line.since', { when: formats.dateTime(since) })}
        </Text>
      </div>
      <ActionIcon variant="subtle" color="gray" size="sm" disabled={busy} aria-label={t('line.remove', { flow: flowName })} title={t('line.remove', { flow: flowName })} onClick={() => void act('line.remove', { flow, entries: [entry] }, t('line.removed', { flow: flowName }))}>
        <IconDoorExit size={16} stroke={1.7} />
      </ActionIcon>
    </Group>
  );
}

type Act = 'skip' | 'restart' | 'remove' | 'retry' | 'follow';

/** Moves, skips, restarts, takes out, tries again: this contact only. */
function ByHand({ entry }: { entry: ContactInFlow }) {
  const { t } = useTranslation('contact-page');
  const { t: tLive } = useTranslation('live-flows');
  const text = useText();
  const { act, busy } = useAct();
  const [opened, setOpened] = useState(false);
  const [asking, setAsking] = useState<'restart' | 'remove' | null>(null);
  const live = useCall(opened ? 'flows.get' : null, { flow: entry.flow }, ['flows']).data?.live?.flow;
  const current = live?.steps.find(({ id }) => id === entry.stepId);
  const type = current === undefined ? undefined : stepType(current.type);
  const waits = type !== undefined && waitsAt(type, configOf(current!) ?? type.config.parse({}));
  const who = { flow: entry.flow, enrollments: [entry.enrollment] };
  // Where the step is gone or switched off it is asked where they go on.
  const isGone = live !== undefined && (current === undefined || current.disabled === true);
  const follow = useFollow({ id: entry.flow, name: entry.flowName, kept: 1 }, [entry]);
  const icon = { size: 16, stroke: 1.6 } as const;

  const tell = (result: { done: number } | undefined) => {
    if (result === undefined) return;
    if (result.done === 0) showNote(t('flow.notPossible'));
    else showSuccess(t('flow.done'));
    setAsking(null);
  };
  const doIt = async (what: Act) => tell(await act(`enrollments.${what}`, who));

  return (
    <>
      <Menu position="bottom-end" width={250} opened={opened} onChange={setOpened}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="sm" disabled={busy} aria-label={t('flow.actions', { flow: entry.flowName })}>
            <IconDots size={16} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown mah={380} style={{ overflowY: 'auto' }}>
          {entry.state === 'failed' && (
            <Menu.Item leftSection={<IconRefresh {...icon} />} onClick={() => void doIt('retry')}>
              {t('flow.retry')}
            </Menu.Item>
          )}
          {entry.keptVersion !== null && (
            <Menu.Item leftSection={<IconVersions {...icon} />} onClick={() => (isGone ? follow.open() : void doIt('follow'))}>
              {tLive('keep.one')}
            </Menu.Item>
          )}
          {(waits || (current === undefined && entry.keptVersion !== null)) && (
            <Menu.Item leftSection={<IconPlayerTrackNext {...icon} />} onClick={() => void doIt('skip')}>
              {t('flow.skip')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconRotateClockwise {...icon} />} onClick={() => setAsking('restart')}>
            {t('flow.restart')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconDoorExit {...icon} />} onClick={() => setAsking('remove')}>
            {t('flow.remove')}
          </Menu.Item>
          {live !== undefined && live.steps.length > 1 && (
            <>
              <Menu.Label>{t('flow.move')}</Menu.Label>
              {live.steps
                .filter(({ id }) => id !== entry.stepId)
                .map((step) => (
                  <Menu.Item key={step.id} leftSection={<IconArrowRight {...icon} />} onClick={() => void act('enrollments.move', { ...who, to: step.id }).then(tell)}>
                    {step.name ?? text(stepType(step.type)?.label ?? { text: step.type })}
                  </Menu.Item>
                ))}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {follow.dialog}
      <Confirm opened={asking === 'restart'} danger={false} title={t('flow.restart')} verb={t('flow.restart')} busy={busy} onConfirm={() => void doIt('restart')} onClose={() => setAsking(null)}>
        {t('flow.restartAsk', { flow: entry.flowName })}
      </Confirm>
      <Confirm opened={asking === 'remove'} title={t('flow.remove')} verb={t('flow.remove')} busy={busy} onConfirm={() => void doIt('remove')} onClose={() => setAsking(null)}>
        {t('flow.removeAsk', { flow: entry.flowName })}
      </Confirm>
    </>
  );
}
