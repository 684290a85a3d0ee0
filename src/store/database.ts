import { finished } from 'node:stream/promises';
import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { isAnswered, isUnreachable, translate } from './database-errors.js';
import { Flights } from './flights.js';

export { isUnreachable, sqlState } from './database-errors.js';

export interface Queryable {
  query<Row extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A network that drops packets gives no error, and the index would silently go stale. */
const answerWithinMs = 30_000;
const rollbackWithinMs = 5_000;
/** For a connection that is not used again. */
export const liftLimits = 'set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0';

export class Database implements Queryable {
  constructor(
    readonly pool: Pool,
    /** The embedded database has one session for all connections, so keep transactions short. */
    readonly embedded: boolean,
    private readonly release: () => Promise<void>,
    private readonly flights = new Flights(),
  ) {}

  /**
   * `timeoutMs` 0 means no limit, neither here nor on the server.
   *
   * @throws VigieError `database_unavailable` when the database is unreachable, read-only or too slow; `outcome_unknown` when the answer
   * to a change got lost; else PostgreSQL's error.
   */
  async query<Row extends QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
    timeoutMs = answerWithinMs,
  ): Promise<Row[]> {
    const client = await this.connect(timeoutMs);
    try {
      const { rows } = await this.ask<Row>(client, sql, parameters, timeoutMs);
      giveBack(client, timeoutMs);
      return rows;
    } catch (error) {
      client.release(!isAnswered(error) || timeoutMs === 0);
      throw translate(error, mayChange(sql) ? 'change' : 'nothing');
    }
  }

  /**
   * Sends rows by COPY, in two thirds of the time of an insert. The embedded database has none.
   *
   * @param rows in COPY's text format (copy-rows.ts)
   * @throws as `query`
   */
  async copyIn(sql: string, rows: string): Promise<void> {
    const client = await this.connect(answerWithinMs);
    try {
      const copy = client.query(copyFrom(sql));
      await this.flights.run(client, async () => {
        copy.end(rows);
        await finished(copy);
      });
      client.release();
    } catch (error) {
      client.release(!isAnswered(error));
      throw translate(withoutRow(error), 'change');
    }
  }

  /**
   * Rolls back if `work` throws. `begin` may set an isolation level. `timeoutMs` is the limit of each statement.
   *
   * @throws as `query`; `outcome_unknown` only when the answer to the commit got lost.
   */
  async transaction<Result>(
    work: (tx: Queryable) => Promise<Result>,
    begin = 'begin',
    timeoutMs = answerWithinMs,
  ): Promise<Result> {
    const client = await this.connect(timeoutMs);
    let sent: 'nothing' | 'change' = 'nothing';
    try {
      await this.ask(client, begin, [], timeoutMs);
      const result = await work(this.inside(client, timeoutMs));
      sent = 'change';
      await this.commit(client, timeoutMs);
      giveBack(client, timeoutMs);
      return result;
    } catch (error) {
      await this.rollBack(client, error, timeoutMs);
      throw translate(error, sent);
    }
  }

  /** Statements of one connection, each in its own transaction and without a limit. Its session locks end with `work`. */
  async session<Result>(work: (session: Queryable) => Promise<Result>): Promise<Result> {
    const client = await this.connect(0);
    try {
      return await work(this.inside(client, 0));
    } catch (error) {
      throw translate(error, 'change');
    } finally {
      client.release(true);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.release();
  }

  private async connect(timeoutMs: number): Promise<PoolClient> {
    try {
      const client = await this.pool.connect();
      // The embedded database has one session for all, and its pool sets no limits.
      if (timeoutMs === 0 && !this.embedded) await client.query(liftLimits);
      return client;
    } catch (error) {
      throw translate(error, 'nothing');
    }
  }

  private ask<Row extends QueryResultRow>(
    client: PoolClient,
    sql: string,
    parameters: readonly unknown[],
    timeoutMs: number,
  ): Promise<QueryResult<Row>> {
    const query: QueryConfig & { query_timeout: number } = { text: sql, values: [...parameters], query_timeout: timeoutMs };
    return this.flights.run(client, () => client.query<Row>(query));
  }

  private inside(client: PoolClient, timeoutMs: number): Queryable {
    return {
      query: async <Row extends QueryResultRow>(sql: string, parameters: readonly unknown[] = []) =>
        (await this.ask<Row>(client, sql, parameters, timeoutMs)).rows,
    };
  }

  private async commit(client: PoolClient, timeoutMs: number): Promise<void> {
    const { command } = await this.ask(client, 'commit', [], timeoutMs);
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back, because one of its statements had failed');
  }

  private async rollBack(client: PoolClient, error: unknown, timeoutMs: number): Promise<void> {
    // A connection in doubt might give its late answer to the next statement.
    if (isUnreachable(error) && !isAnswered(error)) return client.release(true);
    await this.ask(client, 'rollback', [], rollbackWithinMs).then(
      () => giveBack(client, timeoutMs),
      () => client.release(true),
    );
  }
}

/** A connection without limits is not used again. */
function giveBack(client: PoolClient, timeoutMs: number): void {
  client.release(timeoutMs === 0);
}

/** PostgreSQL quotes the row that COPY refuses, which holds hashes. */
function withoutRow(error: unknown): unknown {
  if (error instanceof Error) for (const name of ['where', 'detail']) Reflect.deleteProperty(error, name);
  return error;
}

function mayChange(sql: string): boolean {
  return /\b(insert into|update|delete from)\b/.test(sql);
}
