// What shops, cash registers and other mail programs export comes in as their users mean it.
import { beforeEach, describe, expect, test } from 'vitest';
import { guard, unguard } from '../../shared/contacts/formula-guard.ts';
import type { ImportKind } from '../../shared/contacts/import-plan.ts';
import { joinTags, splitTags } from '../../shared/contacts/tag-list.ts';
import { rows } from '../../src-main/store/database.ts';
import { addContact } from '../workspace-fixture.ts';
import { contactsIn, dump, stageForEach, state, type ImportStage } from './import-fixture.ts';

let workspace: ImportStage['workspace'];
let folder: ImportStage['folder'];
let calls: ImportStage['calls'];
stageForEach((stage) => ({ workspace, folder, calls } = stage));

async function bring(kind: ImportKind, ...lines: string[]) {
  const file = folder.write('export.csv', `${lines.join('\r\n')}\r\n`);
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind, useProfile: false });
  return await calls['imports.wait']({ import: (await calls['imports.start']({ file, plan, rejectsFile: null, dryRun: false })).import });
}

const ledger = () => rows(workspace.db, 'SELECT c.email, k.channel, k.state FROM consents k JOIN contacts c ON c.id = k.contact_id ORDER BY k.id');
const tagsOf = (contact: number): string[] => (state(workspace).contacts[contact] as { tags: string[] }).tags;

describe('Mailchimp', () => {
  test('writes tags in quotes, each in its own', async () => {
    await bring('contacts', 'Email Address,First Name,TAGS', 'ann@mc.com,Ann,"""VIP"",""Summer, 2019"""', 'bob@mc.com,Bob,"""VIP"""', 'cy@mc.com,Cy,');
    expect([0, 1, 2].map(tagsOf)).toEqual([['Summer, 2019', 'VIP'], ['VIP'], []]);
  });

  test.each([
    ['those who have left', 'UNSUB_TIME'],
    ['addresses that it has given up', 'CLEAN_TIME'],
  ])('has a file of %s: the time says so, and a later consent for all does not lift it', async (_, column) => {
    const { counts } = await bring('contacts', `Email Address,First Name,${column},LEID`, 'left@mc.com,Lee,2020-01-01 10:00:00,5', 'stays@mc.com,Sy,,6');
    expect(counts).toMatchObject({ added: 2, rejected: 0 });
    expect(ledger()).toEqual([{ email: 'left@mc.com', channel: 'email', state: 'withdrawn' }]);
  });

  test('a column of that name with something else in it is an attribute', async () => {
    await bring('contacts', 'Email Address,CLEAN_TIME', 'a@mc.com,in the morning');
    expect(ledger()).toEqual([]);
    expect(contactsIn(workspace)['a@mc.com']).toMatchObject({ a_clean_time: 'in the morning' });
  });
});

test('Brevo says apart who may not be sent text messages', async () => {
  await bring('contacts', 'CONTACT ID;EMAIL;SMS;EMAIL_BLACKLISTED;SMS_BLACKLISTED', '1;eva@b.fr;+33612345678;0;1', '2;tom@b.fr;;1;0');
  expect(ledger()).toEqual([{ email: 'eva@b.fr', channel: 'sms', state: 'withdrawn' }, { email: 'tom@b.fr', channel: 'email', state: 'withdrawn' }]);
});

test('HubSpot: lists become tags, whose separator is a semicolon; the company is one', async () => {
  await bring('contacts', 'Record ID,Email,Associated Company,List memberships', '1,ida@hub.dk,Hub ApS,VIP; Newsletter');
  expect(tagsOf(0)).toEqual(['Newsletter', 'VIP']);
  expect(contactsIn(workspace)['ida@hub.dk']).toMatchObject({ company: 'Hub ApS', external_id: '1' });
});

test('Outlook and databases write that there is no date as one of noughts', async () => {
  const { counts } = await bring('contacts', 'E-mail Address,Birthday,Last seen', 'ada@x.dk,0/0/00,0000-00-00 00:00:00', 'bo@x.dk,4/13/80,2025-04-03 10:00:00');
  expect(counts).toMatchObject({ added: 2, rejected: 0 });
  expect(contactsIn(workspace)).toMatchObject({ 'ada@x.dk': { a_birthday: null, a_last_seen: null }, 'bo@x.dk': { a_birthday: '1980-04-13', a_last_seen: expect.any(Number) } });
});

test('Google Contacts writes labels with colons between; the organisation is the company', async () => {
  await bring('contacts', 'First Name,Organization Name,Labels,E-mail 1 - Value', 'Anna,And ApS,Venner ::: Kunder,anna@goo.dk');
  expect(tagsOf(0)).toEqual(['Kunder', 'Venner']);
  expect(contactsIn(workspace)['anna@goo.dk']).toMatchObject({ company: 'And ApS' });
});

test.each(['Zgoda na newsletter', 'Samtykke til nyhedsbrev', 'Toestemming nieuwsbrief', 'Samtycke till nyhetsbrev'])('%s says who has opted out', async (header) => {
  await bring('contacts', `E-mail;${header}`, 'ja@x.dk;ja', 'nej@x.dk;nej');
  expect(ledger()).toEqual([{ email: 'nej@x.dk', channel: 'email', state: 'withdrawn' }]);
});

describe('orders', () => {
  const orders = () => rows<{ data: string }>(workspace.db, 'SELECT order_key AS number, local_day AS day, amount, data FROM orders ORDER BY id').map((order) => ({ ...order, data: JSON.parse(order.data) as unknown }));
  beforeEach(() => {
    addContact(workspace, { email: 'ada@x.dk' });
    addContact(workspace, { email: 'bo@x.dk' });
  });

  test('of Shopify: also those that are not paid, and what differs from row to row is kept, row by row', async () => {
    const { id, counts } = await bring(
      'orders',
      'Name,Email,Financial Status,Paid at,Currency,Total,Lineitem quantity,Lineitem name,Created at',
      '#1001,ada@x.dk,paid,2025-04-03 10:12:33 +0200,DKK,239.00,2,Tea,2025-04-03 10:12:30 +0200',
      '#1001,ada@x.dk,,,,,1,Cup,2025-04-03 10:12:30 +0200',
      '#1002,bo@x.dk,pending,,DKK,10.00,1,Pot,2025-04-04 09:00:00 +0200',
    );
    expect(counts).toMatchObject({ rows: 3, added: 2, rejected: 0, more: 1 });
    expect(orders()).toMatchObject([
      { number: '#1001', amount: 23_900, data: { 'Financial Status': 'paid', 'Lineitem quantity': [2, 1], products: ['Tea', 'Cup'] } },
      { number: '#1002', day: '2025-04-04', amount: 1000, data: { 'Financial Status': 'pending', 'Lineitem quantity': 1 } },
    ]);
    await calls['imports.undo']({ import: id });
    expect(orders()).toEqual([]);
  });

  test('of WooCommerce, whose columns end in what they are of', async () => {
    await bring('orders', 'Order Number,Order Status,Order Date,Email (Billing),Order Total Amount,Item #,Item Name,Quantity', '501,Completed,2025-04-03 10:12,ada@x.dk,25.5,1,Tea,2', '501,Completed,2025-04-03 10:12,ada@x.dk,25.5,2,Cup,1');
    expect(orders()).toMatchObject([{ number: '501', amount: 2550, data: { products: ['Tea', 'Cup'], Quantity: [2, 1] } }]);
  });

  test('of a shop that calls its columns its own way: a column of addresses is one whatever it is called', async () => {
    await bring('orders', 'ID;Purchase Date;Kunde e-mail;Grand Total (Purchased)', '000000001;2025-04-03 10:00;ada@x.dk;100,00');
    expect(orders()).toMatchObject([{ number: '000000001', amount: 10_000 }]);
  });

  test('of a cash register: a negative one is a return, the total below is named', async () => {
    const { counts } = await bring('orders', 'Bon;Dato;Kl.;Kundenr;E-mail;Beløb', '77;03.04.2025;14:05;1;ada@x.dk;1.200,00 kr.', '78;03.04.2025;14:10;2;bo@x.dk;-300,50', 'Total;;;;;899,50');
    expect(counts).toMatchObject({ rows: 3, added: 2, rejected: 1 });
    expect(orders()).toMatchObject([{ number: '77', amount: 120_000 }, { number: '78', amount: -30_050 }]);
  });
});

test('Excel: a formula that is a text alone is that text; one of our own exports, and any other, is what it was', async () => {
  await bring('contacts', 'email;kundenr;telefon;note', 'ada@x.dk;="00124";="0045 20123456";=1+1', `bo@x.dk;"=""0""0""";;'="x"`);
  expect(contactsIn(workspace)).toMatchObject({ 'ada@x.dk': { external_id: '00124', phone: '+4520123456', a_note: '=1+1' }, 'bo@x.dk': { a_note: '="x"' } });
  for (const text of ['="x"', '=1', '=""', '="a""b"', `'="x"`, '="', 'x']) expect(unguard(guard(text))).toBe(text);
  expect(unguard('="a""b"')).toBe('a"b');
});

test('a tag in quotes is told from a list in quotes by what is written for it', () => {
  for (const tags of [['"VIP"'], ['"a","b"'], ['a', '"b"'], ['"'], ['a "b" c'], ['a,b'], ['"a"', '"b"'], ['a ::: b'], ['a ::: b', 'c']]) expect(splitTags(joinTags(tags))).toEqual(tags);
  expect(splitTags('"VIP" , "Say ""hi"""; "x|y"')).toEqual(['VIP', 'Say "hi"', 'x|y']);
  expect(splitTags('"VIP", gold')).toEqual(['"VIP"', 'gold']);
});

test('whatever of it came in is taken back as if it never had', async () => {
  const before = dump(workspace);
  const { id } = await bring('contacts', 'Email Address,TAGS,UNSUB_TIME', 'ann@mc.com,"""VIP"",""Summer, 2019""",2020-01-01 10:00:00');
  await calls['imports.undo']({ import: id });
  expect(dump(workspace)).toBe(before);
});
