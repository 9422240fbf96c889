// What a person does with people inside a flow, and what it leaves behind: visits, counts, events, the audit; nothing sent in error.
import { beforeEach, describe, expect, test } from 'vitest';
import { ProblemError } from '../../shared/problem.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { addContact, happen, TEST_NOW } from '../workspace-fixture.ts';
import { branch, exit, flowOf, mail, openedThis, stage, tag, wait, type Stage } from './story.ts';

let story: Stage;
let calls: ReturnType<typeof enrollmentHandlers>;
let flow: number;
let people: number[];

/** Three people, who wait at "pause" after an hour; then "offer", then "end". */
beforeEach(async () => {
  story = stage();
  calls = enrollmentHandlers(story.workspace);
  flow = story.live(flowOf({ steps: [tag('first'), wait('pause', 7), mail('offer'), exit('end', 'done')] }));
  for (const name of ['ada', 'ben', 'cleo']) addContact(story.workspace, { email: `${name}@example.com` });
  await story.pass(HOUR);
  people = story.all<{ id: number }>('SELECT id FROM enrollments ORDER BY id').map(({ id }) => id);
});

const where = () => story.all<Record<string, unknown>>('SELECT state, step_id AS step, due_at AS due, exit_reason AS reason FROM enrollments ORDER BY id');
const who = (part: { enrollments?: number[]; step?: string }) => ({ flow, enrollments: null, step: null, ...part });
const audits = () => story.all<{ action: string; details: string }>(`SELECT action, details FROM audit WHERE action LIKE 'people-%'`).map(({ action, details }) => [action, (JSON.parse(details) as { enrollments: number[] }).enrollments]);
const events = (type: string) => story.all<{ data: string }>('SELECT data FROM events WHERE type = ? ORDER BY id', type).map(({ data }) => JSON.parse(data) as unknown);
/** Entered = inside + finished + exited, of the flow; and of each step entered = waiting + left (FAULTS I10). */
async function countsAgree() {
  const counts = await story.calls['flows.counts']({ flow });
  expect(counts.entered).toBe(counts.active + counts.failed + counts.held + counts.finished + counts.exited);
  const visits = story.all<{ step: string; n: number }>('SELECT step_id AS step, count(*) AS n FROM visits WHERE flow_id = ? GROUP BY step_id', flow);
  for (const { step, n } of visits) expect(Object.values(counts.steps[step]!.left).reduce((sum, left) => sum + left, 0)).toBe(n);
}

describe('lists', () => {
  test('those inside, who failed and who left, with their steps', async () => {
    await calls['enrollments.remove']({ ...who({ enrollments: [people[2]!] }), reason: '' });
    const list = (state: 'inside' | 'left' | 'failed', step: string | null = null) => calls['enrollments.list']({ flow, step, state, offset: 0, limit: 1 });
    expect(await list('inside')).toMatchObject({ total: 2, rows: [{ enrollment: people[0], email: 'ada@example.com', stepId: 'pause', stepName: { text: 'Wait' }, dueAt: TEST_NOW + 7 * DAY }] });
    expect(await list('inside', 'offer')).toEqual({ total: 0, rows: [] });
    expect(await list('left')).toMatchObject({ total: 1, rows: [{ enrollment: people[2], exitReason: 'removed-by-hand', leftAt: TEST_NOW + HOUR, stepId: null }] });
    expect(await list('failed')).toEqual({ total: 0, rows: [] });
  });
});

describe('moving', () => {
  test('to another step: they are due there at once, and the visit says how it ended', async () => {
    expect(await calls['enrollments.move']({ ...who({ enrollments: [people[0]!] }), to: 'offer' })).toEqual({ done: 1, skipped: 0 });
    await story.pass(0);
    expect(story.delivered).toEqual([{ contact: 1, message: 'offer', step: 'offer', at: TEST_NOW + HOUR }]);
    expect(story.all('SELECT outlet FROM visits WHERE step_id = ?', 'pause')).toEqual([{ outlet: 'moved' }]);
    expect(events('flow_moved')).toEqual([{ what: 'moved', from: 'pause', to: 'offer' }]);
    expect(audits()).toEqual([['people-move', [people[0]]]]);
    await countsAgree();
  });

  test('everybody at a step', async () => {
    expect(await calls['enrollments.move']({ ...who({ step: 'pause' }), to: 'end' })).toEqual({ done: 3, skipped: 0 });
    await story.pass(0);
    expect(where()).toMatchObject([1, 2, 3].map(() => ({ state: 'exited', reason: 'done' })));
    await countsAgree();
  });

  test('takes back what is planned to be sent from where they stood', async () => {
    story.isSending = false;
    await calls['enrollments.move']({ ...who({ enrollments: [people[0]!] }), to: 'offer' });
    await story.pass(0);
    expect(story.one(`SELECT count(*) FROM outbox WHERE state = 'planned'`)).toBe(1);
    await calls['enrollments.move']({ ...who({ enrollments: [people[0]!] }), to: 'pause' });
    expect(story.all('SELECT state, reason FROM outbox')).toEqual([{ state: 'cancelled', reason: 'enrollment-moved' }]);
    story.isSending = true;
    await story.pass(HOUR);
    expect(story.delivered).toEqual([]);
    expect(where()[0]).toMatchObject({ step: 'pause', due: TEST_NOW + HOUR + 7 * DAY });
  });

  test('from a step that was just removed: the visit is of the version that had it (I4)', async () => {
    story.republish(flow, flowOf({ steps: [tag('first'), mail('offer'), exit('end', 'done')] }));
    await calls['enrollments.move']({ ...who({ enrollments: [people[0]!] }), to: 'end' });
    expect(story.all('SELECT version, outlet FROM visits WHERE step_id = ?', 'pause')).toEqual([{ version: 1, outlet: 'moved' }]);
    await story.calls['flows.remove']({ flow });
    expect(story.all('SELECT version, outlet FROM visits WHERE step_id = ? AND outlet IS NULL', 'pause')).toEqual([{ version: 1, outlet: null }, { version: 1, outlet: null }]);
  });

  test('of people who were let out meanwhile changes nothing', async () => {
    await calls['enrollments.remove']({ ...who({ enrollments: [people[0]!] }), reason: 'asked' });
    expect(await calls['enrollments.move']({ ...who({ enrollments: [people[0]!] }), to: 'offer' })).toEqual({ done: 0, skipped: 0 });
    expect(where()[0]).toMatchObject({ state: 'exited', reason: 'asked' });
  });
});

describe('skipping a wait', () => {
  test('they go on as if it were over', async () => {
    expect(await calls['enrollments.skip']({ ...who({ enrollments: [people[1]!] }), outlet: null })).toEqual({ done: 1, skipped: 0 });
    await story.pass(0);
    expect(story.delivered).toMatchObject([{ contact: 2, step: 'offer' }]);
    expect(story.all('SELECT outlet FROM visits WHERE step_id = ?', 'pause')).toEqual([{ outlet: 'next' }]);
    await countsAgree();
  });

  test('where they do not wait, or the wait has no such way out, they stay', async () => {
    story.isSending = false;
    await calls['enrollments.move']({ ...who({ enrollments: [people[0]!] }), to: 'offer' });
    await story.pass(0);
    expect(await calls['enrollments.skip']({ ...who({ enrollments: people }), outlet: 'timedOut' })).toEqual({ done: 0, skipped: 3 });
    expect(await calls['enrollments.skip']({ ...who({ enrollments: people }), outlet: null })).toEqual({ done: 2, skipped: 1 });
    await countsAgree();
  });

  test('where it ends the flow, they are finished', async () => {
    const last = story.live(flowOf({ steps: [wait('only', 7)] }));
    const dora = addContact(story.workspace, { email: 'dora@example.com' });
    await story.pass(0);
    await calls['enrollments.skip']({ flow: last, enrollments: null, step: 'only', outlet: null });
    expect(story.all('SELECT state FROM enrollments WHERE contact_id = ? AND flow_id = ?', dora, last)).toEqual([{ state: 'finished' }]);
  });
});

test('restarting: out, and in again from the first step as a passage of its own', async () => {
  const other = story.live(flowOf({ steps: [mail('welcome'), wait('day', 1), branch('asked', openedThis('welcome')), mail('offer')], ways: ['welcome > day', 'day > asked', 'asked.yes > offer'] }));
  const dora = addContact(story.workspace, { email: 'dora@example.com' });
  await story.pass(HOUR);
  const first = story.one('SELECT id FROM enrollments WHERE flow_id = ? AND contact_id = ?', other, dora) as number;
  happen(story.workspace, dora, 'message_opened', { enrollmentId: first, data: { message: 'welcome' } });
  expect(await calls['enrollments.restart']({ flow: other, enrollments: null, step: 'day' })).toMatchObject({ done: 1 });
  await story.pass(3 * DAY);
  const found = story.all('SELECT state, exit_reason AS reason FROM enrollments WHERE flow_id = ? AND contact_id = ? ORDER BY id', other, dora);
  // What they opened in the passage before is not opened in this one.
  expect(found).toEqual([{ state: 'exited', reason: 'restarted' }, { state: 'finished', reason: null }]);
  expect(story.delivered.filter(({ contact }) => contact === dora).map(({ message }) => message)).toEqual(['welcome', 'welcome']);
});

test('removing: with a reason that reports can tell apart, and nothing is sent any more', async () => {
  story.isSending = false;
  await calls['enrollments.move']({ ...who({ enrollments: [people[0]!] }), to: 'offer' });
  await story.pass(0);
  await calls['enrollments.remove']({ ...who({ enrollments: people.slice(0, 2) }), reason: ' by phone ' });
  story.isSending = true;
  await story.pass(10 * DAY);
  expect(where()).toMatchObject([{ state: 'exited', reason: 'by phone' }, { state: 'exited', reason: 'by phone' }, { state: 'exited', reason: 'done' }]);
  expect(story.delivered).toMatchObject([{ contact: 3 }]);
  expect(events('flow_left')).toContainEqual({ end: 'exited', reason: 'by phone' });
  await countsAgree();
});

test('trying again: those who failed run their step again, the others are left alone', async () => {
  const fail = story.workspace.db.prepare(`UPDATE enrollments SET state = 'failed', failure = 'pause: no', due_at = NULL WHERE id IN (?, ?)`);
  fail.run(people[0], people[1]);
  expect((await calls['enrollments.list']({ flow, step: null, state: 'failed', offset: 0, limit: 10 })).rows.map(({ failure }) => failure)).toEqual(['pause: no', 'pause: no']);
  expect(await calls['enrollments.retry'](who({ enrollments: [people[0]!, people[2]!] }))).toEqual({ done: 1, skipped: 0 });
  expect(await calls['enrollments.retry'](who({}))).toEqual({ done: 1, skipped: 0 });
  await story.pass(0);
  expect(where()).toMatchObject(people.map(() => ({ state: 'active', step: 'pause', due: TEST_NOW + 7 * DAY })));
  expect(audits()).toEqual([['people-retry', [people[0]]], ['people-retry', [people[1]]]]);
});

test.each([
  ['nobody-chosen', () => calls['enrollments.restart'](who({}))],
  ['step-unknown', () => calls['enrollments.move']({ ...who({ step: 'pause' }), to: 'gone' })],
  ['flow-unknown', () => calls['enrollments.restart']({ flow: 99, enrollments: null, step: 'pause' })],
  ['flow-archived', async () => (await story.calls['flows.remove']({ flow }), calls['enrollments.restart'](who({ step: 'pause' })))],
  ['flow-not-published', async () => calls['enrollments.restart']({ flow: (await story.calls['flows.create']({ name: 'Draft' })).id, enrollments: null, step: 'pause' })],
])('refused, in words: %s', async (code, act) => {
  const error = await Promise.resolve().then(act).catch((found: unknown) => found);
  expect(error).toBeInstanceOf(ProblemError);
  expect((error as ProblemError).problems).toMatchObject([{ code }]);
});

test('more people than one turn deals with: restarting does not meet its own, archiving leaves nobody', async () => {
  const many = story.live(flowOf({ steps: [wait('day', 1)] }));
  for (let n = 0; n < 1203; n++) addContact(story.workspace, { email: `p${n}@example.com` });
  await story.pass(0);
  expect(await calls['enrollments.restart']({ flow: many, enrollments: null, step: 'day' })).toEqual({ done: 1203, skipped: 0 });
  await story.pass(0);
  expect(story.one(`SELECT count(*) FROM enrollments WHERE flow_id = ? AND state = 'active'`, many)).toBe(1203);
  await story.calls['flows.remove']({ flow: many });
  expect(story.all('SELECT exit_reason AS reason, count(*) AS n FROM enrollments WHERE flow_id = ? GROUP BY 1 ORDER BY 1', many)).toEqual([{ reason: 'flow-archived', n: 1203 }, { reason: 'restarted', n: 1203 }]);
  expect(story.one('SELECT state FROM flows WHERE id = ?', many)).toBe('archived');
  expect(story.one(`SELECT count(*) FROM audit WHERE action = 'people-restart'`)).toBe(3);
});
