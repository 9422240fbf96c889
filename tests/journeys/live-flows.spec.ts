// Changing a flow while people are inside, in the window: the effect before publishing, the questions, running empty, and who is stuck.
import { expect, test, type Page } from '@playwright/test';
import { flowSchema, START, type Flow } from '../../shared/flow/flow.ts';
import { axe } from './journey.ts';
import { startMachine, type Machine } from './machine.ts';

test.describe.configure({ timeout: 90_000 });

let machine: Machine;

const wait = (id: string, amount: number) => ({ id, type: 'wait', config: { duration: { amount, unit: 'days' } } });
const tag = (id: string) => ({ id, type: 'addTag', config: { tag: id } });

function flowOf(...steps: Flow['steps']): Flow {
  const edges = steps.map((step, n) => ({ from: n === 0 ? START : steps[n - 1]!.id, outlet: 'next', to: step.id }));
  return flowSchema.parse({ name: 'Welcome', triggers: [{ id: 'added', type: 'contactAdded', config: {} }], steps, edges });
}

/** A live flow; five wait at "seven", two have finished, and the draft is another one. */
async function begin(page: Page, draft: Flow): Promise<number> {
  machine = await startMachine();
  const { call } = machine;
  const { id } = await call('flows.create', { name: 'Welcome' });
  const first = await call('flows.saveDraft', { flow: id, draft: flowOf(tag('hello'), wait('seven', 7), tag('done')), revision: 1 });
  await call('flows.publish', { flow: id });
  for (const name of ['ada', 'bo']) await call('contacts.add', { values: { email: `${name}@example.com` } });
  await machine.passDays(8);
  for (const name of ['cy', 'di', 'eve', 'finn', 'gry']) await call('contacts.add', { values: { email: `${name}@example.com` } });
  await machine.passDays(2);
  await call('flows.saveDraft', { flow: id, draft, revision: first.revision });
  await page.goto(`${machine.url}&/flows/${id}`);
  await page.locator('.frame').waitFor();
  return id;
}

test.afterEach(async () => {
  await machine.close();
});

test('before publishing it says what happens to the people inside, and asks about a deleted step and new ones', async ({ page }) => {
  const id = await begin(page, flowOf(tag('hello'), tag('done'), tag('thanks')));
  await page.getByRole('button', { name: 'Publish' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('5 people stand at “Wait”, which is gone, and move to “Add tag”.')).toBeVisible({ timeout: 20_000 });
  await expect(dialog.getByText('Nobody gets a message twice.')).toBeVisible();
  await expect(dialog.getByText('2 people have already gone past the new steps.')).toBeVisible();
  await axe(page);
  await dialog.getByRole('combobox', { name: '“Wait” (deleted): 5 people' }).click();
  await page.getByRole('option', { name: 'leave the flow' }).click();
  await expect(dialog.getByText('5 people stand at “Wait”, which is gone, and leave the flow.')).toBeVisible({ timeout: 20_000 });
  await dialog.getByRole('radio', { name: /^Yes, the new steps alone/ }).check();
  await dialog.getByRole('button', { name: 'Publish version 2' }).click();
  await expect(dialog).toBeHidden();
  await machine.passDays(1);
  const counts = await machine.call('flows.counts', { flow: id });
  expect(counts).toMatchObject({ exited: 5, finished: 4, active: 0, steps: { thanks: { entered: 2 } } });
});

test('a flow runs empty, from its menu', async ({ page }) => {
  const id = await begin(page, flowOf(tag('hello'), wait('seven', 7), tag('done')));
  await page.evaluate(() => (location.hash = '#/flows'));
  await page.getByRole('button', { name: /Welcome/ }).last().click();
  await page.getByRole('menuitem', { name: 'Let it run empty' }).click();
  await expect(page.getByRole('dialog')).toContainText('5 people inside go the way to its end');
  await axe(page);
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Archive the flow' })).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Running empty')).toBeVisible();
  await machine.passDays(8);
  expect((await machine.call('flows.get', { flow: id })).state).toBe('archived');
});

test('nobody is stuck; the palette stops everything', async ({ page }) => {
  await begin(page, flowOf(tag('hello'), wait('seven', 7), tag('done')));
  await page.evaluate(() => (location.hash = '#/errors'));
  await expect(page.getByText('Nobody is stuck.')).toBeVisible();
  await axe(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: /^Search for people/ }).fill('stop all');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await machine.call('runner.status', {})).running).toBe(false);
});

test('what was changed is told in words, of one flow from its menu', async ({ page }) => {
  const id = await begin(page, flowOf(tag('hello'), wait('seven', 7), tag('done')));
  await machine.call('flows.drain', { flow: id, end: 'pause' });
  await page.evaluate(() => (location.hash = '#/flows'));
  await page.getByRole('button', { name: /Welcome/ }).last().click();
  await page.getByRole('menuitem', { name: 'What was changed' }).click();
  await expect(page.getByRole('row', { name: /You Takes nobody in any more Welcome/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /You Version 1 was published Welcome/ })).toBeVisible();
  await axe(page);
});

test('people stay in their version when another is published, and are moved to it later', async ({ page }) => {
  // Three screens, one after the other.
  test.slow();
  const id = await begin(page, flowOf(tag('hello'), tag('done'), tag('thanks')));
  await page.getByRole('button', { name: 'Publish' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /^In version 1, until they leave/ }).check();
  await expect(dialog.getByText('5 people stay in version 1.')).toBeVisible({ timeout: 20_000 });
  // Nothing is asked about the deleted step: it stays for them.
  await expect(dialog.getByRole('combobox', { name: /deleted/ })).toHaveCount(0);
  await axe(page);
  await dialog.getByRole('button', { name: 'Publish version 2' }).click();
  await expect(dialog).toBeHidden();
  const earlier = page.getByRole('button', { name: 'In earlier versions: 5' });
  await earlier.click();
  await expect(page.getByText('Version 1: 5 people')).toBeVisible();
  await axe(page);
  const { rows } = await machine.call('enrollments.list', { flow: id });
  await page.evaluate((contact) => (location.hash = `#/contacts/${contact}`), rows[0]!.contact);
  await expect(page.getByText(/· Version 1/)).toBeVisible();
  await page.getByRole('button', { name: 'What to do in “Welcome”' }).click();
  await page.getByRole('menuitem', { name: 'Move to the current version' }).click();
  const one = page.getByRole('dialog', { name: 'Move to the current version' });
  await expect(one.getByRole('combobox', { name: /\(deleted\): 1 person/ })).toHaveValue('go on to the next step');
  await one.getByRole('button', { name: 'Move to the current version' }).click();
  await expect(page.getByText(/· Version 1/)).toBeHidden();
  // The list of flows tells it, too, and asks before it brings them over.
  await page.evaluate(() => (location.hash = '#/flows'));
  await page.getByRole('row', { name: /Welcome/ }).getByRole('button', { name: 'In earlier versions: 4' }).click();
  const asked = page.getByRole('dialog', { name: 'Move everybody in “Welcome” to the current version?' });
  await expect(asked).toContainText('4 people are in earlier versions.');
  await axe(page);
  await page.keyboard.press('Escape');
  await expect(asked).toBeHidden();
  await page.getByRole('button', { name: 'Actions for Welcome' }).click();
  await page.getByRole('menuitem', { name: 'Move all to the current version' }).click();
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await page.evaluate((flow) => (location.hash = `#/flows/${flow}`), id);
  await page.getByRole('button', { name: 'In earlier versions: 4' }).click();
  await page.getByRole('button', { name: 'Move all to the current version …' }).click();
  // Of the step that the current version does not have it is asked as on publishing.
  const goOn = asked.getByRole('combobox', { name: /\(deleted\): 4 people/ });
  await expect(goOn).toHaveValue('go on to the next step');
  await goOn.click();
  await expect(page.getByRole('option', { name: 'leave the flow' })).toBeVisible();
  await page.getByRole('option', { name: /^move to/ }).last().click();
  await axe(page);
  await asked.getByRole('button', { name: 'Move all to the current version' }).click();
  await expect(page.getByText('4 people go on in the current version.')).toBeVisible();
  await expect(page.getByRole('button', { name: /In earlier versions/ })).toHaveCount(0);
  await machine.passDays(1);
  expect(await machine.call('flows.counts', { flow: id })).toMatchObject({ active: 0, finished: 7, kept: [], steps: { thanks: { entered: 5 } } });
});
