// Values are typed as people of the workspace write them, in a contact and in a rule; nothing that was typed is lost or misread.
import { expect, test, type Page } from '@playwright/test';
import { startMachine, type Machine } from './machine.ts';

let machine: Machine;
let ada: number;

async function begin(page: Page, locale: string): Promise<void> {
  machine = await startMachine({ locale });
  for (const [key, label, kind] of [
    ['balance', 'Balance', 'money'],
    ['points', 'Points', 'number'],
    ['born', 'Born', 'date'],
    ['seen', 'Seen', 'dateTime'],
    ['remark', 'Remark', 'text'],
  ] as const)
    await machine.call('attributes.add', { key, label, kind });
  ada = (await machine.call('contacts.add', { values: { email: 'ada@firma.dk', balance: 123_450, born: '1992-02-29', seen: Date.UTC(2026, 9, 25, 1, 30, 15), remark: 'one\ntwo' } })).id;
  await machine.call('contacts.add', { values: { email: 'bo@firma.dk', phone: '+4520123456' } });
}

const values = async () => (await machine.call('contacts.get', { id: ada })).values;

test.afterEach(async () => {
  await machine.close();
});

test('amounts, numbers, dates and times of a contact are read as Danes write them; what cannot be read stays, with the reason', async ({ page }) => {
  await begin(page, 'da-DK');
  await page.goto(`${machine.url}&/contacts/${ada}`);
  const edit = async (label: string, typed: string) => {
    await page.getByRole('button', { name: new RegExp(`^Change ${label}:`) }).click();
    await page.getByRole('textbox', { name: label }).fill(typed);
    await page.keyboard.press('Enter');
  };
  const shows = (label: string, value: string) => expect(page.getByRole('button', { name: `Change ${label}: ${value}`, exact: true })).toBeVisible();

  await edit('Balance', '2.345,60');
  await shows('Balance', '2.345,60 kr.');
  await edit('Balance', 'much');
  const balance = page.getByRole('textbox', { name: 'Balance' });
  await expect(balance).toHaveAccessibleDescription(/"much" is not a number with a decimal comma/);
  await expect(balance).toHaveValue('much');
  await page.keyboard.press('Escape');
  await shows('Balance', '2.345,60 kr.');
  expect(await values()).toMatchObject({ balance: 234_560 });

  await edit('Points', '1.000');
  await shows('Points', '1.000');
  await edit('Born', '24.12.1980');
  await shows('Born', '24.12.1980');
  await edit('Seen', '1. marts 2026 kl. 9.30');
  expect(await values()).toMatchObject({ points: 1000, born: '1980-12-24', seen: Date.UTC(2026, 2, 1, 8, 30) });

  // What the machine refuses is said at the same place.
  await edit('E-mail', 'bo@firma.dk');
  await expect(page.getByRole('textbox', { name: 'E-mail' })).toHaveAccessibleDescription(/already/);
  await page.keyboard.press('Escape');

  // Looking at a value does not change it: not a second of a time, not a line of a text.
  await machine.call('contacts.update', { id: ada, values: { seen: Date.UTC(2026, 9, 25, 1, 30, 15) } });
  await expect(page.getByRole('button', { name: /^Change Seen:.*25/ })).toBeVisible();
  for (const label of ['Seen', 'Remark']) {
    await page.getByRole('button', { name: new RegExp(`^Change ${label}:`) }).click();
    await page.getByRole('textbox', { name: label }).blur();
  }
  expect(await values()).toMatchObject({ seen: Date.UTC(2026, 9, 25, 1, 30, 15), remark: 'one\ntwo' });

  // Nor does it take back what a flow writes while the field is open.
  await page.getByRole('button', { name: /^Change Seen:/ }).click();
  await machine.call('contacts.update', { id: ada, values: { seen: Date.UTC(2027, 0, 5, 12) } });
  await page.waitForTimeout(1000);
  await page.getByRole('textbox', { name: 'Seen' }).blur();
  await expect(page.getByRole('button', { name: /^Change Seen:.*2027/ })).toBeVisible();
  expect(await values()).toMatchObject({ seen: Date.UTC(2027, 0, 5, 12) });
});

for (const [locale, typed, shown] of [
  ['da-DK', '1.000', '1.000'],
  ['en-GB', '1,000', '1,000'],
] as const) {
  test(`a thousand in a rule is a thousand in ${locale}`, async ({ page }) => {
    await begin(page, locale);
    await page.goto(`${machine.url}&/segments/new-rule`);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Many points');
    await page.getByRole('combobox', { name: 'Add a condition' }).click();
    await page.getByRole('option', { name: 'Points', exact: true }).click();
    await page.getByRole('combobox', { name: 'Comparison' }).selectOption('atLeast');
    await page.getByRole('textbox', { name: 'Value' }).pressSequentially(typed);
    await expect(page.getByRole('textbox', { name: 'Value' })).toHaveValue(shown);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { name: 'Many points' })).toBeVisible();
    const { rule } = await machine.call('segments.get', { key: 'many_points' });
    expect(JSON.stringify(rule)).toContain('"value":1000');
  });
}

test('a rule that is not saved is still there after a look elsewhere and a reload, until it is saved or discarded', async ({ page }) => {
  await begin(page, 'da-DK');
  await machine.call('segments.save', { name: 'Known', rule: { kind: 'tag', tag: 'vip', has: true } });
  await page.goto(`${machine.url}&/segments/known`);
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await name.fill('Well known');
  await page.getByRole('link', { name: 'Contacts', exact: true }).click();
  await expect(page.getByText('2 people')).toBeVisible();
  await page.goBack();
  await expect(name).toHaveValue('Well known');
  await page.reload();
  await expect(name).toHaveValue('Well known');
  await page.getByRole('button', { name: 'Discard changes' }).click();
  await expect(name).toHaveValue('Known');
  await name.fill('Better known');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Better known' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Discard changes' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
});

test('days are shown, typed and chosen in the words and the order of the country', async ({ page }) => {
  await begin(page, 'da-DK');
  await page.addInitScript(() => localStorage.setItem('kanal.language', 'da'));
  await machine.call('segments.save', { name: 'Born later', rule: { kind: 'attribute', attribute: 'born', operator: 'after', value: '1990-12-24' } });
  await page.goto(`${machine.url}&/segments/born_later`);
  const day = page.getByRole('textbox', { name: 'Værdi' });
  await expect(day).toHaveValue('24.12.1990');
  await day.click();
  await expect(page.getByText('december 1990')).toBeVisible();
  await day.fill('5/3-1991');
  await day.fill('5. marts 1991');
  await day.blur();
  await expect(day).toHaveValue('05.03.1991');
  await page.getByRole('button', { name: 'Gem' }).click();
  await expect(page.getByRole('button', { name: 'Gem' })).toBeDisabled();
  expect(JSON.stringify((await machine.call('segments.get', { key: 'born_later' })).rule)).toContain('"value":"1991-03-05"');
});
