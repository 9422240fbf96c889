// What a contact's page tells of the past: values with what brought them, the timeline by group and days, the orders.
import { beforeEach, describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../../shared/contacts/event.ts';
import { EVENT_GROUPS, typesOf } from '../../shared/contacts/event-groups.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { contactHandlers } from '../../src-main/handlers/contacts.ts';
import { contactHistoryHandlers } from '../../src-main/handlers/contact-history.ts';
import { setAttributeFor, updateContact } from '../../src-main/store/contacts.ts';
import { insertEnrollment } from '../../src-main/store/enrollments.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { addContact, happen, testWorkspace, TEST_NOW, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
let calls: ReturnType<typeof contactHistoryHandlers>;
let ada: number;

beforeEach(() => {
  workspace = testWorkspace();
  calls = contactHistoryHandlers(workspace);
  ada = addContact(workspace, { email: 'ada@example.com', first_name: 'Ada' });
});

const later = (ms: number) => workspace.clock.setTo(workspace.clock.now() + ms);
const history = (attribute: string, limit = 100) => calls['contacts.history']({ id: ada, attribute, limit });

describe('the values an attribute had', () => {
  test('are told with old, new, when and by what, back to the one that the contact came with', () => {
    const flow = insertFlow(workspace, flowSchema.parse({ name: 'Baptism' }));
    later(HOUR);
    updateContact(workspace, ada, { first_name: 'Augusta', last_name: 'King' }, { source: 'user' });
    later(HOUR);
    setAttributeFor(workspace, [{ contactId: ada }], 'first_name', 'Ada Augusta', { source: 'flow', flowId: flow });
    expect(history('first_name')).toMatchObject([
      { old: 'Augusta', now: 'Ada Augusta', at: TEST_NOW + 2 * HOUR, source: 'flow', flow: 'Baptism', importFile: null },
      { old: 'Ada', now: 'Augusta', at: TEST_NOW + HOUR, source: 'user', flow: null },
      { old: null, now: 'Ada', at: TEST_NOW, source: 'user' },
    ]);
    expect(history('last_name')).toMatchObject([{ old: null, now: 'King' }]);
    expect(history('phone')).toEqual([]);
  });

  test('name the file of an import', () => {
    workspace.db.prepare(`INSERT INTO imports (id, file_name, file_hash, plan, state, counts, started_at) VALUES (5, 'march.csv', 'x', '{}', 'done', '{}', 0)`).run();
    updateContact(workspace, ada, { first_name: 'A.' }, { source: 'import', importId: 5 });
    expect((history('first_name') as { importFile: string }[])[0]).toMatchObject({ old: 'Ada', now: 'A.', importFile: 'march.csv', source: 'import' });
  });

  test('are told of what was cleared, and of events that carry values under "attributes"', () => {
    updateContact(workspace, ada, { first_name: null }, { source: 'user' });
    happen(workspace, ada, 'contact_added', { data: { attributes: { last_name: [null, 'Byron'] } } });
    expect(history('first_name')).toMatchObject([{ old: 'Ada', now: null }, { old: null, now: 'Ada' }]);
    expect(history('last_name')).toMatchObject([{ old: null, now: 'Byron' }]);
  });

  test('of an attribute that is not there, or of nobody, are refused', () => {
    expect(() => history('nonsense')).toThrow(/no attribute nonsense/);
    expect(() => calls['contacts.history']({ id: 99, attribute: 'email', limit: 10 })).toThrow(/no contact number 99/);
  });

  test('end where the page does, without an invented beginning', () => {
    for (const name of ['B', 'C', 'D']) updateContact(workspace, ada, { first_name: name }, { source: 'user' });
    expect(history('first_name', 2)).toMatchObject([{ now: 'D' }, { now: 'C' }]);
  });
});

describe('the timeline', () => {
  const timeline = (asked: Partial<Parameters<(typeof calls)['contacts.timeline']>[0]> = {}) => (calls['contacts.timeline']({ id: ada, group: 'all', from: null, until: null, before: null, limit: 100, ...asked }) as { id: number; type: string }[]);
  const types = (asked: Parameters<typeof timeline>[0]) => timeline(asked).map(({ type }) => type);

  test('is read by group: each event in exactly one of them', () => {
    for (const type of [...EVENT_TYPES, 'page_viewed']) happen(workspace, ada, type);
    const groups = EVENT_GROUPS.filter((group) => group !== 'all');
    const found = groups.flatMap((group) => timeline({ group }).map(({ id }) => id));
    expect([...found].sort((a, b) => a - b)).toEqual(timeline().map(({ id }) => id).sort((a, b) => a - b));
    expect(types({ group: 'messages' })).toContain('message_opened');
    expect(types({ group: 'people' })).toEqual(['note_added', 'task_closed', 'task_decided', 'task_created']);
    expect(types({ group: 'other' })).toEqual(['page_viewed']);
    expect(types({ group: 'orders' })).toEqual(['order_changed', 'order_placed']);
  });

  test('puts whatever the program records itself into a group of its own kind', () => {
    const known = EVENT_GROUPS.flatMap((group) => { const asked = typesOf(group); return 'only' in asked ? asked.only : []; });
    expect(EVENT_TYPES.filter((type) => !known.includes(type))).toEqual([]);
  });

  test('is read between two instants, and page by page', () => {
    for (let day = 1; day <= 5; day++) happen(workspace, ada, 'visit', { at: TEST_NOW + day * DAY, data: { day } });
    expect(timeline({ from: TEST_NOW + 2 * DAY, until: TEST_NOW + 4 * DAY })).toMatchObject([{ data: { day: 3 } }, { data: { day: 2 } }]);
    const first = timeline({ group: 'other', limit: 2 });
    expect(first).toMatchObject([{ data: { day: 5 } }, { data: { day: 4 } }]);
    expect(timeline({ group: 'other', limit: 2, before: first[1]!.id })).toMatchObject([{ data: { day: 3 } }, { data: { day: 2 } }]);
  });
});

describe('the orders', () => {
  const orders = (asked: { before?: number; limit?: number } = {}) => calls['contacts.orders']({ id: ada, before: asked.before ?? null, limit: asked.limit ?? 50 }) as { rows: { id: number }[] };

  test('come with their sum by currency, count, first and last, and their number', () => {
    for (const [key, amount, day, currency] of [['A', 10_00, 1, 'DKK'], ['B', 25_50, 3, 'DKK'], ['C', 5_00, 2, 'EUR']] as const) recordOrder(workspace, { orderKey: key, contactId: ada, at: TEST_NOW + day * DAY, amount, currency, source: 'api', data: { product: key } });
    expect(orders()).toMatchObject({
      count: 3,
      first: TEST_NOW + DAY,
      last: TEST_NOW + 3 * DAY,
      sums: [{ currency: 'DKK', amount: 35_50 }, { currency: 'EUR', amount: 5_00 }],
      rows: [{ key: 'B', nth: 3, amount: 25_50 }, { key: 'C', nth: 2 }, { key: 'A', nth: 1, data: { product: 'A' } }],
    });
    const [first] = orders({ limit: 1 }).rows;
    expect(orders({ before: first!.id }).rows).toMatchObject([{ key: 'C' }, { key: 'A' }]);
  });

  test('of who never bought are none', () => {
    expect(orders()).toEqual({ count: 0, first: null, last: null, sums: [], rows: [] });
  });
});

test('of very many passages through flows the page has those that are still being gone, the latest of the others, and how many there are', async () => {
  const [stays, comes] = ['Stays', 'Comes'].map((name) => insertFlow(workspace, flowSchema.parse({ name })));
  const enter = (flowId: number, state: 'active' | 'finished', n: number) => {
    const id = insertEnrollment(workspace, { flowId, contactId: ada, entryKey: '', triggerId: 't', state, stepId: null, stepEnteredAt: n, stepShift: 0, stepAfterEvent: 0, started: true, dueAt: null, visit: 1, messageResult: null, exitReason: null, enteredAt: n });
    if (state === 'finished') workspace.db.prepare('UPDATE enrollments SET left_at = ? WHERE id = ?').run(n, id);
  };
  enter(stays!, 'active', 1);
  for (let n = 2; n <= 340; n++) enter(comes!, 'finished', n);
  const { flows, passages } = await contactHandlers(workspace)['contacts.get']({ id: ada });
  expect(passages).toBe(340);
  expect([flows.length, flows[0]!.flowName, flows[0]!.state, flows[1]!.enteredAt, flows.at(-1)!.enteredAt]).toEqual([200, 'Stays', 'active', 340, 142]);
});
