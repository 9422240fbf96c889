// Calls about the settings of a workspace.
import type { Settings } from '../../shared/api.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { isTimeZone } from '../../shared/time.ts';
import type { Handlers } from '../dispatch.ts';
import { settleSettings } from '../runner/moved-home.ts';
import { transaction } from '../store/database.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSettings, writeSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';

/** By these it is reckoned when somebody is due, and when a message leaves: where they change, somebody may be due now. */
const RECKONED_WITH = ['timeZone', 'quietHours', 'quietDays', 'frequencyCap'] as const;

export function settingsHandlers(workspace: Workspace): Pick<Handlers, 'settings.get' | 'settings.save'> {
  return {
    'settings.get': () => readSettings(workspace),
    'settings.save': (settings) => {
      const name = settings.name.trim();
      if (name === '') refuse('name-missing', say('The workspace needs a name.'), { field: 'name' });
      if (!isTimeZone(settings.timeZone)) refuse('zone-unknown', say('"{zone}" is not a time zone. Choose one such as Europe/Copenhagen.', { zone: settings.timeZone }), { field: 'timeZone' });
      if (!isLocale(settings.locale)) refuse('locale-unknown', say('"{locale}" is not a language and region. Choose one such as da-DK.', { locale: settings.locale }), { field: 'locale' });
      if (!Intl.supportedValuesOf('currency').includes(settings.currency)) refuse('currency-unknown', say('"{currency}" is not a currency. Choose one such as DKK or EUR.', { currency: settings.currency }), { field: 'currency' });
      const { quietHours, quietDays } = settings;
      if (quietHours != null && quietHours.from === quietHours.to) refuse('quiet-hours-empty', say('Quiet hours from {from} to {to} leave nothing quiet. Choose two different times, or none.', quietHours), { field: 'quietHours' });
      if (new Set(quietDays).size === 7) refuse('quiet-days-all', say('With no day left to send on, nothing would ever be sent. Leave at least one.'), { field: 'quietDays' });
      const before = readSettings(workspace);
      const changed = transaction(workspace.db, () => {
        writeSettings(workspace, { ...settings, name, postalAddress: settings.postalAddress.trim() });
        const differing = differences(before, readSettings(workspace));
        if (Object.keys(differing).length > 0) recordAudit(workspace, 'user', 'settings-changed', differing);
        return differing;
      });
      workspace.changed('settings', 'workspace');
      const now = readSettings(workspace);
      const isReckonedAnew = RECKONED_WITH.some((key) => key in changed);
      return (isReckonedAnew ? settleSettings(workspace, before.timeZone, now.timeZone) : Promise.resolve()).then(() => {
        // Who waits for a rule may be due now, too.
        workspace.wake();
        return null;
      });
    },
  };
}

/** What has changed, from what to what. */
function differences(before: Settings, now: Settings): Record<string, { from: unknown; to: unknown }> {
  const keys = Object.keys(now) as (keyof Settings)[];
  return Object.fromEntries(keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key])).map((key) => [key, { from: before[key], to: now[key] }]));
}

function isLocale(text: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(text).length > 0;
  } catch {
    return false;
  }
}
