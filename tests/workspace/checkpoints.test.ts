// The log of a workspace is moved into its file by a thread of its own while works go on, and begins anew.
import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkpointsBeside, emptyLog } from '../../src-main/store/checkpoints.ts';
import { LOG_PAGES, run, transaction } from '../../src-main/store/database.ts';
import { turn } from '../../src-main/turns.ts';
import { testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let folder: string;
let workspace: TestWorkspace;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-log-'));
  workspace = testWorkspace({ file: join(folder, 'log.kanal') });
});
afterEach(() => {
  workspace.close();
  rmSync(folder, { recursive: true });
});

/** Fills some 2,000 pages of 4 KB in one transaction. */
function write(): void {
  transaction(workspace.db, () => {
    for (let n = 0; n < 2000; n++) run(workspace.db, 'INSERT INTO runner_state (key, value) VALUES (?, ?)', `${Math.random()}`, 'x'.repeat(3900));
  });
}
const logged = () => (workspace.db.pragma('wal_checkpoint(NOOP)') as { log: number }[])[0]!.log;
const automatic = () => workspace.db.pragma('wal_autocheckpoint', { simple: true });

test('a long work writes more than the log may have, and at its end the log has begun anew', async () => {
  const checkpoints = checkpointsBeside(workspace);
  for (let n = 0; n < 15; n++) {
    await turn();
    write();
  }
  // Nobody but the thread has moved anything.
  expect(automatic()).toBeGreaterThan(LOG_PAGES);
  await checkpoints.close();
  run(workspace.db, `DELETE FROM runner_state WHERE key > '0.9'`);
  expect(logged()).toBeLessThan(6000);
  expect(automatic()).toBe(LOG_PAGES);
  expect(workspace.db.pragma('integrity_check', { simple: true })).toBe('ok');
});

test('what is small stays in the log, and no thread begins', async () => {
  const checkpoints = checkpointsBeside(workspace);
  write();
  expect(automatic()).toBe(LOG_PAGES);
  const before = logged();
  await checkpoints.close();
  expect(logged()).toBe(before);
});

test('the log can be emptied at any moment, also while the thread moves it', async () => {
  const checkpoints = checkpointsBeside(workspace);
  for (let n = 0; n < 8; n++) {
    write();
    write();
    for (let wait = 0; wait < n; wait++) await turn();
    expect(emptyLog(workspace)).toBe(true);
    expect(statSync(`${workspace.file}-wal`).size).toBe(0);
  }
  await checkpoints.close();
});

test('where the thread cannot do its work, the connection moves the log by itself', async () => {
  const checkpoints = checkpointsBeside(workspace);
  renameSync(workspace.file, `${workspace.file}.elsewhere`);
  for (let n = 0; n < 3; n++) write();
  await expect.poll(automatic, { timeout: 20_000 }).toBe(LOG_PAGES);
  for (let n = 0; n < 9; n++) write();
  expect(logged()).toBeLessThan(20_000);
  await checkpoints.close();
});
