// Stories about waiting for an event: the first of several, in time or too late, since the right moment, and only a person's.
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../shared/time.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';
import { exit, flowOf, mail, onTag, stage, tag, wait, type Stage } from './story.ts';

const exits = (story: Stage) => story.all<{ reason: string; left: number }>(`SELECT exit_reason AS reason, left_at AS left FROM enrollments WHERE state = 'exited' ORDER BY id`);
const awaiting = (events: unknown[], more: Record<string, unknown> = {}) => ({ id: 'event', type: 'waitForEvent', config: { events, atMost: { amount: 2, unit: 'days' }, ...more } });
const opened = { id: 'open', event: 'message_opened', message: 'welcome' };
const bought = { id: 'bought', event: 'order_placed' };
const vip = { id: 'vip', event: 'tag_added', tag: 'vip' };

/** A flow that ends by "exit" steps named after the ways out of its waits. */
function endings(story: Stage, step: ReturnType<typeof awaiting>, before = [mail('welcome')], rest: Parameters<typeof flowOf>[0] | object = {}) {
  const ids = [...(step.config.events as { id: string }[]).map(({ id }) => id), 'timedOut'];
  const chain = [...before.map(({ id }) => id), 'event'];
  return story.live(
    flowOf({
      ...rest,
      steps: [...before, step, ...ids.map((id) => exit(`x-${id}`, id))],
      ways: [...chain.slice(1).map((id, index) => `${chain[index]} > ${id}`), ...ids.map((id) => `event.${id} > x-${id}`)],
    }),
  );
}

test('D9, A2.7: the first of several events takes its way at once; nobody waits for the time-out', async () => {
  const story = stage();
  endings(story, awaiting([opened, bought]));
  const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => addContact(story.workspace, { email: `${name}@example.com` }));
  await story.pass(HOUR);
  happen(story.workspace, ada!, 'message_opened', { data: { message: 'welcome' } });
  happen(story.workspace, ada!, 'order_placed');
  happen(story.workspace, ben!, 'order_placed');
  happen(story.workspace, cleo!, 'message_opened', { data: { message: 'another' } });
  await story.pass(3 * DAY);
  expect(exits(story)).toEqual([
    { reason: 'open', left: TEST_NOW + HOUR },
    { reason: 'bought', left: TEST_NOW + HOUR },
    { reason: 'timedOut', left: TEST_NOW + 2 * DAY },
  ]);
});

test('D9: what happens after the time-out is recorded, and moves nobody', async () => {
  const story = stage();
  endings(story, awaiting([bought]));
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(3 * DAY);
  happen(story.workspace, ada, 'order_placed');
  await story.pass(DAY);
  expect(exits(story)).toEqual([{ reason: 'timedOut', left: TEST_NOW + 2 * DAY }]);
  expect(story.one(`SELECT count(*) FROM events WHERE type = 'order_placed'`)).toBe(1);
});

test('D25: an event at the instant of the time-out beats it; one a millisecond later does not', async () => {
  for (const [late, expected] of [[0, 'bought'], [1, 'timedOut']] as const) {
    const story = stage();
    endings(story, awaiting([bought]));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(2 * DAY - MINUTE);
    // The machine was off at that instant, and learns of it an hour later.
    story.workspace.clock.setTo(TEST_NOW + 2 * DAY + HOUR);
    happen(story.workspace, ada, 'order_placed', { at: TEST_NOW + 2 * DAY + late });
    await story.pass(0);
    expect(exits(story)).toMatchObject([{ reason: expected }]);
  }
});

test('what happened before they came to the step does not count, unless the whole passage does (D10)', async () => {
  for (const [since, expected] of [['visit', { reason: 'timedOut', left: TEST_NOW + 3 * DAY }], ['enrollment', { reason: 'open', left: TEST_NOW + DAY }]] as const) {
    const story = stage();
    endings(story, awaiting([opened], { since }), [mail('welcome'), wait('pause', 1)]);
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(HOUR);
    const enrollmentId = story.one('SELECT id FROM enrollments') as number;
    happen(story.workspace, ada, 'message_opened', { enrollmentId, data: { message: 'welcome' } });
    await story.pass(4 * DAY);
    expect(exits(story)).toEqual([expected]);
  }
});

test.each(['visit', 'enrollment'])('what lets somebody in does not let them on, at the same instant (counted since the %s)', async (since) => {
  const story = stage();
  endings(story, awaiting([vip], { since }), [], { triggers: [onTag('vip')] });
  addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
  await story.pass(0);
  expect(exits(story)).toEqual([]);
});

test('what happens at the very instant at which they came, but after it, counts', async () => {
  const story = stage();
  endings(story, awaiting([bought]), []);
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(0);
  happen(story.workspace, ada, 'order_placed');
  await story.pass(0);
  expect(exits(story)).toEqual([{ reason: 'bought', left: TEST_NOW }]);
});

test('one event lets on by one step only, and a flow does not wait for its own doing (D25)', async () => {
  const story = stage();
  story.live(
    flowOf({
      steps: [tag('vip'), { ...awaiting([vip]), id: 'one' }, { ...awaiting([vip]), id: 'two' }, exit('end', 'both')],
      ways: ['vip > one', 'one.vip > two', 'two.vip > end'],
    }),
  );
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(HOUR);
  expect(story.one('SELECT step_id FROM enrollments')).toBe('one');
  story.workspace.db.exec('DELETE FROM contact_tags');
  addTagFor(story.workspace, [{ contactId: ada }], 'vip', { source: 'user' });
  await story.pass(HOUR);
  expect(story.one('SELECT step_id FROM enrollments')).toBe('two');
});

test('an open that a machine made is not a person’s', async () => {
  const story = stage();
  endings(story, awaiting([opened]));
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(HOUR);
  happen(story.workspace, ada, 'message_opened', { madeBy: 'machine', data: { message: 'welcome' } });
  await story.pass(HOUR);
  expect(exits(story)).toEqual([]);
  happen(story.workspace, ada, 'message_opened', { madeBy: 'unsure', data: { message: 'welcome' } });
  await story.pass(HOUR);
  expect(exits(story)).toMatchObject([{ reason: 'open' }]);
});

test.each([
  [{ plan: 'Gold', seats: 12 }, 'signed'],
  [{ plan: 'gold', seats: 12 }, 'signed'],
  [{ plan: 'gold', seats: 10 }, 'timedOut'],
  [{ plan: 'silver', seats: 12 }, 'timedOut'],
  [{}, 'timedOut'],
])('an event of the user’s own counts only with the right properties: %j', async (data, expected) => {
  const story = stage();
  const where = [{ property: 'plan', operator: 'equals', value: 'gold' }, { property: 'seats', operator: 'moreThan', value: '10' }];
  endings(story, awaiting([{ id: 'signed', event: 'custom', name: 'signed_up', where }]));
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(HOUR);
  happen(story.workspace, ada, 'signed_up', { data });
  await story.pass(3 * DAY);
  expect(exits(story)).toMatchObject([{ reason: expected }]);
});

test('an edited time-out, or another awaited event, reaches those who wait (D1)', async () => {
  const story = stage();
  const id = endings(story, awaiting([bought]));
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(HOUR);
  happen(story.workspace, ada, 'page_viewed');
  await story.pass(HOUR);
  expect(exits(story)).toEqual([]);
  story.republish(id, flowOf({ steps: [mail('welcome'), awaiting([{ id: 'page', event: 'custom', name: 'page_viewed' }]), exit('end', 'page')], ways: ['welcome > event', 'event.page > end'] }));
  await story.pass(0);
  expect(exits(story)).toEqual([{ reason: 'page', left: TEST_NOW + 2 * HOUR }]);
});
