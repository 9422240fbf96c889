// The command line about what to do with contacts that are there, and about taking an import back.
import { expect, test } from 'vitest';
import { rows } from '../../src-main/store/database.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { contactsIn, state, type CommandLine, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
let kanal: CommandLine;
stageForEach((stage) => ({ workspace, folder, kanal } = stage));

test('an import is taken back by its number, says what stays, and is listed as taken back', async () => {
  const ada = addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada', last_name: 'L' });
  const before = state(workspace);
  await kanal('import', [folder.write('a.csv', 'email;first_name\nada@x.dk;New\nbo@x.dk;Bo\n')]);
  const { human, json } = await kanal('undo-import', ['1']);
  expect(human).toBe('Import 1 is taken back: 1 contact removed, 1 given back what they had (1 values, 0 tags, 0 consents), 0 left as they are, wholly or in part.');
  expect(json).toMatchObject({ import: 1, state: 'done', removed: 1, restored: 1, keptList: [] });
  expect(state(workspace)).toEqual(before);
  expect((await kanal('imports', [])).human).toMatch(/^1 .* rejected · taken back$/);
  await expect(kanal('undo-import', ['1'])).rejects.toThrow('Import 1 was taken back already.');
  await kanal('import', [folder.write('b.csv', 'email;first_name\nada@x.dk;Newer\n')]);
  workspace.db.prepare('UPDATE contacts SET first_name = ? WHERE id = ?').run('By hand', ada);
  expect((await kanal('undo-import', ['2'])).human).toContain('  ada@x.dk: First name was changed again later, and stays as it is.');
});

test.each([['x', '"x"'], ['7', 'There is no import number 7.']])('a number that is none, %s', async (given, message) => {
  await expect(kanal('undo-import', [given])).rejects.toThrow(message);
});

test('options say by what contacts are found, what becomes of repeated rows, and what each column does', async () => {
  addContact(workspace, { email: 'ada@x.dk', external_id: '1', first_name: 'Ada', last_name: 'L' });
  const file = folder.write('a.csv', 'email;external_id;first_name;last_name\nada@new.dk;1;New;New\nada@newer.dk;1;Newer;Newer\n');
  const { human } = await kanal('import', [file], { match: 'external_id,email', duplicates: 'last', existing: ['update', 'Last name=keep'] });
  expect(human).toContain('2 rows: 0 added, 1 updated, 0 unchanged, 1 skipped, 0 rejected.');
  expect(contactsIn(workspace)['ada@newer.dk']).toMatchObject({ first_name: 'Newer', last_name: 'L' });
  await expect(kanal('import', [file], { match: 'name' })).rejects.toThrow('--match is one or several of email, phone, external_id');
  await expect(kanal('import', [file], { existing: ['first_name=maybe'] })).rejects.toThrow('For a column, --existing is one of keep, overwrite, fill, append, not "maybe".');
  await expect(kanal('import', [file], { existing: ['maybe'] })).rejects.toThrow('--existing is one of update, fill, skip');
});

test('--profile matches as the last time; without it, as the file proposes', async () => {
  const write = (name: string): string => folder.write(name, 'email;Kolumna\nada@x.dk;Ada\n');
  await kanal('import', [write('a.csv')], { map: ['Kolumna=first_name'] });
  expect((await kanal('import', [write('b.csv')], { profile: true, 'dry-run': true })).json).toMatchObject({ columns: [{}, { column: 'Kolumna', to: 'first_name' }], notes: ['The columns were matched as those of a.csv.', expect.stringContaining('imported before')] });
  expect((await kanal('import', [write('b.csv')], { 'dry-run': true })).json).toMatchObject({ columns: [{}, { column: 'Kolumna', to: 'kolumna', created: true }] });
});

test('a column of status words can be named', async () => {
  const file = folder.write('a.csv', 'email;Mailing\nada@x.dk;subscribed\nbo@x.dk;cleaned\ncy@x.dk;pending\n');
  await kanal('import', [file], { map: ['Mailing=status'], 'consent-source': 'the old program' });
  expect(rows(workspace.db, 'SELECT c.email, k.state FROM consents k JOIN contacts c ON c.id = k.contact_id ORDER BY 1')).toEqual([{ email: 'ada@x.dk', state: 'given' }, { email: 'bo@x.dk', state: 'withdrawn' }]);
});
