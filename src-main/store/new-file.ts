// Whether a new file may be made somewhere: asked before anything is written, answered in sentences.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';

/** Refuses a path whose folder is missing or may not be written to, and one that is taken: nothing is ever overwritten. */
export function requireNewFile(file: string): void {
  const folder = dirname(resolve(file));
  if (file.includes('\0')) refuse('bad-path', say('This is not a path: it has a null character in it.'), { file });
  if (existsSync(file)) refuse('file-exists', say('{file} already exists. Choose another name; nothing was changed.', { file }), { file });
  if (!existsSync(folder))
    refuse('folder-missing', say('There is no folder {folder}. Make it first, or choose another one.', { folder }), { file });
  if (!statSync(folder).isDirectory())
    refuse('folder-missing', say('{folder} is a file, not a folder. Choose another place.', { folder }), { file });
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    refuse('no-permission', say('You may not write to the folder {folder}. Choose another one.', { folder }), { file });
  }
}
