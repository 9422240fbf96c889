// Stories about orders that come in again and say something else: another amount, another state, other products.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportRow } from '../../shared/api.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { keepMemberships } from '../../src-main/runner/memberships.ts';
import { rows } from '../../src-main/store/database.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';
import { commandLine, dump, testFolder, type Folder } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
beforeEach(() => {
  workspace = testWorkspace();
  folder = testFolder();
  addContact(workspace, { email: 'ada@x.dk' });
  addContact(workspace, { email: 'bo@x.dk' });
});
afterEach(() => {
  workspace.close();
  folder.remove();
});

const HEADER = 'Order Number,Order Date,Email,Total,Status,Product';
const csv = (...lines: string[]): string => folder.write('shop.csv', `${[HEADER, ...lines].join('\n')}\n`);

/** Imports as proposed; first dry, which must count the same and leave nothing. */
async function importOrders(...lines: string[]): Promise<ImportRow> {
  const file = csv(...lines);
  const calls = importHandlers(workspace);
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'orders', useProfile: false });
  const run = async (dryRun: boolean) => await calls['imports.wait']({ import: (await calls['imports.start']({ file, plan, rejectsFile: null, dryRun })).import });
  const before = dump(workspace);
  const dry = await run(true);
  const previewed = await calls['imports.preview']({ file, plan });
  expect(dump(workspace)).toBe(before);
  const done = await run(false);
  expect(done).toMatchObject({ state: 'done', counts: dry.counts });
  expect(previewed.counts).toEqual(done.counts);
  return done;
}
const undo = async (id: number) => await importHandlers(workspace)['imports.undo']({ import: id });
const order = (key = 'A1') => rows<{ nth: number; data: string }>(workspace.db, 'SELECT o.at, o.local_day AS day, o.nth, o.amount, o.currency, o.data FROM orders o WHERE o.order_key = ?', key).map((each) => ({ ...each, data: JSON.parse(each.data) as Record<string, unknown> }))[0];
const placed = () => rows<{ data: string }>(workspace.db, `SELECT at, data FROM events WHERE type = 'order_placed'`).map(({ at, data }: { at?: number; data: string }) => ({ at, data: JSON.parse(data) as Record<string, unknown> }));

const PENDING = 'A1,2024-01-02 10:00,ada@x.dk,10.00,pending,Tea';
const PAID = 'A1,2024-01-02 10:00,ada@x.dk,12.50,paid,Cup';
const REFUNDED = 'A1,2024-01-02 10:00,ada@x.dk,0.00,refunded,Cup';

describe('an order that comes again', () => {
  test('with another amount, state and product becomes what it says now, in its event, too, and an event tells of it', async () => {
    await importOrders(PENDING);
    const { counts } = await importOrders(PAID, 'A2,2024-01-03,bo@x.dk,1.00,paid,Tea');
    expect(counts).toMatchObject({ rows: 2, added: 1, updated: 1, unchanged: 0, rejected: 0 });
    expect(order()).toMatchObject({ amount: 1250, data: { Status: 'paid', products: ['Cup'] } });
    expect(placed()[0]!.data).toMatchObject({ order: 'A1', amount: 1250, Status: 'paid', products: ['Cup'] });
    expect(rows(workspace.db, `SELECT type, data ->> '$.before.amount' AS before, data ->> '$.after.amount' AS after, source FROM events WHERE type = 'order_changed'`)).toEqual([{ type: 'order_changed', before: 1000, after: 1250, source: 'import' }]);
    expect((await importOrders(PAID)).counts).toMatchObject({ updated: 0, unchanged: 1 });
  });

  test('is shown before and after, by the columns of the file', async () => {
    await importOrders(PENDING);
    const calls = importHandlers(workspace);
    const file = csv(PAID);
    const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'orders', useProfile: false });
    expect(await calls['imports.preview']({ file, plan })).toMatchObject({
      fields: 3,
      updated: [{ line: 2, name: 'ada@x.dk', contact: 1, changes: [{ label: 'Total', before: expect.stringContaining('10,00'), after: expect.stringContaining('12,50') }, { label: 'Status', before: 'pending', after: 'paid' }, { label: 'Product', before: 'Tea', after: 'Cup' }] }],
    });
  });

  test('keeps what the file says nothing of: an empty cell, a column that is not there, a time of the day', async () => {
    await importOrders(PENDING);
    const before = dump(workspace);
    expect((await importOrders('A1,2024-01-02,ada@x.dk,10.00,,')).counts).toMatchObject({ unchanged: 1 });
    expect(dump(workspace)).toBe(before);
    expect((await importOrders('A1,2024-01-04,ada@x.dk,10.00,,')).counts).toMatchObject({ updated: 1 });
    expect(order()).toMatchObject({ day: '2024-01-04', data: { Status: 'pending', products: ['Tea'] } });
  });

  test('at another time is counted anew among the orders of its contact', async () => {
    await importOrders(PENDING, 'A2,2024-01-03,ada@x.dk,1.00,paid,Tea');
    await importOrders('A1,2024-01-09,ada@x.dk,10.00,pending,Tea');
    expect([order('A1')!.nth, order('A2')!.nth]).toEqual([2, 1]);
  });

  test('moves people between segments that are followed', async () => {
    saveSegment(workspace, { key: 'big', name: 'Big', rule: { kind: 'order', measure: 'sum', operator: 'atLeast', value: 1200, since: 'ever' }, track: true });
    const members = () => {
      while (keepMemberships(workspace)) continue;
      return rows(workspace.db, `SELECT contact_id AS id FROM segment_members WHERE segment = 'big'`);
    };
    await importOrders(PENDING);
    expect(members()).toEqual([]);
    const { id } = await importOrders(PAID);
    expect(members()).toEqual([{ id: 1 }]);
    await undo(id);
    expect(members()).toEqual([]);
  });

  test('otherwise within one file, with other rows between, is rejected with the remedy: the same file would change it back and forth', async () => {
    const other = 'A2,2024-01-03,bo@x.dk,1.00,paid,Tea';
    const done = await importOrders(PENDING, other, PAID, other);
    expect(done.counts).toMatchObject({ added: 2, unchanged: 1, rejected: 1 });
    expect(readFileSync(done.rejectsFile!, 'utf8')).toContain('Sort the file by order number');
    const before = dump(workspace);
    await importOrders(PENDING, other, PAID, other);
    expect(dump(workspace)).toBe(before);
  });

  test('counts the further rows of an order apart', async () => {
    const done = await importOrders(PENDING, 'A1,,,,,Cup', 'A1,,,,,Pot');
    expect(done.counts).toMatchObject({ rows: 3, added: 1, updated: 0, more: 2 });
    expect((await importOrders(PENDING, 'A1,,,,,Cup')).counts).toMatchObject({ rows: 2, updated: 1, more: 1 });
    expect(order()!.data['products']).toEqual(['Tea', 'Cup']);
  });
});

describe('taken back', () => {
  test('a change gives everything as it was before', async () => {
    await importOrders(PENDING, 'A2,2024-01-03,bo@x.dk,1.00,paid,Tea');
    const before = dump(workspace);
    const { id, canUndo } = await importOrders('A1,2024-01-09 10:00,ada@x.dk,12.50,paid,Cup', 'A3,2024-01-01,bo@x.dk,1.00,paid,Tea');
    expect(canUndo).toBe(true);
    expect(await undo(id)).toMatchObject({ state: 'done', removed: 1, restored: 1, kept: 0 });
    expect(dump(workspace)).toBe(before);
  });

  test.each([
    ['the first one first', [0, 1, 2]],
    ['the one between first', [1, 0, 2]],
    ['the last one first', [2, 1, 0]],
    ['the first one last', [1, 2, 0]],
  ])('all of three, %s: nothing is left', async (_, sequence) => {
    const before = dump(workspace);
    const ids = [(await importOrders(PENDING)).id, (await importOrders(PAID)).id, (await importOrders(REFUNDED)).id];
    for (const at of sequence) await undo(ids[at]!);
    expect(dump(workspace)).toBe(before);
  });

  test('what a later import has changed again stays, and is named; what only the one taken back had changed is given back', async () => {
    await importOrders(PENDING);
    const { id } = await importOrders(PAID);
    await importOrders(REFUNDED);
    const { kept, restored, keptList } = await undo(id);
    expect({ kept, restored }).toEqual({ kept: 1, restored: 1 });
    expect(keptList).toMatchObject([{ contact: 1, name: 'ada@x.dk' }]);
    expect(order()).toMatchObject({ amount: 0, data: { Status: 'refunded', products: ['Tea'] } });
  });

  test('an order that came with an import stays where a later one has changed it, and is named', async () => {
    const { id } = await importOrders(PENDING);
    await importOrders(PAID);
    expect(await undo(id)).toMatchObject({ removed: 0, kept: 1, keptList: [{ name: 'ada@x.dk', reason: { text: expect.stringContaining('came with this import') } }] });
    expect(order()).toMatchObject({ amount: 1250 });
  });
});

test('a file of events changes orders likewise, and a line without a time leaves theirs', async () => {
  const kanal = commandLine(workspace);
  const line = (data: object): string => JSON.stringify({ email: 'ada@x.dk', type: 'order_placed', order: 77, amount: 500, ...data });
  await kanal('event', [folder.write('e.ndjson', line({ at: '2024-01-02T10:00:00Z', status: 'pending' }))]);
  const before = dump(workspace);
  const paid = await kanal('event', [folder.write('e.ndjson', line({ status: 'paid' }))]);
  expect(paid.json).toMatchObject({ recorded: 0, changed: 1, known: 0 });
  expect(order('77')).toMatchObject({ at: Date.UTC(2024, 0, 2, 10), data: { status: 'paid' } });
  expect((await kanal('event', [folder.write('e.ndjson', line({ status: 'paid' }))])).json).toMatchObject({ changed: 0, known: 1 });
  const { id } = rows<{ id: number }>(workspace.db, 'SELECT max(id) - 1 AS id FROM imports')[0]!;
  const back = await kanal('undo-import', [String(id)]);
  expect(back.human).toBe(`Import ${id} is taken back: 0 events removed, 1 orders as they were before.`);
  expect(dump(workspace)).toBe(before);
});

test('the command line tells what changed', async () => {
  const kanal = commandLine(workspace);
  await kanal('event', [csv(PENDING)]);
  expect((await kanal('event', [csv(PAID)])).human).toBe('0 orders recorded from 1 rows, 1 changed, 0 known already, 0 rejected.');
});
