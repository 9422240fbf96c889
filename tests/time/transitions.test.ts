// Every kind of change of the clock, lived through in virtual time by the real runner: waits, waits until a clock time, schedules,
// dates (FAULTS F18-F22, FEATURES D12, D13). What a clock shows is asked of Intl here, not of the code that is tested.
import { describe, expect, test } from 'vitest';
import { Temporal } from 'temporal-polyfill';
import { DAY, HOUR, instantText, MINUTE } from '../../shared/time.ts';
import type { Step, Trigger } from '../../shared/flow/flow.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { addContact } from '../workspace-fixture.ts';
import { flowOf, stage, tag, wait, type Stage } from '../runner/story.ts';

const at = (utc: string) => Date.parse(`${utc}Z`);
const until = (time: string): Step => ({ id: 'u', type: 'waitUntil', config: { until: 'time', time } });
const windowed = (from: string, to: string): Step => ({ id: 'u', type: 'waitForWindow', config: { from, to } });
const lefts = (story: Stage) => story.all<{ at: number }>('SELECT left_at AS at FROM visits WHERE step_id = ? ORDER BY enrollment_id', 'u').map(({ at: left }) => instantText(left).slice(0, 16));
const days = (amount: number) => ({ ...wait('u', amount), id: 'u' });
const hours = (amount: number) => ({ ...wait('u', amount, 'hours'), id: 'u' });

describe('waits', () => {
  test.each<[string, string, Step, string, string]>([
    // Kind, zone, step, came in at (UTC), goes on at (UTC)
    ['F18 a gap of an hour', 'Europe/Copenhagen', until('02:30'), '2026-03-28T12:00', '2026-03-29T01:30'],
    ['F18 a gap: a day keeps the clock', 'Europe/Copenhagen', days(1), '2026-03-28T09:00', '2026-03-29T08:00'],
    ['F18 a gap: 24 hours do not', 'Europe/Copenhagen', hours(24), '2026-03-28T09:00', '2026-03-29T09:00'],
    ['F18 a gap: a day that ends in it', 'Europe/Copenhagen', days(1), '2026-03-28T01:30', '2026-03-29T01:30'],
    ['F19 an hour twice: the first', 'Europe/Copenhagen', until('02:30'), '2026-10-24T12:00', '2026-10-25T00:30'],
    ['F19 an hour twice: a day ends in the first', 'Europe/Copenhagen', days(1), '2026-10-24T00:30', '2026-10-25T00:30'],
    ['F19 an hour twice: not a second time', 'Europe/Copenhagen', until('02:30'), '2026-10-25T00:45', '2026-10-26T01:30'],
    ['F18 a gap in America', 'America/New_York', until('02:30'), '2026-03-07T20:00', '2026-03-08T07:30'],
    ['F19 an hour twice in America', 'America/New_York', until('01:30'), '2026-10-31T20:00', '2026-11-01T05:30'],
    ['F18 a gap of half an hour', 'Australia/Lord_Howe', until('02:15'), '2026-10-03T02:00', '2026-10-03T15:45'],
    ['F19 half an hour twice', 'Australia/Lord_Howe', until('01:45'), '2026-04-04T02:00', '2026-04-04T14:45'],
    ['F18 a day without its midnight', 'Africa/Cairo', until('00:00'), '2026-04-23T12:00', '2026-04-23T22:00'],
    ['F18 a day without its midnight, in the south', 'America/Santiago', until('00:00'), '2026-09-05T12:00', '2026-09-06T04:00'],
    ['F18 an evening that is moved over midnight', 'America/Nuuk', until('23:30'), '2025-03-30T01:15', '2025-03-30T01:30'],
    ['F18 the same, from the day before', 'America/Nuuk', until('23:30'), '2025-03-29T12:00', '2025-03-30T01:30'],
    ['F19 midnight twice', 'America/Santiago', until('23:30'), '2026-04-04T12:00', '2026-04-05T02:30'],
    ['F20 the earliest zone', 'Pacific/Kiritimati', until('09:00'), '2026-02-27T20:00', '2026-02-28T19:00'],
    ['F20 a quarter of an hour', 'Asia/Kathmandu', until('09:00'), '2026-05-31T12:00', '2026-06-01T03:15'],
    ['F20 a quarter of an hour, with a gap', 'Pacific/Chatham', until('03:00'), '2026-09-26T02:00', '2026-09-26T14:15'],
    ['F20 half an hour', 'Asia/Kolkata', until('09:00'), '2026-05-31T12:00', '2026-06-01T03:30'],
    ['F20 a day that is skipped', 'Pacific/Apia', days(1), '2011-12-29T22:00', '2011-12-30T22:00'],
    ['F20 a time on the day that is skipped', 'Pacific/Apia', until('12:00'), '2011-12-29T23:00', '2011-12-30T22:00'],
    ['D12 a window that begins in a gap', 'Europe/Copenhagen', windowed('02:30', '05:00'), '2026-03-28T23:00', '2026-03-29T01:00'],
    ['D12 a window in the hour that comes twice', 'Europe/Copenhagen', windowed('02:30', '02:45'), '2026-10-24T22:00', '2026-10-25T00:30'],
    ['F21 of 24.8 days and a second', 'UTC', hours(596), '2026-01-01T00:00', '2026-01-25T20:00'],
    ['F21 a year', 'Europe/Copenhagen', { ...wait('u', 1, 'years'), id: 'u' }, '2028-02-29T09:00', '2029-02-28T09:00'],
    ['F21 no time at all', 'Europe/Copenhagen', hours(0), '2026-03-28T09:00', '2026-03-28T09:00'],
    ['F21 Monday 9:00 on Monday 9:00', 'Europe/Copenhagen', { id: 'u', type: 'waitUntil', config: { until: 'time', time: '09:00', weekdays: [1] } }, '2026-03-02T08:00', '2026-03-02T08:00'],
    ['F21 until 29 February', 'Europe/Copenhagen', { id: 'u', type: 'waitUntil', config: { until: 'date', date: '2028-02-29T10:00', past: 'exit' } }, '2026-03-02T08:00', '2028-02-29T09:00'],
  ])('%s: %s', async (_, zone, step, came, expected) => {
    const story = stage({ now: at(came) });
    story.live(flowOf({ steps: [step, tag('end')] }));
    addContact(story.workspace, { email: 'ada@example.com', time_zone: zone });
    await story.pass(0);
    await story.pass(at(expected) - at(came));
    expect(lefts(story)).toEqual([expected]);
    story.workspace.close();
  });
});

describe('triggers', () => {
  const came = (story: Stage) => story.all<{ at: number }>('SELECT entered_at AS at FROM enrollments ORDER BY id').map(({ at: entered }) => instantText(entered).slice(0, 16));
  const again = { reentry: 'afterExit' as const, reentryDays: 30, audience: null };

  test.each<[string, string, string, string, number, string[]]>([
    ['F18', 'Europe/Copenhagen', '02:30', '2026-03-28T00:00', 3, ['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30']],
    ['F19', 'Europe/Copenhagen', '02:30', '2026-10-24T00:00', 3, ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30']],
    ['F18', 'Australia/Lord_Howe', '02:15', '2026-10-02T20:00', 2, ['2026-10-03T15:45', '2026-10-04T15:15']],
    ['F19', 'Australia/Lord_Howe', '01:45', '2026-04-03T20:00', 2, ['2026-04-04T14:45', '2026-04-05T15:15']],
    ['F18', 'Africa/Cairo', '00:00', '2026-04-22T12:00', 3, ['2026-04-22T22:00', '2026-04-23T22:00', '2026-04-24T21:00']],
    ['F18', 'America/Santiago', '00:00', '2026-09-04T12:00', 3, ['2026-09-05T04:00', '2026-09-06T04:00', '2026-09-07T03:00']],
    ['F18', 'America/Nuuk', '23:30', '2025-03-30T01:15', 1, ['2025-03-30T01:30', '2025-03-31T00:30']],
    ['F19', 'America/New_York', '01:30', '2026-10-31T00:00', 2, ['2026-10-31T05:30', '2026-11-01T05:30']],
    ['F20', 'Pacific/Kiritimati', '09:00', '2026-02-27T12:00', 2, ['2026-02-27T19:00', '2026-02-28T19:00']],
    ['F20', 'Pacific/Chatham', '03:00', '2026-09-25T02:00', 2, ['2026-09-25T14:15', '2026-09-26T14:15']],
    ['F20', 'Pacific/Apia', '12:00', '2011-12-28T23:00', 2, ['2011-12-29T22:00', '2011-12-30T22:00']],
  ])('%s a daily schedule in %s at %s comes once a day', async (_, zone, time, start, length, expected) => {
    const story = stage({ now: at(start) });
    const trigger: Trigger = { id: 't', type: 'schedule', config: { every: 'daily', at: time } };
    story.live(flowOf({ triggers: [trigger], entry: again, steps: [tag('in')] }));
    addContact(story.workspace, { email: 'ada@example.com', time_zone: zone });
    await story.pass(length * DAY);
    expect(came(story)).toEqual(expected);
    story.workspace.close();
  });

  // The clock goes forward at 01:00 UTC on 29 March and back on 25 October (Copenhagen); New York three weeks earlier and one later.
  test.each<[string, string, Record<string, unknown>, string, number, string[]]>([
    ['D12 F18', 'Europe/Copenhagen', { every: 'daily', interval: 2, at: '02:30', from: '2026-03-27' }, '2026-03-27T00:00', 6, ['2026-03-27T01:30', '2026-03-29T01:30', '2026-03-31T00:30']],
    ['D12 F19', 'Europe/Copenhagen', { every: 'daily', interval: 2, at: '02:30', from: '2026-10-23' }, '2026-10-22T12:00', 6, ['2026-10-23T00:30', '2026-10-25T00:30', '2026-10-27T01:30']],
    ['D12', 'Europe/Copenhagen', { every: 'weekly', interval: 2, weekdays: [2], at: '09:00', from: '2026-03-10' }, '2026-03-08T00:00', 40, ['2026-03-10T08:00', '2026-03-24T08:00', '2026-04-07T07:00']],
    ['D12', 'America/New_York', { every: 'weekly', interval: 2, weekdays: [7], at: '02:30', from: '2026-02-22' }, '2026-02-21T00:00', 32, ['2026-02-22T07:30', '2026-03-08T07:30', '2026-03-22T06:30']],
    ['D12', 'Australia/Lord_Howe', { every: 'monthWeekday', interval: 6, nth: '1', weekday: '7', at: '02:15', from: '2026-04-01' }, '2026-04-01T00:00', 200, ['2026-04-04T15:45', '2026-10-03T15:45']],
    ['D12', 'Pacific/Kiritimati', { every: 'monthDay', interval: 2, day: 31, at: '00:00', from: '2026-01-01' }, '2026-01-29T00:00', 100, ['2026-01-30T10:00', '2026-03-30T10:00']],
  ])('%s every n-th time in %s: %j keeps to the local clock and to its count', async (_, zone, config, start, length, expected) => {
    const story = stage({ now: at(start) });
    story.live(flowOf({ triggers: [{ id: 't', type: 'schedule', config }], entry: again, steps: [tag('in')] }));
    addContact(story.workspace, { email: 'ada@example.com', time_zone: zone });
    await story.pass(length * DAY);
    expect(came(story)).toEqual(expected);
    story.workspace.close();
  });

  test.each<[string, string, string, string, string[]]>([
    ['F22 on 28 February', 'feb28', '2027-02-20T00:00', '2028-03-10T00:00', ['2027-02-28T01:30', '2028-02-29T01:30']],
    ['F22 on 1 March', 'mar1', '2027-02-20T00:00', '2028-03-10T00:00', ['2027-03-01T01:30', '2028-02-29T01:30']],
  ])('a birthday on 29 February: %s', async (_, leapDay, start, end, expected) => {
    const story = stage({ now: at(start) });
    addAttribute(story.workspace, { key: 'birthday', label: 'Birthday', kind: 'date' });
    story.live(flowOf({ triggers: [{ id: 't', type: 'dateReached', config: { attribute: 'birthday', at: '02:30', yearly: true, leapDay } }], entry: again, steps: [tag('in')] }));
    addContact(story.workspace, { email: 'ada@example.com', birthday: '1992-02-29' });
    await story.pass(at(end) - at(start));
    expect(came(story)).toEqual(expected);
    story.workspace.close();
  });

  test('F18 a birthday at a time that its day does not have', async () => {
    const story = stage({ now: at('2026-03-20T00:00') });
    addAttribute(story.workspace, { key: 'birthday', label: 'Birthday', kind: 'date' });
    story.live(flowOf({ triggers: [{ id: 't', type: 'dateReached', config: { attribute: 'birthday', at: '02:30', yearly: true } }], steps: [tag('in')] }));
    addContact(story.workspace, { email: 'ada@example.com', birthday: '1990-03-29' });
    await story.pass(12 * DAY);
    expect(came(story)).toEqual(['2026-03-29T01:30']);
    story.workspace.close();
  });
});

test('F20: a contact who moves is reckoned anew; the workspace’s own zone follows nobody', async () => {
  const story = stage({ now: at('2026-03-02T08:00') });
  story.live(flowOf({ steps: [until('20:00'), tag('end')] }));
  const ada = addContact(story.workspace, { email: 'ada@example.com', time_zone: 'Europe/Copenhagen' });
  await story.pass(HOUR);
  const { updateContact } = await import('../../src-main/store/contacts.ts');
  updateContact(story.workspace, ada, { time_zone: 'America/New_York' }, { source: 'user' });
  await story.pass(2 * DAY);
  expect(lefts(story)).toEqual(['2026-03-03T01:00']);
  story.workspace.close();
});

const formats = new Map<string, Intl.DateTimeFormat>();
/** What a zone's clock shows, "2026-03-29 03:30". */
function shows(instant: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) formats.set(zone, (format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })));
  return format.format(instant);
}

function transitionsOf(zone: string, from: string, to: string): number[] {
  const found: number[] = [];
  let next = Temporal.Instant.from(from).toZonedDateTimeISO(zone).getTimeZoneTransition('next');
  while (next !== null && next.epochMilliseconds < Date.parse(to)) {
    found.push(next.epochMilliseconds);
    next = next.getTimeZoneTransition('next');
  }
  return found;
}

test('F20: ten years of changes, an hour before and after each: a day keeps the clock, never early, the first of two', async () => {
  const zones = ['Europe/Copenhagen', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'America/Santiago', 'Pacific/Chatham', 'Africa/Casablanca', 'Asia/Kathmandu'];
  const comings = zones.flatMap((zone) => transitionsOf(zone, '2026-03-02T00:00Z', '2036-03-02T00:00Z').flatMap((change) => [-25, -24.5, -24, -23.5, -1, 1].map((h) => ({ zone, from: change + h * HOUR })))).sort((a, b) => a.from - b.from);
  expect(comings.length).toBeGreaterThan(700);
  const story = stage({ now: at('2026-03-01T00:00') });
  story.live(flowOf({ steps: [days(1), tag('end')] }));
  const people = comings.map(({ zone, from }) => ({ zone, from, id: addLater(story, zone) }));
  for (const { id, from } of people) {
    if (from > story.workspace.clock.now()) await story.pass(from - story.workspace.clock.now());
    await story.calls['flows.enroll']({ flow: 1, contacts: [id], rule: null });
  }
  await story.pass(3 * DAY);
  const left = new Map(story.all<{ contact: number; came: number; at: number }>(`SELECT e.contact_id AS contact, v.entered_at AS came, v.left_at AS at FROM visits v JOIN enrollments e ON e.id = v.enrollment_id WHERE v.step_id = 'u'`).map((each) => [each.contact, each]));
  expect(left.size).toBe(people.length);
  for (const { id, zone, from } of people) {
    const { came, at: then } = left.get(id)!;
    expect(came).toBe(from);
    const [date, clock] = shows(from, zone).split(' ') as [string, string];
    const wanted = `${new Date(Date.parse(`${date}T00:00Z`) + DAY).toISOString().slice(0, 10)} ${clock}`;
    const showing = Array.from({ length: 361 }, (_, n) => from + DAY + (n - 180) * MINUTE).filter((instant) => shows(instant, zone) === wanted);
    if (showing.length > 0) expect(then, `${zone} ${wanted}`).toBe(showing[0]);
    // A time that the day does not have: later by as much as the clock skips.
    else expect([shows(then, zone) > wanted, then - from], `${zone} ${wanted}`).toEqual([true, DAY]);
  }
  story.workspace.close();
});

/** Somebody whom no trigger lets in. */
function addLater(story: Stage, zone: string): number {
  const { db } = story.workspace;
  return Number(db.prepare('INSERT INTO contacts (time_zone, added_at) VALUES (?, ?)').run(zone, story.workspace.clock.now()).lastInsertRowid);
}
