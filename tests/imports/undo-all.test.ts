// Stories about taking back everything that an import has set in motion: attributes, a segment, orders, events, people in flows.
import { beforeEach, describe, expect, test } from 'vitest';
import type { ImportKind, ImportPlan } from '../../shared/contacts/import-plan.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { row, rows, run } from '../../src-main/store/database.ts';
import { saveSegment, segmentsOf } from '../../src-main/store/segments.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { dump, type Folder, type ImportCalls, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
let calls: ImportCalls;
stageForEach((stage) => ({ workspace, folder, calls } = stage));

const csv = (...lines: string[]): string => folder.write('file.csv', `${lines.join('\n')}\n`);

async function bring(kind: ImportKind, file: string, changes: Partial<ImportPlan> = {}): Promise<number> {
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind, useProfile: false });
  const { import: id } = await calls['imports.start']({ file, plan: { ...plan, ...changes }, rejectsFile: null, dryRun: false });
  expect((await calls['imports.wait']({ import: id })).state).toBe('done');
  return id;
}

const members = (key: string): number[] => rows<{ id: number }>(workspace.db, 'SELECT contact_id AS id FROM segment_members WHERE segment = ? ORDER BY 1', key).map(({ id }) => id);

describe('an identical workspace afterwards', () => {
  test('contacts, tags, consents, new attributes and a new segment', async () => {
    addContact(workspace, { email: 'old@x.dk' });
    const before = dump(workspace);
    const columns = () => rows(workspace.db, `SELECT name FROM pragma_table_info('contacts')`);
    const columnsBefore = columns();
    const id = await bring('contacts', csv('email;Points;Born;Tags;consent', 'ada@x.dk;10;1990-01-02;a|b;yes', 'bo@x.dk;20;;;'), {
      consent: { channel: 'email', source: 'the fair' },
      tags: ['fair'],
      segment: { key: null, name: 'Fair 2026', mode: 'append' },
    });
    expect(columns().length).toBeGreaterThan(columnsBefore.length);
    expect(members('fair_2026')).toHaveLength(2);
    await calls['imports.undo']({ import: id });
    expect(columns()).toEqual(columnsBefore);
    expect(dump(workspace)).toBe(before);
  });

  test('orders, and the count of those that were there', async () => {
    addContact(workspace, { email: 'ada@x.dk' });
    await bring('orders', csv('order number;order date;email;total', '1;2026-02-01;ada@x.dk;10', '3;2026-02-03;ada@x.dk;30'));
    const before = dump(workspace);
    const id = await bring('orders', csv('order number;order date;email;total', '2;2026-02-02;ada@x.dk;20', '4;2026-02-04;ada@x.dk;40'));
    expect(rows(workspace.db, 'SELECT nth FROM orders ORDER BY at')).toEqual([{ nth: 1 }, { nth: 2 }, { nth: 3 }, { nth: 4 }]);
    await calls['imports.undo']({ import: id });
    expect(dump(workspace)).toBe(before);
  });

  test('events', async () => {
    addContact(workspace, { email: 'ada@x.dk' });
    const before = dump(workspace);
    const id = await bring('events', csv('email;event;time;shop', 'ada@x.dk;visited_shop;2026-02-02 10:00;Ribe', 'ada@x.dk;visited_shop;2026-02-03 10:00;Ribe'));
    expect(rows(workspace.db, `SELECT count(*) AS n FROM events WHERE type = 'visited_shop'`)).toEqual([{ n: 2 }]);
    await calls['imports.undo']({ import: id });
    expect(dump(workspace)).toBe(before);
  });
});

describe('a segment for all rows', () => {
  beforeEach(() => {
    for (const email of ['ada@x.dk', 'bo@x.dk', 'cy@x.dk']) addContact(workspace, { email });
    saveSegment(workspace, { key: 'fair', name: 'Fair', rule: null });
    run(workspace.db, `INSERT INTO segment_members (segment, contact_id, added_at) VALUES ('fair', 1, 1), ('fair', 3, 1)`);
  });

  test('everybody of the file comes in, also those who did not change; rejected rows do not', async () => {
    const id = await bring('contacts', csv('email', 'bo@x.dk', 'ada@x.dk', 'new@x.dk', 'bad'), { segment: { key: 'fair', name: 'Fair', mode: 'append' } });
    const added = row<{ id: number }>(workspace.db, `SELECT id FROM contacts WHERE email = 'new@x.dk'`)!.id;
    expect(members('fair')).toEqual([1, 2, 3, added]);
    await calls['imports.undo']({ import: id });
    expect(members('fair')).toEqual([1, 3]);
  });

  test('replace does not take those out whose rows are rejected for something else', async () => {
    addAttribute(workspace, { key: 'born', label: 'Born', kind: 'date' });
    await bring('contacts', csv('email,born', 'ada@x.dk,some day', 'bo@x.dk,2000-01-01'), { segment: { key: 'fair', name: 'Fair', mode: 'replace' } });
    expect(members('fair')).toEqual([1, 2]);
  });

  test('replace takes the others out, and undo puts them in again', async () => {
    const before = rows(workspace.db, 'SELECT * FROM segment_members ORDER BY contact_id');
    const id = await bring('contacts', csv('email', 'bo@x.dk', 'ada@x.dk'), { segment: { key: 'fair', name: 'Fair', mode: 'replace' } });
    expect(members('fair')).toEqual([1, 2]);
    await calls['imports.undo']({ import: id });
    // Since when they are in it counts, too.
    expect(rows(workspace.db, 'SELECT * FROM segment_members ORDER BY contact_id')).toEqual(before);
  });

  test('one that was removed since holds nothing up when the import is taken back', async () => {
    const id = await bring('contacts', csv('email', 'bo@x.dk', 'new@x.dk'), { segment: { key: 'fair', name: 'Fair', mode: 'replace' } });
    run(workspace.db, `DELETE FROM segments WHERE key = 'fair'`);
    expect(await calls['imports.undo']({ import: id })).toMatchObject({ state: 'done', removed: 1 });
  });

  test('one that follows a rule, and one that is gone, are refused before anything happens', async () => {
    saveSegment(workspace, { key: 'rule', name: 'By rule', rule: { kind: 'all', rules: [] } as never });
    const file = csv('email', 'bo@x.dk');
    await expect(bring('contacts', file, { segment: { key: 'rule', name: 'By rule', mode: 'append' } })).rejects.toThrow(/meets its rule/);
    await expect(bring('contacts', file, { segment: { key: 'gone', name: 'Gone', mode: 'append' } })).rejects.toThrow(/no segment gone/);
    expect(calls['imports.list']({})).toEqual([]);
    expect([...segmentsOf(workspace).keys()]).toEqual(['rule', 'fair']);
  });
});

test('attributes that somebody uses since stay: a value, a segment', async () => {
  const id = await bring('contacts', csv('email;Points;Shoe', 'ada@x.dk;10;44'));
  saveSegment(workspace, { key: 'rich', name: 'Rich', rule: { kind: 'attribute', attribute: 'points', operator: 'is', value: 10 } as never });
  await calls['imports.undo']({ import: id });
  expect(rows(workspace.db, 'SELECT key FROM attributes')).toEqual([{ key: 'points' }]);
});

describe('people whom the import has sent into flows', () => {
  /** A flow that is running with somebody in it, whose entry was caused by what happened to them last. */
  const enter = (contactId: number): number => {
    if (row(workspace.db, 'SELECT 1 FROM flows') === undefined) {
      run(workspace.db, `INSERT INTO flows (id, name, state, draft, revision, saved_at, live_version, created_at) VALUES (7, 'Welcome', 'live', '{}', 1, 0, 1, 0)`);
    }
    const enrollment = run(workspace.db, `INSERT INTO enrollments (flow_id, contact_id, entry_key, trigger_id, state, step_id, step_entered_at, entered_at) VALUES (7, ?, '', 't', 'active', 's', ?, ?)`, contactId, workspace.clock.now(), workspace.clock.now()).id;
    run(workspace.db, `INSERT INTO events (contact_id, type, at, recorded_at, source, flow_id, enrollment_id, data) VALUES (?, 'flow_entered', ?, ?, 'trigger', 7, ?, '{}')`, contactId, workspace.clock.now(), workspace.clock.now(), enrollment);
    return enrollment;
  };
  const plan = (enrollment: number, contactId: number, state: string): void => {
    run(
      workspace.db,
      `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, meant_at, enrolled_at, planned_at) VALUES (?, 7, 1, ?, 's', ?, 'email', 'm', ?, 0, 0, 0, 0)`,
      `7:${enrollment}:s:1`,
      enrollment,
      contactId,
      state,
    );
  };
  const passages = () => rows(workspace.db, 'SELECT contact_id AS contact, state, exit_reason AS reason FROM enrollments ORDER BY id');

  test('are taken out with the reason, what is planned for them is cancelled, and who has got nothing is removed', async () => {
    const byHand = addContact(workspace, { email: 'old@x.dk' });
    workspace.clock.setTo(workspace.clock.now() + HOUR);
    enter(byHand);
    const id = await bring('contacts', csv('email;first_name', 'ada@x.dk;Ada', 'bo@x.dk;Bo', 'old@x.dk;Old'), { startFlows: true });
    workspace.clock.setTo(workspace.clock.now() + HOUR);
    const idOf = (email: string): number => row<{ id: number }>(workspace.db, 'SELECT id FROM contacts WHERE email = ?', email)!.id;
    const [ada, bo] = [idOf('ada@x.dk'), idOf('bo@x.dk')];
    plan(enter(ada), ada, 'planned');
    plan(enter(bo), bo, 'sent');
    expect(calls['imports.undoForecast']({ import: id })).toMatchObject({ people: 2, messages: 1 });
    const undone = await calls['imports.undo']({ import: id });
    expect(undone).toMatchObject({ takenOut: 2, cancelled: 1, removed: 1, restored: 1, inFlows: 1, kept: 1 });
    expect(passages()).toEqual([
      { contact: byHand, state: 'active', reason: null },
      { contact: ada, state: 'exited', reason: 'import-undone' },
      { contact: bo, state: 'exited', reason: 'import-undone' },
    ]);
    expect(rows(workspace.db, 'SELECT state FROM outbox ORDER BY id')).toEqual([{ state: 'cancelled' }, { state: 'sent' }]);
  });

  test('ninety days later it is too late', async () => {
    const id = await bring('contacts', csv('email', 'ada@x.dk'));
    const [stored] = await calls['imports.list']({});
    expect(stored).toMatchObject({ canUndo: true, undoUntil: workspace.clock.now() + 90 * DAY });
    workspace.clock.setTo(workspace.clock.now() + 91 * DAY);
    expect(await calls['imports.list']({})).toMatchObject([{ canUndo: false }]);
    await expect(Promise.resolve().then(() => calls['imports.undo']({ import: id }))).rejects.toThrow(/older than 90 days/);
  });
});
