// Mail by SMTP. One recipient to a message; connections are kept and used again. The body goes to nodemailer as a stream that
// is first read when the server has agreed to take it (354), so the ledger can commit "handed" before a byte of it leaves:
// what nodemailer reports afterwards could not tell (FAULTS 0.1).
import { Readable } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Account } from '../../shared/api.ts';
import { isSafeAddress } from '../../shared/messages/header-text.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { systemClock } from '../clock.ts';
import { CONNECTIONS, type Delivery, type MailChannel, type OutgoingMail } from './channel.ts';
import { isLoopbackHost } from './loopback.ts';
import { deliveryOf, type SmtpError } from './smtp-replies.ts';

export type SmtpOptions = {
  host: string;
  port: number;
  /** `starttls` insists on it; `none` sends in the clear, and never a password to another computer. */
  security: 'tls' | 'starttls' | 'none';
  user: string;
  password: string | null;
  defaultFrom?: { name: string; address: string } | null;
  connections?: number;
  /** Milliseconds. `reply` is the longest silence; RFC 5321 4.5.3.2.6 asks for ten minutes after the final dot, and less makes duplicates. */
  timeouts?: { connect?: number; greeting?: number; reply?: number };
  /** Further options of the encrypted connection, such as an authority of one's own. Certificates are always checked. */
  tls?: Pick<ConnectionOptions, 'ca'>;
};

type Line = { connection: SMTPConnection; greeting: string; utf8: boolean; deliveries: number; stopIdling: () => void };

/** Many servers take no more than so many in one connection. */
const MOST_DELIVERIES = 100;
const IDLE_MS = 5_000;
const NON_ASCII = /[^\u0020-\u007e]/;

const NOT_HANDED: Delivery = { result: 'failed', temporary: true, scope: 'message', code: 'not-handed', response: '' };

/** Makes a channel; nothing is connected yet. Refuses to send a password in the clear to another computer (FAULTS F27). */
export function smtpChannel(options: SmtpOptions): MailChannel {
  refusePlainPassword(options);
  const idle: Line[] = [];
  const busy = new Set<SMTPConnection>();
  let isClosed = false;

  async function open(): Promise<Line> {
    const line = await connect(options, (connection) => {
      busy.add(connection);
      connection.once('end', () => busy.delete(connection));
    });
    line.connection.once('end', () => {
      const at = idle.indexOf(line);
      if (at >= 0) idle.splice(at, 1);
      line.stopIdling();
    });
    return line;
  }

  function release(line: Line): void {
    if (isClosed || line.connection.destroyed || line.deliveries >= MOST_DELIVERIES) return end(line);
    idle.push(line);
    line.stopIdling = systemClock.after(IDLE_MS, () => {
      const at = idle.indexOf(line);
      if (at >= 0) idle.splice(at, 1);
      end(line);
    });
  }

  function end(line: Line): void {
    line.stopIdling();
    if (line.connection.destroyed) return;
    line.connection.quit();
    // A server that does not answer QUIT is left without a good-bye.
    systemClock.after(IDLE_MS, () => line.connection.close());
  }

  async function deliver(mail: OutgoingMail, handed: (eml: Buffer | null) => Promise<boolean>): Promise<Delivery> {
    if (!isSafeAddress(mail.to)) return { result: 'failed', temporary: false, scope: 'recipient', code: 'bad-address', response: '' };
    if (!isSafeAddress(mail.from.address))
      return { result: 'failed', temporary: false, scope: 'account', code: 'bad-sender', response: '' };
    for (;;) {
      const kept = idle.pop();
      kept?.stopIdling();
      let line: Line;
      try {
        line = kept ?? (await open());
      } catch (error) {
        return deliveryOf(error as SmtpError, false);
      }
      const { delivery, mayRepeat } = await send(line, mail, handed);
      if (delivery.result === 'sent') release(line);
      else if (delivery.result === 'failed' && delivery.code === 'smtputf8') release(line);
      else await afterFailure(line, delivery);
      // A server may end a connection that was kept, at any time: that says nothing about the message.
      if (mayRepeat && kept !== undefined && !isClosed) continue;
      return delivery;
    }
  }

  /** A refused recipient is everyday business: the connection is cleared and used again. Anything else ends it. */
  async function afterFailure(line: Line, delivery: Delivery): Promise<void> {
    if (delivery.result === 'failed' && delivery.scope === 'recipient' && !line.connection.destroyed && (await reset(line.connection)))
      return release(line);
    line.connection.close();
  }

  return {
    name: options.host,
    defaultFrom: options.defaultFrom ?? null,
    connections: options.connections ?? CONNECTIONS,
    deliver,
    async check() {
      try {
        const line = await open();
        end(line);
        return { greeting: line.greeting };
      } catch (error) {
        const delivery = deliveryOf(error as SmtpError, false);
        if (delivery.result !== 'failed') throw new Error('A connection without a message cannot be in doubt', { cause: error });
        return delivery;
      }
    },
    async close() {
      isClosed = true;
      for (const line of idle.splice(0)) end(line);
      for (const connection of busy) connection.emit('error', new Error('The program has ended the connection'));
      for (const connection of busy) connection.close();
    },
  };
}

/** Refuses to send a password unencrypted to another computer. */
export function refusePlainPassword({ security, user, host }: Pick<SmtpOptions, 'security' | 'user' | 'host'>): void {
  if (security === 'none' && user !== '' && !isLoopbackHost(host)) {
    refuse(
      'plain-password',
      say('The password for {host} would travel unencrypted, for anyone to read. Choose TLS or STARTTLS for this account.', { host }),
      { field: 'security' },
    );
  }
}

/** Connects, encrypts as told, and signs in. Rejects with nodemailer's error. */
function connect(options: SmtpOptions, opened: (connection: SMTPConnection) => void): Promise<Line> {
  const { timeouts = {} } = options;
  let greeting = '';
  let utf8 = false;
  const listen = (entry: { tnx?: string }, ...said: unknown[]) => {
    if (entry.tnx !== 'server') return;
    const text = String(said[0]);
    if (greeting === '' && text.startsWith('220')) greeting = text.slice(0, 300);
    if (/^250[ -]SMTPUTF8\b/im.test(text)) utf8 = true;
  };
  const silent = () => undefined;
  const connection = new SMTPConnection({
    host: options.host,
    port: options.port,
    secure: options.security === 'tls',
    requireTLS: options.security === 'starttls',
    ignoreTLS: options.security === 'none',
    connectionTimeout: timeouts.connect ?? 60_000,
    greetingTimeout: timeouts.greeting ?? 60_000,
    socketTimeout: timeouts.reply ?? 600_000,
    tls: { minVersion: 'TLSv1.2', ...options.tls },
    // Commands and replies only, never a body; two facts are kept of them, and nothing is written anywhere.
    transactionLog: true,
    logger: { level: silent, trace: silent, debug: listen, info: silent, warn: silent, error: silent, fatal: silent },
  });
  opened(connection);
  return new Promise((resolve, reject) => {
    const line = (): Line => ({ connection, greeting, utf8, deliveries: 0, stopIdling: () => undefined });
    const fail = (error: unknown) => {
      connection.close();
      reject(error);
    };
    // Errors come by event or by callback; those after the promise is settled concern a delivery, which hears of them itself.
    connection.on('error', fail);
    connection.connect((error) => {
      if (error) return fail(error);
      if (options.user === '') return resolve(line());
      connection.login({ user: options.user, pass: options.password ?? '' }, (refused) => (refused ? fail(refused) : resolve(line())));
    });
  });
}

function reset(connection: SMTPConnection): Promise<boolean> {
  return new Promise((resolve) => {
    connection.once('end', () => resolve(false));
    systemClock.after(IDLE_MS, () => resolve(false));
    connection.reset((error) => resolve(!error));
  });
}

type Sent = {
  delivery: Delivery;
  /** Nothing was said and nothing has left: it can be tried on another connection at once. */ mayRepeat: boolean;
};

/** One message over one connection. Rejects only when `handed` does. */
function send(line: Line, mail: OutgoingMail, handed: (eml: Buffer | null) => Promise<boolean>): Promise<Sent> {
  const { connection } = line;
  if (NON_ASCII.test(mail.to) && !line.utf8) {
    return Promise.resolve({
      delivery: {
        result: 'failed',
        temporary: false,
        scope: 'recipient',
        code: 'smtputf8',
        response: 'The server does not take addresses with letters outside ASCII.',
      },
      mayRepeat: false,
    });
  }
  line.deliveries++;
  return new Promise((resolve, reject) => {
    let bodyLeft = false;
    let isAsked = false;
    const finish = (delivery: Delivery, mayRepeat = false) => resolve({ delivery, mayRepeat });
    const fail = (error: SmtpError) => {
      const delivery = deliveryOf(error, bodyLeft);
      finish(delivery, !isAsked && delivery.result === 'failed' && delivery.scope === 'network');
    };
    const body = new Readable({
      // Called once nodemailer has the server's 354: it attaches the stream to the socket no sooner.
      read() {
        if (isAsked) return;
        isAsked = true;
        handed(mail.eml).then(
          (mayLeave) => {
            if (body.destroyed) return;
            if (!mayLeave) {
              // Without the final dot the server must forget the message.
              connection.close();
              return finish(NOT_HANDED);
            }
            bodyLeft = true;
            body.push(mail.eml);
            body.push(null);
          },
          (error: unknown) => {
            connection.close();
            reject(error);
          },
        );
      },
    });
    connection.once('error', fail);
    connection.send({ from: mail.from.address, to: mail.to }, body, (error, info) => {
      connection.off('error', fail);
      if (error) fail(error);
      else finish({ result: 'sent', response: (info?.response ?? '').slice(0, 500) });
    });
  });
}

/** The channel of an account of the workspace. */
export function openChannel(account: Account, password: string | null): MailChannel {
  const { host, port, security, user, fromName, fromAddress } = account;
  return smtpChannel({ host, port, security, user, password, defaultFrom: { name: fromName, address: fromAddress } });
}
