// Stories about when a message leaves: flows that compete for a cap, nights, the clock changes, and opt-outs
// while it waits (FEATURES A2.8, A2.9, A3.14, D15, D16; FAULTS F35, I10).
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, parseInstant } from '../../shared/time.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { flowCounts } from '../../src-main/store/counts.ts';
import { row, run } from '../../src-main/store/database.ts';
import { writeSettings } from '../../src-main/store/settings.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { flowOf, onTag, tag, wait } from '../runner/story.ts';
import { TEST_NOW, type NewTestContact } from '../workspace-fixture.ts';
import { MESSAGES, type SendingStage } from './sending-stage.ts';
import { person, send, stageWith, states, subjects } from './sending-story.ts';

const local = (text: string, zone = 'Europe/Copenhagen') => parseInstant(text, zone)!;
/** So that somebody comes into a flow at a moment of the test's choosing. */
const tagged = (stage: SendingStage, contactId: number, name: string) =>
  addTagFor(stage.workspace, [{ contactId }], name, { source: 'user' });
const NIGHT = { from: '22:00', to: '06:00' };
const ONE_A_WEEK = { messages: 1, days: 7 };

describe('two flows compete under a cap (F35)', () => {
  test('what is due first goes first, whichever flow is older', async () => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK });
    stage.live(flowOf({ name: 'Older', steps: [wait('w', 3, 'hours'), send('offer')] }));
    stage.live(flowOf({ name: 'Younger', steps: [wait('w', 2, 'hours'), send('news')] }));
    person(stage);
    await stage.pass(DAY);
    expect(states(stage)).toEqual(['news: sent', 'offer: cancelled frequency-cap']);
  });

  test('due at the same instant, who came into their flow first goes first', async () => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK });
    stage.live(flowOf({ name: 'Came in later', triggers: [onTag('later')], steps: [wait('w', 1, 'hours'), send('offer')] }));
    stage.live(flowOf({ name: 'Came in first', triggers: [onTag('first')], steps: [wait('w', 2, 'hours'), send('news')] }));
    const ada = person(stage);
    tagged(stage, ada, 'first');
    await stage.pass(HOUR);
    tagged(stage, ada, 'later');
    await stage.pass(DAY);
    expect(stage.sent).toEqual([{ to: 'ada@example.dk', subject: 'news', at: TEST_NOW + 2 * HOUR }]);
    expect(states(stage).sort()).toEqual(['news: sent', 'offer: cancelled frequency-cap']);
  });

  test('so it is among those who wait for the same slot, whichever was planned first', async () => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK });
    const hold = { cap: 'hold', capWait: { amount: 30, unit: 'days' } };
    stage.live(flowOf({ name: 'Before', steps: [send('welcome')] }));
    stage.live(flowOf({ name: 'Planned first', triggers: [onTag('later')], steps: [wait('w', 1, 'hours'), send('offer', hold)] }));
    stage.live(flowOf({ name: 'Came in first', triggers: [onTag('first')], steps: [wait('w', 5, 'hours'), send('news', hold)] }));
    const ada = person(stage);
    await stage.pass(HOUR);
    tagged(stage, ada, 'first');
    await stage.pass(HOUR);
    tagged(stage, ada, 'later');
    await stage.pass(30 * DAY);
    expect(stage.ledger().map(({ message }) => message)).toEqual(['welcome', 'offer', 'news']);
    expect(stage.sent.map(({ subject, at }) => [subject, (at - TEST_NOW) / DAY])).toEqual([
      ['welcome', 0],
      ['news', 7],
      ['offer', 14],
    ]);
  });

  test('in the very same instant from beginning to end, the id decides, every time', async () => {
    for (let again = 0; again < 3; again++) {
      const stage = stageWith({ frequencyCap: ONE_A_WEEK });
      stage.live(flowOf({ name: 'First', steps: [send('offer')] }));
      stage.live(flowOf({ name: 'Second', steps: [send('news')] }));
      person(stage);
      await stage.pass(0);
      expect(subjects(stage)).toEqual(['offer']);
    }
  });

  describe('D15, D25: due at the same instant, the flow of higher priority goes first, whoever came in first', () => {
    const flows = (later: 'high' | 'normal' | 'low', first: 'high' | 'normal' | 'low', config: Record<string, unknown> = {}) => [
      flowOf({ name: 'Came in later', priority: later, triggers: [onTag('later')], steps: [wait('w', 1, 'hours'), send('offer', config)] }),
      flowOf({ name: 'Came in first', priority: first, triggers: [onTag('first')], steps: [wait('w', 2, 'hours'), send('news', config)] }),
    ];
    async function play(stage: SendingStage, [later, first]: ReturnType<typeof flows>, ms = DAY) {
      const ids = [stage.live(later!), stage.live(first!)];
      const ada = person(stage);
      tagged(stage, ada, 'first');
      await stage.pass(HOUR);
      tagged(stage, ada, 'later');
      await stage.pass(ms);
      return ids;
    }
    test.each([
      ['high', 'normal', 'offer'],
      ['normal', 'low', 'offer'],
      ['high', 'low', 'offer'],
      ['low', 'normal', 'news'],
      ['low', 'low', 'news'],
    ] as const)('%s and %s: “%s” takes the last place under the cap, the other is skipped', async (later, first, expected) => {
      const stage = stageWith({ frequencyCap: ONE_A_WEEK });
      await play(stage, flows(later, first));
      expect(subjects(stage)).toEqual([expected]);
      expect(states(stage).filter((each) => each.endsWith('frequency-cap'))).toHaveLength(1);
    });

    test('also after a night in which both were held, and for the slots under the cap', async () => {
      const stage = stageWith({ frequencyCap: ONE_A_WEEK, quietHours: { from: '10:00', to: '08:00' } });
      await play(stage, flows('high', 'normal', { cap: 'hold', capWait: { amount: 30, unit: 'days' } }), 20 * DAY);
      expect(subjects(stage)).toEqual(['offer', 'news']);
    });

    test('what is planned follows a priority that is given later', async () => {
      const stage = stageWith({ frequencyCap: ONE_A_WEEK, quietHours: { from: '10:00', to: '08:00' } });
      const [later, first] = flows('normal', 'normal');
      const [id] = await play(stage, [later!, first!], 2 * HOUR);
      expect(subjects(stage)).toEqual([]);
      publish(stage.workspace, id!, { ...later!, priority: 'high' }, MESSAGES);
      await stage.pass(2 * DAY);
      expect(subjects(stage)).toEqual(['offer']);
    });

    test('what is due earlier goes first all the same', async () => {
      const stage = stageWith({ frequencyCap: ONE_A_WEEK });
      stage.live(flowOf({ name: 'Low', priority: 'low', steps: [wait('w', 1, 'hours'), send('offer')] }));
      stage.live(flowOf({ name: 'High', priority: 'high', steps: [wait('w', 2, 'hours'), send('news')] }));
      person(stage);
      await stage.pass(DAY);
      expect(subjects(stage)).toEqual(['offer']);
    });
  });

  test('whoever is skipped goes on in the flow, is told why, and is counted', async () => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK });
    const flow = stage.live(flowOf({ steps: [send('offer'), send('news'), tag('done')] }));
    const ada = person(stage);
    await stage.pass(HOUR);
    expect(states(stage)).toEqual(['offer: sent', 'news: cancelled frequency-cap']);
    expect(row(stage.workspace.db, 'SELECT tag_id FROM contact_tags WHERE contact_id = ?', ada)).toBeDefined();
    const counts = flowCounts(stage.workspace, flow);
    expect(counts.steps['news']).toMatchObject({ planned: 1, sent: 0, cancelled: 1, held: 0, reasons: { 'frequency-cap': 1 } });
    expect(counts.steps['offer']!.reasons).toEqual({});
    expect(row(stage.workspace.db, `SELECT json_extract(data, '$.reason') AS reason FROM events WHERE type = 'message_cancelled'`)).toEqual(
      { reason: 'frequency-cap' },
    );
  });

  test('failures do not count, transactional messages neither count nor are kept back, "exempt" is not kept back but counts', async () => {
    const dead = { result: 'failed', temporary: false, scope: 'recipient', code: '5.2.1', response: '550' } as const;
    let fails = true;
    const stage = stageWith({ frequencyCap: ONE_A_WEEK }, { steps: { before: () => (fails ? ((fails = false), dead) : undefined) } });
    stage.live(
      flowOf({
        steps: [send('welcome'), send('receipt'), send('offer', { cap: 'exempt' }), { ...send('receipt'), id: 'second' }, send('news')],
      }),
    );
    person(stage);
    await stage.pass(HOUR);
    expect(states(stage)).toEqual([
      'welcome: failed mailbox-full',
      'receipt: sent',
      'offer: sent',
      'receipt: sent',
      'news: cancelled frequency-cap',
    ]);
  });

  test('what the cap asks of the ledger is found by its contact, however long the ledger is', async () => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK });
    const { db } = stage.workspace;
    const texts = new Set<string>();
    const prepare = db.prepare.bind(db);
    Object.assign(db, { prepare: (text: string) => (texts.add(text), prepare(text)) });
    stage.live(flowOf({ steps: [send('offer'), send('news')] }));
    person(stage);
    await stage.pass(0);
    const asked = [...texts].filter((text) => /SELECT[^]*FROM outbox/.test(text));
    expect(asked.some((text) => text.includes('handed_at'))).toBe(true);
    const plans = asked.flatMap((text) =>
      prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array.from({ length: text.split('?').length - 1 }, () => null)),
    );
    const scans = plans
      .map((plan) => (plan as { detail: string }).detail)
      .filter((detail) => /^SCAN (o|outbox)\b(?! USING INDEX outbox_(due|open))/.test(detail));
    expect(scans).toEqual([]);
  });

  test('0 messages means no cap, and other people are other people', async () => {
    const stage = stageWith({ frequencyCap: { messages: 0, days: 7 } });
    stage.live(flowOf({ steps: [send('welcome'), send('offer'), send('news')] }));
    person(stage);
    await stage.pass(HOUR);
    expect(subjects(stage)).toEqual(['welcome', 'offer', 'news']);
    writeSettings(stage.workspace, { frequencyCap: ONE_A_WEEK });
    person(stage, { email: 'ben@example.dk' });
    await stage.pass(HOUR);
    expect(stage.sent.slice(3).map(({ to, subject }) => `${to} ${subject}`)).toEqual(['ben@example.dk welcome']);
  });
});

describe('hold for a slot', () => {
  const hold = (days: number) => ({ cap: 'hold', capWait: { amount: days, unit: 'days' } });

  test('it leaves in the instant in which a slot is free, and what comes then waits for the next', async () => {
    const stage = stageWith({ frequencyCap: { messages: 2, days: 3 } });
    for (const [hours, message] of [
      [0, 'welcome'],
      [10, 'news'],
      [12, 'offer'],
      [13, 'receipt'],
    ] as const)
      stage.live(flowOf({ name: message, steps: [wait('w', hours, 'hours'), { ...send(message, hold(30)), id: 'mail' }] }));
    const last = stage.live(flowOf({ name: 'Last', steps: [wait('w', 14, 'hours'), { ...send('welcome', hold(30)), id: 'mail' }] }));
    person(stage);
    await stage.pass(20 * HOUR);
    expect(states(stage)).toEqual([
      'welcome: sent',
      'news: sent',
      'offer: planned waiting-for-slot',
      'receipt: sent',
      'welcome: planned waiting-for-slot',
    ]);
    expect(flowCounts(stage.workspace, last).steps['mail']).toMatchObject({ planned: 1, sent: 0, cancelled: 0, reasons: {} });
    await stage.pass(10 * DAY);
    expect(stage.sent.map(({ subject, at }) => [subject, (at - TEST_NOW) / HOUR])).toEqual([
      ['welcome', 0],
      ['news', 10],
      ['receipt', 13],
      ['offer', 72],
      ['welcome', 82],
    ]);
  });

  test('where none is free in time it is given up, and says so', async () => {
    const stage = stageWith({ frequencyCap: { messages: 1, days: 30 } });
    stage.live(flowOf({ steps: [send('welcome'), send('offer', hold(3)), tag('done')] }));
    person(stage);
    await stage.pass(HOUR);
    expect(states(stage)).toEqual(['welcome: sent', 'offer: cancelled frequency-cap']);
  });

  test('a slot that others take again and again ends the wait in the end', async () => {
    const stage = stageWith({ frequencyCap: { messages: 1, days: 1 } });
    stage.live(
      flowOf({
        name: 'Greedy',
        steps: [
          send('welcome'),
          wait('w', 24, 'hours'),
          { ...send('news'), id: 'n1' },
          wait('w2', 24, 'hours'),
          { ...send('news'), id: 'n2' },
        ],
      }),
    );
    stage.live(flowOf({ name: 'Patient', triggers: [onTag('patient')], steps: [send('offer', hold(2))] }));
    const ada = person(stage);
    await stage.pass(HOUR);
    tagged(stage, ada, 'patient');
    await stage.pass(10 * DAY);
    expect(stage.sent.map(({ subject, at }) => [subject, (at - TEST_NOW) / HOUR])).toEqual([
      ['welcome', 0],
      ['news', 24],
      ['news', 48],
    ]);
    expect(stage.ledger().find(({ message }) => message === 'offer')).toMatchObject({ state: 'cancelled', reason: 'frequency-cap' });
  });

  test('a week of waiting for a slot is not late', async () => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK, lateness: { hours: 1, action: 'skip' } });
    stage.live(flowOf({ steps: [send('welcome'), send('offer', hold(8))] }));
    person(stage);
    await stage.pass(8 * DAY);
    expect(stage.sent.map(({ subject, at }) => [subject, (at - TEST_NOW) / DAY])).toEqual([
      ['welcome', 0],
      ['offer', 7],
    ]);
  });
});

describe('quiet hours', () => {
  const CASES: [string, string, NewTestContact, string][] = [
    ['before midnight, until the morning', '2026-03-02 22:30', {}, '2026-03-03 06:00'],
    ['after midnight, until the same morning', '2026-03-03 00:30', {}, '2026-03-03 06:00'],
    ['in the night that spring makes shorter', '2026-03-28 23:30', {}, '2026-03-29 06:00'],
    ['in the night that autumn makes longer', '2026-10-24 23:30', {}, '2026-10-25 06:00'],
    ['by day, not at all', '2026-03-03 12:00', {}, '2026-03-03 12:00'],
    ['it is noon here and evening in Tokyo', '2026-03-03 14:30', { time_zone: 'Asia/Tokyo' }, '2026-03-03 22:00'],
    ['it is night here and afternoon in New York', '2026-03-03 23:30', { time_zone: 'America/New_York' }, '2026-03-03 23:30'],
    ['a zone that is none is the workspace’s', '2026-03-03 23:30', { time_zone: 'Middle/Earth' }, '2026-03-04 06:00'],
  ];
  test.each(CASES)('%s', async (_name, now, contact, leaves) => {
    const stage = stageWith({ quietHours: NIGHT }, { now: local(now) });
    stage.live(flowOf({ steps: [send('offer')] }));
    person(stage, contact);
    await stage.pass(0);
    if (leaves !== now) expect(stage.ledger()).toMatchObject([{ state: 'planned', reason: 'quiet-hours', dueAt: local(leaves) }]);
    await stage.pass(DAY);
    expect(stage.sent).toEqual([{ to: 'ada@example.dk', subject: 'offer', at: local(leaves) }]);
  });

  test('a weekend on which nothing is sent', async () => {
    const stage = stageWith({ quietDays: [6, 7] }, { now: local('2026-03-06 23:59') });
    stage.live(flowOf({ steps: [send('welcome'), wait('w', 1, 'hours'), send('offer')] }));
    person(stage);
    await stage.pass(4 * DAY);
    expect(stage.sent.map(({ at }) => at)).toEqual([local('2026-03-06 23:59'), local('2026-03-09 00:00')]);
  });

  test('transactional messages know no night', async () => {
    const stage = stageWith({ quietHours: NIGHT, quietDays: [1, 2, 3] }, { now: local('2026-03-02 23:30') });
    stage.live(flowOf({ steps: [send('receipt')] }));
    person(stage, { consent: [] });
    await stage.pass(0);
    expect(subjects(stage)).toEqual(['receipt']);
  });

  test('a night does not make it late, not even with an hour’s tolerance', async () => {
    const stage = stageWith({ quietHours: NIGHT, lateness: { hours: 1, action: 'hold' } }, { now: local('2026-03-02 22:30') });
    stage.live(flowOf({ steps: [send('offer')] }));
    person(stage);
    await stage.pass(DAY);
    expect(states(stage)).toEqual(['offer: sent']);
  });

  const AFTER_THE_HOLD: [string, (stage: SendingStage, contactId: number) => void, string][] = [
    [
      'consent was withdrawn',
      ({ workspace }, contactId) => recordConsent(workspace, { contactId, channel: 'email', given: false, source: 'reply', actor: 'user' }),
      'offer: cancelled consent-withdrawn',
    ],
    [
      'the contact is no longer in the audience',
      ({ workspace }, contactId) => addTagFor(workspace, [{ contactId }], 'bought', { source: 'user' }),
      'offer: cancelled audience',
    ],
    [
      'the cap was met by another flow',
      ({ workspace }) => writeSettings(workspace, { frequencyCap: ONE_A_WEEK }),
      'offer: cancelled frequency-cap',
    ],
    [
      'the contact moved to a zone where it is night',
      ({ workspace }, contactId) => run(workspace.db, `UPDATE contacts SET time_zone = 'America/New_York' WHERE id = ?`, contactId),
      'offer: planned quiet-hours',
    ],
    ['the night was abolished', ({ workspace }) => writeSettings(workspace, { quietHours: null }), 'offer: sent'],
  ];
  test.each(AFTER_THE_HOLD)('everything is asked again after the night: %s (D16)', async (_name, change, expected) => {
    const stage = stageWith({ quietHours: NIGHT }, { now: local('2026-03-02 21:00') });
    stage.live(flowOf({ name: 'Before', steps: [send('news')] }));
    const audience = { kind: 'tag', tag: 'bought', has: false } as const;
    stage.live(flowOf({ name: 'Held', triggers: [onTag('night')], entry: { audience } as never, steps: [send('offer')] }));
    const ada = person(stage);
    await stage.pass(2 * HOUR);
    tagged(stage, ada, 'night');
    await stage.pass(HOUR);
    expect(states(stage)).toEqual(['news: sent', 'offer: planned quiet-hours']);
    change(stage, ada);
    await stage.pass(7 * HOUR);
    expect(states(stage)[1]).toBe(expected);
  });

  test('quiet hours that begin between claim and hand-over are kept', async () => {
    const stage = stageWith(
      { quietHours: NIGHT },
      { now: local('2026-03-02 21:59'), steps: { before: () => stage.workspace.clock.setTo(local('2026-03-02 22:00')) } },
    );
    stage.live(flowOf({ steps: [send('offer')] }));
    person(stage);
    await stage.pass(0);
    expect(states(stage)).toEqual(['offer: planned quiet-hours']);
    await stage.pass(DAY);
    expect(stage.sent.map(({ at }) => at)).toEqual([local('2026-03-03 06:00')]);
  });
});
