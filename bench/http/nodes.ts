/**
 * `npm run bench:nodes`: time from an enrolment or a withdrawal on one node to the changed verdict of another node. DATABASE_URL must
 * name a PostgreSQL that nothing else uses: `.ci/postgres run npm run bench:nodes`.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { wholeNumber } from '../../src/cli/options.js';
import { setup } from '../../src/domain/actor.js';
import { built } from '../../src/package-root.js';
import { mintKey } from '../../src/service/accounts/key-cache.js';
import { openDatabase } from '../../src/store/open.js';
import { openStores } from '../../src/store/stores.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { type Random, randomFrom, randomHash } from '../random.js';
import type { NodesResults } from '../results.js';
import { nodesSection } from './nodes-section.js';
import { postJson } from './post-json.js';
import { Sandbox } from './sandbox.js';
import { knownList, organisation } from './service.js';
import { summariseTimes } from './summarise-times.js';

const analysts = 8;
const maxPauseMs = 300;
const giveUpMs = 30_000;
const seed = 3;

const { entries } = new Command('npm run bench:nodes --')
  .option('--entries <n>', 'entries to enrol and withdraw', wholeNumber(1, 100_000), 400)
  .parse()
  .opts<{ entries: number }>();

const databaseUrl = process.env.DATABASE_URL ?? process.env.VIGIE_TEST_DATABASE_URL;
if (!databaseUrl) {
  console.error(
    'bench:nodes: DATABASE_URL is not set, and an embedded database serves one node only. Try: .ci/postgres run npm run bench:nodes',
  );
  process.exit(2);
}
const results = await bench(new Sandbox(), databaseUrl);
console.log(nodesSection(results));
await writeResult('nodes.json', results);
await writeReport();
process.exit(0);

interface Keys {
  readonly analyst: string;
  readonly platform: string;
}

async function bench(sandbox: Sandbox, url: string): Promise<NodesResults> {
  const environment = describeEnvironment('Two nodes, PostgreSQL and the clients share the cores.');
  const keys = await prepare(url);
  const VIGIE_DATA_KEY = randomBytes(32).toString('hex');
  const start = () =>
    sandbox.serve(built('src/cli.js'), {
      args: ['serve'],
      env: { VIGIE_PORT: '0', VIGIE_OPS_PORT: '0', VIGIE_DATA_DIR: sandbox.directory(), VIGIE_DATA_KEY, DATABASE_URL: url },
    });
  const [one, other] = await Promise.all([start(), start()]);
  const enrolled: number[] = [];
  const withdrawn: number[] = [];
  const work = async (analyst: number) => {
    const random = randomFrom(seed + analyst);
    for (let done = analyst; done < entries; done += analysts) {
      const { enrolledMs, withdrawnMs } = await follow(one.url, other.url, keys, random);
      enrolled.push(enrolledMs);
      withdrawn.push(withdrawnMs);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: analysts }, (_, analyst) => work(analyst)));
  const seconds = (performance.now() - startedAt) / 1_000;
  await Promise.all([one.stop(), other.stop()]);
  return {
    environment,
    entries,
    enrolled: summariseTimes(enrolled, seconds, 0),
    withdrawn: summariseTimes(withdrawn, seconds, 0),
  };
}

async function prepare(url: string): Promise<Keys> {
  const log = { info() {}, warn() {} };
  const database = await openDatabase({ databaseUrl: url, dataDir: '', command: 'npm run bench:nodes', exclusive: true, log });
  try {
    const stores = openStores(database);
    await stores.organisations.create(organisation, setup, true);
    await stores.lists.create(knownList, setup);
    const keyOf = async (role: 'analyst' | 'platform') => {
      const { id, key, secretSha256 } = mintKey();
      await stores.keys.create({ id, organisation: organisation.id, role, secretSha256 }, setup, true);
      return key;
    };
    return { analyst: await keyOf('analyst'), platform: await keyOf('platform') };
  } finally {
    await database.close();
  }
}

async function follow(
  one: string,
  other: string,
  keys: Keys,
  random: Random,
): Promise<{ enrolledMs: number; withdrawnMs: number }> {
  await pause(random() * maxPauseMs);
  const pdq = randomHash(random);
  const enrolledAt = performance.now();
  const body = { list: knownList.id, hashes: { pdq, quality: 100 } };
  const { id } = z.looseObject({ id: z.string() }).parse(await postJson(`${one}/v1/entries`, keys.analyst, body));
  const enrolledMs = await until(other, keys.platform, pdq, 'remove', enrolledAt);
  await pause(random() * maxPauseMs);
  const withdrawnAt = performance.now();
  await postJson(`${one}/v1/entries/${id}/withdraw`, keys.analyst, { reason: 'benchmark' });
  return { enrolledMs, withdrawnMs: await until(other, keys.platform, pdq, 'no_known_match', withdrawnAt) };
}

async function until(node: string, key: string, pdq: string, wanted: string, since: number): Promise<number> {
  for (;;) {
    const { verdict } = z
      .looseObject({ verdict: z.string() })
      .parse(await postJson(`${node}/v1/match`, key, { hashes: { pdq, quality: 100 } }));
    const ms = performance.now() - since;
    if (verdict === wanted) return ms;
    if (ms > giveUpMs) throw new Error(`the other node does not answer ${wanted} within ${giveUpMs} ms`);
    await pause(5);
  }
}
