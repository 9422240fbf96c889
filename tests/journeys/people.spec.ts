// The people of one flow in the window: who is where, some of them moved, let go on, taken out with a reason, begun anew, all with
// the keyboard; those who stand in line; and what axe says of it in either theme.
import { expect, test } from '@playwright/test';
import { flowSchema, START } from '../../shared/flow/flow.ts';
import { axeInBothThemes, machineForEach } from './journey.ts';
import type { Machine } from './machine.ts';

test.describe.configure({ timeout: 120_000 });

let machine: Machine;
let flow: number;

machineForEach(async (made) => {
  machine = made;
  flow = (await machine.call('flows.create', { name: 'Club' })).id;
  const wait = (id: string, name: string, amount: number) => ({ id, type: 'wait', name, config: { duration: { amount, unit: 'days' } } });
  const steps = [wait('first', 'A week', 7), wait('second', 'A month', 30)];
  const edges = [{ from: START, outlet: 'next', to: 'first' }, { from: 'first', outlet: 'next', to: 'second' }];
  await machine.call('flows.saveDraft', { flow, revision: 1, draft: flowSchema.parse({ name: 'Club', triggers: [{ id: 'added', type: 'contactAdded', config: {} }], steps, edges }) });
  await machine.call('flows.publish', { flow });
});

async function peopled(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await machine.call('contacts.add', { values: { email: `p${String(n).padStart(3, '0')}@example.com` } });
  await machine.passDays(1);
}

const where = async () => (await machine.call('enrollments.list', { flow })).rows.map(({ email, stepId }) => `${email?.slice(0, 4)} ${stepId}`).toSorted();

test('from the number in the list of flows: some are moved, some let go on, one is taken out with a reason', async ({ page }) => {
  await peopled(4);
  await page.goto(`${machine.url}&/flows`);
  await page.getByRole('link', { name: 'People in “Club” 4' }).press('Enter');
  await expect(page.getByRole('radio', { name: 'Inside (4)' })).toBeChecked();
  const row = (who: string) => page.getByRole('row', { name: new RegExp(who) });
  await expect(row('p000')).toContainText('At “A week”');
  await axeInBothThemes(page);

  await page.getByRole('checkbox', { name: 'Select p000@example.com' }).press('Space');
  await page.getByRole('checkbox', { name: 'Select p001@example.com' }).press('Space');
  const bar = page.getByRole('region', { name: 'Selected people' });
  await expect(bar).toContainText('2 selected');
  // Beside the list, not over it.
  await expect(bar).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('columnheader', { name: 'Contact' })).toBeInViewport({ ratio: 1 });
  await axeInBothThemes(page);
  await bar.getByRole('button', { name: 'Move to …' }).press('Enter');
  const moving = page.getByRole('dialog', { name: 'Move 2 people' });
  await expect(moving).toContainText('What was planned to be sent from where they are is cancelled.');
  await expect(moving.getByRole('button', { name: 'Move', exact: true })).toBeDisabled();
  await moving.getByRole('combobox', { name: 'Step' }).fill('month');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await axeInBothThemes(page);
  await moving.getByRole('button', { name: 'Move', exact: true }).press('Enter');
  await expect(page.getByText('Done for 2 people.')).toBeVisible();
  await expect(bar).toBeHidden();
  expect(await where()).toEqual(['p000 second', 'p001 second', 'p002 first', 'p003 first']);

  await page.getByRole('checkbox', { name: 'Select p002@example.com' }).check();
  await bar.getByRole('button', { name: 'Skip the wait' }).click();
  await expect.poll(where).toEqual(['p000 second', 'p001 second', 'p002 second', 'p003 first']);

  // Those at one step, all of them; a reason that was typed is still there when the question is asked again.
  await page.getByRole('combobox', { name: 'At which step' }).click();
  await page.getByRole('option', { name: 'A week (1)' }).click();
  await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
  await bar.getByRole('button', { name: 'Take out of the flow' }).click();
  const taking = page.getByRole('dialog', { name: 'Take 1 person out of the flow' });
  await taking.getByRole('textbox', { name: 'Reason (optional)' }).fill('Moved to Oslo');
  await page.keyboard.press('Escape');
  await expect(taking).toBeHidden();
  await bar.getByRole('button', { name: 'Take out of the flow' }).click();
  await expect(taking.getByRole('textbox', { name: 'Reason (optional)' })).toHaveValue('Moved to Oslo');
  await axeInBothThemes(page);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nobody of these stands at this step.')).toBeVisible();
  await page.getByText('Left (1)').click();
  await expect(row('p003')).toContainText('Left: Moved to Oslo');
  await expect(page.getByRole('checkbox')).toHaveCount(0);
});

test('more than a page: all are selected and begin anew', async ({ page }) => {
  await peopled(103);
  await page.goto(`${machine.url}&/flows/${flow}/people`);
  await expect(page.getByText('1–100 of 103')).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  await expect(page.getByText('101–103 of 103')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
  const bar = page.getByRole('region', { name: 'Selected people' });
  await expect(bar).toContainText('3 selected');
  await bar.getByRole('button', { name: 'Select all 103' }).click();
  await expect(bar).toContainText('103 selected');
  await bar.getByRole('button', { name: 'Begin anew …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Begin anew' }).click();
  await expect(page.getByText('Done for 103 people.')).toBeVisible();
  expect(await machine.call('flows.counts', { flow })).toMatchObject({ entered: 206, exited: 103, active: 103 });
});

test('a step says who stands there, and leads to them; whoever stands in line is in a list of their own', async ({ page }) => {
  await peopled(2);
  const { draft, revision } = await machine.call('flows.get', { flow });
  await machine.call('flows.saveDraft', { flow, revision, draft: { ...draft, triggers: [...draft.triggers, { id: 'tag', type: 'tagAdded', config: { tag: 'again' } }], entry: { ...draft.entry, reentry: 'afterExit', whileInside: 'queue' } } });
  await machine.call('flows.publish', { flow });
  const { rows } = await machine.call('enrollments.list', { flow });
  await machine.call('contacts.tag', { ids: [rows[0]!.contact], add: ['again'] });
  await machine.passDays(0.01);
  await page.goto(`${machine.url}&/flows/${flow}`);
  await page.locator('.react-flow__node', { hasText: 'A week' }).click();
  await page.getByRole('link', { name: 'Show all 2 and what can be done with them' }).click();
  await expect(page.getByRole('combobox', { name: 'At which step' })).toHaveValue('A week (2)');
  await page.getByText('In line (1)').click();
  await expect(page.getByRole('row', { name: new RegExp(rows[0]!.email!) })).toContainText('when the passage before has ended');
  await axeInBothThemes(page);
  await page.getByRole('button', { name: 'Take out of the line' }).click();
  await expect(page.getByText('Nobody stands in line.')).toBeVisible();
  await axeInBothThemes(page);
});

test('bringing some over to the version that runs asks where those go whose step is gone', async ({ page }) => {
  await peopled(3);
  const { draft, revision } = await machine.call('flows.get', { flow });
  const [, second] = draft.steps;
  await machine.call('flows.saveDraft', { flow, revision, draft: { ...draft, steps: [second!], edges: [{ from: START, outlet: 'next', to: 'second' }] } });
  await machine.call('flows.publish', { flow, keep: true });
  await page.goto(`${machine.url}&/flows/${flow}/people`);
  await page.getByRole('checkbox', { name: 'Select p000@example.com' }).check();
  await page.getByRole('checkbox', { name: 'Select p001@example.com' }).check();
  const bar = page.getByRole('region', { name: 'Selected people' });
  await bar.getByRole('button', { name: 'Move to the current version' }).press('Enter');
  const asking = page.getByRole('dialog', { name: 'Move to the current version' });
  // Whoever is not selected is not counted.
  await asking.getByRole('combobox', { name: '“A week” (deleted): 2 people' }).click();
  await page.getByRole('option', { name: 'leave the flow' }).click();
  await axeInBothThemes(page);
  await asking.getByRole('button', { name: 'Move to the current version' }).click();
  await expect(asking).toBeHidden();
  await expect(bar).toBeHidden();
  expect(await where()).toEqual(['p002 first']);
  await page.getByRole('checkbox', { name: 'Select p002@example.com' }).check();
  await bar.getByRole('button', { name: 'Move to the current version' }).click();
  await asking.getByRole('button', { name: 'Move to the current version' }).click();
  await expect.poll(where).toEqual(['p002 second']);
});
