// A process that has lost its workspace without noticing writes nothing any more (FAULTS F8): the lease is looked at in every
// transaction, whatever the lock of the operating system has come to.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBackend } from '../../src-main/backend.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { openDatabase, rows, transaction } from '../../src-main/store/database.ts';
import { flowRecord, insertFlow, updateDraft } from '../../src-main/store/flows.ts';
import { LeaseLost, takeLease } from '../../src-main/store/lease.ts';
import { remember } from '../../src-main/store/runner-state.ts';
import { readSetting, writeSetting } from '../../src-main/store/settings.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addWaitingEntry, leaveLine, lineLength } from '../../src-main/store/waiting-entries.ts';
import { flowOf, onTag, tag, wait } from '../runner/story.ts';
import { addContact, memorySecrets, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let folder: string;
let mine: TestWorkspace;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-lease-'));
  mine = testWorkspace({ file: join(folder, 'w.kanal') });
});
afterEach(() => {
  mine.close();
  rmSync(folder, { recursive: true, force: true });
});

const silent = { recover: () => undefined, paused: () => null, nextDueAt: () => null, close: async () => undefined, performDue: async () => 0 };

test('D24: the number rises with every process, and the one before writes nothing, reads as before, and rolls back nothing of the other', () => {
  expect(takeLease(mine, 1)).toBe(1);
  const contactId = addContact(mine, { email: 'ada@x.dk' });
  const db = openDatabase(mine.file, () => undefined);
  const other = { ...mine, db };
  expect(takeLease(other, 2)).toBe(2);
  expect(() => addTagFor(mine, [{ contactId }], 'mine', { source: 'user' })).toThrow(LeaseLost);
  expect(addTagFor(other, [{ contactId }], 'theirs', { source: 'user' })).toBe(1);
  expect(mine.db.prepare('SELECT name FROM tags').pluck().all()).toEqual(['theirs']);
  db.close();
});

test('D24: what is written by one statement alone is fenced, too', () => {
  takeLease(mine, 1);
  const flow = flowOf({ steps: [wait('pause', 1)] });
  const id = insertFlow(mine, flow);
  writeSetting(mine, 'mark', 'mine');
  addWaitingEntry(mine, id, { contactId: addContact(mine, { email: 'ada@x.dk' }), triggerId: 't', entryKey: '', parallelKey: '', source: 'user', since: 0, dueAt: null });
  const db = openDatabase(mine.file, () => undefined);
  takeLease({ ...mine, db }, 2);
  // Also one that answers with the rows that it takes away.
  const takeAway = () => leaveLine(mine, id, null);
  const write = () => rows(mine.db, 'INSERT INTO runner_state (key, value) VALUES (?, ?) RETURNING key', 'late', '1');
  for (const each of [() => updateDraft(mine, id, flow, 1), () => remember(mine, 'mark', 1), () => writeSetting(mine, 'mark', 'late'), takeAway, write]) expect(each).toThrow(LeaseLost);
  expect(lineLength({ db }, id)).toBe(1);
  expect(flowRecord({ ...mine, db }, id)).toMatchObject({ revision: 1 });
  expect(readSetting(mine, 'mark')).toBe('mine');
  db.close();
});

test('D24: a runner that was overtaken stops, says so, and has moved nobody', async () => {
  takeLease(mine, 1);
  const flow = flowOf({ triggers: [onTag('go')], steps: [wait('pause', 1), tag('done')] });
  publish(mine, insertFlow(mine, flow), flow, []);
  addContact(mine, { email: 'ada@x.dk', tags: ['go'] });
  const logged: string[] = [];
  const runner = createRunner({ ...mine, log: (message, error) => void logged.push(`${message}: ${String(error)}`) }, silent);
  const db = openDatabase(mine.file, () => undefined);
  takeLease({ db, clock: mine.clock }, 2);
  runner.start();
  await expect(runner.runDue()).rejects.toThrow('Another Kanal has taken over');
  expect(runner.status()).toMatchObject({ running: false, sendingPaused: { code: 'taken-over' } });
  expect(logged).toHaveLength(1);
  expect(mine.db.prepare('SELECT count(*) FROM enrollments').pluck().get()).toBe(0);
  transaction(db, () => undefined);
  db.close();
});

test('each opening takes it over', async () => {
  const file = mine.file;
  mine.close();
  for (const number of [1, 2]) {
    const backend = createBackend({ clock: mine.clock, dataFolder: join(folder, 'data'), documentsFolder: folder, secrets: memorySecrets(), log: () => undefined, autoRun: false, openChannel: () => { throw new Error('no mail'); } });
    await backend.call('workspace.open', { file });
    expect(backend.current()!.workspace.db.prepare(`SELECT value ->> 'number' FROM runner_state WHERE key = 'lease'`).pluck().get()).toBe(number);
    await backend.close();
  }
});
