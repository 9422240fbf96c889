// Who comes into a segment and who leaves it, as flows hear it: by what happens, by time alone, by an import, by a flow itself;
// and who does not, because nothing happened to them but that somebody looked.
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../shared/contacts/rule.ts';
import type { Trigger } from '../../shared/flow/flow.ts';
import { DAY, HOUR, MINUTE } from '../../shared/time.ts';
import { segmentHandlers } from '../../src-main/handlers/segments.ts';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { keepMemberships } from '../../src-main/runner/memberships.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { pause } from '../../src-main/runner/publishing.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { run, transaction } from '../../src-main/store/database.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { contactsMatching } from '../../src-main/store/rules.ts';
import { settleSome } from '../../src-main/store/segment-membership.ts';
import { addToSegmentFor, saveSegment, sizesOf } from '../../src-main/store/segments.ts';
import { addTagFor, removeTagFor, tagsFor } from '../../src-main/store/tags.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';
import { exit, flowOf, hasTag, onTag, stage, tag, untag, wait, type Stage } from '../runner/story.ts';

const silent = { performDue: async () => 0, nextDueAt: () => null, paused: () => null } as unknown as Outbox;
const user = { source: 'user' } as const;
const vip: Rule = hasTag('vip');
const entered = (segment: string): Trigger => ({ id: 'in', type: 'segmentEntered', config: { segment } });
const left = (segment: string): Trigger => ({ id: 'out', type: 'segmentLeft', config: { segment } });

/** What was recorded about membership, as "entered 1" lines. */
function moves(story: Stage): string[] {
  return story
    .all<{ type: string; contact_id: number }>(`SELECT type, contact_id FROM events WHERE type IN ('segment_entered', 'segment_left') ORDER BY id`)
    .map(({ type, contact_id }) => `${type.replace('segment_', '')} ${contact_id}`);
}

function tags(story: Stage, contact: number): string[] {
  return tagsFor(story.workspace, [contact]).get(contact) ?? [];
}

/** The members that are kept are those whom the rule means: what everything else rests on. */
function expectKept(story: Stage, segment: string): void {
  const kept = story.all<{ id: number }>('SELECT contact_id AS id FROM segment_members WHERE segment = ? ORDER BY id', segment).map(({ id }) => id);
  expect(kept).toEqual(contactsMatching(story.workspace, { kind: 'segment', segment, member: true }, { limit: 1000 }).toSorted((a, b) => a - b));
}

describe('by what happens', () => {
  test('who comes in starts the flow, who was in does not, and leaving is another trigger', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: vip });
    const old = addContact(workspace, { email: 'old@x.dk', tags: ['vip'] });
    const ada = addContact(workspace, { email: 'ada@x.dk' });
    story.live(flowOf({ triggers: [entered('vips')], steps: [tag('greeted')] }));
    story.live(flowOf({ name: 'Farewell', triggers: [left('vips')], steps: [tag('missed')] }));
    await story.pass(0);
    expect(moves(story)).toEqual([]);
    addTagFor(workspace, [{ contactId: ada }], 'vip', user);
    await story.pass(MINUTE);
    expect([tags(story, old), tags(story, ada)]).toEqual([['vip'], ['greeted', 'vip']]);
    removeTagFor(workspace, [{ contactId: old }], 'vip', user);
    await story.pass(MINUTE);
    expect(tags(story, old)).toEqual(['missed']);
    expect(moves(story)).toEqual([`entered ${ada}`, `left ${old}`]);
    expectKept(story, 'vips');
  });

  test('somebody who is added at the very moment at which the flow is published comes in', async () => {
    const story = stage();
    saveSegment(story.workspace, { key: 'danes', name: 'Danes', rule: { kind: 'attribute', attribute: 'language', operator: 'equals', value: 'da' } });
    story.live(flowOf({ triggers: [entered('danes')], steps: [tag('greeted')] }));
    const ada = addContact(story.workspace, { email: 'ada@x.dk', language: 'da' });
    await story.pass(0);
    expect(tags(story, ada)).toEqual(['greeted']);
  });

  test('leaving the segment that let somebody in does not take them out, unless the flow’s exit rule says so (FEATURES D20)', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: vip });
    const stays = story.live(flowOf({ triggers: [entered('vips')], steps: [wait('pause', 2), tag('stayed')] }));
    const leaves = story.live(flowOf({ triggers: [entered('vips')], exit: { kind: 'segment', segment: 'vips', member: false }, steps: [wait('pause', 2), tag('never')] }));
    const ada = addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
    await story.pass(HOUR);
    removeTagFor(workspace, [{ contactId: ada }], 'vip', user);
    await story.pass(3 * DAY);
    expect(tags(story, ada)).toEqual(['stayed']);
    const ends = story.all('SELECT flow_id AS flow, state, exit_reason AS reason FROM enrollments ORDER BY flow_id');
    expect(ends).toEqual([{ flow: stays, state: 'finished', reason: null }, { flow: leaves, state: 'exited', reason: 'exit-rule' }]);
  });

  test('FEATURES D20: where the trigger says so, leaving the segment takes out whom it has let in, and nobody else; what they have done stays', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: vip });
    const id = story.live(flowOf({ triggers: [{ ...entered('vips'), config: { segment: 'vips', leaving: 'exit' } }, onTag('go')], steps: [tag('in'), wait('pause', 2), tag('out')] }));
    const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => addContact(workspace, { email: `${name}@x.dk` })) as [number, number, number];
    addTagFor(workspace, [{ contactId: ben }], 'go', user);
    await story.pass(0);
    for (const contactId of [ada, ben, cleo]) addTagFor(workspace, [{ contactId }], 'vip', user);
    await story.pass(HOUR);
    for (const contactId of [ada, ben]) removeTagFor(workspace, [{ contactId }], 'vip', user);
    await story.pass(0);
    const places = () => story.all<{ contact: number; step: string | null; reason: string | null }>('SELECT contact_id AS contact, step_id AS step, exit_reason AS reason FROM enrollments ORDER BY contact_id').map(({ contact, step, reason }) => [contact, step ?? reason]);
    expect(places()).toEqual([[ada, 'left-segment'], [ben, 'pause'], [cleo, 'pause']]);
    expect(story.all<{ step: string }>('SELECT v.step_id AS step FROM visits v JOIN enrollments e ON e.id = v.enrollment_id WHERE e.contact_id = ? ORDER BY v.visit', ada).map(({ step }) => step)).toEqual(['in', 'pause']);
    // While the flow is paused nobody moves; whoever is in the segment again by then stays.
    pause(workspace, id);
    removeTagFor(workspace, [{ contactId: cleo }], 'vip', user);
    await story.pass(HOUR);
    addTagFor(workspace, [{ contactId: cleo }], 'vip', user);
    await story.pass(0);
    await story.calls['flows.resume']({ flow: id, overdue: 'rule' });
    await story.pass(0);
    expect(places()).toEqual([[ada, 'left-segment'], [ben, 'pause'], [cleo, 'pause']]);
    // Coming in again does not bring back whoever has left.
    addTagFor(workspace, [{ contactId: ada }], 'vip', user);
    await story.pass(3 * DAY);
    expect(places()).toEqual([[ada, 'left-segment'], [ben, null], [cleo, null]]);
  });

  test('FEATURES D20: also where time alone takes them out of the segment', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'recent', name: 'Recent', rule: { kind: 'event', event: 'visit', did: true, since: { amount: 3, unit: 'hours' } } });
    story.live(flowOf({ triggers: [{ ...entered('recent'), config: { segment: 'recent', leaving: 'exit' } }], steps: [wait('pause', 2)] }));
    const ada = addContact(workspace, { email: 'ada@x.dk' });
    await story.pass(0);
    happen(workspace, ada, 'visit');
    await story.pass(2 * HOUR);
    expect(story.one('SELECT step_id FROM enrollments')).toBe('pause');
    await story.pass(2 * HOUR);
    expect(story.one('SELECT exit_reason FROM enrollments')).toBe('left-segment');
  });

  test('a change that a flow makes itself does not start it again, but may start another', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: vip });
    story.live(flowOf({ triggers: [onTag('go'), entered('vips')], entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, steps: [untag('drop', 'vip'), tag('vip')] }));
    story.live(flowOf({ name: 'Other', triggers: [entered('vips')], steps: [tag('seen')] }));
    const ada = addContact(workspace, { email: 'ada@x.dk', tags: ['go'] });
    await story.pass(HOUR);
    expect(story.all('SELECT flow_id FROM enrollments WHERE contact_id = ?', ada)).toHaveLength(2);
    expect(tags(story, ada)).toContain('seen');
  });

  test('whoever an import brings in silently starts nothing; one that may start flows does', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: vip });
    story.live(flowOf({ triggers: [entered('vips')], steps: [tag('greeted')] }));
    const imported = (startFlows: boolean) =>
      run(workspace.db, `INSERT INTO imports (file_name, file_hash, plan, state, counts, started_at) VALUES ('f', 'h', ?, 'done', '{}', 0)`, JSON.stringify({ startFlows })).id;
    const [quiet, loud] = [addContact(workspace, { email: 'quiet@x.dk' }), addContact(workspace, { email: 'loud@x.dk' })];
    await story.pass(0);
    addTagFor(workspace, [{ contactId: quiet }], 'vip', { source: 'import', importId: imported(false) });
    addTagFor(workspace, [{ contactId: loud }], 'vip', { source: 'import', importId: imported(true) });
    await story.pass(HOUR);
    expect([tags(story, quiet), tags(story, loud)]).toEqual([['vip'], ['greeted', 'vip']]);
    expectKept(story, 'vips');
  });

  test('membership events do not cause themselves: a segment of segments settles, and is left alone', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'fair', name: 'Fair', rule: null });
    saveSegment(workspace, { key: 'both', name: 'Both', rule: { kind: 'all', rules: [vip, { kind: 'segment', segment: 'fair', member: true }] }, track: true });
    saveSegment(workspace, { key: 'others', name: 'Others', rule: { kind: 'segment', segment: 'both', member: false }, track: true });
    await story.pass(0);
    const ada = addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
    await story.pass(MINUTE);
    addToSegmentFor(workspace, [{ contactId: ada }], 'fair', user);
    await story.pass(DAY);
    expect(story.all<{ segment: string; type: string }>(`SELECT data ->> 'segment' AS segment, type FROM events WHERE type LIKE 'segment_%' ORDER BY id`)).toEqual([
      { segment: 'others', type: 'segment_entered' },
      { segment: 'fair', type: 'segment_entered' },
      { segment: 'both', type: 'segment_entered' },
      { segment: 'others', type: 'segment_left' },
    ]);
  });
});

describe('by time alone', () => {
  const quiet: Rule = { kind: 'order', measure: 'last', operator: 'longerAgo', value: { amount: 30, unit: 'days' }, since: 'ever' };

  test('thirty days without an order, at the midnight after them; an order brings back at once', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'quiet', name: 'Quiet', rule: quiet });
    story.live(flowOf({ triggers: [entered('quiet')], steps: [tag('asked')] }));
    const ada = addContact(workspace, { email: 'ada@x.dk' });
    const buy = (key: string) => recordOrder(workspace, { orderKey: key, contactId: ada, at: workspace.clock.now(), amount: 100, source: 'test' });
    buy('1');
    await story.pass(29 * DAY);
    expect(moves(story)).toEqual([]);
    await story.pass(3 * DAY);
    // 2 March 09:00 in Copenhagen and thirty days is 1 April 09:00; the day begins at 22:00 UTC, summer time by then.
    expect(story.one(`SELECT at FROM events WHERE type = 'segment_entered'`)).toBe(Date.UTC(2026, 3, 1, 22));
    expect(tags(story, ada)).toEqual(['asked']);
    buy('2');
    await story.pass(MINUTE);
    expect(moves(story)).toEqual([`entered ${ada}`, `left ${ada}`]);
  });

  test('a birthday: in at its midnight, out at the next, again the year after', async () => {
    const story = stage();
    const { workspace } = story;
    run(workspace.db, 'ALTER TABLE contacts ADD COLUMN a_born TEXT');
    run(workspace.db, `INSERT INTO attributes (key, label, kind, created_at) VALUES ('born', 'Born', 'date', 0)`);
    saveSegment(workspace, { key: 'birthday', name: 'Birthday', rule: { kind: 'attribute', attribute: 'born', operator: 'anniversaryToday' }, track: true });
    await story.pass(0);
    addContact(workspace, { email: 'ada@x.dk', born: '1990-03-05' });
    await story.pass(366 * DAY);
    const at = story.all<{ at: number }>(`SELECT at FROM events WHERE type LIKE 'segment_%' ORDER BY id`).map((each) => each.at);
    expect(at).toEqual([Date.UTC(2026, 2, 4, 23), Date.UTC(2026, 2, 5, 23)]);
    await story.pass(3 * DAY);
    expect(moves(story)).toEqual(['entered 1', 'left 1', 'entered 1', 'left 1']);
  });

  test('a rule that speaks of hours is looked at each hour, one without time never', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'hot', name: 'Hot', rule: { kind: 'event', event: 'page_viewed', did: true, since: { amount: 2, unit: 'hours' } }, track: true });
    const ada = addContact(workspace, { email: 'ada@x.dk' });
    await story.pass(0);
    happen(workspace, ada, 'page_viewed');
    await story.pass(4 * HOUR);
    expect(story.all(`SELECT type, at FROM events WHERE type LIKE 'segment_%' ORDER BY id`)).toEqual([
      { type: 'segment_entered', at: TEST_NOW },
      { type: 'segment_left', at: TEST_NOW + 3 * HOUR },
    ]);
    saveSegment(workspace, { key: 'hot', name: 'Hot', rule: vip });
    const timeless = stage();
    saveSegment(timeless.workspace, { key: 'vips', name: 'VIPs', rule: vip, track: true });
    await timeless.pass(0);
    expect(timeless.runner.nextDueAt(TEST_NOW)).toBeNull();
  });

  test('a machine that was off for a week catches up once', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'quiet', name: 'Quiet', rule: quiet, track: true });
    const ada = addContact(workspace, { email: 'ada@x.dk' });
    recordOrder(workspace, { orderKey: '1', contactId: ada, at: TEST_NOW - 27 * DAY, amount: 100, source: 'test' });
    await story.runner.runDue();
    workspace.clock.setTo(TEST_NOW + 9 * DAY);
    await story.runner.runDue();
    expect(moves(story)).toEqual([`entered ${ada}`]);
    expectKept(story, 'quiet');
  });
});

test('a look at more contacts than fit into one turn comes to the last of them, also when it is broken off', async () => {
  const story = stage();
  const { workspace } = story;
  saveSegment(workspace, { key: 'new', name: 'New', rule: { kind: 'event', event: 'contact_added', did: true, since: { amount: 2, unit: 'days' } }, track: true });
  await story.pass(0);
  transaction(workspace.db, () => {
    for (let n = 0; n < 2500; n++) addContact(workspace, { email: `p${n}@x.dk` });
  });
  await story.pass(DAY);
  expect(story.one(`SELECT count(*) FROM events WHERE type = 'segment_entered'`)).toBe(2500);
  workspace.clock.setTo(TEST_NOW + 4 * DAY);
  for (let turns = 0; turns < 2; turns++) expect(keepMemberships(workspace)).toBe(true);
  const gone = story.one(`SELECT count(*) FROM events WHERE type = 'segment_left'`) as number;
  expect(gone > 0 && gone < 2500).toBe(true);
  workspace.clock.setTo(TEST_NOW + 4 * DAY + HOUR);
  await createRunner(workspace, silent).runDue();
  expect(story.one(`SELECT count(*) FROM events WHERE type = 'segment_left'`)).toBe(2500);
  expectKept(story, 'new');
});

describe('changing what a segment is', () => {
  test('nobody comes or goes because a rule was written anew, also not by way of another segment; what follows counts', async () => {
    const story = stage();
    const { workspace } = story;
    const calls = segmentHandlers(workspace);
    await calls['segments.save']({ key: null, name: 'Wide', rule: vip, track: false });
    await calls['segments.save']({ key: null, name: 'Not wide', rule: { kind: 'segment', segment: 'wide', member: false }, track: true });
    story.live(flowOf({ triggers: [entered('wide')], steps: [tag('greeted')] }));
    const [ada, ben] = [addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] }), addContact(workspace, { email: 'ben@x.dk' })];
    // Ada has come in by the old rule, though nobody has looked yet.
    await calls['segments.save']({ key: 'wide', name: 'Wide', rule: { kind: 'attribute', attribute: 'email', operator: 'isNotEmpty' }, track: false });
    await story.pass(HOUR);
    expect([tags(story, ada), tags(story, ben)]).toEqual([['greeted', 'vip'], []]);
    expect(story.one(`SELECT count(*) FROM events WHERE type = 'segment_left'`)).toBe(0);
    const cleo = addContact(workspace, { email: 'cleo@x.dk' });
    await story.pass(HOUR);
    expect(tags(story, cleo)).toEqual(['greeted']);
    for (const key of ['wide', 'not_wide']) expectKept(story, key);
  });

  test('a segment that nothing listens to any more is forgotten, and begins anew without anybody coming in', async () => {
    const story = stage();
    const { workspace } = story;
    const calls = segmentHandlers(workspace);
    await calls['segments.save']({ key: null, name: 'VIPs', rule: vip, track: true });
    const ada = addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
    await story.pass(0);
    expectKept(story, 'vips');
    await calls['segments.save']({ key: 'vips', name: 'VIPs', rule: vip, track: false });
    expect(story.one('SELECT count(*) FROM segment_members')).toBe(0);
    removeTagFor(workspace, [{ contactId: ada }], 'vip', user);
    addContact(workspace, { email: 'ben@x.dk', tags: ['vip'] });
    await story.pass(DAY);
    await calls['segments.save']({ key: 'vips', name: 'VIPs', rule: vip, track: true });
    await story.pass(DAY);
    expect(moves(story)).toEqual([`entered ${ada}`]);
    expectKept(story, 'vips');
  });

  test('a rule that has lost its attribute stops nobody else', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'odd', name: 'Odd', rule: { kind: 'attribute', attribute: 'gone', operator: 'isNotEmpty' }, track: true });
    saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: vip, track: true });
    await story.pass(0);
    addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
    await story.pass(2 * DAY);
    expect(moves(story)).toHaveLength(1);
  });
});

describe('fixed sets', () => {
  test('steps put in and take out, and a set that somebody comes into starts a flow', async () => {
    const story = stage();
    const { workspace } = story;
    saveSegment(workspace, { key: 'fair', name: 'Fair', rule: null });
    const ada = addContact(workspace, { email: 'ada@x.dk' });
    story.live(flowOf({ triggers: [onTag('go')], steps: [{ id: 'put', type: 'addToSegment', config: { segment: 'fair' } }, { id: 'again', type: 'addToSegment', config: { segment: 'fair' } }, wait('pause', 1), { id: 'take', type: 'removeFromSegment', config: { segment: 'fair' } }, exit('end', 'done')] }));
    story.live(flowOf({ name: 'Heard', triggers: [entered('fair')], steps: [tag('heard')] }));
    addTagFor(workspace, [{ contactId: ada }], 'go', user);
    await story.pass(HOUR);
    expect(tags(story, ada)).toEqual(['go', 'heard']);
    expect(contactsMatching(workspace, { kind: 'segment', segment: 'fair', member: true }, { limit: 9 })).toEqual([ada]);
    await story.pass(2 * DAY);
    expect(contactsMatching(workspace, { kind: 'segment', segment: 'fair', member: true }, { limit: 9 })).toEqual([]);
    expect(moves(story)).toEqual([`entered ${ada}`, `left ${ada}`]);
  });

  test('a step that puts people into a segment with a rule cannot be published', async () => {
    const story = stage();
    saveSegment(story.workspace, { key: 'vips', name: 'VIPs', rule: vip });
    const { id } = await story.calls['flows.create']({ name: 'Wrong' });
    const { revision } = await story.calls['flows.get']({ flow: id });
    await story.calls['flows.saveDraft']({ flow: id, revision, draft: flowOf({ steps: [{ id: 'put', type: 'addToSegment', config: { segment: 'vips' } }] }) });
    const codes = (await story.calls['flows.problems']({ flow: id })).map(({ code }) => code);
    expect(codes).toContain('segment-dynamic');
  });
});

test('looking at a few contacts again takes steps in indexes, however many there are', () => {
  const story = stage();
  const { workspace } = story;
  saveSegment(workspace, { key: 'some', name: 'Some', rule: { kind: 'all', rules: [vip, { kind: 'order', measure: 'count', operator: 'atLeast', value: 2, since: 'ever' }] }, track: true });
  const asked: string[] = [];
  const spied = new Proxy(workspace.db, {
    get(db, name) {
      if (name === 'prepare') return (text: string) => (asked.push(text), db.prepare(text));
      const value = Reflect.get(db, name, db) as unknown;
      return typeof value === 'function' ? (value as () => unknown).bind(db) : value;
    },
  });
  settleSome({ ...workspace, db: spied }, 'some', new Map([[1, []]]));
  const query = asked.find((text) => text.includes('isIn <> wasIn'))!;
  const plan = workspace.db.prepare(`EXPLAIN QUERY PLAN ${query}`).all(...Array.from({ length: (query.match(/\?/g) ?? []).length }, () => '[]')) as { detail: string }[];
  expect(plan.map(({ detail }) => detail).filter((detail) => detail.startsWith('SCAN') && !/VIRTUAL TABLE|SCAN \(subquery|SCAN s$|CONSTANT/.test(detail))).toEqual([]);
});

test('sizes are written down as days begin, in the zone of the workspace, and when a segment is saved', async () => {
  const story = stage();
  const { workspace } = story;
  await segmentHandlers(workspace)['segments.save']({ key: null, name: 'VIPs', rule: vip, track: true });
  saveSegment(workspace, { key: 'broken', name: 'Broken', rule: { kind: 'attribute', attribute: 'gone', operator: 'isNotEmpty' } });
  expect(sizesOf(workspace, 'vips', 10)).toEqual([{ day: '2026-03-02', size: 0 }]);
  addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
  await story.pass(15 * HOUR);
  const ben = addContact(workspace, { email: 'ben@x.dk', tags: ['vip'] });
  await story.pass(DAY);
  updateContact(workspace, ben, { first_name: 'Ben' }, user);
  await story.pass(DAY);
  expect(sizesOf(workspace, 'vips', 10)).toEqual([
    { day: '2026-03-02', size: 1 },
    { day: '2026-03-03', size: 1 },
    { day: '2026-03-04', size: 2 },
    { day: '2026-03-05', size: 2 },
  ]);
});
