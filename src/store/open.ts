import pg from 'pg';
import pgvector from 'pgvector/pg';
import { Database, isUnreachable, sqlState } from './database.js';
import { grantService, isGranted, mayAlterAudit, roleOf } from './database-roles.js';
import { DeadConnections } from './dead-connections.js';
import { type LockHolder, openEmbedded } from './embedded/index.js';
import { deleteLeftCopies } from './embedded-copy.js';
import { Flights } from './flights.js';
import { migrate } from './migrations.js';

export interface OpenOptions {
  /** PostgreSQL >= 15 with pgvector. Absent: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** The same database under the role that owns the tables, if there are two roles. */
  readonly migrationUrl?: string | undefined;
  readonly dataDir: string;
  /** Shown to others who find the directory in use. */
  readonly command: string;
  /** True for a server, which must run the embedded database itself. */
  readonly exclusive: boolean;
  readonly onWait?: (() => void) | undefined;
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void };
}

export class DirectoryHeld extends Error {
  override readonly name = 'DirectoryHeld';

  constructor(dataDir: string, { pid, command, since }: LockHolder) {
    super(
      `${dataDir} is in use by "${command}", process ${pid}, since ${since}. Stop it, or set VIGIE_DATA_DIR to another directory.`,
    );
  }
}

const maxConnections = 10;
/** For a connection to open or to become free. */
const connectionWithinMs = 10_000;
/** For a connection to open. All may be opening while the network swallows packets, and the service waits that long afterwards. */
const openWithinMs = 4_000;

class PromptClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super({ ...(typeof config === 'string' ? { connectionString: config } : config), connectionTimeoutMillis: openWithinMs });
  }
}

/** PostgreSQL's own limits. A statement ends before the client gives up, so that the caller learns that nothing was stored. */
const serverLimits = {
  statement_timeout: 25_000,
  lock_timeout: 10_000,
  // Its locks would stop all other writers.
  idle_in_transaction_session_timeout: 15_000,
};
const maxEmbedded = 4;

/** Also brings the schema up to date. @throws DirectoryHeld, SchemaTooNew, or the driver's error. */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { databaseUrl } = options;
  if (databaseUrl === undefined) return prepared(await openDirectory(options), options, migrate);
  return prepared(openPostgres(databaseUrl, options), options, async (database) => {
    if (options.migrationUrl === undefined) await migrate(database);
    else await (await openOwner(options)).close();
    if (await mayAlterAudit(database.pool)) options.log.warn({}, oneRole);
    await warnOfOldPgvector(database.pool, options.log);
  });
}

/** 0.8.3 and 0.8.4 repaired HNSW indexes. No refusal: the packages of Debian are older, and no verdict uses such an index. */
const soundPgvector = [0, 8, 4] as const;

async function warnOfOldPgvector(pool: pg.Pool, log: OpenOptions['log']): Promise<void> {
  const { rows } = await pool.query<{ version: string }>(
    "select extversion as version from pg_extension where extname = 'vector'",
  );
  const [{ version } = { version: '' }] = rows;
  if (!isOlder(version, soundPgvector)) return;
  log.warn({ version }, 'pgvector is older than 0.8.4, in which a vacuum can damage HNSW indexes: update the extension');
}

export function isOlder(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const at = than.findIndex((part, place) => (parts[place] ?? 0) !== part);
  return at >= 0 && (parts[at] ?? 0) < (than[at] ?? 0);
}

const oneRole =
  'the role of DATABASE_URL may alter the audit log: set VIGIE_MIGRATION_URL to a role that owns the tables, so that the service cannot alter the log';

/** Opens the database under the role that owns the tables, and grants the service's role its rights. */
export async function openOwner(options: OpenOptions): Promise<Database> {
  const { databaseUrl, migrationUrl } = options;
  if (databaseUrl === undefined || migrationUrl === undefined) return openDatabase(options);
  return prepared(openPostgres(migrationUrl, options), options, async (owner) => {
    const { pool } = owner;
    const migrated = await migrate(owner);
    const service = await serviceRole(databaseUrl, options);
    if (service === (await roleOf(pool))) return;
    if (migrated || !(await isGranted(pool, service))) await grantService(pool, service);
  });
}

async function serviceRole(databaseUrl: string, options: OpenOptions): Promise<string> {
  const database = openPostgres(databaseUrl, options);
  return roleOf(database.pool).finally(() => database.close());
}

async function prepared(
  database: Database,
  { databaseUrl }: OpenOptions,
  prepare: (database: Database) => Promise<unknown>,
): Promise<Database> {
  try {
    await prepare(database);
    await checkExtension(database.pool);
    return database;
  } catch (error) {
    await database.close();
    throw databaseUrl === undefined ? error : explained(error, databaseUrl);
  }
}

function explained(error: unknown, databaseUrl: string): unknown {
  const text = error instanceof Error ? error.message : String(error);
  // The migration runner drops the code and keeps the text.
  if (sqlState(error) === insufficientPrivilege || /permission denied for/.test(text)) {
    return new Error(
      `${text.split('\n')[0]}: run "vigie migrate" with VIGIE_MIGRATION_URL set to the URL of the role that owns the tables`,
    );
  }
  if (!isUnreachable(error)) return error;
  const { host } = new URL(databaseUrl);
  return new Error(`the database at ${host} is unreachable (${text}): check that it runs and that DATABASE_URL is right`);
}

const insufficientPrivilege = '42501';

function openPostgres(connectionString: string, { log }: OpenOptions): Database {
  const pool = new pg.Pool({
    connectionString,
    max: maxConnections,
    Client: PromptClient,
    connectionTimeoutMillis: connectionWithinMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...serverLimits,
  });
  const flights = new Flights();
  const dead = new DeadConnections(connectionString, flights, log);
  dead.start();
  return new Database(withErrorListeners(pool, log), false, () => dead.close(), flights);
}

async function openDirectory({ dataDir, command, exclusive, onWait, log }: OpenOptions): Promise<Database> {
  const embedded = await openEmbedded({ dataDir, command, onWait, log });
  if (exclusive && embedded.kind === 'guest') {
    await embedded.close();
    throw new DirectoryHeld(dataDir, embedded.heldBy);
  }
  if (exclusive) await deleteLeftCopies(dataDir);
  const connection = embedded.kind === 'owner' ? embedded.inProcess : embedded.connection;
  const pool = new pg.Pool({ ...connection, max: maxEmbedded, connectionTimeoutMillis: 60_000 });
  return new Database(withErrorListeners(pool, log), true, () => embedded.close());
}

/** Without a listener, the `error` of a broken connection would end the process. */
function withErrorListeners(pool: pg.Pool, log: OpenOptions['log']): pg.Pool {
  const lost = (error: Error) => log.warn({ reason: error.message }, 'database connection lost');
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

async function checkExtension(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await pgvector.registerTypes(client);
  } finally {
    client.release();
  }
}
