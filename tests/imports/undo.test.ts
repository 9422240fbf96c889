// Stories about imports that are taken back: the workspace is as it was, but for what anybody has built on them since.
import { describe, expect, test } from 'vitest';
import type { ImportUndo } from '../../shared/contacts/import-plan.ts';
import { inEnglish } from '../../shared/text.ts';
import { HOUR } from '../../shared/time.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { mergeContacts } from '../../src-main/runner/merging.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { rows, run } from '../../src-main/store/database.ts';
import { planMessages } from '../../src-main/store/planned-messages.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { addContact, happen, type TestWorkspace } from '../workspace-fixture.ts';
import { contactsIn, importFile, state, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

const csv = (...lines: string[]): string => folder.write('people.csv', `${lines.join('\n')}\n`);
const later = (): void => workspace.clock.setTo(workspace.clock.now() + HOUR);
async function undo(id: number): Promise<ImportUndo> {
  later();
  return await importHandlers(workspace)['imports.undo']({ import: id });
}
const reasons = (undone: ImportUndo): string[] => undone.keptList.map(({ name, reason }) => `${name}: ${inEnglish(reason)}`);
const source = { consent: { channel: 'email', source: 'the fair' } } as const;

describe('right after an import, taking it back leaves the workspace as it was', () => {
  test('values of all kinds, tags and consents that it changed, contacts and tags that it made', async () => {
    addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada', tags: ['old'], consent: ['email'] });
    addContact(workspace, { email: 'bo@x.dk', phone: '+4520123456' });
    addContact(workspace, { email: 'cy@x.dk', consent: ['sms'] });
    addSuppression(workspace, { channel: 'email', address: 'bo@x.dk', reason: 'asked', source: 'user' });
    const header = 'email;first_name;phone;Points;Born;Seen;Club;Tags;email_consent';
    await importFile(workspace, csv(header, 'ada@x.dk;Ada;;10;1990-01-02;2024-05-06 07:08;ja;old;'));
    const before = state(workspace);
    const { id, counts, canUndo } = await importFile(
      workspace,
      csv(header, 'ada@x.dk;Adele;20 99 99 99;20,5;1991-01-02;2025-05-06 07:08;nej;new|old;no', 'bo@x.dk;Bo;20 77 77 77;;;;;;yes', 'di@x.dk;Di;;3;;;ja;fresh;yes', 'cy@x.dk;;;;;;;;yes', 'ada@x.dk;Third;;30;;;;fresh;'),
      { ...source, tags: ['batch'] },
    );
    expect(counts).toMatchObject({ added: 1, updated: 4 });
    expect(canUndo).toBe(true);
    expect(state(workspace)).not.toEqual(before);
    expect(await undo(id)).toMatchObject({ state: 'done', removed: 1, restored: 3, kept: 0, keptList: [], inFlows: 0, tags: 5, consents: 2 });
    expect(state(workspace)).toEqual(before);
    expect(importHandlers(workspace)['imports.list']({})).toMatchObject([{ id, canUndo: false, undo: { state: 'done', removed: 1 } }, { canUndo: true, undo: null }]);
  });

  test('also with thousands of them, and the same file can go in again as for the first time', async () => {
    const file = csv('email;first_name;score;consent', ...Array.from({ length: 1200 }, (_, n) => `p${n}@x.dk;P${n};${n};yes`));
    for (let n = 0; n < 600; n++) addContact(workspace, { email: `p${n * 2}@x.dk`, first_name: 'Before' });
    const before = state(workspace);
    const first = await importFile(workspace, file, source);
    expect(await undo(first.id)).toMatchObject({ removed: 600, restored: 600, values: 1200, consents: 600 });
    expect(state(workspace)).toEqual(before);
    expect((await importFile(workspace, file, source)).counts).toEqual(first.counts);
  });

  test('F42: what is recorded says so, and starts no flow', async () => {
    addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada' });
    const { id } = await importFile(workspace, csv('email;first_name;Tags;consent', 'ada@x.dk;New;vip;yes'), source);
    await undo(id);
    expect(rows(workspace.db, `SELECT type, source, import_id AS importId FROM events WHERE source = 'undo' ORDER BY id`)).toEqual([
      { type: 'attributes_changed', source: 'undo', importId: id },
      { type: 'tag_removed', source: 'undo', importId: id },
      { type: 'consent_withdrawn', source: 'undo', importId: id },
    ]);
    expect(rows(workspace.db, 'SELECT state, source, actor FROM consents ORDER BY id')).toEqual([{ state: 'given', source: 'the fair', actor: 'import' }, { state: 'none', source: 'undo', actor: 'undo' }]);
    expect(workspace.woken()).toBe(0);
  });

  test('an opt-out that the file brought is lifted with it, to the consent that was there', async () => {
    addContact(workspace, { email: 'ada@x.dk', consent: ['email'] });
    const before = state(workspace);
    const { id } = await importFile(workspace, csv('email;consent', 'ada@x.dk;no'));
    expect(rows(workspace.db, 'SELECT state FROM consents ORDER BY id DESC LIMIT 1')).toEqual([{ state: 'withdrawn' }]);
    await undo(id);
    expect(state(workspace)).toEqual(before);
  });
});

describe('what anybody has built on it since stays, and is named', () => {
  const cases: [string, (id: number) => void, string][] = [
    ['edited', (id) => void updateContact(workspace, id, { last_name: 'L' }, { source: 'user' }), 'was edited later'],
    ['an event', (id) => happen(workspace, id, 'visited_shop'), 'something happened to it later: visited_shop'],
    ['a flow', (id) => {
      run(workspace.db, `INSERT INTO flows (id, name, state, draft, revision, saved_at, created_at) VALUES (1, 'Welcome', 'live', '{}', 1, 0, 0)`);
      run(workspace.db, `INSERT INTO enrollments (flow_id, contact_id, entry_key, trigger_id, state, step_entered_at, entered_at) VALUES (1, ?, '', 'x', 'active', 0, 0)`, id);
    }, 'has been in the flow Welcome'],
    ['a message', (contactId) => {
      run(workspace.db, `INSERT INTO flows (id, name, state, draft, revision, saved_at, created_at) VALUES (1, 'Welcome', 'live', '{}', 1, 0, 0)`);
      planMessages(workspace, { flowId: 1, version: 1, channel: 'email', message: 'm' }, [{ enrollmentId: 1, stepId: 's', visit: 1, contactId, meantAt: 0, enrolledAt: 0 }]);
      run(workspace.db, `UPDATE outbox SET state = 'sent'`);
    }, 'has got a message'],
  ];
  test.each(cases)('a contact that it added and that has lived: %s', async (_, live, reason) => {
    const { id } = await importFile(workspace, csv('email;first_name;consent', 'ada@x.dk;Ada;yes', 'bo@x.dk;Bo;yes'), { ...source, tags: ['fair'] });
    later();
    live(contactsIn(workspace)['ada@x.dk']!['id'] as number);
    const undone = await undo(id);
    expect(undone).toMatchObject({ removed: 1, kept: 1, restored: 1, tags: 1, consents: 1 });
    expect(reasons(undone)).toEqual([expect.stringContaining(`ada@x.dk: It was added by this import, and ${reason}`)]);
    expect(contactsIn(workspace)).toMatchObject({ 'ada@x.dk': { first_name: 'Ada' } });
    expect(rows(workspace.db, 'SELECT state FROM consents ORDER BY id DESC LIMIT 1')).toEqual([{ state: 'none' }]);
    expect(undone.inFlows).toBe(reason.includes('flow') ? 1 : 0);
  });

  test('a value that was changed again, a tag that was put on again, a consent that was given again, an address that was taken', async () => {
    const ada = addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada', last_name: 'L' });
    const bo = addContact(workspace, { email: 'bo@x.dk', external_id: '7' });
    const { id } = await importFile(workspace, csv('email;external_id;first_name;last_name;Tags;consent', 'ada@x.dk;;New;New;vip;yes', 'bo2@x.dk;7;;;;'), { ...source, match: ['external_id', 'email'] });
    expect(contactsIn(workspace)['bo2@x.dk']).toMatchObject({ id: bo });
    later();
    updateContact(workspace, ada, { first_name: 'By hand' }, { source: 'user' });
    removeTagFor(workspace, [{ contactId: ada }], 'vip', { source: 'user' });
    addTagFor(workspace, [{ contactId: ada }], 'vip', { source: 'user' });
    recordConsent(workspace, { contactId: ada, channel: 'email', given: true, source: 'the shop', actor: 'user' });
    addContact(workspace, { email: 'bo@x.dk' });
    const undone = await undo(id);
    expect(undone).toMatchObject({ removed: 0, restored: 1, values: 1, tags: 0, consents: 0, kept: 2 });
    expect(reasons(undone)).toEqual([
      'ada@x.dk: First name was changed again later, and stays as it is.',
      'ada@x.dk: The tag vip was put on again later, and stays.',
      'ada@x.dk: Its consent to e-mail was recorded again later, and stays.',
      'bo2@x.dk: Its earlier address belongs to another contact by now.',
    ]);
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject({ first_name: 'By hand', last_name: 'L' });
  });

  test('a contact of whom somebody has recorded a word on consent stays, even where it says what the file said', async () => {
    const { id } = await importFile(workspace, csv('email;consent', 'ada@x.dk;yes', 'bo@x.dk;yes'), source);
    later();
    recordConsent(workspace, { contactId: contactsIn(workspace)['ada@x.dk']!['id'] as number, channel: 'email', given: true, source: 'signed at the counter', actor: 'user' });
    const undone = await undo(id);
    expect(undone).toMatchObject({ removed: 1, kept: 1, consents: 0 });
    expect(reasons(undone)[0]).toBe('ada@x.dk: It was added by this import, and was edited later.');
    expect(rows(workspace.db, 'SELECT source FROM consents ORDER BY id')).toEqual([{ source: 'the fair' }, { source: 'signed at the counter' }]);
  });

  test('an earlier address under which another contact is known by now, since it was merged', async () => {
    addContact(workspace, { email: 'ada@x.dk', external_id: '7' });
    const { id } = await importFile(workspace, csv('email;external_id', 'ada2@x.dk;7'), { match: ['external_id', 'email'] });
    const [survivor, other] = [addContact(workspace, { email: 'cy@x.dk' }), addContact(workspace, { email: 'ada@x.dk' })];
    mergeContacts(workspace, { survivor, other, take: [], actor: 'user' });
    expect(reasons(await undo(id))).toEqual(['ada2@x.dk: Its earlier address belongs to another contact by now.']);
  });

  test('two imports, taken back in either order', async () => {
    addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada' });
    const before = state(workspace);
    const first = await importFile(workspace, csv('email;first_name', 'ada@x.dk;One', 'bo@x.dk;One'));
    const second = await importFile(workspace, csv('email;first_name', 'ada@x.dk;Two', 'bo@x.dk;Two'));
    const third = await importFile(workspace, csv('email;first_name', 'ada@x.dk;Three'));
    expect(reasons(await undo(first.id))).toEqual(['ada@x.dk: First name was changed again later, and stays as it is.', 'bo@x.dk: It was added by this import, and a later import has changed it.']);
    expect(await undo(third.id)).toMatchObject({ values: 1, kept: 0 });
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject({ first_name: 'Two' });
    expect(before.contacts).toHaveLength(1);
    expect(await undo(second.id)).toMatchObject({ values: 2, kept: 0 });
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject({ first_name: 'One' });
  });
});

test('an import that only puts people into a segment, or only makes an attribute, can be taken back, too', async () => {
  addContact(workspace, { email: 'ada@x.dk' });
  const before = state(workspace);
  for (const [file, changes] of [[csv('email', 'ada@x.dk'), { segment: { key: null, name: 'Fair', mode: 'append' as const } }], [csv('email;Size', 'ada@x.dk;'), {}]] as const) {
    const { id, counts, canUndo } = await importFile(workspace, file, changes);
    expect({ counts, canUndo }).toMatchObject({ counts: { rows: 1, unchanged: 1 }, canUndo: true });
    await undo(id);
    expect(state(workspace)).toEqual(before);
    expect(rows(workspace.db, 'SELECT name FROM segments UNION ALL SELECT key FROM attributes')).toEqual([]);
  }
});

test('broken off, it goes on where it was and does nothing twice', async () => {
  const file = csv('email;first_name', ...Array.from({ length: 900 }, (_, n) => `p${n}@x.dk;P${n}`));
  for (let n = 0; n < 900; n += 3) addContact(workspace, { email: `p${n}@x.dk` });
  const before = state(workspace);
  const { id } = await importFile(workspace, file);
  const calls = importHandlers(workspace);
  // The slice after the first one fails: what it had done is undone with it.
  workspace.db.exec(`CREATE TEMP TRIGGER power_cut BEFORE INSERT ON events WHEN (SELECT count(*) FROM events WHERE source = 'undo') >= 270 BEGIN SELECT RAISE(ABORT, 'the power went'); END`);
  await expect(calls['imports.undo']({ import: id })).rejects.toThrow('the power went');
  workspace.db.exec('DROP TRIGGER power_cut');
  const [half] = await calls['imports.list']({});
  expect(half).toMatchObject({ canUndo: true, undo: { state: 'running' } });
  expect(half!.undo!.removed).toBe(0);
  expect(half!.undo!.restored).toBeGreaterThan(0);
  expect(await undo(id)).toMatchObject({ state: 'done', removed: 600, restored: 300 });
  expect(state(workspace)).toEqual(before);
});

test('an import that was broken off itself can be taken back, and one that did nothing or is gone cannot', async () => {
  const calls = importHandlers(workspace);
  const { id } = await importFile(workspace, csv('email', 'ada@x.dk'));
  run(workspace.db, `UPDATE imports SET state = 'running', events_until = NULL`);
  importHandlers(workspace);
  expect((await calls['imports.list']({}))[0]).toMatchObject({ state: 'interrupted', canUndo: true });
  expect(await undo(id)).toMatchObject({ removed: 1 });
  await expect(calls['imports.undo']({ import: id })).rejects.toThrow('Import 1 was taken back already.');
  await expect(calls['imports.undo']({ import: 99 })).rejects.toThrow('There is no import number 99.');
  const nothing = await importFile(workspace, csv('email', 'not an address'));
  expect(nothing.canUndo).toBe(false);
});
