// Keys among contacts and segments: each does what the help (F1) says of it, without a mouse (UX 2.5).
import { expect, test } from '@playwright/test';
import Database from 'better-sqlite3';
import { startMachine, type Machine } from './machine.ts';

let machine: Machine;
test.beforeEach(async () => {
  machine = await startMachine();
  for (const name of ['ada', 'bo', 'cleo']) await machine.call('contacts.add', { values: { email: `${name}@firma.dk`, first_name: name } });
});
test.afterEach(async () => {
  await machine.close();
});

test('contacts: new, find, through the list, tick, edit, and back in the list of values', async ({ page }) => {
  await page.goto(`${machine.url}&/contacts`);
  await expect(page.getByRole('link', { name: 'cleo@firma.dk' })).toBeVisible();
  await page.keyboard.press('Control+n');
  const dialog = page.getByRole('dialog', { name: 'Add contact' });
  await expect(dialog).toBeVisible();
  // Below a dialog the screen's keys do nothing.
  await page.keyboard.press('Control+f');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await page.keyboard.press('Control+f');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('link', { name: 'bo@firma.dk' })).toBeFocused();
  await page.keyboard.press('Space');
  await expect(page.getByRole('checkbox', { name: /bo/ })).toBeChecked();

  await page.keyboard.press('F2');
  const email = page.getByRole('textbox', { name: 'E-mail', exact: true });
  await expect(email).toBeFocused();
  await expect(email).toHaveValue('bo@firma.dk');
  await email.fill('bodil@firma.dk');
  await page.keyboard.press('Enter');
  // The focus stays where the value is, and Tab leads on.
  await expect(page.getByRole('button', { name: /E-mail.*bodil@firma\.dk/ })).toBeFocused();
  await page.keyboard.press('F2');
  await expect(email).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+n');
  await expect(dialog).toBeVisible();
});

test('segments: new, rename, save', async ({ page }) => {
  const { key } = await machine.call('segments.save', { key: null, name: 'Friends', rule: null, track: false });
  await page.goto(`${machine.url}&/segments`);
  await expect(page.getByRole('link', { name: 'Friends' })).toBeVisible();
  await page.keyboard.press('Control+n');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('link', { name: 'Friends' }).focus();
  await page.keyboard.press('F2');
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('Good friends');
  await page.keyboard.press('Control+s');
  await expect.poll(async () => (await machine.call('segments.get', { key })).name).toBe('Good friends');
});

test('the help lists the keys of the screen, and F6 goes through the parts of the window', async ({ page }) => {
  await page.goto(`${machine.url}&/contacts`);
  await expect(page.getByRole('link', { name: 'cleo@firma.dk' })).toBeVisible();
  await page.keyboard.press('F1');
  const here = page.getByRole('table', { name: 'On this screen' });
  for (const line of [/Ctrl\+N.*Add contact/, /F2.*Edit the contact/, /Ctrl\+F.*Search/, /Ctrl\+O.*Import a file/]) await expect(here.getByRole('row').filter({ hasText: line })).toHaveCount(1);
  await page.keyboard.press('F1');
  await expect(here).toBeHidden();
  for (const region of ['.frame-top', '.frame-rail', '.frame-screen']) {
    await page.keyboard.press('F6');
    await expect.poll(() => page.evaluate((selector) => document.activeElement?.closest('.frame-top, .frame-rail, .frame-screen')?.matches(selector), region)).toBe(true);
  }
  await page.keyboard.press('Shift+F6');
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest('.frame-rail') !== null)).toBe(true);
  // In another screen other keys are told.
  await page.keyboard.press('Control+k');
  await expect(page.getByPlaceholder(/Search/).last()).toBeFocused();
  await page.keyboard.type('shortcuts');
  await expect(page.getByRole('button', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('link', { name: 'Segments' }).click();
  await expect(page.getByRole('button', { name: 'New segment' }).first()).toBeVisible();
  await page.keyboard.press('Shift+?');
  await expect(page.getByRole('table', { name: 'On this screen' })).toContainText('Rename the segment');
  await expect(page.getByRole('table', { name: 'On this screen' })).not.toContainText('Edit the contact');
});

test('an import without a mouse: Ctrl+O opens the way in, Enter goes on', async ({ page }) => {
  await page.goto(`${machine.url}&/contacts`);
  await expect(page.getByRole('link', { name: 'cleo@firma.dk' })).toBeVisible();
  await page.keyboard.press('Control+o');
  await expect(page.getByText('Drop a file here', { exact: false })).toBeVisible();
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Control+o');
  await (await chooser).setFiles({ name: 'new.csv', mimeType: 'text/csv', buffer: Buffer.from('email\ndi@firma.dk\n') });
  // The file is the first step.
  for (let step = 1; step <= 5; step++) {
    await expect(page.locator('.mantine-Stepper-step').nth(step)).toHaveAttribute('data-progress', 'true');
    await expect(page.getByRole('button', { name: /Continue|Import 1/ })).toBeFocused();
    await page.keyboard.press('Enter');
  }
  await expect(page.getByRole('button', { name: 'Show contacts' })).toBeVisible();
  expect((await machine.call('contacts.list', { search: 'di@', offset: 0, limit: 1 })).total).toBe(1);
});

test('F5 reads again what the window was not told of; the page stays, and what is typed stays', async ({ page }) => {
  await page.goto(`${machine.url}&/contacts`);
  await expect(page.getByRole('link', { name: 'cleo@firma.dk' })).toBeVisible();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('firma');
  await page.evaluate(() => Object.assign(window, { stays: true }));
  // Changed behind the machine's back, so that nobody is told.
  const { file } = (await machine.call('workspace.current', {}))!;
  const db = new Database(file);
  db.prepare(`UPDATE contacts SET email = 'clea@firma.dk' WHERE email = 'cleo@firma.dk'`).run();
  db.close();
  await expect(page.getByRole('link', { name: 'cleo@firma.dk' })).toBeVisible();
  await page.keyboard.press('F5');
  await expect(page.getByRole('link', { name: 'clea@firma.dk' })).toBeVisible();
  await expect(page.getByRole('searchbox')).toHaveValue('firma');
  expect(await page.evaluate(() => 'stays' in window)).toBe(true);
});

test('Ctrl+Tab goes through the tabs of a screen, Ctrl+W leads back to the list; the help of a browser tells of neither', async ({ page }) => {
  await page.goto(`${machine.url}&/settings/workspace`);
  await expect(page.getByRole('tab', { name: 'Workspace' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Control+Tab');
  await expect(page.getByRole('tab', { name: 'Sending', exact: true })).toBeFocused();
  // The arrows, too, keep the focus on the tabs.
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('tab', { name: 'Workspace' })).toBeFocused();
  await page.keyboard.press('Control+Shift+Tab');
  await expect(page.getByRole('tab', { name: 'Language and look' })).toBeFocused();
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog')).toContainText('Read what is shown again');
  await expect(page.getByRole('dialog')).not.toContainText('Ctrl+Tab');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.evaluate(() => (location.hash = '#/contacts/1'));
  await expect(page.getByRole('tab', { name: /Timeline|History/ }).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Control+Tab');
  await expect(page.getByRole('tab', { name: 'Notes' })).toBeFocused();
  await page.keyboard.press('Control+w');
  await expect(page).toHaveURL(/#\/contacts$/);
});

test('Ctrl+S saves a draft at once, and never the page', async ({ page }) => {
  const { id } = await machine.call('flows.create', { name: 'Club' });
  await page.goto(`${machine.url}&/flows`);
  await expect(page.getByRole('link', { name: 'Club' })).toBeVisible();
  await page.evaluate(() => window.addEventListener('keydown', (event) => event.key === 's' && setTimeout(() => Object.assign(window, { prevented: event.defaultPrevented }))));
  await page.keyboard.press('Control+s');
  await expect.poll(() => page.evaluate(() => Reflect.get(window, 'prevented') as unknown)).toBe(true);
  await page.evaluate((flow) => (location.hash = `#/flows/${flow}`), id);
  await page.locator('.react-flow__node-start').waitFor();
  await page.keyboard.press('F1');
  await expect(page.getByRole('table', { name: 'On this screen' })).toContainText('Save the draft at once');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.evaluate(() => (location.hash = '#/tasks'));
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog')).toBeVisible();
});
