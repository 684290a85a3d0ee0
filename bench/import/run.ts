/** `npm run bench:import`: how fast `vigie import` is, how much memory it takes, and what matching notices of it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';
import { openDatabase } from '../../src/store/open.js';
import { describeEnvironment } from '../environment.js';
import { type Installation, Installer } from '../faults/installation.js';
import { type DatabaseKind, databases } from '../faults/results.js';
import { readResult, writeReport, writeResult } from '../files.js';
import { Sandbox } from '../http/sandbox.js';
import { knownList } from '../http/service.js';
import { randomFrom } from '../random.js';
import { writeListFile } from './list-file.js';
import { matchDuring } from './matching.js';
import { plainCopySeconds } from './plain-copy.js';
import { type ImportResults, importResultsSchema } from './results.js';
import { importSection } from './section.js';
import { vigieImport } from './vigie-import.js';

const parts = ['speed', 'large', 'matching'] as const;
const options = new Command('npm run bench:import --')
  .addOption(
    new Option('--database <kind>', 'postgres uses the server of DATABASE_URL or VIGIE_TEST_DATABASE_URL')
      .choices(databases)
      .default('embedded'),
  )
  .addOption(new Option('--only <part>', 'measure only one part').choices(parts))
  .option('--records <n>', 'records of the file whose speed is measured', wholeNumber(1_000, 12_000_000), 200_000)
  .option('--gigabytes <n>', 'size of the large file', wholeNumber(1, 100), 2)
  .option('--known <n>', 'known hashes before the import beside matching', wholeNumber(1, 12_000_000), 1_000_000)
  .option('--import <n>', 'hashes to import beside matching', wholeNumber(1_000, 12_000_000), 1_000_000)
  .option('--rate <n>', 'matches per second', wholeNumber(1, 1_000_000), 3_000)
  .parse()
  .opts<{
    database: DatabaseKind;
    only?: (typeof parts)[number];
    records: number;
    gigabytes: number;
    known: number;
    import: number;
    rate: number;
  }>();

/** Each record of the large file carries a thumbnail. */
const thumbnailChars = 16_000;
const serverUrl = process.env.DATABASE_URL ?? process.env.VIGIE_TEST_DATABASE_URL;
const sandbox = new Sandbox();
const { database } = options;
const installer = new Installer(sandbox, database, serverUrl);
const environment = () => describeEnvironment('Import, database, service and load generator share the cores.');
const measures = (part: (typeof parts)[number]) => (options.only ?? part) === part;

const speed = measures('speed') ? [await measureSpeed(true), await measureSpeed(false)] : [];
const large = measures('large') ? [await measureLarge()] : [];
const matching = measures('matching') ? [await measureMatching()] : [];
const results = merged(importResultsSchema.safeParse(readResult('import.json')).data);
console.log(importSection(results));
await writeResult('import.json', results);
await writeReport();
process.exit(matching.some(({ missed }) => missed > 0) ? 1 : 0);

async function measureSpeed(digests: boolean): Promise<ImportResults['speed'][number]> {
  const { installation, file, hashes } = await prepare({ records: options.records, digests });
  const { seconds, peakMb } = await vigieImport(installation, file);
  const { databaseUrl } = installation;
  const copySeconds = databaseUrl === undefined ? null : await plainCopySeconds(databaseUrl, hashes, digests);
  await installer.remove();
  const hashesPerRecord = digests ? 3 : 1;
  const measured = {
    environment: environment(),
    database,
    hashesPerRecord,
    records: options.records,
    seconds,
    peakMb,
    copySeconds,
  };
  console.error(`${Math.round((options.records * hashesPerRecord) / seconds)} hashes/s`);
  return measured;
}

async function measureLarge(): Promise<ImportResults['large'][number]> {
  const records = Math.round((options.gigabytes * 1e9) / thumbnailChars);
  const { installation, file } = await prepare({ records, digests: true, imageChars: thumbnailChars });
  const { seconds, peakMb } = await vigieImport(installation, file);
  await installer.remove();
  return { environment: environment(), database, gigabytes: statSync(file).size / 1e9, records, seconds, peakMb };
}

async function measureMatching(): Promise<ImportResults['matching'][number]> {
  const { installation, file, hashes } = await prepare({ records: options.import, digests: false, knownHashes: options.known });
  const figures = await matchDuring(installation, { rate: options.rate, file, hashes });
  await installer.remove();
  return { environment: environment(), database, knownHashes: options.known, ...figures };
}

interface Wanted {
  readonly records: number;
  readonly digests: boolean;
  readonly imageChars?: number;
  readonly knownHashes?: number;
}

async function prepare({ knownHashes = 0, ...wanted }: Wanted) {
  const installation = await installer.install({ keys: { platform: 'platform' }, knownHashes });
  await grantMatching(installation);
  const file = join(sandbox.directory(), 'hashes.json');
  const hashes = await writeListFile(file, { ...wanted, random: randomFrom(2) });
  return { installation, file, hashes };
}

async function grantMatching({ databaseUrl, dataDir }: Installation): Promise<void> {
  const log = { info() {}, warn() {} };
  const opened = await openDatabase({ databaseUrl, dataDir, command: 'npm run bench:import', exclusive: true, log });
  const grant = "insert into list_grant (list, organisation, rights) values ($1, 'platform', '{match}')";
  await opened.query(grant, [knownList.id]).finally(() => opened.close());
}

/** What was measured now replaces the same part on the same database. */
function merged(earlier: ImportResults | undefined): ImportResults {
  const others = <Row extends { database: DatabaseKind }>(before: readonly Row[] | undefined, now: readonly Row[]): Row[] =>
    [...(now.length > 0 ? (before ?? []).filter((row) => row.database !== database) : (before ?? [])), ...now].sort((a, b) =>
      a.database.localeCompare(b.database),
    );
  return {
    speed: others(earlier?.speed, speed),
    large: others(earlier?.large, large),
    matching: others(earlier?.matching, matching),
  };
}
