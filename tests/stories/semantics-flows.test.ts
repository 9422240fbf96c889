// The rules of FEATURES part D about flows and the people in them, each as a story that names its rule.
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import type { Flow, Step } from '../../shared/flow/flow.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { branch, exit, flowOf, hasTag, mail, onAdded, split, stage, tag, wait, type Stage } from '../runner/story.ts';
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
  test('leaves at the next message, is not brought back by a new consent; what is planned is cancelled', async () => {
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
    expect(passages(story)).toMatchObject([{ state: 'exited', reason: 'opted-out', left: TEST_NOW + DAY }]);
    expect([story.delivered, tagsOf(story, ada)]).toEqual([[], ['again']]);
  });
});
