// Journeys through the flow editor: a flow drawn with the mouse, published and watched; ten edits taken back and done again;
// a reload; a small flow built with the keyboard alone; what axe says of it.
import { expect, test, type Locator, type Page } from '@playwright/test';
import { axe } from './journey.ts';
import { openFlow, startMachine, type Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

const CONTACTS = 12;
let machine: Machine;

test.beforeEach(async () => {
  machine = await startMachine();
});
test.afterEach(async () => {
  await machine.close();
});

const card = (page: Page, title: string): Locator => page.locator('.react-flow__node-step').filter({ has: page.locator('.step-card-title', { hasText: new RegExp(`^${title}$`) }) });
const plusAfter = (page: Page, step: string): Locator => page.getByRole('button', { name: `Add a step after ${step}`, exact: true });
const saved = (page: Page) => expect(page.locator('[data-saving=saved]')).toBeVisible();
const figure = (at: Locator, name: string): Locator => at.locator(`[data-figure="${name}"] b`);

/** Twelve contacts who may be written to, and two messages. */
async function people(): Promise<number> {
  for (let n = 0; n < CONTACTS; n++) {
    const { id } = await machine.call('contacts.add', { values: { email: `person${n}@example.com`, first_name: `Person ${n}` } });
    await machine.call('contacts.consent', { id, channel: 'email', given: true, source: 'form' });
  }
  for (const name of ['Welcome', 'Still there?']) {
    const message = await machine.call('messages.create', { name });
    await machine.call('messages.save', { ...message, subject: `${name} {{ contact.first_name }}`, body: '<p>Tea is ready.</p>' });
  }
  await machine.call('settings.save', { ...(await machine.call('settings.get', {})), postalAddress: 'Tea Street 1, 2100 Copenhagen' });
  return (await machine.call('flows.create', { name: 'Welcome' })).id;
}

async function dragOnto(page: Page, from: Locator, to: Locator): Promise<void> {
  await from.hover();
  await page.mouse.down();
  const box = (await to.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2 + 30, box.y + box.height / 2 + 14, { steps: 8 });
  await page.mouse.up();
}

const paletteItem = (page: Page, type: string): Locator => page.locator(`.palette-item[data-step-type=${type}]`);

/** The flow of the first journey, with the mouse. */
async function drawWelcome(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'By hand' }).click();

  await dragOnto(page, paletteItem(page, 'sendEmail'), plusAfter(page, 'Start'));
  await page.getByRole('combobox', { name: 'E-mail' }).click();
  await page.getByRole('option', { name: 'Welcome', exact: true }).click();
  await expect(card(page, 'Send e-mail')).toContainText('Send “Welcome”');

  await plusAfter(page, 'Send e-mail').click();
  await page.getByRole('option', { name: 'Wait', exact: true }).click();
  await page.getByRole('textbox', { name: 'Amount' }).fill('2');
  await expect(card(page, 'Wait')).toContainText('2 days');

  await dragOnto(page, paletteItem(page, 'branch'), plusAfter(page, 'Wait'));
  await page.getByRole('combobox', { name: 'Add a condition' }).click();
  await page.getByRole('option', { name: 'A message' }).click();
  await page.getByRole('combobox', { name: 'Message', exact: true }).selectOption('Welcome');

  await plusAfter(page, 'Branch – Yes').click();
  await page.getByRole('option', { name: 'Add tag' }).click();
  await page.getByRole('combobox', { name: 'Tag' }).or(page.getByRole('textbox', { name: 'Tag' })).first().fill('reader');

  await dragOnto(page, paletteItem(page, 'sendEmail'), plusAfter(page, 'Branch – No'));
  await page.getByRole('combobox', { name: 'E-mail' }).click();
  await page.getByRole('option', { name: 'Still there?' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Second mail');

  await plusAfter(page, 'Second mail').click();
  await page.getByRole('option', { name: 'Exit' }).click();
  await expect(page.locator('.react-flow__node-step')).toHaveCount(6);
}

test('a flow is drawn with the mouse, published, and its figures move as days pass', async ({ page }) => {
  const flow = await people();
  const wrong = await openFlow(page, machine, flow);
  await drawWelcome(page);
  await expect(page.getByRole('button', { name: /^No errors/ })).toBeVisible();

  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByRole('dialog')).toContainText('New step: Second mail');
  await page.getByRole('button', { name: 'Publish version 1' }).click();
  await expect(page.locator('.flow-state')).toHaveText('Live · version 1');

  await page.getByRole('button', { name: 'Show the whole flow' }).click();
  await page.locator('.start-card-trigger').click();
  await page.getByRole('button', { name: 'Put contacts in …' }).click();
  await page.getByRole('radio', { name: 'All contacts' }).check();
  await page.getByRole('button', { name: 'Put in', exact: true }).click();

  const wait = card(page, 'Wait');
  await expect(figure(card(page, 'Send e-mail'), 'entered')).toHaveText(String(CONTACTS), { timeout: 15_000 });
  const before = await wait.boundingBox();
  await machine.passDays(1);
  await expect(figure(card(page, 'Send e-mail'), 'sent')).toHaveText(String(CONTACTS));
  await expect(figure(wait, 'waiting')).toHaveText(String(CONTACTS));
  // Five of them open the mail.
  const events = Array.from({ length: 5 }, (_, n) => ({ email: `person${n}@example.com`, type: 'message_opened', data: { message: 'welcome' } }));
  await machine.call('events.record', { events });
  await machine.passDays(2);

  await expect(figure(wait, 'waiting')).toHaveText('0');
  await expect(page.locator('.flow-line-label', { hasText: 'Yes' }).locator('b')).toHaveText('5');
  await expect(page.locator('.flow-line-label', { hasText: 'No' }).locator('b')).toHaveText('7');
  await expect(figure(card(page, 'Second mail'), 'sent')).toHaveText('7');
  await expect(figure(card(page, 'Exit'), 'entered')).toHaveText('7');
  expect(await wait.boundingBox()).toEqual(before);
  expect((await machine.call('contacts.list', { rule: { kind: 'tag', tag: 'reader', has: true } })).total).toBe(5);
  expect(wrong).toEqual([]);
});

test('ten edits are taken back and done again, and a reload finds everything', async ({ page }) => {
  const flow = await people();
  await openFlow(page, machine, flow);
  await drawWelcome(page);
  await saved(page);
  const drawn = (await machine.call('flows.get', { flow })).draft;

  const undo = page.locator('[data-command=undo]');
  await expect(undo).toHaveAccessibleName(/^Undo: insert “Exit”/);
  for (let n = 0; n < 10; n++) await undo.click();
  await saved(page);
  await expect(page.locator('.react-flow__node-step')).not.toHaveCount(6);
  await expect.poll(async () => (await machine.call('flows.get', { flow })).draft.steps.length).toBeLessThan(drawn.steps.length);
  for (let n = 0; n < 10; n++) await page.locator('[data-command=redo]').click();
  await expect(page.locator('.react-flow__node-step')).toHaveCount(6);
  await expect.poll(async () => (await machine.call('flows.get', { flow })).draft).toEqual(drawn);

  const places = () => page.locator('.react-flow__node').evaluateAll((nodes) => nodes.map((node) => [node.getAttribute('data-id'), (node as HTMLElement).style.transform]));
  const before = await places();
  await page.reload();
  await expect(page.locator('.react-flow__node-step')).toHaveCount(6, { timeout: 30_000 });
  expect(await places()).toEqual(before);
  await expect(card(page, 'Second mail')).toContainText('Send “Still there?”');
});

test('deleting closes the chain, a branch asks which side stays, and Undo in the notice brings it back', async ({ page }) => {
  const flow = await people();
  await openFlow(page, machine, flow);
  await drawWelcome(page);

  await card(page, 'Wait').click();
  await page.keyboard.press('Delete');
  await expect(card(page, 'Wait')).toHaveCount(0);
  await expect(page.getByRole('status').filter({ hasText: 'Done: delete “Wait”' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(card(page, 'Wait')).toHaveCount(1);

  await card(page, 'Branch').click();
  await page.keyboard.press('Delete');
  const dialog = page.getByRole('dialog', { name: 'Delete a branch' });
  await dialog.getByRole('radio', { name: 'The steps on “No”' }).check();
  await expect(dialog).toContainText('1 other step is deleted too.');
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.locator('.react-flow__node-step')).toHaveCount(4);
  await saved(page);
  const { edges, steps } = (await machine.call('flows.get', { flow })).draft;
  const id = (title: string) => steps.find((step) => step.name === title || step.type === title)!.id;
  expect(edges).toContainEqual({ from: id('wait'), outlet: 'next', to: id('Second mail') });
});

test('steps are moved by dragging, copied as text, renamed and disabled', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const flow = await people();
  await openFlow(page, machine, flow);
  await drawWelcome(page);

  await dragOnto(page, card(page, 'Wait'), plusAfter(page, 'Start'));
  await saved(page);
  const draft = () => machine.call('flows.get', { flow }).then((detail) => detail.draft);
  const first = async () => {
    const { edges, steps } = await draft();
    return steps.find((step) => step.id === edges.find((edge) => edge.from === 'start')?.to)?.type;
  };
  await expect.poll(first).toBe('wait');

  await card(page, 'Wait').click();
  await page.keyboard.press('Control+c');
  const copied: unknown = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied).toMatchObject({ kind: 'flow-steps', version: 1, steps: [{ type: 'wait', config: { duration: { amount: 2 } } }] });
  await card(page, 'Second mail').click();
  await page.keyboard.press('Control+v');
  await expect(card(page, 'Wait')).toHaveCount(2);

  await page.keyboard.press('F2');
  await page.keyboard.type('Long wait');
  await page.keyboard.press('Enter');
  await expect(card(page, 'Long wait')).toHaveCount(1);
  await page.keyboard.press('d');
  await expect(card(page, 'Long wait')).toContainText('Disabled: people pass through');
  await page.keyboard.press('Control+z');
  await expect(card(page, 'Long wait')).not.toContainText('Disabled');
});

test('a small flow is built with the keyboard alone', async ({ page }) => {
  const flow = await people();
  await openFlow(page, machine, flow);
  await page.locator('.react-flow__node-start').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.locator('.start-card-trigger')).toHaveText('When a contact is added');

  await page.locator('.react-flow__node-start').focus();
  await page.keyboard.press('a');
  await page.keyboard.type('send');
  await page.keyboard.press('Enter');
  await expect(card(page, 'Send e-mail')).toBeFocused();
  await page.keyboard.press('a');
  await page.keyboard.type('branch');
  await page.keyboard.press('Enter');
  await expect(card(page, 'Branch')).toBeFocused();

  // Down to the second branch, which is remembered when one comes back.
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('button', { name: 'Branch, No: leaves the flow here. Enter adds a step.' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('exit');
  await page.keyboard.press('Enter');
  await expect(card(page, 'Exit')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(card(page, 'Branch')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(card(page, 'Exit')).toBeFocused();

  // Deleting keeps the keyboard on the canvas; so does undoing.
  await page.keyboard.press('Delete');
  await expect(page.locator('.react-flow__node:focus')).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect(card(page, 'Exit')).toHaveCount(1);
  await expect(page.locator('.react-flow__node:focus')).toHaveCount(1);

  // F8 goes to the field that is missing, Escape back to its card.
  await page.keyboard.press('F8');
  await expect(page.getByRole('combobox', { name: 'E-mail' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(card(page, 'Send e-mail')).toBeFocused();
});

test('a version changed elsewhere is asked about, and nothing is lost', async ({ page }) => {
  const flow = await people();
  await openFlow(page, machine, flow);
  await page.getByRole('button', { name: 'By hand' }).click();
  await saved(page);
  const { draft, revision } = await machine.call('flows.get', { flow });
  await paletteItem(page, 'wait').click();
  await machine.call('flows.saveDraft', { flow, draft: { ...draft, name: 'Theirs' }, revision });
  await page.getByRole('button', { name: 'Keep mine as a copy' }).click();
  await expect(page.locator('.flow-name')).toHaveValue('Theirs');
  const copy = (await machine.call('flows.list', {})).find((each) => each.name === 'Welcome (copy)')!;
  expect((await machine.call('flows.get', { flow: copy.id })).draft.steps).toHaveLength(1);
});

test('an unknown step is shown as such and kept', async ({ page }) => {
  const flow = await people();
  const { draft, revision } = await machine.call('flows.get', { flow });
  const strange = { id: 'x1', type: 'teleport', config: { to: 'Mars' } };
  await machine.call('flows.saveDraft', { flow, draft: { ...draft, steps: [strange], edges: [{ from: 'start', outlet: 'next', to: 'x1' }] }, revision });
  await openFlow(page, machine, flow);
  await expect(page.locator('.react-flow__node-step')).toContainText('This program does not know this kind of step');
  await page.getByRole('button', { name: 'By hand' }).click();
  await saved(page);
  await expect.poll(async () => (await machine.call('flows.get', { flow })).draft.steps).toEqual([strange]);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${scheme} editor`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const flow = await people();
    await openFlow(page, machine, flow);
    await drawWelcome(page);
    await card(page, 'Branch').click();
    await axe(page);
  });
}
