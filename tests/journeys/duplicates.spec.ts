// A journey through duplicates: found with reasons, compared side by side, merged by keyboard, taken back from the notice and from
// the list of merges, kept apart, all certain ones at once; and what axe says of it in both themes.
import { expect, test, type Page } from '@playwright/test';
import { axe, machineForEach } from './journey.ts';
import type { Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

let machine: Machine;

machineForEach(async (made, page) => {
  machine = made;
  const people: { email: string; [key: string]: string }[] = [
    { email: 'ada@example.com', first_name: 'Ada', last_name: 'Lund', phone: '+4520123456' },
    { email: 'ada+shop@example.com', first_name: 'Adele', last_name: 'Lund', phone: '+4520123456' },
    { email: 'bo@gmail.com', first_name: 'Bo', last_name: 'Bøgh' },
    { email: 'bo@gmial.com', first_name: 'Bo', last_name: 'Bogh' },
    { email: 'cleo@example.com', first_name: 'Cleo', last_name: 'Dam' },
    { email: 'cleo@elsewhere.example', first_name: 'Cleo', last_name: 'Dam' },
  ];
  for (const values of people) {
    const { id } = await machine.call('contacts.add', { values });
    await machine.call('contacts.tag', { ids: [id], add: [values.email.includes('+') ? 'shop' : 'newsletter'] });
  }
  await page.goto(`${machine.url}&/contacts`);
});

const group = (page: Page, name: string) => page.getByRole('region', { name: new RegExp(name) });

test('two are compared and merged with the keyboard, and taken back from the notice', async ({ page }) => {
  await expect(page.locator('.grid-row')).toHaveCount(6, { timeout: 20_000 });
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Find duplicates' }).click();
  const ada = group(page, 'Ada Lund');
  await expect(ada).toContainText('The same phone number: +4520123456');
  await expect(ada).toContainText('Addresses that differ only after a plus sign');
  await axe(page);
  await ada.getByRole('button', { name: 'Compare and merge' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare and merge' });
  await expect(dialog.getByRole('radio', { name: 'First name: keep Ada', exact: true })).toBeChecked();
  await dialog.getByRole('radio', { name: 'First name: keep Adele' }).focus();
  await page.keyboard.press('Space');
  await expect(dialog.getByRole('radio', { name: 'First name: keep Adele' })).toBeChecked();
  await expect(dialog).toContainText('shop');
  await axe(page);
  await dialog.getByRole('button', { name: 'Merge', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(ada).toBeHidden();
  const merged = await machine.call('contacts.find', { email: 'ada+shop@example.com' });
  expect((await machine.call('contacts.get', merged!)).values).toMatchObject({ email: 'ada@example.com', first_name: 'Adele' });
  await page.getByRole('alert').getByRole('button', { name: 'Undo' }).click();
  await expect(ada).toBeVisible();
  expect((await machine.call('contacts.get', { id: (await machine.call('contacts.find', { email: 'ada@example.com' }))!.id })).values).toMatchObject({ first_name: 'Ada' });
});

test('two that somebody selects in the list are merged by hand', async ({ page }) => {
  await expect(page.locator('.grid-row')).toHaveCount(6, { timeout: 20_000 });
  for (const name of ['Cleo', 'Bo']) await page.locator('.grid-row', { hasText: name }).first().getByRole('checkbox').check();
  await page.getByRole('region', { name: 'Selected contacts' }).getByRole('button', { name: 'Merge', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare and merge' });
  await expect(dialog.getByRole('columnheader').nth(1)).toContainText('Bo');
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(page.locator('.grid-row')).toHaveCount(5);
});

test('all certain ones at once after a look, each taken back by itself; two are kept apart', async ({ page }) => {
  await expect(page.locator('.grid-row')).toHaveCount(6, { timeout: 20_000 });
  await page.evaluate(() => void (location.hash = '#/contacts/duplicates'));
  await expect(page.getByText('Certain (1)')).toBeVisible();
  await page.getByRole('button', { name: 'Merge the certain one' }).click();
  await expect(group(page, 'Cleo Dam')).toBeHidden();
  await page.getByRole('button', { name: 'Merge the certain one' }).click();
  await page.getByRole('dialog', { name: 'Merge this group?' }).getByRole('button', { name: 'Merge', exact: true }).click();
  const past = page.getByRole('dialog', { name: 'Past merges' });
  await expect(past).toContainText('was merged into');
  await axe(page);
  await past.getByRole('button', { name: 'Take back' }).click();
  await expect(past).toContainText('Taken back');
  await page.keyboard.press('Escape');
  await page.getByText('All (').click();
  await group(page, 'Cleo Dam').getByRole('button', { name: 'Not the same person' }).click();
  await expect(group(page, 'Cleo Dam')).toBeHidden();
  expect((await machine.call('duplicates.list', {})).groups.some(({ contacts }) => contacts.some(({ values }) => values['first_name'] === 'Cleo'))).toBe(false);
});
