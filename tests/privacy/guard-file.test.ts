// Lines that are put into the guard file while the disk is not waited for are in it, whatever comes between.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardText, openGuardFile, type GuardLine } from '../../src-main/store/guard-file.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kanal-guard-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (n: number): GuardLine => ({ kind: 'withdrawn', at: n, channel: 'email', topic: '', address: `#${n}` });

test('in their order, before those that are written at once meanwhile', async () => {
  const file = openGuardFile(join(folder, 'a.guard'));
  const beside = file.appendBeside(guardText([line(1), line(2)]));
  file.append(guardText([line(3)]));
  expect(file.read(0)).toEqual({ lines: [line(1), line(2), line(3)], damaged: 0 });
  await beside;
  file.close();
});

test('also when the file is closed before they are on the disk; after it nothing can be written', async () => {
  const path = join(folder, 'a.guard');
  const file = openGuardFile(path);
  const beside = file.appendBeside(guardText([line(1)]));
  file.close();
  await beside;
  await expect(file.appendBeside(guardText([line(2)]))).rejects.toThrow('closed');
  const again = openGuardFile(path);
  expect(again.read(0)).toEqual({ lines: [line(1)], damaged: 0 });
  again.close();
});
