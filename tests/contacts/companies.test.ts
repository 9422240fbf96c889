// Companies: names that contacts have in common, however they are written; described, renamed, merged and taken back; filled by
// imports and asked about by rules like any attribute.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { companyKey } from '../../shared/contacts/company.ts';
import { ProblemError } from '../../shared/problem.ts';
import { bulkEditHandlers } from '../../src-main/handlers/bulk-edits.ts';
import { companyHandlers } from '../../src-main/handlers/companies.ts';
import { getContact } from '../../src-main/store/contacts.ts';
import { rows } from '../../src-main/store/database.ts';
import { recordIncoming } from '../../src-main/store/incoming-events.ts';
import { auditEntries } from '../../src-main/store/runner-state.ts';
import { countMatching } from '../../src-main/store/rules.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';
import { importFile, inspect, testFolder } from '../imports/import-fixture.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.close());

const calls = () => companyHandlers(workspace);
const NONE = { domain: null, phone: null, website: null, city: null, country: null, note: null };
const person = (name: string, company?: string): number => addContact(workspace, { email: `${name}@x.dk`, ...(company !== undefined && { company }) });
const companyOf = (id: number) => getContact(workspace, id)?.values['company'];
const list = (input: Partial<Parameters<ReturnType<typeof calls>['companies.list']>[0]> = {}) => calls()['companies.list']({ search: '', sort: 'name', offset: 0, limit: 100, ...input }) as { total: number; rows: { key: string; name: string; contacts: number; orders: number; orderSum: number }[] };
async function finished(answer: unknown): Promise<number> {
  const { bulkEdit } = (await answer) as { bulkEdit: number | null };
  await bulkEditHandlers(workspace)['bulkEdits.wait']({ bulkEdit: bulkEdit! });
  return bulkEdit!;
}
const undo = (bulkEdit: number) => bulkEditHandlers(workspace)['bulkEdits.undo']({ bulkEdit });
const dump = () => JSON.stringify([rows(workspace.db, 'SELECT * FROM contacts ORDER BY id'), rows(workspace.db, 'SELECT * FROM companies ORDER BY key')]);

test.each([['Tea A/S', 'tea a/s'], ['  TEA   a/s ', 'tea a/s'], ['Ørsted', 'ørsted'], ['Cafe\u0301', 'caf\u00e9']])('%s is known as %s', (name, key) => expect(companyKey(name)).toBe(key));

test('the list counts people and orders, however the name is written, and knows companies without people', async () => {
  const ada = person('ada', 'Tea A/S');
  person('bo', 'TEA  a/s');
  person('cy', 'Tea A/S');
  person('di', 'Jam');
  person('ed');
  const order = (contactId: number, n: number, currency: string) => recordIncoming(workspace, { contactId, type: 'order_placed', at: workspace.clock.now(), eventId: null, data: { order: `o${n}`, amount: 1000 * n, currency } });
  order(ada, 1, 'DKK');
  order(ada, 2, 'DKK');
  order(ada, 4, 'EUR');
  await calls()['companies.save']({ key: null, name: 'Bun', details: { ...NONE, city: 'Aarhus' } });
  expect(list()).toEqual({
    total: 3,
    rows: [
      { key: 'bun', name: 'Bun', contacts: 0, orders: 0, orderSum: 0, domain: null, city: 'Aarhus', country: null },
      { key: 'jam', name: 'Jam', contacts: 1, orders: 0, orderSum: 0, domain: null, city: null, country: null },
      { key: 'tea a/s', name: 'Tea A/S', contacts: 3, orders: 2, orderSum: 3000, domain: null, city: null, country: null },
    ],
  });
  expect(list({ sort: 'contacts', limit: 1 }).rows.map(({ name }) => name)).toEqual(['Tea A/S']);
  expect(list({ search: 'aar' }).rows.map(({ name }) => name)).toEqual(['Bun']);
  expect(calls()['companies.get']({ key: 'tea a/s' })).toMatchObject({ spellings: [{ name: 'Tea A/S', contacts: 2 }, { name: 'TEA  a/s', contacts: 1 }] });
  expect(calls()['companies.people']({ key: 'tea a/s', offset: 0, limit: 2 })).toMatchObject({ total: 3, rows: [{ values: { email: 'cy@x.dk' } }, { values: { email: 'bo@x.dk' } }] });
});

test('renaming changes its people, all spellings of it, and its details move with it; taken back, all is as it was', async () => {
  const people = [person('ada', 'Tea'), person('bo', 'TEA'), person('cy', 'Jam')];
  await calls()['companies.save']({ key: 'tea', name: 'Tea', details: { ...NONE, phone: '12' } });
  const before = dump();
  const edit = await finished(calls()['companies.rename']({ key: 'tea', name: 'Nordic Tea' }));
  expect(people.map(companyOf)).toEqual(['Nordic Tea', 'Nordic Tea', 'Jam']);
  expect(calls()['companies.get']({ key: 'nordic tea' })).toMatchObject({ name: 'Nordic Tea', phone: '12', contacts: 2 });
  expect(() => calls()['companies.get']({ key: 'tea' })).toThrow('no company tea');
  expect(() => calls()['companies.rename']({ key: 'jam', name: 'nordic TEA' })).toThrow('Merge the two instead');
  await undo(edit);
  expect(dump()).toBe(before);
});

test('what is refused because another change is under way stands in no audit', async () => {
  person('ada', 'Tea A/S');
  person('bo', 'Jam');
  const first = calls()['companies.rename']({ key: 'tea a/s', name: 'Tea' });
  expect(() => calls()['companies.rename']({ key: 'jam', name: 'Jams' })).toThrow('Another change of many contacts is under way');
  await finished(first);
  expect(auditEntries(workspace, null, null, 10).map(({ action }) => action)).toEqual(['company-renamed']);
});

test('merging moves the people and fills what was not known; what is taken back is whole again', async () => {
  const people = [person('ada', 'Tea'), person('bo', 'Nordic Tea')];
  await calls()['companies.save']({ key: 'tea', name: 'Tea', details: { ...NONE, phone: '12', city: 'Vejle' } });
  await calls()['companies.save']({ key: 'nordic tea', name: 'Nordic Tea', details: { ...NONE, city: 'Aarhus' } });
  const before = dump();
  const edit = await finished(calls()['companies.merge']({ key: 'tea', into: 'nordic tea' }));
  expect(people.map(companyOf)).toEqual(['Nordic Tea', 'Nordic Tea']);
  expect(list()).toMatchObject({ total: 1, rows: [{ name: 'Nordic Tea', contacts: 2, city: 'Aarhus' }] });
  expect(calls()['companies.get']({ key: 'nordic tea' })).toMatchObject({ phone: '12', city: 'Aarhus' });
  expect(() => calls()['companies.merge']({ key: 'nordic tea', into: 'nordic tea' })).toThrow(ProblemError);
  await undo(edit);
  expect(dump()).toBe(before);
});

test('details written since a merge stay when it is taken back', async () => {
  person('ada', 'Tea');
  await calls()['companies.save']({ key: 'tea', name: 'Tea', details: { ...NONE, phone: '12' } });
  await calls()['companies.save']({ key: null, name: 'Jam', details: NONE });
  const edit = await finished(calls()['companies.merge']({ key: 'tea', into: 'jam' }));
  await calls()['companies.save']({ key: 'jam', name: 'Jam', details: { ...NONE, phone: '99' } });
  await undo(edit);
  expect(calls()['companies.get']({ key: 'jam' })).toMatchObject({ phone: '99' });
  expect(calls()['companies.get']({ key: 'tea' })).toMatchObject({ phone: '12', contacts: 1 });
});

test('removing takes its people out of it, and can be taken back', async () => {
  const ada = person('ada', 'Tea');
  await calls()['companies.save']({ key: 'tea', name: 'Tea', details: { ...NONE, note: 'good' } });
  const before = dump();
  const edit = await finished(calls()['companies.remove']({ key: 'tea' }));
  expect([companyOf(ada), list().total]).toEqual([undefined, 0]);
  await undo(edit);
  expect(dump()).toBe(before);
});

test.each(['Company', 'Firma', 'Bedrijfsnaam', 'Nazwa firmy'])('a column %s is matched by an import, and rules ask about it', async (header) => {
  const folder = testFolder();
  try {
    const file = folder.write('a.csv', `email;${header}\nada@x.dk;Tea A/S\nbo@x.dk;tea a/s\n`);
    expect((await inspect(workspace, file)).plan.columns[1]?.target).toEqual({ kind: 'attribute', attribute: 'company' });
    await importFile(workspace, file);
    expect(list().rows).toMatchObject([{ key: 'tea a/s', contacts: 2 }]);
    expect(countMatching(workspace, { kind: 'attribute', attribute: 'company', operator: 'equals', value: 'TEA A/S' })).toBe(2);
  } finally {
    folder.remove();
  }
});
