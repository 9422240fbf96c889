// The settings of a workspace: what it is called, where and in which money it reckons, when it may send, and whether it is the sample.
import { settingsSchema, type Settings } from '../../shared/api.ts';
import { DEFAULT_SENDING } from '../../shared/messages/sending-rules.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run, transaction } from './database.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** What holds until the user has said otherwise. A zone of UTC and English are never guesses about a person. */
export const DEFAULT_SETTINGS: Settings = { name: 'Kanal', timeZone: 'UTC', locale: 'en', currency: 'EUR', postalAddress: '', ...DEFAULT_SENDING };

/** All settings. One that was never set, or that no longer fits its schema, has its default. */
export function readSettings(workspace: WithDatabase): Settings {
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const { key, value } of rows<{ key: string; value: string }>(workspace.db, 'SELECT key, value FROM settings')) {
    if (!Object.hasOwn(settingsSchema.shape, key)) continue;
    const checked = settingsSchema.shape[key as keyof Settings].safeParse(JSON.parse(value));
    if (checked.success) settings[key] = checked.data;
  }
  return settings as Settings;
}

/** Saves what is given and leaves the rest as it is. The caller has checked the values (zone, locale). */
export function writeSettings(workspace: WithDatabase, settings: Partial<Settings>): void {
  transaction(workspace.db, () => {
    for (const [key, value] of Object.entries(settings)) if (value !== undefined) writeSetting(workspace, key, value);
  });
}

/**
 * A setting that is not part of the settings screen, such as `isSample` or an allowed host; `undefined` when it was never set.
 * The caller who writes the key says what kind of value it holds.
 */
export function readSetting<Value = unknown>(workspace: WithDatabase, key: string): Value | undefined {
  const found = row<{ value: string }>(workspace.db, 'SELECT value FROM settings WHERE key = ?', key);
  return found === undefined ? undefined : (JSON.parse(found.value) as Value);
}

/** Keeps any JSON value under a key. */
export function writeSetting(workspace: WithDatabase, key: string, value: unknown): void {
  run(workspace.db, 'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', key, JSON.stringify(value));
}

/** Whether this is a sample workspace: nothing is ever sent from one. Once marked, it stays one. */
export function isSample(workspace: WithDatabase): boolean {
  return readSetting(workspace, 'isSample') === true;
}

/** Marks the workspace as a sample, for good. */
export function markAsSample(workspace: WithDatabase): void {
  writeSetting(workspace, 'isSample', true);
}
