import { configDefaults, defineConfig } from 'vitest/config';
import ProgressReporter from './tests/support/progress-reporter.js';

/** What does not change with the database: run on the embedded one only, which spares a run on PostgreSQL two minutes. */
const noMatterOfTheDatabase = [
  'tests/store/embedded/**',
  ...['reference', 'edited-copies', 'bad-images', 'bad-requests', 'batch', 'hash', 'imaging-crash', 'limits', 'log-reader'].map(
    (name) => `tests/acceptance/${name}.test.ts`,
  ),
  'tests/acceptance/wasm-decoder.test.ts',
];

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.env.VIGIE_TEST_DATABASE_URL ? noMatterOfTheDatabase : [])],
    globalSetup: ['tests/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    reporters: [new ProgressReporter()],
  },
});
