// Consent by channel and topic: what holds, what it holds back at the instant of sending, and what an import may give (FEATURES A5.13, D14, D28).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consentState, consentStatesFor, recordConsent } from '../../src-main/store/consents.ts';
import { addContact } from '../workspace-fixture.ts';
import { stage, threeMails, type Stage } from './backend-stage.ts';

let s: Stage;
beforeEach(async () => {
  s = stage();
  await s.call('workspace.create', { name: 'Shop', file: join(s.folder, 'shop.kanal'), timeZone: 'UTC', locale: 'en-GB', sample: false });
});
afterEach(() => s.end());

const add = async (email: string) => (await s.call('contacts.add', { values: { email } })).id;
const say = (id: number, topic: string, given: boolean) => s.call('contacts.consent', { id, channel: 'email', topic, given, source: `asked ${Math.abs(id)}${topic}${given}` });

/** Acts in order: "+" gives, "-" withdraws; "" is the channel. Then what holds for the channel, and for the topic. */
test.each([
  [[], 'none', 'none'],
  [['+'], 'given', 'given'],
  [['+news'], 'none', 'given'],
  [['-news'], 'none', 'withdrawn'],
  [['+', '-news'], 'given', 'withdrawn'],
  [['+news', '-'], 'withdrawn', 'withdrawn'],
  [['-', '+news'], 'withdrawn', 'given'],
  [['+news', '-', '+'], 'given', 'given'],
  [['-news', '-', '+'], 'given', 'withdrawn'],
  [['+', '+news', '-', '+news', '-'], 'withdrawn', 'withdrawn'],
  [['-', '+news', '-'], 'withdrawn', 'withdrawn'],
  [['+news', '-', '+news'], 'withdrawn', 'given'],
])('%j: the channel is %s, the topic %s', async (acts, channel, topic) => {
  await s.call('topics.save', { name: 'News' });
  const id = await add('ada@x.dk');
  for (const act of acts) await say(id, act.slice(1), act.startsWith('+'));
  const { db } = s.workspace();
  expect([consentState({ db }, id, 'email'), consentState({ db }, id, 'email', 'news')]).toEqual([channel, topic]);
  expect(consentStatesFor({ db }, [id], 'email', 'news').get(id) ?? 'none').toBe(topic);
  const asked = (about?: string) => s.call('contacts.count', { rule: { kind: 'consent', channel: 'email', ...(about !== undefined && { topic: about }), given: true } });
  expect((await asked()).matching).toBe(channel === 'given' ? 1 : 0);
  expect((await asked('news')).matching).toBe(topic === 'given' ? 1 : 0);
});

test('the same word from the same source counts again where another one came between, and only there', () => {
  const workspace = s.workspace();
  const contactId = addContact(workspace, { email: 'ada@x.dk' });
  const word = (given: boolean, topic = '') => recordConsent(workspace, { contactId, channel: 'email', topic, given, source: 'the form', actor: 'user' });
  expect([word(false), word(false), word(true, 'news'), word(true, 'news'), word(false), word(false), word(true, 'news'), word(true), word(true)]).toEqual([true, false, true, false, true, false, true, true, false]);
  const events = workspace.db.prepare(`SELECT type || coalesce(' ' || (data ->> 'topic'), '') FROM events WHERE type LIKE 'consent%' ORDER BY id`).pluck().all();
  expect(events).toEqual(['consent_withdrawn', 'consent_given news', 'consent_withdrawn', 'consent_given news', 'consent_given']);
});

describe('at the instant of sending', () => {
  async function marketing(topic: string | undefined): Promise<number> {
    const flow = await threeMails(s);
    for (const key of ['one', 'two', 'three']) {
      const message = await s.call('messages.get', { key });
      await s.call('messages.save', { ...message, purpose: 'marketing', ...(topic !== undefined && { topic }) });
    }
    await s.call('settings.save', { ...(await s.call('settings.get', {})), postalAddress: 'Testvej 1' });
    await s.call('flows.publish', { flow });
    return flow;
  }

  test('a message about a topic reaches those who agreed to it, and to nobody else', async () => {
    await s.call('topics.save', { name: 'News' });
    const flow = await marketing('news');
    const [topic, channel, no, never] = [await add('topic@x.dk'), await add('channel@x.dk'), await add('no@x.dk'), await add('never@x.dk')];
    await say(topic, 'news', true);
    await say(channel, '', true);
    await say(no, '', true);
    await say(no, 'news', false);
    await s.call('flows.enroll', { flow, contacts: [topic, channel, no, never] });
    await s.pass(1);
    expect(s.mails().sort()).toEqual(['channel@x.dk: one', 'topic@x.dk: one']);
    expect((await s.call('outbox.list', { contact: no }))[0]).toMatchObject({ reason: 'consent-withdrawn' });
    expect((await s.call('outbox.list', { contact: never }))[0]).toMatchObject({ reason: 'no-consent' });
  });

  test('FEATURES D14: who withdraws the topic between two mails gets no more of them', async () => {
    await s.call('topics.save', { name: 'News' });
    const flow = await marketing('news');
    const ada = await add('ada@x.dk');
    await say(ada, 'news', true);
    await s.call('flows.enroll', { flow, contacts: [ada] });
    await s.pass(1);
    await say(ada, 'news', false);
    await s.pass(72);
    expect(s.mails()).toEqual(['ada@x.dk: one']);
  });

  test('a message without a topic asks for the channel', async () => {
    await s.call('topics.save', { name: 'News' });
    const flow = await marketing(undefined);
    const ada = await add('ada@x.dk');
    await say(ada, 'news', true);
    await s.call('flows.enroll', { flow, contacts: [ada] });
    await s.pass(1);
    expect(s.mails()).toEqual([]);
  });
});

describe('topics', () => {
  test('are added, renamed, archived, and have one name each', async () => {
    const { key } = await s.call('topics.save', { name: 'Nyt fra øen' });
    expect(key).toBe('nyt_fra_oeen');
    await say(await add('ada@x.dk'), key, true);
    await s.call('topics.save', { key, name: 'Island news', archived: true });
    expect(await s.call('topics.list', {})).toEqual([{ key, name: 'Island news', archived: true, given: 1 }]);
    expect(await s.refusal('topics.save', { name: 'island NEWS' })).toBe('topic-taken');
    expect(await s.refusal('contacts.consent', { id: 1, channel: 'email', topic: 'nothing', given: true, source: 'x' })).toBe('topic-unknown');
  });

  test('the ledger keeps source, wording, actor and topic', async () => {
    await s.call('topics.save', { name: 'News' });
    const id = await add('ada@x.dk');
    await s.call('contacts.consent', { id, channel: 'email', topic: 'news', given: true, source: 'fair', wording: 'Yes, write to me about news.' });
    expect((await s.call('contacts.get', { id })).consents).toMatchObject([{ channel: 'email', topic: 'news', state: 'given', source: 'fair', wording: 'Yes, write to me about news.', actor: 'user' }]);
  });

  test('FEATURES D28: an import gives consent to a topic, lifts no withdrawal of it, and is taken back', async () => {
    await s.call('topics.save', { name: 'News' });
    const bo = await add('bo@x.dk');
    await say(bo, 'news', false);
    const cleo = await add('cleo@x.dk');
    await say(cleo, '', false);
    const file = join(s.folder, 'list.csv');
    writeFileSync(file, 'email\nada@x.dk\nbo@x.dk\ncleo@x.dk\n');
    const { plan } = await s.call('imports.inspect', { file });
    const started = await s.call('imports.start', { file, plan: { ...plan, consent: { channel: 'email', topic: 'news', source: 'fair in Odense' } } });
    expect((await s.call('imports.wait', { import: started.import })).counts).toMatchObject({ added: 1, unchanged: 2, suppressed: 2 });
    const states = async (topic: string) => {
      const ids = [(await s.call('contacts.find', { email: 'ada@x.dk' }))!.id, bo, cleo];
      return ids.map((id) => consentState(s.workspace(), id, 'email', topic));
    };
    expect(await states('news')).toEqual(['given', 'withdrawn', 'withdrawn']);
    expect(await states('')).toEqual(['none', 'none', 'withdrawn']);
    const ada = (await s.call('contacts.find', { email: 'ada@x.dk' }))!.id;
    await s.call('notes.add', { contact: ada, text: 'stays' });
    await s.call('imports.undo', { import: started.import });
    expect(consentState(s.workspace(), ada, 'email', 'news')).toBe('none');
  });
});

test.each([
  ['', undefined, true],
  ['news', 'news', true],
  ['news', undefined, false],
  ['', 'news', false],
])('the trigger hears consent to "%s" where it asks for %s: %s', async (topic, asked, isHeard) => {
  await s.call('topics.save', { name: 'News' });
  const flow = await threeMails(s);
  const { draft, revision } = await s.call('flows.get', { flow });
  await s.call('flows.saveDraft', { flow, revision, draft: { ...draft, triggers: [{ id: 't', type: 'consentChanged', config: { change: 'given', channel: 'email', ...(asked !== undefined && { topic: asked }) } }] } });
  await s.call('flows.publish', { flow });
  await s.pass(0);
  recordConsent(s.workspace(), { contactId: await add('ada@x.dk'), channel: 'email', topic, given: true, source: 'form', actor: 'user' });
  await s.pass(1);
  expect(s.mails()).toEqual(isHeard ? ['ada@x.dk: one'] : []);
});

test('rules find who is suppressed, by address or by domain', async () => {
  for (const email of ['ada@x.dk', 'spy@rival.dk', 'bo@x.dk']) await add(email);
  await s.call('suppressions.add', { addresses: ['ada@x.dk', '*@rival.dk'], reason: 'user' });
  const found = async (is: boolean) => (await s.call('contacts.list', { rule: { kind: 'suppressed', channel: 'email', is } })).rows.map(({ values }) => String(values['email'])).sort((a, b) => a.localeCompare(b));
  expect(await found(true)).toEqual(['ada@x.dk', 'spy@rival.dk']);
  expect(await found(false)).toEqual(['bo@x.dk']);
});
