// Keeping people on the version they are in when another one is published, until they leave (FEATURES A14.6).
import { describe, expect, test } from 'vitest';
import type { Step } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { waitForEvent } from '../../shared/steps/wait-for-event.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { segmentHandlers } from '../../src-main/handlers/segments.ts';
import { taskHandlers } from '../../src-main/handlers/tasks.ts';
import { mergeContacts } from '../../src-main/runner/merging.ts';
import { archiveSome, pause } from '../../src-main/runner/publishing.ts';
import { resumeSome } from '../../src-main/runner/resuming.ts';
import { undoMerge } from '../../src-main/runner/unmerging.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { happen, TEST_NOW } from '../workspace-fixture.ts';
import { add, audit, due, first, inside, keep, places, second, visits } from './kept-stage.ts';
import { branch, exit, flowOf, hasTag, join, mail, onAdded, onTag, parallel, split, stage, tag, wait, type Stage } from './story.ts';

const goal = (id: string, rule: unknown): Step => ({ id, type: 'goal', config: { rule } });
const waitForTag = (id: string, name: string): Step => ({ id, type: 'waitUntilTrue', config: { rule: hasTag(name), atMost: { amount: 60, unit: 'days' } } });

const give = (story: Stage, contactId: number, name: string) => addTagFor(story.workspace, [{ contactId }], name, { source: 'user' });

describe('publishing with “keep”', () => {
  test('who is inside goes the old way to its end, to the hour; who comes in goes the new one', async () => {
    const { story, id } = await inside(first, 'ada');
    const before = due(story);
    keep(story, id, second);
    add(story, 'ben');
    await story.pass(HOUR);
    expect(places(story)).toEqual(['1:pause', 'live:pause']);
    expect(due(story)).toEqual([before[0], HOUR + 9 * DAY]);
    await story.pass(30 * DAY);
    expect(places(story)).toEqual(['1:finished', 'live:finished']);
    expect(visits(story)).toEqual(['1:pause.next', '1:one.next', '1:more.next', '1:welcome.next', '2:pause.next', '2:two.next', '2:other.next']);
    expect(story.delivered).toMatchObject([{ contact: 1, message: 'welcome', at: TEST_NOW + 6 * DAY }]);
    expect(audit(story, 'flow-published').at(-1)).toEqual({ flow: id, version: 2, kept: 1 });
  });

  test('nobody else is asked or moved: a step that is gone keeps its people, and what is planned there leaves', async () => {
    const story = stage();
    const id = story.live(flowOf({ steps: [mail('offer'), wait('pause', 1)] }));
    add(story, 'ada');
    story.isSending = false;
    await story.pass(0);
    keep(story, id, second);
    story.isSending = true;
    await story.pass(HOUR);
    expect(places(story)).toEqual(['1:pause']);
    expect(story.delivered).toHaveLength(1);
  });

  test('each stays on theirs, however often it is published; a change of all reaches only who follows', async () => {
    const { story, id } = await inside(first, 'ada');
    keep(story, id, second);
    add(story, 'ben');
    await story.pass(HOUR);
    keep(story, id, flowOf({ steps: [wait('pause', 20)] }));
    add(story, 'cleo');
    await story.pass(HOUR);
    expect(places(story)).toEqual(['1:pause', '2:pause', 'live:pause']);
    story.republish(id, flowOf({ steps: [wait('elsewhere', 40)] }));
    await story.pass(0);
    // Only who followed the third version goes on with the fourth, which has no such step.
    expect(places(story)).toEqual(['1:pause', '2:pause', 'live:step-removed']);
    expect(story.one('SELECT kept_versions FROM flows')).toBe('[2,1]');
    await story.pass(60 * DAY);
    expect(places(story).slice(0, 2)).toEqual(['1:finished', '2:finished']);
    // Nobody is left on them: forgotten when people are next kept.
    keep(story, id, second);
    expect(story.one('SELECT kept_versions FROM flows')).toBe('[4]');
  });

  test('the list of flows counts them as people, each flow for itself', async () => {
    const { story, id } = await inside(flowOf({ steps: [parallel('p', 'a', 'b'), wait('left', 3), wait('right', 5), join('met')], ways: ['p.a > left', 'p.b > right', 'left > met', 'right > met'] }), 'ada', 'ben');
    story.live(flowOf({ name: 'Other', steps: [wait('pause', 3)] }));
    keep(story, id, second);
    add(story, 'cleo');
    await story.pass(HOUR);
    const listed = await story.calls['flows.list']({});
    expect(listed.map(({ name, inside: all, kept }) => [name, all, kept])).toEqual([['Other', 1, 0], ['Story', 3, 2]]);
  });

  test('a redirect that was under way when people were kept is still gone', async () => {
    const { story, id } = await inside(first, 'ada');
    pause(story.workspace, id);
    story.republish(id, flowOf({ steps: [wait('more', 3), mail('welcome')] }));
    keep(story, id, flowOf({ steps: [wait('other', 9)] }));
    resumeSome(story.workspace, id, 'rule');
    await story.pass(HOUR);
    expect(places(story)).toEqual(['2:more']);
    expect(visits(story)).toEqual(['1:pause.moved']);
  });

  test('who comes again comes in by the new version', async () => {
    const { story, id, all } = await inside(flowOf({ triggers: [onAdded, onTag('again')], steps: first.steps, entry: { reentry: 'afterExit', reentryDays: 30, whileInside: 'restart', audience: null } }), 'ada');
    keep(story, id, flowOf({ triggers: [onTag('again')], steps: second.steps, entry: { reentry: 'afterExit', reentryDays: 30, whileInside: 'restart', audience: null } }));
    give(story, all[0]!, 'again');
    await story.pass(HOUR);
    expect(places(story)).toEqual(['1:restarted', 'live:pause']);
    expect(visits(story)).toEqual(['1:pause.null']);
  });

  test('events, goals, exit rules and time-outs are those of the version that somebody follows', async () => {
    const old = flowOf({ triggers: [onAdded], exit: hasTag('gone'), steps: [waitForTag('asked', 'yes'), wait('long', 30), goal('bought', hasTag('bought')), tag('thanks'), wait('end', 90)], ways: ['asked.true > long', 'long > bought', 'bought > thanks', 'thanks > end'] });
    const { story, id, all } = await inside(old, 'ada', 'ben', 'cleo');
    const [ada, ben, cleo] = all as [number, number, number];
    // The new version waits for nothing and has no goal and no rule.
    keep(story, id, flowOf({ triggers: [onTag('never')], steps: [wait('asked', 300)] }));
    give(story, ada, 'yes');
    await story.pass(HOUR);
    expect(places(story)).toEqual(['1:long', '1:asked', '1:asked']);
    give(story, ada, 'bought');
    give(story, ben, 'gone');
    await story.pass(HOUR);
    expect(places(story)).toEqual(['1:end', '1:exit-rule', '1:asked']);
    // And the other way round: a goal that only the new version has pulls nobody who was kept.
    keep(story, id, flowOf({ triggers: [onTag('never')], exit: hasTag('yes'), steps: [wait('asked', 300)] }));
    give(story, cleo, 'yes');
    await story.pass(HOUR);
    expect(places(story)[2]).toBe('1:long');
    story.restart();
    await story.pass(40 * DAY);
    expect(places(story)).toEqual(['1:end', '1:exit-rule', '1:finished']);
  });

  test('a goal that time alone fulfils is asked of those who were kept', async () => {
    const silent = { kind: 'event', event: 'visited', did: false, since: { amount: 1, unit: 'days' } } as const;
    const { story, id, all } = await inside(flowOf({ steps: [wait('long', 30)] }), 'ada', 'ben');
    for (const each of all) happen(story.workspace, each, 'visited', {});
    story.republish(id, flowOf({ exit: silent, steps: [wait('long', 30)] }));
    keep(story, id, flowOf({ steps: [wait('long', 60)] }));
    happen(story.workspace, add(story, 'cleo'), 'visited', {});
    await story.pass(4 * DAY);
    expect(places(story)).toEqual(['2:exit-rule', '2:exit-rule', 'live:long']);
    expect(story.one('SELECT max(left_at) FROM enrollments')).toBeLessThanOrEqual(TEST_NOW + DAY + 2 * HOUR);
  });

  test('a card is decided by the outcomes of the version that asked, and stays open', async () => {
    const call = (...outcomes: string[]): Step => ({
      id: 'call',
      type: 'task',
      config: { title: 'Call', outcomes: outcomes.map((id) => ({ id, label: id })), due: { amount: 30, unit: 'days' } },
    });
    const { story, id } = await inside(flowOf({ steps: [call('done', 'later'), tag('t-done'), tag('t-later')], ways: ['call.done > t-done', 'call.later > t-later'] }), 'ada');
    keep(story, id, flowOf({ steps: [call('other'), wait('pause', 1)], ways: ['call.other > pause'] }));
    await story.pass(HOUR);
    const tasks = taskHandlers(story.workspace);
    const [card] = (await tasks['tasks.list']({ which: 'open', flow: id, contact: null, offset: 0, limit: 10 })).rows;
    expect(card!.outcomes.map(({ id: outcome }) => outcome)).toEqual(['done', 'later']);
    await tasks['tasks.decide']({ id: card!.id, outcome: 'later', comment: '' });
    await story.pass(HOUR);
    expect(visits(story)).toEqual(['1:call.later', '1:t-later.next']);
  });

  test('an event comes to who waits for it on the old version, and is late there too', async () => {
    const events = waitForEvent.config.shape.events.parse([{ id: 'sent', event: 'custom', message: null, tag: '', name: 'form_sent', where: [], label: '' }]);
    const form: Step = { id: 'form', type: 'waitForEvent', config: { events, since: 'visit', atMost: { amount: 2, unit: 'days' } } };
    const { story, id, all } = await inside(flowOf({ steps: [form, tag('came'), wait('long', 30)], ways: ['form.sent > came', 'form.timedOut > long'] }), 'ada', 'ben');
    keep(story, id, flowOf({ steps: [wait('pause', 1)] }));
    happen(story.workspace, all[0]!, 'form_sent', {});
    await story.pass(3 * DAY);
    happen(story.workspace, all[1]!, 'form_sent', {});
    await story.pass(HOUR);
    expect(visits(story)).toEqual(['1:form.sent', '1:came.next', '1:form.timedOut']);
    expect((await story.calls['flows.counts']({ flow: id })).steps['form']!.late).toBe(1);
  });

  test('what an old version needs is in use while somebody follows it', async () => {
    const { story, id } = await inside(flowOf({ steps: [wait('pause', 3), branch('vip', { kind: 'segment', segment: 'vips', member: true }), tag('end')], ways: ['pause > vip', 'vip.yes > end'] }), 'ada');
    const segments = segmentHandlers(story.workspace);
    await segments['segments.save']({ key: null, name: 'vips', rule: hasTag('vip'), track: false });
    keep(story, id, second);
    const inUse = async () => (await segments['segments.list']({ sizes: false })).find(({ key }) => key === 'vips')!.usedBy.flows.length;
    expect(await inUse()).toBe(1);
    await story.pass(5 * DAY);
    expect(await inUse()).toBe(0);
  });

  test('whoever leaves the segment that let them in leaves by the old version, also when time alone takes them out of it', async () => {
    const story = stage();
    saveSegment(story.workspace, { key: 'keen', name: 'Keen', rule: { kind: 'event', event: 'visited', did: true, since: { amount: 1, unit: 'days' } } });
    const id = story.live(flowOf({ triggers: [{ id: 'in', type: 'segmentEntered', config: { segment: 'keen', leaving: 'exit' } }], steps: [wait('long', 30)] }));
    happen(story.workspace, add(story, 'ada'), 'visited', {});
    await story.pass(HOUR);
    keep(story, id, flowOf({ triggers: [onTag('never')], steps: [wait('long', 30)] }));
    await story.pass(HOUR);
    expect(places(story)).toEqual(['1:long']);
    await story.pass(3 * DAY);
    expect(places(story)).toEqual(['1:left-segment']);
  });

  test('parallel paths stay together on the old version, those begun later too', async () => {
    const old = flowOf({
      steps: [wait('before', 1), parallel('p', 'a', 'b'), wait('wa', 1), wait('wb', 3), join('j'), wait('end', 30)],
      ways: ['before > p', 'p.a > wa', 'wa > j', 'p.b > wb', 'wb > j', 'j > end'],
    });
    const { story, id } = await inside(old, 'ada');
    keep(story, id, second);
    await story.pass(DAY);
    expect(places(story)).toEqual(['1:p', '1:wa', '1:wb']);
    await story.pass(5 * DAY);
    expect(places(story)[0]).toBe('1:end');
    expect(story.all<{ version: number }>('SELECT DISTINCT version FROM visits')).toEqual([{ version: 1 }]);
  });

  test('a share of chance, and everything else, is as it would have been', async () => {
    const two = flowOf({ steps: [wait('pause', 1), split('s', [{ id: 'a', label: 'A', weight: 50 }, { id: 'b', label: 'B', weight: 50 }]), tag('ta', 'a'), tag('tb', 'b')], ways: ['pause > s', 's.a > ta', 's.b > tb'] });
    const names = Array.from({ length: 40 }, (_, n) => `p${n}`);
    const kept = await inside(two, ...names);
    const plain = await inside(two, ...names);
    keep(kept.story, kept.id, second);
    await kept.story.pass(5 * DAY);
    await plain.story.pass(5 * DAY);
    expect(visits(kept.story)).toEqual(visits(plain.story));
  });

  test('pausing, resuming, shifting and archiving mean everybody', async () => {
    const { story, id } = await inside(first, 'ada', 'ben');
    keep(story, id, second);
    pause(story.workspace, id);
    await story.pass(2 * DAY);
    expect(resumeSome(story.workspace, id, 'shift')).toBe(true);
    await story.pass(0);
    expect(due(story)).toEqual([5 * DAY, 5 * DAY]);
    pause(story.workspace, id);
    await story.pass(2 * DAY);
    // Not over by the version that they are in, so nobody leaves.
    while (!resumeSome(story.workspace, id, 'exit'));
    expect(places(story)).toEqual(['1:pause', '1:pause']);
    while (!archiveSome(story.workspace, id));
    expect(places(story)).toEqual(['1:flow-archived', '1:flow-archived']);
    expect(visits(story)).toEqual(['1:pause.null', '1:pause.null']);
  });

  test('a version that cannot be run fails those who follow it, and nobody else', async () => {
    const { story, id } = await inside(first, 'ada');
    keep(story, id, flowOf({ steps: [wait('pause', 1), tag('two')] }));
    add(story, 'ben');
    await story.pass(0);
    story.workspace.db.prepare(`UPDATE flow_versions SET flow = replace(flow, '"type":"addTag"', '"type":"unheardOf"') WHERE number = 1`).run();
    const runner = story.restart();
    await story.pass(4 * DAY);
    expect(places(story)).toEqual(['1:pause', 'live:finished']);
    expect(story.one('SELECT failure FROM enrollments WHERE id = 1')).toContain('unheardOf');
    expect(runner.status().failedEnrollments).toBe(1);
    // There is a way out for them: into the live version.
    const now = enrollmentHandlers({ ...story.workspace });
    expect(await now['enrollments.skip']({ flow: id, enrollments: [1], step: null, outlet: null })).toEqual({ done: 0, skipped: 1 });
    expect(await now['enrollments.move']({ flow: id, enrollments: [1], step: null, to: 'two' })).toEqual({ done: 1, skipped: 0 });
    await story.pass(HOUR);
    expect(places(story)).toEqual(['live:finished', 'live:finished']);
  });
});

describe('what is told of it', () => {
  test('figures by version and step, those of steps that are gone too, and conservation', async () => {
    const { story, id } = await inside(first, 'ada', 'ben');
    await story.pass(4 * DAY);
    add(story, 'cleo');
    await story.pass(HOUR);
    keep(story, id, second);
    add(story, 'dora');
    await story.pass(HOUR);
    const counts = await story.calls['flows.counts']({ flow: id });
    expect(counts).toMatchObject({ entered: 4, active: 4, steps: { more: { waiting: 2 }, pause: { waiting: 2 } } });
    expect(counts.kept).toMatchObject([{ version: 1, people: 3, steps: [{ step: 'pause', here: 1 }, { step: 'more', here: 2 }] }]);
    const waiting = await story.calls['flows.waiting']({ flow: id, step: 'more', limit: 10 });
    expect(waiting).toMatchObject([{ keptVersion: 1, stepName: { text: 'Wait' } }, { keptVersion: 1 }]);
  });

  test('the call says how many, and takes nothing about removed steps with it', async () => {
    const { story, id } = await inside(first, 'ada', 'ben');
    await story.calls['flows.saveDraft']({ flow: id, draft: second, revision: 1 });
    await expect(Promise.resolve().then(() => story.calls['flows.publish']({ flow: id, keep: true, removed: [{ step: 'more', go: 'exit' }] }))).rejects.toMatchObject({ problems: [{ code: 'kept-and-removed' }] });
    expect(await story.calls['flows.publish']({ flow: id, keep: true })).toMatchObject({ version: 2, kept: 2 });
    expect(await story.calls['flows.publish']({ flow: id })).toMatchObject({ version: 3, kept: 0 });
    expect(places(story)).toEqual(['1:pause', '1:pause']);
  });
});

describe('D29: merging contacts one of whom was kept', () => {
  test('the further one goes on in the version they are in, and undoing restores both', async () => {
    const { story, id, all } = await inside(first, 'ada');
    await story.pass(4 * DAY);
    keep(story, id, flowOf({ steps: [wait('pause', 9), tag('one'), wait('more', 9), mail('welcome')] }));
    const ben = add(story, 'ben');
    await story.pass(HOUR);
    expect(places(story)).toEqual(['1:more', 'live:pause']);
    const merge = mergeContacts(story.workspace, { survivor: ben, other: all[0]!, take: [], actor: 'user' });
    expect(places(story)).toEqual(['1:more', 'live:merged']);
    undoMerge(story.workspace, merge, 'user');
    await story.pass(0);
    expect(places(story)).toEqual(['1:more', 'live:pause']);
    await story.pass(40 * DAY);
    expect(places(story)).toEqual(['1:finished', 'live:finished']);
  });
});

test('other flows end and let out whoever was kept', async () => {
  const { story, id, all } = await inside(flowOf({ steps: [wait('pause', 30), exit('out')] }), 'ada');
  keep(story, id, second);
  story.live(flowOf({ triggers: [onTag('x')], steps: [{ id: 'e', type: 'endFlows', config: { which: 'one', flow: id } }] }));
  give(story, all[0]!, 'x');
  await story.pass(HOUR);
  expect(places(story)).toEqual(['1:ended-by-flow', 'live:finished']);
});
