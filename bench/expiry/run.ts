/** `npm run bench:expiry`: how fast entries leave that reach their end at the same moment. */
import { Command, Option } from 'commander';
import pg from 'pg';
import { setup } from '../../src/domain/actor.js';
import { EntryExpiry } from '../../src/service/entries/entry-expiry.js';
import { Tombstones } from '../../src/service/entries/tombstones.js';
import { dropNearIndex } from '../../src/store/near-index.js';
import { openDatabase } from '../../src/store/open.js';
import { openStores } from '../../src/store/stores.js';
import { describeEnvironment } from '../environment.js';
import { databases } from '../faults/results.js';
import { readResult, writeReport, writeResult } from '../files.js';
import { Sandbox } from '../http/sandbox.js';
import { knownList, organisation, storeHashes } from '../http/service.js';
import { expiryResultsSchema, type MeasuredExpiry } from './results.js';
import { expirySection } from './section.js';

type DatabaseKind = MeasuredExpiry['database'];

const runs = 3;
const { entries, database: kind } = new Command('npm run bench:expiry --')
  .option('--entries <n>', 'entries that expire together', Number, 40_000)
  .addOption(
    new Option('--database <kind>', 'postgres uses the server of DATABASE_URL or VIGIE_TEST_DATABASE_URL')
      .choices(databases)
      .default('embedded'),
  )
  .parse()
  .opts<{ entries: number; database: DatabaseKind }>();

const dataKey = { derive: () => new Uint8Array(32).fill(1) };
const sandbox = new Sandbox();
const seconds: number[] = [];
for (let run = 0; run < runs; run++) seconds.push(await measure());
const environment = describeEnvironment('Database and job share the cores.');
const earlier = expiryResultsSchema.optional().parse(readResult('expiry.json')) ?? [];
const others = earlier.filter(({ database }) => database !== kind);
const results = [...others, { environment, database: kind, entries, seconds }].sort((a, b) =>
  a.database.localeCompare(b.database),
);
console.log(expirySection(results));
await writeResult('expiry.json', results);
await writeReport();
process.exit(0);

/** In a database of its own. */
async function measure(): Promise<number> {
  const databaseUrl = kind === 'postgres' ? await createDatabase() : undefined;
  const log = { info() {}, warn() {} };
  const opened = { databaseUrl, dataDir: sandbox.directory(), command: 'npm run bench:expiry', exclusive: true, log };
  const database = await openDatabase(opened);
  try {
    const stores = openStores(database);
    await stores.organisations.create(organisation, setup, true);
    await stores.lists.create(knownList, setup);
    // Storing through it takes minutes, and expiry does not touch it.
    await dropNearIndex(database);
    await storeHashes(stores.entries, entries);
    for (const table of ['entry', 'claim']) {
      await database.query(`update ${table} set expires_at = now() - interval '1 second'`);
    }
    const expiry = new EntryExpiry({
      store: stores.entryExpiry,
      embedded: database.embedded,
      tombstones: new Tombstones(dataKey),
      follower: { refresh: async () => {} },
    });
    const since = performance.now();
    const expired = await expiry.run(new AbortController().signal);
    const took = (performance.now() - since) / 1_000;
    if (expired !== entries) throw new Error(`${expired} of ${entries} entries expired`);
    console.error(`${kind}: ${Math.round(entries / took)} entries/s`);
    return took;
  } finally {
    await database.close();
  }
}

async function createDatabase(): Promise<string> {
  const server = process.env.DATABASE_URL ?? process.env.VIGIE_TEST_DATABASE_URL;
  if (!server)
    throw new Error('--database postgres: set DATABASE_URL. Try: .ci/postgres run npm run bench:expiry -- --database postgres');
  const name = 'vigie_bench_expiry';
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`drop database if exists ${name}`);
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
