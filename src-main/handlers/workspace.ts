// Calls about the workspace file itself: which one is open, making one, opening, closing, a backup.
import { mkdirSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings, WorkspaceInfo } from '../../shared/api.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { isTimeZone, type Instant } from '../../shared/time.ts';
import type { CheckedInput } from '../../shared/api.ts';
import { isVirtual, type Clock } from '../clock.ts';
import type { Handlers } from '../dispatch.ts';
import { recentWorkspaces } from '../recent-files.ts';
import { fillSample } from '../sample/index.ts';
import { backupFile, backupFolder, copyGently, rotateBackups } from '../store/backup.ts';
import { createDatabase } from '../store/database.ts';
import { requireNewFile } from '../store/new-file.ts';
import { isSample, markAsSample, readSettings, writeSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';

/** What the composition root lends to these calls. */
export type WorkspaceHolder = {
  clock: Clock;
  dataFolder: string;
  documentsFolder: string;
  current(): Workspace | null;
  now(): Instant;
  /** Opens a file in place of the one that is open; when it is refused, that one stays open. */
  open(file: string): Promise<Workspace>;
  close(): Promise<void>;
};

type WorkspaceCalls =
  'workspace.current' | 'workspace.recent' | 'workspace.create' | 'workspace.open' | 'workspace.close' | 'workspace.backup';

export function workspaceHandlers(holder: WorkspaceHolder): Pick<Handlers, WorkspaceCalls> {
  return {
    'workspace.current': () => {
      const workspace = holder.current();
      return workspace === null ? null : infoOf(workspace);
    },
    'workspace.recent': () => ({ recent: recentWorkspaces(holder.dataFolder), folder: holder.documentsFolder }),
    'workspace.create': (input) => create(holder, input),
    'workspace.open': async ({ file }) => infoOf(await holder.open(resolve(file))),
    'workspace.close': async () => {
      await holder.close();
      return null;
    },
    'workspace.backup': async ({ file }) => {
      const workspace = holder.current() ?? noWorkspace();
      const folder = backupFolder(holder.dataFolder, workspace.file);
      const target = file === null ? backupFile(folder, workspace.clock.now(), 'by hand') : resolve(file);
      if (file === null) mkdirSync(folder, { recursive: true });
      await copyGently(workspace.db, target);
      if (file === null) rotateBackups(folder, workspace.clock.now());
      return { file: target };
    },
  };
}

/** Stops with the sentence for calls that need an open workspace. */
export function noWorkspace(): never {
  refuse('no-workspace', say('No workspace is open. Open one, or make a new one.'));
}

function infoOf(workspace: Workspace): WorkspaceInfo {
  const { name, timeZone, locale } = readSettings(workspace);
  return {
    file: workspace.file,
    name,
    timeZone,
    locale,
    isSample: isSample(workspace),
    virtualNow: isVirtual(workspace.clock) ? workspace.clock.now() : null,
  };
}

async function create(holder: WorkspaceHolder, input: CheckedInput<'workspace.create'>): Promise<WorkspaceInfo> {
  const settings = settingsFor(input);
  const file = input.file === null ? freeFile(holder.documentsFolder, input.name) : resolve(input.file);
  requireNewFile(file);
  // It gets its name when it is whole: half a workspace is no use to anybody, and would be in the way of the next try.
  const unfinished = `${file}.part`;
  removeDatabase(unfinished);
  try {
    const db = createDatabase(unfinished);
    try {
      writeSettings({ db }, settings);
      if (input.sample) {
        markAsSample({ db });
        await fillSample(db, holder.clock.now());
      }
    } finally {
      db.close();
    }
    renameSync(unfinished, file);
  } catch (error) {
    removeDatabase(unfinished);
    throw error;
  }
  return infoOf(await holder.open(file));
}

function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
}

function settingsFor({ name, timeZone, locale }: CheckedInput<'workspace.create'>): Partial<Settings> {
  const system = new Intl.DateTimeFormat().resolvedOptions();
  const zone = timeZone ?? system.timeZone;
  if (!isTimeZone(zone))
    refuse('unknown-time-zone', say('There is no time zone "{zone}". Use a name such as Europe/Copenhagen.', { zone }), {
      field: 'timeZone',
    });
  const language = localeOf(locale ?? system.locale);
  return { name: name.trim() || 'Kanal', timeZone: zone, locale: language.toString(), currency: currencyOf(language), postalAddress: '' };
}

function localeOf(text: string): Intl.Locale {
  try {
    return new Intl.Locale(text);
  } catch {
    refuse('unknown-locale', say('"{locale}" is not a language tag. Use one such as da-DK or en.', { locale: text }), { field: 'locale' });
  }
}

/** Where the currency is not the euro; the user can change it in the settings. */
const CURRENCIES: Readonly<Record<string, string>> = {
  DK: 'DKK',
  SE: 'SEK',
  NO: 'NOK',
  PL: 'PLN',
  GB: 'GBP',
  US: 'USD',
  CH: 'CHF',
  CZ: 'CZK',
};

function currencyOf(language: Intl.Locale): string {
  return CURRENCIES[language.maximize().region ?? ''] ?? 'EUR';
}

/** A file in the user's documents, named after the workspace as far as every file system allows. */
function freeFile(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  const safe =
    name
      .replace(/[<>:"/\\|?*\p{Cc}]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .replace(/[. ]+$/, '')
      .trim()
      .slice(0, 100) || 'Kanal';
  for (let number = 1; ; number++) {
    const file = join(folder, number === 1 ? `${safe}.kanal` : `${safe} ${number}.kanal`);
    if (!existsSync(file)) return file;
  }
}
