// By what contacts are found, what becomes of rows about the same person, and what each column does to what is there.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { importPlanSchema, type ColumnTarget, type ImportPlan, type PlanColumn } from '../../shared/contacts/import-plan.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { rows } from '../../src-main/store/database.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { contactsIn, dump, importFile, state, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

const csv = (...lines: string[]): string => folder.write('people.csv', `${lines.join('\n')}\n`);
const people = (): unknown[] => rows(workspace.db, 'SELECT email, phone, external_id AS id, first_name AS name FROM contacts ORDER BY contacts.id');

/** Imports, and first asks for the dry run, which must say the same. */
async function importAs(file: string, changes: Partial<ImportPlan>) {
  const before = dump(workspace);
  const dry = await importFile(workspace, file, changes, { dryRun: true });
  expect(dump(workspace)).toBe(before);
  const real = await importFile(workspace, file, changes);
  expect(dry.counts).toEqual(real.counts);
  return real;
}

/** A plan's columns with something said about one of them. */
async function columnsWith(file: string, header: string, change: Partial<PlanColumn>): Promise<PlanColumn[]> {
  const { plan } = await importHandlers(workspace)['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: false });
  return plan.columns.map((column) => (column.header === header ? { ...column, ...change } : column));
}

describe('contacts are found', () => {
  beforeEach(() => {
    addContact(workspace, { email: 'ada@x.dk', external_id: '1', phone: '+4520123456', first_name: 'Ada' });
    addContact(workspace, { email: null, external_id: '2', first_name: 'Bo' });
    addContact(workspace, { email: 'cy@x.dk', phone: '+4520777777', first_name: 'Cy' });
    addContact(workspace, { email: 'di@x.dk', phone: '+4520777777', first_name: 'Di' });
  });

  test('by external id first, else by address; whoever is new is added, with or without an address', async () => {
    const file = csv('email;external_id;first_name', 'new-ada@x.dk;1;Ada 2', 'bo@x.dk;2;Bo 2', 'cy@x.dk;3;Cy 2', ';4;Eve', 'flo@x.dk;;Flo', ';;Nobody');
    const { counts } = await importAs(file, { match: ['external_id', 'email'] });
    expect(counts).toMatchObject({ rows: 6, added: 2, updated: 3, rejected: 1 });
    expect(people()).toEqual([
      { email: 'new-ada@x.dk', phone: '+4520123456', id: '1', name: 'Ada 2' },
      { email: 'bo@x.dk', phone: null, id: '2', name: 'Bo 2' },
      { email: 'cy@x.dk', phone: '+4520777777', id: '3', name: 'Cy 2' },
      { email: 'di@x.dk', phone: '+4520777777', id: null, name: 'Di' },
      { email: null, phone: null, id: '4', name: 'Eve' },
      { email: 'flo@x.dk', phone: null, id: null, name: 'Flo' },
    ]);
    expect((await importAs(file, { match: ['external_id', 'email'] })).counts).toMatchObject({ unchanged: 5, rejected: 1 });
  });

  test('by phone, in any spelling; where two have the same, the row is refused', async () => {
    const file = csv('phone;first_name', '20 12 34 56;Ada 2', '+45 20 77 77 77;Who', '+4520888888;New');
    const done = await importAs(file, { match: ['phone'] });
    expect(done.counts).toMatchObject({ added: 1, updated: 1, rejected: 1 });
    expect(people()).toContainEqual({ email: null, phone: '+4520888888', id: null, name: 'New' });
  });

  test('by address alone, whoever has only a number is told of the other way', async () => {
    const file = csv('email;phone;first_name', ';+4520999999;Eve', ';;Nobody');
    const { rejectsFile } = await importAs(file, { match: ['email'] });
    const reasons = readFileSync(rejectsFile!, 'utf8');
    expect(reasons).toContain('Eve;2;The row has no e-mail address. Fill it in, or have people found by their phone number, too.');
    expect(reasons).toContain('Nobody;3;The row has no e-mail address. Fill it in.');
  });

  test('an address that somebody else has is refused, not taken over', async () => {
    const { counts } = await importAs(csv('email;external_id', 'cy@x.dk;1', 'di@x.dk;9'), { match: ['external_id'] });
    expect(counts).toMatchObject({ rejected: 2 });
    expect(people()).toMatchObject([{ email: 'ada@x.dk', id: '1' }, { id: '2' }, { email: 'cy@x.dk', id: null }, { email: 'di@x.dk', id: null }]);
  });

  test('rows of one file about the same person by different keys, near and far', async () => {
    const filler = Array.from({ length: 1500 }, (_, n) => `p${n}@x.dk;${1000 + n};P`);
    const { counts } = await importAs(csv('email;external_id;first_name', 'gus@x.dk;;Gus', 'gus@x.dk;77;', ...filler, 'gus2@x.dk;77;Gus 2'), { match: ['external_id', 'email'] });
    expect(counts).toMatchObject({ added: 1501, updated: 2, unchanged: 0 });
    expect(people()).toContainEqual({ email: 'gus2@x.dk', phone: null, id: '77', name: 'Gus 2' });
  });

  test('a key without a column is refused before anything happens', async () => {
    await expect(importFile(workspace, csv('email', 'ada@x.dk'), { match: ['external_id', 'email'] })).rejects.toThrow('No column of people.csv is known as external_id');
  });
});

describe('rows about the same person', () => {
  const file = () => csv('email;first_name;last_name', 'ada@x.dk;One;L', 'bo@x.dk;Bo;', 'not an address;Bad;', 'ADA@x.dk;Two;', 'ada@x.dk;Three;M', 'bo@x.dk;Bo 2;B');
  const cases = [
    ['merge', { added: 2, updated: 2, unchanged: 1, skipped: 0 }, [{ first_name: 'Three', last_name: 'M' }, { first_name: 'Bo 2', last_name: 'B' }]],
    ['first', { added: 2, updated: 0, skipped: 3 }, [{ first_name: 'One', last_name: 'L' }, { first_name: 'Bo', last_name: null }]],
    ['last', { added: 2, updated: 0, skipped: 3 }, [{ first_name: 'Three', last_name: 'M' }, { first_name: 'Bo 2', last_name: 'B' }]],
  ] as const;
  test.each(cases)('%s', async (duplicates, counts, expected) => {
    expect((await importAs(file(), { duplicates })).counts).toMatchObject({ rows: 6, rejected: 1, ...counts });
    expect(rows(workspace.db, 'SELECT first_name, last_name FROM contacts ORDER BY email')).toEqual(expected);
  });

  test('"first" takes everyone who is there once, in a file of thousands', async () => {
    const many = Array.from({ length: 5000 }, (_, n) => `p${n}@x.dk;P${n}`);
    const { counts } = await importAs(csv('email;first_name', ...many, ...many.slice(100, 200)), { duplicates: 'first' });
    expect(counts).toMatchObject({ rows: 5100, added: 5000, skipped: 100 });
  });
});

describe('what a column does to a value that is there', () => {
  const cases = [
    ['keep', { a_city: 'Old', a_note: null }],
    ['fill', { a_city: 'Old', a_note: 'new' }],
    ['overwrite', { a_city: 'New', a_note: 'new' }],
    ['append', { a_city: 'Old; New', a_note: 'new' }],
  ] as const;
  test.each(cases)('%s', async (existing, expected) => {
    for (const key of ['city', 'note']) addAttribute(workspace, { key, label: key, kind: 'text' });
    addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada', city: 'Old' });
    const file = csv('email;first_name;city;note', 'ada@x.dk;Given;New;new', 'bo@x.dk;Bo;New;new');
    const columns = (await columnsWith(file, 'city', { existing })).map((column) => (column.header === 'note' ? { ...column, existing } : column));
    await importAs(file, { columns, existing: 'skip' });
    expect(contactsIn(workspace)).toMatchObject({ 'ada@x.dk': { first_name: 'Ada', ...expected }, 'bo@x.dk': { first_name: 'Bo', a_city: 'New', a_note: 'new' } });
    expect((await importAs(file, { columns, existing: 'skip' })).counts).toMatchObject({ updated: 0 });
  });

  test('append puts choices and lists together, each once, also over several rows', async () => {
    addAttribute(workspace, { key: 'likes', label: 'Likes', kind: 'choices' });
    addContact(workspace, { email: 'ada@x.dk', likes: ['tea', 'cake'] });
    const file = csv('email,likes', 'ada@x.dk,cake; jam', 'ada@x.dk,rye');
    const columns = await columnsWith(file, 'likes', { existing: 'append' });
    await importAs(file, { columns });
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject({ a_likes: '["tea","cake","jam","rye"]' });
  });

  test('nothing can be put behind a number or an address', async () => {
    addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
    const file = csv('email;points', 'ada@x.dk;1');
    for (const header of ['points', 'email']) {
      await expect(importFile(workspace, file, { columns: await columnsWith(file, header, { existing: 'append' }) })).rejects.toThrow(`Nothing can be put behind a value of the column "${header}"`);
    }
  });

  test('D28: an opt-out is heard even of those who are left alone', async () => {
    addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada', consent: ['email'] });
    addContact(workspace, { email: 'bo@x.dk', first_name: 'Bo' });
    const { counts } = await importAs(csv('email;first_name;consent', 'ada@x.dk;New;no', 'bo@x.dk;New;yes'), { existing: 'skip', consent: { channel: 'email', source: 'fair' } });
    expect(counts).toMatchObject({ updated: 1, skipped: 1 });
    expect(state(workspace).contacts).toMatchObject([{ values: { first_name: 'Ada' }, consents: [{ state: 'withdrawn' }] }, { values: { first_name: 'Bo' }, consents: [] }]);
  });
});

describe('what a cell is taken for', () => {
  test('another value, or none; exactly as the plan says it', async () => {
    addAttribute(workspace, { key: 'sex', label: 'Sex', kind: 'choice', choices: ['Female', 'Male'] });
    const file = csv('email;sex', 'ada@x.dk; f ', 'bo@x.dk;m', 'cy@x.dk;?', 'di@x.dk;Female', 'eve@x.dk;x');
    const columns = await columnsWith(file, 'sex', { values: { f: 'Female', m: 'Male', '?': '' } });
    expect((await importAs(file, { columns })).counts).toMatchObject({ added: 4, rejected: 1 });
    expect(rows(workspace.db, 'SELECT a_sex AS sex FROM contacts ORDER BY email')).toEqual([{ sex: 'Female' }, { sex: 'Male' }, { sex: null }, { sex: 'Female' }]);
  });

  const statuses = ['a@x.dk;subscribed', 'b@x.dk;Unsubscribed', 'c@x.dk;cleaned', 'd@x.dk;non-subscribed', 'e@x.dk;', 'f@x.dk;inactive', 'g@x.dk;pending', 'h@x.dk;gold'];
  const status = (more: object): ColumnTarget => importPlanSchema.shape.columns.element.shape.target.parse({ kind: 'status', channel: 'email', ...more });
  const given = { consent: { channel: 'email', source: 'the old program' } } as const;
  const consents = (): unknown => Object.fromEntries(rows<{ email: string; state: string }>(workspace.db, 'SELECT c.email, k.state FROM consents k JOIN contacts c ON c.id = k.contact_id ORDER BY 1').map(({ email, state: what }) => [email[0], what]));

  test('D28: a status: given, withdrawn, or neither; what is not known is refused', async () => {
    const file = csv('email;Status', ...statuses);
    const { counts } = await importAs(file, { columns: await columnsWith(file, 'Status', { target: status({}) }), ...given });
    expect(counts).toMatchObject({ added: 7, rejected: 1 });
    expect(consents()).toEqual({ a: 'given', b: 'withdrawn', c: 'withdrawn', f: 'withdrawn' });
  });

  test('a status with words of one\'s own, and the unknown passed over; without a source only opt-outs count', async () => {
    const file = csv('email;Status', ...statuses);
    const columns = await columnsWith(file, 'Status', { target: status({ words: { Gold: 'given', inactive: 'none' }, unknown: 'ignore' }) });
    expect((await importAs(file, { columns })).counts).toMatchObject({ added: 8, rejected: 0 });
    expect(consents()).toEqual({ b: 'withdrawn', c: 'withdrawn' });
    expect((await importAs(file, { columns, ...given })).counts).toMatchObject({ updated: 2, unchanged: 6 });
    expect(consents()).toEqual({ a: 'given', b: 'withdrawn', c: 'withdrawn', h: 'given' });
  });

  test('a column of opt-outs withdraws where it says yes, and gives nothing where it says no', async () => {
    addContact(workspace, { email: 'ada@x.dk', consent: ['email'] });
    await importFile(workspace, csv('email;Unsubscribed', 'ada@x.dk;yes', 'bo@x.dk;no', 'cy@x.dk;true'), given);
    expect(consents()).toMatchObject({ a: 'withdrawn', c: 'withdrawn' });
    expect(contactsIn(workspace)['bo@x.dk']).toBeDefined();
  });
});
