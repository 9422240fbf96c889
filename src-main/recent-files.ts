// Which workspaces were open lately: a small JSON file in the program's own folder.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecentWorkspace } from '../shared/api.ts';
import { randomId } from './ids.ts';

const MOST = 20;
const fileSchema = z.array(z.object({ file: z.string(), name: z.string(), openedAt: z.number() }));

/** The workspaces that were open lately, the latest first. A list that cannot be read is an empty one: nothing depends on it. */
export function recentWorkspaces(dataFolder: string): RecentWorkspace[] {
  return readList(dataFolder).map((recent) => ({ ...recent, missing: !existsSync(recent.file) }));
}

/** Puts a workspace on top of the list. */
export function rememberWorkspace(dataFolder: string, opened: { file: string; name: string; openedAt: number }): void {
  const others = readList(dataFolder).filter(({ file }) => file !== opened.file);
  mkdirSync(dataFolder, { recursive: true });
  replaceFile(listFile(dataFolder), JSON.stringify([opened, ...others].slice(0, MOST), null, 2));
}

function listFile(dataFolder: string): string {
  return join(dataFolder, 'recent.json');
}

function readList(dataFolder: string) {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(listFile(dataFolder), 'utf8')));
  } catch {
    return [];
  }
}

/** Writes a file so that a crash leaves the old one or the new one, never a part (FAULTS 1.2). */
export function replaceFile(file: string, text: string): void {
  const unfinished = `${file}.${randomId()}.part`;
  const handle = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(unfinished, file);
}
