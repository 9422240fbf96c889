// Journeys through the outbox: what waits for a person's decision, and how a decision is taken back.
import { expect, test } from '@playwright/test';
import { axeInBothThemes } from './journey.ts';
import { startMachine, type Machine } from './machine.ts';

let machine: Machine;
let contact: number;
test.beforeEach(async () => {
  machine = await startMachine();
  const flow = (await machine.call('flows.create', { name: 'Reminders' })).id;
  const { draft, revision } = await machine.call('flows.get', { flow });
  const steps = [{ id: 'text', type: 'sendSms', config: { text: 'Your table is waiting.' } }, { id: 'rest', type: 'wait', config: { duration: { amount: 9, unit: 'days' } } }];
  const edges = [['start', 'text'], ['text', 'rest']].map(([from, to]) => ({ from: from!, outlet: 'next', to: to! }));
  await machine.call('flows.saveDraft', { flow, revision, draft: { ...draft, triggers: [{ id: 'hand', type: 'byHand', config: {} }], steps, edges } });
  await machine.call('flows.publish', { flow });
  contact = (await machine.call('contacts.add', { values: { email: 'freja@example.com', phone: '+4520123456' } })).id;
  await machine.call('flows.enroll', { flow, contacts: [contact] });
  await expect.poll(async () => (await machine.call('outbox.list', { state: 'held' })).length).toBe(1);
});
test.afterEach(async () => {
  await machine.close();
});

const stepOf = async () => (await machine.call('contacts.get', { id: contact })).flows[0]?.stepId;

test('a message that shall not be sent is held again by Undo, and can be decided anew', async ({ page }) => {
  await page.goto(`${machine.url}&/outbox`);
  expect(await stepOf()).toBe('text');
  await page.getByRole('button', { name: 'Do not send' }).press('Enter');
  const notice = page.getByRole('alert').filter({ hasText: 'is not sent' });
  await expect(notice).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Not sent: decided by you' })).toHaveCount(1);
  await expect.poll(stepOf).toBe('rest');
  await axeInBothThemes(page);
  await notice.getByRole('button', { name: 'Undo' }).press('Enter');
  await expect(page.getByText(/waits for your decision again.*has gone on in the flow/)).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Held' })).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Send now' })).toBeVisible();
  expect(await stepOf()).toBe('rest');
  // While it was not sent it stood among those that were not, and now it does not.
  await page.getByText('Not sent', { exact: true }).click();
  await expect(page.getByText('No message is in this state.')).toBeVisible();
  await page.evaluate(() => (location.hash = '#/audit'));
  await expect(page.getByText('A dropped message was taken up again')).toBeVisible();
});
