// The unit, contract and story tests. Journeys in a real browser are Playwright's (tests/journeys).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    exclude: ['tests/journeys/**'],
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
