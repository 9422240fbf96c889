// What journeys have in common: a machine of its own for each, no error in the page, and what axe says of it.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { startMachine, type Machine } from './machine.ts';

/** Starts a machine before every journey of the file, and closes it after. An error in the page that nobody caught fails the journey. */
export function machineForEach(setUp: (machine: Machine, page: Page) => Promise<void> | void): void {
  let machine: Machine;
  let wrong: string[];
  test.beforeEach(async ({ page }) => {
    machine = await startMachine();
    wrong = [];
    page.on('pageerror', (error) => wrong.push(String(error)));
    await setUp(machine, page);
  });
  test.afterEach(async () => {
    expect(wrong).toEqual([]);
    await machine.close();
  });
}

/** Expects that axe finds nothing in the page as it is. */
export async function axe(page: Page, scheme = ''): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${scheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

/** Expects that axe finds nothing in the light theme and in the dark one; the light one stays. */
export async function axeInBothThemes(page: Page): Promise<void> {
  const show = (theme: string) => page.evaluate((chosen) => document.documentElement.setAttribute('data-mantine-color-scheme', chosen), theme);
  for (const scheme of ['light', 'dark']) {
    await show(scheme);
    await page.waitForTimeout(300);
    await axe(page, scheme);
  }
  await show('light');
}
