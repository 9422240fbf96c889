// The workspace's own zone, its quiet hours and its calendars are changed while people and messages wait for a time.
import { expect, test } from 'vitest';
import type { Settings } from '../../shared/api.ts';
import type { Trigger } from '../../shared/flow/flow.ts';
import { HOUR, instantText } from '../../shared/time.ts';
import { calendarHandlers } from '../../src-main/handlers/calendars.ts';
import { settingsHandlers } from '../../src-main/handlers/settings.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { row } from '../../src-main/store/database.ts';
import { readSettings } from '../../src-main/store/settings.ts';
import { sendingStage } from '../mail/sending-stage.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { flowOf, hasTag, mail, onTag, stage, wait } from './story.ts';

async function save(workspace: TestWorkspace, more: Partial<Settings>): Promise<void> {
  await settingsHandlers(workspace)['settings.save']({ ...readSettings(workspace), ...more });
}

const daysOff = (...dates: string[]) => dates.map((date) => ({ date, name: '' }));

const birthday: Trigger = { id: 'birthday', type: 'dateReached', config: { attribute: 'birthday', yearly: true, at: '09:00' } };
const everyDay = (whose: string): Trigger => ({ id: 'daily', type: 'schedule', config: { every: 'daily', at: '09:00', whose, who: hasTag('vip') } });

test.each<[string, Trigger, string | null, string[]]>([
  ['a birthday of who has no zone', birthday, null, ['2026-05-17T08:00:00Z']],
  ['a birthday of who has that zone already', birthday, 'Europe/Copenhagen', ['2026-05-17T07:00:00Z']],
  ['a birthday of who lives elsewhere', birthday, 'America/New_York', ['2026-05-17T13:00:00Z']],
  ['a schedule by the contact’s time', everyDay('contact'), null, ['2026-05-16T09:00:00Z', '2026-05-17T08:00:00Z']],
  ['a schedule by the workspace’s time', everyDay('workspace'), 'America/New_York', ['2026-05-16T09:00:00Z', '2026-05-17T08:00:00Z']],
])('D12, D13: it moves east past the time of %s: whoever lives by it comes in late, once', async (_, trigger, time_zone, expected) => {
  const story = stage({ now: Date.parse('2026-05-16T06:00Z'), settings: { timeZone: 'UTC' } });
  addAttribute(story.workspace, { key: 'birthday', label: 'Birthday', kind: 'date' });
  story.live(flowOf({ triggers: [trigger], entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, steps: [wait('pause', 1, 'hours')] }));
  const ada = addContact(story.workspace, { email: 'ada@example.com', birthday: '1990-05-17', tags: ['vip'], ...(time_zone !== null && { time_zone }) });
  await runUntil(story.workspace, story.runner, story.workspace.clock, Date.parse('2026-05-17T08:00Z'));
  await save(story.workspace, { timeZone: 'Europe/Copenhagen' });
  await runUntil(story.workspace, story.runner, story.workspace.clock, Date.parse('2026-05-17T23:00Z'));
  expect(story.all<{ at: number }>('SELECT entered_at AS at FROM enrollments WHERE contact_id = ? ORDER BY id', ada).map(({ at }) => instantText(at))).toEqual(expected);
});

test.each<[string, string, string]>([
  ['east', 'Asia/Tokyo', '2026-03-03T00:00:00Z'],
  ['west', 'America/New_York', '2026-03-02T14:00:00Z'],
])('D12: it moves %s: whoever waits for nine o’clock waits for that of the new zone', async (_, timeZone, expected) => {
  const story = stage({ now: Date.parse('2026-03-02T10:00Z') });
  story.live(flowOf({ triggers: [onTag('go')], steps: [{ id: 'nine', type: 'waitUntil', config: { until: 'time', time: '09:00' } }, mail('welcome')] }));
  addContact(story.workspace, { email: 'ada@example.com', tags: ['go'], consent: ['email'] });
  await story.pass(HOUR);
  await save(story.workspace, { timeZone });
  await story.pass(48 * HOUR);
  expect(story.delivered.map(({ at }) => instantText(at))).toEqual([expected]);
});

test.each<[string, string[], string]>([
  ['a day more is off', ['2026-03-03', '2026-03-04'], '2026-03-05T08:00:00Z'],
  ['it is no day off any more', [], '2026-03-03T08:00:00Z'],
])('D1: a calendar is edited while somebody waits for a business day: %s', async (_, days, expected) => {
  const story = stage();
  const calendars = calendarHandlers(story.workspace);
  const { key } = await calendars['calendars.save']({ key: null, name: 'Ours', days: daysOff('2026-03-03') });
  story.live(flowOf({ triggers: [onTag('go')], steps: [{ id: 'next', type: 'waitBusinessDays', config: { days: 1, daysOff: key } }, mail('welcome')] }));
  addContact(story.workspace, { email: 'ada@example.com', tags: ['go'], consent: ['email'] });
  await story.pass(HOUR);
  await calendars['calendars.save']({ key, name: 'Ours', days: daysOff(...days) });
  await story.pass(96 * HOUR);
  expect(story.delivered.map(({ at }) => instantText(at))).toEqual([expected]);
});

test.each<[string, Partial<Settings>, Partial<Settings>]>([
  ['quiet hours', { quietHours: { from: '08:00', to: '20:00' } }, { quietHours: null }],
  ['the zone of quiet hours', { quietHours: { from: '08:00', to: '20:00' } }, { timeZone: 'Asia/Tokyo' }],
])('A2.8: %s are changed while a message waits for their end: it leaves as soon as it may', async (_, settings, more) => {
  const sending = sendingStage(settings, { now: Date.parse('2026-03-02T11:30Z') });
  sending.live(flowOf({ triggers: [onTag('go')], steps: [mail('welcome')] }));
  addContact(sending.workspace, { email: 'ada@example.com', tags: ['go'], consent: ['email'] });
  await sending.pass(HOUR);
  expect(sending.ledger()).toMatchObject([{ state: 'planned', reason: 'quiet-hours' }]);
  await save(sending.workspace, more);
  await sending.pass(0);
  expect(sending.ledger()).toMatchObject([{ state: 'sent' }]);
  expect(row(sending.workspace.db, 'SELECT count(*) AS n FROM outbox')).toEqual({ n: 1 });
  await sending.close();
});
