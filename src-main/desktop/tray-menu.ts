// What the icon beside the clock shows: which of its pictures, the line that says how things stand, and what can be done.
import { say, type Text } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import { flowsRunning, type Standing } from './standing.ts';

export type TrayAct = 'open' | 'stop' | 'start' | 'quit';
/** A `line` can only be read; names are plain strings, because they are the same in every language. */
export type TrayItem = { kind: 'line'; text: Text | string } | { kind: 'act'; act: TrayAct; text: Text; enabled: boolean } | { kind: 'gap' };
export type TrayMenu = { icon: 'running' | 'stopped'; line: Text; items: TrayItem[] };

/**
 * The menu at an instant. `isStopping`: the emergency stop was pressed and mail that was on its way is still ending. Times are
 * written as the workspace writes them, in its zone.
 */
export function trayMenu(standing: Standing, now: Instant, isStopping: boolean): TrayMenu {
  const line = stateLine(standing, now, isStopping);
  const isStopped = standing.kind === 'open' && standing.status.stopped !== null;
  const canStop = standing.kind === 'open' && !isStopped && !isStopping;
  const trouble = standing.kind === 'open' && !isStopped && !isStopping ? standing.status.sendingPaused : null;
  return {
    icon: flowsRunning(standing) > 0 && !isStopping ? 'running' : 'stopped',
    line,
    items: [
      ...(standing.kind === 'open' ? [{ kind: 'line' as const, text: standing.workspace.name }] : []),
      { kind: 'line', text: line },
      ...(standing.kind === 'open' && standing.status.sending ? [{ kind: 'line' as const, text: say('Mail is leaving; the computer is kept awake') }] : []),
      ...(trouble === null ? [] : [{ kind: 'line' as const, text: trouble.text }]),
      { kind: 'gap' },
      { kind: 'act', act: 'open', text: say('Open Kanal'), enabled: true },
      { kind: 'gap' },
      // Both always stand at the same place: whoever is in a hurry must not search.
      { kind: 'act', act: 'stop', text: say('Stop everything now'), enabled: canStop },
      { kind: 'act', act: 'start', text: say('Start everything again'), enabled: isStopped && !isStopping },
      { kind: 'gap' },
      { kind: 'act', act: 'quit', text: say('Quit Kanal'), enabled: true },
    ],
  };
}

function stateLine(standing: Standing, now: Instant, isStopping: boolean): Text {
  if (isStopping) return say('Stopping …');
  if (standing.kind === 'down') return say('Stopped: Kanal cannot reach the workspace');
  if (standing.kind === 'none') return say('No workspace is open');
  const { workspace, status } = standing;
  if (status.stopped !== null) return say('Stopped since {when}', { when: whenText(status.stopped.at, now, workspace) });
  if (!status.running) return say('Flows do not run');
  const flows = status.liveFlows;
  if (flows === 0) return say('No flow is live');
  if (status.nextDueAt === null) return say('Running: {flows, plural, one {# flow} other {# flows}}, nothing due', { flows });
  if (status.nextDueAt <= now) return say('Running: {flows, plural, one {# flow} other {# flows}}, at work now', { flows });
  const when = whenText(status.nextDueAt, now, workspace);
  return isSameDay(status.nextDueAt, now, workspace)
    ? say('Running: {flows, plural, one {# flow} other {# flows}}, next at {when}', { flows, when })
    : say('Running: {flows, plural, one {# flow} other {# flows}}, next on {when}', { flows, when });
}

type Place = { locale: string; timeZone: string };

/** The time alone if it is today in the workspace's zone, otherwise with the date. */
function whenText(at: Instant, now: Instant, place: Place): string {
  const date = isSameDay(at, now, place) ? {} : { dateStyle: 'medium' as const };
  return new Intl.DateTimeFormat(place.locale, { timeStyle: 'short', ...date, timeZone: place.timeZone }).format(at);
}

function isSameDay(one: Instant, other: Instant, { timeZone }: Place): boolean {
  const day = new Intl.DateTimeFormat('en', { dateStyle: 'short', timeZone });
  return day.format(one) === day.format(other);
}
