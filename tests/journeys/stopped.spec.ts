// Journeys through what the desktop program adds: the bar after an emergency stop that was pressed elsewhere, and the choices
// about going on without the window; with what axe says of both in either theme.
import { expect, test, type Page } from '@playwright/test';
import type { DesktopChoices, DesktopState } from '../../shared/api.ts';
import { axeInBothThemes, machineForEach } from './journey.ts';
import type { Machine } from './machine.ts';

let machine: Machine;

machineForEach((made) => void (machine = made));

test('stopped at the icon beside the clock: every screen says so, until it is started again; the audit knows both', async ({ page }) => {
  await page.goto(`${machine.url}&/flows`);
  const bar = page.getByRole('status').filter({ hasText: 'Everything has been stopped' });
  await expect(bar).toHaveCount(0);
  await machine.call('runner.stopAll', { from: 'tray' });
  await expect(bar).toHaveText(/Everything has been stopped since 09:00, at the icon beside the clock\. No flow moves and nothing is sent\./);
  await axeInBothThemes(page);
  await page.evaluate(() => void (location.hash = '#/contacts'));
  await bar.getByRole('button', { name: 'Start everything again' }).click();
  await expect(bar).toHaveCount(0);
  expect(await machine.call('runner.status', {})).toMatchObject({ running: true, stopped: null });
  await page.evaluate(() => void (location.hash = '#/audit'));
  await expect(page.getByText('Everything was stopped at the icon beside the clock')).toBeVisible();
  await expect(page.getByText('Everything was started again')).toBeVisible();
});

/** The window as the desktop program shows it: calls go over the bridge, and the choices are kept by the program. */
async function asDesktop(page: Page, state: DesktopState): Promise<{ changes: Partial<DesktopChoices>[] }> {
  const changes: Partial<DesktopChoices>[] = [];
  await page.exposeFunction('testCall', async (method: never, input: never) => ({ value: await machine.call(method, input) }));
  await page.exposeFunction('testDesktop', (change: Partial<DesktopChoices>) => {
    if (Object.keys(change).length > 0) changes.push(change);
    return Object.assign(state, change);
  });
  await page.addInitScript(`window.kanal = { call: window.testCall, desktop: window.testDesktop, on: () => () => undefined };`);
  return { changes };
}

const FRESH: DesktopState = { keepRunning: null, asksBeforeQuit: true, atLogin: false, language: null, can: { withoutWindow: 'choice', atLogin: true } };

test('the choices about going on without the window are the program’s, and it learns the language', async ({ page }) => {
  const { changes } = await asDesktop(page, FRESH);
  await page.goto(machine.url.replace(/#.*/, '#/settings/window'));
  await page.getByRole('switch', { name: 'Keep running while flows are live' }).click();
  await expect(page.getByRole('switch', { name: 'Keep running while flows are live' })).toBeChecked();
  await page.getByRole('switch', { name: 'Ask before quitting while flows run' }).click();
  await page.getByRole('switch', { name: 'Start with the computer' }).click();
  await expect(page.getByRole('switch', { name: 'Start with the computer' })).toBeChecked();
  await axeInBothThemes(page);
  expect(changes).toEqual([{ language: 'en' }, { keepRunning: true }, { asksBeforeQuit: false }, { atLogin: true }]);
});

test('where no icon would be seen there is no such choice, and it says why; in a browser there is none of it', async ({ page, context }) => {
  await asDesktop(page, { ...FRESH, can: { withoutWindow: 'never', atLogin: false } });
  await page.goto(machine.url.replace(/#.*/, '#/settings/window'));
  await expect(page.getByText('This computer shows no icons beside the clock')).toBeVisible();
  await expect(page.getByRole('switch')).toHaveCount(1);
  const browser = await context.newPage();
  await browser.goto(`${machine.url}&/settings/window`);
  await expect(browser.getByText('As the system')).toBeVisible();
  await expect(browser.getByRole('switch')).toHaveCount(0);
});
