// The calls about contacts, events from outside and settings, through the gate that every host uses.
import { beforeEach, describe, expect, test } from 'vitest';
import { flowSchema } from '../../shared/flow/flow.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { consentHandlers } from '../../src-main/handlers/consents.ts';
import { contactHandlers } from '../../src-main/handlers/contacts.ts';
import { contactHistoryHandlers } from '../../src-main/handlers/contact-history.ts';
import { suppressionHandlers } from '../../src-main/handlers/suppressions.ts';
import { settingsHandlers } from '../../src-main/handlers/settings.ts';
import { createDispatch, type Handlers } from '../../src-main/dispatch.ts';
import { consentState } from '../../src-main/store/consents.ts';
import { row, rows, run } from '../../src-main/store/database.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import type { Answer, CallInput, CallName, CallOutput } from '../../shared/api.ts';
import { addContact, testWorkspace, TEST_NOW, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
let answer: (method: string, input: unknown) => Promise<Answer>;

beforeEach(() => {
  workspace = testWorkspace();
  answer = createDispatch({ ...contactHandlers(workspace), ...consentHandlers(workspace), ...suppressionHandlers(workspace), ...contactHistoryHandlers(workspace), ...settingsHandlers(workspace) } as Handlers, (message, error) => {
    throw new Error(message, { cause: error });
  });
});

async function call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
  const got = await answer(name, input);
  if (!('value' in got)) throw new Error(JSON.stringify(got));
  return got.value as CallOutput<Name>;
}

/** The sentences with which a call is refused. */
async function refusal<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<string[]> {
  const got = await answer(name, input);
  return 'problems' in got ? got.problems.map(({ text }) => inEnglish(text)) : [];
}

test('a contact is added in its stored form, found however its address is written, changed, and listed', async () => {
  const { id } = await call('contacts.add', { values: { email: ' ADA@x.dk', phone: '20 12 34 56', first_name: 'Ada', last_name: '' } });
  expect(await call('contacts.find', { email: 'Ada <ada@X.dk>' })).toEqual({ id });
  expect(await call('contacts.find', { email: 'no address' })).toBeNull();
  await call('contacts.update', { id, values: { first_name: null, language: 'da' } });
  await call('contacts.tag', { ids: [id], add: ['vip', 'new'], remove: ['new'] });
  await call('contacts.consent', { id, channel: 'email', given: true, source: 'by phone' });
  await call('contacts.suppress', { address: 'ADA@x.dk', reason: 'asked for it' });
  const contact = { id, values: { email: 'ada@x.dk', phone: '+4520123456', language: 'da' }, tags: ['vip'], emailConsent: 'given', suppressed: true, addedAt: TEST_NOW };
  expect(await call('contacts.list', {})).toEqual({ total: 1, rows: [contact], current: true });
  expect(await call('contacts.get', { id })).toMatchObject({ ...contact, consents: [{ source: 'by phone' }], flows: [], suppressions: [{ reason: 'asked for it', at: TEST_NOW }] });
  expect(await call('contacts.count', { rule: { kind: 'tag', tag: 'vip', has: false } })).toEqual({ matching: 0, total: 1 });
  expect((await call('contacts.timeline', { id })).map(({ type }) => type)).toEqual(['suppressed', 'consent_given', 'tag_removed', 'tag_added', 'tag_added', 'attributes_changed', 'contact_added']);
  expect(workspace.woken()).toBeGreaterThan(0);
  expect(workspace.heard).toContainEqual({ type: 'changed', topics: ['contacts'] });
});

test('a list of choices is kept without blanks, empty ones and what is in it twice', async () => {
  await call('attributes.add', { key: 'likes', label: 'Likes', kind: 'choices' });
  const { id } = await call('contacts.add', { values: { email: 'ada@x.dk', likes: [' tea', '', 'tea', 'jam '] } });
  expect((await call('contacts.get', { id })).values['likes']).toEqual(['tea', 'jam']);
});

test('all that does not fit is refused at once, in words, and nothing is written', async () => {
  const values = { email: 'ada', phone: '1', time_zone: 'Paris' };
  expect(await refusal('contacts.add', { values })).toEqual(['"ada" has no @, so it is not an e-mail address.', '"1" is not a phone number in DK. Write it with its country code, such as +45.', '"Paris" is not a time zone. Write one such as Europe/Copenhagen.']);
  expect(await refusal('contacts.add', { values: { first_name: 'Ada' } })).toEqual([expect.stringContaining('needs an e-mail address')]);
  expect(await refusal('contacts.add', { values: { shoe_size: 5 } })).toEqual([expect.stringContaining('no attribute shoe_size')]);
  expect(await refusal('contacts.get', { id: 9 })).toEqual([expect.stringContaining('no contact number 9')]);
  expect(await refusal('contacts.timeline', { id: 9 })).toEqual([expect.stringContaining('no contact number 9')]);
  const ada = addContact(workspace, { email: 'ada@x.dk' });
  expect(await refusal('contacts.update', { id: ada, values: { email: null } })).toEqual([expect.stringContaining('needs an e-mail address')]);
  expect(await refusal('contacts.tag', { ids: [ada, 9], add: ['vip'] })).toEqual([expect.stringContaining('no contact number 9')]);
  expect(await refusal('contacts.tag', { ids: [ada], add: [' '] })).toEqual(['A tag needs a name.']);
  expect(await refusal('contacts.suppress', { address: 'ada', reason: 'x' })).toEqual(['"ada" is neither an e-mail address nor a phone number.']);
  expect(await refusal('contacts.list', { sort: { attribute: 'shoe_size', descending: false } })).toEqual([expect.stringContaining('no attribute shoe_size')]);
  expect(rows(workspace.db, 'SELECT email FROM contacts')).toEqual([{ email: 'ada@x.dk' }]);
  expect(await call('tags.list', {})).toEqual([]);
});

test('attributes are listed with the standard ones marked, and added, which the audit notes', async () => {
  await call('attributes.add', { key: 'plan', label: 'Plan', kind: 'choice', choices: ['Free', 'Pro'] });
  const list = await call('attributes.list', {});
  expect(list.filter(({ standard }) => standard)).toHaveLength(8);
  expect(list.at(-1)).toEqual({ key: 'plan', label: 'Plan', kind: 'choice', choices: ['Free', 'Pro'], standard: false });
  expect(rows(workspace.db, 'SELECT actor, action, details FROM audit')).toEqual([{ actor: 'user', action: 'attribute-added', details: JSON.stringify({ attribute: 'plan', label: 'Plan', kind: 'choice' }) }]);
  expect(await refusal('contacts.add', { values: { email: 'a@x.dk', plan: 'Gold' } })).toEqual(['"Gold" is not one of the choices: Free, Pro.']);
});

test('the timeline goes back page by page, in the order of what happened', async () => {
  const id = addContact(workspace, { email: 'ada@x.dk' });
  await call('events.record', { events: [1, 3, 2, 2].map((days) => ({ email: 'ada@x.dk', type: 'visited', at: TEST_NOW - days * DAY, data: { days } })) });
  const first = await call('contacts.timeline', { id, limit: 3 });
  const rest = await call('contacts.timeline', { id, limit: 3, before: first.at(-1)!.id });
  expect([...first, ...rest].map(({ data }) => data.days)).toEqual([undefined, 1, 2, 2, 3]);
});

describe('events from outside', () => {
  const record = (...events: CallInput<'events.record'>['events']) => call('events.record', { events });

  test('are recorded once for each id; what is wrong is told one by one and does not hold up the rest', async () => {
    addContact(workspace, { email: 'ada@x.dk' });
    const visit = { email: 'Ada@X.dk', type: 'visited', eventId: 'v1', data: { page: '/' } };
    expect(await record(visit, visit)).toEqual({ recorded: 1, known: 1, rejected: [] });
    const { recorded, known, rejected } = await record(visit, { email: 'bob@x.dk', type: 'visited' }, { email: 'nobody', type: 'visited' }, { email: 'ada@x.dk', type: 'Visited!' }, { email: 'ada@x.dk', type: 'tag_added' }, { email: 'ada@x.dk', type: 'visited' });
    expect({ recorded, known }).toEqual({ recorded: 1, known: 1 });
    expect(rejected.map(({ index, problem }) => [index, problem.code])).toEqual([[1, 'contact-unknown'], [2, 'address-invalid'], [3, 'event-type'], [4, 'event-own']]);
    expect(row(workspace.db, `SELECT at, recorded_at, source, data FROM events WHERE event_id = 'v1'`)).toEqual({ at: TEST_NOW, recorded_at: TEST_NOW, source: 'api', data: '{"page":"/"}' });
  });

  /** A message as the outbox leaves it. */
  function sent(contact: number, enrollment: number, message: string, settledAt: number, state = 'sent'): number {
    return run(
      workspace.db,
      `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, meant_at, enrolled_at, planned_at, handed_at, settled_at)
       VALUES (?, 1, 1, ?, 's', ?, 'email', ?, ?, 0, 0, 0, 0, ?, ?)`,
      `${enrollment}:${message}:${settledAt}`, enrollment, contact, message, state, settledAt, settledAt,
    ).id;
  }

  test('an open belongs to the latest such message sent before it, and so to its enrollment', async () => {
    insertFlow(workspace, flowSchema.parse({ name: 'Flow' }));
    const [ada, bob] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'bob@x.dk' })];
    const first = sent(ada, 1, 'welcome', TEST_NOW - 2 * DAY);
    const second = sent(ada, 2, 'welcome', TEST_NOW - DAY);
    sent(ada, 3, 'other', TEST_NOW - HOUR);
    sent(ada, 4, 'welcome', TEST_NOW - HOUR, 'cancelled');
    sent(bob, 5, 'welcome', TEST_NOW - HOUR);
    const open = (at: number, more = {}) => ({ email: 'ada@x.dk', type: 'message_opened', at, data: { message: 'welcome', ...more } });
    await record(open(TEST_NOW), open(TEST_NOW - DAY - HOUR), open(TEST_NOW - 3 * DAY, { made_by: 'machine' }), { email: 'ada@x.dk', type: 'message_clicked', data: { message: 'never_sent' } });
    expect(rows(workspace.db, `SELECT outbox_id, enrollment_id, flow_id, made_by FROM events WHERE type LIKE 'message_%' ORDER BY id`)).toEqual([
      { outbox_id: second, enrollment_id: 2, flow_id: 1, made_by: null },
      { outbox_id: first, enrollment_id: 1, flow_id: 1, made_by: null },
      { outbox_id: first, enrollment_id: 1, flow_id: 1, made_by: 'machine' },
      { outbox_id: null, enrollment_id: null, flow_id: null, made_by: null },
    ]);
  });

  test('an opt-out goes into the ledger, is not lifted by an event, and is an event once', async () => {
    const id = addContact(workspace, { email: 'ada@x.dk', consent: ['email', 'sms'] });
    await record({ email: 'ada@x.dk', type: 'consent_withdrawn', eventId: 'w' }, { email: 'ada@x.dk', type: 'consent_withdrawn', eventId: 'w' });
    expect(consentState(workspace, id, 'email')).toBe('withdrawn');
    expect(row(workspace.db, `SELECT count(*) AS n FROM events WHERE type = 'consent_withdrawn'`)).toEqual({ n: 1 });
    expect((await record({ email: 'ada@x.dk', type: 'consent_given', data: { source: 'form' } })).rejected.map(({ problem }) => problem.code)).toEqual(['consent-withdrawn']);
    await record({ email: 'ada@x.dk', type: 'unsubscribed', data: { channel: 'sms' } });
    expect(consentState(workspace, id, 'sms')).toBe('withdrawn');
    expect(row(workspace.db, `SELECT count(*) AS n FROM events WHERE type = 'unsubscribed'`)).toEqual({ n: 1 });
    expect((await record({ email: 'ada@x.dk', type: 'unsubscribed', data: { channel: 'pigeon' } })).rejected.map(({ problem }) => problem.code)).toEqual(['event-channel']);
  });

  test('a topic is named by its key or its name; one that there is not is refused, since its opt-out would be heard by nobody', async () => {
    const { key } = await call('topics.save', { name: 'Letters' });
    const id = addContact(workspace, { email: 'tea@x.dk', consent: ['email'] });
    const optOut = async (topic: string) => await call('events.record', { events: [{ email: 'tea@x.dk', type: 'unsubscribed', data: { topic } }] });
    expect(await optOut('Leters')).toMatchObject({ recorded: 0, rejected: [{ problem: { code: 'topic-unknown' } }] });
    expect(consentState(workspace, id, 'email', key)).toBe('given');
    expect(await optOut('letters ')).toMatchObject({ recorded: 1 });
    expect([consentState(workspace, id, 'email', key), consentState(workspace, id, 'email')]).toEqual(['withdrawn', 'given']);
  });

  test('consent needs a source', async () => {
    const id = addContact(workspace, { email: 'ada@x.dk' });
    expect((await record({ email: 'ada@x.dk', type: 'consent_given' })).rejected.map(({ problem }) => problem.code)).toEqual(['consent-source']);
    expect(await record({ email: 'ada@x.dk', type: 'consent_given', data: { source: 'form' } })).toMatchObject({ recorded: 1 });
    expect(consentState(workspace, id, 'email')).toBe('given');
  });

  test('an order with its number and amount is an order, once', async () => {
    addContact(workspace, { email: 'ada@x.dk' });
    const order = { email: 'ada@x.dk', type: 'order_placed', data: { order: 'N1', amount: 12_50 } };
    expect(await record(order, order, { ...order, data: {} })).toEqual({ recorded: 2, known: 1, rejected: [] });
    expect(rows(workspace.db, 'SELECT order_key, amount, currency, nth FROM orders')).toEqual([{ order_key: 'N1', amount: 1250, currency: 'DKK', nth: 1 }]);
  });
});

test('settings are checked before they are kept', async () => {
  const settings = await call('settings.get', {});
  await call('settings.save', { ...settings, name: ' New name ', timeZone: 'Asia/Tokyo' });
  expect(await call('settings.get', {})).toEqual({ ...settings, name: 'New name', timeZone: 'Asia/Tokyo' });
  expect(await refusal('settings.save', { ...settings, timeZone: 'Paris' })).toEqual([expect.stringContaining('not a time zone')]);
  expect(await refusal('settings.save', { ...settings, locale: 'xx-invalid-locale-' })).toEqual([expect.stringContaining('not a language')]);
  expect(await refusal('settings.save', { ...settings, currency: 'XXQ' })).toEqual([expect.stringContaining('not a currency')]);
  expect(await refusal('settings.save', { ...settings, name: ' ' })).toEqual(['The workspace needs a name.']);
  expect((await call('settings.get', {})).timeZone).toBe('Asia/Tokyo');
});
