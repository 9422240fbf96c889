// The machine under test, as the backend puts it together, over a real file: with a clock that a test moves both ways, a server
// that does as it is told, and a process that can be killed at any point of a delivery and started again.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flow } from '../../shared/flow/flow.ts';
import type { Delivery } from '../../src-main/channels/channel.ts';
import { openGuard } from '../../src-main/guard.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { suppressionHandlers } from '../../src-main/handlers/suppressions.ts';
import { createRunner, type Runner } from '../../src-main/runner/runner.ts';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { systemClock } from '../../src-main/clock.ts';
import { copyNow, restoreBackup } from '../../src-main/store/backup.ts';
import { openDatabase, rows } from '../../src-main/store/database.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { takeLease } from '../../src-main/store/lease.ts';
import { saveMessage } from '../../src-main/store/messages.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { isSuppressed, suppressedAmong } from '../../src-main/store/suppressions.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { fakeChannel, NOT_HANDED } from '../mail/fake-channel.ts';
import { outboxOver } from '../mail/outbox-fixture.ts';
import { memorySecrets, TEST_NOW, testWorkspace } from '../workspace-fixture.ts';

export const QUIET = { from: '21:00', to: '07:00' };
/** Everybody there can ever be. */
export const ADDRESSES = Array.from({ length: 8 }, (_, n) => `p${n}@example.dk`);
export const CAP = { messages: 2, days: 1 };

/** How a delivery ends; the first part of a name is the stage of the conversation. */
export const ANSWERS = ['accept', 'connect-rst', 'mail-421', 'rcpt-450', 'rcpt-550', 'data-554', 'dot-silent-stored', 'dot-silent-lost', 'kill-claimed', 'kill-handed', 'kill-stored'] as const;
export type SmtpAnswer = (typeof ANSWERS)[number];

const DELIVERIES: Partial<Record<SmtpAnswer, Delivery>> = {
  'connect-rst': { result: 'failed', temporary: true, scope: 'network', code: 'refused', response: '' },
  'mail-421': { result: 'failed', temporary: true, scope: 'account', code: '4.7.0', response: '421 too many', ofMessage: true },
  'rcpt-450': { result: 'failed', temporary: true, scope: 'recipient', code: '4.2.0', response: '450' },
  'rcpt-550': { result: 'failed', temporary: false, scope: 'recipient', code: '5.1.1', response: '550' },
  'data-554': { result: 'failed', temporary: false, scope: 'account', code: '5.7.1', response: '554', ofMessage: true },
  'dot-silent-stored': { result: 'unknown', response: '' },
  'dot-silent-lost': { result: 'unknown', response: '' },
};

/** What the server stored, and when the clock showed what. */
export type Stored = { messageId: string; to: string; at: number; wasSuppressed: boolean };

export type SeenPassage = { id: number; contact: number; state: string; step: string | null; visit: number; enteredAt: number; dueAt: number | null; started: number; reason: string | null; failure: string | null };
export type SeenVisit = { enrollment: number; visit: number; version: number; step: string; enteredAt: number; leftAt: number; outlet: string | null };
export type SeenLine = { id: number; key: string; contact: number; address: string | null; state: string; reason: string | null; dueAt: number; messageId: string | null; step: string };
export type Seen = { passages: SeenPassage[]; visits: SeenVisit[]; ledger: SeenLine[]; suppressed: Set<string>; away: boolean; now: number; latest: number };

const folder = () => mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kanal-model-'));

let template: string | null = null;

/** An empty workspace with the messages and one live flow, made once. */
function templateFile(flow: Flow): string {
  if (template !== null) return template;
  template = join(folder(), 'template.kanal');
  const workspace = testWorkspace({ file: template, settings: { quietHours: QUIET, frequencyCap: CAP } });
  for (const key of ['welcome', 'offer']) saveMessage(workspace, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: `<p>${key}</p>` });
  const id = insertFlow(workspace, flow);
  publish(workspace, id, flow, ['welcome', 'offer'].map((key) => ({ key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: `<p>${key}</p>` })));
  workspace.close();
  return template;
}

export function removeTemplate(): void {
  if (template !== null) rmSync(join(template, '..'), { recursive: true, force: true });
  template = null;
}

type Life = { isOver: boolean; workspace: Workspace; runner: Runner; outbox: Outbox; close: () => void; death: Promise<'dead'>; die: () => void };

/** The clock of one life: timers run on quickly, and end with the life. */
function clockOf(life: { isOver: boolean }, now: () => number): Workspace['clock'] {
  return { now, after: (ms, act) => systemClock.after(ms <= 100 ? 0 : ms, () => (life.isOver ? undefined : act())) };
}

export class Machine {
  /** The latest that the clock has ever shown. */
  latest = TEST_NOW;
  #now = TEST_NOW;
  readonly script: SmtpAnswer[] = [];
  readonly stored: Stored[] = [];
  readonly bugs: unknown[] = [];
  readonly #folder = folder();
  #file: string;
  #files = 0;
  #life: Life | null = null;
  #backup: string | null = null;

  constructor(flow: Flow) {
    this.#file = join(this.#folder, 'w0.kanal');
    copyFileSync(templateFile(flow), this.#file);
    mkdirSync(join(this.#folder, 'data'));
    this.start();
  }

  get now(): number {
    return this.#now;
  }

  set now(instant: number) {
    this.#now = instant;
    this.latest = Math.max(this.latest, instant);
  }

  get isAlive(): boolean {
    return this.#life !== null;
  }

  get workspace(): Workspace {
    return this.#life!.workspace;
  }

  get runner(): Runner {
    return this.#life!.runner;
  }

  get calls() {
    return { ...flowHandlers(this.workspace), ...enrollmentHandlers(this.workspace), ...suppressionHandlers(this.workspace) };
  }

  /** A new process over the file. Answers what SQLite finds wrong with it. */
  start(): { integrity: unknown; dangling: unknown } {
    const life = { isOver: false } as Life;
    const db = openDatabase(this.#file, () => undefined);
    const found = { integrity: db.pragma('integrity_check', { simple: true }), dangling: db.pragma('foreign_key_check') };
    const clock = clockOf(life, () => this.now);
    takeLease({ db, clock }, 1);
    const log = (_: string, error: unknown) => void (life.isOver || this.bugs.push(error));
    const workspace: Workspace = { file: this.#file, db, clock, secrets: memorySecrets(), tell: () => undefined, changed: () => undefined, wake: () => undefined, log };
    const guard = openGuard(workspace, join(this.#folder, 'data'), log);
    workspace.guard = guard!;
    life.death = new Promise((resolve) => (life.die = () => ((life.isOver = true), resolve('dead'))));
    life.workspace = workspace;
    life.outbox = outboxOver(workspace, this.#server(life));
    life.runner = createRunner(workspace, life.outbox, { asksAfterAbsence: true });
    life.outbox.recover();
    life.close = () => guard!.close();
    this.#life = life;
    return found;
  }

  #server(life: Life) {
    const channel = fakeChannel({}, 2);
    const dead = () => (life.die(), new Promise<never>(() => undefined));
    channel.deliver = async (mail, handed) => {
      if (life.isOver) return dead();
      const answer = this.script.shift() ?? 'accept';
      const ending = DELIVERIES[answer];
      if (answer === 'kill-claimed') return dead();
      if (ending !== undefined && !answer.startsWith('d')) return ending;
      const granted = await handed(mail.eml);
      if (life.isOver) return dead();
      if (!granted) return NOT_HANDED;
      if (answer === 'kill-handed') return dead();
      if (ending === undefined || answer === 'dot-silent-stored') this.stored.push({ messageId: mail.messageId, to: mail.to, at: this.now, wasSuppressed: isSuppressed(life.workspace, 'email', mail.to) });
      if (answer === 'kill-stored') return dead();
      return ending ?? { result: 'sent', response: '250 ok' };
    };
    return channel;
  }

  /** Everything that is due at this instant; false when the process died of it. A turn that does not end is an error (I8). */
  async turn(): Promise<boolean> {
    const life = this.#life!;
    let cancel: () => void = () => undefined;
    const endless = new Promise<'endless'>((resolve) => (cancel = systemClock.after(20_000, () => resolve('endless'))));
    const ended = await Promise.race([life.runner.runDue().then(() => 'idle' as const), life.death, endless]);
    cancel();
    if (ended === 'endless') throw new Error('I8: a turn does not end');
    if (ended === 'dead') this.kill();
    return ended === 'idle';
  }

  /** The process is gone, with all that it knew by heart. */
  kill(): void {
    const life = this.#life!;
    life.isOver = true;
    this.#life = null;
    life.workspace.db.close();
  }

  /** Ends as on closing the window. */
  async stop(): Promise<void> {
    const life = this.#life!;
    this.#life = null;
    await life.runner.stop();
    await life.outbox.close();
    life.close();
    life.workspace.db.close();
    life.isOver = true;
  }

  backup(): void {
    this.#backup = join(this.#folder, `backup${++this.#files}.kanal`);
    copyNow(this.workspace.db, this.#backup);
  }

  /** Closes, and opens the last backup in the place of the file. */
  async restore(): Promise<ReturnType<Machine['start']>> {
    await this.stop();
    this.#file = join(this.#folder, `w${++this.#files}.kanal`);
    restoreBackup(this.#backup!, this.#file, this.now);
    return this.start();
  }

  see(): Seen {
    const { db } = this.workspace;
    return {
      passages: rows(db, 'SELECT id, contact_id AS contact, state, step_id AS step, visit, step_entered_at AS enteredAt, due_at AS dueAt, started, exit_reason AS reason, failure FROM enrollments ORDER BY id'),
      visits: rows(db, 'SELECT enrollment_id AS enrollment, visit, version, step_id AS step, entered_at AS enteredAt, left_at AS leftAt, outlet FROM visits ORDER BY enrollment_id, visit'),
      ledger: rows(db, 'SELECT o.id, o.key, o.contact_id AS contact, c.email AS address, o.state, o.reason, o.due_at AS dueAt, o.message_id AS messageId, o.step_id AS step FROM outbox o JOIN contacts c ON c.id = o.contact_id ORDER BY o.id'),
      suppressed: suppressedAmong(this.workspace, 'email', ADDRESSES),
      away: this.runner.absence.report() !== null,
      now: this.now,
      latest: this.latest,
    };
  }

  async end(): Promise<void> {
    if (this.isAlive) await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
