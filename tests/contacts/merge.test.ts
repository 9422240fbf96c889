// Two contacts become one: what is united, what wins, and that taking it back leaves both as they were (FEATURES A5.12, D29).
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inEnglish } from '../../shared/text.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { mergeContacts } from '../../src-main/runner/merging.ts';
import { undoMerge } from '../../src-main/runner/unmerging.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { consentState, recordConsent } from '../../src-main/store/consents.ts';
import { findByEmail, getContact, updateContact } from '../../src-main/store/contacts.ts';
import { run } from '../../src-main/store/database.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { addSuppression, isSuppressed } from '../../src-main/store/suppressions.ts';
import { addTagFor, removeTagFor, tagsFor } from '../../src-main/store/tags.ts';
import { keepApart, pairsKeptApart } from '../../src-main/store/not-duplicates.ts';
import { contactHandlers } from '../../src-main/handlers/contacts.ts';
import { importFile, testFolder } from '../imports/import-fixture.ts';
import { branch, byHand, exit, flowOf, hasTag, mail, onTag, stage, tag, wait, type Stage } from '../runner/story.ts';
import { addContact, happen, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.close());

const merge = (survivor: number, other: number, take: string[] = []) => mergeContacts(workspace, { survivor, other, take, actor: 'user' });
const undo = (id: number) => undoMerge(workspace, id, 'user').kept.map((text) => inEnglish(text));

/** Every table that says what is, and was: not the record of merges itself, nor how far the runner has read. */
function dump({ db }: Pick<TestWorkspace, 'db'>): Record<string, unknown[]> {
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('merges', 'audit', 'runner_state') ORDER BY name`).pluck().all() as string[];
  return Object.fromEntries(tables.map((table) => [table, (db.prepare(`SELECT * FROM ${table}`).all()).map((each) => JSON.stringify(each)).sort()]));
}

describe('what becomes of the values', () => {
  test('the survivor keeps its id and its values; empty ones are filled, and chosen ones taken', () => {
    addAttribute(workspace, { key: 'shoe', label: 'Shoe size', kind: 'number' });
    const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada', shoe: 38 }), addContact(workspace, { email: 'ada@y.dk', first_name: 'Adele', last_name: 'Lund', shoe: 39, phone: '+4520123456' })];
    merge(ada, twin, ['shoe']);
    expect(getContact(workspace, ada)?.values).toEqual({ email: 'ada@x.dk', first_name: 'Ada', last_name: 'Lund', shoe: 39, phone: '+4520123456' });
    expect(getContact(workspace, twin)).toBeUndefined();
  });

  test('the other address can be the one that is kept; whoever knows either finds the survivor', () => {
    const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'ada@y.dk' })];
    const id = merge(ada, twin, ['email']);
    expect(getContact(workspace, ada)?.values).toEqual({ email: 'ada@y.dk' });
    expect([findByEmail(workspace, 'ada@x.dk'), findByEmail(workspace, 'ada@y.dk')]).toEqual([ada, ada]);
    expect(undo(id)).toEqual([]);
    expect([findByEmail(workspace, 'ada@x.dk'), findByEmail(workspace, 'ada@y.dk')]).toEqual([ada, twin]);
  });

  test('the history of the survivor tells it, with what it changed; no flow hears of it', () => {
    const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'ada@y.dk', first_name: 'Ada', tags: ['vip'] })];
    merge(ada, twin);
    const events = workspace.db.prepare(`SELECT type, source, data FROM events WHERE contact_id = ? AND source = 'merge' ORDER BY id`).all(ada);
    expect(events).toEqual([
      { type: 'attributes_changed', source: 'merge', data: '{"changes":{"first_name":[null,"Ada"]}}' },
      { type: 'contact_merged', source: 'merge', data: JSON.stringify({ merged: twin, name: 'Ada (ada@y.dk)' }) },
    ]);
  });

  test.each([['itself', 0], ['nobody', 99]])('merging with %s is refused', (_, other) => {
    const ada = addContact(workspace, { email: 'ada@x.dk' });
    expect(() => merge(ada, other === 0 ? ada : other)).toThrow(other === 0 ? 'with itself' : 'no contact number 99');
  });
});

describe('consent by topic', () => {
  const TOPICS = ['', 'news', 'offers'];
  const acts = fc.array(fc.record({ who: fc.constantFrom('one' as const, 'two' as const), topic: fc.constantFrom(...TOPICS), given: fc.boolean() }), { maxLength: 7 });
  let word = 0;
  const record = (contactId: number, topic: string, given: boolean) => recordConsent(workspace, { contactId, channel: 'email', topic, given, source: `word ${word++}`, actor: 'user' });
  const holds = (contactId: number) => TOPICS.map((topic) => consentState(workspace, contactId, 'email', topic));
  const pair = () => [addContact(workspace, {}), addContact(workspace, {})] as const;

  test('what either had opted out of, with the channel or by itself, both have, and nobody has given more than before', () => {
    fc.assert(
      fc.property(acts, (said) => {
        const [one, two] = pair();
        for (const { who, topic, given } of said) record(who === 'one' ? one : two, topic, given);
        const before = [holds(one), holds(two)] as const;
        const id = merge(one, two);
        holds(one).forEach((state, index) => {
          const states = [before[0][index], before[1][index]];
          if (states.includes('withdrawn')) expect(state).toBe('withdrawn');
          else if (state === 'given') expect(states).toContain('given');
        });
        undo(id);
        expect([holds(one), holds(two)]).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test('whoever has opted out since has opted out as both, when it is taken back', () => {
    fc.assert(
      fc.property(acts, fc.array(fc.constantFrom(...TOPICS), { minLength: 1, maxLength: 2 }), (said, since) => {
        const [one, two] = pair();
        for (const { who, topic, given } of said) record(who === 'one' ? one : two, topic, given);
        const id = merge(one, two);
        for (const topic of since) record(one, topic, false);
        undo(id);
        for (const contact of [one, two]) {
          const states = holds(contact);
          expect(since.includes('') ? states : since.map((topic) => states[TOPICS.indexOf(topic)])).not.toContain('given');
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is united', () => {
  test('tags, orders in their order, and who is kept apart', () => {
    const [ada, twin, third] = [addContact(workspace, { email: 'ada@x.dk', tags: ['both', 'one'] }), addContact(workspace, { email: 'ada@y.dk', tags: ['both', 'two'] }), addContact(workspace, { email: 'c@x.dk' })];
    for (const [contactId, day] of [[ada, 1], [twin, 2], [ada, 3], [twin, 0]] as const) recordOrder(workspace, { orderKey: `${contactId}-${day}`, contactId, at: workspace.clock.now() - 10 * DAY + day * DAY, amount: 100, source: 'api' });
    keepApart(workspace, [twin, third]);
    merge(ada, twin);
    expect(tagsFor(workspace, [ada]).get(ada)).toEqual(['both', 'one', 'two']);
    expect(workspace.db.prepare('SELECT order_key, nth FROM orders WHERE contact_id = ? ORDER BY nth').raw().all(ada)).toEqual([[`${twin}-0`, 1], [`${ada}-1`, 2], [`${twin}-2`, 3], [`${ada}-3`, 4]]);
    expect([...pairsKeptApart(workspace)]).toEqual([`${ada}:${third}`]);
  });

  test.each([
    ['given', 'withdrawn', 'withdrawn'],
    ['withdrawn', 'given', 'withdrawn'],
    ['given', 'given', 'given'],
    ['given', null, 'given'],
    [null, 'withdrawn', 'withdrawn'],
    [null, 'given', 'given'],
    [null, null, 'none'],
  ] as const)('D29: consent %s and %s come to %s; every row of both ledgers stays', (one, two, expected) => {
    const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'ada@y.dk' })];
    const say = (contactId: number, state: 'given' | 'withdrawn' | null) => state !== null && recordConsent(workspace, { contactId, channel: 'email', given: state === 'given', source: `form ${contactId}`, actor: 'user' });
    // The stricter word is the older one where there are two.
    if (one === 'withdrawn') say(ada, one);
    say(twin, two);
    if (one === 'given') say(ada, one);
    const before = workspace.db.prepare('SELECT id, state, source FROM consents').all();
    merge(ada, twin);
    expect(consentState(workspace, ada, 'email')).toBe(expected);
    expect(workspace.db.prepare(`SELECT id, state, source FROM consents WHERE actor = 'user' AND contact_id = ?`).all(ada)).toEqual(before);
  });

  test.each([['asked', true], ['complaint', true], ['bounced', false]])('D29: the union of suppressions, reason %s: the address of the survivor too? %s', (reason, isUnited) => {
    const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'ada@y.dk' })];
    addSuppression(workspace, { channel: 'email', address: 'ada@y.dk', reason, source: 'user' });
    const id = merge(ada, twin);
    expect([isSuppressed(workspace, 'email', 'ada@x.dk'), isSuppressed(workspace, 'email', 'ada@y.dk')]).toEqual([isUnited, true]);
    undo(id);
    expect([isSuppressed(workspace, 'email', 'ada@x.dk'), isSuppressed(workspace, 'email', 'ada@y.dk')]).toEqual([false, true]);
  });
});

describe('taking it back', () => {
  test('what was changed later stays, and is named', () => {
    const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'ada@y.dk', first_name: 'Ada', last_name: 'Lund', tags: ['vip', 'old'], consent: ['email'] })];
    const id = merge(ada, twin);
    workspace.clock.setTo(workspace.clock.now() + HOUR);
    updateContact(workspace, ada, { first_name: 'Augusta' }, { source: 'user' });
    removeTagFor(workspace, [{ contactId: ada }], 'old', { source: 'user' });
    recordConsent(workspace, { contactId: ada, channel: 'email', given: false, source: 'link', actor: 'api' });
    expect(undo(id)).toEqual(['First name was changed again later, and stays as it is.', 'The tag old was taken off later, and stays off.', 'The later opt-out from e-mail holds for both.', 'Later entries in the history stay with the contact that had remained: 3']);
    expect(getContact(workspace, ada)?.values).toEqual({ email: 'ada@x.dk', first_name: 'Augusta' });
    expect(getContact(workspace, twin)?.values).toEqual({ email: 'ada@y.dk', first_name: 'Ada', last_name: 'Lund' });
    expect(tagsFor(workspace, [ada, twin])).toEqual(new Map([[twin, ['vip']]]));
    expect([consentState(workspace, ada, 'email'), consentState(workspace, twin, 'email')]).toEqual(['withdrawn', 'withdrawn']);
    expect(() => undo(id)).toThrow('no merge number');
  });

  test('in the order in which they were made: what was built on a merge goes first', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => addContact(workspace, { email: `${name}@x.dk`, tags: [name] })) as [number, number, number];
    const before = dump(workspace);
    const first = merge(b, c);
    const second = merge(a, b);
    expect(findByEmail(workspace, 'c@x.dk')).toBe(a);
    expect(() => undo(first)).toThrow('merged into the same contact later');
    undo(second);
    expect(findByEmail(workspace, 'c@x.dk')).toBe(b);
    undo(first);
    expect(dump(workspace)).toEqual(before);
  });

  test('an address that somebody else has by now stays there, and is named', () => {
    const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'ada@y.dk', phone: '+4520123456' })];
    const id = merge(ada, twin);
    updateContact(workspace, ada, { email: 'ada@y.dk' }, { source: 'user' });
    expect(undo(id)).toContain('The address ada@y.dk belongs to another contact by now, and stays there.');
    expect(getContact(workspace, twin)?.values).toEqual({ phone: '+4520123456' });
  });
});

describe('while they are in flows', () => {
  let story: Stage;
  beforeEach(() => {
    story = stage();
  });
  afterEach(() => story.workspace.close());
  const mergeIn = (survivor: number, other: number) => mergeContacts(story.workspace, { survivor, other, take: [], actor: 'user' });
  const inside = () => story.all(`SELECT contact_id AS contact, step_id AS step, state, exit_reason AS reason FROM enrollments ORDER BY id`);

  test('D29: in the same flow the further one goes on, the other ends as "merged"; undo restores both', async () => {
    const flow = story.live(flowOf({ triggers: [onTag('go')], steps: [wait('first', 3), mail('welcome'), wait('second', 5), tag('done')] }));
    const [ada, twin] = [addContact(story.workspace, { email: 'ada@x.dk' }), addContact(story.workspace, { email: 'ada@y.dk', tags: ['go'], consent: ['email'] })];
    await story.pass(4 * DAY);
    addTagFor(story.workspace, [{ contactId: ada }], 'go', { source: 'user' });
    await story.pass(HOUR);
    const before = dump(story.workspace);
    const id = mergeIn(ada, twin);
    expect(inside()).toEqual([{ contact: ada, step: 'second', state: 'active', reason: null }, { contact: ada, step: null, state: 'exited', reason: 'merged' }]);
    expect(story.one(`SELECT n FROM step_counts WHERE flow_id = ? AND step_id = '' AND what = 'exited'`, flow)).toBe(1);
    undoMerge(story.workspace, id, 'user');
    expect(dump(story.workspace)).toEqual(before);
    await story.pass(10 * DAY);
    expect(story.delivered.map(({ contact }) => contact)).toEqual([twin, ada]);
    expect(inside()).toEqual([{ contact: twin, step: null, state: 'finished', reason: null }, { contact: ada, step: null, state: 'finished', reason: null }]);
  });

  test('D29: merged in mid-flow, the passage goes on as the survivor, whose address the planned message gets', async () => {
    story.live(flowOf({ triggers: [onTag('go')], steps: [mail('welcome'), wait('pause', 2), mail('reminder')] }));
    const [ada, twin] = [addContact(story.workspace, { email: 'ada@x.dk', consent: ['email'] }), addContact(story.workspace, { email: 'ada@y.dk', tags: ['go'], consent: ['email'] })];
    story.isSending = false;
    await story.pass(HOUR);
    mergeIn(ada, twin);
    expect(story.all(`SELECT contact_id AS contact, state FROM outbox`)).toEqual([{ contact: ada, state: 'planned' }]);
    story.isSending = true;
    await story.pass(3 * DAY);
    expect(story.delivered.map(({ contact, message }) => [contact, message])).toEqual([[ada, 'welcome'], [ada, 'reminder']]);
    expect(story.one(`SELECT count(*) FROM events WHERE type = 'message_sent' AND contact_id = ?`, ada)).toBe(2);
  });

  test('what a passage did after the merge goes with it when that is taken back', async () => {
    story.live(flowOf({ triggers: [onTag('go')], steps: [wait('pause', 2), mail('welcome'), wait('end', 9)] }));
    const [ada, twin] = [addContact(story.workspace, { email: 'ada@x.dk', consent: ['email'] }), addContact(story.workspace, { email: 'ada@y.dk', tags: ['go'], consent: ['email'] })];
    await story.pass(HOUR);
    const id = mergeIn(ada, twin);
    await story.pass(3 * DAY);
    expect(undoMerge(story.workspace, id, 'user').kept).toEqual([]);
    expect(inside()).toEqual([{ contact: twin, step: 'end', state: 'active', reason: null }]);
    expect(story.all(`SELECT contact_id AS contact FROM outbox UNION ALL SELECT contact_id FROM events WHERE type = 'message_sent'`)).toEqual([{ contact: twin }, { contact: twin }]);
  });

  test('D29: on two branches the one with more steps behind goes on; the planned message of the other is not sent', async () => {
    story.live(flowOf({ triggers: [byHand], steps: [branch('who', hasTag('vip')), tag('seen'), wait('long', 5), mail('offer')], ways: ['who.yes > seen', 'who.else > offer', 'seen > long'] }));
    const flow = story.one('SELECT id FROM flows') as number;
    const [ada, twin] = [addContact(story.workspace, { email: 'ada@x.dk', consent: ['email'] }), addContact(story.workspace, { email: 'ada@y.dk', tags: ['vip'], consent: ['email'] })];
    story.isSending = false;
    await story.calls['flows.enroll']({ flow, contacts: [ada, twin], rule: null });
    await story.pass(HOUR);
    const before = dump(story.workspace);
    const id = mergeIn(ada, twin);
    expect(inside()).toEqual([{ contact: ada, step: null, state: 'exited', reason: 'merged' }, { contact: ada, step: 'long', state: 'active', reason: null }]);
    expect(story.all('SELECT state FROM outbox')).toEqual([{ state: 'cancelled' }]);
    undoMerge(story.workspace, id, 'user');
    expect(dump(story.workspace)).toEqual(before);
  });

  test('a segment that is followed hears of both: who came in by the merge goes out with its end', async () => {
    run(story.workspace.db, `INSERT INTO segments (key, name, rule, track, updated_at) VALUES ('vips', 'Vips', '{"kind":"tag","tag":"vip","has":true}', 1, 0)`);
    const [ada, twin] = [addContact(story.workspace, { email: 'ada@x.dk' }), addContact(story.workspace, { email: 'ada@y.dk', tags: ['vip'] })];
    await story.pass(HOUR);
    const members = () => story.all(`SELECT contact_id AS id FROM segment_members WHERE segment = 'vips'`);
    const id = mergeIn(ada, twin);
    await story.pass(HOUR);
    expect(members()).toEqual([{ id: ada }]);
    addTagFor(story.workspace, [{ contactId: ada }], 'other', { source: 'user' });
    await story.pass(HOUR);
    undoMerge(story.workspace, id, 'user');
    expect(members()).toEqual([{ id: twin }]);
    await story.pass(HOUR);
    expect(members()).toEqual([{ id: twin }]);
  });

  test('whoever comes into a segment by a merge, or by its end, starts nothing', async () => {
    run(story.workspace.db, `INSERT INTO segments (key, name, rule, track, updated_at) VALUES ('vips', 'Vips', '{"kind":"tag","tag":"vip","has":true}', 0, 0)`);
    const [ada, twin] = [addContact(story.workspace, { email: 'ada@x.dk' }), addContact(story.workspace, { email: 'ada@y.dk', tags: ['vip'] })];
    await story.pass(HOUR);
    story.live(flowOf({ triggers: [{ id: 'in', type: 'segmentEntered', config: { segment: 'vips' } }], entry: { reentry: 'afterExit', reentryDays: 1, audience: null }, steps: [tag('greeted')] }));
    await story.pass(HOUR);
    const id = mergeIn(ada, twin);
    await story.pass(HOUR);
    undoMerge(story.workspace, id, 'user');
    await story.pass(HOUR);
    expect(story.all(`SELECT contact_id AS id FROM segment_members WHERE segment = 'vips'`)).toEqual([{ id: twin }]);
    expect(story.all('SELECT id FROM enrollments')).toEqual([]);
  });

  test('in a flow that was archived since, nobody comes back to life', async () => {
    const flow = story.live(flowOf({ triggers: [onTag('go')], steps: [wait('first', 3), exit('out')] }));
    const [ada, twin] = ['ada@x.dk', 'ada@y.dk'].map((email) => addContact(story.workspace, { email, tags: ['go'] })) as [number, number];
    await story.pass(HOUR);
    const id = mergeIn(ada, twin);
    run(story.workspace.db, `UPDATE flows SET state = 'archived' WHERE id = ?`, flow);
    expect(undoMerge(story.workspace, id, 'user').kept.map((text) => inEnglish(text))).toEqual(['One of the two does not come back into the flow Story: it was archived, or they have come in again since.']);
  });

  test('whatever their lives were, taking a merge back leaves every table as it was', { timeout: 60_000 }, async () => {
    const life = fc.array(
      fc.record({ who: fc.integer({ min: 0, max: 3 }), what: fc.constantFrom('tag', 'untag', 'order', 'consent', 'optOut', 'go', 'race', 'suppress', 'value', 'event', 'segment', 'apart'), n: fc.integer({ min: 0, max: 3 }), hours: fc.integer({ min: 0, max: 60 }) }),
      { minLength: 3, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(life, fc.boolean(), fc.uniqueArray(fc.constantFrom('email', 'first_name', 'phone', 'shoe')), async (acts, turned, take) => {
        const here = stage();
        try {
          const ws = here.workspace;
          addAttribute(ws, { key: 'shoe', label: 'Shoe size', kind: 'number' });
          run(ws.db, `INSERT INTO segments (key, name, rule, track, updated_at) VALUES ('fans', 'Fans', NULL, 0, 0), ('vips', 'Vips', '{"kind":"tag","tag":"t1","has":true}', 1, 0)`);
          here.live(flowOf({ name: 'A', triggers: [onTag('go')], entry: { reentry: 'afterExit', reentryDays: 1, audience: null } as never, steps: [wait('w1', 1), mail('welcome'), wait('w2', 2), tag('t1'), wait('w3', 4)] }));
          here.live(flowOf({ name: 'B', triggers: [onTag('race')], steps: [branch('b', hasTag('t1')), tag('t2'), wait('x', 30), wait('y', 20)], ways: ['b.yes > t2', 'b.else > y', 't2 > x'] }));
          const people = ['a', 'b', 'c', 'd'].map((name, index) => addContact(ws, { email: `${name}@x.dk`, ...(index % 2 === 0 ? { phone: `+452012345${index}` } : {}), consent: index < 2 ? ['email'] : [] }));
          for (const { who, what, n, hours } of acts) {
            const contactId = people[who]!;
            if (what === 'tag') addTagFor(ws, [{ contactId }], `t${n}`, { source: 'user' });
            if (what === 'untag') removeTagFor(ws, [{ contactId }], `t${n}`, { source: 'user' });
            if (what === 'go' || what === 'race') {
              removeTagFor(ws, [{ contactId }], what, { source: 'user' });
              addTagFor(ws, [{ contactId }], what, { source: 'user' });
            }
            if (what === 'order') recordOrder(ws, { orderKey: `o${ws.clock.now()}-${who}-${n}`, contactId, at: ws.clock.now() - n * DAY, amount: n, source: 'api' });
            if (what === 'consent' || what === 'optOut') recordConsent(ws, { contactId, channel: n % 2 === 0 ? 'email' : 'sms', given: what === 'consent', source: `s${n}`, actor: 'user' });
            if (what === 'suppress') addSuppression(ws, { channel: 'email', address: `${'abcd'[who]}@x.dk`, reason: ['asked', 'bounced', 'spam', 'x'][n]!, source: 'user' });
            if (what === 'value') updateContact(ws, contactId, { shoe: n, first_name: `N${n}` }, { source: 'user' });
            if (what === 'event') happen(ws, contactId, 'visited', { data: { n } });
            if (what === 'segment') run(ws.db, `INSERT INTO segment_members (segment, contact_id, added_at) VALUES ('fans', ?, ?) ON CONFLICT DO NOTHING`, contactId, ws.clock.now());
            if (what === 'apart') keepApart(ws, [contactId, people[n]!]);
            here.isSending = n !== 3;
            await here.pass(hours * HOUR);
          }
          const [survivor, other, third] = turned ? [people[1]!, people[0]!, people[2]!] : [people[0]!, people[1]!, people[2]!];
          const before = dump(ws);
          const first = mergeContacts(ws, { survivor, other, take, actor: 'user' });
          expect(ws.db.prepare('SELECT count(*) FROM events WHERE contact_id NOT IN (SELECT id FROM contacts)').pluck().get()).toBe(0);
          for (const table of ['events', 'orders', 'enrollments', 'outbox', 'consents', 'contact_tags']) expect(ws.db.prepare(`SELECT count(*) FROM ${table} WHERE contact_id = ?`).pluck().get(other)).toBe(0);
          const between = dump(ws);
          const second = mergeContacts(ws, { survivor: third, other: survivor, take: [], actor: 'user' });
          expect(undoMerge(ws, second, 'user').kept).toEqual([]);
          expect(dump(ws)).toEqual(between);
          expect(undoMerge(ws, first, 'user').kept).toEqual([]);
          expect(dump(ws)).toEqual(before);
          expect(ws.db.pragma('foreign_key_check')).toEqual([]);
        } finally {
          here.workspace.close();
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('files that still speak of the merged contact', () => {
  test('an import finds the survivor under the address that is gone, leaves its own address alone, and adds nobody (mautic#6079)', async () => {
    const folder = testFolder();
    try {
      const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk', external_id: 'C1' }), addContact(workspace, { email: 'ada@y.dk', external_id: 'C2' })];
      merge(ada, twin);
      const file = folder.write('people.csv', 'email;first_name\nada@y.dk;Ada\nbo@x.dk;Bo\n');
      expect((await importFile(workspace, file)).counts).toMatchObject({ added: 1, updated: 1, rejected: 0 });
      expect(getContact(workspace, ada)?.values).toMatchObject({ email: 'ada@x.dk', first_name: 'Ada' });
      const byNumber = folder.write('numbers.csv', 'external_id;last_name\nC2;Lund\n');
      expect((await importFile(workspace, byNumber, { match: ['external_id'] })).counts).toMatchObject({ added: 0, updated: 1 });
      expect(getContact(workspace, ada)?.values).toMatchObject({ external_id: 'C1', last_name: 'Lund' });
      expect((await importFile(workspace, file)).counts).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
    } finally {
      folder.remove();
    }
  });

  test('events and suppressions for the old address reach the survivor; nobody can take that address', async () => {
    const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'ada@y.dk' })];
    merge(ada, twin);
    const calls = contactHandlers(workspace);
    expect(await calls['events.record']({ events: [{ email: 'ada@y.dk', type: 'visited', at: null, eventId: null, data: {} }] })).toMatchObject({ recorded: 1 });
    addSuppression(workspace, { channel: 'email', address: 'ada@y.dk', reason: 'bounced', source: 'smtp' });
    expect(workspace.db.prepare(`SELECT type FROM events WHERE contact_id = ? AND type IN ('visited', 'suppressed') ORDER BY id`).pluck().all(ada)).toEqual(['visited', 'suppressed']);
    expect(() => addContact(workspace, { email: 'ada@y.dk' })).toThrow('already');
  });
});
