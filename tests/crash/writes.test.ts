// Killed at chosen writes, killed again while it recovers, with a disk that is full, beside somebody who holds the file: always the
// same end (FAULTS F1-F4, F6). strace injects the kills and lists what reached the disk before what left by the network.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APPLICATION_ID, openDatabase } from '../../src-main/store/database.ts';
import { SCHEMA_VERSION } from '../../src-main/store/migrations/index.ts';
import { CONNECTIONS, ending, expectSameEnd, expectWhole, folder, mailServer, pause, runProgram, workspaceFile, type MailServer } from './stage.ts';

const PEOPLE = 12;
const start = join(folder, 'few.kanal');
const hasStrace = spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0;
const unlessStrace = hasStrace ? '' : ' (skipped: no strace on this machine)';

let expected: ReturnType<typeof ending>;
let copies = 0;

beforeAll(async () => {
  await workspaceFile('few', PEOPLE);
  const calm = copy();
  const calmServer = await mailServer();
  const { code, errors } = await runProgram(calm, calmServer.port).ended;
  expect(code, errors).toBe(0);
  expected = ending(calm);
  await calmServer.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copy(): string {
  const file = join(folder, `copy${++copies}.kanal`);
  cpSync(start, file);
  return file;
}

/** Runs a workspace of its own through an accident, then to its end, and compares. Answers what the accident did. */
async function through(accident: (file: string, machine: MailServer) => Promise<unknown>, mostUnknown = CONNECTIONS): Promise<void> {
  const file = copy();
  const server = await mailServer();
  try {
    await accident(file, server);
    expectWhole(file);
    const { code, errors } = await runProgram(file, server.port).ended;
    expect(code, errors).toBe(0);
    expectSameEnd(file, expected, server, mostUnknown);
  } finally {
    await server.close();
  }
}

/** KANAL_WRITES=1-900/3 for a sweep: from, to, step. */
function chosenWrites(): number[] {
  const [, from, to, step = '1'] = /^(\d+)-(\d+)(?:\/(\d+))?$/.exec(process.env['KANAL_WRITES'] ?? '') ?? [];
  if (from === undefined) return [2, 9, 31, 64, 120, 190, 260, 350];
  return Array.from({ length: Math.floor((Number(to) - Number(from)) / Number(step)) + 1 }, (_, index) => Number(from) + index * Number(step));
}

const killAt = (nth: number) => ['strace', '-f', '-qq', '-o', join(folder, 'trace'), '-e', 'trace=pwrite64', '-e', `inject=pwrite64:signal=SIGKILL:when=${nth}`];

describe.skipIf(!hasStrace)(`F1: killed at a chosen write${unlessStrace}`, () => {
  let killed = 0;
  test.each(chosenWrites())('the %ith', { timeout: 180_000 }, async (nth) => {
    await through(async (file, { port }) => {
      const { code } = await runProgram(file, port, killAt(nth)).ended;
      if (code !== 0) killed++;
    });
  });
  test('most of them fell into the run', () => expect(killed).toBeGreaterThanOrEqual(chosenWrites().length / 2));
});

describe.skipIf(!hasStrace)(`F11: killed in the middle of bringing a file up to date${unlessStrace}`, () => {
  test.each([1, 20, 60, 100])('at the %ith write', (nth) => {
    const old = join(folder, `old${nth}.kanal`);
    const backup = `${old}.backup`;
    const made = new SQLite(old);
    made.pragma(`application_id = ${APPLICATION_ID}`);
    made.exec('CREATE TABLE kept (x); INSERT INTO kept VALUES (1)');
    made.close();
    const [strace, ...options] = killAt(nth);
    const script = `import { openDatabase } from './src-main/store/database.ts'; import { copyNow } from './src-main/store/backup.ts'; openDatabase(process.argv[1], (db) => copyNow(db, process.argv[2])).close();`;
    spawnSync(strace!, [...options, process.execPath, '--input-type=module', '-e', script, old, backup], { cwd: join(import.meta.dirname, '..', '..') });
    const before = new SQLite(old, { readonly: true });
    expect([0, SCHEMA_VERSION]).toContain(before.pragma('user_version', { simple: true }));
    before.close();
    const db = openDatabase(old, () => undefined);
    expect([db.pragma('user_version', { simple: true }), db.pragma('integrity_check', { simple: true }), db.prepare('SELECT count(*) FROM kept').pluck().get()]).toEqual([SCHEMA_VERSION, 'ok', 1]);
    db.close();
    if (existsSync(backup)) expect(new SQLite(backup, { readonly: true }).pragma('integrity_check', { simple: true })).toBe('ok');
  });
});

test('F2: killed, and three times more while it recovers', async () => {
  await through(async (file, { port, total }) => {
    const first = runProgram(file, port);
    for (let waited = 0; waited < 15_000 && total() < 6; waited += 5) await pause(5);
    first.kill();
    await first.ended;
    for (const ms of [150, 280, 420]) {
      const again = runProgram(file, port);
      await pause(ms);
      again.kill();
      await again.ended;
      expectWhole(file);
    }
  }, 4 * CONNECTIONS);
});

test.skipIf(!hasStrace)(`F3: a claim is on the disk before MAIL FROM, "handed" before the body, and both in the file of guards too${unlessStrace}`, async () => {
  const trace = join(folder, 'syncs');
  await through(async (file, { port }) => {
    await runProgram(file, port, ['strace', '-f', '-qq', '-yy', '-s', '2000', '-o', trace, '-e', 'trace=pwrite64,fsync,fdatasync,write,writev,sendto,sendmsg']).ended;
  });
  const unsynced = { wal: false, guard: false };
  const seen = { commits: 0, mails: 0, bodies: 0 };
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const kind = /\.kanal-wal>/.test(line) ? 'wal' : /\.guard>/.test(line) ? 'guard' : null;
    if (kind !== null && /\b(pwrite64|write|writev)\(/.test(line)) unsynced[kind] = true;
    else if (kind !== null && /\bf(data)?sync\(/.test(line)) {
      unsynced[kind] = false;
      seen.commits++;
    } else if (line.includes('MAIL FROM:')) {
      seen.mails++;
      expect(unsynced.wal, line).toBe(false);
      expect(seen.commits).toBeGreaterThan(0);
    } else if (/Message-ID:/i.test(line) && line.includes('TCP')) {
      seen.bodies++;
      expect(unsynced, line).toEqual({ wal: false, guard: false });
    }
  }
  expect(seen.mails).toBeGreaterThanOrEqual(PEOPLE * 2);
  expect(seen.bodies).toBe(seen.mails);
});

test('F4: the disk is full in the middle of it: it says so, sends nothing that it cannot record, and goes on when there is room', async () => {
  await through(async (file, { port, total }) => {
    // No file may grow beyond this: the log of the workspace reaches it after some mails.
    const blocks = Math.ceil(statSync(file).size / 1024) + 40;
    const run = runProgram(file, port, ['bash', '-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'bash']);
    // Where it cannot write down what it does, it ends; the disk is the user's to see to, and no bug.
    const { code, errors } = await run.ended;
    expect(code, errors).toBe(1);
    expect(errors).toMatch(/Make room on (its|the) disk/);
    expect(total()).toBeGreaterThan(0);
    expect(total()).toBeLessThan(expected.messages.length);
    expect(errors).not.toMatch(/^\s+at /m);
  });
});

test('F6: somebody else holds the file for three seconds, and nobody notices', async () => {
  await through(async (file, { port, total }) => {
    const run = runProgram(file, port);
    for (let waited = 0; waited < 15_000 && total() < 3; waited += 5) await pause(5);
    const holder = spawn(process.execPath, ['--input-type=module', '-e', `import SQLite from 'better-sqlite3'; const db = new SQLite(process.argv[1]); db.pragma('busy_timeout = 5000'); db.exec('BEGIN IMMEDIATE'); setTimeout(() => { db.exec('ROLLBACK'); process.exit(0); }, 3000);`, file], { cwd: join(import.meta.dirname, '..', '..') });
    const held = new Promise((resolve) => holder.on('exit', resolve));
    const { code, errors } = await run.ended;
    expect(code, errors).toBe(0);
    expect(await held).toBe(0);
  }, 0);
});
