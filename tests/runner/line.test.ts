// Who is to come into a flow later: seen where people of a flow are listed, with their place and since when, and taken out by hand
// like those inside (FEATURES D7).
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/flow/entry.ts';
import { DAY, HOUR, MINUTE } from '../../shared/time.ts';
import { contactHandlers } from '../../src-main/handlers/contacts.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { lineHandlers } from '../../src-main/handlers/line.ts';
import { enterExisting } from '../../src-main/runner/existing.ts';
import { mergeContacts } from '../../src-main/runner/merging.ts';
import { lastEventId } from '../../src-main/store/events.ts';
import { setEventsRead } from '../../src-main/store/hearings.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { transaction } from '../../src-main/store/database.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { flowOf, onTag, stage, wait, type Stage } from './story.ts';

const policy = (entry: Partial<Entry>): Entry => ({ reentry: 'afterExit', reentryDays: 30, audience: null, ...entry });

function tagAgain(story: Stage, contact: number, name: string): Promise<void> {
  removeTagFor(story.workspace, [{ contactId: contact }], name, { source: 'user' });
  addTagFor(story.workspace, [{ contactId: contact }], name, { source: 'user' });
  return story.pass(0);
}

const calls = (story: Stage) => ({ ...lineHandlers(story.workspace), ...enrollmentHandlers(story.workspace), ...contactHandlers(story.workspace) });
const line = async (story: Stage, flow: number, offset = 0, limit = 100) => calls(story)['line.list']({ flow, offset, limit });

/** Ada and Ben are inside; each has met the trigger again since, Ben first. */
async function queued(): Promise<{ story: Stage; flow: number; ada: number; ben: number }> {
  const story = stage();
  const flow = story.live(flowOf({ triggers: [onTag('hot')], entry: policy({ whileInside: 'queue' }), steps: [wait('pause', 2)] }));
  const [ada, ben] = ['ada', 'ben'].map((name) => addContact(story.workspace, { email: `${name}@example.com` })) as [number, number];
  for (const each of [ada, ben]) await tagAgain(story, each, 'hot');
  await story.pass(HOUR);
  await tagAgain(story, ben, 'hot');
  await story.pass(HOUR);
  await tagAgain(story, ada, 'hot');
  return { story, flow, ada, ben };
}

describe('D7: the line is visible in the list of runs', () => {
  test('those who wait until they are out stand in the order in which they came, with since when', async () => {
    const { story, flow, ada, ben } = await queued();
    const { total, rows } = await line(story, flow);
    expect(total).toBe(2);
    expect(rows.map(({ place, contact, email, since, dueAt }) => ({ place, contact, email, since, dueAt }))).toEqual([
      { place: 1, contact: ben, email: 'ben@example.com', since: TEST_NOW + HOUR, dueAt: null },
      { place: 2, contact: ada, email: 'ada@example.com', since: TEST_NOW + 2 * HOUR, dueAt: null },
    ]);
    expect((await story.calls['flows.counts']({ flow })).inLine).toBe(2);
    expect((await calls(story)['contacts.get']({ id: ada })).lines).toMatchObject([{ flow, flowName: 'Story', place: 2, since: TEST_NOW + 2 * HOUR, dueAt: null }]);
    await story.pass(2 * DAY);
    expect(await line(story, flow)).toEqual({ total: 0, rows: [] });
  });

  test('those whose time is known stand before them, whoever is due first coming first; pages go on where the one before ended', async () => {
    const { story, flow, ben } = await queued();
    const others = ['c', 'd', 'e', 'f'].map((name) => addContact(story.workspace, { email: `${name}@example.com`, tags: ['hot'] }));
    setEventsRead(story.workspace, lastEventId(story.workspace));
    transaction(story.workspace.db, () => enterExisting(story.workspace, flow, flowOf({ triggers: [onTag('hot')], entry: policy({ whileInside: 'queue' }), steps: [wait('pause', 2)] }), { amount: 4, unit: 'hours' }));
    const { total, rows } = await line(story, flow);
    expect(total).toBe(6);
    expect(rows.map(({ contact }) => contact)).toEqual([...others, ben, 1]);
    expect(rows.slice(0, 4).map(({ dueAt }) => (dueAt! - story.workspace.clock.now()) / HOUR)).toEqual([0, 1, 2, 3]);
    const pages = [await line(story, flow, 0, 3), await line(story, flow, 3, 2), await line(story, flow, 5, 3)].flatMap((page) => page.rows);
    expect(pages).toEqual(rows);
    for (const { contact, place } of rows) expect((await calls(story)['contacts.get']({ id: contact })).lines.map((each) => each.place)).toEqual([place]);
  });

  test('whoever has to wait for their days as well keeps the instant since when they stand there', async () => {
    const story = stage();
    const flow = story.live(flowOf({ triggers: [onTag('hot')], entry: policy({ reentry: 'afterDays', reentryDays: 10, whileInside: 'queue' }), steps: [wait('pause', 2)] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await tagAgain(story, ada, 'hot');
    await story.pass(DAY);
    await tagAgain(story, ada, 'hot');
    await story.pass(2 * DAY);
    expect((await line(story, flow)).rows).toMatchObject([{ place: 1, since: TEST_NOW + DAY, dueAt: TEST_NOW + 10 * DAY }]);
  });
});

describe('D7: people are taken out of the line by hand', () => {
  test('some, or all; whoever was taken out does not come in, and it stands in the audit', async () => {
    const { story, flow, ada, ben } = await queued();
    const { rows } = await line(story, flow);
    expect(await calls(story)['line.remove']({ flow, entries: [rows[0]!.entry] })).toEqual({ removed: 1 });
    expect((await line(story, flow)).rows).toMatchObject([{ contact: ada, place: 1 }]);
    await story.pass(2 * DAY);
    expect(story.all('SELECT contact_id AS contact, count(*) AS n FROM enrollments GROUP BY 1 ORDER BY 1')).toEqual([{ contact: ada, n: 2 }, { contact: ben, n: 1 }]);
    expect(story.all<{ details: string }>(`SELECT details FROM audit WHERE action = 'line-left'`).map(({ details }) => JSON.parse(details) as unknown)).toEqual([{ flow, people: 1, contacts: [ben] }]);
    await tagAgain(story, ada, 'hot');
    expect(await calls(story)['line.remove']({ flow, entries: null })).toEqual({ removed: 1 });
    expect(await calls(story)['line.remove']({ flow, entries: null })).toEqual({ removed: 0 });
    expect(story.one(`SELECT count(*) FROM audit WHERE action = 'line-left'`)).toBe(2);
  });

  test('an entry of another flow is left alone', async () => {
    const { story, flow } = await queued();
    const other = story.live(flowOf({ triggers: [onTag('cold')], steps: [wait('pause', 2)] }));
    const { rows } = await line(story, flow);
    expect(await calls(story)['line.remove']({ flow: other, entries: rows.map(({ entry }) => entry) })).toEqual({ removed: 0 });
    expect((await line(story, flow)).total).toBe(2);
  });

  test('whoever is taken out of the flow gives up their place as well: nothing more comes to them from it', async () => {
    const { story, flow, ada } = await queued();
    await calls(story)['enrollments.remove']({ flow, enrollments: [1], step: null, reason: '' });
    expect((await line(story, flow)).rows.map(({ contact }) => contact)).not.toContain(ada);
    await story.pass(MINUTE);
    expect(story.one('SELECT count(*) FROM enrollments WHERE contact_id = ?', ada)).toBe(1);
  });
});

test('D7: whoever stands in line comes in, also when the policy has changed meanwhile', async () => {
  const { story, flow, ada } = await queued();
  story.republish(flow, flowOf({ triggers: [onTag('hot')], entry: policy({ whileInside: 'ignore' }), steps: [wait('pause', 2)] }));
  await story.pass(2 * DAY);
  expect(story.one('SELECT count(*) FROM enrollments WHERE contact_id = ?', ada)).toBe(2);
  expect((await line(story, flow)).total).toBe(0);
});

test('D7, D29: of two contacts who become one, one place is left', async () => {
  const { story, flow, ada, ben } = await queued();
  mergeContacts(story.workspace, { survivor: ada, other: ben, take: [], actor: 'user' });
  expect((await line(story, flow)).rows.map(({ contact }) => contact)).toEqual([ada]);
});
