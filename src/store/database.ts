/** The one way to the database: a pool of `pg`, whose failures speak the service's language. */
import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';
import { VigieError } from '../domain/errors.js';

/** Connection failures by Node's and PostgreSQL's codes: the server is away, starting, or stopping. */
const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
const awayStates = /^(08|57P|53)/;
const awayMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Cannot use a pool after)/;

/** True for a failure to reach the server, as opposed to an answer of it. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return awayCodes.has(code) || awayStates.test(code) || awayMessages.test(error.message);
}

function translate(error: unknown): unknown {
  if (isUnstorableText(error)) {
    return new VigieError('bad_request', 'a text holds a character that cannot be stored: NUL, or half of a surrogate pair');
  }
  if (sqlState(error) === deadlock) return new VigieError('overloaded', "two changes got in each other's way: retry", 1);
  if (!isAway(error)) return error;
  return new VigieError('database_unavailable', 'the database cannot be reached; nothing was stored', 5);
}

const deadlock = '40P01';
const unstorable = new Set(['22021', '22P05']);

/** `text` takes no NUL, and `jsonb` no lone surrogate: both are found out only by the database. */
function isUnstorableText(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  return unstorable.has(state) || (state === '22P02' && error instanceof Error && /json/.test(error.message));
}

/** PostgreSQL's SQLSTATE of an error, e.g. `23503` for a missing reference; undefined when the error is none of its. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What runs SQL: the pool outside a transaction, one connection inside. */
export interface Queryable {
  query<Row extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A network that swallows packets gives no error: without a limit the feed would wait for ever and the index grow old in silence. */
const answerWithinMs = 30_000;

export class Database implements Queryable {
  constructor(
    readonly pool: Pool,
    /** The embedded database: one session behind all connections, so transactions are kept short. */
    readonly embedded: boolean,
    private readonly release: () => Promise<void>,
  ) {}

  /**
   * @throws VigieError `database_unavailable` when it cannot be reached or does not answer within `timeoutMs` (0: wait for ever);
   * PostgreSQL's error otherwise.
   */
  async query<Row extends QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
    timeoutMs = answerWithinMs,
  ): Promise<Row[]> {
    try {
      const query: QueryConfig & { query_timeout: number } = { text: sql, values: [...parameters], query_timeout: timeoutMs };
      return (await this.pool.query<Row>(query)).rows;
    } catch (error) {
      throw translate(error);
    }
  }

  /** Runs `work` in one transaction; whatever it throws rolls back. `begin` may ask for an isolation level. */
  async transaction<Result>(work: (tx: Queryable) => Promise<Result>, begin = 'begin'): Promise<Result> {
    const client = await this.connect();
    try {
      await client.query(begin);
      const result = await work(inside(client));
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      // A connection whose rollback fails is thrown away; the pool makes another.
      await client.query('rollback').then(
        () => client.release(),
        (failure: Error) => client.release(failure),
      );
      throw translate(error);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.release();
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw translate(error);
    }
  }
}

function inside(client: PoolClient): Queryable {
  return {
    async query<Row extends QueryResultRow>(sql: string, parameters: readonly unknown[] = []) {
      return (await client.query<Row>(sql, [...parameters])).rows;
    },
  };
}
