import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { setup } from '../../src/domain/actor.js';
import type { Role } from '../../src/domain/key.js';
import { built } from '../../src/package-root.js';
import { mintKey } from '../../src/service/accounts/key-cache.js';
import { dropNearIndex, ensureNearIndex } from '../../src/store/near-index.js';
import { openDatabase } from '../../src/store/open.js';
import { openStores, type Stores } from '../../src/store/stores.js';
import type { Sandbox, ServerProcess } from '../http/sandbox.js';
import { knownList, organisation, storeHashes } from '../http/service.js';
import type { DatabaseKind } from './results.js';

export interface InstallationSpec {
  /** One key of this role per name. Each belongs to an organisation of its own with the name as id. */
  readonly keys: Readonly<Record<string, Role>>;
  readonly knownHashes?: number;
  /** Holds the data directory. */
  readonly folder?: string;
  /** Instead of the server of the options. */
  readonly serverUrl?: string | undefined;
}

export interface Installation {
  readonly keys: Readonly<Record<string, string>>;
  /** A sample of the known hashes. Each is in a list that every platform may match. */
  readonly known: readonly string[];
  /** Undefined for the embedded database. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** Hex, of a PostgreSQL installation; an embedded one has its key in the data directory. */
  readonly dataKey: string;
  /** Starts a server. A second one, or a later one, uses the same database. */
  start(settings?: Readonly<Record<string, string>>, node?: readonly string[]): Promise<ServerProcess>;
}

const bulkHashes = 10_000;

export class Installer {
  private readonly created: { readonly name: string; readonly serverUrl: string }[] = [];

  constructor(
    private readonly sandbox: Sandbox,
    private readonly database: DatabaseKind,
    /** A PostgreSQL server on which this role may create databases. */
    private readonly serverUrl: string | undefined,
  ) {}

  async install(spec: InstallationSpec): Promise<Installation> {
    const databaseUrl = this.database === 'postgres' ? await this.createDatabase(spec.serverUrl ?? this.serverUrl) : undefined;
    const dataDir = spec.folder ? join(spec.folder, 'data') : this.sandbox.directory();
    const filled = await fill(databaseUrl, dataDir, spec);
    const dataKey = randomBytes(32).toString('hex');
    const base = {
      ...{ VIGIE_PORT: '0', VIGIE_OPS_PORT: '0', VIGIE_DATA_DIR: dataDir },
      // Two nodes on one database need the same key.
      ...(databaseUrl && { DATABASE_URL: databaseUrl, VIGIE_DATA_KEY: dataKey }),
    };
    const start: Installation['start'] = (settings = {}, node = []) =>
      this.sandbox.serve(built('src/cli.js'), { args: ['serve'], env: { ...base, ...settings }, node });
    return { ...filled, databaseUrl, dataDir, dataKey, start };
  }

  /** Drops the databases. */
  async remove(): Promise<void> {
    for (const { name, serverUrl } of this.created.splice(0)) {
      if (serverUrl === this.serverUrl) await administer(serverUrl, `drop database if exists ${name} with (force)`);
    }
  }

  private async createDatabase(serverUrl: string | undefined): Promise<string> {
    if (!serverUrl) throw new Error('--database postgres: set DATABASE_URL. Try: .ci/postgres run npm run bench:faults');
    const name = `vigie_faults_${randomBytes(6).toString('hex')}`;
    await administer(serverUrl, `create database ${name}`);
    // A million hashes in the index for neighbours: minutes instead of an hour.
    await administer(serverUrl, `alter database ${name} set maintenance_work_mem = '1GB'`);
    this.created.push({ name, serverUrl });
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return url.toString();
  }
}

async function administer(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function fill(databaseUrl: string | undefined, dataDir: string, { keys, knownHashes = 0 }: InstallationSpec) {
  const log = { info() {}, warn() {} };
  const database = await openDatabase({ databaseUrl, dataDir, command: 'npm run bench:faults', exclusive: true, log });
  try {
    const stores = openStores(database);
    await stores.organisations.create(organisation, setup, true);
    await stores.lists.create(knownList, setup);
    const isBulk = knownHashes > bulkHashes;
    // Stored one by one into this index, a million hashes take an hour.
    if (isBulk) await dropNearIndex(database);
    const known = await storeHashes(stores.entries, knownHashes);
    if (isBulk) await ensureNearIndex(database);
    return { known, keys: await createKeys(stores, keys) };
  } finally {
    await database.close();
  }
}

async function createKeys(stores: Stores, wanted: InstallationSpec['keys']): Promise<Record<string, string>> {
  const keys: Record<string, string> = {};
  for (const [name, role] of Object.entries(wanted)) {
    const kind = role === 'operator' ? 'operator' : role === 'platform' ? 'platform' : 'hotline';
    await stores.organisations.create({ id: name, name, kind }, setup, true);
    const { id, key, secretSha256 } = mintKey();
    await stores.keys.create({ id, organisation: name, role, secretSha256 }, setup, true);
    keys[name] = key;
  }
  return keys;
}
