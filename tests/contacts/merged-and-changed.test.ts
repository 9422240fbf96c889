// Merges, bulk edits and attributes that change meanwhile: what is taken back fits what an attribute is by then, and nobody gets
// what was another's before they became one.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BulkChange } from '../../shared/contacts/bulk-edit.ts';
import type { AttributeKind, AttributeValue } from '../../shared/contacts/contact.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { inEnglish } from '../../shared/text.ts';
import { attributeHandlers } from '../../src-main/handlers/attributes.ts';
import { bulkEditHandlers } from '../../src-main/handlers/bulk-edits.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { mergeContacts } from '../../src-main/runner/merging.ts';
import { undoMerge } from '../../src-main/runner/unmerging.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { getContact, highestContact } from '../../src-main/store/contacts.ts';
import { beginImport } from '../../src-main/store/imports.ts';
import { tagsFor } from '../../src-main/store/tags.ts';
import { importFile, testFolder } from '../imports/import-fixture.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.close());

const valueOf = (id: number): AttributeValue => getContact(workspace, id)?.values['it'] ?? null;
const has = (kind: AttributeKind) => addAttribute(workspace, { key: 'it', label: 'It', kind });
const convert = (kind: AttributeKind) => attributeHandlers(workspace)['attributes.convert']({ key: 'it', kind, dryRun: false });
const merge = (survivor: number, other: number, take: string[] = []) => mergeContacts(workspace, { survivor, other, take, actor: 'user' });
const undo = (id: number) => undoMerge(workspace, id, 'user').kept.map((text) => inEnglish(text));
async function edit(change: BulkChange, contacts: number[] | null = null): Promise<number> {
  const { bulkEdit } = await bulkEditHandlers(workspace)['bulkEdits.start']({ changes: [change], whom: { contacts, rule: null, search: '' }, startFlows: false });
  await bulkEditHandlers(workspace)['bulkEdits.wait']({ bulkEdit });
  return bulkEdit;
}
const undoEdit = (bulkEdit: number) => bulkEditHandlers(workspace)['bulkEdits.undo']({ bulkEdit });

test.each<[AttributeKind, AttributeKind, AttributeValue, AttributeValue, AttributeValue, AttributeValue]>([
  ['text', 'number', 'many', '12', null, 12],
  ['text', 'yesNo', 'maybe', 'ja', null, true],
  ['number', 'text', 1.5, 2, '1,5', '2'],
  ['choice', 'choices', 'a', 'b', ['a'], ['b']],
  ['choices', 'text', ['a', 'b'], ['c'], 'a; b', 'c'],
  ['date', 'dateTime', '2020-01-01', '2021-01-01', Date.UTC(2019, 11, 31, 23), Date.UTC(2020, 11, 31, 23)],
  ['dateTime', 'date', Date.UTC(2020, 0, 1, 12), Date.UTC(2021, 0, 1, 12), '2020-01-01', '2021-01-01'],
])('a merge is taken back after %s became %s: both have their value in its new form', async (from, to, one, two, oneAfter, twoAfter) => {
  has(from);
  const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk', it: one }), addContact(workspace, { email: 'ada@y.dk', it: two })];
  const id = merge(ada, twin, ['it']);
  await convert(to);
  expect(undo(id)).toEqual([]);
  expect([valueOf(ada), valueOf(twin)]).toEqual([oneAfter, twoAfter]);
});

test('a merge is taken back after an attribute was removed and another one got its key', async () => {
  has('text');
  const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk', it: 'a' }), addContact(workspace, { email: 'ada@y.dk', it: 'b' })];
  const id = merge(ada, twin, ['it']);
  await attributeHandlers(workspace)['attributes.remove']({ key: 'it' });
  has('number');
  expect(undo(id)).toEqual([]);
  expect([valueOf(ada), valueOf(twin), getContact(workspace, twin)?.values['email']]).toEqual([null, null, 'ada@y.dk']);
});

test('a bulk edit is taken back after the attribute became a date: a text that is none stays away, and is named', async () => {
  has('text');
  const [ada, bo] = [addContact(workspace, { email: 'ada@x.dk', it: 'soon' }), addContact(workspace, { email: 'bo@x.dk' })];
  const id = await edit({ kind: 'set', attribute: 'it', value: '2026-01-02' });
  await convert('date');
  expect(await undoEdit(id)).toMatchObject({ restored: 1, kept: 1, keptList: [{ contact: ada }] });
  expect([valueOf(ada), valueOf(bo)]).toEqual(['2026-01-02', null]);
});

test('a bulk edit is taken back after two became one: the survivor gets what it had itself, whoever was there first', async () => {
  has('text');
  const older = addContact(workspace, { email: 'ada@y.dk', it: 'theirs' });
  const survivor = addContact(workspace, { email: 'ada@x.dk', it: 'own' });
  const id = await edit({ kind: 'set', attribute: 'it', value: 'new' });
  merge(survivor, older);
  expect(await undoEdit(id)).toMatchObject({ restored: 1 });
  expect(valueOf(survivor)).toBe('own');
});

test('what was done to the other alone is not taken from the survivor, who had it before: a value, a tag', async () => {
  has('text');
  const survivor = addContact(workspace, { email: 'ada@x.dk', it: 'new', tags: ['vip'] });
  const other = addContact(workspace, { email: 'ada@y.dk', it: 'old' });
  const edits = [await edit({ kind: 'set', attribute: 'it', value: 'new' }, [survivor, other]), await edit({ kind: 'addTag', tag: 'vip' }, [survivor, other])];
  merge(survivor, other);
  for (const id of edits) expect(await undoEdit(id)).toMatchObject({ restored: 0 });
  expect([valueOf(survivor), tagsFor(workspace, [survivor]).get(survivor)]).toEqual(['new', ['vip']]);
});

test('a tag that either had from the edit alone goes with it', async () => {
  const [survivor, other] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'ada@y.dk' })];
  const id = await edit({ kind: 'addTag', tag: 'vip' });
  merge(survivor, other);
  expect(await undoEdit(id)).toMatchObject({ tags: 1 });
  expect(tagsFor(workspace, [survivor]).get(survivor) ?? []).toEqual([]);
});

test.each([['a bulk edit', 'Another change'], ['an import', 'An import is running']])('an attribute neither changes its kind nor goes while %s is under way', async (what, reason) => {
  has('text');
  const ada = addContact(workspace, { email: 'ada@x.dk', it: 'a' });
  if (what === 'an import') beginImport(workspace, 'a.csv', { kind: 'contacts' } as ImportPlan);
  const { bulkEdit } = what === 'an import' ? { bulkEdit: null } : await bulkEditHandlers(workspace)['bulkEdits.start']({ changes: [{ kind: 'set', attribute: 'it', value: 'b' }], whom: { contacts: null, rule: null, search: '' }, startFlows: false });
  expect(() => convert('number')).toThrow(reason);
  expect(() => attributeHandlers(workspace)['attributes.remove']({ key: 'it' })).toThrow(reason);
  if (bulkEdit !== null) await bulkEditHandlers(workspace)['bulkEdits.wait']({ bulkEdit });
  expect(valueOf(ada)).toBe(bulkEdit === null ? 'a' : 'b');
});

test('what came to the survivor by the merge stays when it is taken back from the other, and is named: of a bulk edit and of an import', async () => {
  has('text');
  const folder = testFolder();
  const survivor = addContact(workspace, { email: 'ada@x.dk' });
  const other = addContact(workspace, { email: 'ada@y.dk' });
  const id = await edit({ kind: 'set', attribute: 'it', value: 'new' }, [other]);
  merge(survivor, other);
  expect(await undoEdit(id)).toMatchObject({ restored: 0, kept: 1, keptList: [{ contact: survivor }] });
  await importFile(workspace, folder.write('more.csv', 'email,first_name\nada@z.dk,Ada\n'));
  merge(survivor, highestContact(workspace));
  expect(await importHandlers(workspace)['imports.undo']({ import: 1 })).toMatchObject({ removed: 0, kept: 1, keptList: [{ contact: survivor }] });
  expect([valueOf(survivor), getContact(workspace, survivor)?.values['first_name']]).toEqual(['new', 'Ada']);
  folder.remove();
});
