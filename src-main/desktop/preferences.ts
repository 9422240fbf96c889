// What a person has decided about the program on this computer: a small JSON file in the program's own folder.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { desktopChoicesSchema } from '../../shared/api.ts';
import { replaceFile } from '../recent-files.ts';

/** `explained`: it was said once what closing the window does. */
const fileSchema = desktopChoicesSchema.extend({ explained: z.boolean() });
export type Preferences = z.infer<typeof fileSchema>;

const DEFAULTS: Preferences = { keepRunning: null, asksBeforeQuit: true, atLogin: false, language: null, explained: false };

export type PreferencesFile = { get(): Preferences; change(change: Partial<Preferences>): void };

/** Opens the file. One that is missing or cannot be read is as good as none: everything is asked again. */
export function openPreferences(dataFolder: string, log: (message: string, error: unknown) => void): PreferencesFile {
  const file = join(dataFolder, 'desktop.json');
  let known = read(file);
  return {
    get: () => known,
    change(change) {
      known = { ...known, ...change };
      try {
        mkdirSync(dataFolder, { recursive: true });
        replaceFile(file, JSON.stringify(known, null, 2));
      } catch (error) {
        // What was chosen holds until the program ends; that is no reason to keep anybody from their work.
        log('The choices for this computer cannot be written', error);
      }
    },
  };
}

function read(file: string): Preferences {
  try {
    return { ...DEFAULTS, ...fileSchema.partial().parse(JSON.parse(readFileSync(file, 'utf8'))) };
  } catch {
    return DEFAULTS;
  }
}
