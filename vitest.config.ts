import { configDefaults, defineConfig } from 'vitest/config';
import ProgressReporter from './tests/support/progress-reporter.js';

/** The database makes no difference here: a run on PostgreSQL leaves these out and ends four minutes earlier. */
const sameOnPostgres = [
  'tests/store/embedded/**',
  'tests/acceptance/{reference,edited-copies,bad-images,bad-requests,batch,hash,imaging-crash}{,.slow}.test.ts',
  'tests/acceptance/{limits,log-reader,wasm-decoder}{,.slow}.test.ts',
  'tests/acceptance/{cli,start}{,.slow}.test.ts',
  'tests/acceptance/{audit,audit-tampered,openapi-fuzz}.slow.test.ts',
  'tests/acceptance/{cases,client,match,preview,photodna,refusals,metrics,logs,drafts,verdict,export-download}.test.ts',
  'tests/acceptance/{exchanges,export}-command.test.ts',
  'tests/acceptance/hma/adopters.test.ts',
  'tests/service/sync/snapshot-process.slow.test.ts',
];

export default defineConfig({
  test: {
    // `npm test` leaves out `*.slow.test.ts`: files that kill or restart servers, start a process per case, or compare a large collection.
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.env.VIGIE_TEST_DATABASE_URL ? sameOnPostgres : [])],
    globalSetup: ['tests/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // A process runs many files: to load the modules for each of them again takes a second per file.
    isolate: false,
    slowTestThreshold: 2_000,
    reporters: [new ProgressReporter()],
  },
});
