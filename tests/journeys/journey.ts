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

/** Waits until nothing in the page fades, slides or changes its colour any more, but for what turns for ever. */
async function stillness(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = () => document.getAnimations().filter(({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity);
    for (let all = moving(); all.length > 0; all = moving()) await Promise.allSettled(all.map(({ finished }) => finished));
  });
}

/** What axe finds in the page as it is, once nothing moves: each kind of fault with its elements. */
export async function faultsIn(page: Page, without: string[] = []): Promise<string[]> {
  await stillness(page);
  // Asked in the page itself. Otherwise a second page is opened for each answer, which takes longer than to find it, and serves frames of other origins: there are none.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  for (const selector of without) builder.exclude(selector);
  const { violations } = await builder.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 300)).join(' | ')}`);
}

/** Expects that axe finds nothing in the page as it is. */
export async function axe(page: Page, scheme = ''): Promise<void> {
  expect(await faultsIn(page), scheme).toEqual([]);
}

/** Expects that axe finds nothing in the light theme and in the dark one; the light one stays. */
export async function axeInBothThemes(page: Page): Promise<void> {
  const show = (theme: string) => page.evaluate((chosen) => document.documentElement.setAttribute('data-mantine-color-scheme', chosen), theme);
  for (const scheme of ['light', 'dark']) {
    await show(scheme);
    await axe(page, scheme);
  }
  await show('light');
}
