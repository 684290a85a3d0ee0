import { Readable } from 'node:stream';
import { type FastifyReply, fastify } from 'fastify';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { VigieError } from '../../src/domain/errors.js';
import { installBodies } from '../../src/http/hooks/bodies.js';
import { installIdempotency } from '../../src/http/hooks/idempotency.js';
import { installProblems } from '../../src/http/hooks/problems.js';
import { Idempotency } from '../../src/service/idempotency/idempotency.js';
import { IdempotencyStore } from '../../src/store/idempotency.js';
import { silentLog } from '../service/sync/follower-parts.js';
import { platform } from '../support/callers.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database } = await openOwnDatabase();
const app = fastify();
let work: (reply: FastifyReply) => unknown;
let done = 0;
let names = 0;

app.decorateRequest('caller', null);
app.addHook('onRequest', async (request) => {
  request.caller = platform();
});
installProblems(app);
installBodies(app);
installIdempotency(app, new Idempotency(new IdempotencyStore(database), silentLog));
for (const [url, repeatable] of [
  ['/writes', false],
  ['/reads', true],
] as const) {
  app.post(url, { config: { access: 'public', repeatable } }, async (_request, reply) => {
    done++;
    return work(reply);
  });
}
afterAll(() => app.close());

beforeEach(() => {
  [done, names] = [0, names + 1];
  work = (reply) => reply.code(201).send({ done });
});

const send = (url = '/writes') =>
  app.inject({ method: 'POST', url, headers: { 'idempotency-key': `name-${names}` }, payload: { some: 'thing' } });
const fail = (error: Error) => {
  work = () => {
    throw error;
  };
};

describe('a request that is sent twice with one key', () => {
  it('runs once', async () => {
    const answers = [await send(), await send()];
    expect([done, ...answers.map(({ statusCode, body }) => [statusCode, body])]).toEqual([
      1,
      [201, '{"done":1}'],
      [201, '{"done":1}'],
    ]);
  });

  it.each([
    ['failed', new Error('broken')],
    ['found the database unreachable', new VigieError('database_unavailable', 'away', 5)],
    ['exceeded the quota', new VigieError('too_many_requests', 'too many')],
    ['was told to retry later', new VigieError('conflict', 'not yet', 1)],
  ])('runs again if the first %s', async (_, error) => {
    fail(error);
    expect((await send()).statusCode).toBeGreaterThanOrEqual(400);
    work = (reply) => reply.code(201).send({ done });
    expect((await send()).body).toBe('{"done":2}');
  });

  it('gets the same refusal again', async () => {
    fail(new VigieError('conflict', 'it exists already'));
    const first = await send();
    work = (reply) => reply.code(201).send({ done });
    const again = await send();
    expect([first.statusCode, again.statusCode, again.body, done]).toEqual([409, 409, first.body, 1]);
  });

  it('gets an empty answer again if the first was empty', async () => {
    work = (reply) => reply.code(204).send();
    expect([await send(), await send()].map(({ statusCode, body }) => [statusCode, body])).toEqual([
      [204, ''],
      [204, ''],
    ]);
    expect(done).toBe(1);
  });

  it('runs again if the answer was a stream, which is not stored', async () => {
    work = (reply) => reply.type('text/csv').send(Readable.from(['a,b']));
    await send();
    await send();
    expect(done).toBe(2);
  });
});

describe('a repeatable POST', () => {
  it('runs each time and ignores the key', async () => {
    expect([(await send('/reads')).body, (await send('/reads')).body]).toEqual(['{"done":1}', '{"done":2}']);
  });
});
