// How long contacts are kept of whom nothing is heard: counted from their last sign of life, not from when they were added (FEATURES A5.19).
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { happen } from '../workspace-fixture.ts';
import { stage, type Stage } from './backend-stage.ts';

const DAY = 24;
let s: Stage;

beforeEach(async () => {
  s = stage();
  await s.call('workspace.create', { name: 'Shop', file: join(s.folder, 'shop.kanal'), timeZone: 'Europe/Copenhagen', locale: 'da-DK', sample: false });
});
afterEach(() => s.end());

const add = async (email: string) => (await s.call('contacts.add', { values: { email } })).id;
const listed = async () => (await s.call('retention.list', {})).rows.map(({ name }) => name);

test('who clicked lately is kept, however long ago they were added; mails that were sent to somebody are no sign of life', async () => {
  const [old, clicked, written, machine] = [await add('old@x.dk'), await add('clicked@x.dk'), await add('written@x.dk'), await add('machine@x.dk')];
  await s.pass(400 * DAY);
  happen(s.workspace(), clicked, 'message_clicked', { madeBy: 'human' });
  happen(s.workspace(), written, 'message_sent');
  happen(s.workspace(), machine, 'message_opened', { madeBy: 'machine' });
  await add('new@x.dk');
  const preview = await s.call('retention.preview', { months: 12 });
  expect(preview).toMatchObject({ total: 3 });
  expect(preview.rows.map(({ contact }) => contact)).toEqual([old, written, machine]);
  expect((await s.call('retention.preview', { months: 24 })).total).toBe(0);
});

test('nor is what a flow does with somebody: an event that it sends, another flow that it asks for', async () => {
  const [asked, sent, wrote] = [await add('asked@x.dk'), await add('sent@x.dk'), await add('wrote@x.dk')];
  await s.pass(400 * DAY);
  happen(s.workspace(), asked, 'flow_start_asked', { source: 'flow', data: { flow: 2 } });
  happen(s.workspace(), sent, 'birthday_celebrated', { source: 'flow' });
  happen(s.workspace(), wrote, 'birthday_celebrated', { source: 'api' });
  expect((await s.call('retention.preview', { months: 12 })).rows.map(({ contact }) => contact)).toEqual([asked, sent]);
});

test('off by default: nobody is ever listed', async () => {
  await add('old@x.dk');
  await s.pass(3000 * DAY);
  expect(await s.call('retention.get', {})).toEqual({ months: 0, action: 'review', graceDays: 30, listed: 0, nextErasure: null });
});

test('for review: a daily look lists who has become quiet; a person keeps or erases them', async () => {
  await s.call('retention.save', { months: 12, action: 'review', graceDays: 30 });
  const [ada, bo] = [await add('ada@x.dk'), await add('bo@x.dk')];
  await s.pass(364 * DAY);
  expect(await listed()).toEqual([]);
  await s.pass(2 * DAY);
  expect(await listed()).toEqual(['ada@x.dk', 'bo@x.dk']);
  await s.call('retention.keep', { contacts: [ada] });
  happen(s.workspace(), bo, 'order_placed');
  await s.pass(2 * DAY);
  expect(await listed()).toEqual([]);
  await s.pass(340 * DAY);
  expect(await listed()).toEqual([]);
  await s.pass(40 * DAY);
  expect(await listed()).toEqual(['ada@x.dk', 'bo@x.dk']);
  expect((await s.call('contacts.list', {})).total).toBe(2);
});

test('by itself: erased when the time of grace is over, unless a sign of life comes before; with the audit', async () => {
  await s.call('retention.save', { months: 6, action: 'erase', graceDays: 30 });
  const [, bo] = [await add('ada@x.dk'), await add('bo@x.dk')];
  await s.pass(190 * DAY);
  expect(await listed()).toHaveLength(2);
  expect((await s.call('retention.get', {})).nextErasure).not.toBeNull();
  happen(s.workspace(), bo, 'page_viewed');
  await s.pass(31 * DAY);
  expect((await s.call('contacts.list', {})).rows.map(({ values }) => values['email'])).toEqual(['bo@x.dk']);
  const audit = await s.call('audit.list', {});
  expect(audit.filter(({ actor }) => actor === 'retention').map(({ action }) => action)).toEqual(['contact-erased', 'retention-listed']);
  // Nobody asked to be forgotten: they may come back.
  await add('ada@x.dk');
});

test('who had opted out is erased for good, and stays out', async () => {
  await s.call('retention.save', { months: 6, action: 'erase', graceDays: 1 });
  const ada = await add('ada@x.dk');
  await s.call('contacts.consent', { id: ada, channel: 'email', given: false, source: 'wrote to us' });
  await s.pass(200 * DAY);
  expect((await s.call('contacts.list', {})).total).toBe(0);
  expect(await s.refusal('contacts.add', { values: { email: 'ada@x.dk' } })).toBe('contact-erased');
});

test('a rule that is changed begins anew', async () => {
  await add('ada@x.dk');
  await s.pass(200 * DAY);
  await s.call('retention.save', { months: 6, action: 'erase', graceDays: 10 });
  await s.pass(1);
  expect(await listed()).toEqual(['ada@x.dk']);
  await s.call('retention.save', { months: 0, action: 'erase', graceDays: 10 });
  await s.pass(100 * DAY);
  expect((await s.call('contacts.list', {})).total).toBe(1);
});
