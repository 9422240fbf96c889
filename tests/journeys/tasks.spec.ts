// Journeys through tasks: a card decided with the keyboard, one that nobody decided in time, notices; and through a contact's
// page with everything: history, notes, tasks, orders, messages, flows; and what axe says of both in either theme.
import { expect, test, type Page } from '@playwright/test';
import { axeInBothThemes, machineForEach } from './journey.ts';
import type { Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

let machine: Machine;
let people: number[];
let flow: number;

machineForEach(async (made) => {
  machine = made;
  people = [];
  for (const name of ['Ada', 'Ben', 'Cleo']) people.push((await machine.call('contacts.add', { values: { email: `${name.toLowerCase()}@example.com`, first_name: name } })).id);
  flow = (await machine.call('flows.create', { name: 'Follow-up' })).id;
  const { draft, revision } = await machine.call('flows.get', { flow });
  const call = { id: 'call', type: 'task', config: { title: 'Call {{ contact.first_name }}', text: 'Ask how the tea was.', outcomes: [{ id: 'reached', label: 'Reached' }, { id: 'later', label: 'Call later' }], due: { amount: 2, unit: 'days' }, overdue: 'escalate', further: { amount: 2, unit: 'days' } } };
  const steps = [call, { id: 'tell', type: 'notify', config: { title: '{{ contact.first_name }} was reached' } }, { id: 'rest', type: 'wait', config: { duration: { amount: 5, unit: 'days' } } }, { id: 'late', type: 'addTag', config: { tag: 'late' } }];
  const edges = [['start', 'next', 'call'], ['call', 'reached', 'tell'], ['tell', 'next', 'rest'], ['call', 'timedOut', 'late']].map(([from, outlet, to]) => ({ from: from!, outlet: outlet!, to: to! }));
  await machine.call('flows.saveDraft', { flow, revision, draft: { ...draft, triggers: [{ id: 'hand', type: 'byHand', config: {} }], steps, edges } });
  await machine.call('flows.publish', { flow });
  await machine.call('flows.enroll', { flow, contacts: people });
  await expect.poll(async () => (await machine.call('tasks.list', {})).total).toBe(3);
});

const card = (page: Page) => page.locator('.task-card');
const rows = (page: Page) => page.locator('.task-row');

test('the list is walked and decided with the keyboard, and the flow goes on', async ({ page }) => {
  await page.goto(`${machine.url}&/tasks`);
  await expect(rows(page)).toHaveCount(3);
  await expect(page.locator('.rail-count')).toHaveText('3');
  await expect(card(page)).toContainText('Call Ada');
  await expect(card(page)).toContainText('Ask how the tea was.');
  await axeInBothThemes(page);
  await page.keyboard.press('j');
  await expect(card(page)).toContainText('Call Ben');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('2');
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByText('“Call Ben”: Call later')).toBeVisible();
  await expect(card(page)).toContainText('Call Cleo');
  await page.keyboard.press('k');
  await expect(card(page)).toContainText('Call Ada');

  // Enter goes to the buttons; Tab goes on among them. A digit in the comment is part of the comment.
  await card(page).getByRole('textbox', { name: 'Comment' }).fill('Wants 2 boxes');
  await page.keyboard.press('1');
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('heading', { name: 'Call Ada' }).click();
  await page.keyboard.press('Enter');
  await expect(card(page).getByRole('button', { name: 'Reached' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(1);
  const [ada] = (await machine.call('tasks.list', { which: 'done', contact: people[0]! })).rows;
  expect(ada).toMatchObject({ outcome: 'reached', comment: 'Wants 2 boxes1' });
  await expect.poll(async () => (await machine.call('contacts.get', { id: people[0]! })).flows[0]?.stepId).toBe('rest');
  // Whose outcome leads nowhere has come to the end.
  expect((await machine.call('contacts.get', { id: people[1]! })).flows[0]?.state).toBe('finished');

  // What the flow told stands under the notices.
  await page.getByText(/^Notices/).click();
  await expect(page.getByText('Ada was reached').first()).toBeVisible();
  await page.getByRole('button', { name: 'Mark as read' }).click();
  await expect(page.getByRole('button', { name: 'Mark as read' })).toHaveCount(0);
});

test('what nobody decides in time is raised and told, then times out; it is opened again as a new card', async ({ page }) => {
  await page.goto(`${machine.url}&/tasks`);
  await expect(rows(page)).toHaveCount(3);
  await machine.passDays(2.5);
  await expect(page.locator('.rail-count[data-overdue]')).toHaveText('3');
  await expect(card(page).getByText(/^Overdue since/)).toBeVisible();
  await expect(card(page).getByText('Urgent')).toBeVisible();
  await page.getByText(/^Overdue \(3\)/).click();
  await expect(rows(page)).toHaveCount(3);
  // The keys work wherever the focus is but in a field: on what was just chosen, and on a row that was clicked.
  await page.keyboard.press('j');
  await expect(card(page)).toContainText('Call Ben');
  await rows(page).last().click();
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await expect(card(page)).toContainText('Call Ada');
  await page.getByRole('button', { name: 'Change task' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).focus();
  await page.keyboard.press('1');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(rows(page)).toHaveCount(3);
  await machine.passDays(2);
  await expect(page.getByText('Nothing is overdue.')).toBeVisible();
  await expect(page.locator('.rail-count')).toHaveCount(0);
  await page.getByText('Settled', { exact: true }).click();
  await expect(card(page)).toContainText('nobody decided in time');
  await axeInBothThemes(page);
  await page.getByRole('button', { name: 'Open again' }).click();
  await expect(page.locator('.rail-count')).toHaveText('1');
  await page.getByText(/^Open \(1\)/).click();
  await expect(card(page)).toContainText(/opens task \d+ again/);
  expect((await machine.call('contacts.get', { id: people[0]! })).tags).toEqual(['late']);
});

test('a contact’s page has everything: values of old, notes, tasks, orders, flows, and a timeline by group', async ({ page }) => {
  const ada = people[0]!;
  await machine.call('events.record', { events: [{ email: 'ada@example.com', type: 'order_placed', data: { order: 'A-1', amount: 12_50, currency: 'EUR', product: 'Green tea' } }, { email: 'ada@example.com', type: 'page_viewed', data: { page: '/tea' } }] });
  await page.goto(`${machine.url}&/contacts/${ada}`);

  await page.getByRole('button', { name: 'Change First name: Ada' }).click();
  await page.getByRole('textbox', { name: 'First name' }).fill('Augusta');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'First name: history' }).click();
  const dialog = page.getByRole('dialog', { name: 'First name: history' });
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await expect(dialog.getByRole('listitem').first()).toContainText('before: Ada');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'First name: history' })).toBeFocused();

  const tab = (name: string) => page.getByRole('tab', { name });
  await tab('Notes').click();
  await expect(page.getByText(/No notes yet/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Write a note' }).fill('Prefers mornings');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Edit note' }).click();
  await page.getByRole('textbox', { name: 'Edit note' }).fill('Prefers evenings');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Pin to the top' }).click();
  await expect(page.getByRole('button', { name: 'Unpin' })).toBeVisible();
  await axeInBothThemes(page);

  await tab('Tasks').click();
  await expect(page.getByText('Prefers evenings')).toBeVisible();
  await page.getByRole('button', { name: 'Add task' }).click();
  await page.getByRole('textbox', { name: 'What is to be done' }).fill('Send a sample');
  await page.getByRole('dialog').getByRole('button', { name: 'Add task' }).click();
  await page.getByRole('region', { name: 'Send a sample' }).getByRole('button', { name: 'Change task' }).click();
  await page.getByRole('textbox', { name: 'For whom' }).fill('Bo');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  const sample = page.getByRole('region', { name: 'Send a sample' });
  await expect(sample).toContainText('No due date · Bo');
  await sample.getByRole('button', { name: 'Done' }).click();
  await expect(sample.getByRole('button', { name: 'Open again' })).toBeVisible();
  await axeInBothThemes(page);

  await tab('Orders').click();
  await expect(page.getByRole('row', { name: /A-1.*Green tea.*€12\.50/ })).toBeVisible();
  await tab('Messages').click();
  await expect(page.getByText('No message was sent, or is planned, to this contact.')).toBeVisible();

  await tab('Timeline').click();
  const timeline = page.locator('.timeline li');
  await expect(timeline.filter({ hasText: 'Decided: “Send a sample”' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Show' }).click();
  await page.getByRole('option', { name: 'Your own events' }).click();
  await expect(timeline).toHaveCount(1);
  await expect(timeline).toContainText('page viewed');
  await axeInBothThemes(page);

  await page.getByRole('button', { name: 'What to do in “Follow-up”' }).click();
  await page.getByRole('menuitem', { name: 'Wait' }).click();
  await expect(page.getByText(/At “Wait” until/)).toBeVisible();
  await page.getByRole('button', { name: 'What to do in “Follow-up”' }).click();
  await page.getByRole('menuitem', { name: 'Skip the wait' }).click();
  await expect(page.getByText('Came to the end')).toBeVisible();
});

test('a comment stays with its card until it is decided, and what is typed in a dialog outlives Escape, but not Cancel', async ({ page }) => {
  await page.goto(`${machine.url}&/tasks`);
  const comment = page.getByRole('textbox', { name: 'Comment' });
  await comment.fill('Wants the green one');
  await rows(page).nth(1).click();
  await expect(comment).toHaveValue('');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: /^Tasks/ }).click();
  await expect(card(page)).toContainText('Call Ada');
  await expect(comment).toHaveValue('Wants the green one');

  await page.getByRole('button', { name: 'Change task' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'What to say or do' }).fill('Ask about the green one.');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Change task' }).click();
  await expect(dialog.getByRole('textbox', { name: 'What to say or do' })).toHaveValue('Ask about the green one.');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Change task' }).click();
  await expect(dialog.getByRole('textbox', { name: 'What to say or do' })).toHaveValue('Ask how the tea was.');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // A digit decides with what was written, too.
  await rows(page).first().focus();
  await page.keyboard.press('2');
  await expect(rows(page)).toHaveCount(2);
  const timeline = await machine.call('contacts.timeline', { id: people[0]! });
  expect(JSON.stringify(timeline)).toContain('Wants the green one');
});

test('a calendar: its days are kept when the dialog is waved away, Enter saves, and taking it away asks first', async ({ page }) => {
  await page.goto(`${machine.url}&/settings/calendars`);
  await page.getByRole('button', { name: 'Add a calendar' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Days' }).fill('2026-12-24 Christmas Eve\n2026-12-31');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Add a calendar' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Days' })).toHaveValue(/Christmas Eve/);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Shop closed');
  await axeInBothThemes(page);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('row', { name: /Shop closed 2 days/ })).toBeVisible();
  await page.getByRole('button', { name: 'Add a calendar' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove' }).click();
  const asked = page.getByRole('dialog', { name: 'Remove Shop closed?' });
  await expect(asked).toContainText('The calendar and its 2 days are gone then.');
  await axeInBothThemes(page);
  await page.keyboard.press('Escape');
  await expect(asked).toBeHidden();
  await page.getByRole('button', { name: 'Remove' }).click();
  await asked.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('row', { name: /Shop closed/ })).toHaveCount(0);
});
