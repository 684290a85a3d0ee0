import { Progress } from '../../src/cli/progress.js';
import { setup } from '../../src/domain/actor.js';
import type { Pdq } from '../../src/domain/hash.js';
import { defaultLimits, newList } from '../../src/domain/list.js';
import { built } from '../../src/package-root.js';
import { mintKey } from '../../src/service/accounts/key-cache.js';
import { newEntry } from '../../src/service/entries/enrolment.js';
import type { EntryStore } from '../../src/store/entries.js';
import { dropNearIndex, ensureNearIndex } from '../../src/store/near-index.js';
import { openDatabase } from '../../src/store/open.js';
import { openStores } from '../../src/store/stores.js';
import { figure } from '../markdown.js';
import { randomFrom, randomHash } from '../random.js';
import type { Sandbox, Server } from './sandbox.js';

export interface Service extends Server {
  readonly knownHashes: number;
  /** A sample of the known hashes, evenly spaced from first to last. */
  readonly known: readonly string[];
  readonly key: string;
  readonly dataDir: string;
}

export const organisation = { id: 'bench', name: 'Bench', kind: 'platform' } as const;
export const knownList = newList({
  id: 'bench',
  title: 'Known hashes of the bench',
  class: 'ncii_adult',
  action: 'remove',
  organisation: organisation.id,
  verification: { people: 0, organisations: 0 },
  limits: { ...defaultLimits, withdrawalsAnHour: 100_000, floodAnHour: 10_000_000 },
});

const hashSeed = 1;
const entriesPerStatement = 2_000;
const sampleSize = 1_000;

export async function startService(sandbox: Sandbox, count: number, profile: string | undefined): Promise<Service> {
  const dataDir = sandbox.directory();
  const seeded = await seed(dataDir, count);
  console.error(`starting a service with ${figure(count)} known hashes`);
  const server = await sandbox.serve(built('src/cli.js'), {
    args: ['serve'],
    env: { VIGIE_PORT: '0', VIGIE_OPS_PORT: '0', VIGIE_DATA_DIR: dataDir },
    node: profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [],
  });
  return { ...server, ...seeded, knownHashes: count, dataDir };
}

export async function seed(dataDir: string, count: number): Promise<{ key: string; known: string[] }> {
  const log = { info() {}, warn() {} };
  const database = await openDatabase({ databaseUrl: undefined, dataDir, command: 'npm run bench', exclusive: true, log });
  try {
    const stores = openStores(database);
    await stores.organisations.create(organisation, setup, true);
    const { id, key, secretSha256 } = mintKey();
    await stores.keys.create({ id, organisation: organisation.id, role: 'platform', secretSha256 }, setup, true);
    await stores.lists.create(knownList, setup);
    await dropNearIndex(database);
    const known = await storeHashes(stores.entries, count);
    // Built here, because the service would build it during the measurement.
    await ensureNearIndex(database);
    return { key, known };
  } finally {
    await database.close();
  }
}

/** Returns a sample of the stored hashes. */
export async function storeHashes(entries: EntryStore, count: number, seed = hashSeed): Promise<string[]> {
  const random = randomFrom(seed);
  const progress = new Progress('known hashes', count);
  const every = Math.max(1, Math.floor(count / sampleSize));
  const known: string[] = [];
  for (let first = 0; first < count; first += entriesPerStatement) {
    const hashes = Array.from({ length: Math.min(entriesPerStatement, count - first) }, () => randomHash(random));
    await entries.createMany(hashes.map(entryOf), setup);
    known.push(...hashes.filter((_, at) => (first + at) % every === 0));
    progress.advance(hashes.length);
  }
  progress.finish();
  return known;
}

function entryOf(hex: string) {
  // The cast is safe: `randomHash` returns 64 lower-case hexadecimal digits.
  const pdq = [{ value: hex as Pdq, quality: 100, orientation: 'identity', variant: 'full' } as const];
  return newEntry({ list: knownList.id }, { pdq }, { status: 'verified' });
}
