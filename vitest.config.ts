// The unit, contract and story tests. Journeys in a real browser are Playwright's (tests/journeys).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    exclude: ['tests/journeys/**'],
    setupFiles: ['tests/one-rendering-thread.ts'],
    // Generous, because machines that run tests are busy; nothing is measured here (tests/bench does that).
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
