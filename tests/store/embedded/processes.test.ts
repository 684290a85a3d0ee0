import { on } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../../src/store/embedded/index.js';
import { killChildren, startChild } from './support/children.js';
import { openAsOwner, poolOf, temporaryDirectory } from './support/database.js';

const directory = temporaryDirectory();
const dataDir = join(directory.path, 'data');

afterEach(killChildren);
afterAll(() => directory.remove());

/** Waits for a file or folder in a folder that is already there. */
async function appears(path: string): Promise<void> {
  const watcher = watch(dirname(path));
  const changes = on(watcher, 'change');
  if (!existsSync(path)) for await (const [, name] of changes) if (name === basename(path)) break;
  watcher.close();
}

describe('openEmbedded, from several processes', () => {
  it('survives a kill in the middle of the first start', async () => {
    const child = startChild();
    const opening = child.ask('open', { dataDir }).catch(() => 'killed');
    const draft = join(dataDir, 'postgres.new', 'base');
    await appears(dataDir);
    await appears(join(dataDir, 'postgres.new'));
    await appears(draft);
    await child.kill();
    expect(await opening).toBe('killed');
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
    await (await openAsOwner(dataDir)).close();
  });

  it('makes the second process a guest of the first, and waits while that one starts', async () => {
    const [first, second] = [startChild(), startChild()];
    const both = await Promise.all([first.ask('open', { dataDir }), second.ask('open', { dataDir })]);
    const [owner, guest] = both.toSorted((a) => (Reflect.get(Object(a), 'kind') === 'owner' ? -1 : 1));
    const ownerPid = both[0] === owner ? first.pid : second.pid;
    expect(owner).toMatchObject({ kind: 'owner' });
    expect(guest).toMatchObject({ kind: 'guest', heldBy: { pid: ownerPid, command: 'child' }, connection: { host: dataDir } });
  });

  it('clears the socket that a killed owner left, and has every row it acknowledged', async () => {
    const owner = startChild();
    await owner.ask('open', { dataDir });
    const guest = await openEmbedded({ dataDir, command: 'vigie import' });
    const pool = poolOf(guest);
    await pool.query('create table numbers (number int)');
    const counter = startChild();
    const numbers = counter.messages();
    counter.ask('count', { connection: guest.connection }).catch(() => {});
    let acknowledged = 0;
    for await (const number of numbers) {
      acknowledged = Number(number);
      if (acknowledged === 500) owner.kill();
    }
    await pool.end();
    expect(acknowledged).toBeGreaterThanOrEqual(500);
    expect(existsSync(join(dataDir, '.s.PGSQL.5432'))).toBe(true);

    const next = await openAsOwner(dataDir);
    const after = poolOf(next);
    const { rows } = await after.query('select count(distinct number)::int as count, max(number) as last from numbers');
    expect(rows[0].last).toBeGreaterThanOrEqual(acknowledged);
    expect(rows[0].count).toBe(rows[0].last);
    await after.end();
    await next.close();
  });

  it('lets a client finish its transaction before it closes, and leaves no socket', async () => {
    const owner = await openAsOwner(dataDir);
    const pool = poolOf(await openEmbedded({ dataDir, command: 'guest' }));
    await pool.query('create table parting (word text)');
    const client = await pool.connect();
    await client.query("begin; insert into parting values ('adieu')");
    const closed = owner.close();
    await client.query('commit');
    client.release();
    await closed;
    await pool.end();
    expect(existsSync(join(dataDir, '.s.PGSQL.5432'))).toBe(false);

    const next = await openAsOwner(dataDir);
    const after = poolOf(next);
    expect((await after.query('select word from parting')).rows).toEqual([{ word: 'adieu' }]);
    await after.end();
    await next.close();
  });
});
