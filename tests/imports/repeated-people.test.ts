// People who are in a large file again and again. Their rows are kept back and written together, which must not show: what becomes
// of everybody is what the rows say in the order of the file, as when they are judged one by one.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { seededChance } from '../../src-main/sample/chance.ts';
import { rows } from '../../src-main/store/database.ts';
import { testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';
import { importFile, testFolder, type Folder } from './import-fixture.ts';

let folder: Folder;
let workspace: TestWorkspace;
beforeEach(() => {
  folder = testFolder();
  workspace = testWorkspace();
});
afterEach(() => {
  workspace.close();
  folder.remove();
});

const REPEATED = 8000;

/** Three rows of each of many people, in any order, among others who come once; some rows leave cells empty, and one cannot be taken. */
function file(): { path: string; lines: string[][] } {
  const chance = seededChance(5);
  const lines = Array.from({ length: REPEATED * 3 }, (_, n): string[] => [`again${n % REPEATED}@x.dk`, `Name${n}`, chance.next() < 0.3 ? '' : `Town${chance.between(1, 500)}`, `t${chance.between(1, 9)}`, 'a note that makes the row as long as rows are']);
  for (let n = 0; n < 4000; n++) lines.push([`once${n}@x.dk`, `Once${n}`, `Town${n}`, 't1', '']);
  lines.sort(() => chance.next() - 0.5);
  lines.splice(20_000, 0, ['no address', 'Nobody', '', '', '']);
  return { path: folder.write('people.csv', ['email;first_name;Town;Tags;Note', ...lines.map((cells) => cells.join(';'))].join('\n')), lines };
}

const cases: [ImportPlan['duplicates'], (before: string, now: string) => string][] = [
  ['merge', (before, now) => (now === '' ? before : now)],
  ['first', (before) => before],
  ['last', (_, now) => now],
];

test.each(cases)('"%s" leaves everybody as the rows say in their order, and counts as a dry run does', async (duplicates, after) => {
  const { path, lines } = file();
  const dry = await importFile(workspace, path, { duplicates }, { dryRun: true });
  const real = await importFile(workspace, path, { duplicates });
  expect(real.counts).toEqual(dry.counts);
  expect(real.counts).toMatchObject({ rows: REPEATED * 3 + 4001, added: REPEATED + 4000, rejected: 1 });

  const expected = new Map<string, [string, string]>();
  for (const [email, name, town] of lines.filter(([address]) => address!.includes('@')) as [string, string, string][]) {
    const before = expected.get(email);
    expected.set(email, before === undefined ? [name, town] : [after(before[0], name), after(before[1], town)]);
  }
  const found = rows<{ email: string; name: string; town: string | null }>(workspace.db, 'SELECT email, first_name AS name, a_town AS town FROM contacts');
  expect(new Map(found.map(({ email, name, town }) => [email, [name, town ?? '']]))).toEqual(expected);
});
