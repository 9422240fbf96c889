// Stories about files of events and orders: each is about a contact that is there, at its own time, and once.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportRow } from '../../shared/api.ts';
import { proposeActivityColumns } from '../../shared/contacts/activity-columns.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { readFileSync } from 'node:fs';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { rows } from '../../src-main/store/database.ts';
import { keepMemberships } from '../../src-main/runner/memberships.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { addContact, TEST_NOW, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';
import { commandLine, dump, testFolder, type Folder } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
beforeEach(() => {
  workspace = testWorkspace();
  folder = testFolder();
  addContact(workspace, { email: 'ada@x.dk', external_id: '7' });
  addContact(workspace, { email: 'bo@x.dk' });
});
afterEach(() => {
  workspace.close();
  folder.remove();
});

const csv = (...lines: string[]): string => folder.write('shop.csv', `${lines.join('\n')}\n`);

/** Imports as proposed, but for `changes`; first dry, which must count the same and leave nothing. */
async function importAs(kind: 'events' | 'orders', file: string, changes: Partial<ImportPlan> = {}): Promise<ImportRow> {
  const calls = importHandlers(workspace);
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind, useProfile: false });
  const run = async (dryRun: boolean) => await calls['imports.wait']({ import: (await calls['imports.start']({ file, plan: { ...plan, ...changes }, rejectsFile: null, dryRun })).import });
  const before = dump(workspace);
  const dry = await run(true);
  expect(dump(workspace)).toBe(before);
  const done = await run(false);
  expect(done).toMatchObject({ state: 'done', kind, counts: dry.counts });
  return done;
}

const orders = (): unknown[] => rows(workspace.db, 'SELECT o.order_key AS number, c.email, o.local_day AS day, o.nth, o.amount, o.currency, o.data FROM orders o JOIN contacts c ON c.id = o.contact_id ORDER BY o.at, o.id');
const events = (): unknown[] => rows<{ data: string }>(workspace.db, `SELECT c.email, e.type, e.at, e.source, e.data FROM events e JOIN contacts c ON c.id = e.contact_id WHERE e.import_id IS NOT NULL ORDER BY e.id`).map((event) => ({ ...event, data: JSON.parse(event.data) as unknown }));

describe('orders', () => {
  test('as a Danish shop exports them: one order over several rows, its own dates, its place among the contact\'s orders', async () => {
    recordOrder(workspace, { orderKey: 'old', contactId: 1, at: TEST_NOW, amount: 100, source: 'api' });
    const file = csv(
      'Ordrenr.;Ordredato;E-mail;I alt;Valuta;Varenavn;Butik',
      '1001;05-01-2024 23:30;ADA@x.dk;1.234,50;DKK;Te;Aarhus',
      '1001;;;;;Kop;',
      '1002;06-01-2024;bo@x.dk;10,00;EUR;Te;',
      '1003;07-01-2024;nobody@x.dk;10,00;;;',
      '1004;;bo@x.dk;10,00;;;',
      '1005;08-01-2024;bo@x.dk;;;;',
      ';08-01-2024;bo@x.dk;5,00;;;',
      '1006;08-01-2024;bo@x.dk;mange;;;',
      '1007;08-01-2024;bo@x.dk;5,00;;A;',
      '1007;08-01-2024;bo@x.dk;6,00;;B;',
    );
    const { counts, rejectsFile } = await importAs('orders', file);
    expect(counts).toEqual({ rows: 10, added: 2, updated: 0, unchanged: 0, skipped: 0, rejected: 7, suppressed: 0, more: 1 });
    expect(orders()).toEqual([
      { number: '1001', email: 'ada@x.dk', day: '2024-01-05', nth: 1, amount: 123_450, currency: 'DKK', data: expect.stringContaining('"products":["Te","Kop"]') },
      { number: '1002', email: 'bo@x.dk', day: '2024-01-06', nth: 1, amount: 1000, currency: 'EUR', data: expect.any(String) },
      { number: 'old', email: 'ada@x.dk', day: '2026-03-02', nth: 2, amount: 100, currency: 'DKK', data: '{}' },
    ]);
    expect(events()).toMatchObject([{ email: 'ada@x.dk', type: 'order_placed', at: Date.UTC(2024, 0, 5, 22, 30), source: 'import', data: { order: '1001', Butik: 'Aarhus' } }, { type: 'order_placed' }]);
    const rejected = readFileSync(rejectsFile!, 'utf8');
    expect(rejected).not.toContain('number. Ordrenr');
    for (const reason of ['There is no contact that this is about', 'does not say when the order was placed', 'does not say the amount', 'has no order number', '""mange"" is not', 'name different amounts']) expect(rejected).toContain(reason);
  });

  test('every row of an order that cannot be taken is named with a reason, in the preview and in the file', async () => {
    const file = csv('Ordrenr.;Ordredato;E-mail;I alt;Varenavn', '1;05-01-2024;ada@x.dk;10,00;Te', '1;99-01-2024;;;Kop', '2;05-01-2024;nobody@x.dk;10,00;Te', '2;;;;Kop');
    const { counts, rejectsFile } = await importAs('orders', file);
    expect(counts).toMatchObject({ rows: 4, rejected: 4 });
    const reasons = readFileSync(rejectsFile!, 'utf8').trim().split(/\r?\n/).slice(1).map((line) => line.replace(/^.*;(\d+);/, '$1 '));
    expect(reasons).toEqual([expect.stringMatching(/^2 "?Line 3, of the same order, cannot be taken: Ordredato: .*99-01-2024/), expect.stringMatching(/^3 "?Ordredato: .*99-01-2024/), '4 There is no contact that this is about. Import the contacts first.', '5 There is no contact that this is about. Import the contacts first.']);
    const calls = importHandlers(workspace);
    const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'orders', useProfile: false });
    expect((await calls['imports.preview']({ file, plan })).problemRows.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
  });

  test('the same file again changes nothing, and a longer one brings what is new', async () => {
    const lines = ['Order Number,Order Date,Billing Email,Order Total', 'A1,2024-01-02 10:00,ada@x.dk,10.00', 'A2,2024-01-03 10:00,ada@x.dk,20.00'];
    await importAs('orders', csv(...lines));
    const before = dump(workspace);
    expect((await importAs('orders', csv(...lines))).counts).toMatchObject({ added: 0, unchanged: 2 });
    expect(dump(workspace)).toBe(before);
    expect((await importAs('orders', csv(...lines, 'A3,2024-01-01,bo@x.dk,5'))).counts).toMatchObject({ added: 1, unchanged: 2 });
  });

  test('an order of another contact with the same number, as from another shop, is rejected and named, not taken for the same', async () => {
    const lines = ['Order Number,Order Date,Email,Total', '1001,2024-01-02,ada@x.dk,10.00'];
    await importAs('orders', csv(...lines));
    const { counts, rejectsFile } = await importAs('orders', csv(...lines, '1002,2024-01-02,ada@x.dk,10.00', '1001,2024-02-02,bo@x.dk,99.00'));
    expect(counts).toMatchObject({ added: 1, unchanged: 1, rejected: 1 });
    expect(readFileSync(rejectsFile!, 'utf8')).toContain('There is an order 1001 already, and it is of another contact.');
  });

  test('by customer number where the plan says so', async () => {
    const { counts } = await importAs('orders', csv('Order Number,Order Date,Customer ID,Total', 'A1,2024-01-02,7,10.00', 'A2,2024-01-02,8,10.00'), { match: ['external_id'] });
    expect(counts).toMatchObject({ added: 1, rejected: 1 });
  });

  test('name their currency by code or mark; one that there is not is rejected with its place and the remedy', async () => {
    const file = csv(
      'Ordrenr.;Ordredato;E-mail;I alt;Valuta',
      '1;05-01-2024;ada@x.dk;10,00;eur',
      '2;05-01-2024;ada@x.dk;10,00;€',
      '3;05-01-2024;ada@x.dk;10,00;kr.',
      '4;05-01-2024;ada@x.dk;10,00;HRK',
      '5;05-01-2024;ada@x.dk;10,00;XYZ',
      '6;05-01-2024;ada@x.dk;10,00;kroner',
      '7;05-01-2024;ada@x.dk;10,00;$',
      '8;05-01-2024;ada@x.dk;10,00;XTS',
      '9;05-01-2024;ada@x.dk;10 kr;EUR',
      '10;05-01-2024;ada@x.dk;10 constructor;',
    );
    const calls = importHandlers(workspace);
    const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'orders', useProfile: false });
    const { problems } = await calls['imports.preview']({ file, plan });
    const { counts, rejectsFile } = await importAs('orders', file);
    expect(counts).toMatchObject({ rows: 10, added: 4, rejected: 6 });
    expect(orders()).toMatchObject([{ currency: 'EUR' }, { currency: 'EUR' }, { currency: 'DKK' }, { currency: 'HRK' }]);
    const rejected = readFileSync(rejectsFile!, 'utf8');
    expect(rejected).toContain('Valuta: There is no currency ""XYZ"". Write its code of three letters (ISO 4217), such as DKK or EUR.');
    expect(rejected).toContain('I alt: ""10 kr"" is not in EUR. Write the amount in EUR, or without a currency.');
    expect(problems).toMatchObject([{ column: 4, count: 4 }, { column: 3, count: 2 }]);
  });

  test('are taken back, and whoever was in a followed segment because of them is out of it', async () => {
    saveSegment(workspace, { key: 'buyers', name: 'Buyers', rule: { kind: 'order', measure: 'count', operator: 'atLeast', value: 1, since: 'ever' }, track: true });
    const members = () => {
      while (keepMemberships(workspace)) continue;
      return rows(workspace.db, `SELECT contact_id AS id FROM segment_members WHERE segment = 'buyers'`);
    };
    expect(members()).toEqual([]);
    const { id } = await importAs('orders', csv('Order Number,Order Date,Email,Total', 'A1,2024-01-02,ada@x.dk,10.00'));
    expect(members()).toEqual([{ id: 1 }]);
    await importHandlers(workspace)['imports.undo']({ import: id });
    expect(members()).toEqual([]);
  });

  test('are taken back, and the orders that stay are counted anew', async () => {
    recordOrder(workspace, { orderKey: 'old', contactId: 1, at: TEST_NOW, amount: 100, source: 'api' });
    const before = orders();
    const { id } = await importAs('orders', csv('Order Number,Order Date,Email,Total', 'A1,2024-01-02,ada@x.dk,10.00', 'A2,2024-01-02,bo@x.dk,10.00'));
    expect(orders()).toHaveLength(3);
    expect(await importHandlers(workspace)['imports.undo']({ import: id })).toMatchObject({ state: 'done', removed: 2 });
    expect(orders()).toEqual(before);
    expect(events()).toEqual([]);
  });
});

describe('events', () => {
  test('with their own time, id and properties; silent unless the plan says otherwise', async () => {
    const file = csv('email,type,date,event id,page,price', 'ada@x.dk,visited_shop,2024-01-02T10:00:00Z,e1,/tea,12.5', 'bo@x.dk,Visited Shop,2024-01-03T10:00:00Z,e2,/cup,', 'ada@x.dk,visited_shop,2024-01-02T10:00:00Z,e1,/tea,12.5', 'bo@x.dk,contact_added,2024-01-03,e3,,', 'bo@x.dk,visited_shop,,e4,,', 'bo@x.dk,!!,2024-01-03,e5,,');
    const { counts } = await importAs('events', file);
    expect(counts).toMatchObject({ rows: 6, added: 2, unchanged: 1, rejected: 3 });
    expect(events()).toEqual([
      { email: 'ada@x.dk', type: 'visited_shop', at: Date.UTC(2024, 0, 2, 10), source: 'import', data: { page: '/tea', price: 12.5 } },
      { email: 'bo@x.dk', type: 'visited_shop', at: Date.UTC(2024, 0, 3, 10), source: 'import', data: { page: '/cup' } },
    ]);
    expect(workspace.woken()).toBe(0);
    await importAs('events', csv('email,type,date', 'ada@x.dk,again,2024-01-02'), { startFlows: true });
    expect(workspace.woken()).toBe(1);
  });

  test('a time in digits alone is milliseconds or a date; a clock time without marks, or seconds, is no year of its own', async () => {
    const { counts } = await importAs('events', csv('email,date', 'ada@x.dk,1704189600000', 'ada@x.dk,20240103', 'ada@x.dk,20240104100000', 'ada@x.dk,202401041000', 'ada@x.dk,1704189600'), { eventType: 'shop_visit' });
    expect(counts).toMatchObject({ added: 2, rejected: 3 });
    expect(events()).toMatchObject([{ at: Date.UTC(2024, 0, 2, 10) }, { at: Date.UTC(2024, 0, 2, 23) }]);
  });

  test('two programs that both count their events from 1: the second one is rejected and named', async () => {
    await importAs('events', csv('email,type,date,event id', 'ada@x.dk,visited_shop,2024-01-02,1'));
    const { counts } = await importAs('events', csv('email,type,date,event id', 'ada@x.dk,called_us,2024-01-02,1', 'bo@x.dk,visited_shop,2024-01-02,1', 'ada@x.dk,visited_shop,2024-01-02,1'));
    expect(counts).toMatchObject({ added: 0, unchanged: 1, rejected: 2 });
  });

  test('without ids they are known again by what they are; two alike in one file are two', async () => {
    const lines = ['email,date,shop', 'ada@x.dk,2024-01-02,Aarhus', 'ada@x.dk,2024-01-02,Aarhus', 'ada@x.dk,2024-01-02,Odense'];
    expect((await importAs('events', csv(...lines), { eventType: 'shop_visit' })).counts).toMatchObject({ added: 3 });
    expect((await importAs('events', csv(...lines), { eventType: 'shop_visit' })).counts).toMatchObject({ added: 0, unchanged: 3 });
  });

  test('an opt-out among them goes into the ledger, and stays when they are taken back', async () => {
    const { id } = await importAs('events', csv('email,type,date', 'ada@x.dk,unsubscribed,2024-01-02'));
    await importHandlers(workspace)['imports.undo']({ import: id });
    expect(rows(workspace.db, 'SELECT state, actor FROM consents')).toEqual([{ state: 'withdrawn', actor: 'import' }]);
  });

  const refused: [string, string[], Partial<ImportPlan>, string][] = [
    ['no type', ['email,date', 'ada@x.dk,2024-01-02'], {}, 'No column says what happened.'],
    ['no time', ['email,type', 'ada@x.dk,x'], {}, 'No column says when it happened.'],
    ['a column of contacts', ['email,type,date', 'ada@x.dk,x,2024-01-02'], { columns: [{ header: 'email', target: { kind: 'attribute', attribute: 'email' } }, { header: 'type', target: { kind: 'tags' } }, { header: 'date', target: { kind: 'event', field: 'at' } }] }, 'The column "type" has no place here: the rows of the file are events.'],
  ];
  test.each(refused)('a plan with %s is refused', async (_, lines, changes, message) => {
    await expect(importAs('events', csv(...lines), changes)).rejects.toThrow(message);
  });
});

test('thousands go in while other calls are answered', async () => {
  const lines = Array.from({ length: 3000 }, (_, n) => `${n % 2 === 0 ? 'ada' : 'bo'}@x.dk,visited,2024-01-${String((n % 28) + 1).padStart(2, '0')},e${n}`);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  expect((await importAs('events', csv('email,type,date,event id', ...lines))).counts).toMatchObject({ added: 3000 });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

test('the command line knows a table of orders from one of events by its header', async () => {
  const kanal = commandLine(workspace);
  const shop = await kanal('event', [csv('Ordrenr.;Dato;E-mail;Beløb', '1;2024-01-02;ada@x.dk;10,00', '2;2024-01-02;nobody@x.dk;10,00')]);
  expect(shop.human).toMatch(/^1 orders recorded from 2 rows, 0 known already, 1 rejected\.\nRejected rows, with the reasons: .*shop-rejected\.csv$/);
  expect((await kanal('event', [csv('email,type,at,order,amount', 'ada@x.dk,order_placed,2024-01-02,77,500')])).human).toBe('1 recorded, 0 known already, 0 rejected.');
  expect((await kanal('event', [folder.write('e.ndjson', '{"email":"bo@x.dk","type":"order_placed","at":"2024-01-02T10:00:00Z","order":"78","amount":500}\n')])).human).toBe('1 recorded, 0 known already, 0 rejected.');
  expect(rows(workspace.db, 'SELECT order_key AS number, amount FROM orders ORDER BY id')).toEqual([{ number: '1', amount: 1000 }, { number: '77', amount: 500 }, { number: '78', amount: 500 }]);
});

test('an order among the events of a file has a currency that there is, however capitalised', async () => {
  const kanal = commandLine(workspace);
  const line = (order: string, currency: string): string => JSON.stringify({ email: 'ada@x.dk', type: 'order_placed', at: '2024-01-02T10:00:00Z', order, amount: 500, currency });
  const { json } = await kanal('event', [folder.write('e.ndjson', [line('1', 'sek'), line('2', 'XYZ'), line('3', '')].join('\n'))]);
  expect(json).toMatchObject({ recorded: 2, rejected: [{ line: 2, code: 'currency-unknown', message: 'There is no currency "XYZ". Write its code of three letters (ISO 4217), such as DKK or EUR.' }] });
  expect(rows(workspace.db, 'SELECT order_key AS number, currency FROM orders ORDER BY id')).toEqual([{ number: '1', currency: 'SEK' }, { number: '3', currency: 'DKK' }]);
});

describe('what columns are taken for', () => {
  const what = (kind: 'events' | 'orders', header: string): string[] =>
    proposeActivityColumns(kind, header.split('|'), [header.split('|').map(() => '1')]).map(({ target }) => (target.kind === 'attribute' ? target.attribute : 'field' in target ? target.field : target.kind));
  test.each([
    ['Shopify', 'orders', 'Name|Email|Financial Status|Paid at|Currency|Total|Lineitem name|Created at', ['number', 'email', 'property', 'property', 'currency', 'amount', 'product', 'at']],
    ['WooCommerce', 'orders', 'Order Number|Order Date|Billing Email|Order Total|Item Name', ['number', 'at', 'email', 'amount', 'product']],
    ['Danish', 'orders', 'Ordrenummer|Dato|E-mail|Kundenr.|Beløb|Valuta|Vare', ['number', 'at', 'email', 'external_id', 'amount', 'currency', 'product']],
    ['Polish', 'orders', 'Numer zamówienia|Data zamówienia|Adres e-mail|Kwota|Waluta|Nazwa produktu', ['number', 'at', 'email', 'amount', 'currency', 'product']],
    ['events', 'events', 'Email|Event|Timestamp|Event ID|Page', ['email', 'type', 'at', 'id', 'property']],
  ] as const)('%s', (_, kind, header, expected) => expect(what(kind, header)).toEqual(expected));
});
