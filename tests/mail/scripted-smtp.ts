// An SMTP server on loopback that does what a test tells it to, at the stage that it names, and keeps what it has stored.
import { createServer, type Server, type Socket } from 'node:net';

export const STAGES = ['connect', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'body'] as const;
export type Stage = (typeof STAGES)[number];

/**
 * A reply ("451 4.3.0 later"), or a misbehaviour. At `body` the message is stored before `silent`, `reset` and `close`, as a
 * server does whose 250 is lost on the way (RFC 1047); with a reply of 4xx or 5xx it is not.
 */
export type Act = string | 'silent' | 'reset' | 'close';

export type Stored = { to: string; from: string; data: string; messageId: string };

export type ScriptedSmtp = {
  port: number;
  stored: Stored[];
  /** Every recipient that was named, stored or not. */
  recipients: string[];
  sessions: number;
  /** Commands in the order of their coming, without the bodies. */
  commands: string[];
  close(): Promise<void>;
};

/** `script` answers with an act, or nothing for the ordinary answer. `to` is known from `rcpt` on. */
export type Script = (at: { stage: Stage; session: number; to: string; line: string }) => Act | undefined | Promise<Act | undefined>;

const ORDINARY: Record<Stage, string> = {
  connect: '220 test ready',
  ehlo: '250 test',
  auth: '235 2.7.0 welcome',
  mail: '250 2.1.0 ok',
  rcpt: '250 2.1.5 ok',
  data: '354 go ahead',
  body: '250 2.0.0 stored',
};

export async function scriptedSmtp(
  script: Script = () => undefined,
  features: readonly string[] = ['PIPELINING', 'AUTH PLAIN LOGIN'],
): Promise<ScriptedSmtp> {
  const sockets = new Set<Socket>();
  const found: ScriptedSmtp = { port: 0, stored: [], recipients: [], sessions: 0, commands: [], close: () => Promise.resolve() };
  // Answers to commands that came together leave at once, each: else the last waits 40 ms for the others to be acknowledged.
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    void converse(socket, ++found.sessions);
  });

  async function converse(socket: Socket, session: number): Promise<void> {
    const lines = readLines(socket);
    let from = '';
    let to = '';
    let isOpen = true;
    const answer = async (stage: Stage, line: string): Promise<string | null> => {
      const act = (await script({ stage, session, to, line })) ?? ORDINARY[stage];
      if (stage === 'body' && !/^[45]/.test(act)) found.stored.push(message());
      if (act === 'silent') return ((isOpen = false), null);
      if (act === 'reset') return (socket.resetAndDestroy(), (isOpen = false), null);
      if (act === 'close') return (socket.end(), (isOpen = false), null);
      if (stage === 'ehlo' && act.startsWith('250'))
        socket.write(['250-test', ...features.map((each) => `250-${each}`), '250 HELP', ''].join('\r\n'));
      else socket.write(`${act}\r\n`);
      if (act.startsWith('421')) socket.end();
      return act;
    };
    let data = '';
    const message = (): Stored => ({ to, from, data, messageId: /^Message-ID: <(.*)>/im.exec(data)?.[1] ?? '' });
    if (!(await answer('connect', ''))?.startsWith('220')) return;
    for await (const line of lines) {
      if (!isOpen) continue;
      found.commands.push(line.replace(/^AUTH PLAIN .*/, 'AUTH PLAIN'));
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO' || verb === 'HELO') await answer('ehlo', line);
      else if (verb === 'AUTH') await answer('auth', line);
      else if (verb === 'MAIL') {
        from = /<(.*?)>/.exec(line)?.[1] ?? '';
        if (!((await answer('mail', line)) ?? '').startsWith('250')) from = '';
      } else if (verb === 'RCPT') {
        to = /<(.*?)>/.exec(line)?.[1] ?? '';
        found.recipients.push(to);
        if (from === '') socket.write('503 5.5.1 no sender\r\n');
        else if (!((await answer('rcpt', line)) ?? '').startsWith('250')) to = '';
      } else if (verb === 'DATA') {
        if (from === '' || to === '') {
          socket.write('503 5.5.1 no recipient\r\n');
          continue;
        }
        if (!((await answer('data', line)) ?? '').startsWith('354')) continue;
        data = '';
        let isWhole = false;
        for await (const part of lines) {
          if (part === '.') {
            isWhole = true;
            break;
          }
          data += `${part.startsWith('.') ? part.slice(1) : part}\r\n`;
        }
        if (!isWhole) return;
        await answer('body', '.');
        from = to = '';
      } else if (verb === 'RSET') socket.write('250 2.0.0 ok\r\n');
      else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('502 5.5.2 what?\r\n');
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  found.port = (server.address() as { port: number }).port;
  found.close = () =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return found;
}

/** The lines of a connection, one at a time, for several readers after one another. */
function readLines(socket: Socket): AsyncIterableIterator<string> {
  const ready: string[] = [];
  let rest = '';
  let isDone = false;
  let wake: () => void = () => undefined;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\r\n');
    rest = parts.pop()!;
    ready.push(...parts);
    wake();
  });
  for (const event of ['end', 'close', 'error']) {
    socket.on(event, () => {
      isDone = true;
      wake();
    });
  }
  return {
    async next() {
      while (ready.length === 0 && !isDone) await new Promise<void>((resolve) => (wake = resolve));
      return ready.length > 0 ? { value: ready.shift()!, done: false } : { value: undefined, done: true };
    },
    // A `for await` that ends early must not end the connection.
    return: () => Promise.resolve({ value: undefined, done: true }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
