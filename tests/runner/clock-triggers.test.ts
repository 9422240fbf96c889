// Triggers that look at the clock: schedules, calendars, long silence; and those that other flows, scores and people start
// (FEATURES A1.11, A1.12, A1.14, A1.15, A1.16).
import { describe, expect, test } from 'vitest';
import { calendarsFrom } from '../../shared/calendar/calendars.ts';
import type { Step, Trigger } from '../../shared/flow/flow.ts';
import { DAY, HOUR, instantText } from '../../shared/time.ts';
import { triggerType } from '../../shared/triggers/index.ts';
import { calendarHandlers } from '../../src-main/handlers/calendars.ts';
import { nextLook } from '../../src-main/runner/watched-triggers.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { setAttributeFor } from '../../src-main/store/contacts.ts';
import { recordEvent } from '../../src-main/store/events.ts';
import { addContact } from '../workspace-fixture.ts';
import { flowOf, hasTag, stage, tag, type Stage } from './story.ts';

// TEST_NOW is Monday, 2 March 2026, 08:00 UTC, 09:00 in Copenhagen.
const flowWith = (trigger: Trigger, steps: Step[] = [tag('in')]) => flowOf({ triggers: [trigger], entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, steps });
const when = (story: Stage) => story.all<{ at: number; email: string }>('SELECT e.entered_at AS at, c.email FROM enrollments e JOIN contacts c ON c.id = e.contact_id ORDER BY e.id').map(({ at, email }) => `${email[0]} ${instantText(at).slice(5, 16)}`);

describe('A1.11: on a schedule', () => {
  const weekly = (config: Record<string, unknown> = {}): Trigger => ({ id: 'weekly', type: 'schedule', config: { every: 'weekly', weekdays: [2], at: '10:00', who: hasTag('vip'), ...config } });

  test('at the contact’s time, for whoever meets the rule then, over the change to summer time', async () => {
    const story = stage();
    story.live(flowWith(weekly()));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
    addContact(story.workspace, { email: 'new-york@example.com', tags: ['vip'], time_zone: 'America/New_York' });
    addContact(story.workspace, { email: 'other@example.com' });
    await story.pass(8 * DAY + 2 * HOUR);
    // New York changes its clock on 8 March.
    expect(when(story)).toEqual(['a 03-03T09:00', 'n 03-03T15:00', 'a 03-10T09:00']);
    await story.pass(22 * DAY);
    expect(when(story).at(-2)).toBe('a 03-31T08:00');
  });

  test('at the workspace’s time, everybody at once', async () => {
    const story = stage();
    story.live(flowWith(weekly({ whose: 'workspace' })));
    addContact(story.workspace, { email: 'new-york@example.com', tags: ['vip'], time_zone: 'America/New_York' });
    await story.pass(2 * DAY);
    expect(when(story)).toEqual(['n 03-03T09:00']);
  });

  test('D6: the machine was off: the last time of the past day is made up for, once; what is older is not', async () => {
    const story = stage();
    story.live(flowWith(weekly({ every: 'daily' })));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
    await story.pass(HOUR);
    story.workspace.clock.setTo(story.workspace.clock.now() + 5 * DAY + 3 * HOUR);
    story.restart();
    await story.pass(0);
    await story.pass(0);
    expect(when(story)).toHaveLength(2);
    expect(when(story)[1]).toBe('a 03-07T12:00');
  });
});

describe('A1.11: a day that comes seldom', () => {
  const zones = ['Europe/Copenhagen', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/Nuuk', 'Asia/Kathmandu'].map((zone) => ({ zone, storedZones: [zone] }));
  const look = (isDay: (date: string) => boolean) =>
    nextLook({ flowId: 1, triggerId: 't', source: { on: 'clock', isDay, at: '09:00', whose: 'contact', who: null } }, Date.parse('2026-03-01T00:00Z'), { zones, calendars: calendarsFrom([]) });

  test('is looked for in the calendar once, however many zones there are; the first zone that has it comes first', () => {
    const asked: string[] = [];
    expect(instantText(look((date) => (asked.push(date), date === '2028-02-29')))).toBe('2028-02-28T19:00:00Z');
    expect(asked).toHaveLength(new Set(asked).size);
  });

  test('that does not come for years is looked for again then', () => {
    expect(look(() => false)).toBeGreaterThan(Date.parse('2028-03-01T00:00Z'));
  });
});

describe('A1.11: every other week', () => {
  const fortnightly: Trigger = { id: 'fortnightly', type: 'schedule', config: { every: 'weekly', interval: 2, weekdays: [2], at: '10:00', from: '2026-03-10', who: hasTag('vip') } };

  test('counted from the first day, whenever it was published and however often the program was started', async () => {
    const story = stage();
    story.live(flowWith(fortnightly));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
    for (let week = 0; week < 7; week++) {
      await story.pass(7 * DAY);
      story.restart();
    }
    // The clock goes forward on 29 March.
    expect(when(story)).toEqual(['a 03-10T09:00', 'a 03-24T09:00', 'a 04-07T08:00']);
  });

  test('a week that was slept through is not made up for in the next', async () => {
    const story = stage();
    story.live(flowWith(fortnightly));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
    await story.pass(DAY);
    story.workspace.clock.setTo(story.workspace.clock.now() + 14 * DAY);
    story.restart();
    await story.pass(0);
    expect(when(story)).toEqual([]);
    await story.pass(8 * DAY);
    expect(when(story)).toEqual(['a 03-24T09:00']);
  });

  test('cannot be published without its first day', async () => {
    const story = stage();
    const flow = flowWith({ ...fortnightly, config: { ...fortnightly.config, from: null } });
    const { id } = await story.calls['flows.create']({ name: 'Fortnightly' });
    await story.calls['flows.saveDraft']({ flow: id, revision: 1, draft: flow });
    expect((await story.calls['flows.problems']({ flow: id })).map(({ code }) => code)).toEqual(['schedule-from-missing']);
  });
});

describe('A1.12: days of a calendar', () => {
  test('a week before each Danish holiday; and on days of a list of one’s own that grows', async () => {
    const story = stage();
    const calls = calendarHandlers(story.workspace);
    const { key } = await calls['calendars.save']({ key: null, name: 'Messer & fairs', days: [{ date: '2026-03-05', name: 'Odense' }] });
    expect(key).toBe('messer_fairs');
    story.live(flowWith({ id: 'easter', type: 'calendarDay', config: { calendar: 'holidays_dk', days: 7, side: 'before', at: '08:00' } }));
    story.live(flowWith({ id: 'fair', type: 'calendarDay', config: { calendar: key, at: '12:00' } }));
    addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(20 * DAY);
    expect(when(story)).toEqual(['a 03-05T11:00']);
    await calls['calendars.save']({ key, name: 'Messer & fairs', days: [{ date: '2026-03-05', name: 'Odense' }, { date: '2026-03-24', name: 'Aarhus' }] });
    await story.pass(10 * DAY);
    expect(when(story).slice(1)).toEqual(['a 03-24T11:00', 'a 03-26T07:00', 'a 03-27T07:00', 'a 03-29T06:00', 'a 03-30T06:00']);
    expect(() => calls['calendars.remove']({ key })).toThrow('uses this calendar');
  });
});

describe('A1.16: inactivity', () => {
  const silent: Trigger = { id: 'silent', type: 'inactive', config: { what: 'anything', days: 10, at: '09:00' } };
  const does = (story: Stage, contactId: number, type: string, more = {}) => recordEvent(story.workspace, { contactId, type, at: story.workspace.clock.now(), source: 'test', data: {}, ...more });

  test('on the edge, once per spell; who has never done it counts from when they were added', async () => {
    const story = stage();
    story.live(flowWith(silent));
    const [ada] = [addContact(story.workspace, { email: 'ada@example.com' }), addContact(story.workspace, { email: 'bob@example.com' })];
    await story.pass(6 * DAY);
    does(story, ada, 'message_clicked');
    await story.pass(5 * DAY);
    expect(when(story)).toEqual(['b 03-12T08:00']);
    await story.pass(6 * DAY);
    expect(when(story).slice(1)).toEqual(['a 03-18T08:00']);
    await story.pass(30 * DAY);
    expect(when(story)).toHaveLength(2);
    does(story, ada, 'order_placed');
    await story.pass(11 * DAY);
    expect(when(story)).toHaveLength(3);
  });

  test('what a machine opened is no sign of life; who was silent before does not count', async () => {
    const story = stage();
    const old = addContact(story.workspace, { email: 'old@example.com' });
    await story.pass(15 * DAY);
    story.live(flowWith(silent));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    await story.pass(5 * DAY);
    does(story, ada, 'message_opened', { madeBy: 'machine' });
    await story.pass(6 * DAY);
    expect(when(story)).toEqual(['a 03-27T08:00']);
    expect(old).toBe(1);
  });
});

describe('A1.15: scores and stages', () => {
  async function after(trigger: Trigger, attribute: Parameters<typeof addAttribute>[1], values: unknown[]): Promise<number[]> {
    const story = stage();
    addAttribute(story.workspace, attribute);
    story.live(flowWith(trigger));
    const ada = addContact(story.workspace, { email: 'ada@example.com' });
    const counts: number[] = [];
    for (const value of values) {
      setAttributeFor(story.workspace, [{ contactId: ada }], attribute.key, value as never, { source: 'user' });
      await story.pass(HOUR);
      counts.push(when(story).length);
    }
    return counts;
  }
  test('a score over its threshold, and under it again', async () => {
    const trigger: Trigger = { id: 't', type: 'scoreReached', config: { score: 'score', threshold: 50 } };
    expect(await after(trigger, { key: 'score', label: 'Score', kind: 'number' }, [49, 50, 80, 20, 51])).toEqual([0, 1, 1, 1, 2]);
  });
  const stages = { key: 'stage', label: 'Stage', kind: 'choice', choices: ['Lead', 'Trial', 'Customer', 'Fan'] } as const;
  test.each([
    ['exactly', [0, 1, 1, 2, 2]],
    ['orLater', [0, 1, 1, 1, 2]],
  ])('a stage: %s', async (reach, counts) => {
    const trigger: Trigger = { id: 't', type: 'stageReached', config: { attribute: 'stage', stage: 'Trial', reach } };
    const values = reach === 'exactly' ? ['Lead', 'Trial', 'Fan', 'Trial', 'Lead'] : ['Lead', 'Customer', 'Fan', 'Lead', 'Trial'];
    expect(await after(trigger, { ...stages, choices: [...stages.choices] }, values)).toEqual(counts);
  });
});

test.each([
  [{}, { outcome: 'o1', label: 'Call back', title: 'Ring Ada' }, true],
  [{ outcome: 'call back' }, { outcome: 'o1', label: 'Call back', title: 'Ring Ada' }, true],
  [{ outcome: 'No' }, { outcome: 'o1', label: 'Call back', title: 'Ring Ada' }, false],
  [{ title: 'Ring Bob' }, { outcome: 'o1', label: 'Call back', title: 'Ring Ada' }, false],
])('a task decided: %j of %j is %s', (config, data, wanted) => {
  const type = triggerType('taskDecided')!;
  const source = type.source(type.config.parse(config));
  const event = { id: 1, contactId: 1, type: 'task_decided', at: 0, source: 'user', flowId: null, importId: null, bulkEditId: null, data };
  expect(source.on === 'event' && source.accepts!(event, 1)).toBe(wanted);
});
