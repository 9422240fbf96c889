// Schedules and dates looked at by chance: often, seldom, after sleep, by a clock that goes back, over changes of the clock and moves
// to other zones. Whoever has their time comes in at the first look after it, once, and not when it was more than a day ago (FAULTS
// F14-F20, F22). What a clock shows is asked of Intl here, not of the code that is tested.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Trigger } from '../../shared/flow/flow.ts';
import { DAY, HOUR, MINUTE, type Instant } from '../../shared/time.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { setAttributeFor } from '../../src-main/store/contacts.ts';
import { flowOf, stage, tag } from '../runner/story.ts';
import { addContact } from '../workspace-fixture.ts';

const RUNS = 40;
const HOME = 'Europe/Copenhagen';
const ZONES = [HOME, 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Santiago', 'Africa/Cairo', 'America/Nuuk', 'Pacific/Chatham'];
/** Days before some zone changes its clock, the turn of a year, the end of February of a leap year and of another. */
const STARTS = ['2026-03-27', '2026-03-06', '2026-10-23', '2026-10-02', '2026-04-03', '2026-09-04', '2026-12-29', '2028-02-26', '2027-02-26', '2026-04-22', '2024-03-29'].map((day) => Date.parse(`${day}T00:00Z`));
const TIMES = ['00:00', '01:45', '02:30', '09:00', '22:45', '23:30'];

const shown = new Map<string, Intl.DateTimeFormat>();
function local(at: Instant, zone: string): string {
  let format = shown.get(zone);
  if (format === undefined) shown.set(zone, (format = new Intl.DateTimeFormat('sv', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })));
  return format.format(at).replace(' ', 'T');
}

const instants = new Map<string, Instant>();
/** The first minute at which a clock shows this; where it skips it, so much later as it skips. */
function instantOf(day: string, time: string, zone: string): Instant {
  const key = `${day}T${time} ${zone}`;
  const known = instants.get(key);
  if (known !== undefined) return known;
  const wanted = `${day}T${time}`;
  const asUtc = Date.parse(`${wanted}Z`);
  const offset = (at: Instant) => Date.parse(`${local(at, zone)}Z`) - at;
  const offsets = [offset(asUtc - DAY), offset(asUtc + DAY)];
  const matches = offsets.map((ms) => asUtc - ms).filter((at) => local(at, zone) === wanted);
  const found = matches.length > 0 ? Math.min(...matches) : asUtc - offsets[0]!;
  instants.set(key, found);
  return found;
}

const plus = (day: string, days: number) => new Date(Date.parse(`${day}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
const weekday = (day: string) => new Date(`${day}T00:00Z`).getUTCDay() || 7;
const isLastOfMonth = (day: string) => plus(day, 1).endsWith('-01');
const isLeapYear = (day: string) => plus(`${day.slice(0, 4)}-02-28`, 1).endsWith('02-29');

/** A trigger with the days on which it starts, said once more. `whose`: by whose clock. `all`: each occurrence counts, not only the last of those that were missed. */
type Case = { name: string; trigger: (at: string) => Trigger; isDay: (day: string) => boolean; whose: 'contact' | 'workspace'; all: boolean };
const schedule = (name: string, config: Record<string, unknown>, isDay: Case['isDay'], whose: Case['whose'] = 'contact'): Case => ({
  name,
  trigger: (at) => ({ id: name, type: 'schedule', config: { at, whose, who: { kind: 'all', rules: [] }, ...config } }),
  isDay,
  whose,
  all: false,
});
const BIRTHDAYS = ['02-29', '03-29', '10-25', '01-01'];
const CASES: Case[] = [
  schedule('daily', { every: 'daily' }, () => true),
  schedule('daily-home', { every: 'daily' }, () => true, 'workspace'),
  schedule('sundays', { every: 'weekly', weekdays: [7] }, (day) => weekday(day) === 7),
  schedule('on-the-31st', { every: 'monthDay', day: 31, shortMonth: 'last' }, (day) => isLastOfMonth(day)),
  schedule('on-the-29th', { every: 'monthDay', day: 29, shortMonth: 'skip' }, (day) => day.endsWith('-29')),
  schedule('last-sunday', { every: 'monthWeekday', nth: 'last', weekday: '7' }, (day) => weekday(day) === 7 && plus(day, 7).slice(5, 7) !== day.slice(5, 7)),
  schedule('first-friday', { every: 'monthWeekday', nth: '1', weekday: '5' }, (day) => weekday(day) === 5 && Number(day.slice(8)) <= 7),
  schedule('every-other-day', { every: 'daily', interval: 2, from: '2024-01-01' }, (day) => ((Date.parse(day) - Date.parse('2024-01-01')) / DAY) % 2 === 0),
  ...BIRTHDAYS.map((date): Case => ({
    name: `born-${date}`,
    trigger: (at) => ({ id: `born-${date}`, type: 'dateReached', config: { attribute: `born_${date.replace('-', '_')}`, yearly: true, at, leapDay: 'feb28' } }),
    isDay: (day) => day.slice(5) === date || (date === '02-29' && day.slice(5) === '02-28' && !isLeapYear(day)),
    whose: 'contact',
    all: true,
  })),
];

type Act = { kind: 'pass'; ms: number } | { kind: 'restart' } | { kind: 'back'; ms: number } | { kind: 'move'; who: 0 | 1; zone: string | null };
const acts = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 20 * 60 }).map((minutes): Act => ({ kind: 'pass', ms: minutes * MINUTE })) },
    { weight: 2, arbitrary: fc.integer({ min: 20, max: 24 * 6 }).map((hours): Act => ({ kind: 'pass', ms: hours * HOUR })) },
    { weight: 1, arbitrary: fc.constant<Act>({ kind: 'restart' }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }).map((hours): Act => ({ kind: 'back', ms: hours * HOUR })) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('move' as const), who: fc.constantFrom(0 as const, 1 as const), zone: fc.constantFrom(null, ...ZONES) }) },
  ),
  { minLength: 5, maxLength: 25 },
);

test('whoever has their time comes in at the first look after it, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...STARTS), fc.integer({ min: 0, max: 24 * 60 }), fc.shuffledSubarray(CASES, { minLength: 3, maxLength: 5 }), fc.constantFrom(...TIMES), fc.constantFrom(...ZONES), acts, async (start, minute, cases, time, zone, todo) => {
      const began = start + minute * MINUTE;
      const story = stage({ now: began });
      let now = began;
      Object.assign(story.workspace.clock, { now: () => now });
      for (const date of BIRTHDAYS) addAttribute(story.workspace, { key: `born_${date.replace('-', '_')}`, label: date, kind: 'date' });
      const born = Object.fromEntries(BIRTHDAYS.map((date) => [`born_${date.replace('-', '_')}`, `1980-${date}`]));
      for (const each of cases) story.live(flowOf({ name: each.name, triggers: [each.trigger(time)], entry: { reentry: 'afterExit', reentryDays: 1, audience: null }, steps: [tag('in')] }));
      const people = [zone, null].map((time_zone, n) => ({ id: addContact(story.workspace, { email: `${n}@example.com`, time_zone, ...born }), zone: time_zone ?? HOME }));
      const expected: string[] = [];
      const had = new Set<string>();
      /** By case: until when has been looked; where no time has come, nobody looks. */
      const looked = cases.map(() => began);

      const enter = (index: number, person: (typeof people)[number], days: readonly string[]) => {
        const { all, name } = cases[index]!;
        for (const day of all ? days : days.slice(-1)) {
          const key = `${name}:${name.startsWith('born') ? day.slice(0, 4) : day} ${person.id}`;
          if (!had.has(key)) expected.push(`${now} ${key}`);
          had.add(key);
        }
      };
      const around = (at: Instant) => Array.from({ length: 13 }, (_, n) => plus(new Date(at).toISOString().slice(0, 10), n - 8));
      const zoneOf = (each: Case, person: { zone: string }) => (each.whose === 'contact' ? person.zone : HOME);
      /** Whose clock times have it looked: of those who are there, and always of the workspace. */
      const zonesOf = (each: Case) => (each.whose === 'contact' ? [HOME, ...people.map((person) => person.zone)] : [HOME]);
      const look = async () => {
        cases.forEach((each, index) => {
          // A clock that was a day ahead, or more, has been set right: it is looked again from now on.
          if (looked[index]! > now + DAY && now >= began) looked[index] = now;
          const since = Math.max(looked[index]!, now - DAY);
          for (const person of people) {
            const isPast = (day: string) => instantOf(day, time, zoneOf(each, person)) > since && instantOf(day, time, zoneOf(each, person)) <= now;
            enter(index, person, around(now).filter((day) => each.isDay(day) && isPast(day)));
          }
          const days = around(now).filter((day) => each.all || each.isDay(day));
          const isDue = zonesOf(each).some((zoneThere) => days.some((day) => instantOf(day, time, zoneThere) > looked[index]! && instantOf(day, time, zoneThere) <= now));
          if (isDue) looked[index] = now;
        });
        await story.runner.runDue();
      };
      const move = async (who: 0 | 1, to: string | null) => {
        const person = people[who]!;
        const [from, there] = [person.zone, to ?? HOME];
        setAttributeFor(story.workspace, [{ contactId: person.id }], 'time_zone', to, { source: 'user' });
        cases.forEach((each, index) => {
          if (each.whose !== 'contact') return;
          const isMissed = (day: string) => instantOf(day, time, from) > now && instantOf(day, time, there) <= now && instantOf(day, time, there) > now - DAY;
          enter(index, person, around(now).filter((day) => each.isDay(day) && isMissed(day)));
        });
        // The first in a zone have missed nothing there.
        const isFirst = ![HOME, ...people.map((each) => each.zone)].includes(there);
        if (isFirst) cases.forEach((each, index) => (looked[index] = each.whose === 'contact' ? Math.max(looked[index]!, now) : looked[index]!));
        person.zone = there;
        await look();
      };
      await look();
      for (const act of todo) {
        if (act.kind === 'restart') story.restart();
        else if (act.kind === 'move') {
          await move(act.who, act.zone);
          continue;
        } else now += act.kind === 'back' ? -act.ms : act.ms;
        await look();
      }
      const entered = story.all<{ at: number; key: string; contact: number }>('SELECT entered_at AS at, entry_key AS key, contact_id AS contact FROM enrollments').map(({ at, key, contact }) => `${at} ${key} ${contact}`);
      expect(entered.toSorted()).toEqual(expected.toSorted());
      story.workspace.close();
    }),
    { numRuns: RUNS },
  );
}, 240_000);
