// The line at the bottom: whether flows run, what is due next, what a person must look at, and the virtual clock.
import { Loader } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconHelpCircle, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { addDuration, type Instant } from '../../shared/time.ts';
import type { Duration } from '../../shared/fields.ts';
import { useAct, useCall } from '../backend.ts';
import { askFor } from './asked.ts';
import { useText } from './i18n.ts';
import { go } from './routes.ts';
import { useFormats, useNow, useWorkspace } from './workspace.tsx';

export function StatusBar() {
  const { t } = useTranslation();
  const text = useText();
  const formats = useFormats();
  const now = useNow();
  const { virtualNow } = useWorkspace();
  const { data: status } = useCall('runner.status', {}, ['runner', 'flows', 'counts', 'settings']);
  const { act, busy } = useAct();

  return (
    <footer className="frame-status" aria-label={t('status.label')}>
      {status !== undefined && (
        <>
          <button
            type="button"
            className="status-button"
            disabled={busy}
            onClick={() => void act(status.running ? 'runner.stopAll' : 'runner.startAll', {})}
            title={status.running ? t('status.stop') : t('status.start')}
          >
            {status.running ? <IconPlayerPlay size={13} aria-hidden /> : <IconPlayerPause size={13} aria-hidden />}
            {status.running ? t('status.running') : t('status.stopped')}
          </button>
          {status.sendingPaused !== null && (
            <button type="button" className="status-button" onClick={() => (status.sendingPaused?.code === 'away' ? askFor('away') : go({ screen: 'settings', section: 'sending' }))}>
              <IconPlayerPause size={13} color="var(--kanal-amber)" aria-hidden />
              {text(status.sendingPaused.text)}
            </button>
          )}
          <span>{status.nextDueAt === null ? t('status.nothingDue') : t('status.nextDue', { when: formats.soon(status.nextDueAt, now) })}</span>
          {status.unknownMessages > 0 && (
            <button type="button" className="status-button" onClick={() => go({ screen: 'outbox' })}>
              <IconHelpCircle size={13} color="var(--kanal-amber)" aria-hidden />
              {t('status.unknown', { count: status.unknownMessages })}
            </button>
          )}
          {status.heldMessages > 0 && (
            <button type="button" className="status-button" onClick={() => go({ screen: 'outbox' })}>
              <IconPlayerPause size={13} color="var(--kanal-amber)" aria-hidden />
              {t('status.held', { count: status.heldMessages })}
            </button>
          )}
          {status.failedEnrollments > 0 && (
            <button type="button" className="status-button" onClick={() => go({ screen: 'errors' })}>
              <IconAlertTriangle size={13} color="var(--kanal-red)" aria-hidden />
              {t('status.failed', { count: status.failedEnrollments })}
            </button>
          )}
        </>
      )}
      <span style={{ flex: 1 }} />
      {virtualNow !== null && <VirtualClock now={virtualNow} />}
    </footer>
  );
}

const JUMPS = [
  { label: 'clock.hour', duration: { amount: 1, unit: 'hours' } },
  { label: 'clock.day', duration: { amount: 1, unit: 'days' } },
  { label: 'clock.week', duration: { amount: 1, unit: 'weeks' } },
] as const satisfies { label: string; duration: Duration }[];

/** On a host whose time does not pass by itself: what it shows, and buttons that move it. */
function VirtualClock({ now }: { now: Instant }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { timeZone } = useWorkspace();
  const { act, busy } = useAct();
  return (
    <>
      <span style={{ display: 'inline-flex', alignItems: 'center', gap: 5 }}>
        {busy ? <Loader size={12} aria-label={t('loading')} /> : <IconClock size={13} aria-hidden />}
        {t('clock.now', { when: formats.dateTime(now) })}
      </span>
      {JUMPS.map(({ label, duration }) => (
        <button key={label} type="button" className="status-button" disabled={busy} onClick={() => void act('clock.advance', { to: addDuration(now, duration, timeZone) })}>
          {t(label)}
        </button>
      ))}
    </>
  );
}
