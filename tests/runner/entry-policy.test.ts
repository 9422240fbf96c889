// The rest of the entry policy: passages beside each other, occasions while inside, caps, opening times, and those who match
// already (FEATURES D7, D8, A1.8, A1.23, A1.24).
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/flow/entry.ts';
import type { Step } from '../../shared/flow/flow.ts';
import { entryForm, entryProblems, entryRefusal, keyOf } from '../../shared/flow/entry.ts';
import { instantText, DAY, HOUR, MINUTE } from '../../shared/time.ts';
import { recordEvent } from '../../src-main/store/events.ts';
import { setDatesChecked } from '../../src-main/store/hearings.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { byHand, flowOf, hasTag, onAdded, onTag, stage, tag, untag, wait, type Stage } from './story.ts';

const policy = (entry: Partial<Entry>): Entry => ({ reentry: 'afterExit', reentryDays: 30, audience: null, ...entry });
const onEvent = (name: string) => ({ id: `on-${name}`, type: 'eventHappened', config: { name } });

function tagAgain(story: Stage, contact: number, name: string): Promise<void> {
  removeTagFor(story.workspace, [{ contactId: contact }], name, { source: 'user' });
  addTagFor(story.workspace, [{ contactId: contact }], name, { source: 'user' });
  return story.pass(0);
}

function happens(story: Stage, contactId: number, type: string, data: Record<string, unknown> = {}): Promise<void> {
  recordEvent(story.workspace, { contactId, type, at: story.workspace.clock.now(), source: 'user', data });
  return story.pass(0);
}

const passages = (story: Stage) => story.all<{ key: string; state: string; reason: string | null }>('SELECT parallel_key AS key, state, exit_reason AS reason FROM enrollments ORDER BY id');

describe('D7: parallel per key', () => {
  test('each order has a passage of its own, beside the others, once', async () => {
    const story = stage();
    story.live(flowOf({ triggers: [{ id: 'order', type: 'orderPlaced', config: {} }], entry: policy({ reentry: 'perKey', key: 'order' }), steps: [wait('pause', 3)] }));
    const contactId = addContact(story.workspace, { email: 'ada@example.com' });
    for (const orderKey of ['A-1', 'A-2']) recordOrder(story.workspace, { orderKey, contactId, at: TEST_NOW, amount: 100, source: 'user' });
    await story.pass(HOUR);
    expect(passages(story)).toEqual([
      { key: 'A-1', state: 'active', reason: null },
      { key: 'A-2', state: 'active', reason: null },
    ]);
    await happens(story, contactId, 'order_placed', { order: 'A-1' });
    await story.pass(4 * DAY);
    await happens(story, contactId, 'order_placed', { order: 'A-2' });
    expect(passages(story).map(({ state }) => state)).toEqual(['finished', 'finished']);
  });

  test('a wait in one passage hears the events of its own key, and those without any', async () => {
    const story = stage();
    const awaited = { id: 'listen', type: 'waitForEvent', config: { events: [{ id: 'paid', event: 'custom', name: 'paid' }], atMost: { amount: 30, unit: 'days' } } };
    story.live(flowOf({ triggers: [onEvent('ordered')], entry: policy({ reentry: 'perKey', key: 'order' }), steps: [awaited], ways: [] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    for (const order of ['A', 7, 'B']) await happens(story, ada, 'ordered', { order });
    await story.pass(HOUR);
    await happens(story, ada, 'paid', { order: 7 });
    expect(passages(story).map(({ key, state }) => `${key} ${state}`)).toEqual(['A active', '7 finished', 'B active']);
    await happens(story, ada, 'paid', {});
    expect(passages(story).map(({ state }) => state)).toEqual(['finished', 'finished', 'finished']);
  });

  test('an event without the property is the passage without a key; numbers are keys, objects are not', async () => {
    expect([{}, { order: 7 }, { order: 'x' }, { order: { id: 1 } }, { order: null }].map((data) => keyOf(policy({ reentry: 'perKey', key: 'order' }), data))).toEqual(['', '7', 'x', '', '']);
    expect(keyOf(policy({ key: 'order' }), { order: 'x' })).toBe('');
  });

  test.each(['never', 'afterExit'] as const)('when the policy changes to %s, those with keys are inside, and have been', async (reentry) => {
    const story = stage();
    const make = (entry: Partial<Entry>) => flowOf({ triggers: [onEvent('ordered')], entry: policy(entry), steps: [wait('pause', 3)] });
    const id = story.live(make({ reentry: 'perKey', key: 'order' }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    for (const order of ['A', 'B']) await happens(story, ada, 'ordered', { order });
    story.republish(id, make({ reentry }));
    await happens(story, ada, 'ordered', { order: 'C' });
    expect(passages(story).map(({ key, state }) => `${key} ${state}`)).toEqual(['A active', 'B active']);
    await story.pass(4 * DAY);
    await happens(story, ada, 'ordered', { order: 'D' });
    expect(passages(story)).toHaveLength(reentry === 'never' ? 2 : 3);
  });

  test.each([
    ['restart', ['A exited restarted', 'B exited restarted', ' active null']],
    ['queue', ['A active null', 'B active null']],
  ] as const)('when there are no keys any more, a new occasion concerns all the passages that there were: %s', async (whileInside, expected) => {
    const story = stage();
    const make = (entry: Partial<Entry>) => flowOf({ triggers: [onEvent('ordered')], entry: policy(entry), steps: [wait('pause', 3)] });
    const id = story.live(make({ reentry: 'perKey', key: 'order' }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await happens(story, ada, 'ordered', { order: 'A' });
    await story.pass(DAY);
    await happens(story, ada, 'ordered', { order: 'B' });
    story.republish(id, make({ reentry: 'afterExit', whileInside }));
    await story.pass(HOUR);
    await happens(story, ada, 'ordered', { order: 'C' });
    expect(passages(story).map(({ key, state, reason }) => `${key} ${state} ${reason}`)).toEqual(expected);
    if (whileInside === 'restart') return;
    // Whoever waits in line comes in when the last of them is over.
    await story.pass(2 * DAY);
    expect(passages(story).map(({ state }) => state)).toEqual(['finished', 'active']);
    await story.pass(DAY);
    expect(passages(story).map(({ state }) => state)).toEqual(['finished', 'finished', 'active']);
  });

  test('begun anew by hand, a passage keeps its key', async () => {
    const story = stage();
    const flow = story.live(flowOf({ triggers: [onEvent('visit')], entry: policy({ reentry: 'perKey', key: 'shop' }), steps: [wait('pause', 3)] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await happens(story, ada, 'visit', { shop: 'north' });
    await happens(story, ada, 'visit', { shop: 'south' });
    const { actOnSome } = await import('../../src-main/runner/people.ts');
    const { published } = await import('../../src-main/runner/published.ts');
    actOnSome(story.workspace, published(story.workspace, flow, 1), { flow, enrollments: [1], step: null }, { kind: 'restart' });
    expect(passages(story).map(({ key, state }) => `${key} ${state}`)).toEqual(['north exited', 'south active', 'north active']);
  });
});

describe('D7: a new occasion while inside', () => {
  test.each([
    ['ignore', ['active']],
    ['restart', ['exited', 'active']],
    ['queue', ['active']],
  ] as const)('%s', async (whileInside, states) => {
    const story = stage();
    story.live(flowOf({ triggers: [onTag('hot')], entry: policy({ whileInside }), steps: [tag('in'), wait('pause', 2), tag('out')] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await tagAgain(story, ada, 'hot');
    await story.pass(DAY);
    await tagAgain(story, ada, 'hot');
    expect(passages(story).map(({ state }) => state)).toEqual(states);
    await story.pass(2 * DAY);
    if (whileInside === 'queue') expect(passages(story).map(({ state }) => state)).toEqual(['finished', 'active']);
    if (whileInside === 'restart') expect(passages(story)).toEqual([{ key: '', state: 'exited', reason: 'restarted' }, { key: '', state: 'finished', reason: null }]);
    await story.pass(9 * DAY);
    expect(passages(story)).toHaveLength(whileInside === 'ignore' ? 1 : 2);
  });

  test('queued with days between entries, it waits for those as well', async () => {
    const story = stage();
    story.live(flowOf({ triggers: [onTag('hot')], entry: policy({ reentry: 'afterDays', reentryDays: 10, whileInside: 'queue' }), steps: [wait('pause', 2)] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await tagAgain(story, ada, 'hot');
    await story.pass(DAY);
    await tagAgain(story, ada, 'hot');
    await story.pass(8 * DAY);
    expect(passages(story)).toHaveLength(1);
    await story.pass(2 * DAY);
    expect(story.one('SELECT entered_at FROM enrollments WHERE id = 2')).toBe(TEST_NOW + 10 * DAY);
  });

  test('D25: two triggers of one act are one occasion, also where a second one would begin anew or wait', async () => {
    for (const whileInside of ['restart', 'queue'] as const) {
      const story = stage();
      story.live(flowOf({ triggers: [onAdded, onTag('hot')], entry: policy({ whileInside }), steps: [wait('pause', 1)] }));
      addContact(story.workspace, { email: 'ada@example.com', tags: ['hot'] });
      await story.pass(5 * DAY);
      expect(passages(story)).toHaveLength(1);
    }
  });

  test.each([
    ['queue', ['finished', 'finished']],
    ['restart', ['exited', 'finished']],
    ['ignore', ['finished']],
  ] as const)('D25: two acts that are read in one turn are two occasions: %s', async (whileInside, states) => {
    const story = stage();
    story.live(flowOf({ triggers: [onEvent('visit')], entry: policy({ whileInside }), steps: [wait('pause', 1)] }));
    const contactId = addContact(story.workspace, { email: 'ada@example.com' });
    for (const ago of [2000, 1000]) recordEvent(story.workspace, { contactId, type: 'visit', at: TEST_NOW - ago, source: 'api' });
    await story.pass(5 * DAY);
    expect(passages(story).map(({ state }) => state)).toEqual(states);
  });

  test('D27: whatever one import brings of a contact is one occasion', async () => {
    const story = stage();
    story.live(flowOf({ triggers: [onEvent('visit')], entry: policy({ whileInside: 'restart' }), steps: [wait('pause', 1)] }));
    const contactId = addContact(story.workspace, { email: 'ada@example.com' });
    const importId = Number(story.workspace.db.prepare(`INSERT INTO imports (file_name, file_hash, plan, state, counts, started_at) VALUES ('visits.csv', 'hash', '{"startFlows":true}', 'done', '{}', ?)`).run(TEST_NOW).lastInsertRowid);
    for (const ago of [2000, 1000]) recordEvent(story.workspace, { contactId, type: 'visit', at: TEST_NOW - ago, source: 'import', importId });
    await story.pass(HOUR);
    expect(passages(story).map(({ state }) => state)).toEqual(['active']);
  });

  test.each(['restart', 'queue'] as const)('a look at the clock that is done again, as after a crash, is nothing new to those whom it has let in: %s', async (whileInside) => {
    const story = stage();
    const flow = story.live(flowOf({ triggers: [{ id: 'daily', type: 'schedule', config: { every: 'daily', at: '12:00' } }], entry: policy({ whileInside }), steps: [wait('pause', 20)] }));
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(5 * HOUR);
    expect(passages(story).map(({ state }) => state)).toEqual(['active']);
    setDatesChecked(story.workspace, flow, 'daily', TEST_NOW);
    await story.pass(HOUR);
    expect(passages(story).map(({ state }) => state)).toEqual(['active']);
    expect(story.one('SELECT count(*) FROM waiting_entries')).toBe(0);
  });

  test('who leaves by somebody’s hand frees their place in line', async () => {
    const story = stage();
    const flow = story.live(flowOf({ triggers: [onTag('hot')], entry: policy({ whileInside: 'queue' }), steps: [wait('pause', 20)] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await tagAgain(story, ada, 'hot');
    await story.pass(DAY);
    await tagAgain(story, ada, 'hot');
    const { letOut } = await import('../../src-main/runner/people.ts');
    letOut(story.workspace, { flowId: flow, version: 1 }, [1], 'removed-by-hand');
    await story.pass(0);
    expect(passages(story).map(({ state }) => state)).toEqual(['exited', 'active']);
  });
});

describe('D25: what a flow itself changes', () => {
  const again = [untag('untag', 'hot'), tag('hot')];
  const flow = (entry: Partial<Entry>, steps: Step[] = [wait('pause', 2), ...again]) => flowOf({ triggers: [onTag('hot')], entry: policy(entry), steps });

  test.each([
    [{}, 1],
    [{ ownChanges: 'ignore' }, 1],
    [{ ownChanges: 'start' }, 4],
    [{ ownChanges: 'start', reentry: 'never' }, 1],
    [{ ownChanges: 'start', reentry: 'afterDays', reentryDays: 5 }, 1],
    [{ ownChanges: 'start', most: 2 }, 2],
  ] as [Partial<Entry>, number][])('%j: after a week, %i passages', async (entry, count) => {
    const story = stage();
    story.live(flow(entry));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['hot'] });
    await story.pass(7 * DAY);
    expect(passages(story)).toHaveLength(count);
  });

  test('without a pause it cannot spin: a minute passes each time (D19)', async () => {
    const story = stage();
    story.live(flow({ ownChanges: 'start' }, again));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['hot'] });
    await story.pass(HOUR);
    expect(passages(story)).toHaveLength(61);
    expect(story.one('SELECT count(DISTINCT entered_at) FROM enrollments')).toBe(61);
  });

  test.each([
    [{ ownChanges: 'start' as const }, 11],
    [{}, 1],
  ])('a segment that its change fills is its change, too, and beginning anew cannot spin: %j', async (own, count) => {
    const story = stage();
    saveSegment(story.workspace, { key: 'hot', name: 'Hot', rule: hasTag('hot') });
    story.live(flowOf({ triggers: [{ id: 's', type: 'segmentEntered', config: { segment: 'hot' } }], entry: policy({ ...own, whileInside: 'restart' }), steps: [again[0]!, wait('moment', 1, 'minutes'), again[1]!, wait('pause', 30)] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(0);
    await tagAgain(story, ada, 'hot');
    await story.pass(10 * MINUTE);
    expect(passages(story)).toHaveLength(count);
  });
});

describe('A1.24: the entry cap', () => {
  test('so many in all', async () => {
    const story = stage();
    story.live(flowOf({ entry: policy({ most: 2 }), steps: [tag('in')] }));
    for (const name of ['a', 'b', 'c']) addContact(story.workspace, { email: `${name}@example.com` });
    await story.pass(0);
    addContact(story.workspace, { email: 'd@example.com' });
    await story.pass(400 * DAY);
    expect(passages(story)).toHaveLength(2);
    expect(story.all(`SELECT action FROM audit WHERE action = 'entry-cap-reached'`)).toHaveLength(1);
  });

  test.each([
    ['day', [2, 2, 2, 2]],
    ['week', [2, 0, 2, 0]],
  ] as const)('so many per %s of the workspace’s calendar', async (mostPer, expected) => {
    // 2027-01-09 is a Saturday, so the third day begins a week.
    const story = stage({ now: Date.UTC(2027, 0, 9, 11) });
    story.live(flowOf({ entry: policy({ most: 2, mostPer }), steps: [tag('in')] }));
    const entered: number[] = [];
    for (let day = 0; day < 4; day++) {
      const before = passages(story).length;
      for (const name of ['a', 'b', 'c']) addContact(story.workspace, { email: `${name}${day}@example.com` });
      await story.pass(0);
      entered.push(passages(story).length - before);
      await story.pass(DAY);
    }
    expect(instantText(story.workspace.clock.now())).toMatch(/^2027-01-13/);
    expect(entered).toEqual(expected);
  });
});

describe('A1.24: a cap that was taken away for a while', () => {
  test('counts those, too, who came in meanwhile', async () => {
    const story = stage();
    const flow = (entry: Partial<Entry>) => flowOf({ entry: policy(entry), steps: [tag('in')] });
    const id = story.live(flow({ most: 3, mostPer: 'week' }));
    const come = async (...names: string[]) => {
      for (const name of names) addContact(story.workspace, { email: `${name}@example.com` });
      await story.pass(HOUR);
    };
    await come('a');
    story.republish(id, flow({}));
    await come('b', 'c', 'd');
    story.republish(id, flow({ most: 3, mostPer: 'week' }));
    await come('e');
    expect(passages(story)).toHaveLength(4);
  });
});

describe('A1.23: opening and closing', () => {
  test.each([
    ['finish', 'finished', null],
    ['exit', 'exited', 'flow-closed'],
  ] as const)('nobody before and nobody after; inside at the end: %s', async (atClose, state, reason) => {
    // Copenhagen's clock is an hour ahead of UTC.
    const story = stage();
    const text = (ms: number) => instantText(TEST_NOW + HOUR + ms).slice(0, 16);
    story.live(flowOf({ entry: policy({ opens: text(DAY), closes: text(3 * DAY), atClose }), steps: [wait('pause', 5)] }));
    const come = async (name: string) => {
      addContact(story.workspace, { email: `${name}@example.com` });
      await story.pass(0);
    };
    await come('early');
    await story.pass(2 * DAY);
    await come('right');
    await story.pass(2 * DAY);
    await come('late');
    await story.pass(9 * DAY);
    expect(passages(story)).toEqual([{ key: '', state, reason }]);
    if (atClose === 'exit') expect(story.one('SELECT left_at FROM enrollments')).toBe(TEST_NOW + 3 * DAY);
  });

  test('the form says what holds: in from the first minute on, out from the last one on', () => {
    const entry = policy({ opens: '2026-12-01T09:00', closes: '2026-12-24T18:00' });
    const refused = (at: string) => entryRefusal(entry, null, Date.parse(at), 'UTC')?.reason ?? null;
    expect(['2026-12-01T08:59:59Z', '2026-12-01T09:00Z', '2026-12-24T17:59:59Z', '2026-12-24T18:00Z'].map(refused)).toEqual(['not-open', null, null, 'closed']);
    expect([entryForm.shape.opens.meta(), entryForm.shape.closes.meta()]).toMatchObject([
      { title: 'People come in from', description: expect.stringContaining('this minute included') },
      { title: 'People come in until', description: expect.stringContaining('from this minute on nobody comes in') },
    ]);
  });

  test('what can never let anybody in is told', () => {
    expect(entryProblems(policy({ opens: '2027-02-01T09:00', closes: '2027-01-01T09:00' })).map(({ code }) => code)).toEqual(['entry-never-open']);
    expect(entryProblems(policy({ opens: '2027-02-31T09:00' })).map(({ code }) => code)).toEqual(['no-such-date']);
    expect(entryProblems(policy({ reentry: 'perKey' })).map(({ code }) => code)).toEqual(['entry-key-missing']);
    expect(entryProblems(policy({}))).toEqual([]);
  });
});

describe('D8: those who match already', () => {
  async function withPeople(entry: Entry, existing: { over?: { amount: number; unit: 'days' } } | undefined) {
    const story = stage();
    for (let n = 0; n < 10; n++) addContact(story.workspace, { email: `c${n}@example.com`, tags: n < 8 ? ['vip'] : [] });
    const flow = insertFlow(story.workspace, flowOf({ triggers: [onTag('vip'), byHand], entry, steps: [wait('pause', 1)] }));
    const { count } = await story.calls['flows.existingMatches']({ flow });
    const answer = await story.calls['flows.publish']({ flow, existing });
    await story.pass(0);
    return { story, count, answer, at: () => story.all<{ at: number }>('SELECT entered_at AS at FROM enrollments ORDER BY id').map(({ at }) => (at - TEST_NOW) / DAY) };
  }

  test('by default only future ones come in; the count is told', async () => {
    const { count, answer, at } = await withPeople(policy({}), undefined);
    expect([count, answer.existing, at()]).toEqual([8, 0, []]);
  });

  test('all of them at once', async () => {
    const { answer, at } = await withPeople(policy({}), {});
    expect([answer.existing, at()]).toEqual([8, Array.from({ length: 8 }, () => 0)]);
  });

  test('evenly over four days', async () => {
    const { story, at } = await withPeople(policy({}), { over: { amount: 4, unit: 'days' } });
    await story.pass(2 * DAY);
    expect(at()).toEqual([0, 0.5, 1, 1.5, 2]);
    await story.pass(3 * DAY);
    expect(at()).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]);
  });

  test('without those outside the audience, and without those who have been in', async () => {
    const { story, count } = await withPeople(policy({ reentry: 'never', audience: { kind: 'attribute', attribute: 'email', operator: 'notEquals', value: 'c0@example.com' } }), {});
    expect(count).toBe(7);
    expect((await story.calls['flows.existingMatches']({ flow: 1 })).count).toBe(0);
  });
});

test('A1.14, D19: flows that start each other wait a minute between entries, and do not spin', async () => {
  const story = stage();
  const retag = (id: string, name: string) => [{ id: `off-${id}`, type: 'removeTag', config: { tag: name } }, tag(id, name)];
  story.live(flowOf({ name: 'Ping', triggers: [onTag('ping')], entry: policy({}), steps: retag('pong', 'pong') }));
  story.live(flowOf({ name: 'Pong', triggers: [onTag('pong')], entry: policy({}), steps: retag('ping', 'ping') }));
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await tagAgain(story, ada, 'ping');
  await story.pass(10 * MINUTE);
  expect(story.one('SELECT count(*) FROM enrollments WHERE flow_id = 1')).toBe(11);
});
