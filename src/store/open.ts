import pg from 'pg';
import pgvector from 'pgvector/pg';
import { Database, isAway, sqlState } from './database.js';
import { grantService, isGranted, mayAlterAudit, roleOf } from './database-roles.js';
import { type LockHolder, openEmbedded } from './embedded/index.js';
import { migrate } from './migrations.js';

export interface OpenOptions {
  /** A PostgreSQL >= 15 with pgvector; absent: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** The same PostgreSQL by the role that owns the tables; absent: there is one role. */
  readonly migrationUrl?: string | undefined;
  readonly dataDir: string;
  /** What others are told who find the directory taken. */
  readonly command: string;
  /** A server must be the one that runs the embedded database; a command may also use the one that does. */
  readonly exclusive: boolean;
  /** For a command that runs the embedded database while others use it: `close` waits for them, and calls this after a second of it. */
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

/** Connections to PostgreSQL; the hot path uses none but to commit verdicts. */
const maxConnections = 10;
/** To the embedded database, which serves one at a time anyway. */
const maxEmbedded = 4;

/**
 * Opens the database and brings its schema up to date.
 *
 * @throws DirectoryHeld, SchemaTooNew, or the driver's error.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { databaseUrl } = options;
  if (databaseUrl === undefined) return prepared(await openDirectory(options), options, ({ pool }) => migrate(pool));
  return prepared(openPostgres(databaseUrl, options), options, async ({ pool }) => {
    if (options.migrationUrl === undefined) await migrate(pool);
    else await (await openOwner(options)).close();
    if (await mayAlterAudit(pool)) options.log.warn({}, oneRole);
  });
}

const oneRole =
  'the role of DATABASE_URL may alter the audit, which is only as safe as that role: give the tables to another one by VIGIE_MIGRATION_URL';

/** As `openDatabase`, by the role that owns the tables; it sees to what the service's role may do. The same where there is one role. */
export async function openOwner(options: OpenOptions): Promise<Database> {
  const { databaseUrl, migrationUrl } = options;
  if (databaseUrl === undefined || migrationUrl === undefined) return openDatabase(options);
  return prepared(openPostgres(migrationUrl, options), options, async ({ pool }) => {
    const migrated = await migrate(pool);
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
  const said = error instanceof Error ? error.message : String(error);
  // The runner of migrations passes the text on, but not the code.
  if (sqlState(error) === insufficientPrivilege || /permission denied for/.test(said)) {
    return new Error(
      `${said.split('\n')[0]}: run "vigie migrate" with VIGIE_MIGRATION_URL, the URL of the role that owns the tables`,
    );
  }
  if (!isAway(error)) return error;
  const { host } = new URL(databaseUrl);
  return new Error(`the database at ${host} cannot be reached (${said}): is it running, and is DATABASE_URL right?`);
}

const insufficientPrivilege = '42501';

function openPostgres(connectionString: string, { log }: OpenOptions): Database {
  const pool = new pg.Pool({ connectionString, max: maxConnections, connectionTimeoutMillis: 10_000, keepAlive: true });
  return new Database(watched(pool, log), false, async () => {});
}

async function openDirectory({ dataDir, command, exclusive, onWait, log }: OpenOptions): Promise<Database> {
  const embedded = await openEmbedded({ dataDir, command, onWait, log });
  if (exclusive && embedded.kind === 'guest') {
    await embedded.close();
    throw new DirectoryHeld(dataDir, embedded.heldBy);
  }
  const connection = embedded.kind === 'owner' ? embedded.inProcess : embedded.connection;
  const pool = new pg.Pool({ ...connection, max: maxEmbedded, connectionTimeoutMillis: 60_000 });
  return new Database(watched(pool, log), true, () => embedded.close());
}

/** An idle or checked-out connection that breaks emits an error, which nobody else listens to; the query in it fails by itself. */
function watched(pool: pg.Pool, log: OpenOptions['log']): pg.Pool {
  const lost = (error: Error) => log.warn({ reason: error.message }, 'a database connection was lost');
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
