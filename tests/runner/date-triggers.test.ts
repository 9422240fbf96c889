// Entries on dates of contacts: in every zone, on leap days, around clock changes, and when the machine was off.
import { describe, expect, test } from 'vitest';
import type { Trigger } from '../../shared/flow/flow.ts';
import { DAY, HOUR, instantText } from '../../shared/time.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { setAttributeFor } from '../../src-main/store/contacts.ts';
import { addContact } from '../workspace-fixture.ts';
import { flowOf, hasTag, stage, wait, type Stage } from './story.ts';

const birthday = (config: Record<string, unknown> = {}): Trigger => ({ id: 'birthday', type: 'dateReached', config: { attribute: 'birthday', yearly: true, at: '09:00', ...config } });

function withBirthdays(now: string, trigger: Trigger, kind: 'date' | 'dateTime' = 'date'): Stage {
  const story = stage({ now: Date.parse(now) });
  addAttribute(story.workspace, { key: 'birthday', label: 'Birthday', kind });
  story.live(flowOf({ triggers: [trigger], entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, steps: [wait('pause', 1, 'hours')] }));
  return story;
}

const until = (story: Stage, instant: string) => runUntil(story.workspace, story.runner, story.workspace.clock, Date.parse(instant));
const entriesOf = (story: Stage, contact: number) => story.all<{ at: number; entryKey: string }>('SELECT entered_at AS at, entry_key AS entryKey FROM enrollments WHERE contact_id = ? ORDER BY id', contact).map(({ at, entryKey }) => `${instantText(at)} ${entryKey}`);

describe('the moment of entry', () => {
  // From, to, the contact's zone (null: the workspace's, Copenhagen), the trigger, the date, and the entries.
  test.each<[string, string, string, string | null, Record<string, unknown>, string, string[]]>([
    ['the workspace’s zone', '2026-05-01T00:00Z', '2026-06-01T00:00Z', null, {}, '1990-05-17', ['2026-05-17T07:00:00Z birthday:2026']],
    ['the contact’s own zone', '2026-05-01T00:00Z', '2026-06-01T00:00Z', 'Pacific/Kiritimati', {}, '1990-05-17', ['2026-05-16T19:00:00Z birthday:2026']],
    ['a zone that is none', '2026-05-01T00:00Z', '2026-06-01T00:00Z', 'Mars/Phobos', {}, '1990-05-17', ['2026-05-17T07:00:00Z birthday:2026']],
    ['three days before', '2026-05-01T00:00Z', '2026-06-01T00:00Z', null, { days: 3, side: 'before' }, '1990-05-17', ['2026-05-14T07:00:00Z birthday:2026']],
    ['after the turn of the year', '2026-12-01T00:00Z', '2027-02-01T00:00Z', null, { days: 7, side: 'after' }, '1990-12-28', ['2027-01-04T08:00:00Z birthday:2026']],
    ['every year', '2026-05-01T00:00Z', '2028-06-01T00:00Z', null, {}, '1990-05-17', ['2026', '2027', '2028'].map((year) => `${year}-05-17T07:00:00Z birthday:${year}`)],
    ['29 February kept on the 28th', '2027-02-01T00:00Z', '2028-04-01T00:00Z', null, { leapDay: 'feb28' }, '2000-02-29', ['2027-02-28T08:00:00Z birthday:2027', '2028-02-29T08:00:00Z birthday:2028']],
    ['29 February kept on 1 March', '2027-02-01T00:00Z', '2028-04-01T00:00Z', null, { leapDay: 'mar1' }, '2000-02-29', ['2027-03-01T08:00:00Z birthday:2027', '2028-02-29T08:00:00Z birthday:2028']],
    ['once, with its year', '2026-05-01T00:00Z', '2028-06-01T00:00Z', null, { yearly: false }, '2027-05-17', ['2027-05-17T07:00:00Z birthday:2027-05-17']],
    ['an hour that the day does not have', '2026-03-01T00:00Z', '2026-04-15T00:00Z', null, { at: '02:30' }, '1990-03-29', ['2026-03-29T01:30:00Z birthday:2026']],
    ['an hour that the day has twice', '2026-10-01T00:00Z', '2026-11-15T00:00Z', null, { at: '02:30' }, '1990-10-25', ['2026-10-25T00:30:00Z birthday:2026']],
  ])('%s', async (_, from, to, zone, config, date, expected) => {
    const story = withBirthdays(from, birthday(config));
    const ada = addContact(story.workspace, { email: 'ada@example.com', birthday: date, time_zone: zone });
    addContact(story.workspace, { email: 'other@example.com', birthday: '1990-08-08', time_zone: zone });
    await until(story, to);
    expect(entriesOf(story, ada)).toEqual(expected);
  });

  test('a date with a time counts by its day in the contact’s zone', async () => {
    const story = withBirthdays('2026-05-01T00:00Z', birthday({ yearly: false }), 'dateTime');
    // Still the 16th in New York, the 17th in Copenhagen.
    const [here, there] = [null, 'America/New_York'].map((time_zone) => addContact(story.workspace, { email: `${time_zone}@example.com`, time_zone, birthday: Date.parse('2026-05-17T01:00Z') }));
    await until(story, '2026-06-01T00:00Z');
    expect([entriesOf(story, here!), entriesOf(story, there!)]).toEqual([['2026-05-17T07:00:00Z birthday:2026-05-17T01:00:00Z'], ['2026-05-16T13:00:00Z birthday:2026-05-17T01:00:00Z']]);
  });

  test('D13: a birthday that is corrected is not kept twice in a year; one that is still to come is, on its new day', async () => {
    const story = withBirthdays('2026-05-01T00:00Z', birthday());
    const [kept, ahead] = ['1990-05-10', '1990-05-25'].map((date) => addContact(story.workspace, { email: `${date}@example.com`, birthday: date }));
    await until(story, '2026-05-12T00:00Z');
    for (const contactId of [kept!, ahead!]) setAttributeFor(story.workspace, [{ contactId }], 'birthday', '1990-05-17', { source: 'user' });
    await until(story, '2027-06-01T00:00Z');
    expect([entriesOf(story, kept!), entriesOf(story, ahead!)].map((entries) => entries.map((entry) => entry.slice(0, 10)))).toEqual([['2026-05-10', '2027-05-17'], ['2026-05-17', '2027-05-17']]);
  });

  test('D13: a date with a time happens once, also when a move makes another day of it', async () => {
    const story = withBirthdays('2026-05-01T00:00Z', birthday({ yearly: false }), 'dateTime');
    // The 16th in New York, the 17th in Copenhagen; the same instant is the 18th in Kiritimati.
    const [west, east] = ['America/New_York', null].map((time_zone, n) => addContact(story.workspace, { email: `${n}@example.com`, time_zone, birthday: Date.parse(n === 0 ? '2026-05-17T01:00Z' : '2026-05-17T12:00Z') }));
    await until(story, '2026-05-16T20:00Z');
    setAttributeFor(story.workspace, [{ contactId: west! }], 'time_zone', 'Europe/Copenhagen', { source: 'user' });
    await until(story, '2026-05-17T08:00Z');
    setAttributeFor(story.workspace, [{ contactId: east! }], 'time_zone', 'Pacific/Kiritimati', { source: 'user' });
    await until(story, '2026-06-01T00:00Z');
    expect([entriesOf(story, west!), entriesOf(story, east!)].map((entries) => entries.length)).toEqual([1, 1]);
  });
});

describe('looking', () => {
  test('a look after hours covers what has passed meanwhile; after more than a day the rest is left out and counted', async () => {
    const story = withBirthdays('2026-05-01T00:00Z', birthday());
    const people = ['1990-05-10', '1990-05-11', '1990-05-19', '1990-05-20'].map((date) => addContact(story.workspace, { email: `${date}@example.com`, birthday: date }));
    await story.runner.runDue();
    // The machine was off from the 1st to the noon of the 20th: nobody jumped from instant to instant.
    story.workspace.clock.setTo(Date.parse('2026-05-20T06:59Z'));
    await story.runner.runDue();
    expect(people.map((contact) => entriesOf(story, contact).length)).toEqual([0, 0, 1, 0]);
    story.workspace.clock.setTo(Date.parse('2026-05-20T07:00Z'));
    await story.runner.runDue();
    expect(people.map((contact) => entriesOf(story, contact).length)).toEqual([0, 0, 1, 1]);
    const details = JSON.parse(story.one(`SELECT details FROM audit WHERE action = 'dates-missed'`) as string) as Record<string, unknown>;
    expect(details).toMatchObject({ trigger: 'birthday', contacts: 2 });
  });

  test('an occurrence happens once, also when the contact moves to a zone where it is still to come', async () => {
    const story = withBirthdays('2026-05-01T00:00Z', birthday());
    const ada = addContact(story.workspace, { email: 'ada@example.com', birthday: '1990-05-17' });
    await until(story, '2026-05-17T12:00Z');
    story.workspace.db.prepare(`UPDATE contacts SET time_zone = 'America/Los_Angeles' WHERE id = ?`).run(ada);
    await until(story, '2026-06-01T00:00Z');
    expect(entriesOf(story, ada)).toEqual(['2026-05-17T07:00:00Z birthday:2026']);
  });

  test.each<[string, string | null, string, string, Record<string, unknown>, string | null, string[]]>([
    // From zone, when (UTC), to zone, the trigger, another zone an hour later, entries of the contact whose birthday is 17 May.
    ['east, past the time: at once, and late', 'America/Los_Angeles', '2026-05-17T09:30Z', 'Europe/Copenhagen', {}, null, ['2026-05-17T09:30:00Z birthday:2026']],
    ['east, to the workspace’s', 'America/Los_Angeles', '2026-05-17T09:30Z', '', {}, null, ['2026-05-17T09:30:00Z birthday:2026']],
    ['east, from the workspace’s', null, '2026-05-17T06:00Z', 'Asia/Tokyo', {}, null, ['2026-05-17T06:00:00Z birthday:2026']],
    ['east, and the time is still to come', 'Europe/London', '2026-05-17T06:30Z', 'Europe/Copenhagen', {}, null, ['2026-05-17T07:00:00Z birthday:2026']],
    ['east, when they have come in already', 'America/Los_Angeles', '2026-05-17T18:00Z', 'Asia/Tokyo', {}, null, ['2026-05-17T16:00:00Z birthday:2026']],
    ['east, past midnight of the day', 'Pacific/Honolulu', '2026-05-18T00:30Z', 'Asia/Tokyo', { at: '22:00' }, null, ['2026-05-18T00:30:00Z birthday:2026']],
    ['east by more than a day', 'Pacific/Pago_Pago', '2026-05-17T18:30Z', 'Pacific/Kiritimati', {}, null, ['2026-05-17T18:30:00Z birthday:2026']],
    ['a day before, so many days after', 'America/Los_Angeles', '2026-05-20T09:30Z', 'Europe/Copenhagen', { days: 3, side: 'after' }, null, ['2026-05-20T09:30:00Z birthday:2026']],
    ['east on another day', 'America/Los_Angeles', '2026-05-16T09:30Z', 'Europe/Copenhagen', {}, null, ['2026-05-17T07:00:00Z birthday:2026']],
    ['east and back west: once', 'America/Los_Angeles', '2026-05-17T09:30Z', 'Europe/Copenhagen', {}, 'America/Los_Angeles', ['2026-05-17T09:30:00Z birthday:2026']],
    ['west and back east: once', 'Europe/Copenhagen', '2026-05-17T09:30Z', 'America/Los_Angeles', {}, 'Europe/Copenhagen', ['2026-05-17T07:00:00Z birthday:2026']],
  ])('a contact moves %s', async (_, from, when, to, config, back, expected) => {
    const story = withBirthdays('2026-05-01T00:00Z', birthday(config));
    const ada = addContact(story.workspace, { email: 'ada@example.com', birthday: '1990-05-17', time_zone: from });
    const other = addContact(story.workspace, { email: 'ben@example.com', birthday: '1990-08-17', time_zone: from });
    const move = (zone: string) => {
      for (const contactId of [ada, other]) setAttributeFor(story.workspace, [{ contactId }], 'time_zone', zone === '' ? null : zone, { source: 'user' });
    };
    await until(story, when);
    move(to);
    await story.pass(HOUR);
    if (back !== null) move(back);
    await until(story, '2026-06-01T00:00Z');
    expect([entriesOf(story, ada), entriesOf(story, other)]).toEqual([expected, []]);
  });

  test('a move while the machine is off is made up for once; by more than a day it is left out', async () => {
    for (const [hours, n] of [[5, 1], [30, 0]] as const) {
      const story = withBirthdays('2026-05-01T00:00Z', birthday());
      const ada = addContact(story.workspace, { email: 'ada@example.com', birthday: '1990-05-17', time_zone: 'America/Los_Angeles' });
      await until(story, '2026-05-17T09:00Z');
      story.workspace.clock.setTo(Date.parse('2026-05-17T09:30Z'));
      setAttributeFor(story.workspace, [{ contactId: ada }], 'time_zone', 'Europe/Copenhagen', { source: 'user' });
      story.workspace.clock.setTo(Date.parse('2026-05-17T09:30Z') + hours * HOUR);
      await story.restart().runDue();
      await until(story, '2026-06-01T00:00Z');
      expect(entriesOf(story, ada)).toHaveLength(n);
    }
  });

  test('whose time was over before the flow ran, or while it was paused, does not come in by moving', async () => {
    const story = withBirthdays('2026-05-17T08:00Z', birthday());
    const ada = addContact(story.workspace, { email: 'ada@example.com', birthday: '1990-05-17' });
    await story.pass(HOUR);
    setAttributeFor(story.workspace, [{ contactId: ada }], 'time_zone', 'Asia/Tokyo', { source: 'user' });
    const ben = addContact(story.workspace, { email: 'ben@example.com', birthday: '1990-05-17', time_zone: 'America/Los_Angeles' });
    await story.pass(HOUR);
    const flow = story.one('SELECT id FROM flows') as number;
    await story.calls['flows.pause']({ flow });
    setAttributeFor(story.workspace, [{ contactId: ben }], 'time_zone', 'Europe/Copenhagen', { source: 'user' });
    await story.pass(HOUR);
    await story.calls['flows.resume']({ flow, overdue: 'rule' });
    await story.pass(3 * DAY);
    expect([entriesOf(story, ada), entriesOf(story, ben)]).toEqual([[], []]);
  });

  test('the first in a zone is not taken in on a time that was over there before they came, added or moved', async () => {
    for (const moves of [false, true]) {
      const story = withBirthdays('2026-05-17T07:30Z', birthday());
      const ada = moves ? addContact(story.workspace, { email: 'ada@example.com', birthday: '1990-05-17' }) : null;
      await until(story, '2026-05-17T12:00Z');
      const zone = 'Europe/London';
      if (ada !== null) setAttributeFor(story.workspace, [{ contactId: ada }], 'time_zone', zone, { source: 'user' });
      const late = ada ?? addContact(story.workspace, { email: 'ada@example.com', birthday: '1990-05-17', time_zone: zone });
      await story.pass(HOUR);
      story.restart();
      await until(story, '2027-05-17T12:00Z');
      expect(entriesOf(story, late)).toEqual(['2027-05-17T08:00:00Z birthday:2027']);
    }
  });

  test('so does a schedule by the contact’s time, for whoever is meant; one by the workspace’s does not move', async () => {
    const entered: string[][] = [];
    for (const whose of ['contact', 'workspace']) {
      const story = stage({ now: Date.parse('2026-05-12T00:00Z') });
      story.live(flowOf({ triggers: [{ id: 't', type: 'schedule', config: { every: 'weekly', weekdays: [3], at: '09:00', whose, who: hasTag('vip') } }], entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, steps: [wait('pause', 1, 'hours')] }));
      const [ada, ben] = [['vip'], []].map((tags, n) => addContact(story.workspace, { email: `${n}@example.com`, time_zone: 'America/Los_Angeles', tags }));
      await until(story, '2026-05-13T09:30Z');
      for (const contactId of [ada!, ben!]) setAttributeFor(story.workspace, [{ contactId }], 'time_zone', 'Europe/Copenhagen', { source: 'user' });
      await until(story, '2026-05-19T00:00Z');
      expect(entriesOf(story, ben!)).toEqual([]);
      entered.push(entriesOf(story, ada!));
    }
    expect(entered).toEqual([['2026-05-13T09:30:00Z t:2026-05-13'], ['2026-05-13T07:00:00Z t:2026-05-13']]);
  });

  test('what falls into a pause is left out', async () => {
    const story = withBirthdays('2026-05-01T00:00Z', birthday());
    const ada = addContact(story.workspace, { email: 'ada@example.com', birthday: '1990-05-17' });
    const flow = story.one('SELECT id FROM flows') as number;
    await until(story, '2026-05-17T06:00Z');
    await story.calls['flows.pause']({ flow });
    await story.pass(2 * HOUR);
    await story.calls['flows.resume']({ flow, overdue: 'rule' });
    await story.pass(3 * DAY);
    expect(entriesOf(story, ada)).toEqual([]);
  });

  test('the runner says when it must look next', () => {
    const story = withBirthdays('2026-05-01T00:00Z', birthday());
    addContact(story.workspace, { email: 'ada@example.com', time_zone: 'Asia/Tokyo' });
    const start = story.workspace.clock.now();
    // The event of the new contact is unread, so something is due at once; after that, 9:00 in Tokyo.
    expect(story.runner.nextDueAt()).toBe(start);
    expect(instantText(story.runner.nextDueAt(start)!)).toBe('2026-05-01T07:00:00Z');
    story.workspace.clock.setTo(Date.parse('2026-05-01T08:00Z'));
    return story.runner.runDue().then(() => expect(instantText(story.runner.nextDueAt()!)).toBe('2026-05-02T00:00:00Z'));
  });
});

test('a date that everybody has is worked off in parts, and a stop in between loses and repeats nobody', async () => {
  const story = withBirthdays('2026-05-01T00:00Z', birthday({ yearly: false }));
  for (let index = 0; index < 1300; index++) addContact(story.workspace, { email: `p${index}@example.com`, birthday: '2026-05-02' });
  await story.runner.runDue();
  story.workspace.clock.setTo(Date.parse('2026-05-02T07:00Z'));
  const turn = story.runner.runDue();
  await story.runner.stop();
  await turn;
  const entered = story.one('SELECT count(*) FROM enrollments') as number;
  expect(entered).toBeGreaterThan(0);
  expect(entered).toBeLessThan(1300);
  // As after a crash: another runner begins, and finds the rest.
  await story.restart().runDue();
  expect(story.one('SELECT count(*) FROM enrollments')).toBe(1300);
  expect(story.one('SELECT count(DISTINCT contact_id) FROM enrollments')).toBe(1300);
});
