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
  it('commits when its work ends', async () => {
    await database.transaction((tx) => tx.query(insert, ['kept']));
    expect(await exists('kept')).toBe(true);
  });

  it('rolls back and rethrows when its work throws', async () => {
    const work = database.transaction(async (tx) => {
      await tx.query(insert, ['undone']);
      throw new RangeError('changed my mind');
    });
    await expect(work).rejects.toThrow(RangeError);
    expect(await exists('undone')).toBe(false);
  });

  it('rolls back when a statement fails', async () => {
    const work = database.transaction(async (tx) => {
      await tx.query(insert, ['twice']);
      await tx.query(insert, ['twice']);
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await exists('twice')).toBe(false);
  });

  it('releases its connection after success and after failure', async () => {
    for (let number = 0; number < 15; number++) {
      await database.transaction(() => Promise.reject(new Error('no'))).catch(() => {});
      await database.transaction((tx) => tx.query('select 1'));
    }
    expect(database.pool.waitingCount).toBe(0);
    expect(database.pool.idleCount).toBe(database.pool.totalCount);
  });

  it('uses the requested isolation level', async () => {
    const level = await database.transaction(
      (tx) => tx.query<{ level: string }>("select current_setting('transaction_isolation') as level"),
      'begin isolation level repeatable read read only',
    );
    expect(level).toEqual([{ level: 'repeatable read' }]);
  });
});

describe('an unreachable database', () => {
  // Port 1 refuses at once.
  const unreachable = new Database(
    new pg.Pool({ host: '127.0.0.1', port: 1, connectionTimeoutMillis: 1_000 }),
    false,
    async () => {},
  );

  it('answers a query with database_unavailable', async () => {
    await expect(unreachable.query('select 1')).rejects.toMatchObject(unavailable);
  });

  it('answers a transaction with database_unavailable', async () => {
    await expect(unreachable.transaction((tx) => tx.query('select 1'))).rejects.toMatchObject(unavailable);
  });

  it('does not reveal its address', async () => {
    const error = await unreachable.query('select 1').catch((reason: unknown) => reason);
    expect(error instanceof VigieError && error.detail).not.toMatch(/127|ECONN/);
  });

  it('answers database_unavailable after it is closed', async () => {
    const test = await createTestDatabase();
    const { database: closed } = await openTestDatabase(test);
    await closed.close();
    await expect(closed.query('select 1')).rejects.toMatchObject(unavailable);
    await test.drop();
  });

  it.skipIf(!onPostgres)(
    'answers database_unavailable to a transaction whose connection breaks, and serves the next one',
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

  it('passes PostgreSQL errors through', async () => {
    const error = await database.query('select from nowhere').catch((reason: unknown) => reason);
    expect(sqlState(error)).toBe('42P01');
  });
});
