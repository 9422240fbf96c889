// A workspace is no table: neither the open one under any of its names, nor another one. Opening and closing the file of an open
// one would take away the locks that keep other programs out (FAULTS F8; POSIX).
import { linkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stage, type Stage } from '../privacy/backend-stage.ts';
import { expectLocked, WORKSPACE_FILES } from '../workspace/held-locks.ts';

let s: Stage;
let file: string;
beforeEach(async () => {
  s = stage();
  file = join(s.folder, 'shop.kanal');
  await s.call('workspace.create', { name: 'Shop', file, timeZone: 'Europe/Copenhagen', locale: 'da-DK', sample: false });
});
afterEach(() => s.end());

const WAYS: [string, (path: string) => Promise<string | undefined>][] = [
  ['as a table of contacts', (path) => s.refusal('imports.inspect', { file: path })],
  ['as a file of events', (path) => s.refusal('events.importFile', { file: path })],
  ['as a list of blocked addresses', (path) => s.refusal('suppressions.importFile', { file: path })],
  ['as a list of hashes', (path) => s.refusal('erasure.importHashes', { file: path })],
];

test.skipIf(process.platform !== 'linux').each(WAYS)('%s it is refused before it is opened, under whatever name, and its locks stay', async (_, read) => {
  const names = WORKSPACE_FILES.map((end) => `${file}${end}`);
  await expectLocked(file);
  for (const [index, own] of names.entries()) {
    const [soft, hard] = [join(s.folder, `soft${index}.csv`), join(s.folder, `hard${index}.csv`)];
    symlinkSync(own, soft);
    linkSync(own, hard);
    for (const path of [own, soft, hard]) expect(await read(path), path).toBe('is-workspace');
  }
  await expectLocked(file);
});

test.skipIf(process.platform !== 'linux')('nor is an export written over what stands beside it', async () => {
  await expectLocked(file);
  for (const place of [`${file}-lock`, join(s.folder, 'hard.csv')]) {
    if (place.endsWith('.csv')) linkSync(`${file}-lock`, place);
    expect(await s.refusal('exports.contacts', { file: place })).toBe('over-workspace');
  }
  await expectLocked(file);
});
