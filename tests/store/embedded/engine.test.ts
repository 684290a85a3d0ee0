import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Owner, openEmbedded } from '../../../src/store/embedded/index.js';
import { openAsOwner, poolOf, queryUntilAnswered, temporaryDirectory } from './support/database.js';

const directory = temporaryDirectory();
let owner: Owner;
let pool: pg.Pool;

beforeAll(async () => {
  owner = await openAsOwner(directory.path);
  pool = poolOf(owner);
  await pool.query('create table kept (number int)');
});
afterAll(async () => {
  await pool.end();
  await owner.close();
  directory.remove();
});

describe('the embedded engine', () => {
  it('measures Hamming distance with pgvector', async () => {
    await pool.query('create extension if not exists vector');
    const [zeros, close] = ['0'.repeat(64), `${'0'.repeat(63)}7`];
    const { rows } = await pool.query('select $1::bit(256) <~> $2::bit(256) as distance', [`x${zeros}`, `x${close}`]);
    expect(rows).toEqual([{ distance: 3 }]);
  });

  it.each([
    ['a plain query', { text: 'copy kept from stdin' }],
    ['a query with parameters', { text: 'copy kept from stdin', values: [], queryMode: 'extended' }],
  ])('refuses COPY FROM STDIN in %s and stays usable', async (_, query) => {
    await expect(pool.query(query)).rejects.toMatchObject({ code: '0A000', message: expect.stringContaining('unnest') });
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('aborts the transaction in which a COPY is refused', async () => {
    const client = await pool.connect();
    await client.query('begin');
    await expect(client.query('copy kept from stdin')).rejects.toMatchObject({ code: '0A000' });
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('rollback');
    client.release();
  });

  it('answers endless recursion with an error', async () => {
    await pool.query("create function deeper(i int) returns int language plpgsql as 'begin return deeper(i + 1); end'");
    await expect(pool.query('select deeper(1)')).rejects.toMatchObject({ code: '54001' });
  });

  it('restarts when it dies: committed rows remain, the open transaction is gone, and the pool recovers', async () => {
    await pool.query('insert into kept values (1)');
    const client = await pool.connect();
    await client.query('begin; insert into kept values (2)');
    await expect(client.query('set exit_on_error = on; select 1 / 0')).rejects.toMatchObject({ severity: 'FATAL' });
    client.release(true);
    const { rows } = await queryUntilAnswered(pool, 'select number from kept');
    expect(rows).toEqual([{ number: 1 }]);
  });

  it('keeps the lock while it restarts', async () => {
    await pool.query('set exit_on_error = on; select 1 / 0').catch(() => {});
    expect(await openEmbedded({ dataDir: directory.path, command: 'second' })).toMatchObject({ kind: 'guest' });
    await queryUntilAnswered(pool, 'select 1');
  });

  it('disconnects waiting clients when it dies, so that no job runs twice', async () => {
    const killer = await pool.connect();
    await killer.query('begin');
    const waiting = pool.query('insert into kept values (3)');
    await killer.query('set exit_on_error = on; select 1 / 0').catch(() => {});
    await expect(waiting).rejects.toThrow('terminated');
    killer.release(true);
    expect((await queryUntilAnswered(pool, 'select number from kept where number = 3')).rows).toEqual([]);
  });
});

describe('openEmbedded', () => {
  it('gives the directory mode 0700', () => {
    expect(statSync(directory.path).mode & 0o777).toBe(0o700);
  });

  it('names a database that it cannot open, and releases the directory', async () => {
    const dataDir = join(directory.path, 'broken');
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    const open = () => openEmbedded({ dataDir, command: 'test' });
    await expect(open()).rejects.toThrow(join(dataDir, 'postgres'));
    await expect(open()).rejects.toThrow(join(dataDir, 'postgres'));
  });

  it('refuses a socket path that is too long, and names the limit and the setting', async () => {
    const dataDir = join(directory.path, 'd'.repeat(100));
    const path = join(dataDir, '.s.PGSQL.5432');
    await expect(openEmbedded({ dataDir, command: 'test' })).rejects.toThrow(
      `${path} has ${path.length} bytes, but the system allows 107: set VIGIE_DATA_DIR to a shorter path`,
    );
    expect(existsSync(dataDir)).toBe(false);
  });
});
