import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Owner } from '../../../src/store/embedded/index.js';
import { message, strings } from '../../../src/store/embedded/protocol.js';
import { killChildren, startChild } from './support/children.js';
import { openAsOwner, poolOf, rawClient, temporaryDirectory } from './support/database.js';
import { workload } from './support/workload.mjs';

const directory = temporaryDirectory();
/** Long enough for a busy machine: whoever is silent for so long loses its transaction. */
const silenceMs = 1_500;
let owner: Owner;
let pool: pg.Pool;

beforeAll(async () => {
  owner = await openAsOwner(directory.path, { silenceMs });
  pool = poolOf(owner);
  await pool.query('create table visits (visitor text not null, round int not null)');
});
beforeEach(() => pool.query('truncate visits'));
afterEach(killChildren);
afterAll(async () => {
  await pool.end();
  await owner.close();
  directory.remove();
});

async function visitors(): Promise<string[]> {
  const { rows } = await pool.query<{ visitor: string }>('select distinct visitor from visits order by visitor');
  return rows.map((row) => row.visitor);
}

describe('clients of the embedded database', () => {
  it('lose their open transaction when they are killed, and let other clients continue', async () => {
    const child = startChild();
    const { connection } = owner;
    await child.ask('openTransaction', { connection });
    const waiting = pool.query("insert into visits values ('survivor', 1)");
    await child.kill();
    await waiting;
    expect(await visitors()).toEqual(['survivor']);
  });

  it('disturb no other client when they are killed in the middle of a message', async () => {
    const child = startChild();
    const { connection } = owner;
    const others = workload(connection, 'other', 20);
    await child.ask('halfMessage', { connection });
    await child.kill();
    expect(await others).toMatchObject({ wrong: [] });
  });

  it('get the answer N to a request for encryption', async () => {
    const client = poolOf({ connection: { ...owner.connection, ssl: true } });
    await expect(client.query('select 1')).rejects.toThrow('does not support SSL');
    await client.end();
  });
});

describe.each([
  ['on the socket', () => owner],
  ['in this process', () => ({ connection: owner.inProcess })],
])('clients %s', (_way, way) => {
  it('get their own answers through transactions, errors and large parameters', async () => {
    expect(await workload(way().connection, 'client', 20)).toEqual({ operations: 324, wrong: [] });
  });

  it('leave a clean engine when they disconnect inside a transaction, after an error and before Sync', async () => {
    const socket = await rawClient(way());
    socket.write(message('Q', strings('begin')));
    await once(socket, 'data');
    socket.write(Buffer.concat([message('P', Buffer.from('\0select nothing\0\0\0')), message('H')]));
    await once(socket, 'data');
    socket.destroy();
    const { rows } = await pool.query('select 1 as one');
    expect(rows).toEqual([{ one: 1 }]);
  });

  it('get answers in order to several queries at once, even after they have ended their side', async () => {
    const socket = await rawClient(way());
    const queries = ['one', 'two', 'three'].map((word) => message('Q', strings(`select '${word}'`)));
    socket.end(Buffer.concat([...queries, message('X')]));
    expect((await text(socket)).match(/one|two|three/g)).toEqual(['one', 'two', 'three']);
  });

  it('block no other client when they do not read their answer', async () => {
    const socket = await rawClient(way());
    socket.pause();
    socket.write(message('Q', strings("select repeat('x', 1000) from generate_series(1, 20000)")));
    await once(socket, 'readable');
    expect((await pool.query('select 3 as three')).rows).toEqual([{ three: 3 }]);
    socket.destroy();
  });

  it('are disconnected when they are silent inside an open transaction', async () => {
    const clients = poolOf(way());
    const client = await clients.connect();
    const refused = once(client, 'error');
    await client.query("begin; insert into visits values ('silent', 1)");
    const waiting = pool.query("insert into visits values ('waiting', 1)");
    expect(await refused).toEqual([
      expect.objectContaining({ code: '25P03', message: expect.stringContaining(`${silenceMs} ms`) }),
    ]);
    client.release(true);
    await waiting;
    await clients.end();
    expect(await visitors()).toEqual(['waiting']);
  });

  it('get an error for an unknown message type, and other clients continue', async () => {
    const socket = await rawClient(way());
    socket.write(message('z', strings('nonsense')));
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toContain('C08P01\0Munknown message type 0x7a');
    expect((await pool.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
  });
});
