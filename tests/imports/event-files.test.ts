// Files of events by the command line are imports: in the history, with rejected lines to be mended, and taken back; and so are
// recipes and segments by the command line.
import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { rows } from '../../src-main/store/database.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { dump, type CommandLine, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
let kanal: CommandLine;
stageForEach((stage) => ({ workspace, folder, kanal } = stage));
beforeEach(() => void addContact(workspace, { email: 'ada@x.dk' }));

type Report = { import: number; recorded: number; rejectsFile: string };
const events = () => rows<{ type: string; data: string }>(workspace.db, `SELECT type, data FROM events WHERE type <> 'contact_added' ORDER BY id`).map(({ type, data }) => [type, JSON.parse(data) as unknown]);

test.each([
  ['objects', 'e.ndjson', '{"email":"ada@x.dk","type":"visited","list":[1,2],"ok":true}\n{"email":"bo@x.dk","type":"visited"}\nnonsense\n', (text: string) => text.replace('"email":"bo@x.dk"', '"email":"ada@x.dk"').split('\n')[0]!],
  ['a table', 'e.csv', 'email;type;list\nada@x.dk;visited;12\nbo@x.dk;visited;"a;b"\nada@x.dk;visited\n', (text: string) => text.split('\r\n').slice(0, 2).join('\r\n').replace('bo@x.dk', 'ada@x.dk')],
])('%s: known by its hash, rejected lines in a file of the same kind, mended and imported again, taken back', async (_, name, content, mend) => {
  const before = dump(workspace);
  const first = (await kanal('event', [folder.write(name, content)])).json as Report;
  expect(first).toMatchObject({ recorded: 1 });
  const rejects = readFileSync(first.rejectsFile, 'utf8');
  expect(rejects).toContain('There is no contact with the address bo@x.dk');
  const mended = folder.write(`mended-${name}`, mend(rejects));
  const second = (await kanal('event', [mended])).json as Report;
  expect(second).toMatchObject({ recorded: 1, rejected: [] });
  // The line and the reason are no part of what happened.
  expect(events().map(([, data]) => Object.keys(data as object).filter((key) => key.startsWith('_')))).toEqual([[], []]);
  const [latest, earlier] = await importHandlers(workspace)['imports.list']({});
  expect(latest).toMatchObject({ id: second.import, kind: 'events', state: 'done', counts: { rows: 1, added: 1 }, canUndo: true });
  expect(earlier).toMatchObject({ id: first.import, fileHash: expect.stringMatching(/^[0-9a-f]{64}$/), counts: { rows: 3, added: 1, rejected: 2 } });
  await kanal('undo-import', [String(second.import)]);
  await kanal('undo-import', [String(first.import)]);
  expect(dump(workspace)).toBe(before);
});

test.each([
  ['a table', 'e.csv', ['email;type;at', 'ada@x.dk;a;1704189600000', 'ada@x.dk;b;20240103', 'ada@x.dk;c;20240104100000', 'ada@x.dk;d;1704189600']],
  ['objects', 'e.ndjson', [1704189600000, 20240103, 20240104100000, 1704189600].map((at, n) => JSON.stringify({ email: 'ada@x.dk', type: 'abcd'[n], at }))],
])('%s: a number is a time where it is in milliseconds, or a date; the others are no day of 1970', async (_, name, lines) => {
  const done = (await kanal('event', [folder.write(name, lines.join('\n'))])).json as Report & { rejected: unknown[] };
  expect(done).toMatchObject({ recorded: 2 });
  expect(done.rejected).toHaveLength(2);
  expect(rows(workspace.db, `SELECT type, at FROM events WHERE type <> 'contact_added' ORDER BY id`)).toEqual([{ type: 'a', at: Date.UTC(2024, 0, 2, 10) }, { type: 'b', at: Date.UTC(2024, 0, 2, 23) }]);
});

test('a file that cannot be read leaves nothing in the history', async () => {
  await expect(kanal('event', [folder.write('a.csv', 'email;when\nada@x.dk;x\n')])).rejects.toThrow();
  expect(await importHandlers(workspace)['imports.list']({})).toEqual([]);
});

test('recipes and a segment by the command line', async () => {
  const first = folder.write('first.csv', 'email;first_name\nbo@x.dk;Bo\n');
  const { import: id } = (await kanal('import', [first], { segment: 'Shop' })).json as { import: number };
  expect(rows(workspace.db, 'SELECT segment FROM segment_members')).toEqual([{ segment: 'shop' }]);
  expect((await kanal('recipes', [], { save: 'Weekly', import: String(id) })).human).toBe('Weekly  contacts  by hand');
  const again = (await kanal('import', [folder.write('second.csv', 'email;first_name\ncy@x.dk;Cy\n')], { recipe: 'Weekly' })).json;
  expect(again).toMatchObject({ counts: { added: 1 } });
  expect(rows(workspace.db, 'SELECT segment FROM segment_members')).toHaveLength(2);
  folder.write('third.csv', 'email;first_name\ndi@x.dk;Di\n');
  const watching = await kanal('recipes', [], { watch: 'weekly', folder: folder.path('.'), files: 'th*.csv' });
  expect(watching.human).toContain('for th*.csv');
  expect((await kanal('recipes', [], { look: true })).json).toMatchObject({ imported: [{ file: 'third.csv' }] });
  await expect(kanal('recipes', [], { unwatch: 'Daily' })).rejects.toThrow('There is no recipe Daily');
  expect((await kanal('recipes', [], { remove: 'Weekly' })).human).toBe('There are no recipes.');
});
