// Who comes in, when, and how often: entry policies, audiences, silence, and what a flow hears.
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { entryRefusal } from '../../shared/flow/entry.ts';
import { insertContact } from '../../src-main/store/contacts.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { byHand, exit, flowOf, hasTag, onAdded, onTag, stage, tag, wait, type Stage } from './story.ts';

type Entry = Flow['entry'];
const entry = (reentry: Entry['reentry'], reentryDays = 30): Entry => ({ reentry, reentryDays, audience: null });
const entries = (story: Stage, contact: number) => story.one('SELECT count(*) FROM enrollments WHERE contact_id = ?', contact);

async function tagAgain(story: Stage, contact: number, name: string): Promise<void> {
  removeTagFor(story.workspace, [{ contactId: contact }], name, { source: 'user' });
  addTagFor(story.workspace, [{ contactId: contact }], name, { source: 'user' });
  await story.pass(0);
}

describe('the entry policy', () => {
  test.each([
    ['never been in', entry('never'), null, true],
    ['never again', entry('never'), { enteredAt: 0, inside: false }, false],
    ['again when out', entry('afterExit'), { enteredAt: 0, inside: false }, true],
    ['not while inside', entry('afterExit'), { enteredAt: 0, inside: true }, false],
    ['a day too early', entry('afterDays', 30), { enteredAt: TEST_NOW - 29 * DAY, inside: false }, false],
    ['just in time', entry('afterDays', 30), { enteredAt: TEST_NOW - 30 * DAY, inside: false }, true],
  ])('%s', (_, policy, last, may) => {
    expect(entryRefusal(policy, last, TEST_NOW, 'Europe/Copenhagen') === null).toBe(may);
  });

  test.each([
    ['never', 1],
    ['afterExit', 3],
    ['afterDays', 2],
  ] as const)('%s: three occasions a week apart, with ten days between entries, are %i entries', async (reentry, n) => {
    const story = stage();
    story.live(flowOf({ triggers: [onTag('hot')], entry: entry(reentry, 10), steps: [wait('pause', 1)] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    for (let occasion = 0; occasion < 3; occasion++) {
      await tagAgain(story, ada, 'hot');
      await story.pass(7 * DAY);
    }
    expect(entries(story, ada)).toBe(n);
  });

  test('two triggers at once are one entry', async () => {
    const story = stage();
    story.live(flowOf({ triggers: [onAdded, onTag('hot')], entry: entry('afterExit'), steps: [wait('pause', 1)] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['hot'] });
    await story.pass(HOUR);
    expect(entries(story, ada)).toBe(1);
  });

  test('the audience is asked at entry', async () => {
    const story = stage();
    story.live(flowOf({ entry: { ...entry('never'), audience: hasTag('vip') }, steps: [tag('in')] }));
    const [vip, other] = [addContact(story.workspace, { email: 'v@example.com', tags: ['vip'] }), addContact(story.workspace, { email: 'o@example.com' })];
    await story.pass(0);
    expect([entries(story, vip), entries(story, other)]).toEqual([1, 0]);
  });
});

describe('what a flow hears', () => {
  test('nothing from before it was published, however late that is read', async () => {
    const story = stage();
    const before = addContact(story.workspace, { email: 'before@example.com' });
    story.live(flowOf({ steps: [tag('in')] }));
    const after = addContact(story.workspace, { email: 'after@example.com' });
    await story.pass(0);
    expect([entries(story, before), entries(story, after)]).toEqual([0, 1]);
  });

  test('nothing from while it was paused; what came before the pause still counts', async () => {
    const story = stage();
    const flow = story.live(flowOf({ steps: [tag('in')] }));
    const early = addContact(story.workspace, { email: 'early@example.com' });
    await story.calls['flows.pause']({ flow });
    const meanwhile = addContact(story.workspace, { email: 'meanwhile@example.com' });
    await story.calls['flows.resume']({ flow, overdue: 'rule' });
    const late = addContact(story.workspace, { email: 'late@example.com' });
    await story.pass(0);
    expect([early, meanwhile, late].map((contact) => entries(story, contact))).toEqual([1, 0, 1]);
  });

  test('each event is judged by the version that was live when it was recorded', async () => {
    const story = stage();
    const flow = flowOf({ triggers: [onTag('old')], steps: [wait('pause', 1)] });
    const id = story.live(flow);
    const [one, two] = [addContact(story.workspace, { email: '1@example.com', tags: ['old'] }), addContact(story.workspace, { email: '2@example.com', tags: ['new'] })];
    story.republish(id, { ...flow, triggers: [onTag('new')] });
    const [three, four] = [addContact(story.workspace, { email: '3@example.com', tags: ['old'] }), addContact(story.workspace, { email: '4@example.com', tags: ['new'] })];
    await story.pass(0);
    expect([one, two, three, four].map((contact) => entries(story, contact))).toEqual([1, 0, 0, 1]);
  });

  test.each([
    [false, 0],
    [true, 1],
  ])('F42: an import whose plan says startFlows %s', async (startFlows, n) => {
    const story = stage();
    story.live(flowOf({ steps: [tag('in')] }));
    const importId = Number(
      story.workspace.db.prepare(`INSERT INTO imports (file_name, file_hash, plan, state, counts, started_at) VALUES ('a.csv', '', ?, 'done', '{}', 0)`).run(JSON.stringify({ startFlows })).lastInsertRowid,
    );
    const ada = insertContact(story.workspace, { email: 'ada@example.com' }, { source: 'import', importId });
    await story.pass(0);
    expect(entries(story, ada)).toBe(n);
  });

  test('thousands of events are read in order, and none twice', async () => {
    const story = stage();
    story.live(flowOf({ triggers: [onTag('hot')], entry: entry('afterExit'), steps: [exit('out')] }));
    const people = Array.from({ length: 2500 }, (_, index) => addContact(story.workspace, { email: `p${index}@example.com`, tags: ['hot'] }));
    await story.pass(0);
    await story.pass(DAY);
    expect(story.all<{ contact_id: number }>('SELECT contact_id FROM enrollments ORDER BY id').map(({ contact_id }) => contact_id)).toEqual(people);
  });
});

describe('by hand', () => {
  test('contacts or a rule, once each, as the policy lets them in', async () => {
    const story = stage();
    const flow = story.live(flowOf({ triggers: [byHand], steps: [wait('pause', 1)] }));
    const people = Array.from({ length: 3 }, (_, index) => addContact(story.workspace, { email: `p${index}@example.com`, tags: index === 2 ? ['vip'] : [] }));
    expect(await story.calls['flows.enroll']({ flow, contacts: [people[0]!, people[0]!, 4711], rule: null })).toEqual({ enrolled: 1, skipped: 0 });
    expect(await story.calls['flows.enroll']({ flow, contacts: null, rule: hasTag('vip') })).toEqual({ enrolled: 1, skipped: 0 });
    expect(await story.calls['flows.enroll']({ flow, contacts: people, rule: null })).toEqual({ enrolled: 1, skipped: 2 });
    expect(story.all('SELECT DISTINCT trigger_id FROM enrollments')).toEqual([{ trigger_id: 'hand' }]);
  });

  test('not into a flow that does not run', async () => {
    const story = stage();
    const { id } = await story.calls['flows.create']({ name: 'Draft' });
    await expect(story.calls['flows.enroll']({ flow: id, contacts: [1], rule: null })).rejects.toThrow('is not running');
  });
});
