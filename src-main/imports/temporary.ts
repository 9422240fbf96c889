// Folders for what is needed only while the program runs, such as pasted text: they hold people's data, so they go with it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();
let isWatching = false;

/** Makes a folder of its own among the temporary files; it is removed when the program ends, if not before. */
export function temporaryFolder(): string {
  if (!isWatching) process.once('exit', () => folders.forEach(removeFolder));
  isWatching = true;
  const folder = mkdtempSync(join(tmpdir(), 'kanal-temporary-'));
  folders.add(folder);
  return folder;
}

/** Removes such a folder with everything in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}
