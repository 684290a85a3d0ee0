import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientLeft } from '../../src/http/client-left.js';
import { until } from '../support/until.js';

const app: FastifyInstance = fastify();
const signals: AbortSignal[] = [];
let url: string;

beforeAll(async () => {
  app.addContentTypeParser('image/jpeg', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);
  app.post('/never', (_request, reply) => {
    signals.push(clientLeft(reply));
  });
  app.post('/at-once', async (_request, reply) => {
    signals.push(clientLeft(reply));
    return 'done';
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

describe('clientLeft', () => {
  it.each(['application/json', 'image/jpeg'])(
    'aborts when the client of %s leaves, and not when its body has come',
    async (type) => {
      const client = new AbortController();
      const init = { method: 'POST', headers: { 'content-type': type }, body: '{}', signal: client.signal };
      const asked = fetch(`${url}/never`, init).catch(() => {});
      await until('the request arrives', 5_000, () => signals.length > 0);
      const [signal] = signals.splice(0);
      // The request itself has closed by then.
      await fetch(`${url}/at-once`, { method: 'POST' });
      expect(signal?.aborted).toBe(false);
      client.abort();
      await until('the signal says so', 5_000, () => signal?.aborted === true);
      await asked;
      signals.length = 0;
    },
  );

  it('does not abort after an answer', async () => {
    await (await fetch(`${url}/at-once`, { method: 'POST' })).text();
    await app.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});
