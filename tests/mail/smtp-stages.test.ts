// What the server did at each stage x what the ledger says of it (FAULTS 0.1, F23-F25): nothing is stored twice, ever, and
// nothing that may have been stored is called failed.
import { describe, expect, onTestFinished, test } from 'vitest';
import { MINUTE } from '../../shared/time.ts';
import { smtpChannel } from '../../src-main/channels/smtp.ts';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { drain, ledger, mailing, outboxOver, plan, type Mailing } from './outbox-fixture.ts';
import { scriptedSmtp, type Act, type ScriptedSmtp, type Stage } from './scripted-smtp.ts';

/** So long the channel waits for a server that says nothing, where it does: a busy computer must not be taken for one. Milliseconds. */
const SILENCE = 2000;
/** Where every server answers nothing is waited for; this only ends what hangs. */
const NEVER = 50_000;

type Ending = (act: () => Promise<void> | void) => void;

function machine(server: ScriptedSmtp, connections = 1, patience = NEVER, atEnd: Ending = onTestFinished): { workspace: Mailing; outbox: Outbox } {
  const workspace = mailing();
  const channel = smtpChannel({
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    user: 'me',
    password: 'secret',
    defaultFrom: { name: 'Shop', address: 'shop@example.com' },
    connections,
    timeouts: { connect: NEVER, greeting: patience, reply: patience },
  });
  const outbox = outboxOver(workspace, channel);
  atEnd(async () => {
    await outbox.close();
    workspace.close();
    await server.close();
  });
  return { workspace, outbox };
}

type Outcome = {
  state: string;
  reason?: string;
  stored: number;
  /** Whether everything pauses. */ pauses: boolean;
  attempts?: number;
  suppressed?: boolean;
};

const LATER = (reason: string): Outcome => ({ state: 'planned', reason, stored: 0, pauses: false, attempts: 1 });
const PAUSE: Outcome = { state: 'planned', stored: 0, pauses: true, attempts: 0 };
const PAUSE_OF_MESSAGE: Outcome = { state: 'planned', reason: 'server-refused', stored: 0, pauses: true, attempts: 1 };
const FAILED = (reason: string, suppressed = false): Outcome => ({
  state: 'failed',
  reason,
  stored: 0,
  pauses: false,
  attempts: 1,
  suppressed,
});

const TABLE: [Stage, Act, Outcome][] = [
  // Before a message is spoken of, everything is about the server or the account.
  ...(['connect', 'ehlo'] as const).flatMap((stage): [Stage, Act, Outcome][] => [
    [stage, '421 4.7.0 too many connections', PAUSE],
    [stage, '554 5.7.1 go away', PAUSE],
    [stage, 'silent', PAUSE],
    [stage, 'reset', PAUSE],
    [stage, 'close', PAUSE],
  ]),
  ['auth', '454 4.7.0 not now', PAUSE],
  ['auth', '535 5.7.8 wrong password', PAUSE],
  ['auth', '421 4.7.0 later', PAUSE],
  ['auth', 'silent', PAUSE],
  ['auth', 'reset', PAUSE],
  ['auth', 'close', PAUSE],
  ['mail', '421 4.3.2 shutting down', PAUSE],
  ['mail', '450 4.2.0 busy', PAUSE_OF_MESSAGE],
  ['mail', '451 4.3.0 trouble here', PAUSE_OF_MESSAGE],
  ['mail', '535 5.7.8 sign in first', PAUSE_OF_MESSAGE],
  ['mail', '550 5.7.1 you may not send', PAUSE_OF_MESSAGE],
  ['mail', '552 5.3.4 too big', FAILED('message-refused')],
  ['mail', '554 no', PAUSE_OF_MESSAGE],
  ['mail', 'silent', PAUSE],
  ['mail', 'reset', PAUSE],
  ['mail', 'close', PAUSE],
  ['rcpt', '421 4.7.28 rate limited', PAUSE],
  ['rcpt', '450 4.2.0 greylisted', LATER('deferred')],
  ['rcpt', '451 4.7.1 greylisted', LATER('deferred')],
  ['rcpt', '452 4.2.2 full for now', LATER('deferred')],
  ['rcpt', '550 5.1.1 no such user', FAILED('address-dead', true)],
  ['rcpt', '550 5.1.10 null mx', FAILED('address-dead', true)],
  ['rcpt', '550 5.2.1 disabled', FAILED('mailbox-full')],
  ['rcpt', '552 5.2.2 mailbox full', FAILED('mailbox-full')],
  ['rcpt', '550 no such user here', FAILED('address-refused')],
  ['rcpt', '550 5.7.1 relaying denied', PAUSE_OF_MESSAGE],
  ['rcpt', '550 5.7.26 not authenticated', PAUSE_OF_MESSAGE],
  ['rcpt', '554 refused', PAUSE_OF_MESSAGE],
  ['rcpt', 'silent', PAUSE],
  ['rcpt', 'reset', PAUSE],
  ['rcpt', 'close', PAUSE],
  ['data', '421 4.3.2 shutting down', PAUSE],
  ['data', '451 4.3.0 trouble', LATER('deferred')],
  ['data', '552 5.2.2 mailbox full', FAILED('mailbox-full')],
  ['data', '554 5.7.1 no', PAUSE_OF_MESSAGE],
  ['data', 'silent', PAUSE],
  ['data', 'reset', PAUSE],
  ['data', 'close', PAUSE],
  // After the final dot only an answer settles it.
  ['body', '421 4.3.2 shutting down', PAUSE],
  ['body', '450 4.2.0 try later', LATER('deferred')],
  ['body', '451 4.3.0 trouble', LATER('deferred')],
  ['body', '550 5.1.1 no such user', FAILED('address-dead', true)],
  ['body', '550 spam', PAUSE_OF_MESSAGE],
  ['body', '552 5.2.2 mailbox full', FAILED('mailbox-full')],
  ['body', '552 5.3.4 too big', FAILED('message-refused')],
  ['body', '554 5.7.1 spam', PAUSE_OF_MESSAGE],
  ['body', '550 5.7.26 not authenticated', PAUSE_OF_MESSAGE],
  ['body', '550 5.6.1 cannot read this', FAILED('message-refused')],
  ['body', 'silent', { state: 'unknown', stored: 1, pauses: false, attempts: 1 }],
  ['body', 'reset', { state: 'unknown', stored: 1, pauses: false, attempts: 1 }],
  ['body', 'close', { state: 'unknown', stored: 1, pauses: false, attempts: 1 }],
];

const isSilent = ([, act]: (typeof TABLE)[number]) => act === 'silent';

test.each(TABLE.filter((row) => !isSilent(row)))('%s: %s', (stage, act, expected) => settles(stage, act, expected, NEVER, onTestFinished));

// All at once, since each of them waits.
describe.concurrent('a server that falls silent', () => {
  test.for(TABLE.filter(isSilent))('%s: %s', ([stage, act, expected], { onTestFinished: atEnd }) => settles(stage, act, expected, SILENCE, atEnd));
});

async function settles(stage: Stage, act: Act, expected: Outcome, patience: number, atEnd: Ending): Promise<void> {
  let times = 0;
  const server = await scriptedSmtp((at) => (at.stage === stage && times++ < 2 ? act : undefined));
  const { workspace, outbox } = machine(server, 1, patience, atEnd);
  plan(workspace, { email: 'a@example.dk' });
  await drain(outbox);
  const [line] = ledger(workspace);
  expect({
    state: line!.state,
    reason: line!.reason ?? undefined,
    stored: server.stored.length,
    pauses: outbox.paused() !== null,
    attempts: line!.attempts,
  }).toEqual({ ...expected, reason: expected.reason, suppressed: undefined });
  expect(workspace.db.prepare('SELECT reason, source FROM suppressions').all()).toEqual(
    expected.suppressed === true ? [{ reason: 'bounced', source: 'smtp' }] : [],
  );
  if (stage === 'body' || stage === 'data')
    expect(server.recipients, 'one recipient to a message').toEqual(server.recipients.map(() => 'a@example.dk'));

  // However long one waits: what may have been stored is never stored again, and what was put off arrives once.
  for (let step = 0; step < 6; step++) {
    const next = outbox.nextDueAt();
    if (next === null) break;
    expect(next).toBeGreaterThanOrEqual(workspace.clock.now());
    workspace.clock.setTo(next);
    await drain(outbox);
  }
  const settled = ledger(workspace)[0]!;
  if (expected.state === 'planned') expect(settled).toMatchObject({ state: 'sent', result: 'sent' });
  else expect(settled).toMatchObject({ state: expected.state, result: expected.state });
  expect(server.stored.length).toBe(expected.state === 'planned' ? 1 : expected.stored);
}

test('what is put off waits at least half an hour, and is given up after two days', async () => {
  const server = await scriptedSmtp(({ stage }) => (stage === 'rcpt' ? '450 4.2.1 greylisted' : undefined));
  const { workspace, outbox } = machine(server);
  plan(workspace, { email: 'a@example.dk' });
  const began = workspace.clock.now();
  const waits: number[] = [];
  for (let tries = 0; tries < 20; tries++) {
    await drain(outbox);
    const next = outbox.nextDueAt();
    if (next === null) break;
    waits.push(next - workspace.clock.now());
    workspace.clock.setTo(next);
  }
  expect(ledger(workspace)[0]).toMatchObject({ state: 'failed', reason: 'gave-up', result: 'failed', attempts: 5 });
  expect(server.recipients).toHaveLength(5);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(30 * MINUTE);
  expect((workspace.clock.now() - began) / (24 * 60 * MINUTE)).toBeGreaterThan(1.9);
});

test('others go on while one recipient is put off or refused', async () => {
  const server = await scriptedSmtp(({ stage, to }) =>
    stage !== 'rcpt' ? undefined : to.startsWith('bad') ? '550 5.1.1 unknown' : to.startsWith('slow') ? '451 4.7.1 later' : undefined,
  );
  const { workspace, outbox } = machine(server, 2);
  for (let n = 0; n < 40; n++) plan(workspace, { email: `${n % 10 === 0 ? 'bad' : n % 10 === 5 ? 'slow' : 'ok'}${n}@example.dk` });
  await drain(outbox);
  expect(server.stored).toHaveLength(32);
  expect(ledger(workspace).filter(({ state }) => state === 'failed')).toHaveLength(4);
  expect(ledger(workspace).filter(({ state }) => state === 'planned')).toHaveLength(4);
  expect(server.sessions, 'a refused recipient does not cost the connection').toBeLessThanOrEqual(2);
});

test('a refusal of the account does not burn the list (F24)', async () => {
  let refuses = true;
  const server = await scriptedSmtp(({ stage }) => (refuses && stage === 'body' ? '554 5.7.1 your account is blocked' : undefined));
  const { workspace, outbox } = machine(server, 4);
  for (let n = 0; n < 100; n++) plan(workspace, { email: `p${n}@example.dk` });
  await drain(outbox);
  expect(outbox.paused()?.code).toBe('channel-5-7-1');
  expect(server.recipients.length).toBeLessThanOrEqual(4);
  for (let n = 0; n < 10; n++) {
    workspace.clock.setTo(outbox.nextDueAt()!);
    await drain(outbox);
  }
  expect(ledger(workspace).every(({ state }) => state === 'planned')).toBe(true);
  refuses = false;
  for (let tries = 0; tries < 200 && outbox.nextDueAt() !== null; tries++) {
    workspace.clock.setTo(outbox.nextDueAt()!);
    await drain(outbox);
  }
  expect(server.stored).toHaveLength(100);
  expect(new Set(server.stored.map(({ to }) => to)).size).toBe(100);
  expect(outbox.paused()).toBeNull();
});

test('one message that the server will never take does not stop the others for ever', async () => {
  const server = await scriptedSmtp(({ stage, to }) =>
    stage === 'body' && to === 'poison@example.dk' ? '554 5.7.1 this one looks like spam' : undefined,
  );
  const { workspace, outbox } = machine(server);
  plan(workspace, { email: 'poison@example.dk' });
  for (let n = 0; n < 5; n++) plan(workspace, { email: `p${n}@example.dk` });
  for (let tries = 0; tries < 50; tries++) {
    await drain(outbox);
    const next = outbox.nextDueAt();
    if (next === null) break;
    workspace.clock.setTo(next);
  }
  expect(server.stored).toHaveLength(5);
  expect(ledger(workspace)[0]).toMatchObject({ state: 'held', reason: 'server-refused', result: null });
});

test('a server that takes twenty and then asks to wait gets them all, slowly (F29)', async () => {
  let taken = 0;
  const server = await scriptedSmtp(({ stage }) => {
    if (stage === 'body') taken++;
    return stage === 'mail' && taken > 0 && taken % 20 === 0 ? (taken++, '421 4.7.0 too many, come back later') : undefined;
  });
  const { workspace, outbox } = machine(server, 2);
  for (let n = 0; n < 60; n++) plan(workspace, { email: `p${n}@example.dk` });
  for (let tries = 0; tries < 100; tries++) {
    await drain(outbox);
    const next = outbox.nextDueAt();
    if (next === null) break;
    workspace.clock.setTo(next);
  }
  expect(new Set(server.stored.map(({ to }) => to)).size).toBe(60);
  expect(server.stored).toHaveLength(60);
  expect(ledger(workspace).every(({ state, attempts }) => state === 'sent' && attempts === 1)).toBe(true);
});

test('a kept connection that the server has closed meanwhile costs nothing', async () => {
  const server = await scriptedSmtp(({ stage, session, to }) =>
    session === 1 && stage === 'mail' && to === '' && server.stored.length === 1 ? 'close' : undefined,
  );
  const { workspace, outbox } = machine(server);
  plan(workspace, { email: 'a@example.dk' });
  plan(workspace, { email: 'b@example.dk' });
  await drain(outbox);
  expect(ledger(workspace).map(({ state }) => state)).toEqual(['sent', 'sent']);
  expect(server.sessions).toBe(2);
  expect(outbox.paused()).toBeNull();
});
