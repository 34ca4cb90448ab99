import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';

// `npm test`: everything that needs nothing but Node. Tests that need real servers live in test/real.
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/real/**'],
    globalSetup: ['test/helpers/global-setup.ts'],
    setupFiles: ['test/helpers/no-console.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Programs that tests start keep what they compiled; `node build.mjs` empties it.
    env: {NODE_COMPILE_CACHE: fileURLToPath(new URL('dist/.cache/tests', import.meta.url))},
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    reporters: process.env['CI'] ? ['default'] : ['dot'],
  },
});
