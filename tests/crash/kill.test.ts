// kill -9 in the middle of a run, again and again: nothing is lost, nothing is sent twice, and everybody ends where they would
// have ended (FAULTS F1, F2, I1, I3, I6, I9, I10). A real process, a real file, a real SMTP server on loopback.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY } from '../../shared/time.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { addContact, testWorkspace } from '../workspace-fixture.ts';
import { branch, exit, flowOf, mail, set, split, tag, wait } from '../runner/story.ts';

/** KANAL_KILLS for more than the suite has time for. */
const KILLS = Number(process.env['KANAL_KILLS'] ?? 12);
/** Enough that there is still something to do at the last kill. */
const PEOPLE = Math.max(150, KILLS * 6);
/** Messages that may be on their way at once, and so be unknown after a kill. */
const CONNECTIONS = 4;

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'kanal-kill-'));
const until = new Date(Date.now() + 60 * DAY).toISOString();

const flow = flowOf({
  steps: [
    mail('welcome'),
    wait('first', 2),
    split('half', [{ id: 'a', label: 'A', weight: 50 }, { id: 'b', label: 'B', weight: 50 }]),
    tag('group-a'),
    branch('odd', { kind: 'attribute', attribute: 'last_name', operator: 'equals', value: 'odd' }),
    mail('reminder'),
    set('name', 'first_name', 'Reminded'),
    wait('second', 3),
    mail('offer'),
    exit('end', 'done'),
  ],
  ways: ['welcome > first', 'first > half', 'half.a > group-a', 'half.b > odd', 'group-a > odd', 'odd.yes > reminder', 'odd.else > second', 'reminder > name', 'name > second', 'second > offer', 'offer > end'],
});

/** What a server has taken, by Message-ID: how often. */
type Taken = Map<string, number>;

async function mailServer(): Promise<{ port: number; taken: Taken; total: () => number; close: () => Promise<void> }> {
  const taken: Taken = new Map();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const id = /^message-id:\s*(\S+)/im.exec(Buffer.concat(chunks).toString())![1]!;
        taken.set(id, (taken.get(id) ?? 0) + 1);
        // Some answers take a moment: a kill may fall between the acceptance and its reply.
        setTimeout(done, taken.size % 7 === 0 ? 5 : 0);
      });
    },
  });
  server.on('error', () => undefined);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port, taken, total: () => [...taken.values()].reduce((sum, n) => sum + n, 0), close: () => new Promise((resolve) => server.close(() => resolve())) };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

type Run = { ended: Promise<{ code: number | null; errors: string }>; kill: () => void };

function runProgram(workspace: string, port: number): Run {
  const child = spawn(process.execPath, ['src-main/cli.ts', 'run', workspace, '--virtual-clock', '--until', until, '--transport', `smtp://127.0.0.1:${port}`], {
    cwd: root,
    env: { ...process.env, KANAL_DATA_FOLDER: join(folder, 'data') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return { ended: new Promise((resolve) => child.on('exit', (code) => resolve({ code, errors }))), kill: () => void child.kill('SIGKILL') };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Mulberry32 (Tommy Ettinger, public domain): the same kills each time. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Where everybody has ended, without instants: those depend on when the test runs. */
function ending(file: string) {
  const db = new SQLite(file, { readonly: true });
  const all = <Row>(sql: string) => db.prepare(sql).all() as Row[];
  const found = {
    integrity: db.pragma('integrity_check', { simple: true }),
    dangling: db.pragma('foreign_key_check'),
    enrollments: all('SELECT id, contact_id, state, step_id, exit_reason, failure, visit FROM enrollments ORDER BY id'),
    visits: all('SELECT enrollment_id, visit, step_id, outlet FROM visits ORDER BY enrollment_id, visit'),
    tags: all('SELECT contact_id, tag_id FROM contact_tags ORDER BY contact_id, tag_id'),
    names: all('SELECT id, first_name FROM contacts ORDER BY id'),
    events: all(`SELECT contact_id, type, count(*) AS n FROM events WHERE type <> 'message_sent' GROUP BY contact_id, type ORDER BY contact_id, type`),
    counts: all('SELECT step_id, what, n FROM step_counts ORDER BY step_id, what'),
    messages: all<{ key: string; state: string; message_id: string }>('SELECT key, state, message_id FROM outbox ORDER BY key'),
  };
  db.close();
  return found;
}

/** I9, at every kill: what is on the disk opens, and is whole. A copy is looked at, so that recovery stays the program's own. */
function expectWhole(file: string): void {
  const copy = join(folder, 'looked-at.kanal');
  for (const end of ['', '-wal']) {
    rmSync(copy + end, { force: true });
    if (existsSync(file + end)) cpSync(file + end, copy + end);
  }
  rmSync(`${copy}-shm`, { force: true });
  const db = new SQLite(copy);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
}

const [calm, stormy] = ['calm', 'stormy'].map((name) => join(folder, `${name}.kanal`)) as [string, string];

beforeAll(async () => {
  const file = join(folder, 'start.kanal');
  const workspace = testWorkspace({ file, now: Date.now() - DAY });
  const calls = flowHandlers(workspace);
  const messages = ['welcome', 'reminder', 'offer'].map((key) => ({ key, name: key, subject: `${key} {{ contact.last_name | default: "" }}`, body: `<p>${key}</p>` }));
  const { id } = await calls['flows.importFile']({ text: JSON.stringify({ kanalFlow: 1, ...flow, messages }), fileName: 'story.kanalflow' });
  await calls['flows.publish']({ flow: id });
  for (let index = 0; index < PEOPLE; index++) addContact(workspace, { email: `person${index}@example.com`, last_name: index % 2 === 1 ? 'odd' : 'even', consent: ['email'] });
  workspace.db.pragma('wal_checkpoint(TRUNCATE)');
  workspace.close();
  for (const copy of [calm, stormy]) cpSync(file, copy);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`a run that is killed ${KILLS} times ends like one that is not`, { timeout: 240_000 + KILLS * 5_000 }, async () => {
  const calmServer = await mailServer();
  const undisturbed = await runProgram(calm, calmServer.port).ended;
  expect(undisturbed, undisturbed.errors).toMatchObject({ code: 0 });
  await calmServer.close();
  const expected = ending(calm);
  expect(expected.messages.every(({ state }) => state === 'sent')).toBe(true);

  const server = await mailServer();
  const random = seeded(20_260_302);
  let midway = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const run = runProgram(stormy, server.port);
    const seen = { end: false };
    const ended = run.ended.then(() => void (seen.end = true));
    const enough = server.total() + 1 + random(30);
    // Every third kill falls into the start and its clearing up; the others after so many mails.
    const isEarly = kill % 3 === 2;
    const limit = isEarly ? 100 + random(500) : 15_000;
    const isTime = () => seen.end || (!isEarly && server.total() >= enough);
    for (let waited = 0; waited < limit && !isTime(); waited += 5) await pause(5);
    await pause(random(10));
    if (!seen.end) midway++;
    run.kill();
    await ended;
    expectWhole(stormy);
  }
  // The kills did fall into the work, or nothing was tried.
  expect(midway).toBeGreaterThan(KILLS / 2);
  const last = await runProgram(stormy, server.port).ended;
  expect(last, last.errors).toMatchObject({ code: 0 });
  await server.close();

  const { messages, ...found } = ending(stormy);
  const { messages: wanted, ...calmly } = expected;
  expect(found).toEqual(calmly);
  expect(found).toMatchObject({ integrity: 'ok', dangling: [] });
  expect(messages.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key));
  // Each was accepted once at the most; what counts as sent was accepted; unknown is only what was on its way at a kill.
  for (const { state, message_id: id } of messages) {
    const times = server.taken.get(`<${id}>`) ?? 0;
    expect(times).toBeLessThanOrEqual(1);
    if (state === 'sent') expect(times).toBe(1);
    else expect(state).toBe('unknown');
  }
  expect([...server.taken.values()].every((n) => n === 1)).toBe(true);
  expect(messages.filter(({ state }) => state === 'unknown').length).toBeLessThanOrEqual(KILLS * CONNECTIONS);
});
