// The main job from the outside: the command line alone takes a Danish Excel file to delivered mail, against a real SMTP
// server on loopback, and a kill in the middle changes nothing of what arrives.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import iconv from 'iconv-lite';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram, commandLine } from '../program.ts';

const run = promisify(execFile);

/** Runs a command of the built program and answers its JSON document. */
async function kanal(...words: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [commandLine, ...words, '--json'], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

type StepReport = { id: string; entered: number; waiting: number; left: Record<string, number>; planned: number; sent: number; failed: number; unknown: number; held: number; cancelled: number; open: number };

/** The report on a flow, by step. */
async function reportOn(workspace: string): Promise<Record<string, StepReport>> {
  const { steps } = (await kanal('report', workspace, 'Velkomst')) as { steps: StepReport[] };
  return Object.fromEntries(steps.map((step) => [step.id, step]));
}

type Received = { to: string; messageId: string; subject: string };

/** A real SMTP server that remembers whom it accepted mail for. */
function startServer(): Promise<{ port: number; received: Received[]; close: () => Promise<void> }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        received.push({
          to: session.envelope.rcptTo[0]!.address,
          messageId: /^Message-ID:\s*(.+)$/im.exec(text)?.[1]?.trim() ?? '',
          subject: /^Subject:\s*(.+)$/im.exec(text)?.[1]?.trim() ?? '',
        });
        done();
      });
    },
  });
  // A killed client resets its connections.
  server.on('error', () => undefined);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.server.address() as { port: number };
      resolve({ port: address.port, received, close: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}

const CONTACTS = 120;

/** As Excel writes it in Denmark: separator line, semicolons, windows-1252, decimal comma, dd-mm-yyyy, quoted line break. */
function danishFile(): Buffer {
  const lines = ['sep=;', 'Fornavn;Efternavn;E-mail;By;Fødselsdag;Beløb;Kundenr.;Nyhedsbrev'];
  for (let n = 0; n < CONTACTS; n++) {
    // Every fifth has not consented.
    lines.push(`Søren ${n};"Næss; ${n}";Kunde${n}@Eksempel.DK;Århus;0${1 + (n % 9)}-11-19${50 + (n % 40)};1.234,5${n % 10};00${100 + n};${n % 5 === 0 ? 'nej' : 'ja'}`);
  }
  lines.push('Dobbelt;Gænger; kunde3@eksempel.dk ;Århus;;;00103;ja', 'Uden;Adresse;ikke en adresse;Rønne;;;00999;ja');
  return iconv.encode(lines.join('\r\n') + '\r\n', 'win1252');
}

const flow = {
  kanalFlow: 1,
  name: 'Velkomst',
  triggers: [{ id: 'hand', type: 'byHand', config: {} }],
  steps: [
    { id: 'first', type: 'sendEmail', config: { message: 'welcome' } },
    { id: 'pause', type: 'wait', config: { duration: { amount: 2, unit: 'days' } } },
    { id: 'opened', type: 'branch', config: { branches: [{ id: 'yes', label: 'Yes', rule: { kind: 'message', message: 'welcome', act: 'opened', did: true, since: 'enrollment' } }] } },
    { id: 'tag', type: 'addTag', config: { tag: 'engaged' } },
    { id: 'second', type: 'sendEmail', config: { message: 'reminder' } },
  ],
  edges: [
    { from: 'start', outlet: 'next', to: 'first' },
    { from: 'first', outlet: 'next', to: 'pause' },
    { from: 'pause', outlet: 'next', to: 'opened' },
    { from: 'opened', outlet: 'yes', to: 'tag' },
    { from: 'opened', outlet: 'else', to: 'second' },
  ],
  messages: [
    { key: 'welcome', name: 'Velkommen', subject: 'Velkommen {{ contact.first_name | default: "ven" }}', preheader: '', body: '<p>Hej {{ contact.first_name | default: "ven" }}</p>' },
    { key: 'reminder', name: 'Påmindelse', subject: 'Så du det?', preheader: '', body: '<p>Igen</p>' },
  ],
};

let folder: string;
beforeAll(() => {
  buildProgram();
  folder = mkdtempSync(join(tmpdir(), 'kanal main job æøå '));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function prepared(name: string): Promise<string> {
  const workspace = join(folder, `${name}.kanal`);
  const csv = join(folder, `${name}.csv`);
  const flowFile = join(folder, `${name}.kanalflow`);
  writeFileSync(csv, danishFile());
  writeFileSync(flowFile, JSON.stringify(flow));
  await kanal('new', workspace, '--time-zone', 'Europe/Copenhagen', '--locale', 'da-DK');
  await kanal('import', workspace, csv, '--map', 'Nyhedsbrev=consent:email', '--consent-source', 'Tilmelding i butikken', '--rejects', join(folder, `${name}-afvist.csv`));
  await kanal('flow', 'add', workspace, flowFile);
  await kanal('flow', 'publish', workspace, 'Velkomst');
  await kanal('enroll', workspace, 'Velkomst');
  return workspace;
}

/** Half of those who got the first mail open it, an hour later: as an event file would tell. */
async function recordOpens(workspace: string, received: Received[]): Promise<string[]> {
  const openers = received.map((mail) => mail.to).sort().filter((_, index) => index % 2 === 0);
  const file = join(folder, `${Math.abs(workspace.length)}-opens-${received.length}.ndjson`);
  const at = new Date(Date.now() + 3_600_000).toISOString();
  writeFileSync(file, openers.map((email) => JSON.stringify({ email, type: 'message_opened', at, eventId: `open-${email}`, message: 'welcome' })).join('\n'));
  await kanal('event', workspace, file);
  return openers;
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe('with the command line alone', { timeout: 240_000 }, () => {
  test('every consenting contact gets exactly one of each mail that its branch says, and the report adds up', async () => {
    const server = await startServer();
    try {
      const workspace = await prepared('whole');
      const transport = `smtp://127.0.0.1:${server.port}`;
      await kanal('run', workspace, '--virtual-clock', '--until', inDays(1), '--transport', transport);
      const consenting = CONTACTS - CONTACTS / 5;
      expect(server.received).toHaveLength(consenting);
      expect(new Set(server.received.map((mail) => mail.to)).size).toBe(consenting);
      const openers = await recordOpens(workspace, server.received);
      await kanal('run', workspace, '--virtual-clock', '--until', inDays(5), '--transport', transport);
      const second = server.received.slice(consenting);
      expect(second.map((mail) => mail.to).sort()).toEqual(server.received.slice(0, consenting).map((mail) => mail.to).filter((to) => !openers.includes(to)).sort());

      const steps = await reportOn(workspace);
      for (const step of Object.values(steps)) {
        expect(step.entered).toBe(step.waiting + Object.values(step.left).reduce((sum, n) => sum + n, 0));
        expect(step.planned).toBe(step.sent + step.failed + step.unknown + step.held + step.cancelled + step.open);
      }
      expect(steps.first!.sent).toBe(consenting);
      expect(steps.tag!.entered).toBe(openers.length);
    } finally {
      await server.close();
    }
  });

  test('kill -9 in the middle of a run and a second run change nothing of that', async () => {
    const server = await startServer();
    try {
      const workspace = await prepared('killed');
      const transport = `smtp://127.0.0.1:${server.port}`;
      const words = ['run', workspace, '--virtual-clock', '--until', inDays(5), '--transport', transport];
      let kills = 0;
      for (const atLeast of [5, 40, 90, 130]) {
        const child = spawn(process.execPath, [commandLine, ...words], { stdio: 'ignore' });
        const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
        while (server.received.length < atLeast && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
        if (child.exitCode === null) {
          child.kill('SIGKILL');
          kills++;
        }
        await ended;
      }
      expect(kills).toBeGreaterThanOrEqual(2);
      await kanal(...words);
      await kanal(...words);
      const ids = server.received.map((mail) => mail.messageId);
      expect(new Set(ids).size).toBe(ids.length);
      const { first, second } = (await reportOn(workspace)) as { first: StepReport; second: StepReport };
      // Nobody opened: everyone who has consented gets both, but for at most one unknown per open connection and kill.
      expect(first.sent + first.unknown).toBe(CONTACTS - CONTACTS / 5);
      expect(first.unknown + second.unknown).toBeLessThanOrEqual(kills * 8);
      expect(ids.length).toBeGreaterThanOrEqual(first.sent + second.sent);
      expect(ids.length).toBeLessThanOrEqual(first.sent + second.sent + first.unknown + second.unknown);
    } finally {
      await server.close();
    }
  });
});
