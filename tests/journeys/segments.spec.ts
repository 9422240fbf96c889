// Journeys through segments: a rule written and counted while typing, saved, opened as contacts, used by a flow whose trigger
// hears who comes in; a template; a fixed set filled by hand; and what axe says of it.
import { expect, test, type Page } from '@playwright/test';
import { axe, machineForEach } from './journey.ts';
import type { Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

let machine: Machine;

machineForEach(async (made, page) => {
  machine = made;
  for (const [name, tag, orders] of [['Ada', 'vip', 3], ['Ben', 'vip', 0], ['Cleo', 'new', 1]] as const) {
    const { id } = await machine.call('contacts.add', { values: { email: `${name.toLowerCase()}@example.com`, first_name: name } });
    await machine.call('contacts.tag', { ids: [id], add: [tag] });
    const events = Array.from({ length: orders }, (_, n) => ({ email: `${name.toLowerCase()}@example.com`, type: 'order_placed', data: { order: `${name}-${n}`, amount: 1000 } }));
    await machine.call('events.record', { events });
  }
  await page.goto(`${machine.url}&/segments`);
});

const size = (page: Page) => page.locator('[data-segment-size]');

test('a rule is written, counted while typing, saved, shown as contacts, and starts a flow', async ({ page }) => {
  await page.getByRole('button', { name: 'New segment' }).first().click();
  await page.getByRole('button', { name: 'From a rule' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Buyers');
  await page.getByRole('combobox', { name: 'Add a condition' }).click();
  await page.getByRole('option', { name: 'Orders' }).click();
  await expect(size(page)).toHaveText('2 contacts');
  await page.getByRole('textbox', { name: 'Value' }).fill('2');
  await expect(size(page)).toHaveText('1 contact');
  await expect(page.getByRole('link', { name: 'Ada' })).toBeVisible();
  await axe(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Size over time' })).toBeVisible();
  await page.getByRole('link', { name: 'Show its contacts' }).click();
  await expect(page.getByRole('status').filter({ hasText: '1' })).toBeVisible();
  await expect(page.locator('.grid-row')).toHaveCount(1);
  await page.getByRole('button', { name: 'Show all contacts' }).click();
  await expect(page.locator('.grid-row')).toHaveCount(3);

  const { id } = await machine.call('flows.create', { name: 'Thank you' });
  const flow = await machine.call('flows.get', { flow: id });
  await machine.call('flows.saveDraft', { flow: id, revision: flow.revision, draft: { ...flow.draft, steps: [{ id: 'tag', type: 'addTag', config: { tag: 'thanked' } }], edges: [{ from: 'start', outlet: 'next', to: 'tag' }] } });
  await page.evaluate((address) => void (location.hash = address), `#/flows/${id}`);
  await page.getByRole('button', { name: 'Came into a segment' }).click();
  await page.getByRole('combobox', { name: 'Segment', exact: true }).click();
  await page.getByRole('option', { name: 'Buyers' }).click();
  await expect(page.locator('.react-flow__node-start')).toContainText('When a contact comes into “Buyers”');
  await expect(page.locator('[data-saving=saved]')).toBeVisible();
  await machine.call('flows.publish', { flow: id });
  await machine.call('events.record', { events: [{ email: 'cleo@example.com', type: 'order_placed', data: { order: 'late', amount: 500 } }] });
  await expect.poll(async () => (await machine.call('contacts.list', { rule: { kind: 'tag', tag: 'thanked', has: true } })).rows.map((row) => row.values['first_name'])).toEqual(['Cleo']);

  await page.evaluate(() => void (location.hash = '#/segments'));
  await expect(page.getByRole('row', { name: /Buyers/ })).toContainText('Thank you');
  await page.getByRole('button', { name: 'More for Buyers' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText('is used by the flows “Thank you”')).toBeVisible();
  await expect(page.getByRole('row', { name: /Buyers/ })).toBeVisible();
});

test('a template fits where the workspace has what it needs, and says what it lacks', async ({ page }) => {
  await page.getByRole('button', { name: 'New segment' }).first().click();
  await expect(page.getByRole('button', { name: /Promoters/ })).toBeDisabled();
  await expect(page.getByRole('button', { name: /Promoters/ })).toContainText('Needs the attribute “Recommendation score (0 to 10)”');
  await page.getByRole('button', { name: /Never bought/ }).click();
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Never bought');
  await expect(size(page)).toHaveText('1 contact');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Size over time' })).toBeVisible();
  expect((await machine.call('segments.list', {})).map(({ name, size: found }) => [name, found])).toEqual([['Never bought', 1]]);
});

test('an event of the user’s own, with a property', async ({ page }) => {
  await machine.call('events.record', { events: [{ email: 'ben@example.com', type: 'page_viewed', data: { url: '/tea/prices' } }, { email: 'ada@example.com', type: 'page_viewed', data: { url: '/' } }] });
  await page.getByRole('button', { name: 'New segment' }).first().click();
  await page.getByRole('button', { name: 'From a rule' }).click();
  await page.getByRole('combobox', { name: 'Add a condition' }).click();
  await page.getByRole('option', { name: 'An event' }).click();
  await page.getByRole('combobox', { name: 'Event', exact: true }).selectOption('an event of your own');
  await expect(page.getByText('Not finished yet')).toBeVisible();
  await page.getByRole('textbox', { name: 'Name of the event' }).fill('Page viewed');
  await expect(size(page)).toHaveText('2 contacts');
  await page.getByRole('button', { name: 'Add a property' }).click();
  await page.getByRole('textbox', { name: 'property', exact: true }).fill('url');
  await page.getByRole('combobox', { name: 'Comparison' }).selectOption('contains');
  await page.getByRole('textbox', { name: 'Value' }).fill('price');
  await expect(size(page)).toHaveText('1 contact');
  await expect(page.getByRole('link', { name: 'Ben' })).toBeVisible();
});

test('a fixed set is filled by a rule, and emptied one by one', async ({ page }) => {
  await page.getByRole('button', { name: 'New segment' }).first().click();
  await page.getByRole('button', { name: 'A fixed set' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Fair');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Add contacts' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Add a condition' }).click();
  await page.getByRole('option', { name: 'A tag' }).click();
  await dialog.getByRole('combobox', { name: 'A tag' }).or(dialog.getByRole('textbox', { name: 'A tag' })).first().fill('vip');
  await expect(dialog.getByText('2 of 3 contacts match')).toBeVisible();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(size(page)).toHaveText('2 contacts');
  await page.getByRole('button', { name: 'Take Ben out' }).click();
  await expect(size(page)).toHaveText('1 contact');
  await axe(page);
  await page.getByRole('link', { name: 'Ada', exact: true }).first().click();
  await page.getByRole('button', { name: 'Take out of “Fair”' }).click();
  await expect(page.getByText('In no segment')).toBeVisible();
  await page.getByRole('combobox', { name: 'Put into a fixed segment' }).click();
  await page.getByRole('option', { name: 'Fair' }).click();
  await expect(page.getByRole('link', { name: 'Fair', exact: true })).toBeVisible();
  await expect(page.getByText('Left the segment “Fair”')).toBeVisible();
});

test('a fixed set is filled and replaced by lists, a segment is frozen, and the page tells who came and went', async ({ page }) => {
  await page.getByRole('button', { name: 'New segment' }).first().click();
  await page.getByRole('button', { name: 'A fixed set' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Fair');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Add by a list' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'E-mail addresses' }).fill('Ada <ada@example.com>\nben@example.com; stranger@example.com');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByText('3 addresses found: 2 contacts came in, 0 went out.')).toBeVisible();
  await expect(dialog.getByRole('textbox', { name: '1 address belongs to no contact:' })).toHaveValue('stranger@example.com');
  await axe(page);
  await dialog.getByText('Close', { exact: true }).click();
  await expect(size(page)).toHaveText('2 contacts');
  await page.getByRole('button', { name: 'Add by a list' }).click();
  const chooser = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'From a file' }).click();
  await (await chooser).setFiles({ name: 'fair.csv', mimeType: 'text/csv', buffer: Buffer.from('name;mail\r\nCleo;cleo@example.com\r\nBen;BEN@example.com\r\n') });
  await dialog.getByRole('radio', { name: 'Goes out, unless on the list' }).check();
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click();
  await expect(dialog.getByText('2 addresses found: 1 contact came in, 1 went out.')).toBeVisible();
  await dialog.getByText('Close', { exact: true }).click();
  await expect(size(page)).toHaveText('2 contacts');
  const changes = page.getByRole('list').filter({ hasText: 'came in' }).getByRole('listitem');
  await expect(changes).toHaveCount(4);
  await expect(changes.first()).toContainText(/left\s*Ada/);

  await page.evaluate(() => void (location.hash = '#/segments'));
  await page.getByRole('button', { name: 'New segment' }).first().click();
  await page.getByRole('button', { name: 'From a rule' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Buyers');
  await page.getByRole('combobox', { name: 'Add a condition' }).click();
  await page.getByRole('option', { name: 'Orders' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Freeze' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Buyers of March');
  await page.getByRole('button', { name: 'Make a fixed set' }).click();
  await expect(page.getByRole('heading', { name: 'Buyers of March' })).toBeVisible();
  await expect(size(page)).toHaveText('2 contacts');
  await page.evaluate(() => void (location.hash = '#/segments'));
  await expect(page.getByRole('row', { name: /Buyers of March/ })).toContainText('2');
});
