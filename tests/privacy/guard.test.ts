// What a restored or copied workspace must not forget: opt-outs, erasures, and what has left already (FAULTS F12, finding 8).
import { appendFileSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { restoreBackup } from '../../src-main/store/backup.ts';
import { stage, threeMails, type Stage } from './backend-stage.ts';

let s: Stage;
let flow: number;
const people: Record<string, number> = {};

beforeEach(async () => {
  s = stage();
  await s.call('workspace.create', { name: 'Shop', file: join(s.folder, 'shop.kanal'), timeZone: 'UTC', locale: 'en-GB', sample: false });
  flow = await threeMails(s);
  for (const name of ['ada', 'bo', 'cleo']) people[name] = (await s.call('contacts.add', { values: { email: `${name}@example.com` } })).id;
});
afterEach(() => s.end());

const enroll = (...names: string[]) => s.call('flows.enroll', { flow, contacts: names.map((name) => people[name]!) });
const guardFiles = () => readdirSync(join(s.folder, 'data', 'guards')).map((name) => join(s.folder, 'data', 'guards', name));

async function backup(name: string): Promise<string> {
  return (await s.call('workspace.backup', { file: join(s.folder, name) })).file;
}

describe('FAULTS F12: an older backup', () => {
  test('backup, suppress X, send step 2, restore, run: X gets nothing, step 2 is not sent again', async () => {
    await enroll('ada', 'bo', 'cleo');
    await s.pass(1);
    const copy = await backup('old.kanal');
    await s.call('contacts.suppress', { address: 'bo@example.com', reason: 'unsubscribed' });
    await s.pass(24);
    expect(s.mails().filter((mail) => mail.endsWith('two')).sort()).toEqual(['ada@example.com: two', 'cleo@example.com: two']);
    await s.call('erasure.erase', { contacts: [people['cleo']!] });
    await s.call('workspace.close', {});
    const restored = join(s.folder, 'restored.kanal');
    expect(restoreBackup(copy, restored, s.clock.now()).pausedFlows).toBe(1);
    await s.call('workspace.open', { file: restored });
    expect(await s.call('guard.notice', {})).toMatchObject({ suppressions: 1, erasures: 1, messages: 2, flowsPaused: 0, trouble: null });
    expect(await s.call('contacts.find', { email: 'cleo@example.com' })).toBeNull();
    s.channel.accepted.length = 0;
    await s.call('flows.resume', { flow });
    await s.pass(72);
    expect(s.mails()).toEqual(['ada@example.com: three']);
    const ada = await s.call('outbox.list', { contact: people['ada']! });
    expect(ada.find(({ message }) => message === 'two')).toMatchObject({ state: 'cancelled', reason: 'sent-before' });
    await s.call('guard.dismiss', {});
    expect(await s.call('guard.notice', {})).toBeNull();
  });

  test('a copied file that is opened as it is: merged, and its flows wait for a person', async () => {
    await enroll('ada', 'bo');
    await s.pass(1);
    await s.call('workspace.close', {});
    const copy = join(s.folder, 'copy.kanal');
    copyFileSync(join(s.folder, 'shop.kanal'), copy);
    await s.call('workspace.open', { file: join(s.folder, 'shop.kanal') });
    await s.pass(24);
    await s.call('workspace.open', { file: copy });
    expect(await s.call('guard.notice', {})).toMatchObject({ messages: 2, flowsPaused: 1 });
    expect((await s.call('flows.list', {}))[0]?.state).toBe('paused');
    const before = s.mails().length;
    await s.call('flows.resume', { flow });
    await s.pass(2);
    expect(s.mails().length).toBe(before);
    // Opened once more it has nothing new to tell.
    await s.call('guard.dismiss', {});
    await s.call('workspace.close', {});
    await s.call('workspace.open', { file: copy });
    expect(await s.call('guard.notice', {})).toBeNull();
  });

  test('people who come in after a restore are written to, whatever numbers the lost ones had', async () => {
    const copy = await backup('old.kanal');
    await enroll('ada');
    await s.pass(1);
    await s.call('workspace.close', {});
    const restored = join(s.folder, 'restored.kanal');
    restoreBackup(copy, restored, s.clock.now());
    await s.call('workspace.open', { file: restored });
    await s.call('flows.resume', { flow });
    s.channel.accepted.length = 0;
    await enroll('bo');
    await s.pass(1);
    expect(s.mails()).toEqual(['bo@example.com: one']);
  });

  test('an opt-out since the backup counts, and so does a suppression that a person has taken back', async () => {
    const [ada, bo] = [people['ada']!, people['bo']!];
    await s.call('contacts.consent', { id: ada, channel: 'email', given: true, source: 'form' });
    const copy = await backup('old.kanal');
    await s.call('contacts.consent', { id: ada, channel: 'email', given: false, source: 'wrote to us' });
    await s.call('contacts.suppress', { address: 'bo@example.com', reason: 'user' });
    const [row] = (await s.call('suppressions.list', {})).rows;
    await s.call('suppressions.remove', { id: row!.id, reason: 'they asked for it' });
    await s.call('workspace.close', {});
    const restored = join(s.folder, 'restored.kanal');
    restoreBackup(copy, restored, s.clock.now());
    await s.call('workspace.open', { file: restored });
    expect(await s.call('contacts.get', { id: ada })).toMatchObject({ emailConsent: 'withdrawn' });
    expect(await s.call('contacts.get', { id: bo })).toMatchObject({ suppressed: false });
  });
});

describe('the file itself', () => {
  test('holds no address, and grows with what leaves', async () => {
    await enroll('ada', 'bo');
    await s.call('contacts.suppress', { address: 'cleo@example.com', reason: 'cleo called us' });
    await s.pass(1);
    await s.call('workspace.close', {});
    const [file] = guardFiles();
    const text = readFileSync(file!, 'utf8');
    // Short names stand in hashes by chance.
    expect(text).not.toMatch(/@|called/);
    expect(text.split('\n').map((line) => line[0]).join('')).toBe('kshh');
  });

  test('every withdrawal of a large file is in it once, and people who are added meanwhile are not held up by it', async () => {
    const rows = Array.from({ length: 6000 }, (_, n) => `person${n}@mail${n % 20}.example,${n % 3 === 0 ? 'yes' : 'no'},${'note '.repeat(40)}${n}`);
    const file = join(s.folder, 'news.csv');
    writeFileSync(file, ['Email,Newsletter,Note', ...rows, ''].join('\n'));
    const { plan } = await s.call('imports.inspect', { file });
    const { import: id } = await s.call('imports.start', { file, plan, rejectsFile: null, dryRun: false });
    await s.call('contacts.suppress', { address: 'bo@example.com', reason: 'user' });
    expect(await s.call('imports.wait', { import: id })).toMatchObject({ state: 'done', counts: { added: 6000 } });
    await s.call('workspace.close', {});
    const lines = readFileSync(guardFiles()[0]!, 'utf8').split('\n');
    const withdrawn = lines.filter((line) => line.startsWith('w '));
    expect(withdrawn).toHaveLength(4000);
    expect(new Set(withdrawn.map((line) => /#\S+/.exec(line)![0])).size).toBe(4000);
    expect(lines.filter((line) => line.startsWith('s '))).toHaveLength(1);
    await s.call('workspace.open', { file: join(s.folder, 'shop.kanal') });
    expect(await s.call('guard.notice', {})).toBeNull();
  });

  test('nothing is told, and nothing paused, when the same file is opened again', async () => {
    await enroll('ada');
    await s.pass(1);
    for (let n = 0; n < 2; n++) {
      await s.call('workspace.close', {});
      await s.call('workspace.open', { file: join(s.folder, 'shop.kanal') });
      expect(await s.call('guard.notice', {})).toBeNull();
      expect((await s.call('flows.list', {}))[0]?.state).toBe('live');
    }
  });

  test.each([
    ['missing', (file: string) => rmSync(file), 'missing'],
    ['empty', (file: string) => writeFileSync(file, ''), 'missing'],
    ['of another kind', (file: string) => writeFileSync(file, 'x'.repeat(100_000)), 'damaged'],
    ['cut off within a line', (file: string) => appendFileSync(file, 'h 12 1:1:one'), 'damaged'],
  ])('one that is %s is told of, and the workspace opens', async (_, spoil, trouble) => {
    await enroll('ada');
    await s.pass(1);
    await s.call('contacts.suppress', { address: 'bo@example.com', reason: 'user' });
    await s.call('workspace.close', {});
    spoil(guardFiles()[0]!);
    await s.call('workspace.open', { file: join(s.folder, 'shop.kanal') });
    expect(await s.call('guard.notice', {})).toMatchObject({ trouble, flowsPaused: 0 });
    // What it had held is there again.
    await s.call('workspace.close', {});
    const text = readFileSync(guardFiles()[0]!, 'utf8');
    expect(text.includes(' email #')).toBe(true);
    expect(/^h /m.test(text)).toBe(true);
  });

  test('what a crash has kept from it is written when the workspace is opened again, and nothing is told', async () => {
    const { workspace } = s.backend.current()!;
    // Committed, and then nothing more: the guard hears of it by the next start alone.
    delete workspace.guard;
    addSuppression(workspace, { channel: 'email', address: 'bo@example.com', reason: 'bounced', source: 'test' });
    const before = readFileSync(guardFiles()[0]!, 'utf8');
    await s.call('workspace.close', {});
    expect(readFileSync(guardFiles()[0]!, 'utf8').startsWith(before)).toBe(true);
    await s.call('workspace.open', { file: join(s.folder, 'shop.kanal') });
    expect(await s.call('guard.notice', {})).toBeNull();
    expect(readFileSync(guardFiles()[0]!, 'utf8')).toMatch(/^s .* bounced /m);
  });

  test('one that cannot be written keeps nobody from working', async () => {
    await s.call('workspace.close', {});
    rmSync(join(s.folder, 'data', 'guards'), { recursive: true });
    writeFileSync(join(s.folder, 'data', 'guards'), 'in the way');
    await s.call('workspace.open', { file: join(s.folder, 'shop.kanal') }).catch(() => undefined);
    expect(await s.call('guard.notice', {})).toMatchObject({ trouble: 'unwritable' });
    await enroll('ada');
    await s.pass(1);
    expect(s.mails()).toEqual(['ada@example.com: one']);
    s.expectTrouble();
  });

  test('a message that came back undelivered is sent again, also by a restored file', async () => {
    await s.end();
    let isGrey = true;
    s = stage({ after: () => (isGrey ? { result: 'failed', temporary: true, scope: 'recipient', code: 'deferred', response: '450 later' } : undefined) });
    await s.call('workspace.create', { name: 'Shop', file: join(s.folder, 'shop.kanal'), timeZone: 'UTC', locale: 'en-GB', sample: false });
    flow = await threeMails(s);
    people['ada'] = (await s.call('contacts.add', { values: { email: 'ada@example.com' } })).id;
    await enroll('ada');
    const copy = await backup('old.kanal');
    await s.pass(0);
    expect(s.channel.offered.length).toBe(1);
    await s.call('workspace.close', {});
    isGrey = false;
    copyFileSync(copy, join(s.folder, 'again.kanal'));
    await s.call('workspace.open', { file: join(s.folder, 'again.kanal') });
    expect(await s.call('guard.notice', {})).toBeNull();
    await s.pass(2);
    expect(s.mails()).toEqual(['ada@example.com: one']);
  });
});

test('F4: a disk that takes nothing keeps nobody from closing; what the guard has not heard it hears at the next start', async () => {
  await s.call('contacts.suppress', { address: 'bo@example.com', reason: 'unsubscribed' });
  s.workspace().db.pragma('query_only = ON');
  s.expectTrouble();
  const file = join(s.folder, 'shop.kanal');
  await s.call('workspace.close', {});
  s.expectTrouble();
  await s.call('workspace.open', { file });
  expect((await s.call('suppressions.list', {})).rows.map(({ address }) => address)).toEqual(['bo@example.com']);
  expect(readFileSync(guardFiles()[0]!, 'utf8')).toMatch(/^s .* unsubscribed /m);
});
