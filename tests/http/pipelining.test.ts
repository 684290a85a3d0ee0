import { once } from 'node:events';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientLeft } from '../../src/http/client-left.js';
import { installPipelining } from '../../src/http/hooks/pipelining.js';
import { RawConnection } from '../support/raw.js';
import { until } from '../support/until.js';

const app: FastifyInstance = fastify();
const signals: AbortSignal[] = [];
let url: string;

beforeAll(async () => {
  installPipelining(app);
  app.get('/never', async (_request, reply) => {
    const signal = clientLeft(reply);
    signals.push(signal);
    await once(signal, 'abort');
    return 'too late';
  });
  app.get('/at-once', async (_request, reply) => {
    signals.push(clientLeft(reply));
    return {};
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

async function send(...paths: readonly string[]): Promise<{ connection: RawConnection; sent: readonly AbortSignal[] }> {
  const connection = await RawConnection.open(url);
  signals.length = 0;
  for (const path of paths) connection.request('GET', path, {});
  await until('all have arrived', 5_000, () => signals.length === paths.length);
  return { connection, sent: [...signals] };
}

it('when a connection breaks, every answer that it waited for is closed', async () => {
  const { connection, sent } = await send('/never', '/never', '/at-once', '/never');
  expect(sent.map(({ aborted }) => aborted)).toEqual([false, false, false, false]);
  connection.close();
  await until('all are closed', 5_000, () => sent.every(({ aborted }) => aborted));
});

it('answers that were sent are closed once, and as sent', async () => {
  const { connection, sent } = await send('/at-once', '/at-once');
  expect([(await connection.answer()).status, (await connection.answer()).status]).toEqual([200, 200]);
  connection.close();
  await connection.closed();
  expect(sent.map(({ aborted }) => aborted)).toEqual([false, false]);
});
