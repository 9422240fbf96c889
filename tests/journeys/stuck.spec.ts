// People who are stuck, in the window: seen from the list of flows, and dealt with one by one, some together, of one flow or of several,
// without a mouse; and what axe says of it in either theme.
import { expect, test } from '@playwright/test';
import Database from 'better-sqlite3';
import { flowSchema, START } from '../../shared/flow/flow.ts';
import { axeInBothThemes, machineForEach } from './journey.ts';
import { JOURNEY_NOW, type Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

let machine: Machine;
let club: number;
let shop: number;

machineForEach(async (made) => {
  machine = made;
  const wait = (id: string, name: string) => ({ id, type: 'wait', name, config: { duration: { amount: 9, unit: 'days' } } });
  const edges = [{ from: START, outlet: 'next', to: 'first' }, { from: 'first', outlet: 'next', to: 'second' }];
  const make = async (name: string, first: string, second: string) => {
    const { id } = await machine.call('flows.create', { name });
    await machine.call('flows.saveDraft', { flow: id, revision: 1, draft: flowSchema.parse({ name, triggers: [{ id: 'hand', type: 'byHand', config: {} }], steps: [wait('first', first), wait('second', second)], edges }) });
    await machine.call('flows.publish', { flow: id });
    return id;
  };
  club = await make('Club', 'A week', 'A month');
  shop = await make('Shop', 'A day', 'A year');
  const contacts: number[] = [];
  for (const name of ['ada', 'bo', 'cy', 'di']) contacts.push((await machine.call('contacts.add', { values: { email: `${name}@example.com` } })).id);
  await machine.call('flows.enroll', { flow: club, contacts });
  await machine.call('flows.enroll', { flow: shop, contacts: contacts.slice(0, 2) });
  await machine.passDays(0.1);
  // No step fails by what a person can write: the file is told that three did in the one flow, at two steps, and two in the other.
  const { file } = (await machine.call('workspace.current', {}))!;
  const db = new Database(file);
  const fail = db.prepare(`UPDATE enrollments SET state = 'failed', step_id = ?, failure = ?, failed_at = ?, attempts = 3, due_at = NULL WHERE flow_id = ? AND contact_id = ?`);
  fail.run('first', 'first: The list is gone', JOURNEY_NOW, club, contacts[0]);
  fail.run('first', 'first: The list is gone', JOURNEY_NOW, club, contacts[1]);
  fail.run('second', 'second: No such place', JOURNEY_NOW, club, contacts[2]);
  for (const contact of contacts.slice(0, 2)) fail.run('first', 'first: Not now', JOURNEY_NOW, shop, contact);
  db.close();
});

const stuck = async () => (await machine.call('errors.list', {})).rows.map(({ email, flowName, step }) => `${email} ${flowName} ${step}`).toSorted();

test('the list of flows says how many are stuck, and leads to them', async ({ page }) => {
  await page.goto(`${machine.url}&/flows`);
  const row = page.getByRole('row').filter({ hasText: 'Club' });
  await expect(row.getByRole('link', { name: 'Stuck: 3' })).toBeVisible();
  await axeInBothThemes(page);
  await row.getByRole('link', { name: 'Stuck: 3' }).press('Enter');
  await expect(page.getByRole('radio', { name: 'Stuck (3)' })).toBeChecked();
  await expect(page.getByRole('row').filter({ hasText: 'example.com' })).toHaveCount(3);
  await expect(page).toHaveURL(new RegExp(`#/flows/${club}/failed$`));
});

test('those of one flow, of one step, some of them, and of several flows', async ({ page }) => {
  await page.goto(`${machine.url}&/errors`);
  const rows = page.getByRole('row').filter({ hasText: 'example.com' });
  await expect(rows).toHaveCount(5);
  const ofFlow = page.getByRole('combobox', { name: 'Of which flow' });
  await ofFlow.click();
  await page.getByRole('option', { name: 'Club' }).click();
  await expect(rows).toHaveCount(3);
  const atStep = page.getByRole('combobox', { name: 'At which step' });
  await atStep.click();
  await page.getByRole('option', { name: 'A week (2)' }).click();
  await expect(rows).toHaveCount(2);

  await page.getByRole('checkbox', { name: 'Select ada@example.com' }).press('Space');
  const bar = page.getByRole('region', { name: 'Selected people' });
  await expect(bar).toContainText('1 selected');
  await axeInBothThemes(page);
  await bar.getByRole('button', { name: 'Leave the step out' }).press('Enter');
  await expect(page.getByText('Done for 1 person.')).toBeVisible();
  await expect(rows).toHaveCount(1);
  await expect.poll(stuck).toEqual(['ada@example.com Shop first', 'bo@example.com Club first', 'bo@example.com Shop first', 'cy@example.com Club second']);

  // The one at hand, from its own line.
  await rows.getByRole('button', { name: 'Try again' }).press('Enter');
  await expect(page.getByText('Nobody of these stands at this step.')).toBeVisible();

  // Of two flows together, all that there are.
  await ofFlow.click();
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(rows).toHaveCount(3);
  await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
  await bar.getByRole('button', { name: 'Take out of the flow' }).click();
  const asking = page.getByRole('dialog', { name: 'Take 3 people out of the flow' });
  await asking.getByRole('textbox', { name: 'Reason (optional)' }).fill('Cleared up');
  await axeInBothThemes(page);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nobody is stuck.', { exact: false })).toBeVisible();
  expect(await stuck()).toEqual([]);
  expect((await machine.call('enrollments.list', { flow: shop, state: 'left' })).rows.map(({ exitReason }) => exitReason)).toEqual(['Cleared up', 'Cleared up']);
});
