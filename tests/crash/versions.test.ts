// Killed while a new version is published and people are kept on theirs, and while they are brought over to it: at each write that
// reaches the workspace's file, and at random. It is done for everybody or for nobody, and done again it ends as it would have ended
// (FAULTS F1, I1-I11; FEATURES A14.6).
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Flow } from '../../shared/flow/flow.ts';
import { DAY } from '../../shared/time.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { branch, flowOf, mail, split, tag, wait } from '../runner/story.ts';
import { addContact, testWorkspace } from '../workspace-fixture.ts';
import { CONNECTIONS, ending, expectSameEnd, expectWhole, folder, mailServer, pause, runCommand, runProgram, type MailServer } from './stage.ts';
import { seeded } from './random.ts';

const PEOPLE = 16;
/** Kills at random instants, for each of the two; KANAL_KILLS for more than the suite has time for. */
const RANDOM = Number(process.env['KANAL_KILLS'] ?? 2);
const hasStrace = spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0;
const unlessStrace = hasStrace ? '' : ' (skipped: no strace on this machine)';

const half = split('half', [{ id: 'a', label: 'A', weight: 50 }, { id: 'b', label: 'B', weight: 50 }]);
const odd = branch('odd', { kind: 'attribute', attribute: 'last_name', operator: 'equals', value: 'odd' });
/** Half of them stand at "first" and half at "second" when another version is published. */
const before = flowOf({ name: 'Story', steps: [mail('welcome'), odd, wait('first', 2), wait('second', 3), half, tag('group-a'), mail('offer')], ways: ['welcome > odd', 'odd.yes > first', 'odd.else > second', 'first > half', 'second > half', 'half.a > group-a', 'half.b > offer', 'group-a > offer'] });
/** "first" is gone, "second" is longer, and there is another message. */
const after = flowOf({ name: 'Story', steps: [mail('welcome'), odd, wait('second', 9), mail('reminder'), half, tag('group-b'), mail('offer')], ways: ['welcome > odd', 'odd.yes > reminder', 'odd.else > second', 'second > reminder', 'reminder > half', 'half.a > group-b', 'half.b > offer', 'group-b > offer'] });

type Operation = { name: string; words: (file: string) => string[]; start: string; /** What has become of everybody: nothing yet, all of it, or (each by themselves) some of it. */ state: (file: string) => 'before' | 'after' | 'between' };

const read = <Row>(file: string, sql: string): Row[] => {
  const db = new SQLite(file, { readonly: true });
  const found = db.prepare(sql).all() as Row[];
  db.close();
  return found;
};

const standing = (file: string) => read<{ kept: number | null; step: string }>(file, `SELECT kept_version AS kept, step_id AS step FROM enrollments WHERE state = 'active'`);
const versionOf = (file: string) => read<{ live: number; kept: string }>(file, 'SELECT live_version AS live, kept_versions AS kept FROM flows')[0]!;

const keeping: Operation = {
  name: 'publishing with everybody kept on their version',
  words: (file) => ['flow', 'publish', file, 'Story', '--keep'],
  start: join(folder, 'waiting.kanal'),
  state(file) {
    const { live, kept } = versionOf(file);
    const versions = new Set(standing(file).map((each) => each.kept));
    expect(standing(file), 'I3').toHaveLength(PEOPLE);
    if (live === 1) expect([kept, [...versions]]).toEqual(['[]', [null]]);
    else expect([live, kept, [...versions]]).toEqual([2, '[1]', [1]]);
    return live === 1 ? 'before' : 'after';
  },
};

const bringing: Operation = {
  name: 'bringing them over to the live version',
  words: (file) => ['people', 'follow', file, 'Story', '--removed', 'first=reminder'],
  start: join(folder, 'kept.kanal'),
  state(file) {
    const all = standing(file);
    expect(all, 'I3').toHaveLength(PEOPLE);
    // Each stands at a step of the version that they follow, and nowhere else (I4).
    for (const { kept, step } of all) expect(kept === 1 ? ['first', 'second'] : ['second', 'reminder']).toContain(step);
    const still = all.filter(({ kept }) => kept !== null).length;
    return still === PEOPLE ? 'before' : still === 0 ? 'after' : 'between';
  },
};

let copies = 0;
/** What had left before any of it began. */
let earlier: MailServer['taken'];
const ends = new Map<Operation, ReturnType<typeof ending>>();

function copyOf(file: string): string {
  const copy = join(folder, `version${++copies}.kanal`);
  cpSync(file, copy);
  return copy;
}

async function command(operation: Operation, file: string): Promise<void> {
  const { code, errors } = await runCommand(operation.words(file)).ended;
  expect(code, errors).toBe(0);
}

/** To its end, over a server of its own. */
async function toTheEnd(file: string): Promise<MailServer> {
  const server = await mailServer();
  for (const [id, times] of earlier) server.taken.set(id, times);
  const { code, errors } = await runProgram(file, server.port).ended;
  expect(code, errors).toBe(0);
  await server.close();
  return server;
}

beforeAll(async () => {
  const file = keeping.start;
  const workspace = testWorkspace({ file, now: Date.now() - DAY });
  const calls = flowHandlers(workspace);
  const messages = ['welcome', 'reminder', 'offer'].map((key) => ({ key, name: key, subject: key, body: `<p>${key}</p>` }));
  const { id } = await calls['flows.importFile']({ text: JSON.stringify({ kanalFlow: 1, ...before, messages }), fileName: 'story.kanalflow' });
  await calls['flows.publish']({ flow: id });
  const { revision } = await calls['flows.get']({ flow: id });
  await calls['flows.saveDraft']({ flow: id, draft: after, revision });
  for (let index = 0; index < PEOPLE; index++) addContact(workspace, { email: `person${index}@example.com`, last_name: index % 2 === 1 ? 'odd' : 'even', consent: ['email'] });
  workspace.close();
  const server = await mailServer();
  const first = await runProgram(file, server.port, [], new Date(Date.now() + 60_000).toISOString()).ended;
  expect(first.code, first.errors).toBe(0);
  await server.close();
  earlier = server.taken;
  // I2: one of them is not to be written to any more; what is not their own word lets nobody out at once (FEATURES D14).
  const suppressed = await runCommand(['suppress', file, 'person3@example.com', 'bounced']).ended;
  expect(suppressed.code, suppressed.errors).toBe(0);
  const kept = bringing.start;
  cpSync(file, kept);
  await command(keeping, kept);
  for (const operation of [keeping, bringing]) {
    const calm = copyOf(operation.start);
    await command(operation, calm);
    expect(operation.state(calm)).toBe('after');
    const calmServer = await toTheEnd(calm);
    ends.set(operation, ending(calm));
    expect(calmServer.total()).toBeGreaterThan(PEOPLE * 1.5);
  }
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Kills it once, looks at what is left, does it again, and lets everything come to its end. Answers what the kill has left. */
async function through(operation: Operation, accident: (file: string) => Promise<unknown>): Promise<ReturnType<Operation['state']>> {
  const file = copyOf(operation.start);
  await accident(file);
  expectWhole(file);
  const state = operation.state(file);
  if (state !== 'after') await command(operation, file);
  expect(operation.state(file), 'done again, it is done').toBe('after');
  const server = await toTheEnd(file);
  expectSameEnd(file, ends.get(operation)!, server, CONNECTIONS);
  expectPaths(file);
  return state;
}

/** I4: each visit was at a step of the version that it names. I5: nobody left a wait before its time. I3, I10: all of them add up. */
function expectPaths(file: string): void {
  const flows = new Map(read<{ number: number; flow: string }>(file, 'SELECT number, flow FROM flow_versions').map(({ number, flow }) => [number, JSON.parse(flow) as Flow]));
  const visits = read<{ version: number; step: string; stayed: number; outlet: string | null }>(file, 'SELECT version, step_id AS step, left_at - entered_at AS stayed, outlet FROM visits');
  for (const { version, step, stayed, outlet } of visits) {
    const found = flows.get(version)?.steps.find(({ id }) => id === step);
    expect(found, `I4: ${step} in version ${version}`).toBeDefined();
    if (found!.type === 'wait' && outlet === 'next') expect(stayed, 'I5').toBeGreaterThanOrEqual((found!.config as { duration: { amount: number } }).duration.amount * DAY);
  }
  const sums = Object.fromEntries(read<{ state: string; n: number }>(file, 'SELECT state, count(*) AS n FROM enrollments GROUP BY state').map(({ state, n }) => [state, n]));
  expect(Object.values(sums).reduce((sum, n) => sum + n, 0), 'I3').toBe(PEOPLE);
  const told = Object.fromEntries(read<{ what: string; n: number }>(file, `SELECT what, n FROM step_counts WHERE step_id = ''`).map(({ what, n }) => [what, n]));
  expect({ finished: told['finished'] ?? 0, exited: told['exited'] ?? 0, entered: told['entered'] }).toEqual({ finished: sums['finished'] ?? 0, exited: sums['exited'] ?? 0, entered: PEOPLE });
  expect(read(file, `SELECT 1 FROM outbox WHERE state NOT IN ('sent', 'failed', 'unknown', 'held', 'cancelled')`), 'I10').toEqual([]);
}

const trace = join(folder, 'versions.trace');

/** At which of its main thread's writes something reaches the workspace itself, rather than a backup of it. */
async function writesTo(operation: Operation): Promise<number[]> {
  const file = copyOf(operation.start);
  await runCommand(operation.words(file), ['strace', '-f', '-qq', '-y', '-s', '0', '-o', trace, '-e', 'trace=pwrite64']).ended;
  const lines = readFileSync(trace, 'utf8').split('\n').filter((line) => line.includes('pwrite64('));
  const mine = (line: string) => line.includes(`${file}-wal>`) || line.includes(`${file}>`);
  const main = lines.find(mine)!.split(' ')[0]!;
  return lines.filter((line) => line.startsWith(`${main} `)).flatMap((line, index) => (mine(line) ? [index + 1] : []));
}

/** KANAL_WRITES=all for every one of them. */
function some(writes: readonly number[]): number[] {
  if (process.env['KANAL_WRITES'] === 'all') return [...writes];
  const parts = 4;
  return [...new Set(Array.from({ length: parts }, (_, part) => writes[Math.round((part * (writes.length - 1)) / (parts - 1))]!))];
}

describe.each([keeping, bringing])('F1: killed while $name', (operation) => {
  test.skipIf(!hasStrace)(`at its writes${unlessStrace}`, { timeout: 600_000 }, async () => {
    const writes = await writesTo(operation);
    expect(writes.length).toBeGreaterThan(4);
    const left = new Set<string>();
    for (const nth of some(writes)) {
      left.add(await through(operation, (file) => runCommand(operation.words(file), ['strace', '-f', '-qq', '-o', trace, '-e', 'trace=pwrite64', '-e', `inject=pwrite64:signal=SIGKILL:when=${nth}`]).ended));
    }
    // Some fell before it was done, or nothing was tried.
    expect(left).toContain('before');
  });

  test(`${RANDOM} times at random`, { timeout: 240_000 + RANDOM * 10_000 }, async () => {
    const random = seeded(20_261_122);
    for (let n = 0; n < RANDOM; n++) {
      await through(operation, async (file) => {
        const run = runCommand(operation.words(file));
        await pause(100 + random(400));
        run.kill();
        await run.ended;
      });
    }
  });
});
