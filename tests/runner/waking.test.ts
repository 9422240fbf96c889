// What happens to a contact reaches the flows in which they wait: goals at once, dates that are changed, and nothing in circles.
import { expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { setAttributeFor } from '../../src-main/store/contacts.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';
import { branch, flowOf, hasTag, mail, set, stage, tag, wait, type Stage } from './story.ts';

const standing = (story: Stage, contact: number) =>
  story.all<Record<string, unknown>>('SELECT state, step_id AS step, due_at AS due, exit_reason AS reason, left_at AS left, failure FROM enrollments WHERE contact_id = ? ORDER BY id', contact);
const bought = { kind: 'event', event: 'order_placed', did: true, since: 'enrollment' } as const;

test('D18: the goal is evaluated on the event, not when the wait is over', async () => {
  const story = stage();
  story.live(flowOf({ goal: bought, steps: [wait('week', 7), mail('offer')] }));
  const [ada, ben] = ['ada', 'ben'].map((name) => addContact(story.workspace, { email: `${name}@example.com` }));
  await story.pass(2 * DAY);
  happen(story.workspace, ada!, 'order_placed');
  await story.pass(HOUR);
  expect(standing(story, ada!)).toMatchObject([{ state: 'finished', reason: 'goal', left: TEST_NOW + 2 * DAY }]);
  expect(standing(story, ben!)).toMatchObject([{ state: 'active', step: 'week', due: TEST_NOW + 7 * DAY }]);
});

test('D18: an event that is not the goal leaves a wait as it is', async () => {
  const story = stage();
  story.live(flowOf({ goal: bought, steps: [wait('week', 7), mail('offer')] }));
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(2 * DAY);
  happen(story.workspace, ada, 'page_viewed');
  await story.pass(HOUR);
  expect(standing(story, ada)).toMatchObject([{ state: 'active', step: 'week', due: TEST_NOW + 7 * DAY }]);
  await story.pass(7 * DAY);
  expect(story.delivered).toMatchObject([{ contact: ada, at: TEST_NOW + 7 * DAY }]);
});

test('D18: the exit rule too, also while a mail is planned: it is not sent any more', async () => {
  const story = stage();
  story.live(flowOf({ exit: hasTag('complained'), steps: [mail('welcome'), wait('week', 7)] }));
  story.isSending = false;
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(HOUR);
  addTagFor(story.workspace, [{ contactId: ada }], 'complained', { source: 'user' });
  await story.pass(HOUR);
  expect(standing(story, ada)).toMatchObject([{ state: 'exited', reason: 'exit-rule', left: TEST_NOW + HOUR }]);
});

test('a goal that is published later takes out who meets it already', async () => {
  const story = stage();
  const flow = flowOf({ steps: [wait('week', 7), mail('offer')] });
  const id = story.live(flow);
  const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['bought'] });
  await story.pass(DAY);
  story.republish(id, { ...flow, goal: hasTag('bought') });
  await story.pass(0);
  expect(standing(story, ada)).toMatchObject([{ state: 'finished', reason: 'goal', left: TEST_NOW + DAY }]);
});

test('a flow that is paused while it happens sees it when it is resumed', async () => {
  const story = stage();
  const id = story.live(flowOf({ goal: bought, steps: [wait('week', 7), mail('offer')] }));
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(DAY);
  await story.calls['flows.pause']({ flow: id });
  happen(story.workspace, ada, 'order_placed');
  await story.pass(DAY);
  expect(standing(story, ada)).toMatchObject([{ state: 'active' }]);
  await story.calls['flows.resume']({ flow: id, overdue: 'rule' });
  await story.pass(0);
  expect(standing(story, ada)).toMatchObject([{ state: 'finished', reason: 'goal', left: TEST_NOW + 2 * DAY }]);
});

test.each([
  ['later', '2026-04-10', 'due', '2026-04-09T09:00'],
  ['nearer', '2026-03-20', 'due', '2026-03-19T09:00'],
  ['to the past', '2026-01-01', 'out', 'date-past'],
  ['and deleted', null, 'out', 'date-missing'],
])('D13: the date is changed %s while somebody waits for it', async (_, to, what, expected) => {
  const story = stage();
  addAttribute(story.workspace, { key: 'renewal', label: 'Renewal', kind: 'date' });
  const until = { until: 'attribute', attribute: 'renewal', days: 1, side: 'before', time: '09:00', zone: 'workspace', past: 'exit', missing: 'exit' };
  story.live(flowOf({ steps: [{ id: 'until', type: 'waitUntil', config: until }, mail('offer')] }));
  const ada = addContact(story.workspace, { email: 'ada@example.com', renewal: '2026-04-01' });
  await story.pass(DAY);
  setAttributeFor(story.workspace, [{ contactId: ada }], 'renewal', to, { source: 'user' });
  await story.pass(0);
  const [found] = standing(story, ada);
  if (what === 'out') expect(found).toMatchObject({ state: 'exited', reason: expected });
  else expect(new Date((found as { due: number }).due).toISOString().slice(0, 10)).toBe((expected).slice(0, 10));
});

test.each([
  ['a clock time', { id: 'step', type: 'waitUntil', config: { until: 'time', time: '18:00' } }, '2026-03-02T17:00', '2026-03-02T09:00'],
  ['a clock time of the workspace', { id: 'step', type: 'waitUntil', config: { until: 'time', time: '18:00', zone: 'workspace' } }, '2026-03-02T17:00', '2026-03-02T17:00'],
  ['a month', wait('step', 1, 'months'), '2026-04-02T07:00', '2026-04-02T08:00'],
  ['hours', wait('step', 5, 'hours'), '2026-03-02T13:00', '2026-03-02T13:00'],
] as const)('D12: who moves to another time zone while they wait for %s keeps its clock', async (_, step, before, after) => {
  const story = stage();
  story.live(flowOf({ steps: [step, mail('offer')] }));
  const ada = addContact(story.workspace, { email: 'ada@example.com', time_zone: 'Europe/Copenhagen' });
  const due = () => new Date((standing(story, ada)[0] as { due: number }).due).toISOString().slice(0, 16);
  await story.pass(0);
  expect(due()).toBe(before);
  setAttributeFor(story.workspace, [{ contactId: ada }], 'time_zone', 'Asia/Tokyo', { source: 'user' });
  await story.pass(0);
  expect(due()).toBe(after);
});

test('D25: what a flow changes itself wakes nobody in it, and two flows do not wake each other for ever', async () => {
  const story = stage();
  const one = flowOf({ goal: hasTag('never'), entry: { reentry: 'never' } as never, steps: [set('name', 'first_name', 'Ada'), tag('a'), wait('rest', 30)] });
  story.live(one);
  story.live({ ...one, name: 'Two', steps: [branch('b', hasTag('never')), ...one.steps], edges: [{ from: 'start', outlet: 'next', to: 'b' }, { from: 'b', outlet: 'else', to: 'name' }, ...one.edges.slice(1)] });
  const ada = addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(DAY);
  expect(standing(story, ada)).toMatchObject([{ step: 'rest' }, { step: 'rest' }]);
  expect(story.one('SELECT count(*) FROM visits')).toBe(5);
});
