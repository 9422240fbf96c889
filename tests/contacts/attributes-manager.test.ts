// Looking after attributes: what uses them, new names and choices that the contacts follow, another kind with nothing lost unseen,
// and removal of what nobody uses; all of it in the audit, the grave ones behind a backup.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ATTRIBUTE_KINDS, type AttributeValue } from '../../shared/contacts/contact.ts';
import { CONVERTIBLE } from '../../shared/contacts/conversion.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { ProblemError } from '../../shared/problem.ts';
import { inEnglish } from '../../shared/text.ts';
import { withBackups } from '../../src-main/automatic-backup.ts';
import { attributeHandlers } from '../../src-main/handlers/attributes.ts';
import { bulkEditHandlers } from '../../src-main/handlers/bulk-edits.ts';
import { addAttribute, attributesOf } from '../../src-main/store/attributes.ts';
import { getContact } from '../../src-main/store/contacts.ts';
import { rows } from '../../src-main/store/database.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { saveMessage } from '../../src-main/store/messages.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.close());

const calls = () => attributeHandlers(workspace);
const valueOf = (id: number, key: string): AttributeValue => getContact(workspace, id)?.values[key] ?? null;
const audit = () => rows<{ action: string; details: string }>(workspace.db, 'SELECT action, details FROM audit ORDER BY id').map(({ action, details }) => [action, JSON.parse(details)]);
const wait = (bulkEdit: number | null) => bulkEditHandlers(workspace)['bulkEdits.wait']({ bulkEdit: bulkEdit! });
function reasonsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ text }) => inEnglish(text));
    throw error;
  }
  return [];
}

describe('the list', () => {
  test('says how many have a value, and what uses an attribute', async () => {
    for (const kind of ATTRIBUTE_KINDS) addAttribute(workspace, { key: `of_${kind.toLowerCase()}`, label: `Of ${kind}`, kind });
    addContact(workspace, { email: 'ada@x.dk', of_text: 'a', of_choices: ['x'] });
    addContact(workspace, { email: 'bo@x.dk', of_text: 'b', of_yesno: false });
    saveSegment(workspace, { key: 'some', name: 'Some', rule: { kind: 'none', rules: [{ kind: 'attribute', attribute: 'of_text', operator: 'isEmpty' }] } });
    saveMessage(workspace, { key: 'hello', name: 'Hello', channel: 'email', purpose: 'marketing', subject: 'Hi {{ contact.of_text }}', preheader: '', body: '' } as never);
    const overview = await calls()['attributes.overview']({});
    const of = (key: string) => overview.find((each) => each.key === key)!;
    expect(of('of_text')).toMatchObject({ filled: 2, kind: 'text', standard: false, usedBy: { segments: [{ key: 'some', name: 'Some' }], messages: [{ key: 'hello', name: 'Hello' }], flows: [], imports: [] } });
    expect(of('of_choices').filled).toBe(1);
    expect(of('of_yesno').filled).toBe(1);
    expect(of('of_date')).toMatchObject({ filled: 0, usedBy: { segments: [] } });
    expect(of('email')).toMatchObject({ filled: 2, standard: true });
  });

  test('a flow that sets it uses it, and it cannot be removed while anything uses it', async () => {
    addAttribute(workspace, { key: 'size', label: 'Size', kind: 'text' });
    saveSegment(workspace, { key: 'some', name: 'Some', rule: { kind: 'attribute', attribute: 'size', operator: 'isNotEmpty' } });
    const id = insertFlow(workspace, flowSchema.parse({ name: 'Sizes', steps: [{ id: 'set', type: 'updateAttribute', config: { attribute: 'size', value: 'x' } }] }));
    expect((await calls()['attributes.overview']({})).find(({ key }) => key === 'size')?.usedBy.flows).toEqual([{ id, name: 'Sizes' }]);
    expect(reasonsOf(() => calls()['attributes.remove']({ key: 'size' }))).toEqual(['Size is used by the flows “Sizes”. Take it out there first.', 'Size is used by the segments “Some”. Take it out there first.']);
    expect(reasonsOf(() => calls()['attributes.convert']({ key: 'size', kind: 'number', dryRun: false }))).toHaveLength(2);
    expect(attributesOf(workspace).has('size')).toBe(true);
  });

  test('a flow whose step fills it into a text uses it; it may become of another kind there, as in messages', async () => {
    addAttribute(workspace, { key: 'size', label: 'Size', kind: 'text' });
    insertFlow(workspace, flowSchema.parse({ name: 'Tells', steps: [{ id: 'tell', type: 'sendSms', config: { text: 'Your size: {{ contact.size }}' } }] }));
    expect(reasonsOf(() => calls()['attributes.remove']({ key: 'size' }))).toEqual(['Size is used by the flows “Tells”. Take it out there first.']);
    expect(reasonsOf(() => calls()['attributes.convert']({ key: 'size', kind: 'number', dryRun: false }))).toEqual([]);
  });
});

describe('names and choices', () => {
  beforeEach(() => addAttribute(workspace, { key: 'size', label: 'Size', kind: 'choice', choices: ['S', 'M', 'L'] }));

  test('a name changes and nothing else', async () => {
    await calls()['attributes.rename']({ key: 'size', label: 'Shirt size' });
    expect(attributesOf(workspace).get('size')).toMatchObject({ label: 'Shirt size', column: 'a_size', choices: ['S', 'M', 'L'] });
    expect(audit()).toEqual([['attribute-renamed', { attribute: 'size', from: 'Size', to: 'Shirt size' }]]);
    expect(reasonsOf(() => calls()['attributes.rename']({ key: 'email', label: 'Mail' }))).toEqual(['E-mail is there for every contact, and stays as it is.']);
  });

  test('contacts follow a renamed choice, and one that goes; that can be taken back', async () => {
    const [ada, bo, cy] = ['S', 'M', 'L'].map((size, n) => addContact(workspace, { email: `p${n}@x.dk`, size })) as [number, number, number];
    expect(await calls()['attributes.choices']({ key: 'size' })).toEqual([{ choice: 'S', contacts: 1 }, { choice: 'M', contacts: 1 }, { choice: 'L', contacts: 1 }]);
    const choices = [{ was: 'S', name: 'Small' }, { was: 'L', name: 'L' }, { was: null, name: 'XL' }];
    expect(reasonsOf(() => calls()['attributes.setChoices']({ key: 'size', choices, gone: [] }))).toEqual(['Say what becomes of those who have M: another choice, or none.']);
    const { bulkEdit } = await calls()['attributes.setChoices']({ key: 'size', choices, gone: [{ choice: 'M', to: 'XL' }] });
    expect(await wait(bulkEdit)).toMatchObject({ origin: 'attributes', counts: { changed: 2, unchanged: 1 }, canUndo: true });
    expect([ada, bo, cy].map((id) => valueOf(id, 'size'))).toEqual(['Small', 'XL', 'L']);
    expect(attributesOf(workspace).get('size')?.choices).toEqual(['Small', 'L', 'XL']);
    await bulkEditHandlers(workspace)['bulkEdits.undo']({ bulkEdit: bulkEdit! });
    expect([ada, bo, cy].map((id) => valueOf(id, 'size'))).toEqual(['S', 'M', 'L']);
    // What somebody has can be chosen again.
    expect(attributesOf(workspace).get('size')?.choices).toEqual(['Small', 'L', 'XL', 'M', 'S']);
  });

  test('of many choices, one is renamed in each list, and values outside the list are counted too', async () => {
    addAttribute(workspace, { key: 'likes', label: 'Likes', kind: 'choices', choices: ['tea', 'jam'] });
    const ada = addContact(workspace, { email: 'ada@x.dk', likes: ['jam', 'tea', 'old'] });
    expect(await calls()['attributes.choices']({ key: 'likes' })).toEqual([{ choice: 'tea', contacts: 1 }, { choice: 'jam', contacts: 1 }, { choice: 'old', contacts: 1 }]);
    const { bulkEdit } = await calls()['attributes.setChoices']({ key: 'likes', choices: [{ was: 'tea', name: 'chai' }, { was: 'jam', name: 'jam' }], gone: [{ choice: 'old', to: null }] });
    await wait(bulkEdit);
    expect(valueOf(ada, 'likes')).toEqual(['jam', 'chai']);
  });

  test.each([
    ['two of a name', [{ was: 'S', name: 'M' }, { was: 'M', name: 'M' }, { was: 'L', name: 'L' }], 'There are two choices M. Give one of them another name.'],
    ['names that change places', [{ was: 'S', name: 'M' }, { was: 'M', name: 'S' }, { was: 'L', name: 'L' }], 'M is renamed or removed at the same time. Save that first, and then use its name again.'],
  ])('%s are refused', (_, choices, reason) => {
    expect(reasonsOf(() => calls()['attributes.setChoices']({ key: 'size', choices, gone: [] }))).toEqual([reason]);
    expect(attributesOf(workspace).get('size')?.choices).toEqual(['S', 'M', 'L']);
  });
});

describe('another kind', () => {
  test.each<[string, (typeof ATTRIBUTE_KINDS)[number], AttributeValue, (typeof ATTRIBUTE_KINDS)[number], AttributeValue, 'kept' | 'shortened' | 'lost']>([
    ['a Danish number', 'text', '1.234,5', 'number', 1234.5, 'kept'],
    ['a word', 'text', 'many', 'number', null, 'lost'],
    ['a Danish date', 'text', '24-12-2026', 'date', '2026-12-24', 'kept'],
    ['ja', 'text', 'ja', 'yesNo', true, 'kept'],
    ['an amount', 'text', '12,50 kr.', 'money', 1250, 'kept'],
    ['a list', 'text', 'a; b', 'choices', ['a', 'b'], 'kept'],
    ['a number into money', 'number', 12.5, 'money', 1250, 'kept'],
    ['a third of a coin', 'number', 0.125, 'money', null, 'lost'],
    ['money into a number', 'money', 1250, 'number', 12.5, 'kept'],
    ['a day into an instant', 'date', '2026-07-01', 'dateTime', Date.UTC(2026, 5, 30, 22), 'kept'],
    ['an instant into a day', 'dateTime', Date.UTC(2026, 6, 1, 22, 30), 'date', '2026-07-02', 'shortened'],
    ['midnight into a day', 'dateTime', Date.UTC(2026, 5, 30, 22), 'date', '2026-07-01', 'kept'],
    ['a yes into text', 'yesNo', true, 'text', 'ja', 'kept'],
    ['one of several into one', 'choices', ['a'], 'choice', 'a', 'kept'],
    ['several into one', 'choices', ['a', 'b'], 'choice', null, 'lost'],
    ['several into text', 'choices', ['a', 'b'], 'text', 'a; b', 'kept'],
  ])('%s', async (_, from, value, kind, after, outcome) => {
    addAttribute(workspace, { key: 'thing', label: 'Thing', kind: from });
    const ada = addContact(workspace, { email: 'ada@x.dk', thing: value });
    const bo = addContact(workspace, { email: 'bo@x.dk' });
    const seen = await calls()['attributes.convert']({ key: 'thing', kind, dryRun: true });
    expect(seen).toMatchObject({ kept: 0, shortened: 0, lost: 0, [outcome]: 1, samples: outcome === 'kept' ? [] : [{ before: value, after, contacts: 1 }] });
    expect(valueOf(ada, 'thing')).toEqual(value);
    expect(await calls()['attributes.convert']({ key: 'thing', kind, dryRun: false })).toEqual(seen);
    expect(attributesOf(workspace).get('thing')).toMatchObject({ kind, column: 'a_thing' });
    expect(valueOf(ada, 'thing')).toEqual(after);
    expect(valueOf(bo, 'thing')).toBeNull();
    expect(audit()).toEqual([['attribute-converted', { attribute: 'thing', from, to: kind, lost: outcome === 'lost' ? 1 : 0, shortened: outcome === 'shortened' ? 1 : 0 }]]);
  });

  test('texts that become choices can be chosen from then on', async () => {
    addAttribute(workspace, { key: 'thing', label: 'Thing', kind: 'text' });
    ['b', 'a', 'b'].forEach((thing, n) => addContact(workspace, { email: `p${n}@x.dk`, thing }));
    await calls()['attributes.convert']({ key: 'thing', kind: 'choice', dryRun: false });
    expect(attributesOf(workspace).get('thing')).toMatchObject({ kind: 'choice', choices: ['a', 'b'] });
  });

  test('only where there is a way; and every way leads back to a kind that exists', () => {
    addAttribute(workspace, { key: 'day', label: 'Day', kind: 'date' });
    expect(reasonsOf(() => calls()['attributes.convert']({ key: 'day', kind: 'money', dryRun: true }))).toEqual(['Day cannot change into that kind. Add a new attribute instead.']);
    for (const kind of ATTRIBUTE_KINDS) expect(CONVERTIBLE[kind]).not.toContain(kind);
  });
});

test('what nobody uses is removed with its values and its index, behind a backup, and its key is free again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kanal-attributes-'));
  const onDisk = testWorkspace({ file: join(folder, 'w.kanal') });
  try {
    addAttribute(onDisk, { key: 'old', label: 'Old', kind: 'text' });
    onDisk.db.exec('CREATE INDEX by_old ON contacts(a_old)');
    const ada = addContact(onDisk, { email: 'ada@x.dk', old: 'x' });
    const guarded = withBackups(attributeHandlers(onDisk), onDisk, folder);
    await guarded['attributes.remove']({ key: 'old' });
    const [backups] = readdirSync(join(folder, 'backups'));
    expect(readdirSync(join(folder, 'backups', backups!))).toEqual([expect.stringContaining('before removing an attribute')]);
    expect(rows(onDisk.db, `SELECT name FROM pragma_table_info('contacts') WHERE name = 'a_old'`)).toEqual([]);
    expect(getContact(onDisk, ada)?.values).toEqual({ email: 'ada@x.dk' });
    addAttribute(onDisk, { key: 'old', label: 'New', kind: 'number' });
    expect(getContact(onDisk, ada)?.values['old']).toBeUndefined();
  } finally {
    onDisk.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
