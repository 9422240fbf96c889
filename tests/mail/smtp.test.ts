// Against npm's smtp-server: real conversations, one recipient to a message (F26), encryption that cannot be stripped (F27),
// and headers that nothing can break out of.
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import { openChannel, smtpChannel, type SmtpOptions } from '../../src-main/channels/smtp.ts';
import type { MailChannel, OutgoingMail } from '../../src-main/channels/channel.ts';
import { accountHandlers } from '../../src-main/handlers/accounts.ts';
import { composeMail } from '../../src-main/rendering/compose.ts';
import { testWorkspace } from '../workspace-fixture.ts';
import { drain, ledger, mailing, outboxOver, plan } from './outbox-fixture.ts';
import { scriptedSmtp } from './scripted-smtp.ts';

type Received = { from: string; to: string[]; data: string; user: string | undefined; secure: boolean };

const open: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function smtpServer(options: SMTPServerOptions = {}): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) => (password === 'right' ? done(null, { user: username }) : done(new Error('no'))),
    onData(stream, session, done) {
      let data = '';
      stream.on('data', (chunk: Buffer) => (data += chunk.toString('latin1')));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          data,
          user: session.user as string | undefined,
          secure: session.secure,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as { port: number }).port, received };
}

function channelTo(port: number, options: Partial<SmtpOptions> = {}): MailChannel {
  const channel = smtpChannel({
    host: '127.0.0.1',
    port,
    security: 'none',
    user: '',
    password: null,
    defaultFrom: { name: 'Shop', address: 'shop@example.com' },
    ...options,
  });
  open.push(() => channel.close());
  return channel;
}

function mailTo(to: string, more: Partial<OutgoingMail> = {}): OutgoingMail {
  const parts = {
    from: { name: 'Shop', address: 'shop@example.com' },
    to,
    subject: 'Hello',
    html: '<p>Hello</p>',
    text: 'Hello',
    messageId: 'kanal.1@example.com',
    headers: {},
    date: new Date(0),
    ...more,
  };
  return { ...parts, eml: composeMail({ ...parts, to: 'somebody@example.dk' }) };
}

const yes = () => Promise.resolve(true);

test('a list over several connections: each gets one message of their own, none is told of the others', async () => {
  const { port, received } = await smtpServer({ disabledCommands: ['STARTTLS'] });
  const workspace = mailing();
  const outbox = outboxOver(workspace, channelTo(port, { connections: 4 }));
  open.push(
    () => workspace.close(),
    () => outbox.close(),
  );
  for (let n = 0; n < 200; n++) plan(workspace, { email: `p${n}@example.dk`, first_name: `Æ${n}` });
  await drain(outbox);
  expect(ledger(workspace).every(({ state }) => state === 'sent')).toBe(true);
  expect(received.map(({ to }) => to.length)).toEqual(received.map(() => 1));
  expect(new Set(received.map(({ to }) => to[0])).size).toBe(200);
  for (const { data, to } of received) {
    expect(data.split('\r\n').every((line) => line.length <= 998)).toBe(true);
    expect(data.match(/^(From|Date|Message-ID|To|Subject):/gim)).toHaveLength(5);
    expect(data).toContain(`To: ${to[0]}`);
    expect(data).toMatch(/^List-Unsubscribe: <mailto:shop@example\.com\?subject=unsubscribe%20/m);
    expect(data).toMatch(/^Auto-Submitted: auto-generated/m);
    expect(data).toMatch(/Content-Type: text\/plain[\s\S]*Content-Type: text\/html/);
  }
});

describe('encryption (F27)', () => {
  test('a password never travels in the clear to another computer', () => {
    const account = {
      name: 'x',
      host: '127.evil.example',
      port: 25,
      security: 'none',
      user: 'me',
      fromName: '',
      fromAddress: 'me@example.com',
    } as const;
    expect(() => openChannel(account, 'secret')).toThrow('would travel unencrypted');
    const workspace = testWorkspace();
    expect(() => accountHandlers(workspace)['accounts.save']({ id: null, account, password: 'secret' })).toThrow(
      'would travel unencrypted',
    );
    workspace.close();
  });

  test('a server without STARTTLS is refused before the password', async () => {
    const server = await scriptedSmtp();
    open.push(() => server.close());
    const channel = channelTo(server.port, { security: 'starttls', user: 'me', password: 'secret' });
    expect(await channel.deliver(mailTo('a@example.dk'), yes)).toMatchObject({ result: 'failed', scope: 'account' });
    expect(server.commands.join('\n')).not.toMatch(/AUTH|MAIL|secret/);
  });

  test.each(['tls', 'starttls'] as const)('a certificate that nobody vouches for is refused: %s', async (security) => {
    const { port, received } = await smtpServer({ secure: security === 'tls' });
    const delivery = await channelTo(port, { security, user: 'me', password: 'right' }).deliver(mailTo('a@example.dk'), yes);
    expect(delivery).toMatchObject({ result: 'failed', scope: 'account', code: 'tls', temporary: true });
    expect(received).toEqual([]);
  });

  test('a server that speaks plain SMTP where TLS is expected is refused in words', async () => {
    const { port } = await smtpServer({ disabledCommands: ['STARTTLS'] });
    expect(await channelTo(port, { security: 'tls' }).deliver(mailTo('a@example.dk'), yes)).toMatchObject(
      { result: 'failed', scope: 'account', code: 'tls' },
    );
  });
});

test('signing in: right, and wrong', async () => {
  const { port, received } = await smtpServer({ disabledCommands: ['STARTTLS'], authOptional: false, allowInsecureAuth: true });
  expect(await channelTo(port, { user: 'me', password: 'right' }).deliver(mailTo('a@example.dk'), yes)).toMatchObject({
    result: 'sent',
  });
  expect(received[0]!.user).toBe('me');
  expect(await channelTo(port, { user: 'me', password: 'wrong' }).deliver(mailTo('a@example.dk'), yes)).toMatchObject({
    result: 'failed',
    scope: 'account',
    code: '535',
  });
  expect(await channelTo(port, { user: 'me', password: 'right' }).check!()).toMatchObject({
    greeting: expect.stringMatching(/^220 /) as string,
  });
  expect(await channelTo(port, { user: 'me', password: 'wrong' }).check!()).toMatchObject({ result: 'failed', code: '535' });
});

test('nobody listens, or the name does not exist', async () => {
  const { port } = await smtpServer();
  await open.pop()!();
  expect(await channelTo(port).deliver(mailTo('a@example.dk'), yes)).toMatchObject({
    result: 'failed',
    scope: 'network',
    code: 'refused',
    temporary: true,
  });
});

test('letters outside ASCII need a server that takes them', async () => {
  const without = await scriptedSmtp();
  const taking = await scriptedSmtp(undefined, ['SMTPUTF8', '8BITMIME']);
  open.push(
    () => without.close(),
    () => taking.close(),
  );
  expect(await channelTo(without.port).deliver(mailTo('ältere@example.com'), yes)).toMatchObject({
    result: 'failed',
    scope: 'recipient',
    code: 'smtputf8',
  });
  expect(without.recipients).toEqual([]);
  expect(await channelTo(taking.port).deliver(mailTo('ältere@example.com'), yes)).toMatchObject({ result: 'sent' });
  expect(taking.commands.find((line) => line.startsWith('MAIL'))).toContain('SMTPUTF8');
});

test.each([
  'a@example.dk>\r\nRCPT TO:<b@example.dk',
  'a@example.dk\nb',
  'a b@example.dk',
  '"x y"@example.dk',
  'a@example.dk,b@example.dk',
  '<a@example.dk>',
  'a',
  '',
])('an address that is none reaches no server: %j', async (to) => {
  const server = await scriptedSmtp();
  open.push(() => server.close());
  const mail = mailTo('a@example.dk');
  expect(await channelTo(server.port).deliver({ ...mail, to }, yes)).toMatchObject({
    result: 'failed',
    scope: 'recipient',
    temporary: false,
  });
  expect(server.recipients).toEqual([]);
});

test('the body leaves only when the ledger has agreed, and not a byte where it has not', async () => {
  const server = await scriptedSmtp();
  open.push(() => server.close());
  const channel = channelTo(server.port, { connections: 1 });
  const order: string[] = [];
  const mail = mailTo('a@example.dk');
  const delivery = await channel.deliver(mail, async () => {
    order.push(`asked after ${server.commands.at(-1)}, ${server.stored.length} stored`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push(`granted, ${server.stored.length} stored`);
    return true;
  });
  expect([delivery.result, order, server.stored.length]).toEqual(['sent', ['asked after DATA, 0 stored', 'granted, 0 stored'], 1]);
  expect(server.stored[0]!.data).toBe(mail.eml.toString('latin1').replace(/(\r\n)*$/, '\r\n'));
  expect(await channel.deliver(mail, () => Promise.resolve(false))).toMatchObject({ result: 'failed', code: 'not-handed' });
  await expect(channel.deliver(mail, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.stored).toHaveLength(1);
});

test('closing the channel ends a delivery that hangs: in doubt after the body, safe before it', async () => {
  const server = await scriptedSmtp(
    ({ stage, to }) =>
      (stage === 'body' && to === 'late@example.dk') || (stage === 'rcpt' && to === 'early@example.dk') ? 'silent' : undefined,
    [],
  );
  open.push(() => server.close());
  const channel = channelTo(server.port, { connections: 2 });
  const late = channel.deliver(mailTo('late@example.dk'), yes);
  const early = channel.deliver(mailTo('early@example.dk'), yes);
  while (server.stored.length === 0 || server.recipients.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await channel.close();
  expect([(await late).result, (await early).result]).toEqual(['unknown', 'failed']);
});
