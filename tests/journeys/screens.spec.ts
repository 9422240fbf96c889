// Journeys through everything but the flow editor: workspaces, contacts in and out, a message, settings, the outbox, languages;
// and what axe says of each screen.
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { faultsIn } from './journey.ts';
import { startMachine, type Machine } from './machine.ts';

test.describe.configure({ timeout: 90_000 });

let machine: Machine;
let wrong: string[] = [];

/** What the browser complains of is collected; that the mail's frame runs no scripts (not even the test's own) is right. */
async function begin(page: Page, options: Parameters<typeof startMachine>[0] = {}, address = '/flows'): Promise<void> {
  machine = await startMachine(options);
  wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && !message.text().includes('about:srcdoc') && wrong.push(message.text()));
  await page.goto(`${machine.url}&${address}`);
  await page.locator('.frame').waitFor();
}

test.afterEach(async () => {
  await machine.close();
});

const go = async (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

/** Opens the palette; the keys are heard as soon as the screen is there. */
async function openPalette(page: Page): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('Control+k');
    await expect(palette(page)).toBeVisible({ timeout: 1500 });
  }).toPass();
}

const palette = (page: Page) => page.getByRole('textbox', { name: /^Search for people/ });

test('the key leaves the address, and a reload finds the same place', async ({ page }) => {
  await begin(page, {}, '/messages');
  await expect(page).toHaveURL(/#\/messages$/);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Messages' })).toBeVisible();
  expect(wrong).toEqual([]);
});

test('a workspace is closed, another made, and the first found again', async ({ page }) => {
  await begin(page);
  await page.getByRole('button', { name: 'Workspace Nordic Tea' }).click();
  await page.getByRole('menuitem', { name: 'Close workspace' }).click();
  await page.getByRole('button', { name: /New workspace/ }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Brygge: Kaffe');
  await expect(page.getByRole('textbox', { name: 'File' })).toHaveValue(/Brygge Kaffe\.kanal$/);
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await page.getByRole('button', { name: 'Workspace Brygge: Kaffe' }).click();
  await page.getByRole('menuitem', { name: 'Nordic Tea' }).click();
  await expect(page.getByRole('button', { name: 'Workspace Nordic Tea' })).toBeVisible();
  expect(wrong).toEqual([]);
});

test('a file that is no workspace is refused in a sentence', async ({ page }) => {
  await begin(page);
  await machine.call('workspace.close', {});
  await page.getByRole('button', { name: /Open a file/ }).click();
  await page.getByRole('textbox', { name: 'Path of the file' }).fill('/nowhere/at-all.kanal');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'at-all.kanal' })).toBeVisible();
});

test('selected contacts get a tag and lose it again; Shift selects those between', async ({ page }) => {
  await begin(page, {}, '/contacts');
  for (const name of ['ada', 'bo', 'cy', 'di']) await machine.call('contacts.add', { values: { email: `${name}@example.com` } });
  await expect(page.getByText('4 people')).toBeVisible();
  const tick = (name: string) => page.getByRole('checkbox', { name: `Select ${name}@example.com` });
  await tick('ada').click();
  await tick('cy').click({ modifiers: ['Shift'] });
  await expect(page.getByText('3 selected')).toBeVisible();
  await page.getByRole('button', { name: 'Add a tag' }).click();
  await page.getByRole('combobox', { name: 'Add a tag' }).fill('VIP');
  await page.keyboard.press('Enter');
  await expect(page.getByText('“VIP” is on 3 people now.')).toBeVisible();
  expect(await machine.call('tags.list', {})).toEqual([{ name: 'VIP', contacts: 3 }]);
  await page.getByRole('button', { name: 'Select all 4' }).click();
  await expect(page.getByText('4 selected')).toBeVisible();
  await page.getByRole('button', { name: 'Remove a tag' }).click();
  await page.getByRole('combobox', { name: 'Remove a tag' }).fill('VIP');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await machine.call('contacts.list', {})).rows.flatMap(({ tags }) => tags)).toEqual([]);
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await expect(page.getByRole('region', { name: 'Selected contacts' })).toHaveCount(0);
  expect(wrong).toEqual([]);
});

test('contacts go out to a file', async ({ page }) => {
  await begin(page, {}, '/contacts');
  await machine.call('contacts.add', { values: { email: 'ada@example.com', first_name: 'Ada' } });
  await expect(page.getByText('1 person')).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Export contacts' }).click();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const file = await page.locator('.mantine-Code-root').innerText();
  expect(readFileSync(file, 'utf8')).toContain('ada@example.com');
});

test('a message is written with chips, kept by itself, and shown as it will arrive', async ({ page }) => {
  await begin(page, {}, '/messages');
  const { id } = await machine.call('contacts.add', { values: { email: 'freja@example.com', first_name: 'Freja' } });
  await page.getByRole('button', { name: 'New message' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Welcome');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('textbox', { name: 'Subject' }).fill('Hello ');
  await page.getByRole('button', { name: 'Insert merge tag: Subject' }).click();
  await page.getByRole('menuitem', { name: 'First name' }).click();
  await expect(page.getByRole('textbox', { name: 'Subject' })).toHaveValue('Hello {{ contact.first_name | default: "there" }}');

  const body = page.getByRole('textbox', { name: 'Text', exact: true });
  await body.click();
  await page.keyboard.type('Dear ');
  await page.getByRole('button', { name: 'Insert merge tag', exact: true }).click();
  await page.getByRole('menuitem', { name: 'First name' }).click();
  await expect(body).toBeFocused();
  await page.keyboard.type(', & welcome. ');
  await page.keyboard.press('Control+b');
  await page.keyboard.type('Bold');
  await expect(page.getByText(/^Saved/)).toBeVisible();
  const key = (await machine.call('messages.list', {})).find((message) => message.name === 'Welcome')!.key;
  await expect.poll(async () => (await machine.call('messages.get', { key })).body).toBe('<p>Dear {{ contact.first_name | default: "there" }}, &amp; welcome. <strong>Bold</strong></p>');

  // The chip's fallback is changed in place.
  await page.locator('.merge-chip').click();
  await page.getByRole('textbox', { name: 'If it is empty' }).fill('tea friend');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await machine.call('messages.get', { key })).body).toContain('default: "tea friend"');

  await page.getByRole('combobox', { name: 'Preview as' }).click();
  await page.getByRole('option', { name: /Freja/ }).click();
  await expect(page.frameLocator('.mail-frame').getByText('Dear Freja, & welcome.')).toBeVisible();
  await expect(page.locator('.inbox-line')).toContainText('Hello Freja');

  await page.reload();
  await expect(page.locator('.merge-chip')).toHaveText(/First name/);
  expect(id).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
});

test('HTML that the editor cannot show is not touched', async ({ page }) => {
  await begin(page);
  const made = await machine.call('messages.create', { name: 'Table' });
  const body = '<table><tr><td>{% if contact.first_name %}Hi{% endif %}</td></tr></table>';
  await machine.call('messages.save', { ...made, subject: 'T', body });
  await page.evaluate((key) => (location.hash = `#/messages/${key}`), made.key);
  await expect(page.getByRole('textbox', { name: 'Text as HTML' })).toHaveValue(body);
  await page.getByRole('textbox', { name: 'Subject' }).fill('Two');
  await expect(page.getByText(/^Saved/)).toBeVisible();
  expect((await machine.call('messages.get', { key: made.key })).body).toBe(body);
});

test('an account is entered, and its password does not come back', async ({ page }) => {
  await begin(page, {}, '/settings/sending');
  await page.getByRole('button', { name: 'Add account' }).click();
  await page.getByRole('combobox', { name: 'Provider' }).click();
  await page.getByRole('option', { name: 'Microsoft 365' }).click();
  await expect(page.getByRole('textbox', { name: 'Server' })).toHaveValue('smtp.office365.com');
  await page.getByRole('textbox', { name: 'Sender’s name' }).fill('Nordic Tea');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Write a whole address')).toBeVisible();
  await page.getByRole('textbox', { name: 'Sender’s address' }).fill('hello@nordictea.example');
  await page.getByRole('textbox', { name: 'User name' }).fill('hello@nordictea.example');
  await page.getByLabel('Password', { exact: true }).fill('s3cret');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Nordic Tea <hello@nordictea.example>')).toBeVisible();
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  expect(JSON.stringify(await machine.call('accounts.list', {}))).not.toContain('s3cret');
});

test('the virtual clock moves, and the language changes at once', async ({ page }) => {
  await begin(page);
  await expect(page.getByText('Virtual clock: 02/03/2026, 09:00')).toBeVisible();
  await page.getByRole('button', { name: '+1 day' }).click();
  await expect(page.getByText('Virtual clock: 03/03/2026, 09:00')).toBeVisible();
  await openPalette(page);
  await palette(page).fill('dansk');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Kontakter' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'da');
});

test('the palette finds people and opens what it names', async ({ page }) => {
  await begin(page);
  await machine.call('contacts.add', { values: { email: 'freja@example.com', first_name: 'Freja', last_name: 'Holm' } });
  await openPalette(page);
  await palette(page).fill('frej');
  await page.getByRole('button', { name: /Freja Holm/ }).click();
  await expect(page.getByRole('heading', { name: 'Freja Holm' })).toBeVisible();
  await openPalette(page);
  await palette(page).fill('new flow');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'New flow' })).toBeVisible();
});

test('when the machine is gone, the window says so', async ({ page }) => {
  await begin(page);
  await expect(page.getByText('Nothing is due')).toBeVisible();
  await machine.close();
  await expect(page.getByText(/connection to Kanal is lost/)).toBeVisible();
});

test('a flow file comes in as a draft, and a bad one is refused where it stands', async ({ page }) => {
  await begin(page);
  await page.getByRole('button', { name: 'Import flow' }).click();
  await page.getByRole('textbox', { name: /paste/ }).fill('not a flow');
  await page.getByRole('button', { name: 'Import as a draft' }).click();
  await expect(page.getByRole('dialog').getByText(/JSON/)).toBeVisible();
  const flow = { kanalFlow: 1, name: 'From a file', triggers: [{ id: 't1', type: 'byHand', config: {} }], steps: [], edges: [] };
  await page.getByRole('textbox', { name: /paste/ }).fill(JSON.stringify(flow));
  await page.getByRole('button', { name: 'Import as a draft' }).click();
  await expect(page).toHaveURL(/#\/flows\/\d+$/);
  await go(page, 'Flows');
  await expect(page.getByRole('row', { name: /From a file/ })).toContainText('Draft');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the ${scheme} screens`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await begin(page);
    const { key } = await machine.call('messages.create', { name: 'Welcome' });
    const { id: contact } = await machine.call('contacts.add', { values: { email: 'ada@example.com', first_name: 'Ada' } });
    await machine.call('contacts.tag', { ids: [contact], add: ['VIP'] });
    await machine.call('contacts.consent', { id: contact, channel: 'email', given: true, source: 'Fair' });
    await machine.call('flows.create', { name: 'Welcome' });
    const found: string[] = [];
    for (const address of ['/flows', '/contacts', `/contacts/${contact}`, '/contacts/import', '/contacts/imports', '/messages', `/messages/${key}`, '/outbox', '/settings/workspace', '/settings/sending', '/settings/window']) {
      await page.evaluate((hash) => (location.hash = hash), `#${address}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForTimeout(300);
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
      found.push(...(await faultsIn(page, ['iframe'])).map((fault) => `${address} ${fault}`));
    }
    expect(found).toEqual([]);
  });
}
