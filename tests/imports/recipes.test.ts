// Recipes: an import that is done again, by hand or for every new file in a watched folder; what cannot be imported stops it once.
import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { inEnglish } from '../../shared/text.ts';
import type { Handlers } from '../../src-main/dispatch.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { recipeHandlers } from '../../src-main/handlers/recipes.ts';
import { diskFiles, type FolderFiles, type FolderWatch } from '../../src-main/imports/watched-folders.ts';
import { listNotices } from '../../src-main/store/notices.ts';
import { writeSettings } from '../../src-main/store/settings.ts';
import { testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';
import { contactsIn, testFolder, type Folder } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
let calls: Pick<Handlers, 'imports.inspect' | 'imports.start' | 'imports.wait' | 'imports.list'>;
let recipes: Pick<Handlers, 'recipes.list' | 'recipes.save' | 'recipes.change' | 'recipes.remove' | 'recipes.run' | 'recipes.look'>;
let watch: FolderWatch;
let shop: string;
let isThere: boolean;
let looks: number;

beforeEach(() => {
  workspace = testWorkspace();
  folder = testFolder();
  shop = folder.path('shop');
  mkdirSync(shop);
  isThere = true;
  looks = 0;
  calls = importHandlers(workspace);
  const files: FolderFiles = {
    list(path) {
      looks++;
      return isThere ? diskFiles.list(path) : null;
    },
  };
  ({ handlers: recipes, watch } = recipeHandlers(workspace, calls, files));
});
afterEach(async () => {
  await watch.stop();
  workspace.close();
  folder.remove();
});

const put = (name: string, ...lines: string[]): string => {
  const file = join(shop, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};

async function bring(file: string, changes: Partial<ImportPlan> = {}): Promise<number> {
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: false });
  const { import: id } = await calls['imports.start']({ file, plan: { ...plan, ...changes }, rejectsFile: null, dryRun: false });
  await calls['imports.wait']({ import: id });
  return id;
}

/** A recipe from a first import, which watches the folder. */
async function watching(pattern = 'export*.csv'): Promise<number> {
  const first = folder.write('first.csv', 'email,first_name,Tags\nfirst@x.dk,First,a\n');
  const { recipe } = await recipes['recipes.save']({ import: await bring(first, { tags: ['shop'], mends: { 2: { 1: 'Mended' } } }), name: 'Weekly' });
  await recipes['recipes.change']({ recipe, name: 'Weekly', folder: shop, pattern, watching: true });
  return recipe;
}

const look = async (): Promise<string[]> => (await watch.look()).map(({ fileName }) => fileName);
const stored = async () => (await recipes['recipes.list']({}))[0]!;

describe('by hand', () => {
  test('the same plan with another file, without what was mended in the first', async () => {
    const first = folder.write('first.csv', 'email,first_name\nada@x.dk,Ada\n');
    const id = await bring(first, { tags: ['shop'], mends: { 2: { 1: 'Mended' } } });
    await recipes['recipes.save']({ import: id, name: 'Weekly' });
    const { import: second } = await recipes['recipes.run']({ recipe: 'weekly', file: folder.write('second.csv', 'email,first_name\nbo@x.dk,Bo\n'), rejectsFile: null });
    expect(await calls['imports.wait']({ import: second })).toMatchObject({ state: 'done', counts: { added: 1 }, recipe: 'Weekly', watched: false });
    expect(contactsIn(workspace)['bo@x.dk']).toMatchObject({ first_name: 'Bo' });
    expect(await stored()).toMatchObject({ name: 'Weekly', kind: 'contacts', folder: null, watching: false, imports: 1, problem: null });
  });

  test('other headers, a name that is taken, a recipe that is gone, a folder that is none: refused in a sentence', async () => {
    const id = await bring(folder.write('first.csv', 'email,first_name\nada@x.dk,Ada\n'));
    const { recipe } = await recipes['recipes.save']({ import: id, name: 'Weekly' });
    await expect(async () => recipes['recipes.run']({ recipe, file: folder.write('other.csv', 'email,last_name\nbo@x.dk,Bo\n'), rejectsFile: null })).rejects.toThrow(/expects/);
    await expect(async () => recipes['recipes.save']({ import: id, name: 'WEEKLY' })).rejects.toThrow('There is a recipe WEEKLY already');
    await expect(async () => recipes['recipes.run']({ recipe: 'Daily', file: 'x.csv', rejectsFile: null })).rejects.toThrow('There is no recipe Daily');
    await expect(async () => recipes['recipes.change']({ recipe, name: 'Weekly', folder: folder.path('nowhere'), pattern: '*', watching: true })).rejects.toThrow('cannot be read');
    await recipes['recipes.remove']({ recipe });
    expect(await recipes['recipes.list']({})).toEqual([]);
    expect(await calls['imports.list']({})).toHaveLength(1);
  });
});

describe('a watched folder', () => {
  test('a file is imported when it has not changed between two looks, and once', async () => {
    await watching();
    const file = put('export 1.csv', 'email,first_name,Tags', 'ada@x.dk,Ada,b');
    put('notes.csv', 'email,first_name,Tags', 'note@x.dk,Note,');
    expect(await look()).toEqual([]);
    // It is still being written.
    put('export 1.csv', 'email,first_name,Tags', 'ada@x.dk,Ada,b', 'bo@x.dk,Bo,');
    expect(await look()).toEqual([]);
    expect(await look()).toEqual(['export 1.csv']);
    expect(await look()).toEqual([]);
    expect(Object.keys(contactsIn(workspace))).toEqual(['first@x.dk', 'ada@x.dk', 'bo@x.dk']);
    expect((await calls['imports.list']({}))[0]).toMatchObject({ fileName: 'export 1.csv', recipe: 'Weekly', watched: true, state: 'done' });
    // Touched, or under another name: it is the very same content.
    const { mtime } = statSync(file);
    utimesSync(file, mtime, new Date(mtime.getTime() + 5000));
    put('export 1 copy.csv', 'email,first_name,Tags', 'ada@x.dk,Ada,b', 'bo@x.dk,Bo,');
    expect([...(await look()), ...(await look()), ...(await look())]).toEqual([]);
    // Next week's file under the same name is another one.
    put('export 1.csv', 'email,first_name,Tags', 'cy@x.dk,Cy,');
    expect([...(await look()), ...(await look())]).toEqual(['export 1.csv']);
  });

  test('a workbook or cards are not imported once more after the program was closed and opened again', async () => {
    const cards = (...names: string[]): string => names.map((name) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nEMAIL:${name.toLowerCase()}@x.dk\r\nEND:VCARD\r\n`).join('');
    const { recipe } = await recipes['recipes.save']({ import: await bring(folder.write('first.vcf', cards('First'))), name: 'Cards' });
    await recipes['recipes.change']({ recipe, name: 'Cards', folder: shop, pattern: '*.vcf', watching: true });
    writeFileSync(join(shop, 'export.vcf'), cards('Ada', 'Bo'));
    expect([...(await look()), ...(await look())]).toEqual(['export.vcf']);
    ({ handlers: recipes, watch } = recipeHandlers(workspace, importHandlers(workspace)));
    expect([...(await look()), ...(await look()), ...(await look())]).toEqual([]);
    expect(await stored()).toMatchObject({ watching: true, problem: null, imports: 1 });
  });

  test('rejected rows go into a folder of their own beside it, where nothing is watched', async () => {
    await watching('*.csv');
    put('export.csv', 'email,first_name,Tags', 'ada@x.dk,Ada,', 'bad,Bad,');
    expect([...(await look()), ...(await look())]).toEqual(['export.csv']);
    const rejects = join(shop, 'rejected', 'export-rejected.csv');
    expect(existsSync(rejects)).toBe(true);
    expect((await calls['imports.list']({}))[0]).toMatchObject({ rejectsFile: rejects, counts: { added: 1, rejected: 1 } });
    expect([...(await look()), ...(await look())]).toEqual([]);
  });

  test('other headers stop it, say why, and nothing is tried again until somebody watches anew', async () => {
    const recipe = await watching();
    put('export.csv', 'email,name,Tags', 'ada@x.dk,Ada,');
    expect([...(await look()), ...(await look())]).toEqual([]);
    const { problem, watching: goesOn } = await stored();
    expect(goesOn).toBe(false);
    expect(inEnglish(problem!.text)).toMatch(/Column 2 of export.csv is "name", but the plan expects "first_name"/);
    const before = looks;
    await look();
    expect(looks).toBe(before);
    expect(await calls['imports.list']({})).toHaveLength(1);
    put('export.csv', 'email,first_name,Tags', 'ada@x.dk,Ada,');
    await recipes['recipes.change']({ recipe, name: 'Weekly', folder: shop, pattern: 'export*.csv', watching: true });
    expect((await stored()).problem).toBeNull();
    expect([...(await look()), ...(await look())]).toEqual(['export.csv']);
  });

  test('a folder that has gone stops it, too', async () => {
    await watching();
    isThere = false;
    await look();
    expect(inEnglish((await stored()).problem!.text)).toContain('cannot be read');
    expect((await stored()).watching).toBe(false);
  });

  test('an import that somebody is running is waited for', async () => {
    await watching();
    put('export.csv', 'email,first_name,Tags', 'ada@x.dk,Ada,');
    await look();
    const file = folder.write('big.csv', ['email,first_name,Tags', ...Array.from({ length: 3000 }, (_, n) => `p${n}@x.dk,P,`)].join('\n'));
    const own = bring(file);
    const [found] = await Promise.all([look(), own]);
    expect([...found, ...(await look())]).toEqual(['export.csv']);
    expect((await stored()).problem).toBeNull();
  });
});

describe('notices', () => {
  const told = () => workspace.heard.flatMap((event) => (event.type === 'notice' ? [[event.title, event.body]] : []));
  const kept = () => listNotices(workspace, true, 10).rows.map(({ kind, title, text }) => [kind, title, text]);

  test('an import by hand is told of on the desktop when it ends, and leaves nothing to be read', async () => {
    writeSettings(workspace, { locale: 'en-GB' });
    await bring(folder.write('people.csv', 'email\nada@x.dk\nbo@x.dk\nnobody\n'));
    expect(told()).toEqual([['The import of people.csv is done.', '2 new, 0 updated, 1 rejected.']]);
    expect(kept()).toEqual([]);
  });

  test('what a watched folder brings, and why a recipe stops, waits until somebody has read it; in the language of the workspace', async () => {
    writeSettings(workspace, { locale: 'da-DK' });
    await watching();
    workspace.heard.length = 0;
    put('export-1.csv', 'email,first_name,Tags', 'new@x.dk,New,a');
    await watch.look();
    await watch.look();
    isThere = false;
    await watch.look();
    await watch.look();
    expect(kept()).toEqual([
      ['recipe', expect.stringContaining('overvåges ikke længere'), expect.stringContaining(shop)],
      ['import', 'Importen af export-1.csv er færdig.', '1 nye, 0 opdateret, 0 afvist.'],
    ]);
    expect(told()).toHaveLength(2);
  });
});
