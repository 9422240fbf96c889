// A workspace whose bytes were changed anywhere: it opens, or it is refused in words, and then not one byte of it is touched
// (FAULTS F7). A backup of it opens all the same.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProblemError } from '../../shared/problem.ts';
import { checkFile, copyNow, restoreBackup } from '../../src-main/store/backup.ts';
import { inspectFile, openDatabase } from '../../src-main/store/database.ts';
import { addContact, TEST_NOW, testWorkspace } from '../workspace-fixture.ts';
import { seeded } from './random.ts';

const folder = mkdtempSync(join(tmpdir(), 'kanal-damage-'));
const whole = join(folder, 'whole.kanal');
const backup = join(folder, 'backup.kanal');
const file = join(folder, 'damaged.kanal');

beforeAll(() => {
  const workspace = testWorkspace({ file: whole });
  for (let n = 0; n < 300; n++) addContact(workspace, { email: `person${n}@example.dk`, tags: ['one'], consent: ['email'] });
  copyNow(workspace.db, backup);
  workspace.db.pragma('wal_checkpoint(TRUNCATE)');
  workspace.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of the file and its log; an empty log beside a file says nothing. */
const hash = () => ['', '-wal'].map((end) => (existsSync(file + end) && statSync(file + end).size > 0 ? createHash('sha256').update(readFileSync(file + end)).digest('hex') : ''));

const DAMAGES: [string, (bytes: Buffer, place: number) => Buffer][] = [
  ['a bit', (bytes, place) => (bytes.writeUInt8(bytes[place]! ^ 0x40, place), bytes)],
  ['a page', (bytes, place) => bytes.fill(0xa5, place & ~4095, (place & ~4095) + 4096)],
  ['zeros', (bytes, place) => bytes.fill(0, place, place + 512)],
  ['cut off', (bytes, place) => bytes.subarray(0, place)],
  ['a log that is none', (bytes, place) => (writeFileSync(`${file}-wal`, bytes.subarray(place, place + 9000)), bytes)],
];

test.each(DAMAGES)('F7: %s, at fifty places', (what, damage) => {
  const random = seeded(7);
  const size = readFileSync(whole).length;
  let refused = 0;
  for (let n = 0; n < 50; n++) {
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
    copyFileSync(whole, file);
    // Every fifth into the first page, where it hurts most.
    writeFileSync(file, damage(readFileSync(file), n % 5 === 0 ? random(4096) : random(size)));
    const before = hash();
    let isOpen = false;
    try {
      inspectFile(file);
      const db = openDatabase(file, () => undefined);
      isOpen = true;
      db.prepare('SELECT count(*) FROM settings').get();
      db.close();
      checkFile(file);
    } catch (error) {
      // Damage that shows only where somebody reads is SQLite's own word for it; anything else is a bug.
      const isInWords = error instanceof ProblemError || (error as { code?: string }).code?.startsWith('SQLITE_CORRUPT') === true;
      expect(isInWords, `place ${n}: ${String(error)}`).toBe(true);
      if (!isOpen) expect(hash(), `place ${n}: untouched`).toEqual(before);
      refused++;
    }
  }
  if (what === 'cut off') expect(refused).toBe(50);
  const again = join(folder, `restored ${what}.kanal`);
  restoreBackup(backup, again, TEST_NOW);
  expect(checkFile(again)).toEqual([]);
});
