// The settings of a workspace: one row each, as JSON.
import type { Settings } from '../../shared/api.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run, transaction } from './database.ts';

type Open = Pick<Workspace, 'db'>;

/** What a workspace has until somebody says otherwise. */
const DEFAULTS: Settings = { name: '', timeZone: 'UTC', locale: 'en', currency: 'EUR', postalAddress: '' };

/** One setting, or `undefined` where it was never set. The caller knows its type, because the caller wrote it. */
export function readSetting<Value>(workspace: Open, key: string): Value | undefined {
  const found = row<{ value: string }>(workspace.db, 'SELECT value FROM settings WHERE key = ?', key);
  return found === undefined ? undefined : (JSON.parse(found.value) as Value);
}

/** Sets one setting. */
export function writeSetting(workspace: Open, key: string, value: unknown): void {
  run(workspace.db, 'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', key, JSON.stringify(value));
}

/** What the user can set about a workspace (the settings screen). */
export function readSettings(workspace: Open): Settings {
  const stored = Object.fromEntries(
    rows<{ key: string; value: string }>(workspace.db, 'SELECT key, value FROM settings').map(({ key, value }) => [key, JSON.parse(value) as unknown]),
  );
  const known = Object.keys(DEFAULTS).filter((key) => Object.hasOwn(stored, key));
  return { ...DEFAULTS, ...Object.fromEntries(known.map((key) => [key, stored[key]])) } as Settings;
}

/** Replaces the settings that the user can set; others (such as `isSample`) stay. */
export function writeSettings(workspace: Open, settings: Settings): void {
  transaction(workspace.db, () => {
    for (const [key, value] of Object.entries(settings)) writeSetting(workspace, key, value);
  });
}
