// The calls about messages, accounts and the outbox, as a window makes them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Account } from '../../shared/api.ts';
import { ProblemError } from '../../shared/problem.ts';
import type { MailChannel, OutgoingMail } from '../../src-main/channels/channel.ts';
import { accountHandlers } from '../../src-main/handlers/accounts.ts';
import { messageHandlers } from '../../src-main/handlers/messages.ts';
import { outboxHandlers } from '../../src-main/handlers/outbox.ts';
import { closeRenderer } from '../../src-main/rendering/renderer.ts';
import { run } from '../../src-main/store/database.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { deleteSegment, saveSegment } from '../../src-main/store/segments.ts';
import { markAsSample } from '../../src-main/store/settings.ts';
import { addContact } from '../workspace-fixture.ts';
import { fakeChannel, type FakeChannel } from './fake-channel.ts';
import { drain, mailing, outboxOver, plan, WELCOME, type Mailing } from './outbox-fixture.ts';

const ACCOUNT: Account = {
  name: 'Main',
  host: 'mail.test',
  port: 587,
  security: 'starttls',
  user: 'me',
  fromName: 'Anna',
  fromAddress: 'anna@shop.dk',
};

let workspace: Mailing;
let channel: FakeChannel;
let opened: { account: Account; password: string | null }[];
const openFake = (account: Account, password: string | null): MailChannel => {
  opened.push({ account, password });
  return channel;
};
beforeEach(() => {
  workspace = mailing();
  channel = fakeChannel();
  opened = [];
});
afterEach(async () => {
  await closeRenderer(workspace);
  workspace.close();
});

/** The sentences of what was refused. */
async function refusal(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ProblemError) return error.message;
    throw error;
  }
  throw new Error('Nothing was refused');
}

describe('messages', () => {
  const messages = () => messageHandlers(workspace, openFake);

  test('are made with a key of their own, saved, listed with their use, and removed', async () => {
    const made = await messages()['messages.create']({ name: 'Første hilsen!' });
    const again = await messages()['messages.create']({ name: 'Første hilsen!' });
    expect([made.key, again.key]).toEqual(['foerste_hilsen', 'foerste_hilsen_2']);
    await messages()['messages.save']({ ...made, subject: 'Hej' });
    run(workspace.db, 'UPDATE flows SET draft = json_set(draft, ?, ?)', '$.steps[0].config.message', made.key);
    expect((await messages()['messages.list']({})).map(({ key, subject, usedBy }) => [key, subject, usedBy])).toEqual([
      ['foerste_hilsen', 'Hej', ['Welcome flow']],
      ['foerste_hilsen_2', '', []],
    ]);
    expect(await refusal(() => messages()['messages.remove']({ key: made.key }))).toBe(
      '"Første hilsen!" is used by “Welcome flow”. Take it out there first.',
    );
    // Who asks about it uses it, too: the goal of the flow, the rule of a segment, the version that runs.
    const asked = { kind: 'message', message: again.key, act: 'clicked', did: true, since: 'ever' } as const;
    saveSegment(workspace, { key: 'keen', name: 'Keen', rule: asked });
    expect(await refusal(() => messages()['messages.remove']({ key: again.key }))).toContain('is used by “Keen”.');
    deleteSegment(workspace, 'keen');
    run(workspace.db, `UPDATE flow_versions SET flow = json_set(flow, '$.goal', json(?))`, JSON.stringify(asked));
    expect(await refusal(() => messages()['messages.remove']({ key: again.key }))).toContain('is used by “Welcome flow”.');
    run(workspace.db, `UPDATE flow_versions SET flow = json_set(flow, '$.goal', NULL)`);
    await messages()['messages.remove']({ key: again.key });
    expect(await refusal(() => messages()['messages.get']({ key: again.key }))).toMatch('There is no message');
    expect(await refusal(() => messages()['messages.save'](again))).toMatch('There is no message');
  });

  test('a preview is what is sent, byte for byte of its HTML', async () => {
    run(workspace.db, 'INSERT INTO accounts (account) VALUES (?)', JSON.stringify({ ...ACCOUNT, user: '' }));
    const contact = addContact(workspace, { email: 'ada@example.dk', first_name: 'Ada <3', consent: ['email'] });
    const shown = await messages()['messages.preview']({ message: WELCOME, contact });
    const outbox = outboxOver(workspace, channel);
    plan(workspace, contact);
    await drain(outbox);
    const sent = channel.accepted[0]!;
    const withoutToken = (text: string) => text.replaceAll(/unsubscribe%20[\w.]+/g, 'unsubscribe');
    expect([shown.subject, withoutToken(shown.html), withoutToken(shown.text)]).toEqual([
      sent.subject,
      withoutToken(sent.html),
      withoutToken(sent.text),
    ]);
    expect(shown.problems).toEqual([]);
  });

  test('a preview without a contact has somebody with every value; one who lacks a value is told of', async () => {
    addAttribute(workspace, { key: 'spent', label: 'Spent', kind: 'money' });
    addAttribute(workspace, { key: 'plan', label: 'Plan', kind: 'choice', choices: ['Gold'] });
    const message = { ...WELCOME, body: '<p>{{ contact.first_name }} {{ contact.last_name }} {{ contact.spent }} {{ contact.plan }}</p>' };
    expect((await messages()['messages.preview']({ message, contact: null })).text).toMatch(/^Ada Lovelace 123,45\skr\. Gold/);
    const empty = await messages()['messages.preview']({ message, contact: addContact(workspace, { email: 'x@example.dk' }) });
    expect([empty.html, empty.problems.at(-1)?.code]).toEqual(['', 'merge-tag-empty']);
    expect(await refusal(() => messages()['messages.preview']({ message, contact: 999 }))).toMatch('There is no contact');
  });

  test('a test mail is marked, goes by the first account, and touches neither ledger nor timeline', async () => {
    const made = await messages()['messages.create']({ name: 'Hello' });
    await messages()['messages.save']({ ...made, subject: 'Hi', body: '<p>Hi</p>' });
    run(workspace.db, 'INSERT INTO accounts (account) VALUES (?)', JSON.stringify(ACCOUNT));
    workspace.secrets.set('smtp:1', 'hush');
    expect(await messages()['messages.sendTest']({ key: made.key, to: ' me@example.dk ', contact: null })).toEqual({
      response: '250 2.0.0 stored',
    });
    const mail: OutgoingMail = channel.accepted[0]!;
    expect([mail.to, mail.subject, mail.from, opened]).toEqual([
      'me@example.dk',
      '[Test] Hi',
      { name: 'Anna', address: 'anna@shop.dk' },
      [{ account: ACCOUNT, password: 'hush' }],
    ]);
    expect(mail.eml.toString()).toContain(`Message-ID: <${mail.messageId}>`);
    expect(
      workspace.db.prepare(`SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM events WHERE type LIKE 'message%') AS n`).get(),
    ).toEqual({ n: 0 });
  });

  test('a test mail that cannot be sent says why', async () => {
    const { key } = await messages()['messages.create']({ name: 'Hello' });
    const send = (to = 'me@example.dk') => refusal(() => messages()['messages.sendTest']({ key, to, contact: null }));
    expect(await send('nobody')).toMatch('"nobody" is not an e-mail address');
    expect(await send()).toMatch('has no subject');
    await messages()['messages.save']({ ...WELCOME, key });
    expect(await send()).toBe('There is no account to send from. Add one in the settings, then send the test.');
    run(workspace.db, 'INSERT INTO accounts (account) VALUES (?)', JSON.stringify(ACCOUNT));
    expect(await send()).toMatch('password of the account Main is not known');
    workspace.secrets.set('smtp:1', 'hush');
    channel = fakeChannel({
      before: () => ({ result: 'failed', temporary: false, scope: 'account', code: '535', response: '535 5.7.8 wrong' }),
    });
    expect(await send()).toBe(
      'mail.test does not accept the user name or the password: 535 5.7.8 wrong. Enter them again in the settings.',
    );
    channel = fakeChannel({ after: () => ({ result: 'unknown', response: '' }) });
    expect(await send()).toMatch('Look into the mailbox: it may have arrived');
    markAsSample(workspace);
    expect(await send()).toMatch('nothing is ever sent from it');
    expect(channel.accepted).toHaveLength(1);
  });
});

describe('accounts', () => {
  const accounts = () => accountHandlers(workspace, openFake);

  test('passwords go to the keeper of secrets and nowhere else', async () => {
    const { id } = await accounts()['accounts.save']({ id: null, account: ACCOUNT, password: 'hush hush' });
    expect(await accounts()['accounts.list']({})).toEqual([{ ...ACCOUNT, id, hasPassword: true }]);
    expect(workspace.secrets.get(`smtp:${id}`)).toBe('hush hush');
    expect(workspace.db.serialize().includes('hush hush')).toBe(false);
    await accounts()['accounts.save']({ id, account: { ...ACCOUNT, name: 'Other' }, password: null });
    expect(workspace.secrets.get(`smtp:${id}`)).toBe('hush hush');
    await accounts()['accounts.remove']({ id });
    expect([await accounts()['accounts.list']({}), workspace.secrets.get(`smtp:${id}`)]).toEqual([[], null]);
    expect(await refusal(() => accounts()['accounts.remove']({ id }))).toMatch('There is no such account');
    expect(await refusal(() => accounts()['accounts.save']({ id, account: ACCOUNT, password: null }))).toMatch('There is no such account');
  });

  test.each([
    [{ fromAddress: 'anna' }, 'is not an e-mail address'],
    [{ fromAddress: 'a@b.dk\r\nBcc: x@y.dk' }, 'is not an e-mail address'],
    [{ host: 'https://mail.test/' }, 'is not the name of a server'],
    [{ security: 'none' as const }, 'would travel unencrypted'],
  ])('%j is refused', async (wrong, sentence) => {
    expect(await refusal(() => accounts()['accounts.save']({ id: null, account: { ...ACCOUNT, ...wrong }, password: 'x' }))).toMatch(
      sentence,
    );
    expect(await accounts()['accounts.list']({})).toEqual([]);
  });

  test('a check signs in and sends nothing; a changed account is tried at once', async () => {
    const { id } = await accounts()['accounts.save']({ id: null, account: ACCOUNT, password: null });
    expect(await refusal(() => accounts()['accounts.check']({ id }))).toMatch('is not known on this computer');
    await accounts()['accounts.save']({ id, account: ACCOUNT, password: 'x' });
    channel.check = () => Promise.resolve({ result: 'failed', temporary: true, scope: 'network', code: 'dns', response: 'ENOTFOUND' });
    expect(await refusal(() => accounts()['accounts.check']({ id }))).toMatch('its name is not found');
    channel.check = () => Promise.resolve({ greeting: '220 mail.test' });
    expect(await accounts()['accounts.check']({ id })).toEqual({ greeting: '220 mail.test' });
    expect(channel.offered).toEqual([]);

    channel = fakeChannel({ before: () => ({ result: 'failed', temporary: false, scope: 'account', code: '535', response: '535 no' }) });
    const outbox = outboxOver(workspace, channel);
    plan(workspace, { email: 'ada@example.dk' });
    await drain(outbox);
    expect(outbox.paused()?.code).toBe('channel-535');
    await accounts()['accounts.save']({ id, account: ACCOUNT, password: 'right' });
    expect(outbox.paused()).toBeNull();
  });

  test('a plain test mail goes by the account that is asked, in the language of the workspace, and into no ledger', async () => {
    await accounts()['accounts.save']({ id: null, account: { ...ACCOUNT, name: 'First' }, password: 'one' });
    const second = { ...ACCOUNT, name: 'Second', host: 'mail.second.test', fromName: '', fromAddress: 'kasper@brygge.dk' };
    const { id } = await accounts()['accounts.save']({ id: null, account: second, password: 'two' });
    const send = (to: string) => accounts()['accounts.sendTest']({ id, to });
    expect(await refusal(() => send('nobody'))).toMatch('"nobody" is not an e-mail address');
    expect(await send(' me@example.dk ')).toEqual({ response: '250 2.0.0 stored' });
    const mail = channel.accepted[0]!;
    expect([mail.to, mail.from.address, opened]).toEqual(['me@example.dk', 'kasper@brygge.dk', [{ account: second, password: 'two' }]]);
    expect(mail.from.name).not.toBe('');
    expect(mail.text).toContain('mail.second.test');
    expect(mail.eml.toString()).toContain(`Message-ID: <${mail.messageId}>`);
    expect(
      workspace.db.prepare(`SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM events WHERE type LIKE 'message%') AS n`).get(),
    ).toEqual({ n: 0 });

    channel = fakeChannel({ before: () => ({ result: 'failed', temporary: false, scope: 'recipient', code: '550', response: '550 no such user' }) });
    expect(await refusal(() => send('me@example.dk'))).toMatch('does not take the test mail for me@example.dk: 550 no such user');
    workspace.secrets.remove(`smtp:${id}`);
    expect(await refusal(() => send('me@example.dk'))).toMatch('password of the account Second is not known');
    expect(await refusal(() => accounts()['accounts.sendTest']({ id: 99, to: 'me@example.dk' }))).toMatch('There is no such account');
    markAsSample(workspace);
    expect(await refusal(() => send('me@example.dk'))).toMatch('nothing is ever sent from it');
  });
});

test('the outbox is listed by flow, contact and state, newest first, and decided about', async () => {
  const calls = outboxHandlers(workspace);
  const all = { flow: null, contact: null, state: null, limit: 100 };
  for (let n = 0; n < 5; n++) plan(workspace, { email: `p${n}@example.dk` });
  run(workspace.db, `UPDATE outbox SET state = 'unknown', address = 'p0@example.dk' WHERE id = 1`);
  expect((await calls['outbox.list'](all)).map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
  expect((await calls['outbox.list']({ ...all, state: 'unknown' })).map(({ address, state, stepId }) => [address, state, stepId])).toEqual([
    ['p0@example.dk', 'unknown', 'mail'],
  ]);
  expect(await calls['outbox.list']({ ...all, contact: 3 })).toHaveLength(1);
  expect(await calls['outbox.list']({ ...all, flow: 99 })).toEqual([]);
  await calls['outbox.decide']({ id: 1, decision: 'markSent' });
  expect((await calls['outbox.list']({ ...all, state: 'sent' })).map(({ reason }) => reason)).toEqual(['by-user']);
});
