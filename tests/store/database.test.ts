import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { VigieError } from '../../src/domain/errors.js';
import { Database, sqlState } from '../../src/store/database.js';
import { createTestDatabase, onPostgres, openTestDatabase } from '../support/database.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database } = await openOwnDatabase();
const insert = "insert into organisation (id, name, kind, spelling) values ($1, 'one', 'police', $1)";
const exists = async (id: string) => (await database.query('select from organisation where id = $1', [id])).length === 1;
const unavailable = { name: 'VigieError', code: 'database_unavailable', retryAfterSeconds: 5 };

describe('transaction', () => {
  it('keeps what it wrote when it ends', async () => {
    await database.transaction((tx) => tx.query(insert, ['kept']));
    expect(await exists('kept')).toBe(true);
  });

  it('rolls back when its work throws, and passes the error on', async () => {
    const work = database.transaction(async (tx) => {
      await tx.query(insert, ['undone']);
      throw new RangeError('changed my mind');
    });
    await expect(work).rejects.toThrow(RangeError);
    expect(await exists('undone')).toBe(false);
  });

  it('rolls back when one of its statements fails', async () => {
    const work = database.transaction(async (tx) => {
      await tx.query(insert, ['twice']);
      await tx.query(insert, ['twice']);
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await exists('twice')).toBe(false);
  });

  it('gives its connection back whether it ends well or badly', async () => {
    for (let number = 0; number < 15; number++) {
      await database.transaction(() => Promise.reject(new Error('no'))).catch(() => {});
      await database.transaction((tx) => tx.query('select 1'));
    }
    expect(database.pool.waitingCount).toBe(0);
    expect(database.pool.idleCount).toBe(database.pool.totalCount);
  });

  it('reads at the isolation it asks for', async () => {
    const level = await database.transaction(
      (tx) => tx.query<{ level: string }>("select current_setting('transaction_isolation') as level"),
      'begin isolation level repeatable read read only',
    );
    expect(level).toEqual([{ level: 'repeatable read' }]);
  });
});

describe('a database that is away', () => {
  // Port 1 refuses at once.
  const away = new Database(new pg.Pool({ host: '127.0.0.1', port: 1, connectionTimeoutMillis: 1_000 }), false, async () => {});

  it('answers a query with database_unavailable', async () => {
    await expect(away.query('select 1')).rejects.toMatchObject(unavailable);
  });

  it('answers a transaction with database_unavailable', async () => {
    await expect(away.transaction((tx) => tx.query('select 1'))).rejects.toMatchObject(unavailable);
  });

  it('says nothing of where it is', async () => {
    const error = await away.query('select 1').catch((reason: unknown) => reason);
    expect(error instanceof VigieError && error.detail).not.toMatch(/127|ECONN/);
  });

  it('answers database_unavailable once it is closed', async () => {
    const test = await createTestDatabase();
    const { database: closed } = await openTestDatabase(test);
    await closed.close();
    await expect(closed.query('select 1')).rejects.toMatchObject(unavailable);
    await test.drop();
  });

  it.skipIf(!onPostgres)(
    'answers database_unavailable to a transaction whose connection is cut, and serves the next',
    async () => {
      const cut = database.transaction(async (tx) => {
        const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await database.query('select pg_terminate_backend($1)', [row?.pid]);
        await tx.query('select 1');
      });
      await expect(cut).rejects.toMatchObject(unavailable);
      expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    },
  );

  it('passes what is wrong with a statement on as it is', async () => {
    const error = await database.query('select from nowhere').catch((reason: unknown) => reason);
    expect(sqlState(error)).toBe('42P01');
  });
});
