import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCutProxy } from '../../bench/faults/cut-proxy.js';
import { VigieError } from '../../src/domain/errors.js';
import { Database, type Queryable, sqlState } from '../../src/store/database.js';
import { openDatabase } from '../../src/store/open.js';
import { createTestDatabase, onPostgres, openTestDatabase } from '../support/database.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database, test } = await openOwnDatabase();
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

  it('throws when a failed statement was ignored, because PostgreSQL then rolls back', async () => {
    const work = database.transaction(async (tx) => {
      await tx.query(insert, ['ignored']);
      await tx.query(insert, ['ignored']).catch(() => {});
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(await exists('ignored')).toBe(false);
  });

  it('uses the requested isolation level', async () => {
    const level = await database.transaction(
      (tx) => tx.query<{ level: string }>("select current_setting('transaction_isolation') as level"),
      'begin isolation level repeatable read read only',
    );
    expect(level).toEqual([{ level: 'repeatable read' }]);
  });
});

describe.skipIf(!onPostgres)('a network that swallows packets (PostgreSQL only)', () => {
  const within = 300;

  async function throughProxy() {
    const proxy = await startCutProxy(test.env.DATABASE_URL ?? '');
    onTestFinished(() => proxy.close());
    const pool = new pg.Pool({ connectionString: proxy.url, max: 1 });
    pool.on('error', () => {});
    const through = new Database(pool, false, async () => {});
    onTestFinished(() => through.close());
    return { proxy, through };
  }

  it('says that the outcome is unknown when the answer to the commit gets lost', async () => {
    const { proxy, through } = await throughProxy();
    const work = async (tx: Queryable) => {
      await tx.query(insert, ['unknown']);
      proxy.swallow();
    };
    await expect(through.transaction(work, 'begin', within)).rejects.toMatchObject({ code: 'outcome_unknown' });
  });

  it('says that nothing was stored when a statement before the commit gets lost', async () => {
    const { proxy, through } = await throughProxy();
    const work = async (tx: Queryable) => {
      proxy.swallow();
      await tx.query(insert, ['lost']);
    };
    await expect(through.transaction(work, 'begin', within)).rejects.toMatchObject({
      code: 'database_unavailable',
      detail: expect.stringContaining('nothing was stored'),
    });
  });

  it.each([
    ['outcome_unknown', "update organisation set name = 'two' where id = 'none'"],
    ['database_unavailable', 'select 1'],
  ])('answers %s to "%s"', async (code, sql) => {
    const { proxy, through } = await throughProxy();
    await through.query('select 1');
    proxy.swallow();
    await expect(through.query(sql, [], within)).rejects.toMatchObject({ code });
  });

  it('gives up the connection, so that the next statement works', async () => {
    const { proxy, through } = await throughProxy();
    await through.query('select 1');
    proxy.swallow();
    await expect(through.transaction((tx) => tx.query('select 1'), 'begin', within)).rejects.toMatchObject(unavailable);
    proxy.mend();
    expect(await through.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe.skipIf(!onPostgres)('a connection that nobody answers (PostgreSQL only)', () => {
  it('is given up within five seconds', async () => {
    const proxy = await startCutProxy(test.env.DATABASE_URL ?? '');
    onTestFinished(() => proxy.close());
    const log = { info() {}, warn() {} };
    const through = await openDatabase({ databaseUrl: proxy.url, dataDir: '', command: 'test', exclusive: false, log });
    onTestFinished(() => through.close());
    proxy.cut();
    proxy.mend();
    proxy.swallow();
    const startedAt = performance.now();
    await expect(through.query('select 1')).rejects.toMatchObject(unavailable);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe.skipIf(!onPostgres)('a database that refuses (PostgreSQL only)', () => {
  it.each([
    [
      'read-only',
      'set local transaction_read_only = on',
      "insert into organisation (id, name, kind, spelling) values ('r', 'r', 'police', 'r')",
    ],
    ['took too long', 'set local statement_timeout = 10', 'select pg_sleep(1)'],
  ])('answers database_unavailable: %s', async (reason, before, sql) => {
    const work = database.transaction(async (tx) => {
      await tx.query(before);
      await tx.query(sql);
    });
    await expect(work).rejects.toMatchObject({ ...unavailable, detail: expect.stringContaining(reason) });
  });

  it('ends a wait for a lock', async () => {
    const [limits] = await database.query(
      "select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement",
    );
    expect(limits).toEqual({ lock: '10s', statement: '25s' });
  });

  it('has no limits for a long statement, and only for that', async () => {
    const statement = "select current_setting('statement_timeout') as limit";
    expect(await database.query(statement, [], 0)).toEqual([{ limit: '0' }]);
    expect(await database.query(statement)).toEqual([{ limit: '25s' }]);
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
