import { readdirSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/support/longest-first.js';
import ProgressReporter from './tests/support/progress-reporter.js';

const onPostgres = Boolean(process.env.VIGIE_TEST_DATABASE_URL);
/** Set by `.ci/run`, which also runs the tests on PostgreSQL: this run leaves out what the database cannot change. */
const isAlsoOnPostgres = process.env.VIGIE_TEST_ALSO_ON_POSTGRES === 'true';

/** What has no database, or only the embedded one. `cli` runs commands beside a server, and `cli.slow`, on PostgreSQL, without one. */
const notOnPostgres = [
  'tests/console/{hasher,hashing-speed.slow,help-texts,reduce}.test.ts',
  'tests/store/embedded/**',
  'tests/acceptance/{cli,readme.slow}.test.ts',
  'tests/service/jobs/embedded-vacuum.test.ts',
];

/** The stories of tests/acceptance for both databases: rights, transactions, crashes, and rows on disk. */
const onBoth = [
  ...['backup', 'claims', 'confirming', 'entries', 'erased-bytes.slow', 'exchanges', 'feed', 'follower', 'imports'],
  ...['imports-changed', 'imports-killed.slow', 'imports-story', 'keys', 'keys-over-http', 'leader.slow', 'lists'],
  ...['restart', 'restart.slow', 'review-queue', 'start'],
  ...['cli', 'readme.slow'], // embedded only
];

/** A start of the server needs half the processor time on PostgreSQL, so the other stories run there. */
const postgresOnly = [
  ...readdirSync('tests/acceptance')
    .filter((file) => file.endsWith('.test.ts') && !onBoth.includes(file.slice(0, -'.test.ts'.length)))
    .map((file) => `tests/acceptance/${file}`),
  'tests/acceptance/hma/**',
  'tests/console/{assisted,bad-input,every-page,help-me,imports,operators,platforms,review,speed}.test.ts',
];

function leftOut(): readonly string[] {
  if (onPostgres) return notOnPostgres;
  return isAlsoOnPostgres ? postgresOnly : [];
}

export default defineConfig({
  test: {
    // `npm test` leaves out `*.slow.test.ts`: files that kill or restart servers, start a process per case, or compare a large collection.
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...leftOut()],
    globalSetup: ['tests/support/global-setup.ts'],
    setupFiles: ['tests/support/compare-bytes.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // On PostgreSQL, two processes leave half of two cores idle: they wait for servers, pages and timers.
    maxWorkers: onPostgres ? 3 : 2,
    // A process runs many files: to load the modules for each of them again takes a second per file.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    slowTestThreshold: 2_000,
    reporters: [new ProgressReporter()],
  },
});
