// What lies among the temporary files goes with the program that has put it there, however that ended: it holds people's data.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeFolder, removeLeftFolders, temporaryFolder } from '../../src-main/imports/temporary.ts';

test('folders of a program that was ended by force are removed by the next one; its own, and those of others, stay', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const left = mkdtempSync(join(tmpdir(), `kanal-temporary-${pid}-`));
  const [own, foreign] = [temporaryFolder(), mkdtempSync(join(tmpdir(), 'kanal-temporary-of-nobody-'))];
  removeLeftFolders();
  expect([left, own, foreign].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  removeFolder(own);
  rmSync(foreign, { recursive: true });
});
