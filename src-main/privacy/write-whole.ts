// Writes a file whole or not at all: beside its place first, and renamed when all of it is on the disk.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { refuseOverWorkspace } from '../store/database.ts';

/** Replaces a file of that name, unless a workspace is there. Throws a ProblemError where it cannot be written, and then nothing is left behind. */
export async function writeWhole(file: string, act: (write: (part: string | Uint8Array) => Promise<void>) => Promise<void>): Promise<void> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) refuse('not-a-file', say('{file} is a folder. Give the file a name inside it, such as contacts.csv.', { file }), { file });
  refuseOverWorkspace(file);
  const unfinished = `${file}.part`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const handle = await open(unfinished, 'w');
    try {
      await act((part) => handle.writeFile(part));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC') refuse('disk-full', say('There is no room left for {file}. Nothing was written; free some space and try again.', { file }), { file });
    if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'ENAMETOOLONG') refuse('file-unwritable', say('{file} cannot be a file here: check its path.', { file }), { file });
    if (code !== undefined && /^E[A-Z]+$/.test(code)) refuse('file-unwritable', say('{file} cannot be written: permission is missing, or another program has it open. Choose another place or close it there.', { file }), { file });
    throw error;
  }
}
