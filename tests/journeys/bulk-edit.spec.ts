// Journeys through changing many contacts at once: looked at before, done, taken back weeks later; attributes with their choices;
// companies renamed; with the mouse, with the keyboard alone, and what axe says in both themes.
import { expect, test, type Page } from '@playwright/test';
import { axeInBothThemes, machineForEach } from './journey.ts';
import type { Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

let machine: Machine;

machineForEach(async (made) => {
  machine = made;
  await machine.call('attributes.add', { key: 'size', label: 'Size', kind: 'choice', choices: ['S', 'M', 'L'] });
  for (const [name, size, company] of [['Ada', 'S', 'Tea'], ['Ben', 'L', 'TEA'], ['Cleo', 'S', 'Jam']] as const) {
    await machine.call('contacts.add', { values: { email: `${name.toLowerCase()}@example.com`, first_name: name, size, company } });
  }
});

const values = async (key: string) => (await machine.call('contacts.list', { sort: { attribute: 'email', descending: false } })).rows.map((row) => row.values[key] ?? null);
const go = (page: Page, address: string) => page.evaluate((hash) => void (location.hash = hash), `#${address}`);

test('some are ticked, the change is looked at, done, and taken back weeks later, but for what a person did since', async ({ page }) => {
  await page.goto(`${machine.url}&/contacts`);
  await expect(page.locator('.grid-row')).toHaveCount(3);
  for (const name of ['ada', 'ben']) await page.locator('.grid-row', { hasText: name }).locator('input[type=checkbox]').check({ force: true });
  await page.getByRole('region', { name: 'selection' }).or(page.locator('.bulk-bar')).getByRole('button', { name: 'Edit …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change many contacts' });
  await expect(dialog.getByRole('radio', { name: 'The 2 selected' })).toBeChecked();
  await dialog.getByRole('combobox', { name: 'Attribute' }).click();
  await page.getByRole('option', { name: 'Size' }).click();
  await dialog.getByRole('combobox', { name: 'Value' }).or(dialog.getByRole('textbox', { name: 'Value' })).fill('L');
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Another change' }).click();
  const second = dialog.getByRole('group', { name: 'Change' }).nth(1);
  await second.getByRole('combobox', { name: 'What to do' }).click();
  await page.getByRole('option', { name: 'Add a tag' }).click();
  await second.getByRole('combobox', { name: 'Tag' }).or(second.getByRole('textbox', { name: 'Tag' })).fill('fair');
  await axeInBothThemes(page);
  await dialog.getByRole('button', { name: 'Show what happens' }).click();
  await expect(dialog.getByText('2 change', { exact: true })).toBeVisible();
  await expect(dialog.getByText('Size becomes L: 1')).toBeVisible();
  await expect(dialog.getByRole('row', { name: /ada@example\.com/ })).toContainText('Size: S → L');
  expect(await values('size')).toEqual(['S', 'L', 'S']);
  await axeInBothThemes(page);
  await dialog.getByRole('button', { name: 'Change 2 contacts' }).click();
  await expect(dialog.getByText('2 contacts were changed, 0 skipped.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  expect(await values('size')).toEqual(['L', 'L', 'S']);

  await machine.passDays(30);
  const { id } = (await machine.call('contacts.find', { email: 'ada@example.com' }))!;
  await machine.call('contacts.update', { id, values: { size: 'M' } });
  await go(page, '/contacts/edits');
  const row = page.getByRole('row', { name: /Size becomes L/ });
  await expect(row).toContainText('2 changed, 0 skipped');
  await row.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('dialog', { name: 'Undo this change?' }).getByRole('button', { name: 'Undo' }).click();
  const report = page.getByRole('dialog', { name: 'What was taken back' });
  await expect(report).toContainText('Size was changed again later, and stays as it is.');
  await page.keyboard.press('Escape');
  await expect(row).toContainText('Taken back, but for 1 contact');
  expect(await values('size')).toEqual(['M', 'L', 'S']);
  expect((await machine.call('contacts.list', {})).rows.flatMap(({ tags }) => tags)).toEqual([]);
  await axeInBothThemes(page);
});

test('a tag for all who are ticked, with a notice that takes it back', async ({ page }) => {
  await page.goto(`${machine.url}&/contacts`);
  await page.locator('.grid-row', { hasText: 'ada' }).locator('input[type=checkbox]').check({ force: true });
  await page.getByRole('button', { name: 'Add a tag' }).click();
  await page.keyboard.type('vip');
  await page.keyboard.press('Enter');
  const notice = page.getByRole('alert').filter({ hasText: '“vip” is on 1 person now.' });
  await expect(notice).toBeVisible();
  await notice.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('1 contact has back what it had.')).toBeVisible();
  expect((await machine.call('contacts.list', {})).rows.flatMap(({ tags }) => tags)).toEqual([]);
});

test('attributes by the keyboard alone: added, choices edited with the contacts following, removed', async ({ page }) => {
  await page.goto(`${machine.url}&/contacts/attributes`);
  await page.getByRole('button', { name: 'Add attribute' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('Fødselsdag');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row', { name: /Fødselsdag fodselsdag/ })).toBeVisible();
  await page.getByRole('button', { name: 'More for Size' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Choices …' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Choices of Size' });
  const small = dialog.getByRole('group', { name: 'S', exact: true });
  await expect(small).toContainText('2 contacts');
  await small.getByRole('textbox').focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('Small');
  await dialog.getByRole('button', { name: 'Remove L' }).focus();
  await page.keyboard.press('Enter');
  await dialog.getByRole('combobox', { name: 'Where its contacts go' }).click();
  await page.getByRole('option', { name: 'Removed; becomes M' }).click();
  await axeInBothThemes(page);
  await dialog.getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('3 contacts followed.')).toBeVisible();
  expect(await values('size')).toEqual(['Small', 'M', 'Small']);
  await page.getByRole('button', { name: 'More for Fødselsdag' }).click();
  await page.getByRole('menuitem', { name: 'Remove …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('row', { name: /Fødselsdag/ })).toHaveCount(0);
  await axeInBothThemes(page);
});

test('a company is one however it is written; described, renamed, and taken back', async ({ page }) => {
  await page.goto(`${machine.url}&/companies`);
  await page.getByRole('link', { name: 'Tea', exact: true }).or(page.getByRole('link', { name: 'TEA', exact: true })).click();
  await expect(page.getByRole('heading', { name: 'People (2)' })).toBeVisible();
  await page.getByRole('textbox', { name: 'City' }).fill('Aarhus');
  await page.keyboard.press('Enter');
  await axeInBothThemes(page);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Rename …' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Nordic Tea');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Nordic Tea' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'City' })).toHaveValue('Aarhus');
  const notice = page.getByRole('alert').filter({ hasText: '2 contacts were changed.' });
  await expect(notice).toBeVisible();
  expect(await values('company')).toEqual(['Nordic Tea', 'Nordic Tea', 'Jam']);
  await notice.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => values('company')).toEqual(['Tea', 'TEA', 'Jam']);
  await expect(page.getByText('2 contacts have back what they had.')).toBeVisible({ timeout: 20_000 });
  await go(page, '/companies');
  await expect(page.getByRole('row', { name: /Aarhus/ })).toContainText('2', { timeout: 20_000 });
  await axeInBothThemes(page);
});
