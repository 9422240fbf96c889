// The commands about flows, as somebody types them, with a folder for the mail. The words of the command line itself (options,
// exit codes) are tested with its host.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProblemError } from '../../shared/problem.ts';
import { DAY } from '../../shared/time.ts';
import { createBackend, type Backend } from '../../src-main/backend.ts';
import { systemClock } from '../../src-main/clock.ts';
import type { CommandContext } from '../../src-main/commands/command.ts';
import { flowCommands } from '../../src-main/commands/flows.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { recordEvent } from '../../src-main/store/events.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { recordAudit } from '../../src-main/store/runner-state.ts';
import { throughGate } from '../command-line.ts';
import { addContact, memorySecrets, testWorkspace } from '../workspace-fixture.ts';
import { flowOf, mail, tag, wait } from './story.ts';

const folder = mkdtempSync(join(tmpdir(), 'kanal-commands-'));
const at = (name: string) => join(folder, name);

/** What a command prints: for people, and as its JSON document. A ProblemError is thrown on. */
async function kanal(...words: string[]): Promise<{ out: string; document: unknown }> {
  const command = [2, 1].map((length) => flowCommands.find(({ name }) => name === words.slice(0, length).join(' '))).find((found) => found !== undefined)!;
  const { values, positionals } = parseArgs({ args: words.slice(command.name.split(' ').length), options: command.options ?? {}, allowPositionals: true });
  const opened: Backend[] = [];
  const printed = { out: '', document: undefined as unknown };
  const start: CommandContext['start'] = async (how = {}) => {
    const backend = createBackend({
      clock: how.clock ?? systemClock,
      dataFolder: at('data'),
      documentsFolder: folder,
      secrets: memorySecrets(),
      log: () => undefined,
      openChannel: () => {
        throw new Error('No account is used here');
      },
      ...(how.channel !== undefined && { channel: how.channel }),
      autoRun: false,
    });
    opened.push(backend);
    return backend;
  };
  try {
    await command.run({
      positionals,
      options: values as CommandContext['options'],
      start,
      open: async (file, how) => {
        const backend = await start(how);
        await throughGate(backend, 'workspace.open', { file });
        return backend;
      },
      call: throughGate,
      print: (human, json) => Object.assign(printed, { out: human, document: json }),
      progress: () => undefined,
      untilStopped: () => new Promise(() => undefined),
    });
    return printed;
  } finally {
    for (const backend of opened) await backend.close();
  }
}

const shop = at('shop.kanal');
const out = `folder:${at('out')}`;

const flow = flowOf({ name: 'Welcome', steps: [mail('welcome'), wait('pause', 2), mail('again'), tag('done')] });
const messages = ['welcome', 'again'].map((key) => ({ key, name: key, subject: key, body: `<p>${key}</p>` }));
const fileText = (changes: Record<string, unknown> = {}) => JSON.stringify({ kanalFlow: 1, ...flow, messages, ...changes });

beforeAll(() => {
  const workspace = testWorkspace({ file: shop, now: Date.now() - DAY });
  for (let index = 0; index < 3; index++) addContact(workspace, { email: `p${index}@example.com`, consent: index < 2 ? ['email'] : [] });
  workspace.close();
  writeFileSync(at('good.kanalflow'), fileText());
  writeFileSync(at('bad.kanalflow'), fileText({ triggers: [], steps: [...flow.steps, { id: 'lost', type: 'sendEmail', config: { message: 'nowhere' } }] }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('check names every problem with its step', async () => {
  expect((await kanal('flow', 'check', at('good.kanalflow'))).out).toContain('can be published');
  const refusal = (await kanal('flow', 'check', at('bad.kanalflow')).catch((error: unknown) => error)) as ProblemError;
  expect(refusal.problems.map(({ code }) => code)).toContain('no-trigger');
  expect(refusal.problems.some(({ place }) => place?.step === 'lost')).toBe(true);
  expect(refusal.problems.every(({ place }) => place?.file === at('bad.kanalflow'))).toBe(true);
});

test('D22: check says whom more than one way of a branch is open to', async () => {
  const ways = { id: 'b', type: 'branch', name: 'Who?', config: { branches: [{ id: 'yes', label: 'May be written to', rule: { kind: 'consent', channel: 'email', given: true } }, { id: 'some', label: '', rule: { kind: 'attribute', attribute: 'email', operator: 'isNotEmpty' } }] } };
  writeFileSync(at('branch.kanalflow'), JSON.stringify({ kanalFlow: 1, ...flowOf({ steps: [ways] }) }));
  expect((await kanal('flow', 'check', at('branch.kanalflow'))).document).toMatchObject({ overlaps: [] });
  const { out: human, document } = await kanal('flow', 'check', at('branch.kanalflow'), '--contacts', shop);
  expect(human).toContain('2 contacts match more than one way of “Who?”; the first takes them: p1@example.com (May be written to, Branch 2); p0@example.com');
  expect(document).toMatchObject({ overlaps: [{ step: 'b', count: 2, first: [{ contact: 'p1@example.com', ways: ['May be written to', 'Branch 2'] }, { contact: 'p0@example.com' }] }] });
});

test('from a file to a report that adds up; a second run goes on from there, and sends nothing twice', async () => {
  expect((await kanal('flow', 'add', shop, at('good.kanalflow'))).document).toMatchObject({ name: 'Welcome', created: { messages: ['welcome', 'again'] } });
  await expect(kanal('enroll', shop, 'Welcome')).rejects.toThrow('is not running');
  expect((await kanal('flow', 'publish', shop, 'Welcome')).document).toMatchObject({ version: 1 });
  expect((await kanal('enroll', shop, 'Welcome')).document).toEqual({ enrolled: 3, skipped: 0 });

  const run = async (days: number) => (await kanal('run', shop, '--virtual-clock', '--until', new Date(Date.now() + days * DAY).toISOString(), '--transport', out)).document as { now: string };
  const first = await run(1);
  expect(readdirSync(at('out'))).toHaveLength(2);
  // Earlier than where the first run ended: time does not go back.
  expect((await run(0.5)).now).toBe(first.now);
  await run(10);
  await run(11);
  expect(readdirSync(at('out'))).toHaveLength(4);

  const { out: human, document } = await kanal('report', shop, 'Welcome');
  const report = document as { people: Record<string, number>; steps: (Record<string, number> & { id: string; left: Record<string, number> })[] };
  expect(report.people).toMatchObject({ entered: 3, finished: 3, active: 0, exited: 0, failed: 0, held: 0 });
  for (const step of report.steps) {
    expect(step['entered']).toBe(step['waiting']! + Object.values(step.left).reduce((sum, n) => sum + n, 0));
    expect(step['planned']).toBe(['open', 'sent', 'failed', 'unknown', 'held', 'cancelled'].reduce((sum, what) => sum + step[what]!, 0));
  }
  // Who never consented is asked for, and not written to.
  expect(report.steps[0]).toMatchObject({ id: 'welcome', people: 3, planned: 3, sent: 2, cancelled: 1, reasons: { 'no-consent': 1 } });
  expect(human).toMatch(/entered 3 = inside 0 \+ held 0 \+ failed 0 \+ finished 3 \+ exited 0/);
  expect(human).toMatch(/welcome: .*\s3\s+3\s+0\s+3\s+0\s+2\s+0\s+0\s+0\s+1\s+next 3\s+no-consent 1$/m);
});

test('pause, resume, list and export', async () => {
  await kanal('flow', 'pause', shop, '1');
  expect((await kanal('flow', 'list', shop)).out).toMatch(/1\s+paused\s+v1.*Welcome/);
  await kanal('flow', 'resume', shop, 'Welcome');
  await kanal('flow', 'export', shop, 'Welcome', at('copy.kanalflow'));
  await expect(kanal('flow', 'export', shop, 'Welcome', at('copy.kanalflow'))).rejects.toThrow('already exists');
  expect((await kanal('flow', 'check', at('copy.kanalflow'))).out).toContain('can be published');
  expect((await kanal('flow', 'export', shop, 'Welcome')).out).toBe(readFileSync(at('copy.kanalflow'), 'utf8'));
});

test('in real time a run does what is due, and ends where it is told', async () => {
  const { document } = await kanal('run', shop, '--until', new Date(Date.now() + 400).toISOString(), '--transport', out);
  expect(Date.parse((document as { now: string }).now)).toBeGreaterThan(Date.now() - 5000);
});

test.each([
  [['flow', 'publish', shop, 'Wellcome'], 'There is no flow “Wellcome”. There are: “Welcome”.'],
  [['flow', 'check', at('missing.kanalflow')], 'cannot be read (ENOENT)'],
  [['run', shop, '--virtual-clock', '--transport', 'smtp://mail.example.com:25'], 'mail may go only to a folder or to a server on this computer'],
  [['run', shop, '--virtual-clock', '--transport', 'smtp://127.evil.example:25'], 'mail may go only to a folder or to a server on this computer'],
  [['run', shop, '--until', 'soon', '--transport', out], '"soon" is not a moment'],
  [['enroll', shop, 'Welcome', '--contact', 'nobody@example.com'], 'no contact with the address nobody@example.com'],
])('%j is refused in words', async (words, sentence) => {
  await expect(kanal(...words)).rejects.toThrow(sentence);
});

test('the schema of flow files is JSON, and knows every step', async () => {
  const text = JSON.stringify(JSON.parse((await kanal('schema', 'flow')).out));
  for (const type of ['sendEmail', 'wait', 'waitUntil', 'branch', 'split', 'updateAttribute', 'addTag', 'removeTag', 'exit']) expect(text).toContain(`"${type}"`);
});

test('people are kept on their version, and brought over', async () => {
  const file = at('kept.kanal');
  await peopled(file);
  const published = await kanal('flow', 'publish', file, 'Club', '--keep');
  expect(published.out).toContain('Stay on the version before until they leave: 3.');
  expect(published.document).toMatchObject({ version: 2, kept: 3 });
  expect((await kanal('people', 'list', file, 'Club')).out).toContain('ada@example.com  (version 1, due 2');
  const flows = await kanal('flow', 'list', file);
  expect(flows.out).toMatch(/v2 {2}entered 3, inside 3 \(3 on earlier versions\) {2}Club\n“people follow WORKSPACE FLOW” brings/);
  expect(flows.document).toMatchObject([{ inside: 3, kept: 3 }]);
  const report = await kanal('report', file, 'Club');
  expect(report.out).toContain('On earlier versions: version 1: 3');
  expect(report.document).toMatchObject({ version: 2, kept: [{ version: 1, people: 3, steps: [{ step: 'pause', here: 3 }] }] });
  expect((await kanal('people', 'follow', file, 'Club', '--contact', 'ada@example.com')).document).toEqual({ done: 1, skipped: 0 });
  await expect(kanal('people', 'follow', file, 'Club', '--removed', 'pause')).rejects.toThrow('STEP=next');
  await expect(kanal('people', 'follow', file, 'Club', '--removed', 'pause=exit')).rejects.toThrow('not taken away');
  expect((await kanal('people', 'follow', file, 'Club')).out).toBe('Done for 2.');
  expect((await kanal('people', 'follow', file, 'Club')).document).toEqual({ done: 0, skipped: 0 });
  expect((await kanal('report', file, 'Club')).out).not.toContain('On earlier versions');
  expect((await kanal('flow', 'list', file)).out).not.toMatch(/earlier|follow/);
  await expect(kanal('flow', 'publish', file, 'Club', '--keep', '--removed', 'pause=exit')).rejects.toThrow();
});

test('people inside are listed, moved, let go on, restarted, taken out and tried again; the audit tells all of it', async () => {
  const file = at('people.kanal');
  await peopled(file);
  const people = async (...words: string[]) => (await kanal('people', ...words)).document as { done: number; skipped: number };
  const inside = async (...words: string[]) => (await kanal('people', 'list', file, 'Club', ...words)).document as { total: number; rows: { email: string; stepId: string | null; exitReason: string | null }[] };
  expect((await inside()).rows.map(({ email, stepId }) => [email, stepId].join()).toSorted()).toEqual(['ada@example.com,pause', 'ben@example.com,pause', 'cleo@example.com,pause']);
  expect((await kanal('people', 'list', file, 'Club')).out).toMatch(/pause {2,}ada@example.com {2}\(due 2/);
  expect(await people('move', file, 'Club', '--contact', 'ada@example.com', '--to', 'later')).toEqual({ done: 1, skipped: 0 });
  expect(await people('skip', file, 'Club', '--contact', 'ben@example.com')).toEqual({ done: 1, skipped: 0 });
  expect(await people('restart', file, 'Club', '--step', 'pause')).toEqual({ done: 1, skipped: 0 });
  expect((await inside('--step', 'later')).rows.map(({ email }) => email).toSorted()).toEqual(['ada@example.com', 'ben@example.com']);
  expect(await people('remove', file, 'Club', '--step', 'later', '--reason', 'moved away')).toEqual({ done: 2, skipped: 0, removed: 0 });
  expect((await inside('--state', 'exited')).rows.map(({ exitReason }) => String(exitReason)).toSorted()).toEqual(['moved away', 'moved away', 'restarted']);
  expect(await people('retry', file, 'Club')).toEqual({ done: 0, skipped: 0 });
  const audit = (await kanal('audit', file, '--flow', 'Club')).document as { action: string }[];
  expect(audit.map(({ action }) => action)).toEqual(['people-remove', 'people-restart', 'people-skip', 'people-move', 'people-enrolled', 'flow-published']);
  for (const [words, code] of [
    [['move', file, 'Club', '--step', 'pause'], 'step-missing'],
    [['move', file, 'Club', '--step', 'pause', '--to', 'gone'], 'step-unknown'],
    [['skip', file, 'Club'], 'nobody-chosen'],
    [['remove', file, 'Club', '--contact', 'ada@example.com'], 'not-inside'],
    [['list', file, 'Club', '--state', 'asleep'], 'state-unknown'],
    [['list', file, 'Club', '--limit', 'all'], 'number-unfit'],
  ] as const) {
    await expect(kanal('people', ...words)).rejects.toMatchObject({ problems: [{ code }] });
  }
});

test('A1.8: whoever is in a flow several times at once is meant with every passage', async () => {
  const file = at('visits.kanal');
  const workspace = testWorkspace({ file, now: Date.now() - DAY });
  const visits = flowOf({ name: 'Visits', triggers: [{ id: 'visit', type: 'eventHappened', config: { name: 'visit' } }], entry: { reentry: 'perKey', reentryDays: 30, audience: null, key: 'shop' }, steps: [wait('pause', 2), wait('later', 2)] });
  publish(workspace, insertFlow(workspace, visits), visits, []);
  const contactId = addContact(workspace, { email: 'ada@example.com' });
  for (const key of ['north', 'south']) recordEvent(workspace, { contactId, type: 'visit', at: workspace.clock.now(), source: 'user', data: { shop: key } });
  workspace.close();
  await kanal('run', file, '--virtual-clock', '--until', new Date(Date.now() + 1000).toISOString(), '--transport', out);
  expect((await kanal('people', 'move', file, 'Visits', '--contact', 'ada@example.com', '--to', 'later')).document).toEqual({ done: 1, skipped: 0 });
  expect((await kanal('people', 'list', file, 'Visits', '--step', 'later')).document).toMatchObject({ total: 2 });
});

test('D7: who is to come in later is listed with place and since when, and taken out of the line like those inside', async () => {
  const file = at('line.kanal');
  const workspace = testWorkspace({ file });
  for (const name of ['ada', 'ben', 'cleo']) addContact(workspace, { email: `${name}@example.com` });
  workspace.close();
  writeFileSync(at('line.kanalflow'), JSON.stringify({ kanalFlow: 1, ...flowOf({ name: 'Later', steps: [wait('pause', 2)] }) }));
  await kanal('flow', 'add', file, at('line.kanalflow'));
  await kanal('flow', 'publish', file, 'Later', '--existing', '--over', '3d');
  expect((await kanal('people', 'list', file, 'Later')).out).toBe('0 in all.\n3 in line to come in later: “people list ... --state line” shows them.');
  const { out: told, document } = await kanal('people', 'list', file, 'Later', '--state', 'line');
  expect(told).toMatch(/^3 in line.\n +1 {2}ada@example.com {2}\(since 2\S+Z, comes in 2\S+Z\)\n +2 {2}ben@/);
  expect(document).toMatchObject({ total: 3, rows: [{ place: 1, email: 'ada@example.com' }, { place: 2, email: 'ben@example.com' }, { place: 3, email: 'cleo@example.com' }] });
  await expect(kanal('people', 'move', file, 'Later', '--contact', 'ben@example.com', '--to', 'pause')).rejects.toMatchObject({ problems: [{ code: 'not-inside' }] });
  await expect(kanal('people', 'remove', file, 'Later', '--contact', 'ben@example.com', '--step', 'pase')).rejects.toMatchObject({ problems: [{ code: 'step-unknown' }] });
  expect((await kanal('people', 'remove', file, 'Later', '--contact', 'ben@example.com', '--step', 'pause')).document).toEqual({ done: 0, skipped: 0, removed: 0 });
  const removed = await kanal('people', 'remove', file, 'Later', '--contact', 'ben@example.com');
  expect(removed).toEqual({ out: 'Out of the line: 1.', document: { done: 0, skipped: 0, removed: 1 } });
  expect((await kanal('people', 'list', file, 'Later', '--state', 'line')).out).toMatch(/^2 in line.\n +1 {2}ada.*\n +2 {2}cleo/);
  await expect(kanal('people', 'remove', file, 'Later', '--contact', 'ben@example.com')).rejects.toMatchObject({ problems: [{ code: 'not-inside' }] });
  await expect(kanal('people', 'list', file, 'Later', '--state', 'line', '--step', 'pause')).rejects.toMatchObject({ problems: [{ code: 'line-step' }] });
});

/** A workspace with three people who wait in a published flow. */
async function peopled(file: string): Promise<void> {
  const workspace = testWorkspace({ file, now: Date.now() - DAY });
  for (const name of ['ada', 'ben', 'cleo']) addContact(workspace, { email: `${name}@example.com` });
  workspace.close();
  writeFileSync(at('club.kanalflow'), JSON.stringify({ kanalFlow: 1, ...flowOf({ name: 'Club', steps: [wait('pause', 2), wait('later', 2)] }) }));
  await kanal('flow', 'add', file, at('club.kanalflow'));
  await kanal('flow', 'publish', file, 'Club');
  await kanal('enroll', file, 'Club');
  await kanal('run', file, '--virtual-clock', '--until', new Date(Date.now() + 1000).toISOString(), '--transport', out);
}

test('D8: publishing takes in those who match already, spread over some days, when it is told to', async () => {
  const file = at('existing.kanal');
  const workspace = testWorkspace({ file });
  for (const name of ['a', 'b', 'c', 'd']) addContact(workspace, { email: `${name}@example.com` });
  workspace.db.close();
  writeFileSync(at('existing.kanalflow'), JSON.stringify({ kanalFlow: 1, ...flowOf({ name: 'All', steps: [wait('pause', 2)] }) }));
  await kanal('flow', 'add', file, at('existing.kanalflow'));
  await expect(kanal('flow', 'publish', file, 'All', '--over', '3d')).rejects.toThrow('--existing');
  await expect(kanal('flow', 'publish', file, 'All', '--existing', '--over', 'soon')).rejects.toThrow('12h, 3d or 2w');
  const { out: told, document } = await kanal('flow', 'publish', file, 'All', '--existing', '--over', '3d');
  expect(told).toContain('come in: 4');
  expect(document).toMatchObject({ version: 1, existing: 4 });
});

test('a step is taken away, a new one is for who has gone by, and the flow runs empty; nobody is stuck', async () => {
  const file = at('alive.kanal');
  const workspace = testWorkspace({ file });
  workspace.db.close();
  const bring = (name: string, ...steps: Parameters<typeof flowOf>[0]['steps']) => writeFileSync(at(name), JSON.stringify({ kanalFlow: 1, ...flowOf({ name: 'Alive', steps }) }));
  bring('alive.kanalflow', tag('in'), wait('pause', 2), tag('end'));
  await kanal('flow', 'add', file, at('alive.kanalflow'));
  await kanal('flow', 'publish', file, 'Alive');
  await expect(kanal('flow', 'publish', file, 'Alive', '--removed', 'pause')).rejects.toThrow('STEP=next');
  await expect(kanal('flow', 'publish', file, 'Alive', '--removed', 'pause=exit')).rejects.toThrow('not taken away');
  await expect(kanal('flow', 'publish', file, 'Alive', '--backfill', 'long')).rejects.toThrow('1 to 3650');
  const { document } = await kanal('flow', 'publish', file, 'Alive', '--backfill', '30');
  expect(document).toMatchObject({ version: 2, backfilled: 0 });
  await expect(kanal('flow', 'drain', file, 'Alive', '--end', 'vanish')).rejects.toThrow('pause, archive, go-on');
  expect((await kanal('flow', 'drain', file, 'Alive', '--end', 'archive')).out).toContain('Inside: 0');
  expect((await kanal('flow', 'drain', file, 'Alive', '--end', 'go-on')).out).toContain('takes people in again');
  expect((await kanal('errors', file)).out).toBe('Nobody is stuck.');
  expect((await kanal('errors', file, '--flow', 'Alive')).document).toEqual({ total: 0, people: 0, rows: [], steps: [] });
});

test('the audit is read back to its beginning, in one go or on from an entry', async () => {
  const file = at('long-audit.kanal');
  const workspace = testWorkspace({ file });
  for (let n = 0; n < 1203; n++) recordAudit(workspace, 'user', 'flow-paused', { flow: 1 });
  workspace.close();
  const ids = async (...words: string[]) => ((await kanal('audit', file, ...words)).document as { id: number }[]).map(({ id }) => id);
  expect(await ids('--limit', 'all')).toEqual(Array.from({ length: 1203 }, (_, n) => 1203 - n));
  expect(await ids('--limit', '700')).toEqual(Array.from({ length: 700 }, (_, n) => 1203 - n));
  expect(await ids('--before', '504', '--limit', '600')).toEqual(Array.from({ length: 503 }, (_, n) => 503 - n));
  expect((await kanal('audit', file)).out).toMatch(/^ {2}1203 {2}.*Older ones: --before 1104$/s);
  await expect(kanal('audit', file, '--limit', '0')).rejects.toThrow('--limit takes a whole number from 1 on.');
});
