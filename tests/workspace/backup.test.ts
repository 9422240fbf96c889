// Backups: whole, rotated, never over anything; and what is restored does not do again what the backup does not know of.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupFile, checkFile, copyGently, copyNow, restoreBackup, rotateBackups, tooMany } from '../../src-main/store/backup.ts';
import { APPLICATION_ID, createDatabase, openDatabase, row, run } from '../../src-main/store/database.ts';
import { SCHEMA_VERSION } from '../../src-main/store/migrations/index.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kanal-backup-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A workspace with one live flow and one planned, one sent and one handed-over message. */
function filled() {
  const db = createDatabase(join(folder, 'client.kanal'));
  run(
    db,
    `INSERT INTO flows (name, state, draft, revision, saved_at, live_version, created_at) VALUES ('Welcome', 'live', '{}', 1, 0, 1, 0)`,
  );
  for (const [key, state] of Object.entries({ a: 'planned', b: 'sent', c: 'claimed', d: 'cancelled' })) {
    run(
      db,
      `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, meant_at, enrolled_at, planned_at) VALUES (?, 1, 1, 1, 's', 1, 'email', 'm', ?, 0, 0, 0, 0)`,
      key,
      state,
    );
  }
  return db;
}

describe('copies', () => {
  test.each([
    ['at once', async (db: ReturnType<typeof filled>, to: string) => copyNow(db, to)],
    ['gently', copyGently],
  ])('%s: of a live file with a WAL, one whole file', async (_how, copy) => {
    const db = filled();
    const target = join(folder, 'copy.kanal');
    await copy(db, target);
    run(db, `UPDATE flows SET name = 'Changed since'`);
    db.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.kanal']);
    expect(checkFile(target)).toEqual([]);
    const opened = openDatabase(target, () => undefined);
    expect(row(opened, 'SELECT name FROM flows')).toEqual({ name: 'Welcome' });
    expect(opened.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    expect(opened.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
    opened.close();
  });

  test('never over another file', async () => {
    const db = filled();
    writeFileSync(join(folder, 'taken.kanal'), 'precious');
    await expect(copyGently(db, join(folder, 'taken.kanal'))).rejects.toThrow('already exists');
    await expect(copyGently(db, join(folder, 'missing', 'x.kanal'))).rejects.toThrow('There is no folder');
    db.close();
  });
});

describe('rotation keeps three of the newest day, one of each earlier day, ten in all', () => {
  const days = (n: number) =>
    Array.from({ length: n }, (_, index) => `2026-03-${String(n - index).padStart(2, '0')}T10-00-00Z by hand.kanal`);
  const cases: [string, string[], string[]][] = [
    ['nothing', [], []],
    ['three of one day', ['2026-03-01T08-00-00Z a.kanal', '2026-03-01T09-00-00Z a.kanal', '2026-03-01T10-00-00Z a.kanal'], []],
    [
      'a fourth of the newest day: its oldest goes',
      ['2026-03-01T07-00-00Z a.kanal', '2026-03-01T08-00-00Z a.kanal', '2026-03-01T09-00-00Z a.kanal', '2026-03-01T10-00-00Z a.kanal'],
      ['2026-03-01T07-00-00Z a.kanal'],
    ],
    [
      'two of an earlier day: its older one goes',
      ['2026-03-01T07-00-00Z a.kanal', '2026-03-01T08-00-00Z a.kanal', '2026-03-02T09-00-00Z a.kanal'],
      ['2026-03-01T07-00-00Z a.kanal'],
    ],
    ['twelve days: the two oldest go', days(12), days(12).slice(10)],
    ['from days to come, by a clock that was wrong: they go first', ['2030-06-01T08-00-00Z a.kanal', '2030-06-02T08-00-00Z a.kanal', ...days(10)], ['2030-06-02T08-00-00Z a.kanal', '2030-06-01T08-00-00Z a.kanal']],
    ['files of others stay', ['notes.txt', 'mine.kanal', ...days(2)], []],
  ];
  test.each(cases)('%s', (_name, names, gone) => expect(tooMany(names, Date.UTC(2026, 2, 12, 20))).toEqual(gone));

  test('on disk', () => {
    const backups = join(folder, 'backups');
    mkdirSync(backups);
    for (let minute = 0; minute < 5; minute++) writeFileSync(backupFile(backups, Date.UTC(2026, 2, 1, 8, minute), 'before update'), '');
    rotateBackups(backups, Date.UTC(2026, 2, 1, 9));
    expect(readdirSync(backups)).toEqual([
      '2026-03-01T08-02-00Z before update.kanal',
      '2026-03-01T08-03-00Z before update.kanal',
      '2026-03-01T08-04-00Z before update.kanal',
    ]);
  });
});

describe('restore', () => {
  test('its flows are paused, and what was about to go out waits for a person', () => {
    const db = filled();
    const backup = join(folder, 'backup.kanal');
    copyNow(db, backup);
    db.close();
    expect(restoreBackup(backup, join(folder, 'again.kanal'), 1000)).toEqual({ pausedFlows: 1, heldMessages: 2 });
    const again = openDatabase(join(folder, 'again.kanal'), () => undefined);
    expect(row(again, 'SELECT state, paused_at FROM flows')).toEqual({ state: 'paused', paused_at: 1000 });
    expect(again.prepare('SELECT key, state FROM outbox ORDER BY key').raw().all()).toEqual([
      ['a', 'held'],
      ['b', 'sent'],
      ['c', 'held'],
      ['d', 'cancelled'],
    ]);
    again.close();
    const untouched = openDatabase(backup, () => undefined);
    expect(row(untouched, 'SELECT state FROM flows')).toEqual({ state: 'live' });
    untouched.close();
  });

  test('what is recorded while it is paused lets nobody in when it goes on: it hears nothing, and looks at no dates', () => {
    const db = filled();
    run(db, `INSERT INTO runner_state (key, value) VALUES ('hearing:1', '[{"version":1,"after":0,"until":null}]'), ('dates:1:t', '5')`);
    const backup = join(folder, 'backup.kanal');
    copyNow(db, backup);
    db.close();
    restoreBackup(backup, join(folder, 'again.kanal'), 1000);
    const again = openDatabase(join(folder, 'again.kanal'), () => undefined);
    const last = again.prepare('SELECT coalesce(max(id), 0) FROM events').pluck().get();
    expect(again.prepare('SELECT key, value FROM runner_state').raw().all()).toEqual([['hearing:1', JSON.stringify([{ version: 1, after: 0, until: last }])]]);
    again.close();
  });

  test('never over another file, and never from what is no workspace', () => {
    filled().close();
    writeFileSync(join(folder, 'letter.txt'), 'Dear Ada, this is a letter.');
    expect(() => restoreBackup(join(folder, 'client.kanal'), join(folder, 'letter.txt'), 0)).toThrow('already exists');
    expect(() => restoreBackup(join(folder, 'letter.txt'), join(folder, 'new.kanal'), 0)).toThrow('letter.txt is not a Kanal workspace');
    expect(existsSync(join(folder, 'new.kanal'))).toBe(false);
  });
});

test('check finds a row that refers to nothing', () => {
  const db = filled();
  db.pragma('foreign_keys = OFF');
  run(db, `INSERT INTO contact_tags VALUES (7, 9, 0)`);
  db.close();
  expect(checkFile(join(folder, 'client.kanal')).join()).toContain('contact_tags refers to a row of');
});
