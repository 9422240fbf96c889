// Stories end to end in virtual time: who comes in, what they get, when, and how they leave.
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { addTagFor, tagsFor } from '../../src-main/store/tags.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';
import { branch, exit, flowOf, hasTag, mail, onAdded, onTag, openedThis, set, stage, tag, wait, type Stage } from './story.ts';

const mainJob = flowOf({
  steps: [mail('welcome'), wait('pause', 2), branch('opened', openedThis('welcome')), tag('keen'), mail('reminder'), exit('end', 'done')],
  ways: ['welcome > pause', 'pause > opened', 'opened.yes > keen', 'opened.else > reminder', 'keen > end', 'reminder > end'],
});

function leaving(story: Stage, contact: number) {
  return story.all<{ state: string; exitReason: string | null; leftAt: number | null }>('SELECT state, exit_reason AS exitReason, left_at AS leftAt FROM enrollments WHERE contact_id = ? ORDER BY id', contact);
}

describe('the main job', () => {
  test('who opens the mail is tagged, who does not gets a second one', async () => {
    const story = stage();
    const flow = story.live(mainJob);
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    const ben = addContact(story.workspace, { email: 'ben@example.com' });
    await story.pass(HOUR);
    expect(story.delivered).toEqual([ada, ben].map((contact) => ({ contact, message: 'welcome', step: 'welcome', at: TEST_NOW })));
    const enrollment = story.one('SELECT id FROM enrollments WHERE contact_id = ?', ada) as number;
    happen(story.workspace, ada, 'message_opened', { enrollmentId: enrollment, madeBy: 'human', data: { message: 'welcome' } });
    await story.pass(3 * DAY);
    expect(story.delivered.slice(2)).toEqual([{ contact: ben, message: 'reminder', step: 'reminder', at: TEST_NOW + 2 * DAY }]);
    expect(tagsFor(story.workspace, [ada, ben])).toEqual(new Map([[ada, ['keen']]]));
    for (const contact of [ada, ben]) expect(leaving(story, contact)).toEqual([{ state: 'exited', exitReason: 'done', leftAt: TEST_NOW + 2 * DAY }]);
    const counts = story.calls['flows.counts']({ flow });
    expect(counts).toMatchObject({ entered: 2, active: 0, finished: 0, exited: 2, failed: 0 });
    expect((await counts).steps['opened']).toMatchObject({ entered: 2, waiting: 0, left: { yes: 1, else: 1 } });
    expect((await counts).steps['welcome']).toMatchObject({ planned: 2, sent: 2, left: { next: 2 } });
    expect((await counts).steps['end']).toMatchObject({ left: { exit: 2 } });
  });

  test('everything that happens stands in the timeline, with the flow that did it', async () => {
    const story = stage();
    const flow = story.live(flowOf({ steps: [set('name', 'first_name', 'Ada'), tag('vip')] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(0);
    const events = story.all<{ type: string; flow_id: number | null }>('SELECT type, flow_id FROM events WHERE contact_id = ? ORDER BY id', ada);
    expect(events.map(({ type, flow_id }) => [type, flow_id])).toEqual([
      ['contact_added', null],
      ['flow_entered', flow],
      ['attributes_changed', flow],
      ['tag_added', flow],
      ['flow_left', flow],
    ]);
    expect(leaving(story, ada)).toMatchObject([{ state: 'finished', exitReason: null }]);
  });

  test('a later step sees what an earlier one has done in the same moment', async () => {
    const story = stage();
    story.live(flowOf({ steps: [tag('vip'), branch('asked', hasTag('vip')), mail('offer')], ways: ['vip > asked', 'asked.yes > offer'] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(0);
    expect(story.delivered).toEqual([{ contact: ada, message: 'offer', step: 'offer', at: TEST_NOW }]);
  });

  test('one flow may start another, never itself', async () => {
    const story = stage();
    story.live(flowOf({ name: 'First', entry: { reentry: 'afterExit' } as never, triggers: [onAdded, onTag('a')], steps: [tag('a')] }));
    const second = story.live(flowOf({ name: 'Second', triggers: [onTag('a')], steps: [tag('b')] }));
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(DAY);
    expect(story.all('SELECT flow_id FROM enrollments ORDER BY id')).toEqual([{ flow_id: second - 1 }, { flow_id: second }]);
  });
});

describe('leaving early', () => {
  const long = [wait('first', 1), wait('second', 1), mail('offer')];

  test('the goal ends it as a success, before the next step', async () => {
    const story = stage();
    story.live(flowOf({ goal: hasTag('bought'), steps: long }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(HOUR);
    addTagFor(story.workspace, [{ contactId: ada }], 'bought', { source: 'user' });
    await story.pass(5 * DAY);
    expect(leaving(story, ada)).toEqual([{ state: 'finished', exitReason: 'goal', leftAt: TEST_NOW + HOUR }]);
    expect(story.delivered).toEqual([]);
  });

  test('the exit rule ends it with its reason', async () => {
    const story = stage();
    story.live(flowOf({ exit: hasTag('complained'), steps: long }));
    const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['complained'] });
    await story.pass(DAY);
    expect(leaving(story, ada)).toEqual([{ state: 'exited', exitReason: 'exit-rule', leftAt: TEST_NOW }]);
  });

  test.each([
    ['exit', 'suppressed', 'exited', 'opted-out'],
    ['exit', 'consent-withdrawn', 'exited', 'opted-out'],
    ['exit', 'flow-cap', 'finished', null],
    ['continue', 'suppressed', 'finished', null],
  ] as const)('opt-out: the flow says "%s", the message was cancelled for "%s"', async (optOut, reason, state, exitReason) => {
    const story = stage();
    story.outcome = () => ['cancelled', reason];
    story.live(flowOf({ optOut, steps: [mail('welcome'), tag('after')] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(DAY);
    expect(leaving(story, ada)).toMatchObject([{ state, exitReason }]);
    expect(tagsFor(story.workspace, [ada]).get(ada) ?? []).toEqual(state === 'exited' ? [] : ['after']);
  });

  test.each(['sent', 'failed', 'unknown'] as const)('only a message that was cancelled is asked why: one that was %s leaves nobody out as opted out', async (result) => {
    const story = stage();
    story.outcome = () => [result, 'suppressed'];
    story.live(flowOf({ optOut: 'exit', steps: [mail('welcome'), tag('after')] }));
    addContact(story.workspace, { email: 'ada@example.com' });
    const asked: string[] = [];
    const prepare = story.workspace.db.prepare.bind(story.workspace.db);
    Object.assign(story.workspace.db, { prepare: (text: string) => (asked.push(text), prepare(text)) });
    await story.pass(DAY);
    expect(story.all('SELECT state, exit_reason AS reason FROM enrollments')).toEqual([{ state: 'finished', reason: null }]);
    expect(asked.filter((text) => text.startsWith('SELECT reason FROM outbox'))).toEqual([]);
  });

  test('a contact who is erased meanwhile leaves, and nothing is sent', async () => {
    const story = stage();
    story.live(flowOf({ steps: [wait('pause', 1), mail('offer')] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(HOUR);
    story.workspace.db.prepare('DELETE FROM contacts WHERE id = ?').run(ada);
    await story.pass(2 * DAY);
    expect(leaving(story, ada)).toMatchObject([{ state: 'exited', exitReason: 'contact-erased' }]);
    expect(story.delivered).toEqual([]);
  });
});

describe('a step that throws', () => {
  // The attribute is not there: nobody can be given it.
  const broken = flowOf({ steps: [branch('vip', hasTag('vip')), set('broken', 'shoe_size', 44), mail('offer')], ways: ['vip.yes > broken', 'broken > offer', 'vip.else > offer'] });

  test('fails those it concerns, and the rest goes on', async () => {
    const story = stage();
    const flow = story.live(broken);
    const people = Array.from({ length: 50 }, (_, index) => addContact(story.workspace, { email: `p${index}@example.com`, tags: index % 10 === 0 ? ['vip'] : [] }));
    await story.pass(DAY);
    expect(story.delivered).toHaveLength(45);
    const failed = story.all<{ contact_id: number; step_id: string; failure: string }>(`SELECT contact_id, step_id, failure FROM enrollments WHERE state = 'failed'`);
    expect(failed.map(({ contact_id }) => contact_id)).toEqual(people.filter((_, index) => index % 10 === 0));
    expect(failed[0]).toMatchObject({ step_id: 'broken', failure: expect.stringContaining('shoe_size') });
    expect(story.runner.status().failedEnrollments).toBe(5);
    expect(story.calls['flows.counts']({ flow })).toMatchObject({ entered: 50, finished: 45, failed: 5, active: 0 });
  });

  test('a corrected version takes them on from there', async () => {
    const story = stage();
    const flow = story.live(broken);
    const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
    await story.pass(DAY);
    expect(story.delivered).toEqual([]);
    story.republish(flow, { ...broken, steps: broken.steps.map((step) => (step.id === 'broken' ? set('broken', 'first_name', 'Ada') : step)) });
    await story.pass(0);
    expect(story.delivered).toMatchObject([{ contact: ada, message: 'offer' }]);
  });
});

test('a flow that this program cannot run stops only itself, and says so', async () => {
  const story = stage();
  const broken = story.live(flowOf({ name: 'Broken', steps: [tag('never')] }));
  story.live(flowOf({ name: 'Whole', steps: [tag('good')] }));
  // As if it had been published by a newer Kanal.
  story.workspace.db.prepare(`UPDATE flow_versions SET flow = replace(flow, '"addTag"', '"teleport"') WHERE flow_id = ?`).run(broken);
  story.restart();
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(DAY);
  expect(tagsFor(story.workspace, [ada]).get(ada)).toEqual(['good']);
  expect(story.runner.status().sendingPaused).toMatchObject({ code: 'flow-broken', text: { values: { id: String(broken) } } });
});
