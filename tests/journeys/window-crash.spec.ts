// F47: the window's process dies in the middle of editing. It comes back with the draft, and sending goes on without it.
import { expect, test } from '@playwright/test';
import { flowSchema, START, type Flow } from '../../shared/flow/flow.ts';
import { openFlow, startMachine, type Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

let machine: Machine;

test.beforeEach(async () => {
  machine = await startMachine();
});
test.afterEach(async () => {
  await machine.close();
});

function flowOf(...steps: Flow['steps']): Flow {
  const edges = steps.map((step, n) => ({ from: n === 0 ? START : steps[n - 1]!.id, outlet: 'next', to: step.id }));
  return flowSchema.parse({ name: 'Welcome', triggers: [{ id: 'added', type: 'contactAdded', config: {} }], steps, edges });
}

test('the draft is there again, five seconds old at the most, and mails leave meanwhile', async ({ page, context }) => {
  const { call } = machine;
  await call('settings.save', { ...(await call('settings.get', {})), postalAddress: 'Tea Street 1, 2100 Copenhagen' });
  const message = await call('messages.create', { name: 'Welcome' });
  await call('messages.save', { ...message, subject: 'Welcome', body: '<p>Tea is ready.</p>' });
  const { id } = await call('flows.create', { name: 'Welcome' });
  const wait = { id: 'wait', type: 'wait', config: { duration: { amount: 2, unit: 'days' } } };
  await call('flows.saveDraft', { flow: id, draft: flowOf(wait, { id: 'mail', type: 'sendEmail', config: { message: message.key } }, { id: 'tag', type: 'addTag', config: { tag: 'welcomed' } }), revision: 1 });
  await call('flows.publish', { flow: id });
  const { id: ada } = await call('contacts.add', { values: { email: 'ada@example.com' } });
  await call('contacts.consent', { id: ada, channel: 'email', given: true, source: 'form' });

  await openFlow(page, machine, id);
  const title = page.getByRole('textbox', { name: 'Name', exact: true });
  await page.locator('.react-flow__node-step').filter({ hasText: 'Add tag' }).click();
  await title.fill('');
  // Typing without a rest, for longer than the draft may be old.
  const began = Date.now();
  let typed = '';
  const typedAt: number[] = [];
  while (Date.now() - began < 7000) {
    typed += 'x';
    await title.press('x');
    typedAt.push(Date.now());
    await page.waitForTimeout(150);
  }
  const savedName = async () => (await call('flows.get', { flow: id })).draft.steps.find((step) => step.id === 'tag')?.name ?? '';
  const crashed = page.waitForEvent('crash');
  const devtools = await context.newCDPSession(page);
  devtools.send('Page.crash').catch(() => undefined);
  await crashed;
  const crashedAt = Date.now();

  await expect.poll(savedName).not.toBe('');
  const saved = await savedName();
  expect(typed.startsWith(saved)).toBe(true);
  expect(saved.length).toBeGreaterThanOrEqual(typedAt.filter((at) => at < crashedAt - 5000).length);
  await machine.passDays(3);
  expect((await call('outbox.list', {})).map(({ state, contactId }) => [state, contactId])).toEqual([['sent', ada]]);

  const again = await context.newPage();
  expect(await openFlow(again, machine, id)).toEqual([]);
  await expect(again.locator('.step-card-title', { hasText: saved })).toBeVisible();
});
