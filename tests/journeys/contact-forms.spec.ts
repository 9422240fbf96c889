// The small forms about contacts: what is wrong stands beside the field that it is about, and a file has the columns that were
// chosen, in the order that was chosen.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { startMachine, type Machine } from './machine.ts';

let machine: Machine;

async function begin(page: Page, address: string): Promise<void> {
  machine = await startMachine({ locale: 'da-DK' });
  await machine.call('contacts.add', { values: { email: 'ada@firma.dk', first_name: 'Ada', last_name: 'Ek' } });
  await page.goto(`${machine.url}&${address}`);
  await page.locator('.frame').waitFor();
}

test.afterEach(async () => {
  await machine.close();
});

test('the palette opens from a field, too', async ({ page }) => {
  await begin(page, '/contacts');
  await page.keyboard.press('Control+f');
  await expect(page.getByRole('searchbox', { name: 'Search by name or e-mail' })).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Search for people, flows and commands').fill('duplicates');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('an address that is none is said beside its field, and what was typed stays', async ({ page }) => {
  await begin(page, '/contacts');
  await page.getByRole('button', { name: 'Add contact' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'First name' }).fill('Bo');
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('bo at firma.dk');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('textbox', { name: 'E-mail' })).toHaveAccessibleDescription(/has no @, so it is not an e-mail address/);
  await expect(dialog.getByRole('textbox', { name: 'First name' })).toHaveValue('Bo');
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('bo@firma.dk');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Bo', exact: true })).toBeVisible();
});

test('a file is written with the columns that were chosen, in their order, tags and consent among them; a profile keeps it', async ({ page }) => {
  await begin(page, '/contacts');
  const folder = mkdtempSync(join(tmpdir(), 'kanal-export-'));
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Export contacts' }).click();
  await page.getByRole('radio', { name: 'Other programs' }).check();
  await page.getByRole('checkbox', { name: 'All columns' }).uncheck();
  await page.getByRole('button', { name: 'Move E-mail back' }).click();
  await page.getByRole('checkbox', { name: 'Last name' }).uncheck();
  await page.getByRole('checkbox', { name: 'Consent to SMS' }).check();
  // Escape leaves the inner dialog, and what was chosen in the outer one stays.
  await page.getByRole('button', { name: 'Keep as …' }).click();
  await page.getByRole('dialog', { name: /under a name/ }).waitFor();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: /under a name/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Keep as …' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('For the printer');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Profile' })).toHaveValue('For the printer');
  await page.getByRole('textbox', { name: 'Write to' }).fill(join(folder, 'people.csv'));
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByText('1 contact is written to:')).toBeVisible();
  expect(readFileSync(join(folder, 'people.csv'), 'utf8').split('\r\n')[0]).toBe('first_name,email,tags,email_consent,sms_consent');
  expect((await machine.call('exports.profiles', {})).map(({ columns }) => columns)).toEqual([['first_name', 'email', 'tags', 'email_consent', 'sms_consent']]);
  rmSync(folder, { recursive: true });
});
