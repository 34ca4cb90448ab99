import {defineConfig} from 'vitest/config';

// `npm run test:real`: tests against real servers, which they start themselves. What is missing is named.
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    setupFiles: ['test/helpers/no-console.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
    retry: 0,
    reporters: ['verbose'],
  },
});
