// Journeys through the list of contacts: columns, sorting, filter and search by mouse and by keyboard, all kept as a view over a
// reload; who is shown and selected goes out to a file; and what axe says of it.
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { axe, machineForEach } from './journey.ts';
import type { Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

const COUNT = 130;
let machine: Machine;

machineForEach(async (made, page) => {
  machine = made;
  await machine.call('attributes.add', { key: 'points', label: 'Points', kind: 'number' });
  for (let n = 1; n <= COUNT; n++) {
    const { id } = await machine.call('contacts.add', { values: { email: `p${String(n).padStart(3, '0')}@example.com`, first_name: n % 2 === 0 ? 'Ada' : 'Søren', last_name: `Holm ${n}`, points: n } });
    if (n % 10 === 0) await machine.call('contacts.tag', { ids: [id], add: ['vip'] });
  }
  await page.goto(`${machine.url}&/contacts`);
  await expect(page.getByText(`${COUNT} people`)).toBeVisible();
});

const heads = (page: Page) => page.getByRole('columnheader').allInnerTexts().then((texts) => texts.map((text) => text.trim()).slice(1));
const firstRow = (page: Page) => page.locator('[data-row="0"] .grid-link');
const status = (page: Page, text: string) => expect(page.getByRole('status').filter({ hasText: text }).first()).toBeVisible();

test('columns are chosen and moved, the list sorted and filtered, and all of it kept as a view over a reload', async ({ page }) => {
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Points' }).check();
  await page.getByRole('checkbox', { name: 'Tags' }).uncheck();
  await page.getByRole('button', { name: 'Move Points forward' }).click();
  await page.keyboard.press('Escape');
  expect(await heads(page)).toEqual(['E-mail', 'First name', 'Last name', 'Consent', 'Points', 'Added']);

  await page.getByRole('button', { name: 'Points', exact: true }).click();
  await expect(firstRow(page)).toHaveText('p001@example.com');
  await page.getByRole('button', { name: 'Points', exact: true }).click();
  await expect(firstRow(page)).toHaveText('p130@example.com');

  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Filter' });
  await panel.getByRole('combobox', { name: 'Add a condition' }).click();
  await page.getByRole('option', { name: 'A tag' }).click();
  await panel.getByRole('combobox', { name: 'A tag' }).or(panel.getByRole('textbox', { name: 'A tag' })).first().fill('vip');
  await status(page, '13 people');
  await panel.getByRole('heading').click();
  await axe(page);
  await panel.getByRole('button', { name: 'Close the filter' }).click();
  await expect(page.getByRole('button', { name: '1 condition' })).toBeVisible();

  await page.getByRole('button', { name: 'View: All contacts' }).click();
  await page.getByRole('menuitem', { name: 'Save as a new view' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('VIPs');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'View: VIPs' })).toBeVisible();
  await page.reload();
  await status(page, '13 people');
  expect(await heads(page)).toEqual(['E-mail', 'First name', 'Last name', 'Consent', 'Points', 'Added']);
  await expect(page.getByRole('columnheader', { name: 'Points' })).toHaveAttribute('aria-sort', 'descending');

  await page.getByRole('button', { name: 'View: VIPs' }).click();
  await page.getByRole('menuitem', { name: 'All contacts' }).click();
  await status(page, `${COUNT} people`);
  expect(await heads(page)).toEqual(['E-mail', 'First name', 'Last name', 'Tags', 'Consent', 'Added']);
  await page.getByRole('button', { name: 'View: All contacts' }).click();
  await page.getByRole('menuitem', { name: 'VIPs' }).click();
  await status(page, '13 people');

  // A view that was changed says so, and can be brought back, renamed and removed.
  await page.getByRole('searchbox').fill('p05');
  await status(page, '1 person');
  await page.getByRole('button', { name: 'View: VIPs' }).click();
  await page.getByRole('menuitem', { name: 'Undo changes' }).click();
  await status(page, '13 people');
  await page.getByRole('button', { name: 'View: VIPs' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Best');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'View: Best' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('button', { name: 'View: All contacts' })).toBeVisible();
  expect(await machine.call('views.list', {})).toEqual([]);
});

test('by keyboard alone: search, go down the rows, tick, move a column, open', async ({ page }) => {
  await page.keyboard.press('Control+f');
  await page.keyboard.type('søren holm');
  await status(page, '65 people');
  await page.keyboard.press('ArrowDown');
  await expect(firstRow(page)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(page.getByText('1 selected')).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.locator('[data-row="64"] .grid-link')).toBeFocused();
  await page.keyboard.press('Home');
  await expect(firstRow(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Søren Holm 129' })).toBeVisible();
  await page.goBack();
  // The search is kept, as is everything else about the list.
  await status(page, '65 people');
  await page.getByRole('button', { name: 'First name' }).focus();
  await page.keyboard.press('Alt+ArrowRight');
  await expect(page.getByRole('status').filter({ hasText: 'First name is column 3 of 6 now.' })).toHaveCount(1);
  expect((await heads(page)).slice(0, 3)).toEqual(['E-mail', 'Last name', 'First name']);
  await expect(page.getByRole('button', { name: 'First name' })).toBeFocused();
});

test('a head is dragged to another place', async ({ page }) => {
  await page.getByRole('columnheader', { name: 'Consent' }).dragTo(page.getByRole('columnheader', { name: 'First name' }));
  await expect.poll(() => heads(page)).toEqual(['E-mail', 'Consent', 'First name', 'Last name', 'Tags', 'Added']);
});

test('who is shown, or selected, goes out to a file', async ({ page }) => {
  await page.getByRole('searchbox').fill('p12');
  await status(page, '10 people');
  const write = async () => {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Export contacts' }).click();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const file = await page.locator('.mantine-Code-root').innerText();
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
    return readFileSync(file, 'utf8').trim().split('\r\n').slice(1);
  };
  expect(await write()).toHaveLength(10);
  await page.getByRole('checkbox', { name: 'Select Søren Holm 125' }).check();
  const [line, ...others] = await write();
  expect([line?.split(',')[0]?.split(';')[0], others]).toEqual(['p125@example.com', []]);
});
