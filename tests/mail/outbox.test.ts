// The ledger from planned to settled: who is written to and who is not, in which order it is asked, what a crash leaves, and
// what a person may decide (FAULTS 2.0, F34, I1, I2, I7, I10).
import { afterEach, describe, expect, test } from 'vitest';
import { inflateRawSync } from 'node:zlib';
import { DAY } from '../../shared/time.ts';
import { createOutbox, type Outbox } from '../../src-main/runner/outbox.ts';
import { decide } from '../../src-main/runner/outbox-decide.ts';
import { messageOfToken, mailSecret } from '../../src-main/runner/mail-identity.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { run, row } from '../../src-main/store/database.ts';
import { contentOf, countByState } from '../../src-main/store/outbox.ts';
import { markAsSample } from '../../src-main/store/settings.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact } from '../workspace-fixture.ts';
import { fakeChannel, type FakeChannel, type FakeSteps } from './fake-channel.ts';
import { drain, eventData, eventTypes, ledger, mailing, outboxOver, plan, states, tally, type Mailing } from './outbox-fixture.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function machine(steps: FakeSteps = {}, options: Parameters<typeof mailing>[1] = {}, message: Parameters<typeof mailing>[0] = {}): { workspace: Mailing; outbox: Outbox; channel: FakeChannel } {
  const workspace = mailing(message, options);
  const channel = fakeChannel(steps);
  const outbox = outboxOver(workspace, channel);
  open.push(() => workspace.close(), () => outbox.close());
  return { workspace, outbox, channel };
}

const suppress = (workspace: Mailing, address: string) => addSuppression(workspace, { channel: 'email', address, reason: 'unsubscribed', source: 'user' });
const withdraw = (workspace: Mailing, contactId: number) => recordConsent(workspace, { contactId, channel: 'email', given: false, source: 'reply', actor: 'user' });

describe('a message that may leave', () => {
  test('is sent once, recorded, and its enrollment goes on', async () => {
    const { workspace, outbox, channel } = machine();
    const id = plan(workspace, { email: 'ada@example.dk', first_name: 'Ada' });
    await drain(outbox);
    expect(ledger(workspace)).toMatchObject([{ state: 'sent', reason: null, response: '250 2.0.0 stored', attempts: 1, address: 'ada@example.dk', subject: 'Hi Ada', result: 'sent', enrollmentDue: workspace.clock.now() }]);
    expect(eventTypes(workspace)).toEqual(['message_sent']);
    expect(eventData(workspace, 'message_sent')).toEqual({ message: 'welcome', subject: 'Hi Ada' });
    const [mail] = channel.accepted;
    expect(inflateRawSync(contentOf(workspace, id)!).equals(mail!.eml), 'the ledger keeps the bytes as they left').toBe(true);
    expect(workspace.woken()).toBeGreaterThan(0);
  });

  test('carries a Message-ID that follows from its key, and an unsubscribe token that cannot be forged', async () => {
    const { workspace, outbox, channel } = machine();
    const first = plan(workspace, { email: 'a@example.dk' });
    plan(workspace, { email: 'b@example.dk' });
    await drain(outbox);
    const [a, b] = channel.accepted;
    expect(a!.messageId).toMatch(/^kanal\.[A-Za-z0-9]{24}@example\.com$/);
    expect(b!.messageId).not.toBe(a!.messageId);
    const token = /unsubscribe%20([^>]+)>/.exec(a!.headers['List-Unsubscribe']!)![1]!;
    const keyOf = (id: number) => row<{ key: string }>(workspace.db, 'SELECT key FROM outbox WHERE id = ?', id)?.key;
    expect(messageOfToken(mailSecret(workspace), token, keyOf)).toBe(first);
    expect(messageOfToken(mailSecret(workspace), token.replace(/^./, 'z'), keyOf)).toBeNull();
    expect(messageOfToken(mailSecret(workspace), `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, keyOf)).toBeNull();
    expect(messageOfToken(mailSecret(workspace), 'rubbish', keyOf)).toBeNull();
  });

  test('is not sent before it is due', async () => {
    const { workspace, outbox, channel } = machine();
    const due = workspace.clock.now() + 1000;
    plan(workspace, { email: 'ada@example.dk' }, { dueAt: due });
    await drain(outbox);
    expect(channel.offered).toEqual([]);
    expect(outbox.nextDueAt()).toBe(due);
    workspace.clock.setTo(due);
    await drain(outbox);
    expect(channel.accepted).toHaveLength(1);
    expect(outbox.nextDueAt()).toBeNull();
  });

  test('is the one that was published last, not the draft and not an older version', async () => {
    const { workspace, outbox, channel } = machine();
    plan(workspace, { email: 'ada@example.dk' });
    const version = row<{ flow: string; messages: string }>(workspace.db, 'SELECT flow, messages FROM flow_versions WHERE number = 1')!;
    run(workspace.db, 'INSERT INTO flow_versions (flow_id, number, flow, messages, published_at) VALUES (?, 2, ?, ?, 0)', workspace.flow, version.flow, version.messages.replace('Hi {{', 'Hello {{'));
    run(workspace.db, 'UPDATE flows SET live_version = 2');
    await drain(outbox);
    expect(channel.accepted[0]!.subject).toBe('Hello you');
  });
});

describe('the gates, in their order', () => {
  const CASES: [string, (workspace: Mailing, contact: number) => void, string][] = [
    ['the flow is archived', (w) => run(w.db, `UPDATE flows SET state = 'archived'`), 'cancelled: flow-ended'],
    ['the contact has left the flow', (w) => run(w.db, `UPDATE enrollments SET state = 'exited'`), 'cancelled: enrollment-ended'],
    ['the contact stands elsewhere', (w) => run(w.db, `UPDATE enrollments SET step_id = 'other'`), 'cancelled: enrollment-moved'],
    ['the contact came back to the step', (w) => run(w.db, `UPDATE enrollments SET visit = 2`), 'cancelled: enrollment-moved'],
    ['the contact was erased', (w, contact) => run(w.db, 'DELETE FROM contacts WHERE id = ?', contact), 'cancelled: no-contact'],
    ['the address is suppressed', (w) => suppress(w, 'ada@example.dk'), 'cancelled: suppressed'],
    ['consent was withdrawn', (w, contact) => withdraw(w, contact), 'cancelled: consent-withdrawn'],
    ['consent was never given', (w) => run(w.db, 'DELETE FROM consents'), 'cancelled: no-consent'],
    ['the contact is not in the audience', (w) => run(w.db, 'DELETE FROM contact_tags'), 'cancelled: audience'],
    ['there is no address', (w) => run(w.db, 'UPDATE contacts SET email = NULL'), 'cancelled: no-address'],
    ['the address would break out of its header', (w) => run(w.db, `UPDATE contacts SET email = 'ada@example.dk' || char(13) || char(10) || 'Bcc: x@y.dk'`), 'cancelled: bad-address'],
    ['the message is in no version', (w) => run(w.db, `UPDATE outbox SET message = 'gone'`), 'held: message-missing'],
  ];

  test.each(CASES)('%s', async (_, spoil, outcome) => {
    const { workspace, outbox, channel } = machine({}, { audience: { kind: 'tag', tag: 'reader', has: true } });
    const contact = addContact(workspace, { email: 'ada@example.dk', consent: ['email'], tags: ['reader'] });
    plan(workspace, contact);
    spoil(workspace, contact);
    await drain(outbox);
    expect(states(workspace)).toEqual([outcome]);
    expect(channel.offered).toEqual([]);
    const isCancelled = outcome.startsWith('cancelled');
    const stands = !/enrollment-/.test(outcome);
    expect(ledger(workspace)[0]!.result, 'a held message leaves its enrollment waiting').toBe(isCancelled && stands ? 'cancelled' : null);
    expect(eventTypes(workspace).filter((type) => type !== 'suppressed')).toEqual(isCancelled && !outcome.includes('no-contact') ? ['message_cancelled'] : []);
  });

  test('the first of several reasons counts', async () => {
    const { workspace, outbox } = machine({}, { audience: { kind: 'tag', tag: 'reader', has: true } });
    const contact = plan(workspace, { email: 'ada@example.dk' });
    suppress(workspace, 'ada@example.dk');
    withdraw(workspace, contact);
    await drain(outbox);
    expect(states(workspace)).toEqual(['cancelled: suppressed']);
  });

  test('a transactional message asks for no consent and carries no footer, but respects suppression', async () => {
    const { workspace, outbox, channel } = machine({}, {}, { purpose: 'transactional' });
    plan(workspace, addContact(workspace, { email: 'ada@example.dk' }));
    plan(workspace, addContact(workspace, { email: 'bob@example.dk' }));
    suppress(workspace, 'bob@example.dk');
    await drain(outbox);
    expect(states(workspace)).toEqual(['sent', 'cancelled: suppressed']);
    expect(channel.accepted[0]!.headers).not.toHaveProperty('List-Unsubscribe');
    expect(channel.accepted[0]!.html).not.toContain('mailto:');
  });

  test('a paused flow holds its messages where they are, and goes on (F46)', async () => {
    const { workspace, outbox, channel } = machine();
    plan(workspace, { email: 'ada@example.dk' });
    run(workspace.db, `UPDATE flows SET state = 'paused'`);
    await drain(outbox);
    expect([states(workspace), outbox.nextDueAt()]).toEqual([['planned'], null]);
    run(workspace.db, `UPDATE flows SET state = 'live'`);
    await drain(outbox);
    expect(channel.accepted).toHaveLength(1);
  });
});

describe('unsubscribed while the message is on its way (F34, I2)', () => {
  test('while it is rendered', async () => {
    const { workspace, outbox, channel } = machine();
    plan(workspace, { email: 'ada@example.dk' });
    const turn = outbox.performDue();
    expect(states(workspace)).toEqual(['claimed']);
    suppress(workspace, 'ada@example.dk');
    await turn;
    expect([states(workspace), channel.accepted]).toEqual([['cancelled: suppressed'], []]);
  });

  const SPOILS: [string, (workspace: Mailing) => void, string, string | null][] = [
    ['suppressed', (w) => suppress(w, 'ada@example.dk'), 'cancelled: suppressed', 'cancelled'],
    ['consent withdrawn', (w) => withdraw(w, 1), 'cancelled: consent-withdrawn', 'cancelled'],
    ['flow archived', (w) => run(w.db, `UPDATE flows SET state = 'archived'`), 'cancelled: flow-ended', 'cancelled'],
    ['left by the goal', (w) => run(w.db, `UPDATE enrollments SET state = 'exited'`), 'cancelled: enrollment-ended', null],
    ['flow paused', (w) => run(w.db, `UPDATE flows SET state = 'paused'`), 'planned', null],
  ];
  test.each(SPOILS)('between the claim and the server taking it: %s', async (_, spoil, outcome, result) => {
    const { workspace, outbox, channel } = machine({ before: () => void spoil(workspace) });
    plan(workspace, { email: 'ada@example.dk' });
    await drain(outbox);
    expect([states(workspace), channel.accepted, ledger(workspace)[0]!.result]).toEqual([[outcome], [], result]);
  });

  test('after it was handed over: it has left, and that is said', async () => {
    const { workspace, outbox, channel } = machine({ between: () => void suppress(workspace, 'ada@example.dk') });
    plan(workspace, { email: 'ada@example.dk' });
    await drain(outbox);
    expect([states(workspace), channel.accepted.length]).toEqual([['sent'], 1]);
  });

  test('a changed address is looked at again', async () => {
    let isFirst = true;
    const { workspace, outbox, channel } = machine({ before: () => void (isFirst && run(workspace.db, `UPDATE contacts SET email = 'new@example.dk'`), (isFirst = false)) });
    plan(workspace, { email: 'old@example.dk' });
    await drain(outbox);
    expect(channel.accepted.map(({ to }) => to)).toEqual(['new@example.dk']);
  });
});

describe('what cannot be rendered is held, and the others go (F31)', () => {
  test('one of a hundred has no value, and the field is named', async () => {
    const { workspace, outbox, channel } = machine({}, {}, { body: '<p>{{ contact.last_name }}</p>' });
    for (let n = 0; n < 100; n++) plan(workspace, { email: `p${n}@example.dk`, last_name: n === 42 ? null : 'Holm' });
    await drain(outbox);
    expect(channel.accepted).toHaveLength(99);
    expect(ledger(workspace).filter(({ state }) => state !== 'sent')).toMatchObject([{ state: 'held', reason: 'missing-value', response: 'contact.last_name', result: null }]);
    expect(countByState(workspace, 'held')).toBe(1);
  });

  test('an endless loop and too much output', async () => {
    const { workspace, outbox, channel } = machine({}, {}, { body: `{% if contact.first_name == 'Loop' %}{% for i in (1..100000000) %}x{% endfor %}{% endif %}<p>Hi</p>` });
    plan(workspace, { email: 'a@example.dk', first_name: 'Loop' });
    plan(workspace, { email: 'b@example.dk', first_name: 'Ada' });
    await drain(outbox);
    expect(states(workspace)).toEqual(['held: template', 'sent']);
    expect(channel.accepted).toHaveLength(1);
  });
});

describe('after a crash', () => {
  const CASES = [
    ['planned', 'sent', 1],
    ['claimed', 'sent', 1],
    ['handed', 'unknown', 0],
    ['sent', 'sent', 0],
  ] as const;
  test.each(CASES)('%s becomes %s', async (state, becomes, deliveries) => {
    const { workspace, outbox, channel } = machine();
    plan(workspace, { email: 'ada@example.dk' });
    run(workspace.db, 'UPDATE outbox SET state = ?', state);
    outbox.recover();
    await drain(outbox);
    expect([states(workspace), channel.offered.length]).toEqual([[becomes], deliveries]);
    if (becomes === 'unknown') expect(ledger(workspace)[0]!.result).toBe('unknown');
  });

  test('what is unknown stays so, however often the program starts', async () => {
    const { workspace, outbox, channel } = machine();
    plan(workspace, { email: 'ada@example.dk' });
    run(workspace.db, `UPDATE outbox SET state = 'handed'`);
    for (let starts = 0; starts < 5; starts++) {
      outbox.recover();
      await drain(outbox);
      workspace.clock.setTo(workspace.clock.now() + 30 * DAY);
    }
    expect([states(workspace), channel.offered]).toEqual([['unknown'], []]);
  });

  test('closing breaks off what hangs: unknown where it was handed over, planned again where not', async () => {
    const stops: (() => void)[] = [];
    const hang = () => new Promise<undefined>((resolve) => stops.push(() => resolve(undefined)));
    const workspace = mailing();
    const channel = fakeChannel({ before: (mail) => (mail.to.startsWith('early') ? hang() : undefined), after: () => hang().then(() => ({ result: 'unknown', response: '' })) }, 2);
    channel.close = () => {
      for (const stop of stops) stop();
      return Promise.resolve();
    };
    const deliver = channel.deliver;
    channel.deliver = async (mail, handed) => (mail.to.startsWith('early') ? (await hang(), { result: 'failed', temporary: true, scope: 'network', code: 'closed', response: '' }) : deliver(mail, handed));
    const outbox = outboxOver(workspace, channel);
    open.push(() => workspace.close());
    plan(workspace, { email: 'early@example.dk' });
    plan(workspace, { email: 'late@example.dk' });
    void outbox.performDue();
    while (tally(workspace)['handed'] !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await outbox.close();
    expect(states(workspace)).toEqual(['planned', 'unknown']);
  });
});

describe('the fuse', () => {
  test('nobody gets more than twenty in a day, whatever asks for them', async () => {
    const { workspace, outbox, channel } = machine();
    const contact = addContact(workspace, { email: 'ada@example.dk', consent: ['email'] });
    plan(workspace, contact, { visit: 30 });
    const enrollment = ledger(workspace)[0]!.key.split(':')[1];
    run(workspace.db, 'DELETE FROM outbox');
    for (let n = 0; n < 30; n++) {
      run(workspace.db, `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, planned_at, reason) VALUES (?, ?, 1, ?, ?, ?, 'email', 'welcome', 'planned', 0, 0, 'resend')`, `k:${n}`, workspace.flow, enrollment, `s${n}`, contact);
    }
    await drain(outbox);
    expect(channel.accepted).toHaveLength(20);
    expect(tally(workspace)).toEqual({ sent: 20, held: 10 });
    expect(states(workspace).at(-1)).toBe('held: fuse');
  });

  test('a loop that raises the visit does not get past it', async () => {
    const { workspace, outbox, channel } = machine();
    const contact = addContact(workspace, { email: 'ada@example.dk', consent: ['email'] });
    plan(workspace, contact, { visit: 1 });
    const enrollment = Number(ledger(workspace)[0]!.key.split(':')[1]);
    for (let visit = 2; visit < 50; visit++) {
      await drain(outbox);
      run(workspace.db, 'UPDATE enrollments SET visit = ? WHERE id = ?', visit, enrollment);
      run(workspace.db, `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, planned_at) VALUES (?, ?, 1, ?, 'mail', ?, 'email', 'welcome', 'planned', 0, 0)`, `${workspace.flow}:${enrollment}:mail:${visit}`, workspace.flow, enrollment, contact);
      workspace.clock.setTo(workspace.clock.now() + 60_000);
    }
    await drain(outbox);
    expect(channel.accepted.length).toBeLessThanOrEqual(5);
  });
});

describe('a person decides', () => {
  const unknown = () => {
    const found = machine();
    const id = plan(found.workspace, { email: 'ada@example.dk' });
    run(found.workspace.db, `UPDATE outbox SET state = 'handed'`);
    found.outbox.recover();
    // The enrollment has gone on since.
    run(found.workspace.db, `UPDATE enrollments SET step_id = 'later', visit = 2`);
    return { ...found, id };
  };
  const audit = (workspace: Mailing) => (workspace.db.prepare('SELECT actor, action FROM audit ORDER BY id').all() as { actor: string; action: string }[]).map(({ actor, action }) => `${actor} ${action}`);

  test('mark as sent', async () => {
    const { workspace, outbox, channel, id } = unknown();
    decide(workspace, id, 'markSent');
    await drain(outbox);
    expect([states(workspace), channel.offered, eventTypes(workspace), audit(workspace)]).toEqual([['sent: by-user'], [], ['message_sent'], ['user outbox.markSent']]);
  });

  test('send again: one more attempt of the same row, even where the enrollment has moved on', async () => {
    const { workspace, outbox, channel, id } = unknown();
    decide(workspace, id, 'resend');
    await drain(outbox);
    expect([states(workspace)[0], channel.accepted.length, audit(workspace)]).toEqual(['sent', 1, ['user outbox.resend']]);
  });

  test('send again does not get past an opt-out', async () => {
    const { workspace, outbox, channel, id } = unknown();
    suppress(workspace, 'ada@example.dk');
    decide(workspace, id, 'resend');
    await drain(outbox);
    expect([states(workspace), channel.offered]).toEqual([['cancelled: suppressed'], []]);
  });

  test('give up', () => {
    const { workspace, id } = unknown();
    decide(workspace, id, 'cancel');
    expect([states(workspace), audit(workspace)]).toEqual([['cancelled: by-user'], ['user outbox.cancel']]);
  });

  test('nothing is left to decide about what is settled (I7)', async () => {
    const { workspace, outbox } = machine();
    const id = plan(workspace, { email: 'ada@example.dk' });
    await drain(outbox);
    for (const decision of ['markSent', 'resend', 'cancel'] as const) expect(() => decide(workspace, id, decision)).toThrow('Nothing is left to decide about this message: it is sent.');
    expect(() => decide(workspace, 999, 'cancel')).toThrow('There is no message number 999');
    expect([states(workspace), audit(workspace)]).toEqual([['sent'], []]);
  });
});

describe('nothing can be sent at present', () => {
  const withoutChannel = () => {
    const workspace = mailing();
    const opened: string[] = [];
    const outbox = createOutbox(workspace, { openChannel: (account) => (opened.push(account.host), fakeChannel()) });
    open.push(() => workspace.close(), () => outbox.close());
    plan(workspace, { email: 'ada@example.dk' });
    return { workspace, outbox, opened };
  };
  const account = { name: 'Main', host: 'mail.test', port: 587, security: 'starttls', user: 'me', fromName: '', fromAddress: 'shop@example.com' };

  test('no account, no password, then both', async () => {
    const { workspace, outbox, opened } = withoutChannel();
    await drain(outbox);
    expect([outbox.paused()?.code, outbox.nextDueAt(), states(workspace)]).toEqual(['no-account', null, ['planned']]);
    run(workspace.db, 'INSERT INTO accounts (account) VALUES (?)', JSON.stringify(account));
    await drain(outbox);
    expect([outbox.paused()?.code, states(workspace)]).toEqual(['no-password', ['planned']]);
    workspace.secrets.set('smtp:1', 'hush');
    expect(outbox.paused()).toBeNull();
    await drain(outbox);
    expect([states(workspace), opened]).toEqual([['sent'], ['mail.test']]);
  });

  test('a sample workspace sends nothing, by an account or by a server given by hand', async () => {
    const { workspace, outbox } = withoutChannel();
    markAsSample(workspace);
    run(workspace.db, 'INSERT INTO accounts (account) VALUES (?)', JSON.stringify({ ...account, user: '' }));
    await drain(outbox);
    const fixed = fakeChannel();
    const other = outboxOver(workspace, fixed);
    await drain(other);
    expect([outbox.paused()?.code, other.paused()?.code, states(workspace), fixed.offered]).toEqual(['sample-workspace', 'sample-workspace', ['planned'], []]);
  });

  test('trouble with the server is waited out, longer each time, and survives a restart', async () => {
    const { workspace, outbox, channel } = machine({ before: () => ({ result: 'failed', temporary: true, scope: 'network', code: 'refused', response: 'connect ECONNREFUSED' }) });
    for (let n = 0; n < 50; n++) plan(workspace, { email: `p${n}@example.dk` });
    const waits: number[] = [];
    for (let n = 0; n < 7; n++) {
      await drain(outbox);
      const again = outboxOver(workspace, channel);
      waits.push((again.nextDueAt()! - workspace.clock.now()) / 60_000);
      workspace.clock.setTo(outbox.nextDueAt()!);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(ledger(workspace).every(({ state, attempts }) => state === 'planned' && attempts === 0), 'the list is not burned').toBe(true);
    expect(channel.offered).toHaveLength(7);
  });
});

test('the ledger adds up (I10)', async () => {
  const { workspace, outbox } = machine({ after: (mail) => (mail.to.startsWith('u') ? { result: 'unknown', response: '' } : mail.to.startsWith('f') ? { result: 'failed', temporary: false, scope: 'recipient', code: '5.1.1', response: '550 5.1.1 no' } : undefined) });
  for (let n = 0; n < 10; n++) for (const kind of ['s', 'u', 'f', 'x']) plan(workspace, { email: `${kind}${n}@example.dk` });
  for (let n = 0; n < 10; n++) suppress(workspace, `x${n}@example.dk`);
  await drain(outbox);
  expect(tally(workspace)).toEqual({ sent: 10, unknown: 10, failed: 10, cancelled: 10 });
  expect(eventTypes(workspace).filter((type) => type === 'message_bounced')).toHaveLength(10);
  await drain(outbox);
  expect(tally(workspace)).toEqual({ sent: 10, unknown: 10, failed: 10, cancelled: 10 });
});

test('tags that the audience asks for are looked at when the message leaves, not when it was planned', async () => {
  const { workspace, outbox, channel } = machine({}, { audience: { kind: 'tag', tag: 'reader', has: true } });
  const contact = addContact(workspace, { email: 'ada@example.dk', consent: ['email'] });
  plan(workspace, contact, { dueAt: workspace.clock.now() + DAY });
  addTagFor(workspace, [{ contactId: contact }], 'reader', { source: 'user' });
  workspace.clock.setTo(workspace.clock.now() + DAY);
  await drain(outbox);
  expect(channel.accepted).toHaveLength(1);
});
