// The rules of FEATURES part D about flows and the people in them, each as a story that names its rule.
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import type { Flow, Step } from '../../shared/flow/flow.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { branch, exit, flowOf, hasTag, mail, onAdded, onTag, split, stage, tag, wait, type Stage } from '../runner/story.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';

const passages = (story: Stage) => story.all<{ state: string; step: string | null; reason: string | null; left: number | null }>('SELECT state, step_id AS step, exit_reason AS reason, left_at AS left FROM enrollments ORDER BY id');
const tagsOf = (story: Stage, contact: number) => story.all<{ name: string }>('SELECT t.name FROM contact_tags x JOIN tags t ON t.id = x.tag_id WHERE x.contact_id = ? ORDER BY t.name', contact).map(({ name }) => name);
const visitsAt = (story: Stage, step: string) => story.one('SELECT count(*) FROM visits WHERE step_id = ?', step);

describe('D3: steps that are added behind people, or after the end, are not for them unless somebody says so', () => {
  const flow = flowOf({ steps: [tag('one'), wait('pause', 2), tag('two')] });
  test('who has passed the place, and who has finished, stay as they are; who is on the way takes it', async () => {
    const story = stage();
    const id = story.live(flow);
    const done = addContact(story.workspace, { email: 'done@example.dk' });
    await story.pass(3 * DAY);
    const waiting = addContact(story.workspace, { email: 'waiting@example.dk' });
    await story.pass(DAY);
    story.republish(id, flowOf({ steps: [tag('one'), tag('behind'), wait('pause', 2), tag('two'), tag('end')] }));
    await story.pass(3 * DAY);
    expect([tagsOf(story, done), tagsOf(story, waiting)]).toEqual([['one', 'two'], ['end', 'one', 'two']]);
    expect(visitsAt(story, 'behind')).toBe(0);
  });
});

describe('D4: a step that is moved is the same step', () => {
  test('who waits at it travels with it; the key of a message names the passage, the step and the visit, so none is sent twice', async () => {
    const story = stage();
    const id = story.live(flowOf({ steps: [mail('welcome'), wait('pause', 2), tag('end'), mail('offer')] }));
    addContact(story.workspace, { email: 'ada@example.dk' });
    await story.pass(DAY);
    // The wait goes behind the offer: she waits on, and the offer is not behind her any more.
    story.republish(id, flowOf({ steps: [mail('welcome'), mail('offer'), wait('pause', 2), tag('end')] }));
    await story.pass(3 * DAY);
    expect(story.delivered.map(({ step }) => step)).toEqual(['welcome']);
    expect(passages(story)).toMatchObject([{ state: 'finished', left: TEST_NOW + 2 * DAY }]);
    expect(story.all<{ key: string }>('SELECT key FROM outbox')).toEqual([{ key: `${id}:1:welcome:1` }]);
  });
});

describe('D6: the machine was asleep', () => {
  test('nobody is early, nobody is forgotten, and what was due many times happens once', async () => {
    const story = stage();
    story.live(flowOf({ steps: [wait('first', 1), tag('one'), wait('second', 1), tag('two')] }));
    addContact(story.workspace, { email: 'ada@example.dk' });
    await story.pass(0);
    story.workspace.clock.setTo(TEST_NOW + 10 * DAY);
    await story.runner.runDue();
    // The second wait counts from when she really came to it.
    expect(passages(story)).toMatchObject([{ state: 'active', step: 'second' }]);
    await story.pass(DAY);
    expect(passages(story)).toMatchObject([{ state: 'finished', left: TEST_NOW + 11 * DAY }]);
    expect([visitsAt(story, 'one'), visitsAt(story, 'two')]).toEqual([1, 1]);
  });
});

describe('D11: a date that is past, or not there', () => {
  const untilDate = (past: string, missing: string): Step => ({ id: 'u', type: 'waitUntil', config: { until: 'attribute', attribute: 'renewal', time: '09:00', past, missing } });
  test.each<[string, string | undefined, string, string, [string, string | null, number | null]]>([
    ['on time', '2026-03-05', 'exit', 'exit', ['finished', null, TEST_NOW + 3 * DAY]],
    ['today at this very instant', '2026-03-02', 'exit', 'exit', ['finished', null, TEST_NOW]],
    ['past: go on', '2026-03-01', 'go', 'exit', ['finished', null, TEST_NOW]],
    ['past: leave', '2026-03-01', 'exit', 'go', ['exited', 'date-past', TEST_NOW]],
    ['past: the next anniversary', '2025-03-04', 'anniversary', 'go', ['finished', null, TEST_NOW + 2 * DAY]],
    ['missing: go on', undefined, 'exit', 'go', ['finished', null, TEST_NOW]],
    ['missing: leave', undefined, 'go', 'exit', ['exited', 'date-missing', TEST_NOW]],
  ])('%s', async (_, renewal, past, missing, expected) => {
    const story = stage();
    addAttribute(story.workspace, { key: 'renewal', label: 'Renewal', kind: 'date' });
    story.live(flowOf({ steps: [untilDate(past, missing)] }));
    addContact(story.workspace, { email: 'ada@example.dk', ...(renewal !== undefined && { renewal }) });
    await story.pass(5 * DAY);
    expect(passages(story).map(({ state, reason, left }) => [state, reason, left])).toEqual([expected]);
  });

  test.each<[string, string | undefined, string[], string[]]>([
    ['on time', '2026-03-05', ['finished'], ['reminder', 'welcome']],
    ['past: the reminder is skipped', '2026-03-01', ['finished'], ['welcome']],
    ['no date: out, for want of a way', undefined, ['exited date-missing'], []],
  ])('another way: %s', async (_, renewal, expected, sent) => {
    const story = stage();
    addAttribute(story.workspace, { key: 'renewal', label: 'Renewal', kind: 'date' });
    const id = story.live(flowOf({ steps: [untilDate('way', 'way'), mail('reminder'), mail('welcome')], ways: ['u > reminder', 'reminder > welcome', 'u.past > welcome'] }));
    addContact(story.workspace, { email: 'ada@example.dk', ...(renewal !== undefined && { renewal }) });
    await story.pass(5 * DAY);
    expect(passages(story).map(({ state, reason }) => [state, ...(reason === null ? [] : [reason])].join(' '))).toEqual(expected);
    expect(story.delivered.map(({ step }) => step)).toEqual(sent);
    const { steps } = await story.calls['flows.counts']({ flow: id });
    expect(Object.values(steps['u']!.left).reduce((sum, n) => sum + n, 0)).toBe(1);
  });

  test('nothing is decided in silence: without a word on both it cannot be published', async () => {
    const story = stage();
    addAttribute(story.workspace, { key: 'renewal', label: 'Renewal', kind: 'date' });
    const { id } = await story.calls['flows.create']({ name: 'Renewal' });
    const { revision } = await story.calls['flows.get']({ flow: id });
    await story.calls['flows.saveDraft']({ flow: id, revision, draft: flowOf({ steps: [{ id: 'u', type: 'waitUntil', config: { until: 'attribute', attribute: 'renewal' } }] }) });
    await expect(Promise.resolve().then(() => story.calls['flows.publish']({ flow: id }))).rejects.toMatchObject({ problems: [{ code: 'field-missing' }, { code: 'field-missing' }] });
  });
});

describe('D17: splits', () => {
  const shares = (a: number) => [{ id: 'a', label: 'A', weight: a }, { id: 'b', label: 'B', weight: 100 - a }];
  const flow = (a: number): Flow => flowOf({ steps: [split('s', shares(a)), tag('in-a'), wait('pause', 1), split('z', shares(50)), tag('in-z')], ways: ['s.a > in-a', 'in-a > pause', 's.b > pause', 'pause > z', 'z.a > in-z'] });
  const sides = (story: Stage) => story.all<{ id: number; outlet: string }>(`SELECT enrollment_id AS id, outlet FROM visits WHERE step_id = 's' ORDER BY enrollment_id`);

  test('the side is kept, another run takes the same, and new shares are for those who come later', async () => {
    const play = async () => {
      const story = stage();
      const id = story.live(flow(30));
      for (let n = 0; n < 400; n++) addContact(story.workspace, { email: `p${n}@example.dk` });
      await story.pass(HOUR);
      const before = sides(story);
      story.republish(id, flow(90));
      for (let n = 400; n < 800; n++) addContact(story.workspace, { email: `p${n}@example.dk` });
      await story.pass(2 * DAY);
      expect(sides(story).slice(0, 400)).toEqual(before);
      return story;
    };
    const [one, other] = [await play(), await play()];
    expect(sides(one)).toEqual(sides(other));
    const share = (from: number, to: number) => sides(one).slice(from, to).filter(({ outlet }) => outlet === 'a').length / (to - from);
    expect(share(0, 400)).toBeCloseTo(0.3, 1);
    expect(share(400, 800)).toBeCloseTo(0.9, 1);
    // Two splits know nothing of each other.
    const both = one.one(`SELECT count(*) FROM visits s JOIN visits z ON z.enrollment_id = s.enrollment_id WHERE s.step_id = 's' AND s.outlet = 'a' AND z.step_id = 'z' AND z.outlet = 'a' AND s.enrollment_id <= 400`) as number;
    expect(both / 400).toBeCloseTo(0.15, 1);
  });
});

describe('D17, A3.9: splits and those who come again', () => {
  const shares = (a: number) => [{ id: 'a', label: 'A', weight: a }, { id: 'b', label: 'B', weight: 100 - a }];
  const flow = (config: Record<string, unknown>): Flow => flowOf({
    triggers: [onTag('in')],
    entry: { reentry: 'afterExit', reentryDays: 30, audience: null },
    steps: [{ id: 's', type: 'split', config }, mail('welcome'), mail('offer')],
    ways: ['s.a > welcome', 's.b > offer'],
  });
  /** Has everybody come in, so many times; answers by contact the ways that they took, in their order. */
  async function come(story: Stage, count: number, config: Record<string, unknown>, ...changed: Record<string, unknown>[]): Promise<Map<number, string[]>> {
    const people = Array.from({ length: count }, (_, n) => addContact(story.workspace, { email: `p${n}@example.dk` }));
    const id = story.live(flow(config));
    for (const next of [null, ...changed]) {
      if (next !== null) story.republish(id, flow(next));
      for (const contactId of people) happen(story.workspace, contactId, 'tag_added', { data: { tag: 'in' } });
      await story.pass(DAY);
    }
    const ways = new Map<number, string[]>(people.map((contactId) => [contactId, []]));
    for (const { contact, outlet } of story.all<{ contact: number; outlet: string }>(`SELECT e.contact_id AS contact, v.outlet FROM visits v JOIN enrollments e ON e.id = v.enrollment_id WHERE v.step_id = 's' ORDER BY v.left_at, e.id`)) ways.get(contact)!.push(outlet);
    return ways;
  }
  const same = (ways: Map<number, string[]>) => [...ways.values()].filter((taken) => taken.every((way) => way === taken[0])).length;
  const part = (ways: Map<number, string[]>, pass: number, way: string) => [...ways.values()].filter((taken) => taken[pass] === way).length / ways.size;

  test('they are divided anew, unless they are to go the same way as before', async () => {
    const [anew, again] = [await come(stage(), 400, { shares: shares(50) }, { shares: shares(50) }), await come(stage(), 400, { shares: shares(50), again: 'same' }, { shares: shares(50), again: 'same' })];
    expect(same(anew) / 400).toBeCloseTo(0.5, 1);
    expect(same(again)).toBe(400);
    expect([part(again, 0, 'a'), part(anew, 0, 'a')]).toEqual([expect.closeTo(0.5, 1), expect.closeTo(0.5, 1)]);
  });

  test('changed shares are for new arrivals: whoever has been there goes the way they went', async () => {
    const story = stage();
    const config = (a: number) => ({ shares: shares(a), again: 'same' });
    const ways = await come(story, 300, config(30), config(90));
    expect(same(ways)).toBe(300);
    const late = Array.from({ length: 300 }, (_, n) => addContact(story.workspace, { email: `late${n}@example.dk` }));
    for (const contactId of late) happen(story.workspace, contactId, 'tag_added', { data: { tag: 'in' } });
    await story.pass(DAY);
    expect((story.one(`SELECT count(*) FROM visits v JOIN enrollments e ON e.id = v.enrollment_id WHERE e.contact_id > 300 AND v.outlet = 'a'`) as number) / 300).toBeCloseTo(0.9, 1);
  });

  test('a control group gets nothing of what follows, is the same in every passage, and is counted and named as such', async () => {
    const story = stage();
    const config = { shares: shares(50), control: 20 };
    const ways = await come(story, 500, config, config, config);
    const kept = [...ways].filter(([, taken]) => taken.includes('control'));
    expect(kept.length / 500).toBeCloseTo(0.2, 1);
    for (const [, taken] of kept) expect(taken).toEqual(['control', 'control', 'control']);
    // The others are divided by the shares, and anew each time.
    expect(part(ways, 0, 'a')).toBeCloseTo(0.4, 1);
    expect(same(ways)).toBeLessThan(400);
    const group = new Set(kept.map(([contact]) => contact));
    expect(story.delivered.filter(({ contact }) => group.has(contact))).toEqual([]);
    expect(story.delivered).toHaveLength(3 * (500 - kept.length));
    expect(story.all<{ state: string; reason: string | null; n: number }>('SELECT state, exit_reason AS reason, count(*) AS n FROM enrollments GROUP BY 1, 2 ORDER BY 1')).toEqual([
      { state: 'exited', reason: 'control-group', n: 3 * kept.length },
      { state: 'finished', reason: null, n: 3 * (500 - kept.length) },
    ]);
    const { steps } = await story.calls['flows.counts']({ flow: 1 });
    expect(steps['s']!.left).toMatchObject({ control: 3 * kept.length });
  });

  test('a control group that grows, shrinks or begins takes nobody who went another way, and lets nobody go', async () => {
    const config = (control: number) => ({ shares: shares(50), control });
    const ways = await come(stage(), 300, config(0), config(40), config(10));
    expect([...ways.values()].filter((taken) => taken.includes('control'))).toEqual([]);
    const grown = await come(stage(), 300, config(10), config(60), config(5));
    for (const taken of grown.values()) expect(taken.every((way) => (way === 'control') === (taken[0] === 'control'))).toBe(true);
  });

  test('whom a control group takes has nothing to do with the shares, whichever way they are drawn', async () => {
    const ways = await come(stage(), 600, { shares: shares(50), control: 50, again: 'same' });
    expect([part(ways, 0, 'control'), part(ways, 0, 'a'), part(ways, 0, 'b')]).toEqual([expect.closeTo(0.5, 1), expect.closeTo(0.25, 1), expect.closeTo(0.25, 1)]);
  });

  test('where something follows the way of the control group, it goes there', async () => {
    const story = stage();
    story.live(flowOf({ steps: [{ id: 's', type: 'split', config: { shares: shares(100), control: 99 } }, tag('seen')], ways: ['s.control > seen'] }));
    for (let n = 0; n < 50; n++) addContact(story.workspace, { email: `p${n}@example.dk` });
    await story.pass(HOUR);
    expect(story.one(`SELECT count(*) FROM visits WHERE step_id = 'seen'`)).toBeGreaterThan(40);
    expect(story.one(`SELECT count(*) FROM enrollments WHERE exit_reason IS NOT NULL`)).toBe(0);
  });
});

describe('D25: the order of things in the same instant', () => {
  test('who is due at one instant goes by the priority of the flow, then by when they came in; whoever is due before goes before', async () => {
    const story = stage();
    const stamp = (name: string, priority: Flow['priority'], minutes: number) => story.live(flowOf({ name, priority, steps: [wait('pause', minutes, 'minutes'), { id: 'stamp', type: 'updateAttribute', config: { attribute: 'plan', value: name } }] }));
    addAttribute(story.workspace, { key: 'plan', label: 'Plan', kind: 'text' });
    for (const [name, priority, minutes] of [['low', 'low', 60], ['first', 'normal', 60], ['high', 'high', 60], ['second', 'normal', 60], ['early', 'low', 59]] as const) stamp(name, priority, minutes);
    const ada = addContact(story.workspace, { email: 'ada@example.dk' });
    await story.pass(2 * HOUR);
    const changes = story.all<{ now: string }>(`SELECT data ->> '$.changes.plan[1]' AS now FROM events WHERE contact_id = ? AND type = 'attributes_changed' ORDER BY id`, ada);
    expect(changes.map(({ now }) => now)).toEqual(['early', 'high', 'first', 'second', 'low']);
  });
});

describe('D21: how fresh a segment is', () => {
  test('a branch asks the rule, not a membership that was written down; a change is noticed at once, time within the hour', async () => {
    const story = stage();
    const ever = { kind: 'event', event: 'visit', did: true, since: { amount: 3, unit: 'hours' } } as const;
    saveSegment(story.workspace, { key: 'recent', name: 'Recent', rule: ever });
    story.live(flowOf({ steps: [wait('pause', 4, 'hours'), branch('is', { kind: 'segment', segment: 'recent', member: true }), exit('in', 'in'), exit('out', 'out')], ways: ['pause > is', 'is.yes > in', 'is.else > out'] }));
    story.live(flowOf({ name: 'Left', triggers: [{ id: 't', type: 'segmentLeft', config: { segment: 'recent' } }], steps: [tag('left')] }));
    const [ada, ben] = [addContact(story.workspace, { email: 'ada@example.dk' }), addContact(story.workspace, { email: 'ben@example.dk' })];
    await story.pass(0);
    happen(story.workspace, ben, 'visit');
    await story.pass(2 * HOUR);
    happen(story.workspace, ada, 'visit');
    await story.pass(2 * HOUR);
    // Four hours after his visit Ben is in it no more, whatever was written down before.
    expect(passages(story).slice(0, 2).map(({ reason }) => reason)).toEqual(['in', 'out']);
    await story.pass(2 * HOUR);
    expect([tagsOf(story, ada), tagsOf(story, ben)]).toEqual([['left'], ['left']]);
  });
});

describe('D22: several branches fit, or none', () => {
  const flow = flowOf({
    steps: [{ id: 'b', type: 'branch', config: { branches: ['first', 'second'].map((id) => ({ id, label: id, rule: hasTag(id) })) } }, exit('x1', 'first'), exit('x2', 'second'), exit('x3', 'else')],
    ways: ['b.first > x1', 'b.second > x2', 'b.else > x3'],
  });
  test.each([
    [['first', 'second'], 'first'],
    [['second'], 'second'],
    [[], 'else'],
  ])('tags %j: %s, and no other way', async (tags, expected) => {
    const story = stage();
    story.live(flow);
    addContact(story.workspace, { email: 'ada@example.dk', tags });
    await story.pass(DAY);
    expect(passages(story).map(({ reason }) => reason)).toEqual([expected]);
    expect(story.one('SELECT count(*) FROM visits')).toBe(2);
  });
});

describe('D30: people and passes are two columns', () => {
  test('in a loop, by coming again, and on parallel paths a person is counted once at each step, and every passage of it is', async () => {
    const story = stage();
    const id = story.live(flowOf({
      triggers: [onTag('in')],
      entry: { reentry: 'afterExit', reentryDays: 30, audience: null },
      steps: [wait('day', 1), branch('again', { kind: 'all', rules: [hasTag('loop')] }), { id: 'drop', type: 'removeTag', config: { tag: 'loop' } }, tag('done'), wait('long', 30)],
      ways: ['day > again', 'again.yes > drop', 'drop > day', 'again.else > done', 'done > long'],
    }));
    const [ada, ben] = ['ada', 'ben'].map((name) => addContact(story.workspace, { email: `${name}@example.dk`, tags: ['loop'] })) as [number, number];
    for (const contactId of [ada, ben]) happen(story.workspace, contactId, 'tag_added', { data: { tag: 'in' } });
    await story.pass(40 * DAY);
    happen(story.workspace, ada, 'tag_added', { data: { tag: 'in' } });
    await story.pass(3 * DAY);
    const { steps } = await story.calls['flows.counts']({ flow: id });
    expect(await story.calls['flows.people']({ flow: id })).toEqual({ day: 2, again: 2, drop: 2, done: 2, long: 2 });
    expect(Object.fromEntries(Object.entries(steps).map(([step, { entered }]) => [step, entered]))).toEqual({ day: 5, again: 5, drop: 2, done: 3, long: 3 });
    for (const { entered, waiting, left } of Object.values(steps)) expect(entered).toBe(waiting + Object.values(left).reduce((sum, n) => sum + n, 0));
  });
});

describe('D23: one bad row', () => {
  test('whoever cannot go on is isolated; what the others have done is kept, and none of it is done twice', async () => {
    const story = stage();
    const broken: Step = { id: 'broken', type: 'updateAttribute', config: { attribute: 'gone', value: 1 } };
    const id = story.live(flowOf({ steps: [mail('welcome'), branch('b', hasTag('bad')), broken, tag('end')], ways: ['welcome > b', 'b.yes > broken', 'broken > end', 'b.else > end'] }));
    for (let n = 0; n < 30; n++) addContact(story.workspace, { email: `p${n}@example.dk`, tags: n === 13 ? ['bad'] : [] });
    await story.pass(HOUR);
    const { runner } = { runner: story.restart() };
    await runner.runDue();
    expect(story.delivered).toHaveLength(30);
    expect(await story.calls['flows.counts']({ flow: id })).toMatchObject({ entered: 30, finished: 29, failed: 1 });
  });
});

describe('D14: who opts out on the way', () => {
  test('leaves at once, is not brought back by a new consent; what is planned is cancelled', async () => {
    const story = stage();
    story.outcome = () => ['cancelled', 'consent-withdrawn'];
    story.live(flowOf({ triggers: [onAdded], steps: [wait('pause', 1), mail('offer'), tag('after')] }));
    const ada = addContact(story.workspace, { email: 'ada@example.dk', consent: ['email'] });
    await story.pass(HOUR);
    recordConsent(story.workspace, { contactId: ada, channel: 'email', given: false, source: 'form', actor: 'user' });
    await story.pass(2 * DAY);
    recordConsent(story.workspace, { contactId: ada, channel: 'email', given: true, source: 'form', actor: 'user' });
    addTagFor(story.workspace, [{ contactId: ada }], 'again', { source: 'user' });
    updateContact(story.workspace, ada, { first_name: 'Ada' }, { source: 'user' });
    await story.pass(5 * DAY);
    expect(passages(story)).toMatchObject([{ state: 'exited', reason: 'opted-out', left: TEST_NOW + HOUR }]);
    expect([story.delivered, tagsOf(story, ada)]).toEqual([[], ['again']]);
  });
});
