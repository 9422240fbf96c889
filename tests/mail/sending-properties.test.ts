// Whatever the rules, the nights, the naps and the server's moods: nothing leaves early, in quiet hours, above the cap or too
// late (FAULTS I5), and the reports add up (I10). Checked against what the server saw, by rules written here a second time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_SENDING, type SendingSettings } from '../../shared/messages/sending-rules.ts';
import { DAY, HOUR, localDate, localTime, weekdayOf } from '../../shared/time.ts';
import { flowCounts } from '../../src-main/store/counts.ts';
import { rows } from '../../src-main/store/database.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { flowOf, onAdded, onTag, wait } from '../runner/story.ts';
import { addContact } from '../workspace-fixture.ts';
import { sendingStage, type SendingStage } from './sending-stage.ts';

const ZONES = ['Europe/Copenhagen', 'America/New_York', 'Pacific/Kiritimati', 'Australia/Lord_Howe', 'Africa/Cairo', 'Asia/Kathmandu'];
const MARKETING = ['welcome', 'offer', 'news'] as const;

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '17', '30', '59'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
const rules = fc.record<SendingSettings>({
  frequencyCap: fc.record({ messages: fc.integer({ min: 0, max: 3 }), days: fc.integer({ min: 1, max: 4 }) }),
  quietHours: fc.option(fc.record({ from: time, to: time }), { nil: null }),
  quietDays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 3 }),
  lateness: fc.record({ hours: fc.integer({ min: 0, max: 30 }), action: fc.constantFrom('hold', 'skip') }),
});
const config = fc.record({
  cap: fc.constantFrom('skip', 'hold', 'exempt'),
  capWait: fc.record({ amount: fc.integer({ min: 1, max: 100 }), unit: fc.constant('hours') }),
  late: fc.constantFrom('workspace', 'hold', 'skip', 'send'),
  lateHours: fc.integer({ min: 1, max: 20 }),
});
const script = fc.record({
  rules,
  configs: fc.record({ welcome: config, offer: config, news: config, receipt: config }),
  flows: fc.array(
    fc.array(fc.record({ hours: fc.integer({ min: 0, max: 40 }), message: fc.constantFrom(...MARKETING, 'receipt' as const) }), {
      minLength: 1,
      maxLength: 4,
    }),
    { minLength: 1, maxLength: 3 },
  ),
  zones: fc.array(fc.option(fc.constantFrom(...ZONES), { nil: null }), { minLength: 1, maxLength: 4 }),
  acts: fc.array(
    fc.record({
      act: fc.constantFrom('pass' as const, 'sleep' as const, 'sleep' as const, 'tag' as const),
      hours: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  /** The beginnings of both changes of the clock, and a month without. */
  start: fc.constantFrom(Date.UTC(2026, 2, 26, 8), Date.UTC(2026, 9, 22, 8), Date.UTC(2026, 5, 1, 8)),
  putOff: fc.array(fc.boolean(), { maxLength: 8 }),
});
type Script = typeof script extends fc.Arbitrary<infer Value> ? Value : never;

async function play({ rules: settings, configs, flows, zones, acts, start, putOff }: Script): Promise<void> {
  const moods = [...putOff];
  const later = { result: 'failed', temporary: true, scope: 'recipient', code: '4.2.0', response: '450' } as const;
  const stage = sendingStage(settings, { now: start, steps: { before: () => (moods.shift() === true ? later : undefined) } });
  try {
    const ids = flows.map((steps, flow) =>
      stage.live(
        flowOf({
          name: `Flow ${flow}`,
          triggers: [flow === 0 ? onAdded : onTag('now')],
          steps: steps
            .flatMap(({ hours, message }, n) => [
              wait(`w${n}`, hours, 'hours'),
              { id: `m${n}`, type: 'sendEmail', config: { message, ...configs[message] } },
            ])
            .filter(({ type }, n) => type !== 'wait' || steps[n / 2]!.hours > 0),
        }),
      ),
    );
    const people = zones.map((zone, n) => addContact(stage.workspace, { email: `p${n}@example.dk`, consent: ['email'], time_zone: zone }));
    // Somebody is inside before anything else happens, so that naps meet people who wait.
    for (const { act, hours } of [{ act: 'pass', hours: 1 }, ...acts]) {
      if (act === 'tag')
        addTagFor(
          stage.workspace,
          people.map((contactId) => ({ contactId })),
          'now',
          { source: 'user' },
        );
      else if (act === 'pass') await stage.pass(hours * HOUR);
      else await stage.sleep(hours * HOUR);
      check(stage, settings, configs, zones, ids);
    }
    await stage.pass(60 * DAY);
    check(stage, settings, configs, zones, ids);
    for (const { state } of stage.ledger())
      expect(['sent', 'failed', 'held', 'cancelled'], 'in the end everything has ended').toContain(state);
  } finally {
    await stage.close();
  }
}

function check(
  stage: SendingStage,
  settings: SendingSettings,
  configs: Script['configs'],
  zones: Script['zones'],
  flows: readonly number[],
): void {
  const { messages, days } = settings.frequencyCap;
  const isMarketing = (subject: string) => subject !== 'receipt';
  stage.sent.forEach(({ to, subject, at }, index) => {
    if (!isMarketing(subject)) return;
    const zone = zones[Number(to[1])] ?? 'Europe/Copenhagen';
    expect(isQuiet(at, settings, zone), `${subject} to ${to} at ${new Date(at).toISOString()} in ${zone}`).toBe(false);
    if (messages === 0 || configs[subject as 'offer'].cap === 'exempt') return;
    const before = stage.sent.slice(0, index).filter((each) => each.to === to && isMarketing(each.subject) && each.at > at - days * DAY);
    expect(before.length, `${subject} to ${to} beside ${JSON.stringify(before)}`).toBeLessThan(messages);
  });
  const left = rows<{ due: number; planned: number; handed: number; meant: number; message: keyof Script['configs'] }>(
    stage.workspace.db,
    `SELECT due_at AS due, planned_at AS planned, handed_at AS handed, meant_at AS meant, message FROM outbox WHERE state = 'sent'`,
  );
  expect(left.length).toBe(stage.sent.length);
  for (const { due, planned, handed, meant, message } of left) {
    expect(handed).toBeGreaterThanOrEqual(Math.max(due, planned));
    const { late, lateHours } = configs[message];
    const limit = late === 'workspace' ? settings.lateness.hours : lateHours;
    if (late !== 'send' && limit > 0) expect(handed - meant).toBeLessThanOrEqual(limit * HOUR);
  }
  for (const flow of flows) {
    for (const step of Object.values(flowCounts(stage.workspace, flow).steps)) {
      const open = rows<{ n: number }>(
        stage.workspace.db,
        `SELECT count(*) AS n FROM outbox WHERE flow_id = ? AND state = 'planned'`,
        flow,
      )[0]!.n;
      const settled = step.sent + step.failed + step.unknown + step.held + step.cancelled;
      expect(step.planned - settled).toBeGreaterThanOrEqual(0);
      expect(step.planned - settled).toBeLessThanOrEqual(open);
      expect(Object.values(step.reasons).reduce((sum, n) => sum + n, 0)).toBe(step.held + step.cancelled);
    }
  }
}

/** By what the contact's clock and calendar show. */
function isQuiet(at: number, { quietHours, quietDays }: SendingSettings, zone: string): boolean {
  if (quietDays.includes(weekdayOf(localDate(at, zone)))) return true;
  if (quietHours === null) return false;
  const { from, to } = quietHours;
  const clock = localTime(at, zone);
  return from <= to ? from <= clock && clock < to : clock >= from || clock < to;
}

test('never early, never in quiet hours, never above the cap, never too late; and the sums are right (I5, I10)', async () => {
  expect(isQuiet(Date.UTC(2026, 5, 1, 21), { ...DEFAULT_SENDING, quietHours: { from: '22:00', to: '06:00' } }, 'Europe/Copenhagen')).toBe(
    true,
  );
  await fc.assert(fc.asyncProperty(script, play), { numRuns: 25, endOnFailure: true });
}, 240_000);
