// What the loopback host lets in, and what it does not: every check with the request that it is there for.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { MachineEvent } from '../../shared/api.ts';
import type { Backend } from '../../src-main/backend.ts';
import { startNodeHost, type NodeHost } from '../../src-main/node.ts';

let folder: string;
let host: NodeHost;
let port: number;
const asked: { method: unknown; input: unknown }[] = [];
const listeners = new Set<(event: MachineEvent) => void>();
const logged: unknown[] = [];

/** A machine that answers what it was asked, so that only the host is on trial. */
const backend: Backend = {
  async call(method, input) {
    asked.push({ method, input });
    return { value: { method, input } };
  },
  on(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  wake: () => undefined,
  current: () => null,
  close: async () => undefined,
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-host-'));
  const files = join(folder, 'renderer');
  mkdirSync(join(files, 'assets'), { recursive: true });
  writeFileSync(join(files, 'index.html'), '<!doctype html><title>Kanal</title>');
  writeFileSync(join(files, 'assets', 'index-abc.js'), 'export {};');
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}');
  symlinkSync(join(folder, 'secret.json'), join(files, 'link.json'));
  host = await startNodeHost({ backend, port: 0, staticFolder: files, log: (...words) => logged.push(words) });
  port = Number(new URL(host.url).port);
});

afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

type Asked = { method?: string; path?: string; headers?: Record<string, string>; body?: string | Buffer };
type Answered = { status: number; headers: Record<string, unknown>; body: string };

/** A raw request: unlike fetch, it sends exactly the path and headers that it is told. */
function ask({ method = 'GET', path = '/', headers = {}, body }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers: { host: `127.0.0.1:${port}`, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = () => ({ authorization: `Bearer ${host.token}`, 'content-type': 'application/json' });
const aCall = () => ({ method: 'POST', path: '/call', headers: json(), body: JSON.stringify({ method: 'settings.get', input: { a: 1 } }) });

describe('calls', () => {
  test('with the token, as JSON, from nowhere or from its own page: answered', async () => {
    const places: Record<string, string>[] = [
      {},
      { origin: `http://127.0.0.1:${port}` },
      { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of places) {
      const answered = await ask({ ...aCall(), headers: { ...json(), ...headers } });
      expect(answered).toMatchObject({
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
      });
      expect(JSON.parse(answered.body)).toEqual({ value: { method: 'settings.get', input: { a: 1 } } });
    }
  });

  const refused: [string, () => Asked, number][] = [
    ['no token', () => ({ ...aCall(), headers: { 'content-type': 'application/json' } }), 401],
    ['a wrong token', () => ({ ...aCall(), headers: { ...json(), authorization: 'Bearer wrong' } }), 401],
    [
      'a wrong token of the right length',
      () => ({ ...aCall(), headers: { ...json(), authorization: `Bearer ${'x'.repeat(host.token.length)}` } }),
      401,
    ],
    [
      'the token in the address only',
      () => ({ ...aCall(), path: `/call?token=${host.token}`, headers: { 'content-type': 'application/json' } }),
      401,
    ],
    ['another name (DNS rebinding)', () => ({ ...aCall(), headers: { ...json(), host: `evil.example:${port}` } }), 421],
    ['a name that only begins like it', () => ({ ...aCall(), headers: { ...json(), host: `127.evil.example:${port}` } }), 421],
    ['the right name, another port', () => ({ ...aCall(), headers: { ...json(), host: '127.0.0.1:1' } }), 421],
    ['the name without a port', () => ({ ...aCall(), headers: { ...json(), host: '127.0.0.1' } }), 421],
    ['another page', () => ({ ...aCall(), headers: { ...json(), origin: 'https://evil.example' } }), 403],
    ['a page of another port', () => ({ ...aCall(), headers: { ...json(), origin: 'http://127.0.0.1:1' } }), 403],
    ['a page without an origin (a file, a sandbox)', () => ({ ...aCall(), headers: { ...json(), origin: 'null' } }), 403],
    ['another site by its own account', () => ({ ...aCall(), headers: { ...json(), 'sec-fetch-site': 'cross-site' } }), 403],
    ['text, as a form could send it', () => ({ ...aCall(), headers: { ...json(), 'content-type': 'text/plain' } }), 415],
    ['a form', () => ({ ...aCall(), headers: { ...json(), 'content-type': 'application/x-www-form-urlencoded' } }), 415],
    ['what is not JSON', () => ({ ...aCall(), body: '{' }), 400],
    ['JSON that is not a call', () => ({ ...aCall(), body: 'null' }), 400],
    ['GET', () => ({ path: '/call', headers: json() }), 404],
    ['PUT', () => ({ ...aCall(), method: 'PUT' }), 405],
    [
      'a preflight: there is no CORS',
      () => ({ method: 'OPTIONS', path: '/call', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } }),
      403,
    ],
    ['another path', () => ({ ...aCall(), path: '/calls' }), 404],
  ];
  test.each(refused)('%s: refused, and the machine hears nothing', async (_what, make, status) => {
    const before = asked.length;
    const answered = await ask(make());
    expect(answered.status).toBe(status);
    expect(Object.keys(answered.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(asked.length).toBe(before);
  });

  test('a body that claims or turns out to be too large is refused before it is read', async () => {
    const claimed = await ask({ ...aCall(), headers: { ...json(), 'content-length': '999999999999' }, body: '' }).catch(() => null);
    expect(claimed?.status ?? 413).toBe(413);
    const status = await new Promise<number | 'cut off'>((resolve) => {
      const sent = httpRequest(
        { host: '127.0.0.1', port, method: 'POST', path: '/call', headers: { host: `127.0.0.1:${port}`, ...json() } },
        (response) => resolve(response.statusCode!),
      );
      sent.on('error', () => resolve('cut off'));
      const chunk = Buffer.alloc(1024 * 1024, 0x20);
      for (let megabytes = 0; megabytes < 66; megabytes++) sent.write(chunk);
      sent.end();
    });
    expect([413, 'cut off']).toContain(status);
  });
});

describe('files', () => {
  test('the page, its parts, and the headers that confine them', async () => {
    const page = await ask({});
    expect(page).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
      },
    });
    const policy = String(page.headers['content-security-policy']);
    for (const rule of [
      `default-src 'none'`,
      `script-src 'self';`,
      `connect-src 'self';`,
      `base-uri 'none'`,
      `form-action 'none'`,
      `frame-ancestors 'none'`,
    ])
      expect(policy).toContain(rule);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|https?:/);
    expect(await ask({ path: '/assets/index-abc.js' })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
    });
    expect(await ask({ method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/%2e%2e/%2e%2e/secret.json',
    '/..\\secret.json',
    '/%00index.html',
    '/link.json',
    '//etc/passwd',
    '/assets',
    '/missing.js',
    '/%',
    '/.env',
    `/${'a/'.repeat(2000)}x.js`,
  ])('%s: not there', async (path) => {
    const answered = await ask({ path });
    expect(answered.status).toBe(404);
    expect(answered.body).not.toContain('"secret"');
  });

  test('not for another name, not for another page', async () => {
    expect((await ask({ headers: { host: 'localhost.evil.example' } })).status).toBe(421);
    expect((await ask({ headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect(
      (await ask({ path: '/assets/index-abc.js', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } })).status,
    ).toBe(403);
    // A link from elsewhere may open the page; without the token it is an empty shell.
    expect((await ask({ headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } })).status).toBe(200);
  });
});

describe('uploads', () => {
  const upload = (name: string, body: Buffer, headers: Record<string, string> = {}) =>
    ask({
      method: 'POST',
      path: `/upload?name=${encodeURIComponent(name)}`,
      headers: { authorization: `Bearer ${host.token}`, 'content-type': 'application/octet-stream', ...headers },
      body,
    });

  test('the bytes arrive in a file of that name, in a folder of this session', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x41]);
    const { file } = JSON.parse((await upload('Søn & Co.csv', bytes)).body) as { file: string };
    expect(basename(file)).toBe('Søn & Co.csv');
    expect(readFileSync(file)).toEqual(bytes);
  });

  test.each([
    ['../../../etc/cron.d/x', 'x'],
    ['..\\..\\x.csv', 'x.csv'],
    ['/etc/passwd', 'passwd'],
    ['..', 'file'],
    ['', 'file'],
    ['a:b?.csv', 'a_b_.csv'],
    ['x\u0000y.csv', 'x_y.csv'],
  ])('a name such as %j stays inside', async (name, stored) => {
    const { file } = JSON.parse((await upload(name, Buffer.from('x'))).body) as { file: string };
    expect(basename(file)).toBe(stored);
    expect(basename(dirname(file))).toMatch(/^kanal-temporary-\d+-/);
  });

  test('not without the token, not as a form', async () => {
    expect((await upload('x.csv', Buffer.from('x'), { authorization: '' })).status).toBe(401);
    expect((await upload('x.csv', Buffer.from('x'), { 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(415);
  });
});

describe('events', () => {
  const open = (protocols: string[], origin: string | undefined, path = '/events', headers: Record<string, string> = {}) =>
    new Promise<WebSocket | number>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { ...(origin === undefined ? {} : { origin }), headers });
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!));
      socket.on('error', () => resolve(0));
    });
  const own = () => `http://127.0.0.1:${port}`;

  test('F50: arrive in order, numbered', async () => {
    const socket = (await open([`kanal.${host.token}`], own())) as WebSocket;
    const heard: unknown[] = [];
    socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString())));
    for (const topic of ['contacts', 'flows'] as const) for (const listener of listeners) listener({ type: 'changed', topics: [topic] });
    while (heard.length < 2) await pause(5);
    const first = (heard[0] as { seq: number }).seq;
    expect(heard).toEqual([
      { seq: first, type: 'changed', topics: ['contacts'] },
      { seq: first + 1, type: 'changed', topics: ['flows'] },
    ]);
    socket.close();
  });

  const refused: [string, () => Promise<WebSocket | number>, number][] = [
    ['no token', () => open([], own()), 401],
    ['a wrong token', () => open(['kanal.wrong'], own()), 401],
    ['another page', () => open([`kanal.${host.token}`], 'https://evil.example'), 403],
    ['no page', () => open([`kanal.${host.token}`], undefined), 403],
    ['another name', () => open([`kanal.${host.token}`], own(), '/events', { host: `127.evil.example:${port}` }), 421],
    ['another path', () => open([`kanal.${host.token}`], own(), '/other'), 404],
  ];
  test.each(refused)('%s: refused', async (_what, make, status) => expect(await make()).toBe(status));

  test('F50: a window that does not read is cut off before its unread events fill the memory', async () => {
    // A socket of our own that never reads: the system's buffers fill, then the host's.
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${own()}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Protocol: kanal.${host.token}\r\n\r\n`,
    );
    await new Promise<void>((resolve) => socket.once('data', () => resolve()));
    socket.pause();
    let cut = false;
    socket.on('close', () => (cut = true));
    socket.on('error', () => (cut = true));
    const large = 'x'.repeat(256 * 1024);
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
    for (let n = 0; n < 400; n++) {
      for (const listener of listeners) listener({ type: 'changed', topics: [large as 'contacts'] });
      if (n % 20 === 0) await pause(1);
    }
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().external - before).toBeLessThan(60 * 1024 * 1024);
    socket.resume();
    // Never, or soon.
    while (!cut) await pause(5);
  });
});

test('a port that is taken is named in a sentence', async () => {
  await expect(startNodeHost({ backend, port, staticFolder: folder, log: () => undefined })).rejects.toThrow(
    `Port ${port} is in use by another program`,
  );
});

test('closing takes the uploads with it, and nothing was a bug', async () => {
  const other = await startNodeHost({ backend, port: 0, staticFolder: folder, log: () => undefined });
  const answered = await fetch(`${new URL(other.url).origin}/upload?name=a.csv`, {
    method: 'POST',
    headers: { authorization: `Bearer ${other.token}`, 'content-type': 'application/octet-stream' },
    body: 'a',
  });
  const { file } = (await answered.json()) as { file: string };
  expect(existsSync(file)).toBe(true);
  await other.close();
  expect(existsSync(dirname(file))).toBe(false);
  expect(logged).toEqual([]);
});
