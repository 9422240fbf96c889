// Erasing people: nothing of them stays but a keyed hash, which keeps them out, and sums without names (FAULTS F41, FEATURES B14, D30).
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import fc from 'fast-check';
import type * as Clock from '../../src-main/clock.ts';
import { eraseContacts } from '../../src-main/runner/erasing.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { row, rows } from '../../src-main/store/database.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { addContact, happen, testWorkspace } from '../workspace-fixture.ts';
import { expectLocked } from '../workspace/held-locks.ts';
import { stage, threeMails, type Stage } from './backend-stage.ts';

/** How many times as fast time passes for those who wait for others: how long that is, some seconds, is no matter here. */
const haste = vi.hoisted(() => ({ times: 1 }));
vi.mock('../../src-main/clock.ts', async (original) => {
  const clock = await original<typeof Clock>();
  return {
    ...clock,
    stopwatch() {
      const passed = clock.stopwatch();
      return () => passed() * haste.times;
    },
  };
});

let s: Stage;
let flow: number;

beforeEach(async () => {
  s = stage();
  await s.call('workspace.create', { name: 'Shop', file: join(s.folder, 'shop.kanal'), timeZone: 'UTC', locale: 'en-GB', sample: false });
  flow = await threeMails(s);
});
afterEach(async () => {
  haste.times = 1;
  await s.end();
});

function inHaste(): void {
  haste.times = 20;
  s.workspace().db.pragma('busy_timeout = 100');
}

const fileHolds = (text: string) => ['', '-wal'].some((end) => {
  try {
    return readFileSync(join(s.folder, `shop.kanal${end}`)).includes(text);
  } catch {
    return false;
  }
});

async function lived(): Promise<number> {
  const { id } = await s.call('contacts.add', { values: { email: 'olga.zielinska@example.com', phone: '+4520123456', external_id: 'kunde-0815', first_name: 'Olga-Marie' } });
  await s.call('contacts.consent', { id, channel: 'email', given: true, source: 'fair', wording: 'I, olga.zielinska@example.com, agree' });
  await s.call('contacts.tag', { ids: [id], add: ['vip'] });
  await s.call('notes.add', { contact: id, text: 'Call olga.zielinska@example.com' });
  await s.call('events.record', {
    events: [
      { email: 'olga.zielinska@example.com', type: 'order_placed', data: { order: 'A1', amount: 5000, currency: 'EUR' } },
      { email: 'olga.zielinska@example.com', type: 'form_sent', data: { mail: 'olga.zielinska@example.com' } },
    ],
  });
  await s.call('flows.enroll', { flow, contacts: [id] });
  await s.pass(1);
  await s.call('contacts.update', { id, values: { email: 'olga.nowak@example.com' } });
  return id;
}

describe('erasing somebody who has lived', () => {
  test('no byte of their addresses is found in the file or its log, while it is open and after', async () => {
    const id = await lived();
    await s.call('suppressions.add', { addresses: ['olga.nowak@example.com'], reason: 'olga.nowak@example.com wrote to us' });
    expect(fileHolds('olga.nowak@example.com')).toBe(true);
    expect(await s.call('erasure.erase', { contacts: [id] })).toEqual({ erased: 1, flowsLeft: 1, messagesCancelled: 0, bytesGone: true });
    const traces = ['olga.nowak@example.com', 'olga.zielinska@example.com', '+4520123456', 'kunde-0815'];
    expect(traces.filter(fileHolds)).toEqual([]);
    await s.call('workspace.close', {});
    expect(traces.filter(fileHolds)).toEqual([]);
  });

  test('nor of what they were called before, nor of their address as somebody else has typed it, in a rule or in a cell of a file', async () => {
    const { id } = await s.call('contacts.add', { values: { email: 'olga.zielinska@example.com', phone: '+4520123456' } });
    await s.call('segments.save', { name: 'Not Olga', rule: { kind: 'attribute', attribute: 'email', operator: 'notEquals', value: 'Olga.Zielinska@Example.com' } });
    const file = join(s.folder, 'people.csv');
    writeFileSync(file, 'email;first_name\nOlga;Olga\nbo@example.com;Bo\n');
    const { plan } = await s.call('imports.inspect', { file });
    const { import: started } = await s.call('imports.start', { file, plan: { ...plan, mends: { 2: { 0: 'OLGA.ZIELINSKA@example.com' } } } });
    expect((await s.call('imports.wait', { import: started })).counts).toMatchObject({ added: 1, updated: 1 });
    await s.call('contacts.update', { id, values: { email: 'o@example.com', phone: '+4520123457' } });
    await s.call('erasure.erase', { contacts: [id] });
    const traces = ['olga.zielinska', 'Olga.Zielinska', 'OLGA.ZIELINSKA', '+4520123456', '+4520123457'];
    expect(traces.filter(fileHolds)).toEqual([]);
    await s.call('workspace.close', {});
    expect(traces.filter(fileHolds)).toEqual([]);
  });

  test('while somebody reads what was before, it says that the bytes stay, and takes them out as soon as that has ended', async () => {
    inHaste();
    const id = await lived();
    const reader = new SQLite(join(s.folder, 'shop.kanal'));
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM contacts').get();
    expect(await s.call('erasure.erase', { contacts: [id] })).toMatchObject({ erased: 1, bytesGone: false });
    expect(fileHolds('olga.nowak@example.com')).toBe(true);
    reader.exec('COMMIT');
    reader.close();
    await vi.waitFor(() => expect(fileHolds('olga.nowak@example.com')).toBe(false), 25_000);
    const { id: other } = await s.call('contacts.add', { values: { email: 'next@example.com' } });
    expect(await s.call('erasure.erase', { contacts: [other] })).toMatchObject({ bytesGone: true });
  }, 30_000);

  test('they leave the file when it is opened next, if somebody still read it when it was closed', async () => {
    inHaste();
    const id = await lived();
    const file = join(s.folder, 'shop.kanal');
    const reader = new SQLite(file);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM contacts').get();
    expect(await s.call('erasure.erase', { contacts: [id] })).toMatchObject({ bytesGone: false });
    await s.call('workspace.close', {});
    expect(fileHolds('olga.nowak@example.com')).toBe(true);
    reader.exec('COMMIT');
    await s.call('workspace.open', { file });
    expect(fileHolds('olga.nowak@example.com')).toBe(false);
    reader.close();
  }, 30_000);

  test('another program that opens the file meanwhile does not take the log away: looking for bytes lets go of no lock', async () => {
    const { id } = await s.call('contacts.add', { values: { email: 'olga.zielinska@example.com' } });
    await s.call('erasure.erase', { contacts: [id] });
    await s.call('contacts.add', { values: { email: 'bo@example.com' } });
    const file = join(s.folder, 'shop.kanal');
    const script = `const db = new (require('better-sqlite3'))(process.argv[1]); console.log(db.prepare('SELECT email FROM contacts').pluck().all().join()); db.close();`;
    expect(execFileSync(process.execPath, ['-e', script, file], { cwd: import.meta.dirname, encoding: 'utf8' }).trim()).toBe('bo@example.com');
    expect(existsSync(`${file}-wal`)).toBe(true);
  });

  test('they leave their flow for a reason, what was planned is cancelled, and the counts still add up (FAULTS I3, I10)', async () => {
    const id = await lived();
    const { workspace } = s.backend.current()!;
    expect(s.mails()).toEqual(['olga.zielinska@example.com: one']);
    await s.call('erasure.erase', { contacts: [id] });
    await s.pass(96);
    expect(s.mails().length).toBe(1);
    const counts = await s.call('flows.counts', { flow });
    expect(counts).toMatchObject({ entered: 1, exited: 1, active: 0, finished: 0 });
    expect(counts.steps['one']).toMatchObject({ planned: 1, sent: 1, entered: 1 });
    expect(row(workspace.db, 'SELECT state, exit_reason AS reason, failure FROM enrollments')).toEqual({ state: 'exited', reason: 'contact-erased', failure: null });
    expect(rows(workspace.db, 'SELECT address, subject, response FROM outbox')).toEqual([{ address: null, subject: null, response: null }]);
    expect(rows(workspace.db, `SELECT type, n, amount FROM erased_counts WHERE type IN ('order_placed', 'message_sent', 'form_sent') ORDER BY type`)).toEqual([
      { type: 'form_sent', n: 1, amount: 0 },
      { type: 'message_sent', n: 1, amount: 0 },
      { type: 'order_placed', n: 1, amount: 5000 },
    ]);
    expect(rows(workspace.db, 'PRAGMA foreign_key_check')).toEqual([]);
  });

  test('a message that is on its way when they are erased is settled without a word about them', async () => {
    await s.end();
    let erase: (() => Promise<unknown>) | null = null;
    s = stage({
      between: async () => void (await erase?.()),
      after: () => ({ result: 'failed', temporary: false, scope: 'recipient', code: 'address-dead', response: '550 no olga.zielinska@example.com here' }),
    });
    await s.call('workspace.create', { name: 'Shop', file: join(s.folder, 'shop.kanal'), timeZone: 'UTC', locale: 'en-GB', sample: false });
    flow = await threeMails(s);
    const { id } = await s.call('contacts.add', { values: { email: 'olga.zielinska@example.com' } });
    erase = () => s.call('erasure.erase', { contacts: [id] });
    await s.call('flows.enroll', { flow, contacts: [id] });
    await s.pass(1);
    expect(rows(s.workspace().db, 'SELECT state, response FROM outbox')).toEqual([{ state: 'failed', response: null }]);
    expect((await s.call('suppressions.list', {})).rows.map(({ kind }) => kind)).toEqual(['erased']);
    await s.call('workspace.close', {});
    expect(fileHolds('olga.zielinska@example.com')).toBe(false);
  });
});

describe('FAULTS F41: coming back', () => {
  const csv = (text: string) => {
    const file = join(s.folder, 'again.csv');
    writeFileSync(file, text);
    return file;
  };
  async function importFile(file: string) {
    const { plan } = await s.call('imports.inspect', { file });
    const { import: id } = await s.call('imports.start', { file, plan });
    return (await s.call('imports.wait', { import: id })).counts;
  }

  test('an import takes in neither who was erased nor who is suppressed, by address or by domain, and counts them', async () => {
    const { id } = await s.call('contacts.add', { values: { email: 'gone@example.com' } });
    await s.call('erasure.erase', { contacts: [id] });
    await s.call('suppressions.add', { addresses: ['never@example.com', '*@rival.example'], reason: 'user' });
    const counts = await importFile(csv('email\nGone@Example.com\nnever@example.com\nspy@rival.example\nnew@example.com\n'));
    expect(counts).toMatchObject({ rows: 4, added: 1, skipped: 3, suppressed: 3 });
    expect(await s.call('contacts.find', { email: 'gone@example.com' })).toBeNull();
  });

  test('FAULTS F41: by their number or external id alone they are refused as well, whoever is in the row, and are counted', async () => {
    const { id } = await s.call('contacts.add', { values: { email: 'gone@example.com', phone: '+4520123456', external_id: 'K-17' } });
    await s.call('erasure.erase', { contacts: [id] });
    const lines = 'email;phone;external_id;first_name\nother@example.com;+45 20 12 34 56;;By phone\nnext@example.com;;K-17;By id\ngone@example.com;;;By address\nnew@example.com;+4530303030;k-17;New\n';
    const file = csv(lines);
    const { plan } = await s.call('imports.inspect', { file });
    const byEmail = await importFile(file);
    expect(byEmail).toMatchObject({ rows: 4, added: 1, skipped: 3, suppressed: 3, erased: 3 });
    // Judged one by one, as where people are matched by more than the address, it is the same.
    const again = csv(lines.replaceAll('new@', 'newer@').replace('30303030', '31313131'));
    const { import: started } = await s.call('imports.start', { file: again, plan: { ...plan, match: ['external_id', 'phone', 'email'] } });
    expect((await s.call('imports.wait', { import: started })).counts).toMatchObject({ rows: 4, skipped: 3, suppressed: 3, erased: 3 });
    // Whose hashes go to other workspaces: an external id means somebody else there.
    const list = join(s.folder, 'erased.json');
    expect(await s.call('erasure.exportHashes', { file: list })).toEqual({ rows: 2 });
    expect(fileHolds('K-17')).toBe(false);
  });

  test('FAULTS F41: nor by an address or a number that they had before, unless it is somebody else’s by now', async () => {
    const { id } = await s.call('contacts.add', { values: { email: 'old@example.com', phone: '+4520123456', external_id: 'K-1' } });
    await s.call('contacts.update', { id, values: { email: 'new@example.com', phone: '+4520123457', external_id: 'K-2' } });
    await s.call('contacts.update', { id, values: { external_id: 'K-3' } });
    await s.call('contacts.add', { values: { email: 'bo@example.com', external_id: 'K-2' } });
    await s.call('erasure.erase', { contacts: [id] });
    const counts = await importFile(csv('email;phone;external_id;first_name\nold@example.com;;;By address\na@example.com;+45 20 12 34 56;;By phone\nb@example.com;;K-1;By id\nbo@example.com;;K-2;Bo\n'));
    expect(counts).toMatchObject({ rows: 4, added: 0, updated: 1, skipped: 3, erased: 3 });
  });

  test('FAULTS F41: a person who is only a number, or only an id, stays away too', async () => {
    for (const values of [{ phone: '+4520123456' }, { external_id: 'K-18' }] as Record<string, string>[]) {
      const { id } = await s.call('contacts.add', { values });
      await s.call('erasure.erase', { contacts: [id] });
      expect(await s.refusal('contacts.add', { values: { ...values, first_name: 'Back' } })).toBe('contact-erased');
    }
    expect((await s.call('suppressions.list', { search: 'K-18' })).rows).toMatchObject([{ kind: 'erased', channel: 'external_id', address: null }]);
    const { plan } = await s.call('imports.inspect', { file: csv('phone;external_id\n+4520123456;\n;K-18\n;K-19\n') });
    const { import: started } = await s.call('imports.start', { file: csv('phone;external_id\n+4520123456;\n;K-18\n;K-19\n'), plan: { ...plan, match: ['external_id', 'phone'] } });
    expect((await s.call('imports.wait', { import: started })).counts).toMatchObject({ rows: 3, added: 1, skipped: 2, erased: 2 });
  });

  test('events, forms and changed addresses do not bring them back either; a person can, knowingly', async () => {
    const { id } = await s.call('contacts.add', { values: { email: 'gone@example.com' } });
    await s.call('erasure.erase', { contacts: [id] });
    const { rejected } = await s.call('events.record', { events: [{ email: 'gone@example.com', type: 'form_sent' }] });
    expect(rejected[0]?.problem.code).toBe('contact-erased');
    expect(await s.refusal('contacts.add', { values: { email: 'gone@example.com' } })).toBe('contact-erased');
    const found = await s.call('suppressions.list', { search: 'gone@example.com' });
    expect(found.rows).toMatchObject([{ kind: 'erased', address: null, reason: 'erased' }]);
    const hash = found.rows[0]!.id;
    expect(await s.refusal('suppressions.remove', { id: hash, reason: 'signed up again' })).toBe('suppression-confirm');
    await s.call('suppressions.remove', { id: hash, reason: 'signed up again', confirmed: true });
    await s.call('contacts.add', { values: { email: 'gone@example.com' } });
  });

  test('the hashes go to another workspace, which then refuses them too (FEATURES B14)', async () => {
    const { id } = await s.call('contacts.add', { values: { email: 'gone@example.com' } });
    await s.call('erasure.erase', { contacts: [id] });
    const list = join(s.folder, 'erased.json');
    expect(await s.call('erasure.exportHashes', { file: list })).toEqual({ rows: 1 });
    expect(readFileSync(list, 'utf8')).not.toContain('gone');
    await s.call('workspace.create', { name: 'Other', file: join(s.folder, 'other.kanal'), timeZone: 'UTC', locale: 'en-GB', sample: false });
    expect(await s.call('erasure.importHashes', { file: list })).toEqual({ added: 1, known: 0 });
    expect(await s.call('erasure.importHashes', { file: list })).toEqual({ added: 0, known: 1 });
    expect(await importFile(csv('email\ngone@example.com\nnew@example.com\n'))).toMatchObject({ added: 1, suppressed: 1 });
    expect(await s.refusal('erasure.importHashes', { file: csv('{"kanalErased": 2}') })).toBe('not-a-hash-list');
  });
});

test('property: whatever somebody has been through, none of their bytes stay, and everybody else does', () => {
  const address = fc.stringMatching(/^[a-z]{8,20}$/).map((name) => `${name}@erased.example`);
  fc.assert(
    fc.property(address, fc.array(fc.constantFrom('event', 'consent', 'tag', 'rename', 'suppress', 'order'), { maxLength: 12 }), fc.nat(3), (email, acts, others) => {
      const workspace = testWorkspace();
      const kept = Array.from({ length: others }, (_, n) => addContact(workspace, { email: `other${n}@kept.example`, tags: ['x'] }));
      const id = addContact(workspace, { email, first_name: 'Somebody' });
      for (const act of acts) {
        if (act === 'event') happen(workspace, id, 'page_viewed', { data: { who: email } });
        if (act === 'consent') recordConsent(workspace, { contactId: id, channel: 'email', given: true, source: `mail from ${email} ${workspace.clock.now()}`, actor: 'user' });
        if (act === 'tag') happen(workspace, id, 'tag_added', { data: { tag: email } });
        if (act === 'rename') happen(workspace, id, 'attributes_changed', { data: { changes: { email: ['x@y.example', email] } } });
        if (act === 'suppress') addSuppression(workspace, { channel: 'email', address: email, reason: email, source: 'user' });
        if (act === 'order') happen(workspace, id, 'order_placed', { data: { mail: email } });
      }
      eraseContacts(workspace, [id], 'user');
      expect(workspace.db.serialize().includes(email)).toBe(false);
      expect(rows(workspace.db, 'SELECT id FROM contacts').length).toBe(kept.length);
      workspace.close();
    }),
    { numRuns: 40 },
  );
});

test.skipIf(process.platform !== 'linux')('looking for bytes in the file leaves the locks on it alone, which tell other programs that it is open (FAULTS 1.2)', async () => {
  const file = join(s.folder, 'shop.kanal');
  await expectLocked(file);
  await s.call('erasure.erase', { contacts: [await lived()] });
  await expectLocked(file);
});
