// Personalised mails through the ledger to an SMTP server on loopback: gates, rendering, claimed, handed, sent, each committed.
// Beside it: nodemailer's own pool, with as many connections, sending the same subjects, HTML and texts without any ledger.
// These are kept from a run before, which also warms up the program: nobody keeps mails that have left in a running one.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { smtpChannel } from '../../src-main/channels/smtp.ts';
import type { MailChannel, OutgoingMail } from '../../src-main/channels/channel.ts';
import { openGuard } from '../../src-main/guard.ts';
import { transaction } from '../../src-main/store/database.ts';
import { drain, mailing, outboxOver, plan, tally } from '../mail/outbox-fixture.ts';
import { option, report, type Measured } from './measure.ts';

const mails = option('mails', 10_000);
const runs = option('runs', 3);
const CONNECTIONS = 4;

const BODY = `<h1>Good morning, {{ contact.first_name | default: "you" }}</h1>${'<p>Here is what we have for you, <b>{{ contact.first_name }}</b>: a few lines of text that somebody wrote for many.</p>'.repeat(8)}<p><a href="https://example.com/?for={{ contact.email | url_encode }}">Have a look</a></p>`;

async function startServer(): Promise<{ port: number; stop(): void }> {
  const server = fork(join(import.meta.dirname, 'smtp-sink.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const port = await new Promise<number>((resolve) => server.once('message', (message) => resolve(Number(message))));
  return { port, stop: () => void server.kill() };
}

type PreparedMail = Pick<OutgoingMail, 'from' | 'to' | 'subject' | 'html' | 'text'>;

/** Sends by the outbox; `sent` sees the mails as they are handed over. */
async function byOutbox(port: number, folder: string, run: number, sent: (mail: OutgoingMail) => void = () => undefined): Promise<Measured> {
  const workspace = mailing({ body: BODY }, { file: join(folder, `run${run}.kanal`) });
  transaction(workspace.db, () => {
    for (let n = 0; n < mails; n++) plan(workspace, { email: `reader${n}@example.dk`, first_name: `Reader ${n}` });
  });
  const smtp = smtpChannel({
    host: '127.0.0.1',
    port,
    security: 'none',
    user: '',
    password: null,
    defaultFrom: { name: 'Shop', address: 'shop@example.com' },
    connections: CONNECTIONS,
  });
  const channel: MailChannel = { ...smtp, deliver: (mail, handed) => (sent(mail), smtp.deliver(mail, handed)) };
  const guard = openGuard(workspace, folder, (message, error) => {
    throw new Error(message, { cause: error });
  });
  if (guard !== undefined) workspace.guard = guard;
  const outbox = outboxOver(workspace, channel);
  const start = process.hrtime.bigint();
  await drain(outbox);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const found = tally(workspace);
  if (found['sent'] !== mails) throw new Error(`Only ${JSON.stringify(found)} of ${mails} were sent`);
  await outbox.close();
  guard?.close();
  workspace.close();
  return { seconds, peakMegabytes: process.memoryUsage.rss() / 1024 / 1024 };
}

async function byPool(port: number, prepared: readonly PreparedMail[]): Promise<Measured> {
  const pool = nodemailer.createTransport({
    pool: true,
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    maxConnections: CONNECTIONS,
    maxMessages: 100,
  });
  const start = process.hrtime.bigint();
  await Promise.all(prepared.map(({ from, to, subject, html, text }) => pool.sendMail({ from, to, subject, html, text })));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  pool.close();
  return { seconds, peakMegabytes: Number.NaN };
}

const folder = mkdtempSync(join(tmpdir(), 'kanal-bench-'));
const server = await startServer();
try {
  const prepared: PreparedMail[] = [];
  await byOutbox(server.port, folder, runs, ({ from, to, subject, html, text }) => prepared.push({ from, to, subject, html, text }));
  const product: Measured[] = [];
  const baseline: Measured[] = [];
  for (let run = 0; run < runs; run++) {
    product.push(await byOutbox(server.port, folder, run));
    baseline.push(await byPool(server.port, prepared));
  }
  report(
    'send',
    `${mails.toLocaleString('en')} personalised mails through the ledger, ${CONNECTIONS} connections to a server on loopback`,
    { count: mails, called: 'mails' },
    product,
    `nodemailer's pool, ${CONNECTIONS} connections`,
    baseline,
  );
} finally {
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}
