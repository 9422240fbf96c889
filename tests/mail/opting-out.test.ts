// Whoever opts out is not kept as one who will be written to (FEATURES D14).
import { afterEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../shared/api.ts';
import type { Step } from '../../shared/flow/flow.ts';
import { DAY } from '../../shared/time.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { row } from '../../src-main/store/database.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { flowOf, tag } from '../runner/story.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { sendingStage, type SendingStage } from './sending-stage.ts';

const ONE_A_WEEK = { messages: 1, days: 7 };
const open: SendingStage[] = [];
afterEach(async () => {
  for (const stage of open.splice(0)) await stage.close();
});

function stageWith(settings: Partial<Settings>): SendingStage {
  const stage = sendingStage(settings);
  open.push(stage);
  return stage;
}

const send = (message: string, config: Record<string, unknown> = {}): Step => ({ id: message, type: 'sendEmail', config: { message, ...config } });
const person = (stage: SendingStage) => addContact(stage.workspace, { email: 'ada@example.dk', consent: ['email'] });
const states = (stage: SendingStage) => stage.ledger().map(({ message, state, reason }) => `${message}: ${state}${reason === null ? '' : ` ${reason}`}`);

describe('D14: whoever opts out while their message waits', () => {
  const flow = flowOf({ steps: [send('welcome'), send('offer', { cap: 'hold', capWait: { amount: 30, unit: 'days' } }), tag('after')] });
  test.each<[string, (stage: SendingStage, contact: number) => void, string]>([
    ['consent is withdrawn', (stage, contactId) => void recordConsent(stage.workspace, { contactId, channel: 'email', given: false, source: 'form', actor: 'user' }), 'consent-withdrawn'],
    ['the address is suppressed', (stage) => void addSuppression(stage.workspace, { channel: 'email', address: 'ada@example.dk', reason: 'asked', source: 'user' }), 'suppressed'],
  ])('%s: it is cancelled at once, and they have left', async (_, optOut, reason) => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK });
    stage.live(flow);
    const ada = person(stage);
    await stage.pass(DAY);
    expect(states(stage)).toEqual(['welcome: sent', 'offer: planned waiting-for-slot']);
    optOut(stage, ada);
    await stage.pass(0);
    expect(states(stage)).toEqual(['welcome: sent', `offer: cancelled ${reason}`]);
    expect(row(stage.workspace.db, 'SELECT exit_reason AS reason, left_at AS at FROM enrollments')).toEqual({ reason: 'opted-out', at: TEST_NOW + DAY });
  });

  test('another channel or topic is nothing to it: it waits as long as before, and is no later', async () => {
    const stage = stageWith({ frequencyCap: ONE_A_WEEK, lateness: { hours: 1, action: 'skip' } });
    stage.live(flow);
    const ada = person(stage);
    await stage.pass(DAY);
    const before = row(stage.workspace.db, `SELECT due_at, meant_at, capped_at, state, reason FROM outbox WHERE message = 'offer'`);
    recordConsent(stage.workspace, { contactId: ada, channel: 'sms', given: false, source: 'form', actor: 'user' });
    await stage.pass(0);
    expect(row(stage.workspace.db, `SELECT due_at, meant_at, capped_at, state, reason FROM outbox WHERE message = 'offer'`)).toEqual(before);
    await stage.pass(10 * DAY);
    expect(stage.sent.map(({ subject, at }) => [subject, (at - TEST_NOW) / DAY])).toEqual([['welcome', 0], ['offer', 7]]);
  });
});
