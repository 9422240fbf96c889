// Stories about people who must decide: what becomes of the card, and of whoever waits for it (FEATURES A4.9, D32).
import { afterEach, describe, expect, test } from 'vitest';
import type { Task } from '../../shared/contacts/task.ts';
import type { Step } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { createDispatch, type Handlers } from '../../src-main/dispatch.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { taskHandlers } from '../../src-main/handlers/tasks.ts';
import { archiveSome, pause, publish } from '../../src-main/runner/publishing.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';
import { flowOf, hasTag, stage, tag, wait, type Stage } from './story.ts';

let s: Stage;
afterEach(() => s.workspace.close());

const OUTCOMES = [
  { id: 'reached', label: 'Reached' },
  { id: 'later', label: 'Call later' },
];
const call = (more: Record<string, unknown> = {}, id = 'call'): Step => ({
  id,
  type: 'task',
  config: { title: 'Call {{ contact.first_name }}', text: 'Ask about {{ contact.last_name }}.', outcomes: OUTCOMES, due: { amount: 2, unit: 'days' }, ...more },
});
const WAYS = ['call.reached > reached', 'call.later > later', 'call.timedOut > late'];
const ENDS = [tag('reached'), tag('later'), tag('late')];
const calling = (more: Parameters<typeof flowOf>[0] | Record<string, unknown> = {}, config: Record<string, unknown> = {}) => flowOf({ steps: [call(config), ...ENDS], ways: WAYS, ...more });

const tasks = () => taskHandlers(s.workspace);
const cards = (which: 'open' | 'overdue' | 'done' | 'closed' | 'settled' | 'all' = 'all'): Task[] => (tasks()['tasks.list']({ which, flow: null, contact: null, offset: 0, limit: 100 }) as { rows: Task[] }).rows;
const only = (which?: Parameters<typeof cards>[0]): Task => {
  const found = cards(which);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const decide = (id: number, outcome: string, comment = '') => tasks()['tasks.decide']({ id, outcome, comment });
const tagsOf = (contact: number) => s.all<{ name: string }>('SELECT t.name FROM contact_tags x JOIN tags t ON t.id = x.tag_id WHERE x.contact_id = ? ORDER BY t.name', contact).map(({ name }) => name);
const eventsOf = (contact: number, type: string) => s.all<{ data: string }>('SELECT data FROM events WHERE contact_id = ? AND type = ? ORDER BY id', contact, type).map(({ data }) => JSON.parse(data) as Record<string, unknown>);
const exitReason = () => s.one('SELECT exit_reason FROM enrollments ORDER BY id DESC LIMIT 1');

/** Ada comes in, and stands before the card. */
async function adaWaits(flow = calling()): Promise<{ ada: number; id: number }> {
  s = stage();
  const id = s.live(flow);
  const ada = addContact(s.workspace, { email: 'ada@example.com', first_name: 'Ada', last_name: 'Byron' });
  await s.pass(HOUR);
  return { ada, id };
}

describe('a card', () => {
  test('says what is to be decided, for whom and until when, with merge tags filled in', async () => {
    const { ada, id } = await adaWaits();
    const card = only('open');
    expect(card).toMatchObject({ contact: ada, contactName: 'Ada Byron', flow: id, flowName: 'Story', stepId: 'call', title: 'Call Ada', text: 'Ask about Byron.', outcomes: OUTCOMES, state: 'open', priority: 'normal', dueAt: TEST_NOW + 2 * DAY });
    expect(eventsOf(ada, 'task_created')).toEqual([{ task: card.id, title: 'Call Ada', step: 'call' }]);
  });

  test('of a contact without the value has an empty place, and fails nobody', async () => {
    s = stage();
    s.live(calling());
    addContact(s.workspace, { email: 'x@example.com' });
    await s.pass(HOUR);
    expect(only('open').title).toBe('Call');
    expect(s.one(`SELECT count(*) FROM enrollments WHERE state = 'failed'`)).toBe(0);
  });

  test.each(['reached', 'later'])('decided as "%s" lets the contact go on that way at once', async (outcome) => {
    const { ada } = await adaWaits();
    await decide(only().id, outcome, ' Very kind ');
    await s.pass(0);
    expect(tagsOf(ada)).toEqual([outcome]);
    expect(only('done')).toMatchObject({ outcome, comment: 'Very kind', settledBy: 'user', settledAt: TEST_NOW + HOUR });
    expect(eventsOf(ada, 'task_decided')).toMatchObject([{ outcome, comment: 'Very kind', step: 'call' }]);
    expect(eventsOf(ada, 'task_closed')).toEqual([]);
  });

  test('takes only its own outcomes, and only once', async () => {
    await adaWaits();
    const { id } = only();
    expect(() => decide(id, 'nonsense')).toThrow(/no outcome nonsense.*reached, later/);
    await decide(id, 'reached');
    expect(() => decide(id, 'later')).toThrow(/decided already/);
    expect(() => decide(99, 'later')).toThrow(/no task number 99/);
  });

  test('is decided by whoever is first, also after a restart of the program', async () => {
    const { ada } = await adaWaits();
    s.restart();
    await decide(only().id, 'later');
    await s.pass(0);
    expect(tagsOf(ada)).toEqual(['later']);
  });

  test('starts flows, and lets those go on who wait for it elsewhere', async () => {
    const { ada } = await adaWaits();
    s.live(flowOf({ triggers: [{ id: 'd', type: 'eventHappened', config: { name: 'task_decided', where: [{ property: 'outcome', operator: 'equals', value: 'later' }] } }], steps: [tag('heard')] }));
    await decide(only().id, 'later');
    await s.pass(0);
    expect(tagsOf(ada)).toEqual(['heard', 'later']);
  });
});

describe('D32: what happens at the due date', () => {
  test('D32: whoever nobody decides about leaves by the time-out, and the card is closed with that reason', async () => {
    const { ada } = await adaWaits();
    await s.pass(2 * DAY - HOUR - 1);
    expect(only('open').state).toBe('open');
    await s.pass(1);
    expect(tagsOf(ada)).toEqual(['late']);
    expect(only('closed')).toMatchObject({ closedReason: 'timed-out', outcome: null, settledAt: TEST_NOW + 2 * DAY });
    expect(() => decide(only().id, 'reached')).toThrow(/was closed/);
    expect(eventsOf(ada, 'task_closed')).toMatchObject([{ reason: 'timed-out' }]);
  });

  test('D32: the way of the time-out is always there, and no outcome may take its name', () => {
    s = stage();
    expect(() => s.live(calling({}, { outcomes: [{ id: 'timedOut', label: 'x' }] }))).not.toThrow();
    const problems = s.calls['flows.problems']({ flow: 1 });
    expect(problems).toContainEqual(expect.objectContaining({ code: 'outlet-twice', place: { step: 'call', field: 'outcomes.0.id' } }));
  });

  test('D32: a card that is to escalate is raised and told of at the due date, once, and times out later', async () => {
    const { ada } = await adaWaits(calling({}, { overdue: 'escalate', further: { amount: 1, unit: 'days' } }));
    await s.pass(2 * DAY);
    expect(only('open')).toMatchObject({ priority: 'high', escalatedAt: TEST_NOW + 2 * DAY });
    expect(cards('overdue')).toHaveLength(1);
    happen(s.workspace, ada, 'consent_given', { data: { channel: 'email' } });
    await s.pass(HOUR);
    const told = () => tasks()['notices.list']({ unread: true, limit: 10 }) as { unread: number; rows: { kind: string; title: string; task: number }[] };
    expect(told()).toMatchObject({ unread: 1, rows: [{ kind: 'overdue', title: 'Call Ada' }] });
    await s.pass(DAY);
    expect(tagsOf(ada)).toEqual(['late']);
    expect(only('closed').closedReason).toBe('timed-out');
    expect(told().unread).toBe(0);
  });

  test('D32: an escalated card is still decided', async () => {
    const { ada } = await adaWaits(calling({}, { overdue: 'escalate' }));
    await s.pass(2 * DAY);
    await decide(only().id, 'reached');
    await s.pass(0);
    expect(tagsOf(ada)).toEqual(['reached']);
  });

  test('D32: while the flow is paused nobody moves; what was decided meanwhile counts, also after the due date', async () => {
    const { ada, id } = await adaWaits();
    pause(s.workspace, id);
    await s.pass(3 * DAY);
    expect(tagsOf(ada)).toEqual([]);
    await decide(only('overdue').id, 'reached');
    await s.pass(HOUR);
    expect(tagsOf(ada)).toEqual([]);
    await s.calls['flows.resume']({ flow: id, overdue: 'rule' });
    await s.pass(0);
    expect(tagsOf(ada)).toEqual(['reached']);
  });
});

describe('D32: what closes a card by itself', () => {
  test('D32: the contact meets the goal', async () => {
    const { ada } = await adaWaits(calling({ goal: hasTag('bought') }));
    addTagFor(s.workspace, [{ contactId: ada }], 'bought', { source: 'user' });
    await s.pass(0);
    expect(only('closed').closedReason).toBe('goal');
    expect(exitReason()).toBe('goal');
  });

  test('D32: the contact meets the exit rule', async () => {
    const { ada } = await adaWaits(calling({ exit: hasTag('gone') }));
    addTagFor(s.workspace, [{ contactId: ada }], 'gone', { source: 'user' });
    await s.pass(0);
    expect(only('closed').closedReason).toBe('exit-rule');
  });

  test('D32: the contact opts out', async () => {
    const { ada } = await adaWaits();
    recordConsent(s.workspace, { contactId: ada, channel: 'email', given: false, source: 'wrote to us', actor: 'user' });
    await s.pass(0);
    expect(only('closed').closedReason).toBe('opted-out');
    expect(exitReason()).toBe('opted-out');
  });

  test('D32: the address is never to be written to', async () => {
    await adaWaits();
    addSuppression(s.workspace, { channel: 'email', address: 'ada@example.com', reason: 'user', source: 'user' });
    await s.pass(0);
    expect(only('closed').closedReason).toBe('opted-out');
  });

  test('D32: but not because mail comes back from it, which may be why they are to be called', async () => {
    await adaWaits();
    addSuppression(s.workspace, { channel: 'email', address: 'ada@example.com', reason: 'bounced', source: 'smtp' });
    await s.pass(HOUR);
    expect(only('open').state).toBe('open');
  });

  test('D32: but a flow that goes on without messages keeps the card of who opts out', async () => {
    const { ada } = await adaWaits(calling({ optOut: 'continue' }));
    recordConsent(s.workspace, { contactId: ada, channel: 'email', given: false, source: 'wrote to us', actor: 'user' });
    await s.pass(HOUR);
    expect(only('open').state).toBe('open');
  });

  test('D32: an opt-out from before the task is no reason, because the flow has let them in all the same', async () => {
    s = stage();
    s.live(calling());
    const ada = addContact(s.workspace, { email: 'ada@example.com' });
    recordConsent(s.workspace, { contactId: ada, channel: 'email', given: false, source: 'x', actor: 'user' });
    await s.pass(HOUR);
    expect(only().state).toBe('open');
  });

  test.each([
    ['move', { to: 'late' }, 'moved-by-hand'],
    ['remove', { reason: '' }, 'removed-by-hand'],
    ['restart', {}, 'restarted'],
  ] as const)('D32: somebody does "%s" with the contact', async (act, more, reason) => {
    const { id } = await adaWaits();
    const people = enrollmentHandlers(s.workspace);
    await (people[`enrollments.${act}`] as (input: unknown) => Promise<unknown>)({ flow: id, enrollments: null, step: 'call', ...more });
    expect(cards('closed')).toMatchObject([{ closedReason: reason, settledBy: 'user' }]);
    await s.pass(HOUR);
    // Who begins anew stands before a card of their own.
    expect(cards('open')).toHaveLength(act === 'restart' ? 1 : 0);
  });

  test('D32: the step is deleted', async () => {
    const { ada, id } = await adaWaits();
    s.republish(id, flowOf({ steps: [tag('late')] }));
    await s.pass(0);
    expect(only('closed').closedReason).toBe('step-removed');
    // They go on where the first way out led, or leave where that is gone as well (D2).
    expect([tagsOf(ada), exitReason()]).toEqual([[], 'step-removed']);
  });

  test('D32: the step is switched off', async () => {
    const { ada, id } = await adaWaits();
    s.republish(id, flowOf({ steps: [{ ...call(), disabled: true }, ...ENDS], ways: WAYS }));
    await s.pass(0);
    expect([only('closed').closedReason, tagsOf(ada)]).toEqual(['step-disabled', ['reached']]);
  });

  test.each([true, false])('D32: the step is made another kind of step; also when whoever stood there was kept on the version before: %s', async (keep) => {
    const { id } = await adaWaits();
    const changed = flowOf({ steps: [wait('call', 3), ...ENDS] });
    publish(s.workspace, id, changed, [], [], keep);
    await s.pass(0);
    expect(cards('open')).toHaveLength(keep ? 1 : 0);
    if (keep) await enrollmentHandlers(s.workspace)['enrollments.follow']({ flow: id, enrollments: null, step: null });
    expect(only().closedReason).toBe('step-removed');
  });

  test('D32: the flow is archived', async () => {
    const { id } = await adaWaits();
    while (!archiveSome(s.workspace, id));
    expect(only('closed').closedReason).toBe('flow-archived');
  });

  test('D32: the contact is erased, and the card goes with them', async () => {
    const { ada } = await adaWaits();
    s.workspace.db.prepare('DELETE FROM contacts WHERE id = ?').run(ada);
    await s.pass(3 * DAY);
    expect(cards()).toEqual([]);
    expect(exitReason()).toBe('contact-erased');
  });
});

describe('D32: an edited step', () => {
  test('D32: changes the cards of those who wait: words, outcomes and due date; the new outcome is a way', async () => {
    const { ada, id } = await adaWaits();
    s.republish(id, flowOf({ steps: [call({ title: 'Write to {{ contact.first_name }}', outcomes: [{ id: 'written', label: 'Written' }], due: { amount: 5, unit: 'days' } }), tag('written')], ways: ['call.written > written'] }));
    await s.pass(0);
    expect(only('open')).toMatchObject({ title: 'Write to Ada', outcomes: [{ id: 'written', label: 'Written' }], dueAt: TEST_NOW + 5 * DAY });
    expect(() => decide(only().id, 'reached')).toThrow(/no outcome reached/);
    await decide(only().id, 'written');
    await s.pass(0);
    expect(tagsOf(ada)).toEqual(['written']);
  });

  test('D32: with an outcome deleted that was just decided sends them the way of the time-out', async () => {
    const { ada, id } = await adaWaits();
    pause(s.workspace, id);
    await decide(only().id, 'later');
    s.republish(id, flowOf({ steps: [call({ outcomes: [OUTCOMES[0]] }), ...ENDS], ways: ['call.reached > reached', 'call.timedOut > late'] }));
    await s.calls['flows.resume']({ flow: id, overdue: 'rule' });
    await s.pass(0);
    expect(tagsOf(ada)).toEqual(['late']);
  });

  test('a card that a person has put into their own words is left alone by a look that changes nothing', async () => {
    const { ada } = await adaWaits(calling({ goal: hasTag('never') }));
    await tasks()['tasks.update']({ id: only().id, assignee: 'Bo', priority: 'high' });
    happen(s.workspace, ada, 'anything');
    await s.pass(HOUR);
    expect(only()).toMatchObject({ assignee: 'Bo', priority: 'high' });
    expect(() => tasks()['tasks.update']({ id: only().id, dueAt: TEST_NOW })).toThrow(/step of the flow says/);
  });
});

describe('D32: reopening is a new card', () => {
  test('D32: it has the words of the old one, says which, and moves nobody', async () => {
    const { ada } = await adaWaits();
    const first = only().id;
    expect(() => tasks()['tasks.reopen']({ id: first, dueAt: null })).toThrow(/open already/);
    await decide(first, 'later');
    await s.pass(HOUR);
    const { id } = tasks()['tasks.reopen']({ id: first, dueAt: TEST_NOW + 9 * DAY }) as { id: number };
    expect(id).not.toBe(first);
    expect(only('open')).toMatchObject({ id, reopens: first, title: 'Call Ada', outcomes: OUTCOMES, enrollment: null, dueAt: TEST_NOW + 9 * DAY });
    expect(only('done')).toMatchObject({ id: first, outcome: 'later' });
    expect(() => tasks()['tasks.reopen']({ id: first, dueAt: null })).toThrow(new RegExp(`again already, as number ${id}`));
    await decide(id, 'reached');
    await s.pass(DAY);
    expect(tagsOf(ada)).toEqual(['later']);
  });

  test('D32: a contact who comes to the step again has a card of that visit', async () => {
    s = stage();
    s.live(flowOf({ steps: [call(), wait('pause', 1), tag('reached')], ways: ['call.later > pause', 'pause > call', 'call.reached > reached'] }));
    addContact(s.workspace, { email: 'ada@example.com' });
    await s.pass(0);
    await decide(only().id, 'later');
    await s.pass(2 * DAY);
    expect(cards().map(({ state }) => state).sort()).toEqual(['done', 'open']);
  });
});

describe('by hand', () => {
  test('a task is added, changed, done, and put away', async () => {
    s = stage();
    const ada = addContact(s.workspace, { email: 'ada@example.com' });
    const add = (title: string) => (tasks()['tasks.add']({ contact: ada, title, text: '', assignee: '', priority: 'normal', outcomes: [], dueAt: TEST_NOW + DAY }) as { id: number }).id;
    const [one, other] = [add('Send the brochure'), add('Nothing')];
    await tasks()['tasks.update']({ id: one, title: 'Send both brochures', dueAt: null });
    expect(cards('open')).toMatchObject([{ id: other }, { id: one, title: 'Send both brochures', dueAt: null }]);
    expect(() => decide(one, 'reached')).toThrow(/Choose one of: done/);
    await decide(one, 'done');
    await tasks()['tasks.close']({ id: other });
    expect(cards('settled').map(({ state, closedReason }) => [state, closedReason])).toEqual([['closed', 'by-user'], ['done', null]]);
    expect(() => tasks()['tasks.add']({ contact: 99, title: 'x', text: '', assignee: '', priority: 'normal', outcomes: [], dueAt: null })).toThrow(/no contact number 99/);
  });

  test('through the gate a change leaves what it does not name', async () => {
    s = stage();
    const ada = addContact(s.workspace, { email: 'ada@example.com' });
    const answer = createDispatch(taskHandlers(s.workspace) as Handlers, () => undefined);
    expect(await answer('tasks.add', { contact: ada, title: ' Call ', text: 'Ask', priority: 'high', dueAt: TEST_NOW })).toEqual({ value: { id: 1 } });
    expect(await answer('tasks.update', { id: 1, assignee: 'Bo' })).toEqual({ value: null });
    expect(only('overdue')).toMatchObject({ title: 'Call', text: 'Ask', assignee: 'Bo', priority: 'high', dueAt: TEST_NOW });
    expect(await answer('tasks.add', { contact: ada, title: '  ' })).toMatchObject({ problems: [{ place: { field: 'title' } }] });
  });

  test('the card of a visit is not put away without a decision', async () => {
    await adaWaits();
    expect(() => tasks()['tasks.close']({ id: only().id })).toThrow(/Somebody waits in a flow/);
  });

  test('lists are by state, flow and contact; urgent ones come first, then those due first', async () => {
    const { ada, id } = await adaWaits();
    const add = (title: string, priority: 'normal' | 'high', dueAt: number | null) => tasks()['tasks.add']({ contact: ada, title, text: '', assignee: '', priority, outcomes: [], dueAt });
    await add('some day', 'normal', null);
    await add('urgent', 'high', TEST_NOW + 9 * DAY);
    await add('yesterday', 'normal', TEST_NOW - DAY);
    expect(cards('open').map(({ title }) => title)).toEqual(['urgent', 'yesterday', 'Call Ada', 'some day']);
    expect(cards('overdue').map(({ title }) => title)).toEqual(['yesterday']);
    const list = (more: object) => tasks()['tasks.list']({ which: 'open', flow: null, contact: null, offset: 0, limit: 2, ...more }) as { total: number; rows: Task[]; counts: object };
    expect(list({ flow: id })).toMatchObject({ total: 1, counts: { open: 4, overdue: 1 } });
    expect(list({ contact: ada }).rows).toHaveLength(2);
    expect(list({ contact: ada + 1 }).total).toBe(0);
  });
});

test('nothing that is asked about cards while flows run, or while the list is open, reads all of them', async () => {
  s = stage();
  const { db } = s.workspace;
  const texts = new Set<string>();
  const prepare = db.prepare.bind(db);
  Object.assign(db, { prepare: (text: string) => (texts.add(text), prepare(text)) });
  s.live(calling({}, { overdue: 'escalate' }));
  for (const name of ['a', 'b', 'c']) addContact(s.workspace, { email: `${name}@example.com` });
  await s.pass(HOUR);
  await decide(cards('open')[0]!.id, 'reached');
  for (const which of ['open', 'overdue', 'done', 'closed', 'settled'] as const) cards(which);
  await s.pass(4 * DAY);
  await tasks()['notices.list']({ unread: true, limit: 10 });
  await tasks()['notices.read']({ ids: [1] });
  const scans = [...texts]
    .filter((text) => /\b(tasks|notices)\b/.test(text) && /^\s*(SELECT|UPDATE|DELETE)/.test(text))
    .flatMap((text) => (prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array.from({ length: text.split('?').length - 1 }, () => null)) as { detail: string }[]).map(({ detail }) => `${detail}: ${text.slice(0, 100)}`))
    // Indexes of what is open, of what is settled by when it was, and notices by their number, which are read to the end of the page.
    .filter((line) => /^SCAN (t|n|tasks|notices)\b(?! USING (COVERING )?INDEX (tasks_open|tasks_settled|notices_unread)|: SELECT n\.id)/.test(line));
  expect(scans).toEqual([]);
  expect(texts.size).toBeGreaterThan(20);
});
