// The ledger from planned to settled: who is written to and who is not, in which order it is asked, and what an
// opt-out in the last moment does (FAULTS 2.0, F31, F34, I2, I10).
import { describe, expect, test } from 'vitest';
import { inflateRawSync } from 'node:zlib';
import { DAY } from '../../shared/time.ts';
import { messageOfToken, mailSecret } from '../../src-main/runner/mail-identity.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { run, row } from '../../src-main/store/database.ts';
import { contentOf, countByState } from '../../src-main/store/outbox.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact } from '../workspace-fixture.ts';
import { drain, eventData, eventTypes, ledger, plan, states, tally, type Mailing } from './outbox-fixture.ts';
import { machine, suppress } from './outbox-machine.ts';

const withdraw = (workspace: Mailing, contactId: number) =>
  recordConsent(workspace, { contactId, channel: 'email', given: false, source: 'reply', actor: 'user' });

describe('a message that may leave', () => {
  test('is sent once, recorded, and its enrollment goes on', async () => {
    const { workspace, outbox, channel } = machine();
    const id = plan(workspace, { email: 'ada@example.dk', first_name: 'Ada' });
    await drain(outbox);
    expect(ledger(workspace)).toMatchObject([
      {
        state: 'sent',
        reason: null,
        response: '250 2.0.0 stored',
        attempts: 1,
        address: 'ada@example.dk',
        subject: 'Hi Ada',
        result: 'sent',
        enrollmentDue: workspace.clock.now(),
      },
    ]);
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
    run(
      workspace.db,
      'INSERT INTO flow_versions (flow_id, number, flow, messages, published_at) VALUES (?, 2, ?, ?, 0)',
      workspace.flow,
      version.flow,
      version.messages.replace('Hi {{', 'Hello {{'),
    );
    run(workspace.db, 'UPDATE flows SET live_version = 2');
    await drain(outbox);
    expect(channel.accepted[0]!.subject).toBe('Hello you');
  });
});

describe('to somebody who was kept on an earlier version', () => {
  /** Version 2 is live: its audience is nobody who is there, and its message another. Ada follows version 1. */
  function kept(message: (stored: string) => string) {
    const made = machine();
    const { workspace } = made;
    const id = plan(workspace, { email: 'ada@example.dk' });
    const { flow, messages } = row<{ flow: string; messages: string }>(workspace.db, 'SELECT flow, messages FROM flow_versions WHERE number = 1')!;
    const narrow = { ...(JSON.parse(flow) as object), entry: { reentry: 'never', reentryDays: 30, audience: { kind: 'tag', tag: 'vip', has: true } } };
    run(workspace.db, 'INSERT INTO flow_versions (flow_id, number, flow, messages, published_at) VALUES (?, 2, ?, ?, 0)', workspace.flow, JSON.stringify(narrow), message(messages));
    run(workspace.db, 'UPDATE flows SET live_version = 2');
    run(workspace.db, 'UPDATE enrollments SET kept_version = 1');
    return { ...made, id };
  }

  test('the audience and the times are those of her version, the words are those published last (D26)', async () => {
    const { outbox, channel } = kept((stored) => stored.replace('Hi {{', 'Hello {{'));
    await drain(outbox);
    expect(channel.accepted[0]!.subject).toBe('Hello you');
  });

  test('a message that the latest version has no more is sent as in hers', async () => {
    const { outbox, channel } = kept(() => '[]');
    await drain(outbox);
    expect(channel.accepted[0]!.subject).toBe('Hi you');
  });

  test('brought over, she is judged by the live version', async () => {
    const { workspace, outbox, channel, id } = kept((stored) => stored);
    run(workspace.db, 'UPDATE enrollments SET kept_version = NULL');
    await drain(outbox);
    expect(channel.accepted).toEqual([]);
    expect(row(workspace.db, 'SELECT state, reason FROM outbox WHERE id = ?', id)).toEqual({ state: 'cancelled', reason: 'audience' });
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
    [
      'the address would break out of its header',
      (w) => run(w.db, `UPDATE contacts SET email = 'ada@example.dk' || char(13) || char(10) || 'Bcc: x@y.dk'`),
      'cancelled: bad-address',
    ],
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
    expect(eventTypes(workspace).filter((type) => type !== 'suppressed')).toEqual(
      isCancelled && !outcome.includes('no-contact') ? ['message_cancelled'] : [],
    );
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
    const { workspace, outbox, channel } = machine({
      before: () => {
        spoil(workspace);
      },
    });
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
    const { workspace, outbox, channel } = machine({
      before: () => void (isFirst && run(workspace.db, `UPDATE contacts SET email = 'new@example.dk'`), (isFirst = false)),
    });
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
    expect(ledger(workspace).filter(({ state }) => state !== 'sent')).toMatchObject([
      { state: 'held', reason: 'missing-value', response: 'contact.last_name', result: null },
    ]);
    expect(countByState(workspace, 'held')).toBe(1);
  });

  test('an endless loop and too much output', async () => {
    const { workspace, outbox, channel } = machine(
      {},
      {},
      { body: `{% if contact.first_name == 'Loop' %}{% for i in (1..100000000) %}x{% endfor %}{% endif %}<p>Hi</p>` },
    );
    plan(workspace, { email: 'a@example.dk', first_name: 'Loop' });
    plan(workspace, { email: 'b@example.dk', first_name: 'Ada' });
    await drain(outbox);
    expect(states(workspace)).toEqual(['held: template', 'sent']);
    expect(channel.accepted).toHaveLength(1);
  });
});

test('the ledger adds up (I10)', async () => {
  const { workspace, outbox } = machine({
    after: (mail) =>
      mail.to.startsWith('u')
        ? { result: 'unknown', response: '' }
        : mail.to.startsWith('f')
          ? { result: 'failed', temporary: false, scope: 'recipient', code: '5.1.1', response: '550 5.1.1 no' }
          : undefined,
  });
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
