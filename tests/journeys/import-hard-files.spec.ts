// Files that other importers choke on, in the wizard: what cannot be read is said where it happened and how it is mended, very wide
// files stay quick to look at, and a closed window loses nothing.
import { expect, test, type Page } from '@playwright/test';
import { startMachine, type Machine } from './machine.ts';

let machine: Machine;

async function begin(page: Page, name: string, text: string): Promise<void> {
  machine = await startMachine({ locale: 'da-DK' });
  await page.goto(`${machine.url}&/contacts/import`);
  await page.locator('.frame').waitFor();
  await page.locator('input[type=file]').first().setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await expect(page.getByRole('region', { name: 'Preview' })).toBeVisible();
}

test.afterEach(async () => {
  await machine.close();
});

const go = async (page: Page, heading: 'Read' | 'Columns' | 'Rules' | 'Check' | 'Effect') => {
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.locator('[data-progress]').filter({ hasText: heading })).toBeVisible();
};

test('F38: a quote that is never closed is named with its line and stays on the screen, and another quote character mends it', async ({ page }) => {
  await begin(page, 'screens.csv', ['email,product', 'ada@firma.dk,Screen 24', 'bo@firma.dk,"Screen 5', 'cy@firma.dk,Cable', ''].join('\n'));
  await expect(page.getByRole('combobox', { name: 'Text in quotes' })).toHaveValue('Quotes "…"');
  await go(page, 'Columns');
  await go(page, 'Rules');
  await go(page, 'Check');
  await expect(page.getByRole('alert')).toContainText('screens.csv, line 3: a quote is opened here and never closed');
  await expect(page.getByRole('button', { name: 'Continue' })).toBeDisabled();
  await page.getByRole('button', { name: 'Change how it is read' }).click();
  await page.getByRole('combobox', { name: 'Text in quotes' }).click();
  await page.getByRole('option', { name: /Apostrophes/ }).click();
  await expect(page.getByRole('cell', { name: '"Screen 5', exact: true })).toBeVisible();
  await go(page, 'Columns');
  await go(page, 'Rules');
  await go(page, 'Check');
  await expect(page.getByText('3 rows read, 3 come in')).toBeVisible();
});

test('F39: ten thousand columns: the known one stands first, any other is found by its name, and all is quick to look at', async ({ page }) => {
  const headers = Array.from({ length: 9999 }, (_, index) => `field ${index}`);
  await begin(page, 'wide.csv', [[...headers, 'email'].join(','), [...headers.map((_, index) => String(index)), 'ada@firma.dk'].join(',')].join('\n'));
  await expect(page.getByText('The first 100 of 10,000 columns are shown.')).toBeVisible();
  await go(page, 'Columns');
  await expect(page.getByText(/The file has 10,000 columns\. 9,999 are not imported/)).toBeVisible();
  // Drawing them all would take minutes.
  const rows = page.locator('.match-table tbody tr');
  await expect(rows).toHaveCount(40);
  await expect(rows.first()).toContainText('email');
  await page.getByRole('button', { name: 'Show 40 more columns' }).click();
  await expect(rows).toHaveCount(80);
  await page.getByRole('searchbox', { name: 'Find a column' }).fill('field 7777');
  await expect(rows).toHaveCount(1);
  await page.getByRole('combobox', { name: 'What field 7777 becomes' }).click();
  await page.getByRole('option', { name: /New attribute/ }).click();
  // Its values say of what kind it is.
  await expect(page.getByRole('combobox', { name: 'Kind' })).toHaveValue('Number');
  await expect(page.getByText(/9,998 are not imported/)).toBeVisible();
  // Nor do the lists of later steps offer all ten thousand.
  await go(page, 'Rules');
  await go(page, 'Check');
  await page.getByRole('button', { name: 'Find and replace …' }).click();
  await page.getByRole('combobox', { name: 'In the column' }).click();
  await expect(page.getByRole('option')).toHaveText(['field 7777', 'email']);
});

test('a header without rows is said before anything else is asked', async ({ page }) => {
  await begin(page, 'header.csv', 'email,first_name\n');
  await expect(page.getByText('No row was found below the header.', { exact: false })).toBeVisible();
  for (const step of ['Columns', 'Rules', 'Check'] as const) await go(page, step);
  await expect(page.getByText('0 rows read, 0 come in')).toBeVisible();
  await expect(page.getByText('Nothing is wrong with any row.')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Continue' })).toBeDisabled();
});

test('a row with too few cells is asked for those that are missing, and one with too many for those that are left over', async ({ page }) => {
  await begin(page, 'ragged.csv', ['email,first_name,city', 'ada@firma.dk,Ada', 'bo@firma.dk,Bo,Oslo,more,still more', 'cy@firma.dk,Cy,Rome', ''].join('\n'));
  for (const step of ['Columns', 'Rules', 'Check'] as const) await go(page, step);
  const wrong = (line: number) => page.getByRole('region', { name: 'Rows with a problem' }).locator(`input[data-wrong][aria-label$="of line ${line}"]`);
  await expect(wrong(2)).toHaveCount(1);
  await expect(wrong(2)).toHaveAttribute('aria-label', 'city of line 2');
  await expect(wrong(3)).toHaveCount(2);
  await wrong(2).fill('Bergen');
  await wrong(3).first().fill('');
  await wrong(3).nth(1).fill('');
  await page.locator('.wizard-foot').getByRole('button', { name: 'Check again' }).click();
  await expect(page.getByText('3 rows read, 3 come in')).toBeVisible();
});

test('what was prepared is there when the window was closed and is opened again; what is done is not', async ({ page, context }) => {
  await begin(page, 'people.csv', 'email,first_name,town\nada@firma.dk,Ada,Oslo\nbo@firma.dk,Bo,Rome\n');
  await go(page, 'Columns');
  await page.getByRole('textbox', { name: 'Name of the new attribute' }).fill('City');
  await go(page, 'Rules');
  await page.close();

  const second = await context.newPage();
  await second.goto(`${machine.url}&/contacts/import`);
  await expect(second.getByRole('checkbox', { name: /agreed to get e-mail|yes to e-mail/ })).toBeVisible();
  await second.getByRole('button', { name: 'Back' }).click();
  await expect(second.getByRole('textbox', { name: 'Name of the new attribute' })).toHaveValue('City');
  for (const step of ['Rules', 'Check', 'Effect'] as const) await go(second, step);
  await second.getByRole('button', { name: 'Import 2 rows' }).click();
  await expect(second.getByText('Done: 2 rows')).toBeVisible();
  await second.close();

  const third = await context.newPage();
  await third.goto(`${machine.url}&/contacts/import`);
  await expect(third.getByText('Drop a file here', { exact: false })).toBeVisible();
});

test('people of a file may have agreed to one topic alone, and the source says so', async ({ page }) => {
  await begin(page, 'fair.csv', 'email\nada@firma.dk\nbo@firma.dk\n');
  await machine.call('topics.save', { name: 'Tastings' });
  await go(page, 'Columns');
  await go(page, 'Rules');
  await page.getByRole('checkbox', { name: /agreed to get e-mail|yes to e-mail/ }).check();
  await page.getByRole('combobox', { name: 'Topic of consent' }).click();
  await page.getByRole('option', { name: 'Tastings' }).click();
  await page.getByRole('textbox', { name: 'Source of the consent' }).fill('Stand at the fair');
  await go(page, 'Check');
  await go(page, 'Effect');
  await expect(page.getByText('Consent to “Tastings” (e-mail) is recorded, with the source “Stand at the fair”.')).toBeVisible();
  await page.getByRole('button', { name: 'Import 2 rows' }).click();
  await expect(page.getByText('Done: 2 rows')).toBeVisible();
  const { id } = (await machine.call('contacts.find', { email: 'ada@firma.dk' }))!;
  expect((await machine.call('contacts.get', { id })).consents).toMatchObject([{ channel: 'email', topic: 'tastings', state: 'given', source: 'Stand at the fair' }]);
});

test('an export of Klaviyo: where people stand on the lists for e-mail and for text messages, and both with one source', async ({ page }) => {
  await begin(page, 'klaviyo.csv', ['Email,Phone Number,Email Marketing Consent,SMS Marketing Consent', 'ada@shop.dk,+4520304050,SUBSCRIBED,SUBSCRIBED', 'bo@shop.dk,,UNSUBSCRIBED,NEVER_SUBSCRIBED', 'cy@shop.dk,+4520304052,NEVER_SUBSCRIBED,UNSUBSCRIBED', ''].join('\n'));
  await go(page, 'Columns');
  // Whatever is proposed for a column can be read in its field.
  for (const field of await page.getByRole('combobox', { name: /^What .* becomes$/ }).all()) await expect(field).not.toHaveValue('');
  await expect(page.getByRole('combobox', { name: 'What SMS Marketing Consent becomes' })).toHaveValue('Status on a list for text messages');
  await go(page, 'Rules');
  await page.getByRole('checkbox', { name: /yes to e-mail/ }).check();
  await page.getByRole('checkbox', { name: /yes to text messages/ }).check();
  await page.getByRole('textbox', { name: 'Source of the consent' }).fill('Forms in Klaviyo');
  await go(page, 'Check');
  await go(page, 'Effect');
  await expect(page.getByText('Consent to e-mail and SMS is recorded, with the source “Forms in Klaviyo”.')).toBeVisible();
  await page.getByRole('button', { name: 'Import 3 rows' }).click();
  await expect(page.getByText('Done: 3 rows')).toBeVisible();
  const stands = async (search: string) => {
    const { rows } = await machine.call('contacts.list', { search, offset: 0, limit: 1 });
    return (await machine.call('contacts.get', { id: rows[0]!.id })).consents.map(({ channel, state, source }) => `${channel} ${state} ${source}`).sort();
  };
  expect(await stands('ada@')).toEqual(['email given Forms in Klaviyo', 'sms given Forms in Klaviyo']);
  expect(await stands('bo@')).toEqual([expect.stringMatching(/^email withdrawn klaviyo\.csv/)]);
  expect(await stands('cy@')).toEqual([expect.stringMatching(/^sms withdrawn klaviyo\.csv/)]);
});
