// Changing many contacts at once: what is counted before is what happens, what is so already is skipped, flows stay quiet unless
// they are asked to start, and taking it back restores what was there.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BulkChange, BulkEditRow, BulkUndo, BulkWhom } from '../../shared/contacts/bulk-edit.ts';
import { inEnglish } from '../../shared/text.ts';
import { HOUR } from '../../shared/time.ts';
import { createDispatch, type Handlers } from '../../src-main/dispatch.ts';
import { bulkEditHandlers } from '../../src-main/handlers/bulk-edits.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { rows, run } from '../../src-main/store/database.ts';
import { addToSegmentFor, saveSegment } from '../../src-main/store/segments.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
  addAttribute(workspace, { key: 'size', label: 'Size', kind: 'choice', choices: ['S', 'M', 'L'] });
  addAttribute(workspace, { key: 'likes', label: 'Likes', kind: 'choices' });
  addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
  addAttribute(workspace, { key: 'club', label: 'Club', kind: 'yesNo' });
  saveSegment(workspace, { key: 'fair', name: 'At the fair', rule: null });
  saveSegment(workspace, { key: 'big', name: 'Big', rule: { kind: 'attribute', attribute: 'size', operator: 'equals', value: 'L' } });
});
afterEach(() => workspace.close());

const everybody: BulkWhom = { contacts: null, rule: null, search: '' };
const calls = () => bulkEditHandlers(workspace);
const later = (): void => workspace.clock.setTo(workspace.clock.now() + HOUR);
const preview = (changes: BulkChange[], whom: BulkWhom = everybody) => calls()['bulkEdits.preview']({ changes, whom, startFlows: false });
async function edit(changes: BulkChange[], whom: BulkWhom = everybody, startFlows = false): Promise<BulkEditRow> {
  later();
  const { bulkEdit } = await calls()['bulkEdits.start']({ changes, whom, startFlows });
  return await calls()['bulkEdits.wait']({ bulkEdit });
}
async function undo(bulkEdit: number): Promise<BulkUndo> {
  later();
  return await calls()['bulkEdits.undo']({ bulkEdit });
}
/** All that holds now, to the last instant; not the history, which only grows. */
function dump(): string {
  const tables = ['contacts', 'contact_tags', 'tags', 'segment_members', 'companies', 'attributes', 'segments'];
  return JSON.stringify(tables.map((table) => rows(workspace.db, `SELECT * FROM ${table} ORDER BY 1, 2`)));
}
const reasons = ({ keptList }: BulkUndo): string[] => keptList.map(({ name, reason }) => `${name}: ${inEnglish(reason)}`);
const valueOf = (id: number, column: string): unknown => (workspace.db.prepare(`SELECT ${column} AS value FROM contacts WHERE id = ?`).get(id) as { value: unknown }).value;

describe('what an edit does', () => {
  test('the preview counts and shows what then happens; what is so already is skipped and named', async () => {
    const ada = addContact(workspace, { email: 'ada@x.dk', size: 'S', tags: ['old'] });
    addContact(workspace, { email: 'bo@x.dk', size: 'L', tags: ['vip'] });
    const changes: BulkChange[] = [{ kind: 'set', attribute: 'size', value: 'L' }, { kind: 'addTag', tag: 'vip' }];
    const before = dump();
    const seen = await preview(changes);
    expect(seen).toMatchObject({ counts: { contacts: 2, changed: 1, unchanged: 1 }, perChange: [1, 1], skipped: [{ name: 'bo@x.dk' }], cancelled: false });
    expect(seen.changed).toEqual([{ contact: ada, name: 'ada@x.dk', values: { size: ['S', 'L'] }, addTags: ['vip'], removeTags: [], enter: [], leave: [] }]);
    expect(dump()).toBe(before);
    const done = await edit(changes);
    expect(done).toMatchObject({ state: 'done', counts: seen.counts, canUndo: true, origin: 'contacts', whom: { rule: null, search: '' } });
    expect(valueOf(ada, 'a_size')).toBe('L');
    expect(rows(workspace.db, `SELECT contact_id AS contact, type, source, bulk_edit_id AS edit FROM events WHERE bulk_edit_id IS NOT NULL ORDER BY id`)).toEqual([
      { contact: ada, type: 'attributes_changed', source: 'bulk', edit: done.id },
      { contact: ada, type: 'tag_added', source: 'bulk', edit: done.id },
    ]);
  });

  test.each<[string, BulkChange, unknown, unknown, string]>([
    ['sets a number', { kind: 'set', attribute: 'points', value: 3 }, 1, 3, 'a_points'],
    ['sets no', { kind: 'set', attribute: 'club', value: false }, null, 0, 'a_club'],
    ['empties', { kind: 'clear', attribute: 'points' }, 1, null, 'a_points'],
    ['puts choices behind, none of them twice', { kind: 'append', attribute: 'likes', value: ['tea', 'jam'] }, ['tea'], '["tea","jam"]', 'a_likes'],
    ['puts a text behind', { kind: 'append', attribute: 'first_name', value: 'Bo' }, 'Ada', 'Ada; Bo', 'first_name'],
    ['replaces one choice of several', { kind: 'replace', attribute: 'likes', from: 'tea', to: 'chai' }, ['tea', 'jam'], '["chai","jam"]', 'a_likes'],
    ['replaces by what is there already', { kind: 'replace', attribute: 'likes', from: 'tea', to: 'jam' }, ['tea', 'jam'], '["jam"]', 'a_likes'],
    ['lets a choice go', { kind: 'replace', attribute: 'size', from: 'S', to: null }, 'S', null, 'a_size'],
    ['leaves another choice', { kind: 'replace', attribute: 'size', from: 'M', to: 'L' }, 'S', 'S', 'a_size'],
    ['sets the company', { kind: 'set', attribute: 'company', value: ' Tea A/S ' }, null, 'Tea A/S', 'company'],
  ])('%s', async (_, change, before, after, column) => {
    const key = 'attribute' in change ? change.attribute : '';
    const id = addContact(workspace, { email: 'ada@x.dk', [key]: before as never });
    await edit([change]);
    expect(valueOf(id, column)).toBe(after);
  });

  test('by a selection, a rule with a search, and a segment', async () => {
    const [ada, bo, cy] = [addContact(workspace, { email: 'ada@x.dk', size: 'L' }), addContact(workspace, { email: 'bo@y.dk', size: 'L' }), addContact(workspace, { email: 'cy@x.dk' })];
    const tagged = (tag: string) => rows<{ id: number }>(workspace.db, 'SELECT contact_id AS id FROM contact_tags x JOIN tags t ON t.id = x.tag_id WHERE t.name = ? ORDER BY 1', tag).map(({ id }) => id);
    await edit([{ kind: 'addTag', tag: 'a' }], { contacts: [cy, ada, ada, 999], rule: null, search: '' });
    await edit([{ kind: 'addTag', tag: 'b' }], { contacts: null, rule: { kind: 'segment', segment: 'big', member: true }, search: '' });
    await edit([{ kind: 'addTag', tag: 'c' }], { contacts: null, rule: { kind: 'attribute', attribute: 'size', operator: 'isNotEmpty' }, search: 'y.dk' });
    expect([tagged('a'), tagged('b'), tagged('c')]).toEqual([[ada, cy], [ada, bo], [bo]]);
    expect(calls()['bulkEdits.list']({ limit: 9 })).toMatchObject([{ counts: { contacts: 1 } }, { counts: { contacts: 2 } }, { whom: { picked: 4 }, counts: { contacts: 2, changed: 2 } }]);
  });

  test('thousands are taken in turns; who is added meanwhile is not meant; a cancelled edit keeps what it did and can be taken back', async () => {
    for (let n = 0; n < 3000; n++) addContact(workspace, { email: `p${n}@x.dk` });
    const before = dump();
    const { bulkEdit } = await calls()['bulkEdits.start']({ changes: [{ kind: 'addTag', tag: 'late' }], whom: everybody, startFlows: false });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => calls()['bulkEdits.start']({ changes: [{ kind: 'addTag', tag: 'x' }], whom: everybody, startFlows: false })).toThrow('under way');
    await calls()['bulkEdits.cancel']({ bulkEdit });
    const row = await calls()['bulkEdits.wait']({ bulkEdit });
    expect(row.state).toBe('cancelled');
    expect(row.counts.changed).toBeGreaterThan(0);
    expect(row.counts.changed).toBeLessThan(3000);
    expect(rows(workspace.db, 'SELECT count(*) AS n FROM contact_tags')).toEqual([{ n: row.counts.changed }]);
    expect(workspace.heard.some((event) => event.type === 'bulkEdit' && event.progress.state === 'cancelled')).toBe(true);
    await undo(bulkEdit);
    expect(dump()).toBe(before);
  });

  test('all that does not fit is refused at once, and nothing is written', async () => {
    addContact(workspace, { email: 'ada@x.dk' });
    const call = createDispatch(calls() as Handlers, (message, error) => {
      throw new Error(message, { cause: error });
    });
    const changes: BulkChange[] = [
      { kind: 'set', attribute: 'email', value: 'x@y.dk' },
      { kind: 'set', attribute: 'nothing', value: 1 },
      { kind: 'set', attribute: 'size', value: 'XXL' },
      { kind: 'set', attribute: 'points', value: 'many' },
      { kind: 'set', attribute: 'points', value: null },
      { kind: 'append', attribute: 'points', value: 3 },
      { kind: 'replace', attribute: 'points', from: '1', to: '2' },
      { kind: 'addToSegment', segment: 'big' },
      { kind: 'removeFromSegment', segment: 'gone' },
      { kind: 'set', attribute: 'time_zone', value: 'Middle/Earth' },
    ];
    const answer = await call('bulkEdits.start', { changes, whom: {} });
    expect('problems' in answer && answer.problems.map(({ text, place }) => `${place?.field}: ${inEnglish(text)}`)).toEqual([
      'changes.0: E-mail says who a contact is, so it cannot be changed for many at once.',
      expect.stringContaining('changes.1: There is no attribute nothing.'),
      expect.stringContaining('changes.2: "XXL" is not one of the choices'),
      'changes.3: This must be a number.',
      'changes.4: Say what Points is to become. To empty it, choose to clear it.',
      expect.stringContaining('changes.5: Nothing can be put behind a value of Points'),
      expect.stringContaining('changes.6: Only texts and choices'),
      expect.stringContaining('changes.7: “Big” is whoever meets its rule'),
      expect.stringContaining('changes.8: There is no segment gone.'),
      expect.stringContaining('changes.9: "Middle/Earth" is not a time zone.'),
    ]);
    expect(calls()['bulkEdits.list']({ limit: 9 })).toEqual([]);
  });
});

describe('taking it back', () => {
  test('weeks later: what was edited by a person since stays, and is named', async () => {
    const [ada, bo, cy] = ['ada', 'bo', 'cy'].map((name) => addContact(workspace, { email: `${name}@x.dk`, size: 'S', points: 1, tags: ['old'] })) as [number, number, number];
    addToSegmentFor(workspace, [{ contactId: cy }], 'fair', { source: 'user' });
    const { id } = await edit([
      { kind: 'set', attribute: 'size', value: 'L' },
      { kind: 'set', attribute: 'points', value: 5 },
      { kind: 'addTag', tag: 'vip' },
      { kind: 'removeTag', tag: 'old' },
      { kind: 'removeFromSegment', segment: 'fair' },
    ]);
    later();
    updateContact(workspace, ada, { size: 'M' }, { source: 'user' });
    // Changed, and changed back to what the edit had set: that is a decision, too.
    updateContact(workspace, bo, { points: 7 }, { source: 'user' });
    updateContact(workspace, bo, { points: 5 }, { source: 'user' });
    removeTagFor(workspace, [{ contactId: bo }], 'vip', { source: 'user' });
    addTagFor(workspace, [{ contactId: bo }], 'vip', { source: 'user' });
    run(workspace.db, 'DELETE FROM contacts WHERE id = ?', 0);
    const undone = await undo(id);
    expect(reasons(undone)).toEqual([
      'ada@x.dk: Size was changed again later, and stays as it is.',
      'bo@x.dk: Points was changed again later, and stays as it is.',
      'bo@x.dk: The tag vip was put on again later, and stays.',
    ]);
    expect(undone).toMatchObject({ state: 'done', restored: 3, values: 4, tags: 5, memberships: 1, kept: 2 });
    expect([ada, bo, cy].map((each) => [valueOf(each, 'a_size'), valueOf(each, 'a_points')])).toEqual([['M', 1], ['S', 5], ['S', 1]]);
    expect(calls()['bulkEdits.list']({ limit: 1 })).toMatchObject([{ canUndo: false, undo: { state: 'done', kept: 2 } }]);
    await expect(undo(id)).rejects.toThrow('taken back already');
  });

  test('a later edit that was itself taken back does not count as somebody’s', async () => {
    const ada = addContact(workspace, { email: 'ada@x.dk', size: 'S' });
    const before = dump();
    const first = await edit([{ kind: 'set', attribute: 'size', value: 'M' }]);
    const second = await edit([{ kind: 'set', attribute: 'size', value: 'L' }]);
    expect(reasons(await undo(second.id))).toEqual([]);
    expect(valueOf(ada, 'a_size')).toBe('M');
    expect(await undo(first.id)).toMatchObject({ restored: 1, kept: 0 });
    expect(dump()).toBe(before);
  });

  test('property: any edit of anybody, taken back, leaves everything as it was, to the last instant', async () => {
    const change = fc.oneof(
      fc.constantFrom<BulkChange>({ kind: 'clear', attribute: 'likes' }, { kind: 'clear', attribute: 'size' }, { kind: 'clear', attribute: 'company' }),
      fc.record({ kind: fc.constant('set' as const), attribute: fc.constant('size'), value: fc.constantFrom('S', 'M', 'L') }),
      fc.record({ kind: fc.constant('set' as const), attribute: fc.constant('points'), value: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ kind: fc.constant('append' as const), attribute: fc.constant('likes'), value: fc.subarray(['tea', 'jam', 'bun'], { minLength: 1 }) }),
      fc.record({ kind: fc.constant('replace' as const), attribute: fc.constant('likes'), from: fc.constantFrom('tea', 'jam'), to: fc.constantFrom('bun', 'oat', null) }),
      fc.record({ kind: fc.constantFrom('addTag' as const, 'removeTag' as const), tag: fc.constantFrom('a', 'b', 'new') }),
      fc.record({ kind: fc.constantFrom('addToSegment' as const, 'removeFromSegment' as const), segment: fc.constant('fair') }),
    );
    const person = fc.record({ size: fc.constantFrom('S', 'M', null), points: fc.constantFrom(0, 2, null), likes: fc.subarray(['tea', 'jam']), company: fc.constantFrom('Tea', null), tags: fc.subarray(['a', 'b']), inside: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 6 }), fc.array(fc.tuple(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean()), { minLength: 1, maxLength: 3 }), async (people, edits) => {
        run(workspace.db, 'DELETE FROM contacts');
        people.forEach(({ inside, ...values }, n) => {
          const id = addContact(workspace, { email: `p${n}@x.dk`, ...values });
          if (inside) addToSegmentFor(workspace, [{ contactId: id }], 'fair', { source: 'user' });
        });
        const dumps: string[] = [];
        const ids: number[] = [];
        for (const [changes, onlyBig] of edits) {
          dumps.push(dump());
          const seen = await preview(changes, { ...everybody, rule: onlyBig ? { kind: 'segment', segment: 'big', member: true } : null });
          const row = await edit(changes, { ...everybody, rule: onlyBig ? { kind: 'segment', segment: 'big', member: true } : null });
          expect(row.counts).toEqual(seen.counts);
          ids.push(row.id);
        }
        for (const id of ids.toReversed()) {
          expect(reasons(await undo(id))).toEqual([]);
          expect(dump()).toBe(dumps.pop());
        }
      }),
      { numRuns: 40 },
    );
  });
});
