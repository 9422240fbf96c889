// Journeys through the settings: what is typed and not saved is there again, whatever was looked at meanwhile (UX 1.2: work is never lost).
import { expect, test, type Page } from '@playwright/test';
import { axe } from './journey.ts';
import { startMachine, type Machine } from './machine.ts';

let machine: Machine;
test.beforeEach(async () => {
  machine = await startMachine();
});
test.afterEach(async () => {
  await machine.close();
});

const tab = async (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();
const rail = async (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
const settings = () => machine.call('settings.get', {});

test('sending rules that are not saved outlive another tab and another screen, and are saved or thrown away', async ({ page }) => {
  await page.goto(`${machine.url}&/settings/rules`);
  await page.getByRole('switch', { name: 'Limit how much one person gets' }).click();
  await page.getByRole('textbox', { name: 'Messages at the most' }).fill('7');
  await expect(page.getByText('Not saved yet')).toBeVisible();
  await axe(page);
  await tab(page, 'Workspace');
  await expect(page.getByText('Not saved yet')).toHaveCount(0);
  // Something else of the same settings is changed meanwhile, and is not overwritten.
  await page.getByRole('textbox', { name: 'Postal address' }).fill('Havnegade 1, 8000 Aarhus');
  await page.keyboard.press('Control+s');
  await expect.poll(async () => (await settings()).postalAddress).toBe('Havnegade 1, 8000 Aarhus');
  await rail(page, 'Contacts');
  await rail(page, 'Settings');
  await tab(page, 'Sending rules');
  await expect(page.getByRole('textbox', { name: 'Messages at the most' })).toHaveValue('7');
  await page.keyboard.press('Control+s');
  await expect.poll(async () => (await settings()).frequencyCap).toEqual({ messages: 7, days: 7 });
  await expect(page.getByText('Not saved yet')).toBeHidden();
  expect((await settings()).postalAddress).toBe('Havnegade 1, 8000 Aarhus');

  await page.getByRole('switch', { name: /^Quiet hours/ }).click();
  await page.getByRole('button', { name: 'Discard changes' }).click();
  await expect(page.getByRole('switch', { name: /^Quiet hours/ })).not.toBeChecked();
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  await tab(page, 'Workspace');
  await tab(page, 'Sending rules');
  await expect(page.getByRole('switch', { name: /^Quiet hours/ })).not.toBeChecked();
  await expect(page.getByRole('textbox', { name: 'Messages at the most' })).toHaveValue('7');
});

test('what is changed elsewhere shows, but not over what is being typed', async ({ page }) => {
  await page.goto(`${machine.url}&/settings/workspace`);
  await page.getByRole('textbox', { name: 'Name' }).fill('Nordic Coffee');
  await machine.call('settings.save', { ...(await settings()), postalAddress: 'Strandvej 2' });
  await expect(page.getByRole('textbox', { name: 'Postal address' })).toHaveValue('Strandvej 2');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Nordic Coffee');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(async () => (await settings()).name).toBe('Nordic Coffee');
  expect((await settings()).postalAddress).toBe('Strandvej 2');
});

test('an account, a retention rule and a block list in the making are still there; a password is not kept, and Cancel throws away', async ({ page }) => {
  await page.goto(`${machine.url}&/settings/sending`);
  await page.getByRole('button', { name: 'Add account' }).click();
  const account = page.getByRole('dialog', { name: 'Add account' });
  await account.getByRole('textbox', { name: 'Server' }).fill('smtp.nordictea.example');
  await account.getByRole('textbox', { name: 'Password' }).fill('geheim');
  await page.keyboard.press('Escape');
  await expect(account).toBeHidden();

  await tab(page, 'Privacy');
  await page.getByRole('switch', { name: 'Do not keep contacts for ever' }).click();
  await page.getByRole('textbox', { name: /months/i }).fill('18');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('dialog').getByRole('textbox').first().fill('block@example.com');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();

  await tab(page, 'Sending');
  await page.getByRole('button', { name: 'Add account' }).click();
  await expect(account.getByRole('textbox', { name: 'Server' })).toHaveValue('smtp.nordictea.example');
  await expect(account.getByRole('textbox', { name: 'Password' })).toHaveValue('');
  await account.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Add account' }).click();
  await expect(account.getByRole('textbox', { name: 'Server' })).toHaveValue('');
  await page.keyboard.press('Escape');
  await expect(account).toBeHidden();

  await tab(page, 'Privacy');
  await expect(page.getByRole('textbox', { name: /months/i })).toHaveValue('18');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('dialog').getByRole('textbox').first()).toHaveValue('block@example.com');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('Control+s');
  await expect.poll(async () => (await machine.call('retention.get', {})).months).toBe(18);
});
