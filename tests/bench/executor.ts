// A ten-step flow (tags, waits, branches on an attribute and on "opened", two mails, a split, an attribute written) for many
// contacts, on a virtual clock: events, visits, positions and ledger rows included; messages are settled without rendering.
// Beside it: prepared statements that only write the same numbers of the same rows, in transactions of a thousand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY } from '../../shared/time.ts';
import { virtualClock } from '../../src-main/clock.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { addAttribute, attributesOf } from '../../src-main/store/attributes.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { insertContact } from '../../src-main/store/contacts.ts';
import { createDatabase, row, run, transaction } from '../../src-main/store/database.ts';
import { recordEvent } from '../../src-main/store/events.ts';
import { claim, dueMessages, nextMessageDue, settle, tellEnrollment } from '../../src-main/store/outbox.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { median, option, report, type Measured } from './measure.ts';

const contacts = option('contacts', 100_000);
const runs = option('runs', 3);
const START = Date.UTC(2026, 2, 2, 8);

const step = (id: string, type: string, config: object) => ({ id, type, config });
const flow = {
  kanalFlow: 1,
  name: 'Ten steps',
  triggers: [{ id: 'hand', type: 'byHand', config: {} }],
  steps: [
    step('tag', 'addTag', { tag: 'in' }),
    step('mail1', 'sendEmail', { message: 'one' }),
    step('wait1', 'wait', { duration: { amount: 1, unit: 'days' } }),
    step('city', 'branch', { branches: [{ id: 'yes', label: 'Yes', rule: { kind: 'attribute', attribute: 'points', operator: 'atLeast', value: 50 } }] }),
    step('rich', 'addTag', { tag: 'rich' }),
    step('wait2', 'wait', { duration: { amount: 2, unit: 'days' } }),
    step('opened', 'branch', { branches: [{ id: 'yes', label: 'Yes', rule: { kind: 'message', message: 'one', act: 'opened', did: true, since: 'enrollment' } }] }),
    step('mail2', 'sendEmail', { message: 'two' }),
    step('split', 'split', { shares: [{ id: 'a', label: 'A', weight: 50 }, { id: 'b', label: 'B', weight: 50 }] }),
    step('set', 'updateAttribute', { attribute: 'points', action: 'set', value: 1 }),
  ],
  edges: [
    ['start', 'next', 'tag'], ['tag', 'next', 'mail1'], ['mail1', 'next', 'wait1'], ['wait1', 'next', 'city'], ['city', 'yes', 'rich'], ['city', 'else', 'wait2'],
    ['rich', 'next', 'wait2'], ['wait2', 'next', 'opened'], ['opened', 'yes', 'split'], ['opened', 'else', 'mail2'], ['mail2', 'next', 'split'], ['split', 'a', 'set'], ['split', 'b', 'set'],
  ].map(([from, outlet, to]) => ({ from, outlet, to })),
  messages: ['one', 'two'].map((key) => ({ key, name: key, subject: key, body: '<p>Hello</p>' })),
  attributes: [{ key: 'points', label: 'Points', kind: 'number' }],
};

/** Settles every message as sent, in batches, with all that the real outbox writes about it. */
function settlingOutbox(workspace: Workspace): Outbox {
  return {
    recover() {
      // Nothing survives a benchmark.
    },
    async performDue() {
      return transaction(workspace.db, () => {
        const now = workspace.clock.now();
        const due = dueMessages(workspace, now, 1000);
        for (const message of due) {
          claim(workspace, message.id, 'x@mail.example', `${message.id}@bench`, 'marketing', now);
          settle(workspace, message.id, 'sent', 1, null, '250 ok', now);
          tellEnrollment(workspace, message, 'sent', now);
          recordEvent(workspace, { contactId: message.contactId, type: 'message_sent', at: now, source: 'channel', flowId: message.flowId, enrollmentId: message.enrollmentId, outboxId: message.id, data: { message: message.message } });
        }
        return due.length;
      });
    },
    nextDueAt: () => nextMessageDue(workspace),
    paused: () => null,
    async close() {
      // Nothing is open.
    },
  };
}

type Rows = { visits: number; events: number; messages: number; enrollments: number };

async function executor(file: string): Promise<{ measured: Measured; rows: Rows }> {
  const db = createDatabase(file);
  const clock = virtualClock(START);
  const workspace: Workspace = { file, db, clock, secrets: { get: () => null, set: () => undefined, remove: () => undefined }, tell: () => undefined, changed: () => undefined, wake: () => undefined };
  const flows = flowHandlers(workspace);
  addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
  const attributes = attributesOf(workspace);
  transaction(db, () => {
    for (let n = 0; n < contacts; n++) {
      const contactId = insertContact(workspace, { email: `person${n}@mail.example`, points: n % 100 }, { source: 'bench' }, attributes);
      recordConsent(workspace, { contactId, channel: 'email', given: true, source: 'bench', actor: 'bench' });
    }
  });
  const { id } = await flows['flows.importFile']({ text: JSON.stringify(flow), fileName: 'ten-steps.kanalflow' });
  await flows['flows.publish']({ flow: id });
  const runner = createRunner(workspace, settlingOutbox(workspace));
  const before = row<{ n: number }>(db, 'SELECT count(*) AS n FROM events')!.n;
  const begin = process.hrtime.bigint();
  await flows['flows.enroll']({ flow: id, contacts: null, rule: { kind: 'all', rules: [] } });
  await runUntil(workspace, runner, clock, START + DAY / 2);
  await runUntil(workspace, runner, clock, START + 10 * DAY);
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  const count = (table: string) => row<{ n: number }>(db, `SELECT count(*) AS n FROM ${table}`)!.n;
  const rows = { visits: count('visits'), events: count('events') - before, messages: count('outbox'), enrollments: count('enrollments') };
  db.close();
  return { measured: { seconds, peakMegabytes: process.memoryUsage.rss() / 1e6 }, rows };
}

/** Writes as many visits, positions, events and ledger rows, and reads and decides nothing. */
function baseline(file: string, rows: Rows): Measured {
  const db = createDatabase(file);
  run(db, `INSERT INTO flows (id, name, state, draft, revision, saved_at, created_at) VALUES (1, 'x', 'live', '{}', 1, 0, 0)`);
  const contact = run(db, `INSERT INTO contacts (email, added_at) VALUES ('x', 0)`).id;
  const begin = process.hrtime.bigint();
  const inBatches = (count: number, write: (n: number) => void) => {
    for (let from = 0; from < count; from += 1000) transaction(db, () => {
      for (let n = from; n < Math.min(count, from + 1000); n++) write(n);
    });
  };
  inBatches(rows.enrollments, (n) => run(db, `INSERT INTO enrollments (flow_id, contact_id, entry_key, trigger_id, state, step_id, step_entered_at, due_at, entered_at) VALUES (1, ?, '', 'hand', 'active', 'tag', ?, ?, ?)`, n, START, START, START));
  inBatches(rows.visits, (n) => {
    const enrollment = (n % rows.enrollments) + 1;
    run(db, 'INSERT INTO visits (enrollment_id, visit, flow_id, version, step_id, entered_at, left_at, outlet) VALUES (?, ?, 1, 1, ?, ?, ?, ?)', enrollment, Math.floor(n / rows.enrollments) + 1, 'wait1', START, START + n, 'next');
    run(db, 'UPDATE enrollments SET step_id = ?, step_entered_at = ?, due_at = ?, visit = visit + 1 WHERE id = ?', 'wait2', START + n, START + n + DAY, enrollment);
  });
  inBatches(rows.events, (n) => run(db, `INSERT INTO events (contact_id, type, at, recorded_at, source, flow_id, data) VALUES (?, 'tag_added', ?, ?, 'flow', 1, '{"tag":"in"}')`, contact, START + n, START + n));
  inBatches(rows.messages, (n) => {
    const { id } = run(db, `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, meant_at, enrolled_at, planned_at) VALUES (?, 1, 1, ?, 'mail1', ?, 'email', 'one', 'planned', ?, ?, ?, ?)`, `1:${n}:mail1:1`, n, n, START, START, START, START);
    run(db, `UPDATE outbox SET state = 'sent', settled_at = ?, attempts = 1, response = '250 ok' WHERE id = ?`, START + n, id);
  });
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  db.close();
  return { seconds, peakMegabytes: process.memoryUsage.rss() / 1e6 };
}

const folder = mkdtempSync(join(tmpdir(), 'kanal-bench-'));
const product: Measured[] = [];
const plain: Measured[] = [];
let steps = 0;
for (let n = 0; n < runs; n++) {
  const { measured, rows } = await executor(join(folder, `executor-${n}.kanal`));
  product.push(measured);
  plain.push(baseline(join(folder, `plain-${n}.kanal`), rows));
  steps = rows.visits;
}
report('executor', `${contacts.toLocaleString('en')} contacts, ${steps.toLocaleString('en')} steps, ${median(product.map((each) => each.seconds)).toFixed(1)} s`, { count: steps, called: 'steps' }, product, 'prepared statements that write the same rows', plain);
rmSync(folder, { recursive: true });
