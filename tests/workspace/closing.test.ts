// A workspace that is closed while calls are under way: each of them is answered in words, and the file is whole and free again.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Answer } from '../../shared/api.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { inEnglish } from '../../shared/text.ts';
import type { Backend } from '../../src-main/backend.ts';
import { run, transaction } from '../../src-main/store/database.ts';
import { testBackend } from '../hosts/machines.ts';

let folder: string;
let backend: Backend;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-closing-'));
  backend = testBackend(folder);
  await backend.call('workspace.create', { name: 'Nordlys', file: join(folder, 'a.kanal'), timeZone: null, locale: null, sample: false });
  const { db } = backend.current()!.workspace;
  transaction(db, () => {
    for (let n = 1; n <= 5000; n++) run(db, 'INSERT INTO contacts (email, first_name, added_at) VALUES (?, ?, ?)', `p${n}@x.dk`, `N${n % 7}`, n);
  });
});
afterEach(async () => {
  await backend.close();
  rmSync(folder, { recursive: true, force: true });
});

const words = (answer: Answer) => ('problems' in answer ? inEnglish(answer.problems[0]!.text) : answer);
const CLOSED = 'The workspace was closed before this was done.';

const everybody = { kind: 'all', rules: [] };

test('reads that are under way say that it was closed, and leave nothing behind', async () => {
  const underWay = Promise.all([
    backend.call('contacts.list', { search: 'p4' }),
    backend.call('contacts.count', { rule: everybody }),
    backend.call('exports.contacts', { file: join(folder, 'out.csv'), columns: null, for: 'plain' }),
    backend.call('duplicates.list', {}),
  ]);
  await backend.call('workspace.close', {});
  expect((await underWay).map(words)).toEqual([CLOSED, CLOSED, CLOSED, CLOSED]);
  expect(readdirSync(folder).filter((name) => /-wal$|-shm$|out/.test(name))).toEqual([]);
  expect(await backend.call('workspace.open', { file: join(folder, 'a.kanal') })).toHaveProperty('value');
});

test('long work that finds its workspace closed says so; it is no bug', async () => {
  const flow = ((await backend.call('flows.create', { name: 'Everybody' })) as { value: { id: number } }).value.id;
  const { revision } = ((await backend.call('flows.get', { flow })) as { value: { revision: number } }).value;
  const draft = flowSchema.parse({ name: 'Everybody', triggers: [{ id: 'hand', type: 'byHand', config: {} }], steps: [{ id: 'tag', type: 'addTag', config: { tag: 'x' } }], edges: [{ from: 'start', outlet: 'next', to: 'tag' }] });
  await backend.call('flows.saveDraft', { flow, draft, revision });
  expect(await backend.call('flows.publish', { flow })).toHaveProperty('value');
  const enrolling = backend.call('flows.enroll', { flow, rule: everybody });
  await backend.call('workspace.close', {});
  expect(words(await enrolling)).toBe(CLOSED);
});
