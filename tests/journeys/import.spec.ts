// Files of contacts come in through the wizard: as the Excel of each country writes them, with a wrong guess mended in one click,
// numbers known beforehand, and a way back.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import iconv from 'iconv-lite';
import { axe, faultsIn } from './journey.ts';
import { startMachine, type Machine } from './machine.ts';

let machine: Machine;
let wrong: string[];

async function begin(page: Page, options: Parameters<typeof startMachine>[0] = {}, address = '/contacts/import'): Promise<void> {
  machine = await startMachine(options);
  wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  await page.goto(`${machine.url}&${address}`);
  await page.locator('.frame').waitFor();
}

test.afterEach(async () => {
  await machine.close();
});

const lines = (...rows: string[]): string => rows.join('\r\n');
const choose = (page: Page, name: string, buffer: Buffer) => page.locator('input[type=file]').first().setInputFiles({ name, mimeType: 'text/csv', buffer });
const next = (page: Page) => page.getByRole('button', { name: 'Continue' }).click();
const shows = (page: Page, text: string) => expect(page.getByRole('region', { name: 'Preview' }).getByRole('cell', { name: text, exact: true })).toBeVisible();

/** The figures of a forecast or a result: new, updated, unchanged, left out, rejected. */
async function figures(page: Page): Promise<number[]> {
  await expect(page.locator('.import-counts')).toBeVisible();
  return (await page.locator('.import-counts [data-count]').allInnerTexts()).map(Number);
}

/** The Danish file of an Excel that saves "CSV": semicolons, windows-1252, `sep=;`, decimal comma, dd-mm-yyyy. */
const KUNDER = iconv.encode(
  lines(
    'sep=;',
    'Kundenr;Fornavn;Efternavn;E-mail;By;Fødselsdato;Samlet køb',
    '1;Søren;Ærø;soren@eksempel.dk;Århus;24-12-1980;1.234,50',
    '2;Åse;Møller;ASE@Eksempel.dk ;København;29-02-1992;0,75',
    '3;Bjørn;Nygård;ikke en adresse;Odense;01-01-1970;10',
  ),
  'win1252',
);
const KLIENCI = iconv.encode(lines('Imię;Nazwisko;Adres e-mail;Miasto', 'Łukasz;Wójcik;lukasz@przyklad.pl;Łódź', 'Zażółć;Gęślą;zazolc@przyklad.pl;Gdańsk'), 'win1250');
const KUNDER_SV = Buffer.from(`\ufeff${lines('Förnamn;Efternamn;E-post;Ort', 'Åsa;Öberg;asa@exempel.se;Malmö', 'Björn;Ek;bjorn@exempel.se;Åre')}`, 'utf8');

test('a Danish Excel file comes in, and each contact tells what happened', async ({ page }) => {
  await begin(page, { locale: 'da-DK' }, '/contacts');
  await page.getByRole('button', { name: 'Import', exact: true }).first().click();
  await choose(page, 'kunder.csv', KUNDER);
  await shows(page, 'Søren');
  await expect(page.getByRole('combobox', { name: 'Encoding' })).toHaveValue('Windows-1252');

  // A wrong choice is seen at once, and taken back as easily.
  await page.getByRole('combobox', { name: 'Separator' }).click();
  await page.getByRole('option', { name: /Comma/ }).click();
  await expect(page.getByRole('cell', { name: 'Søren', exact: true })).toHaveCount(0);
  await page.getByRole('combobox', { name: 'Separator' }).click();
  await page.getByRole('option', { name: /Semicolon/ }).click();
  await shows(page, 'Søren');
  await next(page);

  await expect(page.getByRole('combobox', { name: 'What E-mail becomes' })).toHaveValue('E-mail');
  await next(page);

  // Consent is off, and never without a source.
  const agreed = page.getByRole('checkbox', { name: /agreed to get e-mail|yes to e-mail/ });
  await expect(agreed).not.toBeChecked();
  await agreed.check();
  await expect(page.getByRole('button', { name: 'Continue' })).toBeDisabled();
  await page.getByRole('textbox', { name: 'Source of the consent' }).fill('Form in the shop');
  await page.keyboard.press('Enter');

  await expect(page.getByText('3 rows read, 2 come in')).toBeVisible();
  await expect(page.getByRole('button', { name: /Error: the row stays out E-mail: no e-mail address 1/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Rows with a problem' }).getByText('has no @, so it is not an e-mail address')).toBeVisible();
  await next(page);
  const forecast = await figures(page);
  expect(forecast).toEqual([2, 0, 0, 0, 1]);
  await page.getByRole('button', { name: 'Import 2 rows' }).click();
  await expect(page.getByText('Done: 3 rows')).toBeVisible();
  expect(await figures(page)).toEqual(forecast);
  const rejects = await page.locator('.mantine-Code-root').innerText();
  expect(existsSync(rejects)).toBe(true);
  expect(readFileSync(rejects, 'latin1')).toContain('ikke en adresse');

  await page.getByRole('button', { name: 'Show contacts' }).click();
  await expect(page.getByText('2 people')).toBeVisible();
  await page.getByRole('searchbox').fill('møll');
  await page.getByRole('link', { name: 'ase@eksempel.dk' }).click();
  await expect(page.getByRole('heading', { name: 'Åse Møller' })).toBeVisible();
  await expect(page.getByRole('button', { name: /29\.02\.1992/ })).toBeVisible();
  await expect(page.getByText('Form in the shop').first()).toBeVisible();

  await page.getByRole('button', { name: 'Change First name: Åse' }).click();
  await page.getByRole('textbox', { name: 'First name' }).fill('Asta');
  await page.keyboard.press('Enter');
  await expect(page.getByText('First name: Åse → Asta')).toBeVisible();
  await page.getByRole('combobox', { name: 'Add a tag' }).fill('VIP');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Got the tag “VIP”')).toBeVisible();
  expect(wrong).toEqual([]);
});

test('a Polish file of windows-1250 in a Danish workspace: the letters tell, and one click mends a wrong guess', async ({ page }) => {
  await begin(page, { locale: 'da-DK' });
  await choose(page, 'klienci.csv', KLIENCI);
  const encoding = page.getByRole('combobox', { name: 'Encoding' });
  await encoding.click();
  await page.getByRole('option', { name: 'Windows-1252' }).click();
  await shows(page, '£ukasz');
  await encoding.click();
  await page.getByRole('option', { name: 'Windows-1250' }).click();
  await shows(page, 'Łukasz');
  await next(page);
  for (const [header, becomes] of [
    ['Imię', 'First name'],
    ['Nazwisko', 'Last name'],
    ['Adres e-mail', 'E-mail'],
  ] as const)
    await expect(page.getByRole('combobox', { name: `What ${header} becomes` })).toHaveValue(becomes);
  // Enter goes on through the rest.
  for (const heading of ['Rules', 'Check']) {
    await expect(page.getByRole('button', { name: 'Continue' })).toBeEnabled();
    await page.getByRole('button', { name: 'Continue' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('[data-progress]').filter({ hasText: heading })).toBeVisible();
  }
  await expect(page.getByText('Nothing is wrong with any row.')).toBeVisible();
  await next(page);
  expect(await figures(page)).toEqual([2, 0, 0, 0, 0]);
  await page.getByRole('button', { name: 'Import 2 rows' }).click();
  await expect(page.getByText('Done: 2 rows')).toBeVisible();
  const { rows } = await machine.call('contacts.list', {});
  expect(new Set(rows.map(({ values }) => values['first_name']))).toEqual(new Set(['Zażółć', 'Łukasz']));
  expect(wrong).toEqual([]);
});

test('a Swedish file updates people; what it changes is shown before, and taken back after', async ({ page }) => {
  await begin(page, { locale: 'sv-SE' });
  await machine.call('contacts.add', { values: { email: 'asa@exempel.se', first_name: 'Åsa', last_name: 'Ek' } });
  await choose(page, 'kunder.csv', KUNDER_SV);
  await shows(page, 'Björn');
  await expect(page.getByRole('combobox', { name: 'Encoding' })).toHaveValue('UTF-8');
  await next(page);
  await next(page);
  await next(page);
  await next(page);
  const forecast = await figures(page);
  expect(forecast).toEqual([1, 1, 0, 0, 0]);
  const updated = page.getByRole('region', { name: '1 of those who are updated' });
  await expect(updated.getByRole('row', { name: /asa@exempel\.se.*Last name Ek becomes Öberg/ })).toBeVisible();

  await page.getByRole('button', { name: 'Import 2 rows' }).click();
  await expect(page.getByText('Done: 2 rows')).toBeVisible();
  expect(await figures(page)).toEqual(forecast);

  // A reload finds the result again; and what somebody has changed since is kept, and said.
  const björn = (await machine.call('contacts.find', { email: 'bjorn@exempel.se' }))!;
  await machine.call('contacts.update', { id: björn.id, values: { first_name: 'Bo' } });
  await page.reload();
  await expect(page.getByText('Done: 2 rows')).toBeVisible();
  await page.getByRole('button', { name: 'Earlier imports' }).click();
  await page.getByRole('button', { name: 'Undo import' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo import' }).click();
  await expect(page.getByRole('dialog').getByText(/1 person has the old values back/)).toBeVisible();
  await expect(page.getByRole('dialog').getByRole('link', { name: 'bjorn@exempel.se' })).toBeVisible();
  const åsa = (await machine.call('contacts.find', { email: 'asa@exempel.se' }))!;
  expect((await machine.call('contacts.get', { id: åsa.id })).values).toMatchObject({ last_name: 'Ek' });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('row', { name: /kunder\.csv/ })).toContainText('Taken back, but for 1 person');
  expect(wrong).toEqual([]);
});

test('pasted rows are matched, a value is taken for another, and a reload in the middle loses nothing', async ({ page }) => {
  await begin(page);
  await page.getByRole('button', { name: 'Paste rows' }).click();
  await page.getByRole('textbox', { name: /Rows from a spreadsheet/ }).fill('Email\tFirst name\tSex\nada@example.com\tAda\tf\nbo@example.com\tBo\tm');
  await page.getByRole('button', { name: 'Read these rows' }).click();
  await shows(page, 'ada@example.com');
  await next(page);
  await page.getByRole('combobox', { name: 'What Sex becomes' }).click();
  await page.getByRole('option', { name: /New attribute/ }).click();
  await page.getByRole('button', { name: 'Values of Sex' }).click();
  await page.getByRole('combobox', { name: 'What f is taken for' }).fill('female');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('combobox', { name: 'First name: if there is a value already' }).click();
  await page.getByRole('option', { name: 'Keep it' }).click();
  await next(page);
  await page.reload();
  await expect(page.getByRole('checkbox', { name: /agreed to get e-mail|yes to e-mail/ })).toBeVisible();
  await page.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByRole('combobox', { name: 'First name: if there is a value already' })).toHaveValue('Keep it');
  await expect(page.getByRole('button', { name: 'Values of Sex' })).toHaveText(/1 value changed/);
  await next(page);
  await next(page);
  await next(page);
  await page.getByRole('button', { name: 'Import 2 rows' }).click();
  await expect(page.getByText('Done: 2 rows')).toBeVisible();
  const { rows } = await machine.call('contacts.list', {});
  expect(new Set(rows.map(({ values }) => values['sex']))).toEqual(new Set(['female', 'm']));

  // The same headers are matched as the last time.
  await page.getByRole('button', { name: 'Import another file' }).click();
  await choose(page, 'again.tsv', Buffer.from('Email\tFirst name\tSex\ncy@example.com\tCy\tf'));
  await next(page);
  await expect(page.getByText(/Matched as the last time/)).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'What Sex becomes' })).toHaveValue('Sex');
  expect(wrong).toEqual([]);
});

test('a file dropped anywhere on the window goes to where it belongs', async ({ page }) => {
  await begin(page, {}, '/settings/workspace');
  const drag = (type: string, name: string, text: string) =>
    page.evaluate(
      (file) => {
        const data = new DataTransfer();
        data.items.add(new File([file.text], file.name));
        document.querySelector('.frame-screen')!.dispatchEvent(new DragEvent(file.type, { dataTransfer: data, bubbles: true, cancelable: true }));
      },
      { type, name, text },
    );
  await drag('dragenter', 'people.csv', '');
  await expect(page.getByText('Drop the file anywhere')).toBeVisible();
  await drag('drop', 'people.csv', 'email,first_name\nada@example.com,Ada');
  await expect(page.getByText('Drop the file anywhere')).toHaveCount(0);
  await expect(page).toHaveURL(/#\/contacts\/import$/);
  await shows(page, 'Ada');
  await drag('drop', 'picture.png', 'x');
  await expect(page.getByText(/“picture\.png” is neither/)).toBeVisible();
  const flow = { kanalFlow: 1, name: 'Dropped', triggers: [{ id: 't1', type: 'byHand', config: {} }], steps: [], edges: [] };
  await drag('drop', 'dropped.kanalflow', JSON.stringify(flow));
  await expect(page).toHaveURL(/#\/flows\/\d+$/);
  expect(wrong).toEqual([]);
});

test('what is wrong is mended where it is shown: suggestions, a cell typed anew, a word for a column; and a reload keeps it', async ({ page }) => {
  await begin(page, { locale: 'da-DK' });
  const people = ['Navn;E-mail;By;Fødselsdato', 'Ada;ada@gmial.com;Århus;24-12-1980', 'Bo;bo@gmial.com;Aarhus;01-02-1990', 'Cy;cy@firma,dk;Odense;03-04-1991', 'Dee;dee@firma.dk;Odense;31-02-1992', 'Eve;eve@firma.dk;Odense'];
  await choose(page, 'slips.csv', iconv.encode(lines(...people), 'win1252'));
  await shows(page, 'Århus');
  await next(page);
  await next(page);
  await next(page);
  await expect(page.getByText('5 rows read, 2 come in')).toBeVisible();
  await expect(page.getByRole('group', { name: 'What was found' }).locator('[aria-pressed]')).toHaveCount(4);

  // A kind is chosen, and only its rows are shown.
  const grid = page.getByRole('region', { name: 'Rows with a problem' });
  await page.getByRole('button', { name: /Warning: the row comes in E-mail: looks mistyped 2/ }).click();
  await expect(grid.getByRole('row')).toHaveCount(3);
  await page.getByRole('button', { name: 'Take all 2 suggestions' }).click();
  await page.getByRole('button', { name: /Warning: the row comes in E-mail/ }).click();
  await grid.getByRole('button', { name: 'Take cy@firma.dk' }).click();
  const born = grid.getByRole('textbox', { name: 'Fødselsdato of line 5' });
  await born.fill('29-02-1992');
  await born.press('Enter');
  await page.reload();
  // What was mended is known again, and has been looked at.
  await expect(page.getByText('5 rows read, 4 come in')).toBeVisible();
  await grid.getByRole('textbox', { name: 'Fødselsdato of line 6' }).fill('05-06-1993');
  await page.getByRole('button', { name: 'Find and replace …' }).click();
  await page.getByRole('combobox', { name: 'In the column' }).click();
  await page.getByRole('option', { name: 'By', exact: true }).click();
  await page.getByRole('textbox', { name: 'Find', exact: true }).fill('Århus');
  await page.getByRole('textbox', { name: 'Replace with' }).fill('Aarhus');
  await page.keyboard.press('Enter');
  await expect(page.getByText('By: “Århus” becomes “Aarhus”')).toBeVisible();
  await page.locator('.wizard-foot').getByRole('button', { name: 'Check again' }).click();
  await expect(page.getByText('Nothing is wrong with any row.')).toBeVisible();
  await next(page);
  const forecast = await figures(page);
  expect(forecast).toEqual([5, 0, 0, 0, 0]);
  await page.getByRole('button', { name: 'Import 5 rows' }).click();
  await expect(page.getByText('Done: 5 rows')).toBeVisible();
  expect(await figures(page)).toEqual(forecast);
  const { rows } = await machine.call('contacts.list', {});
  expect(rows.map(({ values }) => String(values['email'])).toSorted((a, b) => a.localeCompare(b))).toEqual(['ada@gmail.com', 'bo@gmail.com', 'cy@firma.dk', 'dee@firma.dk', 'eve@firma.dk']);
  expect(wrong).toEqual([]);
});

test('orders of a shop come in by the same steps, and are taken back', async ({ page }) => {
  await begin(page, { locale: 'da-DK' });
  await machine.call('contacts.add', { values: { email: 'ada@firma.dk' } });
  await page.getByText('Orders', { exact: true }).click();
  const orders = ['Ordrenr;Ordredato;E-mail;Beløb;Produkt', '1001;01-02-2026;ada@firma.dk;249,50;Earl Grey', '1001;01-02-2026;ada@firma.dk;;Kop', '1002;05-02-2026;ada@firma.dk;10,00;Sencha', '1003;06-02-2026;nobody@firma.dk;5,00;Kop'];
  await choose(page, 'ordrer.csv', iconv.encode(lines(...orders), 'win1252'));
  await shows(page, '249,50');
  await next(page);
  await expect(page.getByRole('combobox', { name: 'What Beløb becomes' })).toHaveValue('Amount');
  await next(page);
  await next(page);
  await expect(page.getByText('There is no contact that this is about. Import the contacts first.')).toBeVisible();
  await next(page);
  const forecast = await figures(page);
  expect(forecast).toEqual([2, 0, 0, 1, 1]);
  await page.getByRole('button', { name: 'Import 3 rows' }).click();
  await expect(page.getByText('Done: 4 rows')).toBeVisible();
  expect(await figures(page)).toEqual(forecast);
  await page.getByRole('button', { name: 'Undo import' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo import' }).click();
  await expect(page.getByText(/2 orders were removed/)).toBeVisible();
  // What it had done is not said any more as if it were so.
  await expect(page.getByText('The import was taken back')).toBeVisible();
  await expect(page.locator('.import-counts')).toHaveCount(0);
  expect(wrong).toEqual([]);
});

test('an import is done again by its recipe, and the folder that it watches; what stops it is said', async ({ page }) => {
  await begin(page);
  const folder = mkdtempSync(join(tmpdir(), 'kanal-watched-'));
  await choose(page, 'week 1.csv', Buffer.from('email,first_name\nada@example.com,Ada'));
  for (let step = 0; step < 4; step++) await next(page);
  await page.getByRole('button', { name: 'Import 1 row' }).click();
  await expect(page.getByText('Done: 1 row')).toBeVisible();
  await page.getByRole('button', { name: 'Do this again …' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Weekly');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Earlier imports' }).click();
  await page.getByRole('button', { name: 'What can be done with Weekly' }).click();
  await page.getByRole('menuitem', { name: 'Name and folder …' }).click();
  await page.getByRole('switch', { name: 'Watch a folder' }).press('Space');
  await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(`Watches ${folder} for *.csv`)).toBeVisible();
  writeFileSync(join(folder, 'week 2.csv'), 'email,first_name\nbo@example.com,Bo\n');
  for (let look = 0; look < 2; look++) await machine.call('recipes.look', {});
  await expect(page.getByText('By the watched folder (Weekly)')).toBeVisible();
  writeFileSync(join(folder, 'week 3.csv'), 'email,name\ncy@example.com,Cy\n');
  for (let look = 0; look < 2; look++) await machine.call('recipes.look', {});
  await expect(page.getByRole('alert').getByText('Weekly has stopped')).toBeVisible();
  await axe(page);
  // As long as the file lies there, the next look would stop it again.
  rmSync(join(folder, 'week 3.csv'));
  await page.getByRole('button', { name: 'Look at it, and watch again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Weekly has stopped')).toHaveCount(0);
  rmSync(folder, { recursive: true });
  expect(wrong).toEqual([]);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the ${scheme} steps of the wizard`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await begin(page, { locale: 'da-DK' });
    await choose(page, 'kunder.csv', KUNDER);
    await shows(page, 'Søren');
    const found: string[] = [];
    for (const step of ['read', 'match', 'rules', 'check', 'effect']) {
      await expect(page.getByRole('button', { name: /^(Continue|Import 2 rows)$/ })).toBeEnabled();
      await page.waitForTimeout(200);
      found.push(...(await faultsIn(page)).map((fault) => `${step} ${fault}`));
      await page.getByRole('button', { name: /^(Continue|Import 2 rows)$/ }).click();
    }
    await expect(page.getByText('Done: 3 rows')).toBeVisible();
    expect(found).toEqual([]);
  });
}
