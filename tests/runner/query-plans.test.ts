// What the runner asks of the file must not become slower as the file grows: no query of its path reads a whole table, in a file
// that was never analysed (FAULTS F13; how long it takes with a million contacts is measured in tests/bench).
import { expect, test } from 'vitest';
import { DAY } from '../../shared/time.ts';
import { flowCounts } from '../../src-main/store/counts.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { failures } from '../../src-main/store/failures.ts';
import { overdueByFlow } from '../../src-main/store/overdue.ts';
import { sinceLastWritten, stepHasWritten } from '../../src-main/store/written-before.ts';
import { addContact } from '../workspace-fixture.ts';
import { branch, exit, flowOf, hasTag, mail, onAdded, onTag, openedThis, set, stage, tag, wait } from './story.ts';

/** Tables that grow with people and with time. The indexes named hold only what is open, or are read to their first row. */
const GROWING = /^SCAN (e|c|o|n|f|x|v|enrollments|contacts|events|outbox|visits|contact_tags)\b(?! USING (COVERING )?INDEX (contacts_time_zone|outbox_open|outbox_due|enrollments_stuck))/;

test('F13: a whole life of a flow, without one scan', async () => {
  const story = stage();
  const { db } = story.workspace;
  const texts = new Set<string>();
  const prepare = db.prepare.bind(db);
  Object.assign(db, { prepare: (text: string) => (texts.add(text), prepare(text)) });

  addAttribute(story.workspace, { key: 'birthday', label: 'Birthday', kind: 'date' });
  const flow = flowOf({
    triggers: [onAdded, onTag('hot'), { id: 'birthday', type: 'dateReached', config: { attribute: 'birthday', yearly: true } }],
    entry: { reentry: 'afterExit', reentryDays: 30, audience: hasTag('vip') },
    goal: hasTag('bought'),
    steps: [mail('welcome'), { id: 'event', type: 'waitForEvent', config: { events: [{ id: 'open' }, { id: 'form', event: 'custom', name: 'form_sent', where: [{ property: 'a', value: 'b' }] }], since: 'enrollment', atMost: { amount: 1, unit: 'hours' } } }, wait('pause', 1), branch('b', openedThis('welcome')), tag('t'), set('s', 'first_name', 'Ada'), wait('rest', 1), exit('end')],
    ways: ['welcome > event', 'event.open > pause', 'event.form > pause', 'event.timedOut > pause', 'pause > b', 'b.yes > t', 'b.else > t', 't > s', 's > rest', 'rest > end'],
  });
  const id = story.live(flow);
  const people = Array.from({ length: 3 }, (_, index) => addContact(story.workspace, { email: `p${index}@example.com`, tags: ['vip'], time_zone: 'Asia/Tokyo' }));
  await story.pass(1.5 * DAY);
  story.republish(id, { ...flow, steps: flow.steps.filter((step) => step.id !== 'rest'), edges: flow.edges.map((edge) => (edge.to === 'rest' ? { ...edge, to: 'end' } : edge)).filter((edge) => edge.from !== 'rest') });
  await story.pass(2 * DAY);
  await story.calls['flows.enroll']({ flow: id, contacts: people, rule: null });
  flowCounts(story.workspace, id);
  await story.calls['flows.list']({});
  story.runner.status();
  await story.calls['flows.waiting']({ flow: id, step: 'pause', limit: 10 });
  await story.calls['flows.pause']({ flow: id });
  await story.pass(3 * DAY);
  await story.calls['flows.overdue']({ flow: id });
  await story.calls['flows.resume']({ flow: id, overdue: 'exit' });
  await story.pass(0);
  overdueByFlow(story.workspace, story.workspace.clock.now());
  failures(story.workspace, null, null, 0, 10);
  failures(story.workspace, id, 'pause', 0, 10);
  stepHasWritten(story.workspace, [{ id: 1, key: '1:1:welcome:1' }]);
  // Of the second message nothing came before; its query is asked all the same, and so is the one after it.
  const first = story.one('SELECT max(id) FROM outbox') as number;
  story.workspace.db.prepare(`INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, meant_at, priority, enrolled_at, planned_at) SELECT key || '9', flow_id, version, enrollment_id, step_id, contact_id, channel, message, 'planned', due_at, meant_at, priority, enrolled_at, planned_at FROM outbox WHERE id = ?`).run(first);
  expect(sinceLastWritten(story.workspace, { id: first + 1 })?.visits.length).toBeGreaterThan(0);

  // Nothing has ever gathered statistics: the plans are those of every customer's file.
  expect(story.all(`SELECT name FROM sqlite_schema WHERE name = 'sqlite_stat1'`)).toEqual([]);
  const scans: string[] = [];
  const kept: string[] = [];
  for (const text of texts) {
    if (!/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/.test(text)) continue;
    // Birthdays are looked up once a day and zone, in all contacts: that is a scan, and is meant to be.
    if (/FROM contacts WHERE (substr|a_birthday)/.test(text)) continue;
    const plan = prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array.from({ length: text.split('?').length - 1 }, () => null)) as { detail: string }[];
    if (/GROUP BY/.test(text) && /kept_version IS NOT NULL/.test(text)) kept.push(...plan.map(({ detail }) => detail));
    // Flows are few: those that run are looked through, each with an index of its own.
    const isOverFlows = /FROM flows f (CROSS|LEFT) JOIN/.test(text);
    for (const { detail } of plan) if (GROWING.test(detail) && !(isOverFlows && detail === 'SCAN f')) scans.push(`${detail}: ${text.replaceAll(/\s+/g, ' ').slice(0, 200)}`);
  }
  expect(scans).toEqual([]);
  // Who is on an earlier version is counted from an index that holds nobody else, without a look at the people.
  expect(kept).toContain('SEARCH e USING COVERING INDEX enrollments_kept (flow_id=? AND kept_version>?)');
  expect(texts.size).toBeGreaterThan(40);
});
