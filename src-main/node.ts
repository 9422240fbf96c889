// Host 2: the same window in a browser, over HTTP and a WebSocket on 127.0.0.1. Whoever has no token, comes under another
// name (DNS rebinding) or from another page gets nothing. There is no CORS, and nothing changes by GET.
import { createWriteStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Answer } from '../shared/api.ts';
import { problem, ProblemError } from '../shared/problem.ts';
import { say, type Text } from '../shared/text.ts';
import type { Backend } from './backend.ts';
import type { Log } from './dispatch.ts';
import { randomToken } from './ids.ts';
import { removeFolder, temporaryFolder } from './imports/temporary.ts';
import { SECURITY_HEADERS, windowFile } from './window-files.ts';

export type NodeHostOptions = {
  backend: Backend;
  /** 0: any free one. */
  port: number;
  /** The built window (dist/renderer). */
  staticFolder: string;
  log: Log;
};

export type NodeHost = {
  /** What to open: the token is in its fragment, which browsers never send. */
  url: string;
  token: string;
  close(): Promise<void>;
};

/** A flow file may have 20 million characters (shared/api.ts), and JSON makes it somewhat longer. */
const LARGEST_CALL = 64 * 1024 * 1024;
const LARGEST_UPLOAD = 2 * 1024 * 1024 * 1024;
/** A window that reads slower than this is cut off; it reconnects and reads everything again (FAULTS F50). */
const MOST_UNREAD = 4 * 1024 * 1024;
const HEARTBEAT_MS = 30_000;

/** An answer that is not a call's: an HTTP status with a sentence. */
class Refusal extends Error {
  readonly status: number;
  readonly text: Text;
  constructor(status: number, text: Text) {
    super(text.text);
    this.status = status;
    this.text = text;
  }
}

/** Starts to listen. Refuses with a problem when the port is taken. */
export async function startNodeHost({ backend, port, staticFolder, log }: NodeHostOptions): Promise<NodeHost> {
  const token = randomToken();
  const uploads = new Set<string>();
  let authority = '';

  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 0, headersTimeout: 10_000 }, (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    answer(request, response).catch((error: unknown) => {
      if (error instanceof Refusal) return sendRefusal(request, response, error);
      log('An HTTP request failed', error);
      return sendJson(response, 500, { bug: 'The host failed to answer' });
    });
  });

  /** The checks that come before everything else. */
  function checkPlace(request: IncomingMessage): void {
    const { host, origin } = request.headers;
    if (host !== authority) throw new Refusal(421, say('This host is {authority} and nothing else.', { authority }));
    if (origin !== undefined && origin !== `http://${authority}`) throw new Refusal(403, say('Another page may not ask this.'));
    const site = request.headers['sec-fetch-site'];
    const isNavigation = request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate';
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation)
      throw new Refusal(403, say('Another page may not ask this.'));
  }

  function checkToken(given: string | undefined): void {
    if (given === undefined || !sameText(given, token))
      throw new Refusal(401, say('The key of this session is missing or wrong. Open the address that Kanal printed when it started.'));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkPlace(request);
    const url = new URL(request.url ?? '/', `http://${authority}`);
    if (request.method === 'POST') {
      checkToken(/^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]);
      if (url.pathname === '/call') return sendJson(response, 200, await answerCall(request));
      if (url.pathname === '/upload')
        return sendJson(response, 200, { file: await receive(request, uploads, url.searchParams.get('name') ?? '') });
      throw new Refusal(404, say('There is nothing here.'));
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refusal(405, say('Only GET and POST are understood.'));
    const file = await windowFile(staticFolder, url.pathname);
    if (file === null) throw new Refusal(404, say('There is nothing here.'));
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': file.body.length,
      'cache-control': file.lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  async function answerCall(request: IncomingMessage): Promise<Answer> {
    requireType(request, 'application/json');
    let message: unknown;
    try {
      message = JSON.parse(await readText(request));
    } catch (error) {
      if (error instanceof SyntaxError) throw new Refusal(400, say('The request is not JSON.'));
      throw error;
    }
    if (typeof message !== 'object' || message === null) throw new Refusal(400, say('The request is not a call.'));
    const { method, input } = message as { method?: unknown; input?: unknown };
    return backend.call(method, input);
  }

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 65_536,
    perMessageDeflate: false,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  server.on('upgrade', (request, socket, head) => {
    try {
      checkPlace(request);
      if (request.headers.origin !== `http://${authority}`) throw new Refusal(403, say('Another page may not ask this.'));
      if (new URL(request.url ?? '/', `http://${authority}`).pathname !== '/events') throw new Refusal(404, say('There is nothing here.'));
      checkToken(/^kanal\.([\w-]+)$/.exec(request.headers['sec-websocket-protocol'] ?? '')?.[1]);
    } catch (error) {
      return rejectUpgrade(socket, error instanceof Refusal ? error.status : 500);
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });

  authority = `127.0.0.1:${await listen(server, port)}`;
  let sequence = 0;
  const off = backend.on((event) => {
    const text = JSON.stringify({ seq: ++sequence, ...event });
    for (const client of sockets.clients) {
      if (client.bufferedAmount > MOST_UNREAD) client.terminate();
      else if (client.readyState === client.OPEN) client.send(text);
    }
  });
  const stopHeartbeat = heartbeat(sockets);
  return {
    url: `http://${authority}/#token=${token}`,
    token,
    async close() {
      off();
      stopHeartbeat();
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      uploads.forEach(removeFolder);
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(
          new ProblemError(
            problem(
              'port-in-use',
              say('Port {port} is in use by another program. Choose another one, or 0 for any that is free.', { port: String(port) }),
            ),
          ),
        );
      else if (error.code === 'EACCES')
        reject(
          new ProblemError(
            problem(
              'port-forbidden',
              say('You may not listen on port {port}. Choose one above 1023, or 0 for any that is free.', { port: String(port) }),
            ),
          ),
        );
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** A client that does not answer a ping is gone; so are the buffers that were kept for it. */
function heartbeat(sockets: WebSocketServer): () => void {
  const answered = new WeakSet<WebSocket>();
  sockets.on('connection', (client: WebSocket) => {
    answered.add(client);
    client.on('pong', () => answered.add(client));
    client.on('error', () => client.terminate());
  });
  const timer = setInterval(() => {
    for (const client of sockets.clients) {
      if (!answered.delete(client)) client.terminate();
      else client.ping();
    }
  }, HEARTBEAT_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function requireType(request: IncomingMessage, type: string): void {
  const given = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (given !== type) throw new Refusal(415, say('The request must be of type {type}.', { type }));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of limited(request, LARGEST_CALL)) {
    chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks, size).toString('utf8');
}

/** Writes a file that a browser sends to a folder of this session, under its own name; answers its path. */
async function receive(request: IncomingMessage, folders: Set<string>, name: string): Promise<string> {
  requireType(request, 'application/octet-stream');
  const safe =
    basename(name.replaceAll('\\', '/'))
      .replace(/[<>:"|?*\p{Cc}]/gu, '_')
      .replace(/^\.+/, '')
      .slice(-200) || 'file';
  const own = temporaryFolder();
  folders.add(own);
  const file = join(own, safe);
  try {
    await pipeline(limited(request, LARGEST_UPLOAD), createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    removeFolder(own);
    throw error;
  }
  return file;
}

async function* limited(request: IncomingMessage, most: number): AsyncGenerator<Buffer> {
  const tooLarge = () => new Refusal(413, say('The request is too large.'));
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge();
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw tooLarge();
    yield chunk;
  }
}

function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  // What was not read of a refused body is not worth reading.
  if (!request.complete) response.setHeader('connection', 'close');
  sendJson(response, refusal.status, { problems: [problem('refused', refusal.text)] });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return void response.destroy();
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

function rejectUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
