// Stories about lateness: a computer that slept for weeks sends nothing stale, and what Kanal has put off by itself is not late
// (FEATURES A2.15; FAULTS F14, F16).
import { describe, expect, test } from 'vitest';
import type { Settings } from '../../shared/api.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { DAY, HOUR, parseInstant } from '../../shared/time.ts';
import type { ResumeChoice } from '../../shared/flow/resuming.ts';
import { decide } from '../../src-main/runner/outbox-decide.ts';
import { pause, publish } from '../../src-main/runner/publishing.ts';
import { resumeSome } from '../../src-main/runner/resuming.ts';
import { flowOf, tag, wait } from '../runner/story.ts';
import { TEST_NOW } from '../workspace-fixture.ts';
import { MESSAGES, type SendingStage } from './sending-stage.ts';
import { person, send, stageWith, states, subjects } from './sending-story.ts';

const local = (text: string, zone = 'Europe/Copenhagen') => parseInstant(text, zone)!;
const NIGHT = { from: '22:00', to: '06:00' };

describe('a computer that slept three weeks (F14)', () => {
  const asleep = 21 * DAY;
  async function wakesUp(settings: Partial<Settings>, config: Record<string, unknown> = {}): Promise<SendingStage> {
    const stage = stageWith(settings);
    stage.live(flowOf({ steps: [wait('w', 1), send('offer', config), wait('w2', 1), send('news')] }));
    for (let n = 0; n < 40; n++) person(stage, { email: `p${n}@example.dk` });
    await stage.pass(HOUR);
    await stage.sleep(asleep);
    return stage;
  }
  const tallied = (stage: SendingStage) =>
    Object.fromEntries(Object.entries(Object.groupBy(states(stage), (state) => state)).map(([state, list]) => [state, list!.length]));

  test('mass-sends nothing: what is late is held for a person, who can still send it', async () => {
    const stage = await wakesUp({});
    expect(stage.sent).toEqual([]);
    expect(tallied(stage)).toEqual({ 'offer: held late': 40 });
    await stage.pass(3 * DAY);
    expect(stage.sent).toEqual([]);
    decide(stage.workspace, 1, 'resend');
    await stage.pass(0);
    expect(subjects(stage)).toEqual(['offer']);
    await stage.pass(2 * DAY);
    expect(subjects(stage), 'what follows waits from then on').toEqual(['offer', 'news']);
  });

  test('skips by the rule of the workspace; what follows waits from now on and is not late', async () => {
    const stage = await wakesUp({ lateness: { hours: 24, action: 'skip' } });
    expect(tallied(stage)).toEqual({ 'offer: cancelled late': 40 });
    await stage.pass(2 * DAY);
    expect(tallied(stage)).toEqual({ 'offer: cancelled late': 40, 'news: sent': 40 });
    expect(new Set(stage.sent.map(({ at }) => at))).toEqual(new Set([TEST_NOW + HOUR + asleep + DAY]));
  });

  test.each([
    [{ late: 'send' }, 'offer: sent'],
    [{ late: 'hold', lateHours: 24 * 22 }, 'offer: sent'],
    [{ late: 'skip', lateHours: 24 * 19 }, 'offer: cancelled late'],
  ])('the step has the last word: %j', async (config, expected) => {
    expect(tallied(await wakesUp({}, config))).toEqual({ [expected]: 40 });
  });

  test('what follows at once is as late as what was skipped', async () => {
    const stage = stageWith({ lateness: { hours: 24, action: 'skip' } });
    stage.live(flowOf({ steps: [wait('w', 1), send('offer'), tag('t'), send('news')] }));
    person(stage);
    await stage.pass(HOUR);
    await stage.sleep(asleep);
    expect(states(stage)).toEqual(['offer: cancelled late', 'news: cancelled late']);
  });

  test('a message that waited for the end of the night when it fell asleep is late all the same', async () => {
    const stage = stageWith({ quietHours: NIGHT }, { now: local('2026-03-02 23:00') });
    stage.live(flowOf({ steps: [send('offer')] }));
    person(stage);
    await stage.pass(HOUR);
    await stage.sleep(asleep + 12 * HOUR);
    expect(states(stage)).toEqual(['offer: held late']);
  });

  test('a clock that was set to the year 2030 sends nothing either (F16)', async () => {
    const stage = stageWith({ quietHours: NIGHT });
    stage.live(flowOf({ steps: [wait('w', 2), send('offer')] }));
    for (let n = 0; n < 10; n++) person(stage, { email: `p${n}@example.dk` });
    await stage.pass(HOUR);
    await stage.sleep(1500 * DAY + 4 * HOUR);
    expect(stage.sent).toEqual([]);
    expect(tallied(stage)).toEqual({ 'offer: held late': 10 });
  });

  test('a server that asks to wait does not make it late; a network that is gone does', async () => {
    const later = { result: 'failed', temporary: true, scope: 'recipient', code: '4.2.0', response: '450' } as const;
    let answers = 3;
    const stage = stageWith({ lateness: { hours: 1, action: 'hold' } }, { steps: { before: () => (answers-- > 0 ? later : undefined) } });
    stage.live(flowOf({ steps: [send('offer')] }));
    person(stage);
    await stage.pass(3 * DAY);
    expect(states(stage)).toEqual(['offer: sent']);
    const gone = { result: 'failed', temporary: true, scope: 'network', code: 'refused', response: '' } as const;
    const offline = stageWith({}, { steps: { before: () => (offline.workspace.clock.now() < TEST_NOW + 2 * DAY ? gone : undefined) } });
    offline.live(flowOf({ steps: [send('offer')] }));
    person(offline);
    await offline.pass(3 * DAY);
    expect(states(offline)).toEqual(['offer: held late']);
  });
});

describe('D5: a flow that was paused for three weeks goes on', () => {
  async function resumed(choice: ResumeChoice, config: Record<string, unknown> = {}, edited?: Flow): Promise<SendingStage> {
    const stage = stageWith({});
    const flow = stage.live(flowOf({ steps: [wait('w', 1), send('offer', config), wait('w2', 1), send('news')] }));
    person(stage);
    await stage.pass(HOUR);
    pause(stage.workspace, flow);
    await stage.pass(21 * DAY);
    if (edited !== undefined) publish(stage.workspace, flow, edited, MESSAGES);
    expect(resumeSome(stage.workspace, flow, choice)).toBe(true);
    await stage.pass(0);
    return stage;
  }

  test('rule: what is late is held, as after a sleep', async () => {
    expect(states(await resumed('rule'))).toEqual(['offer: held late']);
  });

  test('rule: an edit just before makes nothing less late', async () => {
    const edited = flowOf({ steps: [wait('w', 36, 'hours'), send('offer'), wait('w2', 1), send('news')] });
    expect(states(await resumed('rule', {}, edited))).toEqual(['offer: held late']);
  });

  test('send: what was overdue leaves, and what follows waits from then on', async () => {
    const stage = await resumed('send');
    expect(states(stage)).toEqual(['offer: sent']);
    await stage.pass(DAY);
    expect(stage.sent.map(({ subject, at }) => [subject, at])).toEqual([
      ['offer', TEST_NOW + HOUR + 21 * DAY],
      ['news', TEST_NOW + HOUR + 22 * DAY],
    ]);
  });

  test('send means what was overdue then: a sleep after it makes late again', async () => {
    const stage = await resumed('send');
    await stage.sleep(10 * DAY);
    expect(states(stage)).toEqual(['offer: sent', 'news: held late']);
  });

  test('skip: what was overdue is left out with its own reason, and its people go on', async () => {
    const stage = await resumed('skip', { late: 'send' });
    expect(states(stage)).toEqual(['offer: cancelled skipped-on-resume']);
    await stage.pass(DAY);
    expect(states(stage)).toEqual(['offer: cancelled skipped-on-resume', 'news: sent']);
  });
});
