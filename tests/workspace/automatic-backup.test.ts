// A backup goes before what changes much at once, and where none can be made, nothing is changed.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withBackups } from '../../src-main/automatic-backup.ts';
import { backupFolder } from '../../src-main/store/backup.ts';
import { row } from '../../src-main/store/database.ts';
import SQLite from 'better-sqlite3';
import { addContact, testWorkspace } from '../workspace-fixture.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-backups-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function published() {
  const workspace = testWorkspace({ file: join(folder, 'live.kanal') });
  addContact(workspace, { email: 'ada@x.example' });
  const calls: unknown[] = [];
  const handlers = { 'flows.publish': (input: { flow: number }) => (calls.push(input), { version: 1, existing: 0, backfilled: 0, kept: 0, warnings: [] }) };
  return { workspace, handlers, calls };
}

test('a publish is preceded by a whole copy, named after it', async () => {
  const { workspace, handlers, calls } = published();
  const data = join(folder, 'data');
  await Promise.resolve(withBackups(handlers, workspace, data)['flows.publish']({ flow: 1 }));
  expect(calls).toEqual([{ flow: 1 }]);
  const backups = readdirSync(backupFolder(data, workspace.file));
  expect(backups).toEqual([expect.stringMatching(/^2026-03-02T08-00-00Z before publishing\.kanal$/)]);
  const copy = new SQLite(join(backupFolder(data, workspace.file), backups[0]!), { readonly: true });
  expect(row(copy, 'SELECT email FROM contacts')).toEqual({ email: 'ada@x.example' });
  copy.close();
  workspace.close();
});

test('where no backup can be made, the call is refused and not made', async () => {
  const { workspace, handlers, calls } = published();
  const data = join(folder, 'a-file');
  writeFileSync(data, 'not a folder');
  await expect(async () => withBackups(handlers, workspace, data)['flows.publish']({ flow: 1 })).rejects.toThrow(/No backup could be made/);
  expect(calls).toEqual([]);
  workspace.close();
});
