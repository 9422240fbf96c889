// What lies among the temporary files goes with the program that has put it there, however that ended: it holds people's data.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeFolder, removeLeftFolders, temporaryFolder } from '../../src-main/imports/temporary.ts';
import { stageForEach, type ImportCalls, type ImportStage } from './import-fixture.ts';

test('folders of a program that was ended by force are removed by the next one; its own, and those of others, stay', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const left = mkdtempSync(join(tmpdir(), `kanal-temporary-${pid}-`));
  const [own, foreign] = [temporaryFolder(), mkdtempSync(join(tmpdir(), 'kanal-temporary-of-nobody-'))];
  removeLeftFolders();
  expect([left, own, foreign].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  removeFolder(own);
  rmSync(foreign, { recursive: true });
});

describe('tables that were made of a workbook', () => {
  let folder: ImportStage['folder'];
  let calls: ImportCalls;
  stageForEach((stage) => ({ folder, calls } = stage));

  const ours = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`kanal-temporary-${process.pid}-`)).sort();
  const cards = (name: string, ...people: string[]): string => folder.write(name, people.map((email) => `BEGIN:VCARD\nVERSION:3.0\nFN:${email}\nEMAIL:${email}\nEND:VCARD\n`).join(''));
  const inspect = async (file: string) => (await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: true })).plan;

  test('go when another file is chosen', async () => {
    const before = ours();
    await inspect(cards('one.vcf', 'ada@x.dk'));
    const first = ours().filter((name) => !before.includes(name));
    expect(first).toHaveLength(1);
    await inspect(cards('two.vcf', 'bo@x.dk'));
    const second = ours().filter((name) => !before.includes(name));
    expect(second).toHaveLength(1);
    expect(second).not.toEqual(first);
    await calls['imports.letGo']({ file: null });
    expect(ours()).toEqual(before);
  });

  test('go when the import is done, and not while it reads them', async () => {
    const before = ours();
    const file = cards('many.vcf', ...Array.from({ length: 3000 }, (_, n) => `p${n}@x.dk`));
    const plan = await inspect(file);
    const { import: id } = await calls['imports.start']({ file, plan, rejectsFile: null, dryRun: false });
    await calls['imports.letGo']({ file: null });
    expect(ours()).not.toEqual(before);
    expect(await calls['imports.wait']({ import: id })).toMatchObject({ state: 'done', counts: { added: 3000 } });
    expect(ours()).toEqual(before);
  });

  test('go when the preparing is left, and are made anew for whoever comes back to it', async () => {
    const before = ours();
    const file = cards('one.vcf', 'ada@x.dk');
    const plan = await inspect(file);
    await calls['imports.letGo']({ file: null });
    expect(ours()).toEqual(before);
    expect(await calls['imports.preview']({ file, plan })).toMatchObject({ counts: { added: 1 } });
    await calls['imports.letGo']({ file });
    expect([ours(), existsSync(file)]).toEqual([before, true]);
  });

  test('pasted text goes with it; a file of the user stays', async () => {
    const before = ours();
    const { file } = await calls['imports.fromText']({ text: 'email\nada@x.dk\n' });
    await inspect(file);
    await calls['imports.letGo']({ file: null });
    expect(existsSync(file)).toBe(true);
    await calls['imports.letGo']({ file });
    expect([ours(), existsSync(file)]).toEqual([before, false]);
  });
});
