/** A child process. It receives `{ task, ...details }` and reports by messages. */
import { createConnection } from 'node:net';
import pg from 'pg';
import { openEmbedded } from '../../../../dist/src/store/embedded/index.js';
import { acquireLock } from '../../../../dist/src/store/embedded/lock.js';
import { acquireFileLock } from '../../../../dist/src/store/embedded/lock-file.js';
import { startup } from '../../../../dist/src/store/embedded/protocol.js';
import { workload } from './workload.mjs';

const self = { pid: process.pid, command: 'child', since: new Date().toISOString() };

const tasks = {
  open: async ({ dataDir }) => {
    const { kind, heldBy, connection } = await openEmbedded({ dataDir, command: 'child' });
    process.send({ kind, heldBy, connection });
  },
  lock: async ({ directory }) => process.send({ heldBy: (await acquireLock(directory, self)).heldBy }),
  fileLock: async ({ directory }) => process.send({ heldBy: (await acquireFileLock(directory, self)).heldBy }),
  work: async ({ connection, name, rounds }) => process.send(await workload(connection, name, rounds)),
  openTransaction: async ({ connection }) => {
    const client = new pg.Client(connection);
    await client.connect();
    await client.query('begin');
    await client.query("insert into visits (visitor, round) values ('killed', 1)");
    process.send('open');
  },
  halfMessage: async ({ connection }) => {
    const socket = createConnection(`${connection.host}/.s.PGSQL.5432`);
    socket.write(startup('postgres', 'postgres'));
    socket.once('data', () => {
      const half = Buffer.alloc(500_000, 'x');
      half.write('Q');
      half.writeUInt32BE(1_000_000, 1);
      socket.write(half, () => process.send('half'));
    });
  },
  /** Inserts 1, 2, 3 ... and reports each acknowledged number, until the database is gone. */
  count: async ({ connection }) => {
    const client = new pg.Client(connection);
    client.on('error', () => {});
    await client.connect();
    const insert = (number) => client.query('insert into numbers (number) values ($1)', [number]);
    for (let number = 1; await insert(number).catch(() => undefined); number += 1) process.send(number);
    process.disconnect();
  },
};

process.on('message', (message) => tasks[message.task](message));
