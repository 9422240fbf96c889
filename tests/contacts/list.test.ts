// The list of contacts as screens ask for it: order, search by parts of words, and deep pages, each the same from a reader thread,
// which keeps orders, as from the connection that writes.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Rule } from '../../shared/contacts/rule.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY } from '../../shared/time.ts';
import { ProblemError } from '../../shared/problem.ts';
import { closeReaders, readersOf } from '../../src-main/readers/readers.ts';
import { eraseContacts } from '../../src-main/runner/erasing.ts';
import { mergeContacts } from '../../src-main/runner/merging.ts';
import { undoMerge } from '../../src-main/runner/unmerging.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { contactList, nothingKept, type ContactPage } from '../../src-main/store/contact-list.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { counted, countContacts } from '../../src-main/store/contacts.ts';
import { run, transaction } from '../../src-main/store/database.ts';
import { askWhileReading, GivenUp } from '../../src-main/store/interruption.ts';
import { openForReading } from '../../src-main/store/reading-connection.ts';
import { removeImported } from '../../src-main/store/import-undo.ts';
import { contactsMatching, countMatching } from '../../src-main/store/rules.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

const page = (more: Partial<ContactPage> = {}): ContactPage => ({ search: '', rule: null, sort: null, offset: 0, limit: 100, ...more });
const tagged = (tag: string): Rule => ({ kind: 'tag', tag, has: true });

describe('in memory', () => {
  let workspace: TestWorkspace;
  beforeEach(() => {
    workspace = testWorkspace();
  });
  afterEach(() => workspace.close());
  const names = (more: Partial<ContactPage>) => contactList(workspace, page(more)).rows.map(({ values }) => values.first_name);

  test.each([
    ['part of an address', 'ILS', ['Søren']],
    ['two words, in any columns', 'jens dk', ['Søren']],
    ['part of a number', '3456', ['Åse']],
    ['an external id', 'c-0', ['Åse']],
    ['a letter beyond ASCII, whatever its capitals', 'SØREN', ['Søren']],
    ['a letter that is two characters', 'a\u030Ase', ['Åse']],
    ['only such letters', 'å', ['Åse']],
    ['an underscore is an underscore', '_', ['Under_score']],
    ['a percent sign is a percent sign', '50%', ['50% off']],
    ['a backslash is a backslash', '\\', ['back\\slash']],
    ['nothing that spans two columns', 'ørenj', []],
    ['blanks around', '  ils  ', ['Søren']],
  ])('search: %s', (_, search, expected) => {
    addContact(workspace, { email: 'nils@x.dk', first_name: 'Søren', last_name: 'Jensen' });
    addContact(workspace, { email: 'asa@y.se', first_name: 'Åse', phone: '+4512345678', external_id: 'C-0' });
    addContact(workspace, { email: 'u@z.pl', first_name: 'Under_score' });
    addContact(workspace, { email: 'p@z.pl', first_name: '50% off' });
    addContact(workspace, { email: 'b@z.pl', first_name: 'back\\slash' });
    addContact(workspace, { email: 'q@z.pl', first_name: '500 off' });
    expect(names({ search })).toEqual(expected);
    expect(countMatching(workspace, null, search)).toBe(expected.length);
  });

  test.each([
    ['last_name', false, ['Ben', 'ada', 'Cleo', 'Dora']],
    ['points', true, ['Cleo', 'ada', 'Ben', 'Dora']],
    ['first_name', false, ['ada', 'Ben', 'Cleo', 'Dora']],
    [':consent', false, ['Ben', 'ada', 'Cleo', 'Dora']],
    [':added', true, ['Dora', 'Cleo', 'Ben', 'ada']],
  ])('sorted by %s, the empty ones last', (attribute, descending, expected) => {
    addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
    const ids = [['ada', 'Holm', 20], ['Ben', 'berg', 3], ['Cleo', null, 100], ['Dora', null, null]].map(([first_name, last_name, points], index) => {
      workspace.clock.setTo(workspace.clock.now() + DAY);
      return addContact(workspace, { email: `c${index}@x.dk`, first_name, last_name, points });
    });
    recordConsent(workspace, { contactId: ids[1]!, channel: 'email', given: true, source: 'form', actor: 'user' });
    recordConsent(workspace, { contactId: ids[0]!, channel: 'email', given: true, source: 'form', actor: 'user' });
    recordConsent(workspace, { contactId: ids[0]!, channel: 'email', given: false, source: 'form', actor: 'user' });
    expect(names({ sort: { attribute, descending } })).toEqual(expected);
  });

  test('what is no column cannot be sorted by', () => {
    expect(() => contactList(workspace, page({ sort: { attribute: ':constructor', descending: false } }))).toThrow('no attribute :constructor to sort by');
  });
});

describe('from a reader thread', () => {
  let folder: string;
  let workspace: TestWorkspace;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kanal-list-'));
    workspace = testWorkspace({ file: join(folder, 'list.kanal') });
  });
  afterEach(async () => {
    await closeReaders(workspace);
    workspace.close();
    rmSync(folder, { recursive: true });
  });

  /** Many contacts without their events, which the list does not read. */
  function fill(count: number): void {
    transaction(workspace.db, () => {
      for (let n = 1; n <= count; n++) run(workspace.db, 'INSERT INTO contacts (email, first_name, last_name, added_at) VALUES (?, ?, ?, ?)', `p${n}@x.dk`, `N${n % 7}`, `L${n % 5}`, n);
    });
  }
  const asked: Partial<ContactPage>[] = [
    {},
    { search: 'p12' },
    { sort: { attribute: 'first_name', descending: true } },
    { sort: { attribute: ':added', descending: false }, search: 'n3' },
    { rule: { kind: 'attribute', attribute: 'last_name', operator: 'equals', value: 'L1' } },
  ];

  test('every page of every order is the one that the writing connection finds', async () => {
    fill(12_500);
    for (const question of asked) {
      for (const offset of [0, 4_990, 6_300, 7_490, 12_450, 12_600]) {
        const whole = page({ ...question, offset, limit: 50 });
        const { rows, total, current } = await readersOf(workspace).read('contacts', whole);
        const expected = contactList(workspace, whole);
        expect({ ids: rows.map(({ id }) => id), total, current }).toEqual({ ids: expected.rows.map(({ id }) => id), total: expected.total, current: true });
      }
    }
  });

  test('what was written before the question is in the answer: rows, counts, tags, new attributes', async () => {
    fill(2000);
    const readers = readersOf(workspace);
    /** What takes long to find, as everything does on a busy machine, may be of a moment ago, and says so. */
    const now = async (query: ReturnType<typeof page>) => {
      for (;;) {
        const list = await readers.read('contacts', query);
        if (list.current) return list;
      }
    };
    for (let n = 1; n <= 3; n++) {
      const id = addContact(workspace, { email: `z${n}@x.dk`, first_name: 'Ada', tags: ['vip'] });
      const { rows, total } = await now(page({ sort: { attribute: 'email', descending: true } }));
      expect([total, rows[0]?.id, rows[0]?.tags]).toEqual([2000 + n, id, ['vip']]);
      expect(await readers.read('count', { rule: tagged('vip') })).toEqual({ matching: n, total: 2000 + n });
      expect([...(await readers.read('ids', { rule: tagged('vip') }))]).toEqual(contactsMatching(workspace, tagged('vip'), { limit: 9 }));
    }
    addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
    const id = addContact(workspace, { email: 'p@x.dk', points: 4 });
    expect((await now(page({ sort: { attribute: 'points', descending: false } }))).rows[0]).toMatchObject({ id, values: { points: 4 } });
    expect(await readers.read('tags', null)).toEqual([{ name: 'vip', contacts: 3 }]);
  });

  test('how many there are is right after contacts have come, have gone and are back', async () => {
    fill(2100);
    let merge = 0;
    const acts: [string, number, () => unknown][] = [
      ['counted for the first time', 2100, () => undefined],
      ['one comes', 2101, () => addContact(workspace, { email: 'new@x.dk' })],
      ['one in the middle is merged', 2100, () => (merge = mergeContacts(workspace, { survivor: 10, other: 20, take: [], actor: 'user' }))],
      ['two come', 2102, () => [addContact(workspace, { email: 'b@x.dk' }), addContact(workspace, { email: 'c@x.dk' })]],
      ['the merged one is back', 2103, () => undoMerge(workspace, merge, 'user')],
      ['the last two are erased', 2101, () => eraseContacts(workspace, [2102, 2103], 'user')],
      ['one comes and one goes', 2101, () => [addContact(workspace, { email: 'd@x.dk' }), removeImported(workspace, 5)]],
    ];
    for (const [what, expected, act] of acts) {
      act();
      const { total } = await readersOf(workspace).read('contacts', page({ limit: 1 }));
      const { total: beside } = await readersOf(workspace).read('count', { rule: tagged('x') });
      expect([what, total, beside, countContacts(workspace)]).toEqual([what, expected, expected, expected]);
    }
  });

  test('who has been counted is not counted again', () => {
    fill(30);
    const before = counted(workspace, null);
    expect(before).toEqual({ count: 30, last: 30 });
    addContact(workspace, { email: 'new@x.dk' });
    expect(counted(workspace, { ...before, count: 1000 })).toEqual({ count: 1001, last: 31 });
    expect(counted(workspace, counted(workspace, before))).toEqual({ count: 31, last: 31 });
  });

  test('a newer question of the same screen takes the place of the older ones; other pages and other screens do not', async () => {
    fill(3000);
    const readers = readersOf(workspace);
    const ask = (screen: string, search: string, offset = 0) =>
      readers.read('contacts', page({ search, offset }), { screen, question: search }).then(
        ({ total }) => total,
        (error: unknown) => (error instanceof ProblemError ? error.problems[0]!.code : error),
      );
    const answers = await Promise.all([ask('a', 'p1'), ask('a', 'p1', 100), ask('b', 'p2'), ask('a', 'p299'), ask('a', 'p299', 5)]);
    // The first may be answered before the others are asked, never after it was given up.
    expect(answers.slice(1)).toEqual(['read-given-up', 1111, 11, 11]);
    expect(['read-given-up', 1111]).toContain(answers[0]);
  });

  test('among few contacts nothing waits for a thread to begin', async () => {
    addContact(workspace, { email: 'ada@x.dk' });
    const broken = await readersOf(workspace)
      .read('count', { rule: { kind: 'nonsense' } as unknown as Rule })
      .catch((error: unknown) => error);
    expect(String(broken)).not.toContain('thread');
    expect((await readersOf(workspace).read('contacts', page())).total).toBe(1);
  });

  test('a read that is under way stops in the middle', () => {
    fill(10_000);
    const db = openForReading(workspace.file);
    let looks = 0;
    askWhileReading(db, () => ++looks > 2);
    expect(() => contactsMatching({ db, clock: workspace.clock }, null, { limit: 20_000, search: 'p' })).toThrow(GivenUp);
    expect(looks).toBe(3);
    db.close();
  });

  test('an order that takes long to find may be that of a moment ago, and says so; a quick one never is', () => {
    fill(50);
    const db = openForReading(workspace.file);
    const reading = { db, clock: workspace.clock };
    const kept = nothingKept();
    const question = page({ sort: { attribute: 'email', descending: false } });
    expect(contactList(reading, question, kept)).toMatchObject({ total: 50, current: true });
    addContact(workspace, { email: 'new@x.dk' });
    expect(contactList(reading, question, kept)).toMatchObject({ total: 51, current: true });
    for (const order of kept.orders.values()) Object.assign(order, { cost: 60_000, age: () => 1000 });
    addContact(workspace, { email: 'newer@x.dk' });
    expect(contactList(reading, question, kept)).toMatchObject({ total: 51, current: false });
    for (const order of kept.orders.values()) Object.assign(order, { age: () => 600_001 });
    expect(contactList(reading, question, kept)).toMatchObject({ total: 52, current: true });
    db.close();
  });

  test('a refusal keeps its sentence; a bug is an error with what was read; and closing answers whoever waits', async () => {
    fill(2000);
    const readers = readersOf(workspace);
    const refused = await readers.read('contacts', page({ sort: { attribute: 'shoe', descending: false } })).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect(inEnglish((refused as ProblemError).problems[0]!.text)).toContain('no attribute shoe');
    const broken = await readers.read('count', { rule: { kind: 'nonsense' } as unknown as Rule }).catch((error: unknown) => error);
    expect(broken).toMatchObject({ message: 'Reading "count" in its thread failed', cause: expect.stringContaining('Error') });
    // The thread goes on after both.
    expect(await readers.read('count', { rule: tagged('x') })).toEqual({ matching: 0, total: 2000 });
    const waiting = readers.read('contacts', page()).catch((error: unknown) => (error as ProblemError).problems[0]!.code);
    await closeReaders(workspace);
    expect(await waiting).toBe('read-given-up');
  });

  test('closing a workspace in the middle of an export leaves no half file, and nothing is read afterwards', async () => {
    fill(60_000);
    const readers = readersOf(workspace);
    const file = join(folder, 'out.csv');
    const why = (error: unknown) => (error instanceof ProblemError ? inEnglish(error.problems[0]!.text) : error);
    const begun = () => (statSync(`${file}.part`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    let isDone = true;
    let half: Promise<unknown> = Promise.resolve();
    // A thread may also be done before a busy computer looks at its file: then another export is closed.
    while (isDone) {
      isDone = false;
      half = readers.read('export', { file, columns: null, rule: null, for: 'plain' }).catch(why).finally(() => (isDone = true));
      await vi.waitUntil(() => isDone || begun(), { timeout: 30_000, interval: 1 });
      if (isDone) rmSync(file);
    }
    await closeReaders(workspace);
    expect(await half).toBe('The workspace was closed before this was done.');
    expect(readdirSync(folder).filter((name) => name.startsWith('out'))).toEqual([]);
    expect(await readersOf(workspace).read('contacts', page()).catch(why)).toBe('The workspace was closed before this was done.');
  });

  test('a thread that dies fails the read that it had; the next one has a new thread', async () => {
    fill(2000);
    const readers = readersOf(workspace);
    renameSync(workspace.file, `${workspace.file}.elsewhere`);
    mkdirSync(workspace.file);
    const read = () => readers.read('contacts', page()).then(({ total }) => total, (error: unknown) => String(error));
    expect(await Promise.all([read(), read()])).toEqual(Array.from({ length: 2 }, () => 'Error: A reading thread has failed'));
    rmdirSync(workspace.file);
    renameSync(`${workspace.file}.elsewhere`, workspace.file);
    expect(await Promise.all([read(), read()])).toEqual([2000, 2000]);
  });
});
