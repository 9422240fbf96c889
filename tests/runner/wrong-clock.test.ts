// The clock is wrong, and nobody waits for anything: nothing happens by a wrong clock all the same, until a person says that it is
// right; setting it right heals, and a laptop that was merely off is not asked about its clock (FAULTS F14, F16, F17).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { importPlanSchema } from '../../shared/contacts/import-plan.ts';
import type { Entry } from '../../shared/flow/entry.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { DAY, HOUR, MINUTE, type Instant } from '../../shared/time.ts';
import type { ImportRow } from '../../shared/api.ts';
import { createFolderWatch } from '../../src-main/imports/watched-folders.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { addRecipe, changeRecipe } from '../../src-main/store/recipes.ts';
import { saveRetentionRule } from '../../src-main/store/retention.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { fakeChannel } from '../mail/fake-channel.ts';
import { outboxOver, WELCOME } from '../mail/outbox-fixture.ts';
import { addContact, TEST_NOW, testWorkspace } from '../workspace-fixture.ts';
import { flowOf, mail, tag, wait } from './story.ts';

const YEARS = 1500 * DAY;

/** A workspace on a computer whose clock and hours since it was started show whatever they are told; `restart` is the program begun anew on it. */
function desk(knowsUptime = false, asksAfterAbsence: true | 'clock' = true) {
  const base = testWorkspace();
  let now: Instant = TEST_NOW;
  let uptime = 0;
  const workspace: Workspace = { ...base, clock: { now: () => now, after: base.clock.after, ...(knowsUptime && { uptime: () => uptime }) } };
  const sent: string[] = [];
  const start = () => {
    const mine = { ...workspace };
    return createRunner(mine, outboxOver(mine, fakeChannel({ between: ({ to }) => (sent.push(to), story.sending()) })), { asksAfterAbsence });
  };
  let runner = start();
  addAttribute(workspace, { key: 'day', label: 'Day', kind: 'date' });
  const look = async (instant: Instant, on: number) => {
    uptime += on;
    now = instant;
    await runner.runDue();
  };
  const story = {
    workspace,
    sent,
    /** Something that happens while a message is on its way. */
    sending: (): void => undefined,
    setMeanwhile: (instant: Instant) => void (now = instant),
    runner: () => runner,
    restart: () => void (runner = start()),
    live: (flow: Flow) => publish(workspace, insertFlow(workspace, flow), flow, [WELCOME]),
    /** The clock is set to show this, at once. */
    set: (instant: Instant) => look(instant, 0),
    /** The computer sleeps until then. */
    sleep: (until: Instant) => look(until, until - now),
    /** Time passes while the program runs: it looks every hour. */
    async run(until: Instant) {
      while (now < until) await look(Math.min(until, now + HOUR), Math.min(HOUR, until - now));
    },
    asks: () => runner.absence.report() !== null,
    all: (sql: string) => workspace.db.prepare(sql).pluck().all(),
    audit: () => story.all(`SELECT action FROM audit WHERE action IN ('was-away', 'came-back', 'clock-set-back') ORDER BY id`),
  };
  return story;
}

const again: Entry = { reentry: 'afterExit', reentryDays: 1, audience: null };
const daily = (every: Record<string, unknown> = { every: 'daily' }) => flowOf({ triggers: [{ id: 't', type: 'schedule', config: { ...every, at: '09:00' } }], entry: again, steps: [mail('welcome')] });
const OVER = { kind: 'attribute', attribute: 'day', operator: 'longerAgo', value: { amount: 400, unit: 'days' } } as const;

/** What runs by the clock alone, and how one sees that it has run. Each has a contact with a day in the year before. */
const BY_THE_CLOCK: [string, (story: ReturnType<typeof desk>) => void, string][] = [
  ['a schedule', (story) => void story.live(daily()), 'SELECT 1 FROM enrollments'],
  ['a birthday', (story) => void story.live(flowOf({ triggers: [{ id: 't', type: 'dateReached', config: { attribute: 'day', yearly: true, at: '09:00' } }], entry: again, steps: [mail('welcome')] })), 'SELECT 1 FROM enrollments'],
  ['long silence', (story) => void story.live(flowOf({ triggers: [{ id: 't', type: 'inactive', config: { what: 'anything', days: 10, at: '09:00' } }], entry: again, steps: [mail('welcome')] })), 'SELECT 1 FROM enrollments'],
  ['a flow that closes', (story) => void story.live(flowOf({ steps: [{ id: 'w', type: 'waitForEvent', config: { events: [{ id: 'e', event: 'custom', name: 'never' }], atMost: { amount: 9, unit: 'years' } } }], ways: [], entry: { ...again, closes: '2027-01-01T00:00', atClose: 'exit' } })), `SELECT 1 FROM enrollments WHERE state <> 'active'`],
  ['a goal that time fulfils', (story) => void story.live(flowOf({ goal: OVER, steps: [{ id: 'w', type: 'waitForEvent', config: { events: [{ id: 'e', event: 'custom', name: 'never' }], atMost: { amount: 9, unit: 'years' } } }], ways: [] })), `SELECT 1 FROM enrollments WHERE state <> 'active'`],
  ['a segment that time fills', (story) => {
    saveSegment(story.workspace, { key: 'over', name: 'Over', rule: OVER });
    story.live(flowOf({ triggers: [{ id: 't', type: 'segmentEntered', config: { segment: 'over' } }], entry: again, steps: [mail('welcome')] }));
  }, 'SELECT 1 FROM enrollments'],
  ['erasing when its time is over', (story) => saveRetentionRule(story.workspace, { months: 6, action: 'erase', graceDays: 1 }), 'SELECT 1 FROM retention_list UNION ALL SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM contacts)'],
];

describe('F16: years ahead, with nothing overdue', () => {
  test.each(BY_THE_CLOCK)('%s waits for a person, and is as it was once the clock is right', async (_, prepare, done) => {
    const story = desk();
    prepare(story);
    addContact(story.workspace, { email: 'ada@example.com', day: '2026-01-20', consent: ['email'] });
    await story.run(TEST_NOW + HOUR - 2 * MINUTE);
    const before = story.all(done);
    expect(before).toEqual([]);
    const state = () => story.all(`SELECT key || value FROM runner_state WHERE key NOT IN ('absence', 'clock-looked') ORDER BY key`);
    const known = state();
    await story.set(TEST_NOW + YEARS);
    await story.run(TEST_NOW + YEARS + 3 * DAY);
    story.restart();
    await story.run(TEST_NOW + YEARS + 6 * DAY);
    expect([story.all(done), story.sent, story.asks()]).toEqual([[], [], true]);
    expect(story.runner().absence.report()).toMatchObject({ clock: true, people: 0, messages: 0, flows: [] });
    expect(story.runner().status().sendingPaused).toMatchObject({ code: 'away' });
    await story.set(TEST_NOW + HOUR - MINUTE);
    expect(story.asks()).toBe(false);
    expect(state()).toEqual(known);
    expect(story.audit()).toEqual(['was-away', 'clock-set-back']);
  });

  test.each(BY_THE_CLOCK)('%s goes on when a person says that the clock is right', async (_, prepare, done) => {
    const story = desk();
    prepare(story);
    addContact(story.workspace, { email: 'ada@example.com', day: '2026-01-20', consent: ['email'] });
    await story.run(TEST_NOW + HOUR - 2 * MINUTE);
    await story.set(TEST_NOW + 600 * DAY);
    story.runner().absence.comeBack('rule', 0);
    // Until the next birthday, too.
    await story.run(TEST_NOW + 602 * DAY);
    for (let day = 603; day < 970; day++) await story.set(TEST_NOW + day * DAY);
    expect(story.all(done).length).toBeGreaterThan(0);
    expect(story.audit()).toEqual(['was-away', 'came-back']);
  });

  test('while messages are on their way: what is planned for later is not taken along', async () => {
    const story = desk();
    story.live(flowOf({ steps: [mail('welcome')] }));
    for (let n = 1; n <= 140; n++) addContact(story.workspace, { email: `p${n}@example.com`, consent: ['email'] });
    // The last one is written to in five days.
    story.workspace.db.exec(`CREATE TEMP TRIGGER later AFTER INSERT ON outbox WHEN NEW.contact_id = 140 BEGIN UPDATE outbox SET due_at = due_at + ${5 * DAY}, meant_at = meant_at + ${5 * DAY} WHERE id = NEW.id; END`);
    story.sending = () => story.setMeanwhile(TEST_NOW + YEARS);
    await story.set(TEST_NOW + HOUR);
    expect(story.asks()).toBe(true);
    story.sending = () => undefined;
    await story.set(TEST_NOW + 2 * HOUR);
    expect([story.sent.length, story.all(`SELECT state FROM outbox WHERE contact_id = 140`)]).toEqual([139, ['planned']]);
    await story.run(TEST_NOW + 6 * DAY);
    expect(story.sent).toHaveLength(140);
  });

  test('where nothing happens by itself, nobody is asked', async () => {
    const story = desk();
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.run(TEST_NOW + HOUR);
    await story.set(TEST_NOW + YEARS);
    expect(story.asks()).toBe(false);
  });

  test('said by mistake to be right, and then set right: what is planned afterwards leaves as ever', async () => {
    const story = desk();
    story.live(daily());
    await story.run(TEST_NOW + HOUR);
    await story.set(TEST_NOW + YEARS);
    story.runner().absence.comeBack('rule', 0);
    await story.set(TEST_NOW + 2 * HOUR);
    addContact(story.workspace, { email: 'ada@example.com', consent: ['email'] });
    await story.run(TEST_NOW + 3 * DAY);
    expect(story.sent).toHaveLength(3);
    // A day later the clock is believed again: the next absence is one.
    story.live(flowOf({ steps: [wait('w', 2), tag('end')] }));
    addContact(story.workspace, { email: 'ben@example.com' });
    await story.run(TEST_NOW + 3 * DAY + HOUR);
    await story.sleep(TEST_NOW + 20 * DAY);
    expect(story.asks()).toBe(true);
  });

  test('no file from a watched folder is imported as of then', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kanal-watch-'));
    writeFileSync(join(folder, 'export.csv'), 'email\nada@example.com\n');
    const { workspace } = desk();
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const ticks: (() => void)[] = [];
    let isRight = false;
    let looks = 0;
    const watch = createFolderWatch({ ...workspace, clock: { ...workspace.clock, after: (_, act) => (ticks.push(act), () => undefined) } }, { run: async () => ({}) as ImportRow, wasDone: async () => false }, { list: () => (looks++, []) });
    const recipe = addRecipe(workspace, 'Weekly', importPlanSchema.parse({ kind: 'contacts', reading: { encoding: 'utf8', separator: ',', quote: '"', headerLine: 1, decimal: '.', dateOrder: 'dmy', sure: true }, columns: [] }));
    changeRecipe(workspace, recipe, { name: 'Weekly', folder, pattern: '*.csv', watching: true });
    const tick = async () => {
      ticks.pop()!();
      // It asks for the next one when it has looked.
      await vi.waitUntil(() => ticks.length > 0, { timeout: 30_000, interval: 1 });
    };
    watch.start(() => isRight);
    await tick();
    await tick();
    expect(looks).toBe(0);
    isRight = true;
    await tick();
    expect(looks).toBe(1);
    await watch.stop();
  });
});

describe('days ahead', () => {
  test('set while Kanal runs, it is held, though it might have been an absence', async () => {
    const story = desk(true);
    story.live(daily());
    await story.run(TEST_NOW + HOUR);
    addContact(story.workspace, { email: 'ada@example.com', consent: ['email'] });
    await story.set(TEST_NOW + 5 * DAY);
    await story.run(TEST_NOW + 7 * DAY);
    expect([story.sent, story.runner().absence.report()?.clock]).toEqual([[], true]);
    await story.set(TEST_NOW + 2 * HOUR);
    expect(story.asks()).toBe(false);
    await story.run(TEST_NOW + 25 * HOUR);
    expect(story.sent).toHaveLength(1);
  });

  test.each([
    ['a weekend', 3],
    ['a fortnight', 14],
    ['a month', 30],
  ])('asleep for %s, with nothing overdue, it goes on by itself, and makes up for the last day', async (_, days) => {
    const story = desk(true);
    story.live(daily());
    await story.run(TEST_NOW + HOUR);
    addContact(story.workspace, { email: 'ada@example.com', consent: ['email'] });
    await story.sleep(TEST_NOW + days * DAY + 3 * HOUR);
    expect([story.asks(), story.sent.length]).toEqual([false, 1]);
  });

  test('switched off for a fortnight, too', async () => {
    const story = desk(true);
    story.live(daily());
    await story.run(TEST_NOW + HOUR);
    addContact(story.workspace, { email: 'ada@example.com', consent: ['email'] });
    story.restart();
    await story.set(TEST_NOW + 14 * DAY);
    expect([story.asks(), story.sent.length]).toEqual([false, 1]);
  });
});

describe('F17: back, and forth again', () => {
  test.each([
    ['to 1970, as a computer with an empty battery begins', 0],
    ['by years', TEST_NOW - YEARS],
    ['by two days', TEST_NOW - 2 * DAY],
  ])('%s, and an hour later right again: nobody is asked, and nothing is repeated', async (_, wrong) => {
    const story = desk(true);
    story.live(daily());
    story.live(flowOf({ steps: [wait('w', 9), tag('end')] }));
    addContact(story.workspace, { email: 'ada@example.com', consent: ['email'] });
    await story.run(TEST_NOW + 25 * HOUR);
    expect(story.sent).toHaveLength(1);
    await story.set(wrong);
    await story.run(wrong + HOUR);
    story.restart();
    await story.run(wrong + 2 * HOUR);
    await story.set(TEST_NOW + 28 * HOUR);
    expect([story.asks(), story.sent.length, story.audit()]).toEqual([false, 1, []]);
    // After a weekend, too, when the battery was empty on Monday.
    await story.set(wrong);
    await story.set(TEST_NOW + 4 * DAY);
    expect([story.asks(), story.sent.length]).toEqual([false, 2]);
    // And an absence after it is one.
    await story.sleep(TEST_NOW + 20 * DAY);
    expect(story.asks()).toBe(true);
  });
});

describe('F16: where there is nobody to ask', () => {
  test('a clock in doubt holds everything, and setting it right heals; what fell due in an absence goes by the rules of its flow', async () => {
    const story = desk(false, 'clock');
    story.live(flowOf({ steps: [wait('pause', 1), tag('late'), wait('more', 90), mail('welcome')] }));
    addContact(story.workspace, { email: 'ada@example.com', consent: ['email'] });
    await story.run(TEST_NOW + HOUR);
    await story.sleep(TEST_NOW + 9 * DAY);
    expect([story.asks(), story.all('SELECT name FROM tags')]).toEqual([false, ['late']]);
    await story.set(TEST_NOW + YEARS);
    story.restart();
    await story.run(TEST_NOW + YEARS + DAY);
    expect([story.asks(), story.all('SELECT step_id FROM enrollments'), story.runner().status().sendingPaused?.code]).toEqual([true, ['more'], 'away']);
    await story.set(TEST_NOW + 10 * DAY);
    await story.run(TEST_NOW + 12 * DAY);
    expect([story.asks(), story.all('SELECT step_id FROM enrollments'), story.audit()]).toEqual([false, ['more'], ['was-away', 'clock-set-back']]);
  });

  test('a person who says that the clock is right lets it go on', async () => {
    const story = desk(false, 'clock');
    story.live(flowOf({ steps: [wait('pause', 90), tag('late')] }));
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.run(TEST_NOW + HOUR);
    await story.set(TEST_NOW + 200 * DAY);
    expect(story.all('SELECT name FROM tags')).toEqual([]);
    story.runner().absence.comeBack('rule', 0);
    await story.run(TEST_NOW + 200 * DAY + HOUR);
    expect(story.all('SELECT name FROM tags')).toEqual(['late']);
  });
});
