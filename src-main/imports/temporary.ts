// Folders for what is needed only while the program runs, such as pasted text: they hold people's data, so they go with it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const folders = new Set<string>();
let isWatching = false;

/** What a folder is called: with the number of the process to which it belongs. */
const NAME = 'kanal-temporary-';

/** Makes a folder of its own among the temporary files; it is removed when the program ends, if not before. */
export function temporaryFolder(): string {
  if (!isWatching) process.once('exit', () => folders.forEach(removeFolder));
  isWatching = true;
  const folder = mkdtempSync(join(tmpdir(), `${NAME}${process.pid}-`));
  folders.add(folder);
  return folder;
}

/** Removes such a folder with everything in it. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
    folders.delete(folder);
  } catch {
    // Something still reads in it (Windows): it goes when the program ends.
  }
}

/** Whether a file lies in such a folder, and goes with it. */
export function isTemporary(file: string): boolean {
  return folders.has(dirname(file));
}

/** Removes the folder of a file that was put among the temporary ones by this program; any other file stays. */
export function removeTemporary(file: string): void {
  if (isTemporary(file)) removeFolder(dirname(file));
}

/** Removes the folders that a program has left behind which was ended by force. Call it when a program begins; nothing stops it. */
export function removeLeftFolders(): void {
  try {
    for (const name of readdirSync(tmpdir())) {
      const process = name.startsWith(NAME) ? Number(/^(\d+)-/.exec(name.slice(NAME.length))?.[1]) : Number.NaN;
      if (Number.isInteger(process) && !isRunning(process)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  } catch {
    // What cannot be removed belongs to another user, whose program will do it.
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // It is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
