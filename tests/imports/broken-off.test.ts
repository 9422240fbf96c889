// Imports that are cancelled or killed: what is done stays done, and importing the file again finishes it.
import { spawn } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { brokenOffText } from '../../src-main/commands/import-report.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { piecesOf } from '../../src-main/imports/source.ts';
import { openDatabase, row, rows, run } from '../../src-main/store/database.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { testWorkspace } from '../workspace-fixture.ts';
import { commandLine, importFile, inspect, testFolder, type Folder } from './import-fixture.ts';

let folder: Folder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

const ROWS = 12_000;

/** People of whom some come again much later in the file, with other values; and every thousandth row is no good. */
function writePeople(): string {
  const lines = ['email;first_name;city;score;tags;consent'];
  for (let n = 0; n < ROWS; n++) {
    const who = n % 7 === 0 ? Math.floor(n / 7) : n;
    lines.push(n % 1000 === 999 ? `nobody;x;y;${n};;` : `p${who}@x.dk;First ${n};City ${n % 50};${n};t${n % 5}|all;${n % 3 === 0 ? 'no' : 'yes'}`);
  }
  return folder.write('people.csv', `${lines.join('\n')}\n`);
}

const PLAN = { consent: { channel: 'email', source: 'kiosk' } as const };

/** Everything that an import leaves behind, without numbers that only say when and in which import. */
function outcome(workspace: Pick<Workspace, 'db'>): unknown {
  return {
    contacts: rows(workspace.db, 'SELECT email, first_name, a_city, a_score FROM contacts ORDER BY email'),
    tags: rows(workspace.db, 'SELECT c.email, t.name FROM contact_tags x JOIN contacts c ON c.id = x.contact_id JOIN tags t ON t.id = x.tag_id ORDER BY 1, 2'),
    consents: rows(workspace.db, 'SELECT c.email, k.state, k.source, k.file FROM consents k JOIN contacts c ON c.id = k.contact_id ORDER BY 1, k.id'),
    events: rows(workspace.db, `SELECT c.email, e.type, e.data FROM events e JOIN contacts c ON c.id = e.contact_id ORDER BY 1, 2, 3`),
  };
}

async function undisturbed(file: string): Promise<unknown> {
  const workspace = testWorkspace();
  const { counts } = await importFile(workspace, file, PLAN);
  expect(counts).toMatchObject({ rows: ROWS, rejected: 12 });
  const found = outcome(workspace);
  workspace.close();
  return found;
}

test('F36: killed at any moment and imported again, it is as if nothing had happened', { timeout: 120_000 }, async () => {
  const file = writePeople();
  const expected = await undisturbed(file);
  const workspaceFile = folder.path('w.kanal');
  const first = testWorkspace({ file: workspaceFile });
  const { plan } = await inspect(first, file);
  first.close();

  let kills = 0;
  for (const atLeast of [1, 3000, 9000]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'import-process.ts'), workspaceFile, file, JSON.stringify({ ...plan, ...PLAN })], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
    child.stdout.on('data', (text: Buffer) => {
      if (text.toString().trim().split('\n').some((line) => Number(line) >= atLeast) && child.exitCode === null && child.kill('SIGKILL')) kills++;
    });
    await ended;
  }
  expect(kills).toBeGreaterThanOrEqual(2);

  const db = openDatabase(workspaceFile, () => {});
  const workspace: Workspace = { ...testWorkspace(), db };
  const before = row<{ n: number }>(db, 'SELECT count(*) AS n FROM contacts')!.n;
  expect(before).toBeGreaterThan(0);
  const list = await importHandlers(workspace)['imports.list']({});
  expect(list.map(({ state }) => state)).toContain('interrupted');
  expect(list.map(({ state }) => state)).not.toContain('running');

  const { counts, state } = await importFile(workspace, file, PLAN);
  expect(state).toBe('done');
  expect(counts.rows).toBe(ROWS);
  expect(outcome(workspace)).toEqual(expected);
  expect((await importFile(workspace, file, PLAN)).counts).toMatchObject({ added: 0, updated: 0, rejected: 12 });
  expect(outcome(workspace)).toEqual(expected);
  db.close();
});

test.each(['update', 'fill', 'skip'] as const)('F36: cancelled, it stops soon and keeps what is done; repeated, it is finished (%s)', async (existing) => {
  const file = writePeople();
  const reference = testWorkspace();
  await importFile(reference, file, { ...PLAN, existing });
  const workspace = testWorkspace();
  const calls = importHandlers(workspace);
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: true });
  const { import: id } = await calls['imports.start']({ file, plan: { ...plan, ...PLAN, existing }, rejectsFile: null, dryRun: false });
  while (row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM contacts')!.n === 0) await new Promise((resolve) => setImmediate(resolve));
  await calls['imports.cancel']({ import: id });
  const stopped = await calls['imports.wait']({ import: id });
  expect(stopped.state).toBe('cancelled');
  expect(stopped.counts.rows).toBeLessThan(ROWS);
  const { rows: all, added, updated, unchanged, skipped, rejected } = stopped.counts;
  expect(all).toBe(added + updated + unchanged + skipped + rejected);
  expect(row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM contacts')!.n).toBe(added);

  await importFile(workspace, file, { ...PLAN, existing }, { calls });
  expect(outcome(workspace)).toEqual(outcome(reference));
  workspace.close();
  reference.close();
});

test('F36: other calls are answered while an import runs, and windows hear of it a few times a second', async () => {
  const file = writePeople();
  const workspace = testWorkspace();
  const calls = importHandlers(workspace);
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: true });
  const began = performance.now();
  const { import: id } = await calls['imports.start']({ file, plan, rejectsFile: null, dryRun: false });
  let turns = 0;
  const end = { reached: false };
  const finished = Promise.resolve(calls['imports.wait']({ import: id })).finally(() => (end.reached = true));
  while (!end.reached) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
    expect(row(workspace.db, 'SELECT count(*) AS n FROM contacts')).toBeDefined();
    expect(workspace.db.inTransaction).toBe(false);
  }
  const result = await finished;
  const heard = workspace.heard.filter((event) => event.type === 'import');
  expect(turns).toBeGreaterThan(20);
  expect(heard.length).toBeLessThanOrEqual(2 + (performance.now() - began) / 200);
  expect(heard.at(-1)).toMatchObject({ progress: { import: id, state: 'done', counts: result.counts } });
  workspace.close();
});

test('F36: a workspace that is closed meanwhile tells what was broken off when it is opened again, until somebody has dealt with it', async () => {
  const file = writePeople();
  const workspaceFile = folder.path('closed.kanal');
  const workspace = testWorkspace({ file: workspaceFile });
  const calls = importHandlers(workspace);
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: true });
  const { import: id } = await calls['imports.start']({ file, plan, rejectsFile: null, dryRun: false });
  while (row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM contacts')!.n === 0) await new Promise((resolve) => setImmediate(resolve));
  workspace.close();
  expect((await calls['imports.wait']({ import: id })).state).toBe('interrupted');
  const { again, calls: anew } = reopened(workspaceFile);
  expect(await anew['imports.list']({})).toMatchObject([{ id, state: 'interrupted' }]);
  const [told, ...more] = await anew['imports.brokenOff']({});
  expect(told).toMatchObject({ import: { id, canUndo: true, undo: null }, file });
  expect(more).toEqual([]);
  expect(brokenOffText('w.kanal', told!)).toBe(`Import 1 of people.csv, begun at 2026-03-02T08:00:00Z, was broken off after ${told!.import.counts.rows} rows. Import ${file} again to finish it, or take it back with \`kanal undo-import w.kanal 1\`; \`kanal imports w.kanal --leave 1\` leaves it as it is.`);

  // As it was, it is finished; while that is done nobody is told, and afterwards neither: unless it was taken back.
  const prepared = await anew['imports.plan']({ import: id });
  const finishing = await anew['imports.start']({ file, plan: prepared, rejectsFile: null, dryRun: false });
  expect(await anew['imports.brokenOff']({})).toEqual([]);
  await anew['imports.wait'](finishing);
  expect(await anew['imports.brokenOff']({})).toEqual([]);
  await anew['imports.undo'](finishing);
  expect(await anew['imports.brokenOff']({})).toMatchObject([{ import: { id } }]);

  // Taking it back is broken off, too; while it goes on nobody is told.
  const undoing = anew['imports.undo']({ import: id });
  expect(await anew['imports.brokenOff']({})).toEqual([]);
  while (row<{ undo: string | null }>(again.db, 'SELECT undo FROM imports WHERE id = ?', id)!.undo === null) await new Promise((resolve) => setImmediate(resolve));
  again.db.close();
  await undoing;
  const { again: third, calls: last } = reopened(workspaceFile);
  const [half] = await last['imports.brokenOff']({});
  expect(half).toMatchObject({ import: { id, canUndo: true, undo: { state: 'running' } } });
  expect(brokenOffText('w.kanal', half!)).toBe('Taking back import 1 of people.csv was broken off. `kanal undo-import w.kanal 1` goes on with it; `kanal imports w.kanal --leave 1` leaves it as it is.');
  await last['imports.undo']({ import: id });
  expect(row(third.db, 'SELECT count(*) AS n FROM contacts')).toEqual({ n: 0 });
  expect(await last['imports.brokenOff']({})).toEqual([]);
  third.db.close();
});

test('a file that is changed while it comes in is not called done: rows may be missing', async () => {
  const file = writePeople();
  const workspace = testWorkspace();
  const calls = importHandlers(workspace);
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: true });
  const { import: id } = await calls['imports.start']({ file, plan, rejectsFile: null, dryRun: false });
  const finished = Promise.resolve(calls['imports.wait']({ import: id }));
  finished.catch(() => {});
  while (row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM contacts')!.n === 0) await new Promise((resolve) => setImmediate(resolve));
  appendFileSync(file, 'late@x.dk;Late;;;;\n');
  await expect(finished).rejects.toThrow('people.csv was changed while it was read, so that rows may be missing. Import it again; what came in already is not doubled.');
  expect(await calls['imports.list']({})).toMatchObject([{ state: 'failed', canUndo: true }]);
  expect((await importFile(workspace, file, {}, { calls })).state).toBe('done');
  expect(row(workspace.db, `SELECT count(*) AS n FROM contacts WHERE email = 'late@x.dk'`)).toEqual({ n: 1 });
  workspace.close();
});

test.each([
  ['that is gone', 'nowhere.csv', 'There is no file'],
  ['of which the disk says no', '.', 'cannot be read: the disk or the network says EISDIR. Copy it to this computer, and import the copy.'],
])('a file %s while it is read is a problem, not a bug', async (_, name, sentence) => {
  const pieces = piecesOf(folder.path(name));
  await expect(pieces.next()).rejects.toThrow(sentence);
});

test('F36: a broken-off import whose file is gone asks for it; left as it is, nobody is told any more', async () => {
  const workspace = testWorkspace();
  const file = folder.write('gone.csv', 'email\nada@x.dk\n');
  await importFile(workspace, file);
  run(workspace.db, `UPDATE imports SET state = 'running', path = ?, counts = json_set(counts, '$.added', 0)`, file);
  const calls = importHandlers(workspace);
  expect(await calls['imports.brokenOff']({})).toMatchObject([{ file, import: { canUndo: false } }]);
  rmSync(file);
  const [told] = await calls['imports.brokenOff']({});
  expect(told!.file).toBeNull();
  expect(brokenOffText('w.kanal', told!)).toContain('was broken off after 1 row. Import the same file again to finish it; `kanal imports');
  const kanal = commandLine(workspace);
  await kanal('imports', [], { leave: '1' });
  expect(await calls['imports.brokenOff']({})).toEqual([]);
  await expect(kanal('imports', [], { leave: '2' })).rejects.toThrow('There is no import number 2.');
  workspace.close();
});

/** The file of a workspace that was closed, opened once more. */
function reopened(workspaceFile: string): { again: Workspace; calls: ReturnType<typeof importHandlers> } {
  const again: Workspace = { ...testWorkspace(), db: openDatabase(workspaceFile, () => {}) };
  return { again, calls: importHandlers(again) };
}

test('after an import every transaction waits for the disk again, also after one that failed', async () => {
  const workspace = testWorkspace({ file: folder.path('sync.kanal') });
  try {
    const calls = importHandlers(workspace);
    const file = folder.write('sync.csv', 'email\nada@x.dk\nbo@x.dk\n');
    await importFile(workspace, file, {}, { calls });
    expect(workspace.db.pragma('synchronous', { simple: true })).toBe(2);
    workspace.db.exec(`CREATE TEMP TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END`);
    folder.write('sync.csv', 'email\ncy@x.dk\n');
    await expect(importFile(workspace, file, {}, { calls })).rejects.toThrow('no room');
    workspace.db.exec('DROP TRIGGER full');
    expect(workspace.db.pragma('synchronous', { simple: true })).toBe(2);
  } finally {
    workspace.close();
  }
});
