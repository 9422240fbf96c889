// What a row does to a contact that is there already: values, tags, consent, suppression.
import { beforeEach, describe, expect, test } from 'vitest';
import { rows } from '../../src-main/store/database.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { contactsIn, eventCounts, importFile, type Folder, recorded, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

const csv = (...lines: string[]): string => folder.write('people.csv', `${lines.join('\n')}\n`);
const events = (type: string): unknown[] => recorded(workspace).filter((event) => event.type === type).map(({ data }) => data);

describe('existing values', () => {
  const cases = [
    ['update', { first_name: 'New', last_name: 'Known', language: 'da' }, { updated: 1 }],
    ['fill', { first_name: 'Old', last_name: 'Known', language: 'da' }, { updated: 1 }],
    ['skip', { first_name: 'Old', last_name: 'Known', language: null }, { skipped: 1 }],
  ] as const;
  test.each(cases)('%s', async (existing, values, counts) => {
    addContact(workspace, { email: 'ada@x.dk', first_name: 'Old', last_name: 'Known' });
    const result = await importFile(workspace, csv('email;first_name;last_name;language', 'ADA@x.dk;New;;da', 'bo@x.dk;Bo;;'), { existing });
    expect(result.counts).toMatchObject({ rows: 2, added: 1, ...counts });
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject(values);
  });

  test('all changes of a row are one event, with old and new, and of the import', async () => {
    addContact(workspace, { email: 'ada@x.dk', first_name: 'Old' });
    const { id } = await importFile(workspace, csv('email;first_name;score', 'ada@x.dk;New;1,5'));
    expect(rows(workspace.db, `SELECT source, import_id, data FROM events WHERE type = 'attributes_changed'`)).toEqual([
      { source: 'import', import_id: id, data: JSON.stringify({ changes: { first_name: ['Old', 'New'], score: [null, 1.5] } }) },
    ]);
  });
});

describe('the same person more than once in a file', () => {
  test('is one contact: the last row that says something wins, and the counts say what each row did', async () => {
    const file = csv('email;first_name;last_name;score', 'ada@x.dk;One;Lovelace;1', ' ADA@X.DK ;Two;;', 'Ada <ada@x.dk>;;;3', 'ada@x.dk;;;', 'mailto:ada@x.dk;Bad;;nothing', 'bo@x.dk;;;4');
    const first = await importFile(workspace, file, { columns: [
      { header: 'email', target: { kind: 'attribute', attribute: 'email' } },
      { header: 'first_name', target: { kind: 'attribute', attribute: 'first_name' } },
      { header: 'last_name', target: { kind: 'attribute', attribute: 'last_name' } },
      { header: 'score', target: { kind: 'newAttribute', attribute: 'score', label: 'score', attributeKind: 'number' } },
    ] });
    expect(first.counts).toMatchObject({ rows: 6, added: 2, updated: 2, unchanged: 1, rejected: 1 });
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject({ first_name: 'Two', last_name: 'Lovelace', a_score: 3 });
    expect(eventCounts(workspace)).toEqual({ contact_added: 2, attributes_changed: 2 });
    const again = await importFile(workspace, file);
    expect(again.counts).toMatchObject({ rows: 6, added: 0, updated: 0, unchanged: 5, rejected: 1 });
  });

  test('also where its rows are far apart, and in a dry run', async () => {
    const middle = Array.from({ length: 3000 }, (_, n) => `p${n}@x.dk;P${n}`);
    const file = csv('email;first_name', 'ada@x.dk;One', ...middle, 'ada@x.dk;Two', ...middle.slice(0, 10));
    const dry = await importFile(workspace, file, {}, { dryRun: true });
    const real = await importFile(workspace, file);
    expect(real.counts).toMatchObject({ rows: 3012, added: 3001, updated: 1, unchanged: 10 });
    expect(dry.counts).toEqual(real.counts);
  });
});

describe('a row without an address', () => {
  test('is about the contact without one that has its external id or phone; it makes nobody', async () => {
    addContact(workspace, { external_id: '0042', email: null });
    addContact(workspace, { phone: '+4520123456', email: null });
    addContact(workspace, { external_id: '7', email: 'has@x.dk' });
    const { counts } = await importFile(workspace, csv('email;external_id;phone;first_name', ';0042;;Ada', ';;20 12 34 56;Bo', ';7;;Not', ';99;;Nobody', 'x@x.dk;;;X'));
    expect(counts).toMatchObject({ rows: 5, added: 1, updated: 2, rejected: 2 });
    expect(rows(workspace.db, 'SELECT first_name FROM contacts ORDER BY id')).toEqual([{ first_name: 'Ada' }, { first_name: 'Bo' }, { first_name: null }, { first_name: 'X' }]);
  });
});

describe('tags', () => {
  test('of a column and of the plan; each once, with an event; none is taken away', async () => {
    addContact(workspace, { email: 'ada@x.dk', tags: ['old', 'R&D'] });
    const { counts } = await importFile(workspace, csv('email;Tags', 'ada@x.dk;R&D|a, b|vip', 'bo@x.dk;"x; y"', 'cy@x.dk;p,q', 'di@x.dk;'), { tags: ['2026'] });
    expect(counts).toMatchObject({ added: 3, updated: 1 });
    expect(rows(workspace.db, `SELECT c.email, group_concat(t.name, '/' ORDER BY t.name) AS tags FROM contact_tags x JOIN contacts c ON c.id = x.contact_id JOIN tags t ON t.id = x.tag_id GROUP BY 1 ORDER BY 1`)).toEqual([
      { email: 'ada@x.dk', tags: '2026/R&D/a, b/old/vip' },
      { email: 'bo@x.dk', tags: '2026/x/y' },
      { email: 'cy@x.dk', tags: '2026/p/q' },
      { email: 'di@x.dk', tags: '2026' },
    ]);
    expect(events('tag_added').slice(2)).toContainEqual({ tag: 'a, b' });
    expect((await importFile(workspace, folder.path('people.csv'), { tags: ['2026'] })).counts).toMatchObject({ unchanged: 4 });
  });
});

describe('consent', () => {
  const states = (): unknown[] => rows(workspace.db, `SELECT c.email, k.state, k.source FROM consents k JOIN contacts c ON c.id = k.contact_id ORDER BY k.id`);
  const source = { consent: { channel: 'email', source: 'the form of 2024' } } as const;

  test('no file raises it without a stated source; its opt-outs count all the same', async () => {
    await importFile(workspace, csv('email;Nyhedsbrev', 'ada@x.dk;ja', 'bo@x.dk;nej', 'cy@x.dk;'));
    expect(states()).toEqual([{ email: 'bo@x.dk', state: 'withdrawn', source: 'people.csv: Nyhedsbrev' }]);
  });

  test('a column decides row by row; the source, the file and the import are kept', async () => {
    const { id } = await importFile(workspace, csv('email;Zgoda', 'ada@x.dk;Tak', 'bo@x.dk;Nie', 'cy@x.dk;'), source);
    expect(states()).toEqual([{ email: 'ada@x.dk', state: 'given', source: 'the form of 2024' }, { email: 'bo@x.dk', state: 'withdrawn', source: 'people.csv: Zgoda' }]);
    expect(rows(workspace.db, 'SELECT DISTINCT file, import_id, actor FROM consents')).toEqual([{ file: 'people.csv', import_id: id, actor: 'import' }]);
    expect(events('consent_given')).toEqual([{ channel: 'email', source: 'the form of 2024' }]);
  });

  test('without a column, the plan gives it to every row, and nobody twice', async () => {
    const file = csv('email', 'ada@x.dk', 'bo@x.dk');
    await importFile(workspace, file, source);
    const again = await importFile(workspace, file, { consent: { channel: 'email', source: 'another word for it' } });
    expect(again.counts).toMatchObject({ unchanged: 2 });
    expect(states()).toHaveLength(2);
  });

  test('a withdrawal is never lifted, and counted', async () => {
    const id = addContact(workspace, { email: 'ada@x.dk' });
    recordConsent(workspace, { contactId: id, channel: 'email', given: false, source: 'link in a mail', actor: 'channel' });
    const { counts } = await importFile(workspace, csv('email;consent', 'ada@x.dk;yes', 'bo@x.dk;yes'), source);
    expect(counts).toMatchObject({ rows: 2, added: 1, unchanged: 1, suppressed: 1 });
    expect(states()).toEqual([{ email: 'ada@x.dk', state: 'withdrawn', source: 'link in a mail' }, { email: 'bo@x.dk', state: 'given', source: 'the form of 2024' }]);
  });

  test('words of other programs are taken exactly: "inactive" is not "active", "pending" is neither', async () => {
    const file = csv('email;Status', 'a@x.dk;subscribed', 'b@x.dk;Unsubscribed', 'c@x.dk;active', 'd@x.dk;inactive', 'e@x.dk;pending');
    const { counts } = await importFile(workspace, file, source);
    expect(counts).toMatchObject({ added: 5, rejected: 0 });
    expect(states()).toMatchObject([{ state: 'given' }, { state: 'withdrawn' }, { state: 'given' }, { state: 'withdrawn' }]);
  });
});

describe('suppression', () => {
  beforeEach(() => {
    for (const address of ['gone@x.dk', 'here@x.dk']) addSuppression(workspace, { channel: 'email', address, reason: 'asked', source: 'user' });
    addContact(workspace, { email: 'here@x.dk', first_name: 'Old' });
  });

  test('a suppressed address makes no new contact; one who is there is updated, without consent', async () => {
    const { counts } = await importFile(workspace, csv('email;first_name', 'gone@x.dk;Gone', 'Here@x.dk;New', 'new@x.dk;New'), { consent: { channel: 'email', source: 'fair' } });
    expect(counts).toEqual({ rows: 3, added: 1, updated: 1, unchanged: 0, skipped: 1, rejected: 0, suppressed: 2 });
    expect(Object.keys(contactsIn(workspace))).toEqual(['here@x.dk', 'new@x.dk']);
    expect(rows(workspace.db, 'SELECT c.email FROM consents k JOIN contacts c ON c.id = k.contact_id')).toEqual([{ email: 'new@x.dk' }]);
    expect(rows(workspace.db, 'SELECT count(*) AS n FROM suppressions')).toEqual([{ n: 2 }]);
  });
});

test('flows hear of an import only when it says so', async () => {
  await importFile(workspace, csv('email', 'ada@x.dk'));
  expect(workspace.woken()).toBe(0);
  const { id } = await importFile(workspace, csv('email', 'bo@x.dk'), { startFlows: true });
  expect(workspace.woken()).toBe(1);
  expect(rows(workspace.db, `SELECT json_extract(plan, '$.startFlows') AS starts FROM imports ORDER BY id`)).toEqual([{ starts: 0 }, { starts: 1 }]);
  expect(rows(workspace.db, 'SELECT type FROM events WHERE import_id = ?', id)).toEqual([{ type: 'contact_added' }]);
});
