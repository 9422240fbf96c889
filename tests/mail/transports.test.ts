// The transports of the command line, what counts as this computer, and mail into a folder.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { OutgoingMail } from '../../src-main/channels/channel.ts';
import { isLoopbackHost } from '../../src-main/channels/loopback.ts';
import { folderChannel } from '../../src-main/channels/to-folder.ts';
import { channelFromTransport, isLoopback } from '../../src-main/channels/transport.ts';
import { run } from '../../src-main/store/database.ts';
import { drain, mailing, outboxOver, plan, states } from './outbox-fixture.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'kanal-mail-'));
  folders.push(made);
  return made;
};

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '0:0:0:0:0:0:0:1'])('%s is this computer', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});
test.each([
  '127.evil.example',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evil-localhost',
  '128.0.0.1',
  '::2',
  '1::1',
  '::11',
  '0.0.0.0',
  '',
  '2130706433',
  '127.0.0.1:25',
])('%j is not', (host) => {
  expect(isLoopbackHost(host)).toBe(false);
});

test('a transport stays here when it is a folder or a loopback address', () => {
  expect(['folder:/tmp/x', 'smtp://127.0.0.1:2525', 'smtp://localhost:25/', 'smtp://[::1]:25'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['smtp://127.evil.example:25', 'smtp://mail.example.com:587'].map(isLoopback)).toEqual([false, false]);
});

test.each([
  'smtp:127.0.0.1:25',
  'smtp://127.0.0.1',
  'smtp://user:pass@127.0.0.1:25',
  'smtp://127.0.0.1:0',
  'smtp://127.0.0.1:99999',
  'folder:',
  'folder: ',
  'http://x:1',
  '',
  'smtp://a b:25',
])('%j is refused with a sentence', (transport) => {
  expect(() => channelFromTransport(transport)).toThrow('Write smtp://HOST:PORT');
  expect(() => isLoopback(transport)).toThrow('Write smtp://HOST:PORT');
});

const mail = (messageId: string, text = 'Hello'): OutgoingMail => ({
  from: { name: '', address: 'a@b.dk' },
  to: 'c@d.dk',
  subject: 'x',
  html: '',
  text,
  messageId,
  headers: {},
  date: new Date(0),
  eml: Buffer.from(`Message-ID: <${messageId}>\r\n\r\n${text}\r\n`),
});
const yes = () => Promise.resolve(true);

test('a message is in the folder once, however often it is delivered', async () => {
  const into = folder();
  const channel = folderChannel(into, null);
  expect(channel.hasDelivered!('one@b.dk')).toBe(false);
  expect(await channel.deliver(mail('one@b.dk', 'first'), yes)).toMatchObject({ result: 'sent' });
  expect(await channel.deliver(mail('one@b.dk', 'second'), yes)).toMatchObject({
    result: 'sent',
    response: expect.stringContaining('was there already') as string,
  });
  expect(readdirSync(into)).toEqual(['one@b.dk.eml']);
  expect(readFileSync(join(into, 'one@b.dk.eml'), 'utf8')).toContain('first');
  expect(channel.hasDelivered!('one@b.dk')).toBe(true);
});

test('nothing is written that must not leave, and no name leads out of the folder', async () => {
  const into = folder();
  const channel = folderChannel(join(into, 'mail'), null);
  expect(await channel.deliver(mail('no@b.dk'), () => Promise.resolve(false))).toMatchObject({ result: 'failed', code: 'not-handed' });
  await channel.deliver(mail('../../evil@b.dk'), yes);
  expect(readdirSync(into)).toEqual(['mail']);
  expect(readdirSync(join(into, 'mail'))).toEqual(['.._.._evil@b.dk.eml']);
});

test('a folder that goes away pauses everything instead of failing everybody', async () => {
  const into = folder();
  const workspace = mailing();
  const outbox = outboxOver(workspace, folderChannel(into, { name: 'Shop', address: 'a@b.dk' }));
  plan(workspace, { email: 'ada@example.dk' });
  rmSync(into, { recursive: true });
  await drain(outbox);
  expect([states(workspace), outbox.paused()?.code]).toEqual([['planned'], 'channel-folder']);
  await outbox.close();
  workspace.close();
});

test('a file in the way is said so', () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  expect(() => folderChannel(file, null)).toThrow('cannot be used for mail');
});

test('killed between writing the file and recording it, the message counts as sent after all', async () => {
  const into = folder();
  const workspace = mailing();
  const first = outboxOver(workspace, folderChannel(into, { name: 'Shop', address: 'a@b.dk' }));
  plan(workspace, { email: 'ada@example.dk' });
  plan(workspace, { email: 'bob@example.dk' });
  await drain(first);
  rmSync(
    join(
      into,
      readdirSync(into).find((name) => readFileSync(join(into, name), 'utf8').includes('To: bob'))!,
    ),
  );
  run(workspace.db, `UPDATE outbox SET state = 'handed', settled_at = NULL`);
  const second = outboxOver(workspace, folderChannel(into, { name: 'Shop', address: 'a@b.dk' }));
  second.recover();
  expect(states(workspace)).toEqual(['sent', 'unknown']);
  await Promise.all([first.close(), second.close()]);
  workspace.close();
});
