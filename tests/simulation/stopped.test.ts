// A message that does not leave is told by the simulation whoever has stopped it: the gates at its moment, or an opt-out before (FEATURES D14).
import { expect, test } from 'vitest';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { allMessages, saveMessage } from '../../src-main/store/messages.ts';
import { writeSettings } from '../../src-main/store/settings.ts';
import { byHand, flowOf, mail } from '../runner/story.ts';
import { planFor, shop, simulated } from './simulation-fixture.ts';

test('what was planned for whoever opts out is among what did not leave', async () => {
  const { workspace, flow } = shop(2, flowOf({ triggers: [byHand], steps: [mail('reminder')] }));
  writeSettings(workspace, { quietHours: { from: '08:00', to: '20:00' } });
  saveMessage(workspace, { key: 'receipt', name: 'receipt', channel: 'email', purpose: 'transactional', subject: 'receipt', preheader: '', body: '<p>x</p>' });
  const receipts = flowOf({ triggers: [byHand], steps: [mail('receipt')] });
  const other = insertFlow(workspace, receipts);
  publish(workspace, other, receipts, allMessages(workspace));
  await flowHandlers(workspace)['flows.enroll']({ flow: other, contacts: [1], rule: null });
  const { outcomes, steps, days } = await simulated(workspace, planFor(flow, { days: 2, assume: { messages: { receipt: { optedOut: 1, openedHours: 1 } } } }));
  expect(outcomes).toEqual([
    { message: 'reminder', step: 'reminder', state: 'cancelled', reason: 'consent-withdrawn', count: 1 },
    { message: 'reminder', step: 'reminder', state: 'sent', reason: null, count: 1 },
  ]);
  expect(steps['reminder']).toMatchObject({ sent: 1, stopped: 1 });
  expect(days.reduce((sum, { stopped }) => sum + stopped, 0)).toBe(1);
});
