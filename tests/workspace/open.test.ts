// Making, opening and refusing workspace files: each refusal has its own sentence and leaves every byte as it was.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../../shared/api.ts';
import { inEnglish } from '../../shared/text.ts';
import type { Backend } from '../../src-main/backend.ts';
import { virtualClock } from '../../src-main/clock.ts';
import { openDatabase } from '../../src-main/store/database.ts';
import { SCHEMA_VERSION } from '../../src-main/store/migrations/index.ts';
import { testBackend } from '../hosts/machines.ts';

let folder: string;
let backend: Backend;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanal åben-'));
  backend = testBackend(folder);
});
afterEach(async () => {
  await backend.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const open = (file: string) => backend.call('workspace.open', { file });
const create = (file: string | null, more: object = {}) =>
  backend.call('workspace.create', { name: 'Nordlys', file, timeZone: null, locale: null, sample: false, ...more });
const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

async function value<Value>(answer: Promise<Answer>): Promise<Value> {
  const got = await answer;
  if ('value' in got) return got.value as Value;
  throw new Error(JSON.stringify(got));
}

async function refusal(answer: Promise<Answer>): Promise<string> {
  const got = await answer;
  return 'problems' in got
    ? got.problems.map(({ code, text }) => `${code}: ${inEnglish(text)}`).join('\n')
    : `not refused: ${JSON.stringify(got)}`;
}

/** A closed workspace with 300 contacts. */
async function aWorkspace(name = 'client.kanal'): Promise<string> {
  await value(create(at(name)));
  for (let n = 0; n < 300; n++)
    await value(backend.call('contacts.add', { values: { email: `person${n}@example.com`, first_name: 'x'.repeat(100) } }));
  await value(backend.call('workspace.close', {}));
  return at(name);
}

describe('making one', () => {
  test('what was given is what it says, now and after opening again', async () => {
    const given = { file: at('Ünï søn.kanal'), name: 'Søn & Co', timeZone: 'America/New_York', locale: 'pl-PL' };
    expect(await value(create(given.file, given))).toMatchObject({ ...given, isSample: false });
    await value(backend.call('workspace.close', {}));
    expect(await value(open(given.file))).toMatchObject(given);
    expect(await value(backend.call('settings.get', {}))).toMatchObject({ currency: 'PLN' });
  });

  test('what was not given is this computer’s', async () => {
    const system = new Intl.DateTimeFormat().resolvedOptions();
    expect(await value(create(at('a.kanal')))).toMatchObject({ timeZone: system.timeZone, locale: system.locale });
  });

  test('without a file: in the documents, named after it, never over another', async () => {
    expect(await value(create(null, { name: 'A/B: "C"?' }))).toMatchObject({ file: join(folder, 'documents', 'A B C.kanal') });
    expect(await value(create(null, { name: 'A/B: "C"?' }))).toMatchObject({ file: join(folder, 'documents', 'A B C 2.kanal') });
    expect(await value(create(null, { name: '...' }))).toMatchObject({ file: join(folder, 'documents', 'Kanal.kanal') });
  });

  test('every write is durable before it is answered', async () => {
    await value(create(at('a.kanal')));
    const { db } = backend.current()!.workspace;
    // 2 is FULL. better-sqlite3 opens WAL files at NORMAL unless told otherwise (FAULTS 0.2).
    expect([
      db.pragma('journal_mode', { simple: true }),
      db.pragma('synchronous', { simple: true }),
      db.pragma('foreign_keys', { simple: true }),
    ]).toEqual(['wal', 2, 1]);
  });

  test('every table is STRICT', async () => {
    await value(create(at('a.kanal')));
    const tables = backend.current()!.workspace.db.pragma('table_list') as { schema: string; name: string; type: string; strict: number }[];
    const own = tables.filter(({ schema, name, type }) => schema === 'main' && type === 'table' && !name.startsWith('sqlite_'));
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter(({ strict }) => strict !== 1).map(({ name }) => name)).toEqual([]);
  });

  test.each<[string, () => [string, object?], string]>([
    ['a file that exists', () => (writeFileSync(at('taken.kanal'), 'precious'), [at('taken.kanal')]), 'file-exists: '],
    ['a missing folder', () => [at('nowhere/new.kanal')], `folder-missing: There is no folder`],
    ['a folder that is a file', () => (writeFileSync(at('file'), ''), [at('file/new.kanal')]), 'folder-missing: '],
    ['a null character', () => [at('a\u0000b.kanal')], 'bad-path: '],
    [
      'an unknown time zone',
      () => [at('new.kanal'), { timeZone: 'Mars/Olympus' }],
      'unknown-time-zone: There is no time zone "Mars/Olympus". Use a name such as Europe/Copenhagen.',
    ],
    ['an offset instead of a zone', () => [at('new.kanal'), { timeZone: '+02:00' }], 'unknown-time-zone: '],
    [
      'what is no language',
      () => [at('new.kanal'), { locale: 'dansk sprog' }],
      'unknown-locale: "dansk sprog" is not a language tag. Use one such as da-DK or en.',
    ],
  ])('refuses %s, and leaves nothing behind', async (_what, make, sentence) => {
    const [file, more] = make();
    const before = readdirSync(folder);
    expect(await refusal(create(file, more))).toContain(sentence);
    expect(readdirSync(folder).filter((name) => name !== 'data')).toEqual(before.filter((name) => name !== 'data'));
    if (existsSync(at('taken.kanal'))) expect(readFileSync(at('taken.kanal'), 'utf8')).toBe('precious');
  });
});

describe('opening (F7, F10)', () => {
  const cases: [string, (file: string) => string, string][] = [
    ['a missing file', () => at('missing.kanal'), 'file-missing: There is no file'],
    ['a folder', () => folder, 'not-a-workspace: '],
    [
      'an empty file',
      (file) => (truncateSync(file, 0), file),
      'file-empty: client.kanal is empty: 0 bytes. Something has cut it off; restore it from a backup. It was not touched.',
    ],
    [
      'a text',
      () => (writeFileSync(at('letter.kanal'), 'Dear Ada, this is a letter.'), at('letter.kanal')),
      'not-a-workspace: letter.kanal is not a Kanal workspace. Open a file that ends in .kanal.',
    ],
    [
      'another program’s SQLite file',
      () => (new SQLite(at('other.kanal')).exec('CREATE TABLE t (x)').close(), at('other.kanal')),
      'not-a-workspace: ',
    ],
    [
      'a newer schema',
      (file) => (alter(file, `PRAGMA user_version = ${SCHEMA_VERSION + 1000}`), file),
      `newer-schema: client.kanal was made by a newer version of Kanal (format ${SCHEMA_VERSION + 1000}; this program knows up to ${SCHEMA_VERSION}). Update Kanal to open it. The file was not touched.`,
    ],
    ['a header cut off', (file) => (truncateSync(file, 60), file), 'file-damaged: '],
    [
      'a damaged first page',
      (file) => (overwrite(file, 100, 900), file),
      'file-damaged: client.kanal is damaged and cannot be read. Restore it from a backup; the damaged file was left as it is.',
    ],
  ];
  test.each(cases)('%s: refused, untouched', async (_what, make, sentence) => {
    const file = make(await aWorkspace());
    const bytes = existsSync(file) && statSync(file).isFile() ? hash(file) : null;
    expect(await refusal(open(file))).toContain(sentence);
    expect(await value(backend.call('workspace.current', {}))).toBeNull();
    if (bytes !== null) expect(hash(file)).toBe(bytes);
  });

  test('one that another process has: refused by its name and time, then free at once when that one is killed', async () => {
    const file = await aWorkspace();
    const bytes = hash(file);
    const holder = spawn(process.execPath, ['--experimental-strip-types', join(import.meta.dirname, 'hold.ts'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    expect(await refusal(open(file))).toContain(
      `locked: client.kanal is open in another Kanal (process ${holder.pid}, since 2026-03-02T08:00:00Z)`,
    );
    expect(hash(file)).toBe(bytes);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await value(open(file))).toMatchObject({ file });
  });

  test('one that is open already stays open; by another name too', async () => {
    await aWorkspace();
    await value(open(at('client.kanal')));
    const before = backend.current()!.workspace;
    await value(open(join(folder, '.', 'data', '..', 'client.kanal')));
    expect(backend.current()!.workspace).toBe(before);
  });

  test('recent ones are remembered, the latest first, and those that are gone are marked', async () => {
    await aWorkspace('one.kanal');
    await aWorkspace('two.kanal');
    rmSync(at('one.kanal'));
    const { recent } = await value<{ recent: { file: string; missing: boolean }[] }>(backend.call('workspace.recent', {}));
    expect(recent.map(({ file, missing }) => [file, missing])).toEqual([
      [at('two.kanal'), false],
      [at('one.kanal'), true],
    ]);
  });

  test('a list of recent ones that cannot be read is an empty one', async () => {
    mkdirSync(at('data'), { recursive: true });
    writeFileSync(at('data/recent.json'), '[{"file":');
    expect(await value(backend.call('workspace.recent', {}))).toMatchObject({ recent: [] });
    await value(create(at('a.kanal')));
    expect(await value(backend.call('workspace.recent', {}))).toMatchObject({ recent: [{ file: at('a.kanal') }] });
  });
});

test('an older schema: a backup before anything, and a whole one', async () => {
  const file = await aWorkspace();
  alter(file, 'PRAGMA user_version = 0');
  const seen: string[] = [];
  // Its tables are there already, so the first migration fails: what an interrupted update looks like from outside.
  expect(() => openDatabase(file, (db) => seen.push(String(db.pragma('user_version', { simple: true }))))).toThrow('already exists');
  expect(seen).toEqual(['0']);
  const bug = await testBackend(folder, { log: () => undefined }).call('workspace.open', { file });
  expect(bug).toHaveProperty('bug');
  const [name] = readdirSync(at('data/backups'));
  const [backup] = readdirSync(join(at('data/backups'), name!));
  expect(backup).toMatch(/before update\.kanal$/);
  const copy = new SQLite(join(at('data/backups'), name!, backup!), { readonly: true });
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(copy.prepare('SELECT count(*) FROM contacts').pluck().get()).toBe(300);
  copy.close();
});

test('a virtual clock moves forward when told, and tells the windows', async () => {
  const start = Date.UTC(2026, 2, 2, 8);
  const other = testBackend(folder, { clock: virtualClock(start), autoRun: false });
  const heard: unknown[] = [];
  other.on((event) => heard.push(event));
  expect(
    await value(other.call('workspace.create', { name: 'V', file: at('v.kanal'), timeZone: 'UTC', locale: 'en', sample: false })),
  ).toMatchObject({ virtualNow: start });
  expect(await value(other.call('clock.advance', { to: start + 1000 }))).toEqual({ now: start + 1000 });
  expect(await refusal(other.call('clock.advance', { to: start }))).toBe('backwards: Time cannot go back.');
  expect(heard).toContainEqual({ type: 'clock', now: start + 1000 });
  await other.close();
});

function alter(file: string, sql: string): void {
  const db = new SQLite(file);
  db.exec(sql);
  db.pragma('journal_mode = DELETE');
  db.close();
}

/** Puts noise over a part of a file. */
function overwrite(file: string, from: number, length: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xaa, from, from + length);
  writeFileSync(file, bytes);
}
