// A journey through what people may ask for: topics to agree to, a domain never to be written to, how long people are kept, a report
// of all that is known, and to be erased; and what axe says of it in both themes.
import { existsSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { axe, machineForEach } from './journey.ts';
import type { Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

let machine: Machine;
let ada: number;

machineForEach(async (made) => {
  machine = made;
  ({ id: ada } = await machine.call('contacts.add', { values: { email: 'ada@example.com', phone: '+4520123456', first_name: 'Ada', company: 'Lund Tea' } }));
  await machine.call('contacts.add', { values: { email: 'bo@rival.example', first_name: 'Bo' } });
});

const settings = (page: Page) => page.goto(`${machine.url}&/settings/privacy`);

for (const colorScheme of ['light', 'dark'] as const) {
  test(`topics, a domain that is never written to, and a look at how long people are kept (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await settings(page);
    await page.getByRole('button', { name: 'Add a topic' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Island news');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('cell', { name: 'Island news' })).toBeVisible();

    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Never write to these again' });
    await dialog.getByLabel('Addresses').fill('*@rival.example\nnonsense');
    await axe(page);
    await dialog.getByRole('button', { name: 'Never write to them' }).click();
    await expect(dialog.getByRole('alert')).toContainText('nonsense');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('*@rival.example')).toBeVisible();
    expect((await machine.call('contacts.find', { email: 'bo@rival.example' }))?.id).toBeGreaterThan(0);

    await machine.passDays(400);
    await page.getByRole('switch', { name: 'Do not keep contacts for ever' }).press('Space');
    await page.getByRole('textbox', { name: 'Months' }).fill('12');
    await expect(page.getByText('Today that would be 2 contacts')).toBeVisible({ timeout: 15_000 });
    await axe(page);
  });

  test(`consent by topic, a report of all that is known, and to be erased (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await machine.call('topics.save', { name: 'Island news' });
    await page.goto(`${machine.url}&/contacts/${ada}`);
    await page.getByText('Island news:').locator('..').getByRole('button', { name: 'Record consent' }).click();
    const consent = page.getByRole('dialog');
    await consent.getByLabel('Where it comes from').fill('fair in Odense');
    await axe(page);
    await consent.getByRole('button', { name: 'Record consent' }).click();
    await expect(page.getByText('Island news: consent given', { exact: true })).toBeVisible();
    // The topic by its name, not by its key.
    await expect(page.locator('.timeline')).toContainText('Gave consent: E-mail, Island news');
    await expect(page.locator('.timeline')).not.toContainText('island_news');

    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Access report …' }).click();
    const report = page.getByRole('dialog', { name: 'All that is known of a person' });
    await axe(page);
    await report.getByRole('button', { name: 'Write the report' }).click();
    await expect(report.getByRole('status')).toBeVisible({ timeout: 20_000 });
    const file = await report.locator('pre, code').first().innerText();
    expect(file).toMatch(/\.pdf$/);
    expect(existsSync(file)).toBe(true);
    await report.getByRole('button', { name: 'Close', exact: true }).last().click();

    await page.getByRole('link', { name: 'Open the company Lund Tea' }).click();
    await expect(page.getByRole('heading', { name: 'Lund Tea' }).first()).toBeVisible();
    await page.goBack();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Erase …' }).click();
    const erase = page.getByRole('dialog', { name: 'Erase for good' });
    await expect(erase).toContainText('name nobody');
    await axe(page);
    await erase.getByRole('button', { name: 'Erase', exact: true }).click();
    await expect(page.locator('.grid-row')).toHaveCount(1, { timeout: 20_000 });
    expect(await machine.call('contacts.find', { email: 'ada@example.com' })).toBeNull();
    await page.evaluate(() => (window.location.hash = '#/settings/privacy'));
    await expect(page.getByText('erased person (only a hash is kept)')).toHaveCount(2);
    await axe(page);
  });
}
