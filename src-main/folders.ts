// Where things are on this computer: the program's own data, the user's documents, the built window.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The program's own folder (recent files, backups, logs): the same one that Electron uses, so that the window and the command
 * line know the same. KANAL_DATA_FOLDER puts it elsewhere: for a portable copy, and for tests.
 */
export function dataFolder(): string {
  const chosen = process.env['KANAL_DATA_FOLDER'];
  if (chosen !== undefined && chosen !== '') return chosen;
  if (process.platform === 'win32') return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Kanal');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Kanal');
  return join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'Kanal');
}

/** Where new workspaces go when the user does not say. */
export function documentsFolder(): string {
  const documents = join(homedir(), 'Documents');
  return join(existsSync(documents) ? documents : homedir(), 'Kanal');
}

/** The built window. This module runs from src-main or, bundled, from dist/main. */
export function rendererFolder(): string {
  const beside = join(import.meta.dirname, '..', 'renderer');
  return existsSync(beside) ? beside : join(import.meta.dirname, '..', 'dist', 'renderer');
}

/** What ships beside the code: typefaces, words of documents. */
export function assetsFolder(): string {
  const beside = join(import.meta.dirname, '..', '..', 'assets');
  return existsSync(beside) ? beside : join(import.meta.dirname, '..', 'assets');
}
