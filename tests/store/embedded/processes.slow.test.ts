import { EventEmitter, on, once } from 'node:events';
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

async function appears(path: string): Promise<void> {
  const watcher = watch(dirname(path));
  const changes = on(watcher, 'change');
  if (!existsSync(path)) for await (const [, name] of changes) if (name === basename(path)) break;
  watcher.close();
}

describe('openEmbedded, from several processes', () => {
  it('survives kill -9 in the middle of the first start', async () => {
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

  it('makes the second process a guest of the first, and waits while the first one starts', async () => {
    const [first, second] = [startChild(), startChild()];
    const both = await Promise.all([first.ask('open', { dataDir }), second.ask('open', { dataDir })]);
    const [owner, guest] = both.toSorted((a) => (Reflect.get(Object(a), 'kind') === 'owner' ? -1 : 1));
    const ownerPid = both[0] === owner ? first.pid : second.pid;
    expect(owner).toMatchObject({ kind: 'owner' });
    expect(guest).toMatchObject({ kind: 'guest', heldBy: { pid: ownerPid, command: 'child' }, connection: { host: dataDir } });
  });

  it('replaces the socket of a killed owner, and keeps every acknowledged row', async () => {
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

  it('waits at close for its guests and for later ones, and reports that it waits', async () => {
    const waits = new EventEmitter();
    const said = once(waits, 'wait');
    let closed = false;
    const owner = await openAsOwner(dataDir, { onWait: () => waits.emit('wait') });
    const guest = await openEmbedded({ dataDir, command: 'guest' });
    const closing = owner.close().then(() => {
      closed = true;
    });
    const later = await openEmbedded({ dataDir, command: 'later guest' });
    await guest.close();
    await said;
    const pool = poolOf(later);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(closed).toBe(false);
    await pool.end();
    await later.close();
    await closing;
  });

  it('serves every registered guest while owners and guests come and go', async () => {
    const kinds = new Set<string>();
    const comeAndGo = async () => {
      for (let round = 0; round < 4; round += 1) {
        const embedded = await openEmbedded({ dataDir, command: 'short', onWait: () => {} });
        kinds.add(embedded.kind);
        const pool = poolOf(embedded);
        expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
        await pool.end();
        await embedded.close();
      }
    };
    await Promise.all(Array.from({ length: 4 }, comeAndGo));
    expect(kinds).toEqual(new Set(['owner', 'guest']));
  });

  it('lets a client finish its transaction before it closes, and removes the socket', async () => {
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
