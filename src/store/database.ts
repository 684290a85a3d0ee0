import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';
import { VigieError } from '../domain/errors.js';

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
const unreachableStates = /^(08|57P|53)/;
const unreachableMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Cannot use a pool after)/;

/** False for an error that the server sent. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return unreachableCodes.has(code) || unreachableStates.test(code) || unreachableMessages.test(error.message);
}

function translate(error: unknown): unknown {
  if (isUnstorableText(error)) {
    return new VigieError(
      'bad_request',
      'a text contains NUL or an unpaired surrogate, which cannot be stored: remove that character',
    );
  }
  if (sqlState(error) === deadlock)
    return new VigieError('overloaded', 'the change collided with another one and was rolled back: send it again', 1);
  if (!isUnreachable(error)) return error;
  return new VigieError('database_unavailable', 'the database is unreachable and nothing was stored: try again later', 5);
}

const deadlock = '40P01';
const unstorableText = new Set(['22021', '22P05']);

/** `text` accepts no NUL, and `jsonb` no unpaired surrogate. */
function isUnstorableText(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  return unstorableText.has(state) || (state === '22P02' && error instanceof Error && /json/.test(error.message));
}

/** Undefined when the error is not from PostgreSQL. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export interface Queryable {
  query<Row extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A network that drops packets gives no error, and the index would silently go stale. */
const answerWithinMs = 30_000;

export class Database implements Queryable {
  constructor(
    readonly pool: Pool,
    /** The embedded database has one session for all connections, so keep transactions short. */
    readonly embedded: boolean,
    private readonly release: () => Promise<void>,
  ) {}

  /**
   * `timeoutMs` 0 means no limit.
   *
   * @throws VigieError `database_unavailable` when the database is unreachable or too slow; else PostgreSQL's error.
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

  /** Rolls back if `work` throws. `begin` may set an isolation level. */
  async transaction<Result>(work: (tx: Queryable) => Promise<Result>, begin = 'begin'): Promise<Result> {
    const client = await this.connect();
    try {
      await client.query(begin);
      const result = await work(inside(client));
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
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
