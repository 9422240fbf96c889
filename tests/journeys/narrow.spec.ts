// A window of 640 by 400 pixels, which is one of 1280 by 800 at 200 %: on no screen is anything out of reach, or one thing on top of
// another, in the language with the longest words (UX 2.6, 2.8).
import { expect, test } from '@playwright/test';
import { startMachine, type Machine } from './machine.ts';

test.use({ viewport: { width: 640, height: 400 } });
test.describe.configure({ timeout: 150_000 });

const SCREENS = [
  'flows', 'flows/1/people', 'flows/1', 'contacts', 'contacts/1', 'contacts/attributes', 'companies', 'contacts/duplicates', 'contacts/import', 'contacts/imports',
  'contacts/edits', 'segments', 'messages', 'tasks', 'outbox', 'errors', 'audit', ...['workspace', 'sending', 'rules', 'calendars', 'privacy', 'window'].map((section) => `settings/${section}`),
];

/** What is drawn outside of the window with nothing to scroll it by, and what lies over something else in the top bar. Runs in the page. */
function outOfReach(): string[] {
  const found: string[] = [];
  const isScrolled = (element: Element, axis: 'x' | 'y') => {
    for (let at = element.parentElement; at !== null; at = at.parentElement) {
      const style = getComputedStyle(at);
      const overflow = axis === 'x' ? style.overflowX : style.overflowY;
      if ((overflow === 'auto' || overflow === 'scroll') && (axis === 'x' ? at.scrollWidth > at.clientWidth : at.scrollHeight > at.clientHeight)) return true;
    }
    return false;
  };
  const named = (element: HTMLElement) => element.innerText || element.ariaLabel || element.className;
  for (const element of document.querySelectorAll<HTMLElement>('button, a, input, label, p, h1, h2, [role=tab]')) {
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    // The flow is moved about by hand.
    if (width <= 1 || height <= 1 || element.closest('.react-flow') !== null) continue;
    const below = element.closest('.frame-screen') === null ? innerHeight : document.querySelector('.frame-screen')!.getBoundingClientRect().bottom;
    if ((right > innerWidth + 1 || left < -1) && !isScrolled(element, 'x')) found.push(`beside: ${named(element)}`);
    if ((bottom > below + 1 || top < -1) && !isScrolled(element, 'y')) found.push(`below: ${named(element)}`);
  }
  const bar = [...document.querySelectorAll<HTMLElement>('.frame-top button, .frame-top h1, .frame-top a, .frame-top label')].map((element) => ({ element, box: element.getBoundingClientRect() })).filter(({ box }) => box.width > 1);
  for (const [index, one] of bar.entries())
    for (const other of bar.slice(index + 1)) {
      const overlaps = one.box.left < other.box.right - 2 && other.box.left < one.box.right - 2 && one.box.top < other.box.bottom - 2 && other.box.top < one.box.bottom - 2;
      // What is scrolled out of sight lies nowhere.
      if (overlaps && !one.element.contains(other.element) && !isScrolled(one.element, 'x') && !isScrolled(other.element, 'x')) found.push(`one over the other: ${named(one.element)} / ${named(other.element)}`);
    }
  const { width } = document.querySelector('.frame-screen')!.getBoundingClientRect();
  if (width < 540) found.push(`the screen has only ${width} pixels`);
  return found;
}

for (const sample of [true, false]) {
  test(`at 200 % on a small screen, ${sample ? 'the sample workspace' : 'an empty workspace'}`, async ({ page }) => {
    const machine: Machine = await startMachine({ sample, locale: 'pl-PL' });
    try {
      await page.addInitScript(() => localStorage.setItem('kanal.language', 'pl'));
      await page.goto(`${machine.url}&/flows`);
      await page.locator('.frame').waitFor();
      for (const screen of sample ? SCREENS : SCREENS.filter((each) => !/\/1/.test(each))) {
        await page.evaluate((address) => (location.hash = `#/${address}`), screen);
        await expect(page.locator('.frame-top h1, .frame-top input.flow-name').first()).toBeVisible();
        await expect(page.getByRole('status', { name: 'Wczytywanie' })).toHaveCount(0);
        await expect.poll(() => page.evaluate(outOfReach), screen).toEqual([]);
      }
    } finally {
      await machine.close();
    }
  });
}
