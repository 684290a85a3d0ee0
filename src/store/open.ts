import pg from 'pg';
import pgvector from 'pgvector/pg';
import { Database, isAway } from './database.js';
import { type Holder, openEmbedded } from './embedded/index.js';
import { migrate } from './migrations.js';

export interface OpenOptions {
  /** A PostgreSQL >= 15 with pgvector; absent: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** What others are told who find the directory taken. */
  readonly command: string;
  /** A server must be the one that runs the embedded database; a command may also use the one that does. */
  readonly exclusive: boolean;
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void };
}

export class DirectoryHeld extends Error {
  override readonly name = 'DirectoryHeld';

  constructor(dataDir: string, { pid, command, since }: Holder) {
    super(
      `${dataDir} is in use by "${command}", process ${pid}, since ${since}. Stop it, or set VIGIE_DATA_DIR to another directory.`,
    );
  }
}

/** Connections to PostgreSQL; the hot path uses none but to commit verdicts. */
const mostConnections = 10;
/** To the embedded database, which serves one at a time anyway. */
const mostEmbedded = 4;

/**
 * Opens the database and brings its schema up to date.
 *
 * @throws DirectoryHeld, SchemaTooNew, or the driver's error.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const database = options.databaseUrl ? openPostgres(options.databaseUrl, options) : await openDirectory(options);
  try {
    await migrate(database.pool);
    await checkExtension(database.pool);
    return database;
  } catch (error) {
    await database.close();
    if (!options.databaseUrl || !isAway(error)) throw error;
    const { host } = new URL(options.databaseUrl);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the database at ${host} cannot be reached (${reason}): is it running, and is DATABASE_URL right?`);
  }
}

function openPostgres(connectionString: string, { log }: OpenOptions): Database {
  const pool = new pg.Pool({ connectionString, max: mostConnections, connectionTimeoutMillis: 10_000, keepAlive: true });
  return new Database(watched(pool, log), false, async () => {});
}

async function openDirectory({ dataDir, command, exclusive, log }: OpenOptions): Promise<Database> {
  const embedded = await openEmbedded({ dataDir, command, log });
  if (exclusive && embedded.kind === 'guest') throw new DirectoryHeld(dataDir, embedded.heldBy);
  const pool = new pg.Pool({ ...embedded.connection, max: mostEmbedded, connectionTimeoutMillis: 60_000 });
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
