// A disk without room for the rejected rows: it is said where, and what helps; what has come in stays, goes on, or is taken back.
import { readFileSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ProblemError } from '../../shared/problem.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { commandLine, contactsIn, dump, importFile, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

/** A place at which every byte is one too many. */
function fullPlace(name: string): string {
  symlinkSync('/dev/full', `${folder.path(name)}.part`);
  return folder.path(name);
}

const problemOf = async (act: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof ProblemError ? error.problems[0] : error;
};

test.skipIf(process.platform !== 'linux').each([
  ['at the end', 3],
  ['on the way', 2000],
])('an import of contacts that meets it %s says so; it can be finished with another place, and taken back', async (_, rejected) => {
  addContact(workspace, { email: 'old@x.dk' });
  const before = dump(workspace);
  const file = folder.write('people.csv', `email\nada@x.dk\n${Array.from({ length: rejected }, (_each, n) => `nobody${n}\n`).join('')}bo@x.dk\n`);
  const full = fullPlace('rejected.csv');
  const calls = importHandlers(workspace);
  expect(await problemOf(importFile(workspace, file, {}, { rejectsFile: full, calls }))).toMatchObject({ code: 'rejects-full', place: { file: full } });
  const [failed] = await calls['imports.list']({});
  expect(failed).toMatchObject({ state: 'failed', rejectsFile: null });

  const done = await importFile(workspace, file, {}, { rejectsFile: folder.path('elsewhere.csv'), calls });
  expect(done).toMatchObject({ state: 'done', counts: { rows: rejected + 2, rejected } });
  expect(Object.keys(contactsIn(workspace)).sort()).toEqual(['ada@x.dk', 'bo@x.dk', 'old@x.dk']);
  expect(readFileSync(done.rejectsFile!, 'utf8').trim().split('\n')).toHaveLength(rejected + 1);

  for (const { id, canUndo } of await calls['imports.list']({})) if (canUndo) await calls['imports.undo']({ import: id });
  expect(dump(workspace)).toBe(before);
});

test.skipIf(process.platform !== 'linux')('so does a file of events', async () => {
  addContact(workspace, { email: 'ada@x.dk' });
  const before = dump(workspace);
  const kanal = commandLine(workspace);
  const file = folder.write('e.ndjson', '{"email":"ada@x.dk","type":"visited","at":"2024-01-02","eventId":"1"}\n{"email":"nobody@x.dk","type":"visited"}\n');
  symlinkSync('/dev/full', `${folder.path('e-rejected.ndjson')}.part`);
  expect(await problemOf(kanal('event', [file]))).toMatchObject({ code: 'rejects-full' });
  expect((await kanal('event', [file])).json).toMatchObject({ recorded: 0, known: 1 });
  await kanal('undo-import', ['1']);
  expect(dump(workspace)).toBe(before);
});
