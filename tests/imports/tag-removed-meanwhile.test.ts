// A tag that nobody has any more is removed when a change of many contacts is taken back. An import that has met it remembers it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rows } from '../../src-main/store/database.ts';
import { stage, type Stage } from '../privacy/backend-stage.ts';
import { testFolder, type Folder } from './import-fixture.ts';

let s: Stage;
let folder: Folder;
beforeEach(async () => {
  s = stage();
  folder = testFolder();
  await s.call('workspace.create', { name: 'Shop', file: folder.path('shop.kanal'), timeZone: 'Europe/Copenhagen', locale: 'da-DK', sample: false });
});
afterEach(async () => {
  await s.end();
  folder.remove();
});

const ROWS = 30_000;
const HOW: [string, (id: number) => Promise<unknown>][] = [
  ['loses it by hand', (id) => s.call('contacts.tag', { ids: [id], remove: ['VIP'] })],
  ['is erased', (id) => s.call('erasure.erase', { contacts: [id] })],
];

test.each(HOW)('while the only one to whom an import has given it so far %s, no reference dangles, and its last row has it', async (_, lose) => {
  const { id: ada } = await s.call('contacts.add', { values: { email: 'ada@x.dk' } });
  const { bulkEdit } = await s.call('bulkEdits.start', { changes: [{ kind: 'addTag', tag: 'VIP' }], whom: { contacts: [ada] } });
  await s.call('bulkEdits.wait', { bulkEdit });
  const file = folder.write('people.csv', `email,tags\n${Array.from({ length: ROWS }, (_each, n) => `p${n}@x.dk,${n === 0 || n === ROWS - 1 ? 'VIP' : ''}\n`).join('')}`);
  const { plan } = await s.call('imports.inspect', { file });
  const { import: id } = await s.call('imports.start', { file, plan });
  const { db } = s.workspace();
  const first = async (): Promise<number> => {
    for (;;) {
      const [found] = rows<{ id: number }>(db, `SELECT c.id AS id FROM contacts c JOIN contact_tags x ON x.contact_id = c.id WHERE c.email = 'p0@x.dk'`);
      if (found !== undefined) return found.id;
      await new Promise((resolve) => void setImmediate(resolve));
    }
  };
  await lose(await first());
  await s.call('bulkEdits.undo', { bulkEdit });
  // It is still on its way: otherwise the test says nothing.
  expect(rows(db, 'SELECT state FROM imports')).toEqual([{ state: 'running' }]);
  expect(await s.call('imports.wait', { import: id })).toMatchObject({ state: 'done', counts: { added: ROWS } });
  expect(rows(db, 'PRAGMA foreign_key_check')).toEqual([]);
  expect((await s.call('contacts.list', { rule: { kind: 'tag', tag: 'VIP', has: true } })).rows.map(({ values }) => values['email'])).toEqual([`p${ROWS - 1}@x.dk`]);
  expect(await s.call('tags.list', {})).toEqual([{ name: 'VIP', contacts: 1 }]);
}, 60_000);
