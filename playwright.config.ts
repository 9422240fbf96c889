// Journeys: the real window in a real browser, driven like a person does, against the loopback host.
import { defineConfig } from '@playwright/test';
import { browserSwitches, findBrowser } from './src-main/launch/browser.mjs';

export default defineConfig({
  testDir: 'tests/journeys',
  outputDir: 'test-results',
  timeout: 90_000,
  // A busy machine shows things late; what never comes is what fails.
  expect: { timeout: 15_000 },
  // Each journey has its own host, workspace and clock, so two can run side by side.
  fullyParallel: true,
  workers: 2,
  // A browser on a busy machine may miss a frame; what fails twice is broken. The report names whatever needed its second try.
  retries: 1,
  reporter: [['list']],
  use: {
    viewport: { width: 1360, height: 880 },
    locale: 'en-GB',
    timezoneId: 'Europe/Copenhagen',
    screenshot: 'only-on-failure',
    // Recording every journey would cost a third of the time of all.
    trace: 'on-first-retry',
    launchOptions: { executablePath: findBrowser() ?? undefined, args: browserSwitches() },
  },
});
